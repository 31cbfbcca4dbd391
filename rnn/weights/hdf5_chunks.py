"""The pieces that HDF5 stores an array in: what they may hold, before the library unpacks them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from math import prod
from typing import Any

from ..errors import InputError
from .base import BLOCK_BYTES
from .regular_file import human_size

MAX_CHUNKS = 200_000
MOST_TOGETHER = 1000
"""So many chunks are read at once."""

MAX_CHUNK_BYTES, SLACK_BYTES = 8 << 20, 1 << 16
"""A piece may be as large as its array, or so large; packed, and not packable, it takes a little more."""

DEFLATE, FLETCHER32 = 1, 3


def _across(dataset: Any) -> int:
    """How many chunks lie side by side, for one along the first axis."""
    return prod(-(-n // c) for n, c in zip(dataset.shape[1:], dataset.chunks[1:], strict=True))


def check_layout(dataset: Any, name: str, nbytes: int) -> None:
    """Raise `InputError` for chunks that are far larger than the array, or far too many.

    Args: dataset: h5py's. name: for messages. nbytes: of the array.
    """
    if not dataset.chunks:
        return
    chunk = prod(dataset.chunks) * dataset.dtype.itemsize
    if chunk > max(nbytes, MAX_CHUNK_BYTES):
        raise InputError(
            f"{name} has {human_size(nbytes)} and is stored in pieces of {human_size(chunk)}; it is damaged"
        )
    count = -(-dataset.shape[0] // dataset.chunks[0]) * _across(dataset)
    if count > MAX_CHUNKS:
        raise InputError(f"{name} is stored in {count} pieces, expected at most {MAX_CHUNKS}; save it in larger ones")


def _check_piece(packed: bytes, most: int, name: str) -> None:
    """Unpack a piece without keeping it; refuses one that does not come to an end before `most` bytes."""
    unpacker, unpacked, left = zlib.decompressobj(), 0, packed
    while left and not unpacker.eof:
        unpacked += len(unpacker.decompress(left, 1 << 20))
        left = unpacker.unconsumed_tail
        if unpacked > most:
            raise InputError(f"{name} has a piece that unpacks to more than it can hold; this looks like a bomb")


def check_chunks(dataset: Any, name: str) -> None:
    """Unpack every gzip piece with a limit: HDF5 itself would give one as much memory as it asks for."""
    properties = dataset.id.get_create_plist()
    filters = [properties.get_filter(i)[0] for i in range(properties.get_nfilters())]
    if dataset.chunks is None or not filters:
        return
    whole = prod(dataset.chunks) * dataset.dtype.itemsize
    pieces = list[tuple[tuple[int, ...], int]]()

    def note(info: Any) -> bool | None:
        pieces.append((info.chunk_offset, info.size))
        return True if len(pieces) > MAX_CHUNKS or info.size > whole + SLACK_BYTES else None

    dataset.id.chunk_iter(note)
    if len(pieces) > MAX_CHUNKS or any(size > whole + SLACK_BYTES for _, size in pieces):
        raise InputError(f"{name} is stored in too many or too large pieces; it is damaged or hostile")
    if DEFLATE not in filters:
        return
    for offset, _ in pieces:
        skipped, data = dataset.id.read_direct_chunk(offset)
        for i in reversed(range(len(filters))):
            if skipped >> i & 1:
                continue
            if filters[i] == FLETCHER32:
                data = data[:-4]
            elif filters[i] == DEFLATE:
                _check_piece(data, whole + SLACK_BYTES, name)
                break


def slabs(dataset: Any, nbytes: int) -> Iterator[slice]:
    """Parts along the first axis of some MB each, whole chunks and not too many: HDF5 keeps kilobytes of notes on each."""
    rows = max(1, BLOCK_BYTES // max(1, nbytes // dataset.shape[0]))
    if dataset.chunks:
        together = min(rows // dataset.chunks[0], MOST_TOGETHER // max(_across(dataset), 1))
        rows = max(together, 1) * dataset.chunks[0]
    for start in range(0, dataset.shape[0], rows):
        yield slice(start, min(start + rows, dataset.shape[0]))
