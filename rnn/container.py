"""The result file: raw arrays one after another, then a JSON index, then a footer that says where the index is.

    8 bytes   magic `BPTTRES` and the format's major version
    label     up to 56 bytes that say what it is, where that shall be seen without reading the index; else zeros
    arrays    raw little-endian bytes, each at a multiple of 64
    index     JSON (UTF-8): {"index": anything, "arrays": {name: {offset, shape, dtype, crc32}}}
    footer    24 bytes: offset u64, length u64, CRC-32 of the index u32, magic `BEND`

A file of this kind may hold whole other ones: a *part* is an array of bytes with the name `parts/<digest>`, the first 32
hexadecimal digits of its SHA-256. It is opened in place as if the file were a folder: by the path `FILE/<digest>`, at which
no other file can stand.

Written front to back, so that a writer never needs the whole in memory; read by seek and read on an own handle,
never mapped: a file cut short under a memory map would kill the process. No pickle anywhere.
"""

from __future__ import annotations

import json
import math
import struct
import sys
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from .arrays import AnyArray, freeze
from .errors import InputError
from .slices import FileSlice, open_file

MAGIC, VERSION, END = b"BPTTRES", 1, b"BEND"
FOOTER = struct.Struct("<QQI4s")
ALIGNMENT = 64
PARTS = "parts/"
MAX_INDEX_BYTES = 256 << 20
DTYPES = frozenset({"|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8"})
NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def encode(value: Any) -> Any:
    """The value as strict JSON: tuples become lists, a non-finite float becomes {"float": "NaN"}."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    return value


def _decode(pairs: list[tuple[str, Any]]) -> Any:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a name stands twice")
    if list(values) == ["float"] and values["float"] in NON_FINITE:
        return NON_FINITE[values["float"]]
    return values


def plain_array(array: AnyArray) -> AnyArray:
    """Contiguous, little-endian, of an allowed type."""
    plain = np.ascontiguousarray(array).reshape(array.shape)
    plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
    if plain.dtype.str not in DTYPES:
        raise InputError(f"arrays of type {array.dtype} can't be stored; expected numbers")
    return plain


def index_bytes(index: Mapping[str, Any], arrays: Mapping[str, Any], offset: int) -> bytes:
    """Index and footer of a file whose arrays end at `offset`."""
    text = json.dumps({"index": encode(index), "arrays": arrays}, allow_nan=False).encode()
    return text + FOOTER.pack(offset, len(text), zlib.crc32(text), END)


class ContainerReader:
    """Reads arrays of a result file in slices; an `ArraySource`. Safe to use from several threads."""

    def __init__(self, path: Path, most_index_bytes: int = MAX_INDEX_BYTES) -> None:
        """Read and check the index.

        Args:
            path: of a file, or of a part of one. most_index_bytes: so long an index is read; a longer one is refused.

        Raises:
            InputError: missing, not a result file, of a newer version, cut short or altered.
        """
        self.path = Path(path)
        self._slice = open_slice(self.path, "a result file of this program")
        self._size, self._most = self._slice.size, most_index_bytes
        try:
            self._read_index()
        except InputError:
            self._slice.close()
            raise

    def _read_index(self) -> None:
        head = self._slice.read(0, 8)
        if len(head) < 8 or head[:7] != MAGIC:
            self._refuse("is not a result file of this program; make one with 'check --save'")
        if head[7] != VERSION:
            self._refuse(f"is of format {head[7]}, this program reads format {VERSION}; open it with a newer one")
        document = self._document()
        self.index: Mapping[str, Any] = document["index"]
        self._arrays: dict[str, tuple[int, tuple[int, ...], np.dtype[Any], int]] = {}
        for name, entry in document["arrays"].items():
            self._arrays[name] = self._entry(name, entry)

    def _refuse(self, why: str) -> None:
        raise InputError(f"{self.path} {why}")

    def _document(self) -> dict[str, Any]:
        damaged = "is damaged or cut short; save it again"
        footer = self._slice.read(max(0, self._size - FOOTER.size), FOOTER.size)
        if self._size < 8 + FOOTER.size or len(footer) != FOOTER.size:
            self._refuse(damaged)
        offset, length, crc, end = FOOTER.unpack(footer)
        if end != END or offset + length != self._size - FOOTER.size or length > self._most:
            self._refuse(damaged)
        text = self._slice.read(offset, length)
        if zlib.crc32(text) != crc:
            self._refuse(damaged)
        try:
            document = json.loads(text, object_pairs_hook=_decode, parse_constant=lambda name: 1 / 0)
            if not isinstance(document["arrays"], dict) or not isinstance(document["index"], dict):
                raise ValueError("not an index")
        except (ValueError, KeyError, TypeError, RecursionError, ZeroDivisionError):
            self._refuse(damaged)
        return dict(document)

    def _entry(self, name: str, entry: Any) -> tuple[int, tuple[int, ...], np.dtype[Any], int]:
        try:
            offset, shape, kind, crc = entry["offset"], tuple(entry["shape"]), entry["dtype"], entry["crc32"]
            whole = all(type(n) is int and n >= 0 for n in (offset, crc, *shape))
            if not whole or kind not in DTYPES or len(shape) > 32:
                raise ValueError(name)
            size = np.dtype(kind).itemsize
            if offset + math.prod(shape) * size > self._size or math.prod(n or 1 for n in shape) * size > sys.maxsize:
                raise ValueError(name)
        except (KeyError, TypeError, ValueError):
            self._refuse(f"is damaged: the entry of {name!r} does not fit the file; save it again")
        return offset, shape, np.dtype(kind), crc

    def names(self) -> Iterable[str]:
        """Every array's name."""
        return tuple(self._arrays)

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of one array."""
        return self._arrays[name][1]

    def place(self, name: str) -> tuple[int, int]:
        """Where an array's bytes begin in the file, and how many there are."""
        offset, shape, dtype, _ = self._arrays[name]
        return offset, math.prod(shape) * dtype.itemsize

    def give_part(self, path: Path) -> FileSlice:
        """The slice of a part, which takes over this reader's handle: a file that is replaced meanwhile stays the same.

        Args:
            path: `FILE/PART`.
        """
        if PARTS + path.name not in self._arrays:
            self.close()
            raise InputError(f"{self.path} no longer holds the part {path.name}; open it again")
        return self._slice.part(path, *self.place(PARTS + path.name))

    def read(self, name: str, start: int = 0, stop: int | None = None) -> AnyArray:
        """The array, or its entries `start:stop` along the first axis, read-only; the whole is checked by its CRC."""
        offset, shape, dtype, crc = self._arrays[name]
        whole = start == 0 and (stop is None or not shape or stop >= shape[0])
        row = math.prod(shape[1:]) * dtype.itemsize
        first, last, _ = (0, 1, 1) if not shape else slice(start, stop).indices(shape[0])
        length = max(0, last - first) * row
        data = self._slice.read(offset + first * row, length)
        if len(data) != length or (whole and zlib.crc32(data) != crc):
            raise InputError(f"{self.path} was cut short or altered: {name} can't be read; save it again")
        array = np.frombuffer(data, dtype).reshape(shape if not shape else (max(0, last - first), *shape[1:]))
        array.flags.writeable = False
        return array

    def close(self) -> None:
        """Close the handle."""
        self._slice.close()

    def __enter__(self) -> ContainerReader:
        """Use as a context."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def is_there(path: Path) -> bool:
    """Whether there is a file at a path, or a file of ours that may hold it as a part."""
    return path.is_file() or path.parent.is_file()


def open_slice(path: Path, expected: str) -> FileSlice:
    """Open a file of this kind, or a part of one, to read in it; nothing of it is read yet but the index around a part.

    Args:
        path: `FILE`, or `FILE/PART`. expected: what it should be, in words.

    Raises:
        InputError: there is no such file or part, or it can't be read.
    """
    path = Path(path)
    try:
        in_file = path.parent.is_file()
    except (OSError, ValueError):
        in_file = False
    if not in_file:
        return open_file(path, expected)
    return ContainerReader(path.parent).give_part(path)


class MemoryArrays:
    """An `ArraySource` that holds its arrays, frozen."""

    def __init__(self, arrays: Mapping[str, AnyArray]) -> None:
        """Args: arrays: by name; copied."""
        self._arrays = {name: freeze(value) for name, value in arrays.items()}

    def names(self) -> Iterable[str]:
        """Every array's name."""
        return tuple(self._arrays)

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of one array."""
        shape: tuple[int, ...] = self._arrays[name].shape
        return shape

    def read(self, name: str, start: int = 0, stop: int | None = None) -> AnyArray:
        """The array, or its entries `start:stop` along the first axis."""
        array = self._arrays[name]
        return array[start:stop] if array.ndim else array
