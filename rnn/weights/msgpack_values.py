"""MessagePack values, one after another, as Flax writes them; what nobody needs is passed over unread.

Source: the MessagePack specification; `flax/serialization.py` of Flax 0.12.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO

import numpy as np

from ..errors import InputError
from .base import MAX_LETTERS, NUMBERS, check_shape, read_exactly, shown, twice
from .regular_file import size_of

MAX_NODES, MAX_DEPTH = 200_000, 64
MAX_KEY_BYTES = 10_000

ARRAY, COMPLEX, SCALAR = 1, 2, 3
"""Flax's own types of values."""

BFLOAT16 = "bfloat16"
PLAIN = {dtype.name for dtype in NUMBERS}
LEFT_OUT = ("complex", "float8", "int4", "uint4", "int2", "uint2", "float4", "float6")

LENGTHS = {
    "text": {0xD9: 1, 0xDA: 2, 0xDB: 4},
    "bytes": {0xC4: 1, 0xC5: 2, 0xC6: 4},
    "list": {0xDC: 2, 0xDD: 4},
    "map": {0xDE: 2, 0xDF: 4},
    "own": {0xC7: 1, 0xC8: 2, 0xC9: 4},
}
"""By kind and first byte, how many bytes the length takes."""

FIXED = {
    0xC0: 0,
    0xC2: 0,
    0xC3: 0,
    0xCA: 4,
    0xCB: 8,
    0xCC: 1,
    0xCD: 2,
    0xCE: 4,
    0xCF: 8,
    0xD0: 1,
    0xD1: 2,
    0xD2: 4,
    0xD3: 8,
}
"""Numbers, true, false and nothing: how many bytes follow."""

OWN_FIXED = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}


@dataclass(frozen=True)
class Stored:
    """An array: where its numbers stand (each piece: first byte, how many numbers), their type and shape."""

    kind: str
    shape: tuple[int, ...]
    pieces: tuple[tuple[int, int], ...]

    @property
    def nbytes(self) -> int:
        """As it is read: bfloat16 becomes float32."""
        return prod(self.shape) * (4 if self.kind == BFLOAT16 else np.dtype(self.kind).itemsize)


@dataclass(frozen=True)
class Other:
    """An array of numbers that are not read."""

    kind: str


class Parser:
    """Reads one value after another; strings and numbers that nobody needs are passed over."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._size = stream, size_of(stream)
        self._nodes = self._letters = 0

    def head(self) -> tuple[str, int]:
        """The kind of the next value, and its length or, of a number, the bytes that follow (a small number: itself)."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise InputError(f"the file holds more than {MAX_NODES} values, too many nodes for weights")
        first = read_exactly(self._stream, 1, "a value")[0]
        for low, high, kind, mask in ((0x80, 0x8F, "map", 15), (0x90, 0x9F, "list", 15), (0xA0, 0xBF, "text", 31)):
            if low <= first <= high:
                return kind, first & mask
        if first <= 0x7F or first >= 0xE0:
            return "small", first
        for kind, widths in LENGTHS.items():
            if first in widths:
                return kind, int.from_bytes(read_exactly(self._stream, widths[first], "a length"), "big")
        if first in OWN_FIXED:
            return "own", OWN_FIXED[first]
        if first in FIXED:
            return "unsigned" if 0xCC <= first <= 0xCF else "other", FIXED[first]
        raise InputError(f"the file is damaged: no value begins with the byte {first:#04x}; save it again")

    def skip(self, count: int) -> None:
        """Pass over bytes; they must be there."""
        end = self._stream.tell() + count
        if end > self._size:
            raise InputError(f"the file is truncated: a value ends at byte {end} and the file has {self._size}")
        self._stream.seek(end)

    def key(self) -> str:
        """A name."""
        kind, length = self.head()
        if kind != "text" or length > MAX_KEY_BYTES:
            raise InputError(f"the file is damaged: a name is no text of at most {MAX_KEY_BYTES} bytes; save it again")
        self._letters += length
        if self._letters > MAX_LETTERS:
            raise InputError(f"the names in the file have more than {MAX_LETTERS} letters; it is damaged or hostile")
        return read_exactly(self._stream, length, "a name").decode("utf-8", "surrogateescape")

    def value(self, depth: int = 0) -> Any:
        """A dictionary, an array, a whole number, or None for what does not matter; lists have their numbers as keys."""
        if depth > MAX_DEPTH:
            raise InputError(
                f"the file nests more than {MAX_DEPTH} deep, which no weights do; it is damaged or hostile"
            )
        kind, length = self.head()
        if kind == "map":
            return self._map(length, depth)
        if kind == "list":
            return {str(i): value for i in range(length) if (value := self.value(depth + 1)) is not None}
        if kind == "own":
            return self._own(length)
        if kind == "small":
            return length if length <= 0x7F else None
        if kind == "unsigned":
            return int.from_bytes(read_exactly(self._stream, length, "a number"), "big")
        self.skip(length)
        return None

    def _map(self, length: int, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _ in range(length):
            key = self.key()
            if key in found:
                raise twice(key)
            found[key] = self.value(depth + 1)
        return found

    def _own(self, length: int) -> Any:
        code = read_exactly(self._stream, 1, "a type")[0]
        end = self._stream.tell() + length
        if code == COMPLEX:
            self.skip(length)
            return None
        if code not in (ARRAY, SCALAR):
            raise InputError(f"the file has a value of the type {code}, expected Flax's types 1 to 3; save it again")
        if end > self._size:
            raise InputError(f"the file is truncated: an array ends at byte {end} and the file has {self._size}")
        found = self._array()
        if self._stream.tell() != end:
            raise InputError("the file is damaged: an array is not as long as the file says; save it again")
        return found

    def _array(self) -> Stored | Other:
        if self.head() != ("list", 3):
            raise InputError("the file is damaged: an array needs a shape, a type and numbers; save it again")
        kind, count = self.head()
        if kind != "list" or count > 32:
            raise InputError("the file is damaged: the shape of an array is no short list; save it again")
        shape = [self.value(MAX_DEPTH) for _ in range(count)]
        name = self.key()
        kind, length = self.head()
        if kind != "bytes":
            raise InputError("the file is damaged: the numbers of an array are missing; save it again")
        start = self._stream.tell()
        self.skip(length)
        if name.startswith(LEFT_OUT) and name not in PLAIN:
            return Other(name)
        if name not in PLAIN and name != BFLOAT16:
            raise InputError(
                f"the file has an array of the type {shown(name)}, expected real numbers; save it as float32"
            )
        itemsize = 2 if name == BFLOAT16 else np.dtype(name).itemsize
        checked = check_shape("an array", shape, itemsize)
        if prod(checked) * itemsize != length:
            raise InputError(
                f"an array of type {name} and shape {checked} needs {prod(checked) * itemsize} bytes and {length} are stored; "
                "the file is damaged"
            )
        return Stored(name, checked, ((start, prod(checked)),))

    def whole(self) -> Any:
        """The file's one value."""
        found = self.value()
        if self._stream.tell() != self._size:
            raise InputError(f"{self._size - self._stream.tell()} bytes are left over at the end; the file is damaged")
        return found
