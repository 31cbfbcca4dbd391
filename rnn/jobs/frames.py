"""Messages between processes: length, CRC, a JSON header, raw array bytes. No pickle, nothing is evaluated.

    4 bytes magic `BPTF`, u32 header length, u64 total length of what follows, u32 CRC-32 of it; header; arrays

The reader trusts nothing: lengths are capped, types come from a list, and sizes must be what the shapes say.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, Protocol

import numpy as np

from ..arrays import AnyArray
from ..container import DTYPES

MAGIC = b"BPTF"
HEAD = struct.Struct("<4sIQI")
MAX_HEADER_BYTES = 64 << 20
MAX_FRAME_BYTES = 64 << 30
CHUNK = 1 << 20
ALIGNMENT = 64


class ProtocolError(ValueError):
    """What came through the channel is no frame."""


class Source(Protocol):
    """Where frames come from."""

    def read(self, count: int, /) -> bytes:
        """At most so many bytes; none at the end."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One message: a JSON header and arrays by name."""

    header: Mapping[str, Any]
    arrays: Mapping[str, AnyArray]


def encode_frame(header: Mapping[str, Any], arrays: Mapping[str, AnyArray] | None = None) -> list[bytes | memoryview]:
    """The frame as pieces of bytes, in order; those of arrays are the arrays' own memory, not copies."""
    described, pieces = dict[str, Any](), list[memoryview]()
    for name, array in (arrays or {}).items():
        plain = np.ascontiguousarray(array)
        plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
        if plain.dtype.str not in DTYPES:
            raise ProtocolError(f"{name} has the type {array.dtype}")
        described[name] = [plain.dtype.str, list(np.shape(array))]
        pieces.append(plain.reshape(-1).view(np.uint8).data)
    text = json.dumps({"header": header, "arrays": described}).encode()
    text += b" " * (-len(text) % ALIGNMENT)  # so that the first array, at least, lies as processors like it
    crc = zlib.crc32(text)
    for piece in pieces:
        crc = zlib.crc32(piece, crc)
    total = len(text) + sum(len(piece) for piece in pieces)
    return [HEAD.pack(MAGIC, len(text), total, crc), text, *pieces]


def write_frame(stream: IO[bytes], header: Mapping[str, Any], arrays: Mapping[str, AnyArray] | None = None) -> None:
    """Write one frame and flush."""
    for piece in encode_frame(header, arrays):
        stream.write(piece)
    stream.flush()


def _head(data: bytes | memoryview) -> tuple[int, int, int]:
    magic, header_length, total, crc = HEAD.unpack(data)
    if magic != MAGIC or header_length > min(total, MAX_HEADER_BYTES) or total > MAX_FRAME_BYTES:
        raise ProtocolError("this is not the start of a frame")
    return header_length, total, crc


def _body(data: bytes | memoryview, header_length: int, crc: int) -> Frame:
    if zlib.crc32(data) != crc:
        raise ProtocolError("the checksum of a frame is wrong")
    try:
        document = json.loads(bytes(data[:header_length]))
        header, described = document["header"], document["arrays"]
        arrays, offset = {}, header_length
        for name, (kind, shape) in described.items():
            if kind not in DTYPES or not all(type(n) is int and n >= 0 for n in shape):
                raise ValueError(name)
            count, dtype = math.prod(shape), np.dtype(kind)
            if offset + count * dtype.itemsize > len(data):
                raise ValueError(name)
            arrays[name] = np.frombuffer(data, dtype, count, offset).reshape(shape) if count else np.empty(shape, dtype)
            offset += count * dtype.itemsize
        if offset != len(data) or not isinstance(header, dict):
            raise ValueError("length")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ProtocolError(f"a frame contradicts itself: {error}") from error
    return Frame(header, arrays)


def _exactly(stream: Source, count: int) -> memoryview:
    """Read `count` bytes, in pieces, so that a lying length allocates nothing before the bytes are there."""
    data = bytearray()  # it grows in place: joining pieces at the end would take the memory twice
    while len(data) < count:
        part = stream.read(min(count - len(data), CHUNK))
        if not part:
            raise EOFError
        data += part
    return memoryview(data).toreadonly()


def read_frame(stream: Source) -> Frame:
    """Read one frame.

    Raises:
        EOFError: the other side is gone.
        ProtocolError: garbage.
    """
    header_length, total, crc = _head(_exactly(stream, HEAD.size))
    return _body(_exactly(stream, total), header_length, crc)


class FrameDecoder:
    """Turns bytes, as they arrive in any pieces, into frames."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes; returns the frames that are now whole. Raises `ProtocolError` on garbage."""
        self._buffer += data
        frames = []
        while len(self._buffer) >= HEAD.size:
            header_length, total, crc = _head(bytes(self._buffer[: HEAD.size]))
            if len(self._buffer) < HEAD.size + total:
                break
            frames.append(_body(bytes(self._buffer[HEAD.size : HEAD.size + total]), header_length, crc))
            del self._buffer[: HEAD.size + total]
        return frames
