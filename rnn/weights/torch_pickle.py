"""The opcodes of a PyTorch state dict, read without running them: nothing is imported, called or built.

A state dict needs about thirty of a pickle's opcodes and four harmless callables. Whatever else a pickle asks for is
refused before anything is done about it; there is no other way to read such a file here.

Source: `Lib/pickletools.py` of Python 3.11 (opcodes); `torch/serialization.py` and `torch/_utils.py` of PyTorch 2.13.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from ..errors import InputError
from .base import shown, twice
from .torch_names import (
    ORDERED_DICT,
    PARAMETER,
    RECIPE,
    SIZE,
    STORAGES,
    TENSOR,
    Storage,
    Tensor,
    Token,
    damaged,
    refused_name,
)

MAX_PICKLE_BYTES = 4 << 20
MAX_OPCODES = 500_000
MAX_CONTAINERS = 100_000
"""About 35 opcodes and 5 containers describe one tensor; the limits keep what is built below some 60 MB."""

_MARK = object()


class _Reader:
    """Takes opcode after opcode from the bytes; the methods below are the whole of what a file can make it do."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._containers = 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        piece = self._data[self._at : self._at + count]
        if len(piece) != count:
            raise damaged("it ends in the middle of an instruction")
        self._at += count
        return piece

    def number(self, code: str) -> Any:
        """The next number, by a code of `struct`."""
        return struct.unpack(f"<{code}", self.take(struct.calcsize(code)))[0]

    def line(self) -> str:
        """Text up to the end of the line."""
        end = self._data.find(b"\n", self._at, self._at + 300)
        if end < 0:
            raise damaged("a name has no end")
        text = self._data[self._at : end].decode("utf-8", "replace")
        self._at = end + 1
        return text

    def protocol(self) -> None:
        """The pickle's version."""
        version = self.number("B")
        if version != 2:
            raise InputError(f"the file's pickle is of protocol {version}, expected 2, as torch.save writes; {RECIPE}")

    def push(self, value: Any) -> None:
        """Put a value on the stack."""
        self._stack.append(value)

    def pop(self) -> Any:
        """Take a value from the stack."""
        if not self._stack or self._stack[-1] is _MARK:
            raise damaged("it takes what is not there")
        return self._stack.pop()

    def top(self, kind: type) -> Any:
        """The value on top of the stack, which stays there."""
        if not self._stack or type(self._stack[-1]) is not kind:
            raise damaged(f"it fills something that is no {kind.__name__}")
        return self._stack[-1]

    def above_mark(self) -> list[Any]:
        """Take everything above the last mark, and the mark."""
        for i in range(len(self._stack) - 1, -1, -1):
            if self._stack[i] is _MARK:
                values = self._stack[i + 1 :]
                del self._stack[i:]
                return values
        raise damaged("it has no mark")

    def container(self, value: Any) -> None:
        """Put something on the stack that can hold others; there is a limit to how many."""
        self._containers += 1
        if self._containers > MAX_CONTAINERS:
            raise InputError(f"the file builds more than {MAX_CONTAINERS} containers, too many nodes for weights")
        self.push(value)

    def fill(self, values: list[Any]) -> None:
        """Put pairs into the dictionary on top of the stack."""
        if len(values) % 2:
            raise damaged("a key has no value")
        target = self.top(dict)
        for key, value in zip(values[::2], values[1::2], strict=True):
            if type(key) not in (str, int):
                raise damaged(f"a name is no text but {type(key).__name__}")
            if key in target:
                raise twice(str(key))
            target[key] = value

    def long(self) -> int:
        """A long integer; none that a state dict holds is longer than 8 bytes."""
        count = self.number("B")
        if count > 8:
            raise damaged(f"it holds a whole number of {count} bytes")
        return int.from_bytes(self.take(count), "little", signed=True)

    def ask(self) -> None:
        """A name: one from the list becomes a token, any other ends the reading."""
        name = f"{self.line()}.{self.line()}"
        if name not in (ORDERED_DICT, TENSOR, PARAMETER, SIZE) and name not in STORAGES:
            raise refused_name(name)
        self.push(Token(name))

    def storage(self) -> None:
        """A reference to numbers: ('storage', type, key, device, count)."""
        found = self.pop()
        match found:
            case ("storage", Token(name), str(key), str(), int(count)) if name in STORAGES and count >= 0:
                self.push(Storage(key, STORAGES[name], count))
            case _:
                raise damaged("it refers to numbers in a way that is not PyTorch's")

    def call(self) -> None:
        """The four callables on the list, as what they mean; arguments of other types end the reading."""
        arguments, function = self.pop(), self.pop()
        name = function.name if isinstance(function, Token) else "what is no function"
        match name, arguments:
            case "collections.OrderedDict", ():
                self.container({})
            case "torch.Size", (tuple() as shape,) | (list() as shape,):
                self.push(tuple(shape))
            case "torch._utils._rebuild_parameter", (Tensor() as tensor, bool(), dict()):
                self.push(tensor)
            case "torch._utils._rebuild_tensor_v2", (
                Storage() as storage, int(offset), tuple(shape), tuple(strides), bool(), dict(), *_,
            ):  # fmt: skip
                numbers = (offset, *shape, *strides)
                if any(type(n) is not int or n < 0 for n in numbers) or len(shape) != len(strides):
                    raise damaged("a tensor has an impossible shape or impossible strides")
                self.push(Tensor(storage, offset, shape, strides))
            case _:
                raise damaged(f"it calls {shown(str(name))} with arguments that are not PyTorch's")

    def build(self) -> None:
        """Attributes of a dictionary (`_metadata` of a state dict) are dropped; nothing else has any."""
        attributes = self.pop()
        self.top(dict)
        if not isinstance(attributes, dict):
            raise damaged("the attributes of a dictionary are no dictionary")

    def remember(self, index: int) -> None:
        """Give the value on top of the stack a number."""
        if not self._stack:
            raise damaged("it remembers what is not there")
        self._memo[index] = self._stack[-1]

    def recall(self, index: int) -> None:
        """Put a numbered value on the stack."""
        if index not in self._memo:
            raise damaged("it recalls what it has not remembered")
        self.push(self._memo[index])

    def several(self, count: int) -> None:
        """A tuple of the last values."""
        values = [self.pop() for _ in range(count)]
        self.container(tuple(reversed(values)))

    def read(self) -> Any:
        """Everything up to the end: the one value that is left."""
        for _ in range(MAX_OPCODES):
            code = self.take(1)
            if code == b".":
                value = self.pop()
                if self._stack or self._at != len(self._data):
                    raise damaged("something is left over at its end")
                return value
            instruction = INSTRUCTIONS.get(code)
            if instruction is None:
                raise InputError(
                    f"refused: the file's pickle has the instruction {code!r}, which torch.save does not write by itself; "
                    f"nothing was run; {RECIPE}"
                )
            instruction(self)
        raise InputError(f"the file's pickle has more than {MAX_OPCODES} instructions, too many for weights")


