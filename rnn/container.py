"""The result file: raw arrays one after another, then a JSON index, then a footer that says where the index is.

    8 bytes   magic `BPTTRES` and the format's major version
    arrays    raw little-endian bytes, each at a multiple of 64
    index     JSON (UTF-8): {"index": anything, "arrays": {name: {offset, shape, dtype, crc32}}}
    footer    24 bytes: offset u64, length u64, CRC-32 of the index u32, magic `BEND`

Written front to back, so that a writer never needs the whole in memory; read by seek and read on an own handle,
never mapped: a file cut short under a memory map would kill the process. No pickle anywhere.
"""

from __future__ import annotations

import json
import math
import os
import secrets
import struct
import sys
import threading
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np

from .arrays import AnyArray, freeze
from .errors import InputError

MAGIC, VERSION, END = b"BPTTRES", 1, b"BEND"
FOOTER = struct.Struct("<QQI4s")
ALIGNMENT = 64
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


def _plain(array: AnyArray) -> AnyArray:
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


class ContainerWriter:
    """Writes a result file beside its final place and moves it there when it is whole."""

    def __init__(self, path: Path) -> None:
        """Args: path: where the file shall stand."""
        self.path = Path(path)
        self._temporary = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}.tmp")
        self._arrays: dict[str, dict[str, Any]] = {}
        self._finished = False
        self._file: BinaryIO | None = None

    def __enter__(self) -> ContainerWriter:
        """Open; raises `InputError` where the folder can't be written to."""
        try:
            self._file = self._temporary.open("xb")
            self._file.write(MAGIC + bytes([VERSION]))
        except OSError as error:
            raise self._failed(error) from error
        return self

    def add(self, name: str, array: AnyArray) -> None:
        """Append one array."""
        assert self._file is not None and name not in self._arrays
        plain = _plain(array)
        try:
            self._file.write(b"\0" * (-self._file.tell() % ALIGNMENT))
            offset = self._file.tell()
            data = plain.tobytes()
            self._file.write(data)
        except OSError as error:
            raise self._failed(error) from error
        self._arrays[name] = {
            "offset": offset,
            "shape": list(array.shape),
            "dtype": plain.dtype.str,
            "crc32": zlib.crc32(data),
        }

    def finish(self, index: Mapping[str, Any]) -> None:
        """Write index and footer, and move the file to its place."""
        assert self._file is not None
        try:
            self._file.write(index_bytes(index, self._arrays, self._file.tell()))
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            os.replace(self._temporary, self.path)
        except OSError as error:
            raise self._failed(error) from error
        self._finished = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was not finished; the file that stood there before is untouched."""
        if self._finished or self._file is None:
            return
        with suppress(OSError):  # on a full disk the last flush fails again; what it held is thrown away anyway
            self._file.close()
        self._temporary.unlink(missing_ok=True)

    def _failed(self, error: OSError) -> InputError:
        return InputError(
            f"{self.path} could not be saved: {error.strerror or error}; choose another place or make room"
        )


class ContainerReader:
    """Reads arrays of a result file in slices; an `ArraySource`. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Read and check the index.

        Raises:
            InputError: missing, not a result file, of a newer version, cut short or altered.
        """
        self.path = Path(path)
        self._lock = threading.Lock()
        if self.path.exists() and not self.path.is_file():
            # Opening a named pipe would wait for ever.
            raise InputError(f"{self.path} is not a regular file; expected a result file of this program")
        try:
            self._file = self.path.open("rb")
            self._size = os.fstat(self._file.fileno()).st_size
            head = self._file.read(8)
        except OSError as error:
            raise InputError(f"{self.path} could not be opened: {error.strerror or error}") from error
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
        self._file.close()
        raise InputError(f"{self.path} {why}")

    def _document(self) -> dict[str, Any]:
        damaged = "is damaged or cut short; save it again"
        if self._size < 8 + FOOTER.size:
            self._refuse(damaged)
        self._file.seek(self._size - FOOTER.size)
        offset, length, crc, end = FOOTER.unpack(self._file.read(FOOTER.size))
        if end != END or offset + length != self._size - FOOTER.size or length > MAX_INDEX_BYTES:
            self._refuse(damaged)
        self._file.seek(offset)
        text = self._file.read(length)
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

    def read(self, name: str, start: int = 0, stop: int | None = None) -> AnyArray:
        """The array, or its entries `start:stop` along the first axis, read-only; the whole is checked by its CRC."""
        offset, shape, dtype, crc = self._arrays[name]
        whole = start == 0 and (stop is None or not shape or stop >= shape[0])
        row = math.prod(shape[1:]) * dtype.itemsize
        first, last, _ = (0, 1, 1) if not shape else slice(start, stop).indices(shape[0])
        length = max(0, last - first) * row
        try:
            with self._lock:
                self._file.seek(offset + first * row)
                data = self._file.read(length)
        except OSError as error:
            raise InputError(f"{self.path} could not be read: {error.strerror or error}; open it again") from error
        if len(data) != length or (whole and zlib.crc32(data) != crc):
            raise InputError(f"{self.path} was cut short or altered: {name} can't be read; save it again")
        array = np.frombuffer(data, dtype).reshape(shape if not shape else (max(0, last - first), *shape[1:]))
        array.flags.writeable = False
        return array

    def close(self) -> None:
        """Close the handle."""
        self._file.close()

    def __enter__(self) -> ContainerReader:
        """Use as a context."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


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
