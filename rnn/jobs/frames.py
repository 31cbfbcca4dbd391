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
from typing import IO, Any

import numpy as np

from ..arrays import AnyArray
from ..container import DTYPES

MAGIC = b"BPTF"
HEAD = struct.Struct("<4sIQI")
MAX_HEADER_BYTES = 64 << 20
MAX_FRAME_BYTES = 64 << 30
CHUNK = 1 << 20


class ProtocolError(ValueError):
    """What came through the channel is no frame."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One message: a JSON header and arrays by name."""

    header: Mapping[str, Any]
    arrays: Mapping[str, AnyArray]


def encode_frame(header: Mapping[str, Any], arrays: Mapping[str, AnyArray] | None = None) -> list[bytes]:
    """The frame as pieces of bytes, in order."""
    described, pieces = {}, []
    for name, array in (arrays or {}).items():
        plain = np.ascontiguousarray(array)
        plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
        if plain.dtype.str not in DTYPES:
            raise ProtocolError(f"{name} has the type {array.dtype}")
        described[name] = [plain.dtype.str, list(np.shape(array))]
        pieces.append(plain.tobytes())
    text = json.dumps({"header": header, "arrays": described}).encode()
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


def _head(data: bytes) -> tuple[int, int, int]:
    magic, header_length, total, crc = HEAD.unpack(data)
    if magic != MAGIC or header_length > min(total, MAX_HEADER_BYTES) or total > MAX_FRAME_BYTES:
        raise ProtocolError("this is not the start of a frame")
    return header_length, total, crc


def _body(data: bytes, header_length: int, crc: int) -> Frame:
    if zlib.crc32(data) != crc:
        raise ProtocolError("the checksum of a frame is wrong")
    try:
        document = json.loads(data[:header_length])
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


def _exactly(stream: IO[bytes], count: int) -> bytes:
    """Read `count` bytes, in pieces, so that a lying length allocates nothing before the bytes are there."""
    parts, missing = [], count
    while missing:
        part = stream.read(min(missing, CHUNK))
        if not part:
            raise EOFError
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def read_frame(stream: IO[bytes]) -> Frame:
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