def _text(reader: _Reader) -> None:
    reader.push(reader.take(reader.number("I")).decode("utf-8", "surrogatepass"))


def _append(reader: _Reader) -> None:
    value = reader.pop()
    reader.top(list).append(value)


def _append_many(reader: _Reader) -> None:
    values = reader.above_mark()
    reader.top(list).extend(values)


def _fill_one(reader: _Reader) -> None:
    value = reader.pop()
    reader.fill([reader.pop(), value])


INSTRUCTIONS: dict[bytes, Callable[[_Reader], None]] = {
    b"\x80": lambda r: r.protocol(),
    b"(": lambda r: r.push(_MARK),
    b"N": lambda r: r.push(None),
    b"\x88": lambda r: r.push(True),
    b"\x89": lambda r: r.push(False),
    b"J": lambda r: r.push(r.number("i")),
    b"K": lambda r: r.push(r.number("B")),
    b"M": lambda r: r.push(r.number("H")),
    b"\x8a": lambda r: r.push(r.long()),
    b"G": lambda r: r.push(struct.unpack(">d", r.take(8))[0]),
    b"X": _text,
    b"}": lambda r: r.container({}),
    b"]": lambda r: r.container([]),
    b")": lambda r: r.push(()),
    b"t": lambda r: r.container(tuple(r.above_mark())),
    b"\x85": lambda r: r.several(1),
    b"\x86": lambda r: r.several(2),
    b"\x87": lambda r: r.several(3),
    b"a": _append,
    b"e": _append_many,
    b"s": _fill_one,
    b"u": lambda r: r.fill(r.above_mark()),
    b"q": lambda r: r.remember(r.number("B")),
    b"r": lambda r: r.remember(r.number("I")),
    b"h": lambda r: r.recall(r.number("B")),
    b"j": lambda r: r.recall(r.number("I")),
    b"c": lambda r: r.ask(),
    b"Q": lambda r: r.storage(),
    b"R": lambda r: r.call(),
    b"b": lambda r: r.build(),
}
"""Every instruction that is followed. Missing on purpose: POP, DUP, INST, OBJ, NEWOBJ, STACK_GLOBAL, EXT, FRAME."""


def read_pickle(data: bytes) -> Any:
    """The value that a state dict's pickle describes: dicts, lists, tuples, numbers, texts and `Tensor`.

    Args:
        data: of `data.pkl`, protocol 2.

    Raises:
        InputError: it asks for anything that no state dict needs, is damaged, or too large.
    """
    if len(data) > MAX_PICKLE_BYTES:
        raise InputError(f"the file's pickle has {len(data)} bytes, expected at most {MAX_PICKLE_BYTES} for weights")
    try:
        return _Reader(data).read()
    except UnicodeDecodeError as error:
        raise damaged("a text is not UTF-8") from error
