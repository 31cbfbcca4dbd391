"""MATLAB's `.mat` of version 5 and 7, element by element, front to back; numbers that nobody wants are passed over.

Source: MAT-File Format (The MathWorks, R2019b), chapter 1, "Level 5 MAT-File Format".
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError
from .base import MAX_LETTERS, Entry, check_shape, fill, from_columns, in_this_order, shown
from .regular_file import check_unpacked

MAX_NODES, MAX_DEPTH, MAX_SHORT_BYTES = 100_000, 20, 1 << 16
MAX_RATIO = 100
"""A large array that is more than so many times its variable in the file is taken for a bomb."""

PIECE = 1 << 16

INT8, UINT8, INT32, UINT32, MATRIX, COMPRESSED = 1, 2, 5, 6, 14, 15
STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
"""Types that numbers are stored as, which may be narrower than the array's own."""

CELL, STRUCT, OPAQUE = 1, 2, 17
CLASSES = {
    6: "float64", 7: "float32", 8: "int8", 9: "uint8", 10: "int16", 11: "uint16", 12: "int32", 13: "uint32",
    14: "int64", 15: "uint64",
}  # fmt: skip
OTHERS = {3: "an object", 4: "text", 5: "sparse", 16: "a function"}
COMPLEX, LOGICAL = 0x0800, 0x0200


class Inflated(io.RawIOBase):
    """What a compressed element holds, unpacked piece by piece."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        """Args: stream: at the first packed byte. length: how many there are."""
        super().__init__()
        self._stream, self._left = stream, length
        self._unpacker, self._ready = zlib.decompressobj(), memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As of any stream."""
        while not self._ready:
            packed = self._unpacker.unconsumed_tail or self._stream.read(min(PIECE, self._left))
            if self._unpacker.eof:
                return 0
            if not packed:
                raise _truncated()
            if not self._unpacker.unconsumed_tail:
                self._left -= len(packed)
            try:
                self._ready = memoryview(self._unpacker.decompress(packed, PIECE))
            except zlib.error as error:
                raise InputError(f"a compressed variable is damaged ({error}); save it again") from error
        count = min(len(buffer), len(self._ready))
        memoryview(buffer)[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


class Cursor:
    """A place in a variable's bytes, which only goes forward; what lies between is passed over when that is needed.

    Attributes: position: bytes from the variable's start.
    """

    def __init__(self, stream: BinaryIO, length: int | None) -> None:
        """Args: stream: at the variable. length: that it has there; None where that is not known before it is unpacked."""
        self._stream, self._length = stream, length
        self.position = self._goal = 0

    def go_to(self, position: int) -> None:
        """Whatever comes next is there."""
        self._goal = position

    def _catch_up(self, count: int) -> None:
        if self._goal < self.position or (self._length is not None and self._goal + count > self._length):
            raise _truncated()
        missing = self._goal - self.position
        if self._length is not None:
            self._stream.seek(missing, 1)
        while self._length is None and missing:
            piece = self._stream.read(min(missing, PIECE))
            if not piece:
                raise _truncated()
            missing -= len(piece)
        self.position = self._goal

    def _moved(self, count: int) -> None:
        self.position += count
        self._goal = self.position

    def take(self, count: int) -> bytes:
        """The next few bytes."""
        self._catch_up(count)
        data = self._stream.read(count)
        if len(data) != count:
            raise _truncated()
        self._moved(count)
        return data

    def finish(self) -> None:
        """Go to the end of what is packed, where its checksum is compared."""
        self._catch_up(0)
        if self._length is None and self._stream.read(PIECE):
            raise InputError("a compressed variable has something left over at its end; the file is damaged")

    def fill(self, name: str, raw: Any, done: int, whole: int) -> None:
        """Fill an array of bytes with the next ones; `done` of the `whole` came before."""
        self._catch_up(raw.size)
        fill(self._stream, name, raw, done, whole)
        self._moved(raw.size)


def _truncated() -> InputError:
    return InputError("the file is truncated or damaged: a variable ends in the middle; save it again")


@dataclass(frozen=True)
class Found:
    """A variable or a part of one, at the moment when its numbers come next.

    Attributes:
        entry: what it will be. left_out: in words why it is not read; else empty.
        read: gives the numbers in MATLAB's orientation, C-contiguous; may be called at that moment only.
    """

    entry: Entry
    left_out: str
    read: Callable[[], AnyArray]


@dataclass(frozen=True)
class _Tag:
    """The head of an element: type, length, where the next one begins, and of a small one its data."""

    kind: int
    length: int
    end: int
    data: bytes | None


class Walk:
    """Goes through one variable."""

    def __init__(self, cursor: Cursor, order: str, packed_bytes: int) -> None:
        """Args: cursor: at the variable's tag. order: `<` or `>`. packed_bytes: that it has in the file."""
        self._cursor, self._order, self._packed, self._nodes, self._letters = cursor, order, packed_bytes, 0, 0

    def _integers(self, data: bytes, code: str) -> list[int]:
        if len(data) % 4:
            raise _truncated()
        return [int(n) for n in np.frombuffer(data, self._order + code)]

    def _tag(self) -> _Tag:
        head = self._cursor.take(8)
        first, length = self._integers(head, "u4")
        if first >> 16 == 0:
            padded = length + (-length % 8 if first != COMPRESSED else 0)
            return _Tag(first, length, self._cursor.position + padded, None)
        length = first >> 16
        if length > 4:
            raise InputError(f"the file is damaged: a small element claims {length} bytes; save it again")
        return _Tag(first & 0xFFFF, length, self._cursor.position, head[4 : 4 + length])

    def _short(self, kinds: tuple[int, ...], what: str) -> bytes:
        """The data of a short element; the cursor stands behind it."""
        tag = self._tag()
        if tag.kind not in kinds or tag.length > MAX_SHORT_BYTES:
            raise InputError(
                f"the file is damaged: {what} is of type {tag.kind} with {tag.length} bytes; save it again"
            )
        data = self._cursor.take(tag.length) if tag.data is None else tag.data
        self._cursor.go_to(tag.end)
        return data

    def variable(self, name: str = "", depth: int = 0) -> Iterator[Found]:
        """The arrays of a variable, those in its structs and cells with names joined by `/`."""
        tag = self._tag()
        if tag.kind != MATRIX or tag.data is not None:
            raise InputError(
                f"the file is damaged: an element of type {tag.kind} stands where a variable should; save it again"
            )
        self._nodes += 1
        self._letters += len(name)
        if self._nodes > MAX_NODES or depth > MAX_DEPTH or self._letters > MAX_LETTERS:
            raise InputError(
                f"the file has more than {MAX_NODES} nodes, is nested {MAX_DEPTH} deep, or names have more than "
                f"{MAX_LETTERS} letters; it is damaged or hostile"
            )
        if tag.length:
            yield from self._matrix(name, depth, tag.end)
        self._cursor.go_to(tag.end)

    def _matrix(self, name: str, depth: int, end: int) -> Iterator[Found]:
        flags, *_ = self._integers(self._short((UINT32,), "the flags of a variable"), "u4") or [0]
        number = flags & 0xFF
        if number == OPAQUE:  # it has no shape
            yield _left_out(name or "an object", "an object")
            return
        shape = self._integers(self._short((INT32,), "the shape of a variable"), "i4")
        if len(shape) < 2:
            raise InputError(f"the file is damaged: a variable has {len(shape)} dimensions, expected at least 2")
        name = self._short((INT8, UINT8), "the name of a variable").decode("latin-1") or name
        if number in CLASSES:
            yield self._numbers(name, CLASSES[number], shape, flags)
        elif number in (CELL, STRUCT):
            fields = self._fields() if number == STRUCT else [""]
            yield from self._inside(name, prod(check_shape(shown(name), shape, 1)), fields, depth, end)
        else:
            yield _left_out(name, OTHERS.get(number, f"of class {number}"))

    def _fields(self) -> list[str]:
        widths = self._integers(self._short((INT32,), "the length of field names"), "i4")
        data = self._short((INT8, UINT8), "the field names")
        if len(widths) != 1 or widths[0] < 1 or len(data) % widths[0]:
            raise InputError("the file is damaged: the field names of a struct have no length; save it again")
        width = widths[0]
        return [data[i : i + width].partition(b"\0")[0].decode("latin-1") for i in range(0, len(data), width)]

    def _inside(self, name: str, count: int, fields: list[str], depth: int, end: int) -> Iterator[Found]:
        """The members of a struct or cell; of several, each has its number in the name."""
        for i in range(count if fields else 0):
            for field in fields:
                if self._cursor.position >= end:
                    raise _truncated()
                number = [str(i)] if count > 1 or not field else []
                parts = [name, *number, *([field] if field else [])]
                yield from self.variable("/".join(parts), depth + 1)

    def _numbers(self, name: str, kind: str, shape: list[int], flags: int) -> Found:
        tag = self._tag()
        if tag.kind not in STORED:
            raise InputError(f"the file is damaged: the numbers of {shown(name)} are of type {tag.kind}; save it again")
        stored = np.dtype(self._order + STORED[tag.kind])
        kind = "bool" if flags & LOGICAL else kind
        checked = check_shape(shown(name), shape, 8)
        needed, nbytes = prod(checked) * stored.itemsize, prod(checked) * np.dtype(kind).itemsize
        if needed != tag.length:
            raise InputError(
                f"{shown(name)} of shape {checked} needs {needed} bytes and {tag.length} are stored; the file is damaged"
            )
        check_unpacked(shown(name), self._packed, nbytes, MAX_RATIO, "save it with -v6")
        if flags & COMPLEX:
            return _left_out(name, "complex")
        entry = Entry(name, checked, kind, nbytes)
        return Found(entry, "", lambda: self._read(entry, stored, tag))

    def _read(self, entry: Entry, stored: np.dtype[Any], tag: _Tag) -> AnyArray:
        done = 0

        def block(count: int) -> AnyArray:
            nonlocal done
            if tag.data is not None:
                return np.frombuffer(tag.data, stored)
            flat = np.empty(count * prod(entry.shape[:-1]), stored)
            self._cursor.fill(shown(entry.name), flat.view(np.uint8), done, tag.length)
            done += flat.nbytes
            return in_this_order(flat)

        return from_columns(entry.shape, entry.dtype, block)


def _left_out(name: str, why: str) -> Found:
    def read() -> AnyArray:
        raise InputError(f"{shown(name)} is {why}, expected real numbers")

    return Found(Entry(name, (), why, 0), why, read)
