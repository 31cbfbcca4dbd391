"""Flax's `.msgpack`: nested dictionaries of arrays. Read without msgpack: what is not wanted is passed over unread.

A name is the keys joined by `/`. Arrays that Flax cut into chunks, as no message may hold more than 2 GiB, are joined.

Source: `flax/serialization.py` of Flax 0.12.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, BinaryIO

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError
from .base import (
    BF16_NOTE,
    Arrays,
    Entry,
    Format,
    Listing,
    Names,
    Start,
    by_name,
    check_shape,
    few_letters,
    fill,
    in_this_order,
    left_out_notes,
    no_numbers,
    read_bfloat16,
    shown,
)
from .msgpack_values import BFLOAT16, LENGTHS, Other, Parser, Stored
from .regular_file import check_budget

CHUNKED = "__msgpack_chunked_array__"


def _joined(name: str, value: dict[str, Any]) -> Stored | Other:
    """The array that was cut into chunks."""
    sizes, chunks = value.get("shape"), value.get("chunks")
    if not isinstance(sizes, dict) or not isinstance(chunks, dict) or not chunks:
        raise InputError(f"the chunks of {shown(name)} are incomplete; the file is damaged")
    parts = [chunks.get(str(i)) for i in range(len(chunks))]
    other = next((part for part in parts if isinstance(part, Other)), None)
    if other is not None:
        return other
    stored = [part for part in parts if isinstance(part, Stored) and len(part.shape) == 1]
    if len(stored) != len(parts) or len({part.kind for part in stored}) != 1:
        raise InputError(f"the chunks of {shown(name)} are no vectors of one type; the file is damaged")
    shape = check_shape(shown(name), [sizes.get(str(i)) for i in range(len(sizes))], 2)
    pieces = tuple(piece for part in stored for piece in part.pieces)
    if prod(shape) != sum(count for _, count in pieces):
        raise InputError(f"the chunks of {shown(name)} do not fill its shape {shape}; the file is damaged")
    return Stored(stored[0].kind, shape, pieces)


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Stored | Other]]:
    if isinstance(value, (Stored, Other)):
        yield name or "array", value
    elif isinstance(value, dict) and CHUNKED in value:
        yield name or "array", _joined(name, value)
    elif isinstance(value, dict):
        for key, inside in value.items():
            yield from _leaves(inside, f"{name}/{key}" if name else key)


def _contents(stream: BinaryIO) -> tuple[dict[str, Stored], dict[str, Entry], tuple[str, ...]]:
    """Arrays by name, what they will be, and notes."""
    leaves = list(few_letters(_leaves(Parser(stream).whole())))
    found = [(name, leaf) for name, leaf in leaves if isinstance(leaf, Stored)]
    others = [f"{shown(name)} ({leaf.kind})" for name, leaf in leaves if isinstance(leaf, Other)]
    if others and not found:
        raise no_numbers(others, "save them as float32")
    entries = by_name(Entry(name, leaf.shape, leaf.kind, leaf.nbytes) for name, leaf in found)
    notes = (BF16_NOTE,) if any(leaf.kind == BFLOAT16 for _, leaf in found) else ()
    return dict(found), entries, notes + left_out_notes(others)


def recognise(start: Start) -> bool:
    """Whether this begins as a dictionary with a text as its first key does; a pickle's first byte is 0x80."""
    data = start.data
    after = {0xDE: 3, 0xDF: 5}.get(data[0], int(0x81 <= data[0] <= 0x8F)) if data else 0
    return bool(after) and len(data) > after and (0xA0 <= data[after] <= 0xBF or data[after] in LENGTHS["text"])


def list_entries(stream: BinaryIO, _: int) -> Listing:
    """All arrays; their numbers are passed over."""
    entries, notes = _contents(stream)[1:]
    return Listing(FLAX.title, entries, {"framework": "flax"}, notes)


def _read(stream: BinaryIO, name: str, stored: Stored) -> AnyArray:
    flat = np.empty(prod(stored.shape), np.float32 if stored.kind == BFLOAT16 else stored.kind)
    at = 0
    for start, count in stored.pieces:
        stream.seek(start)
        if stored.kind == BFLOAT16:
            flat[at : at + count] = read_bfloat16(stream, shown(name), (count,))
        else:
            fill(stream, shown(name), flat[at : at + count].view(np.uint8))
        at += count
    return in_this_order(flat).reshape(stored.shape)


def read(stream: BinaryIO, budget_bytes: int, names: Names = None) -> Arrays:
    """Read arrays; see `Format.read`."""
    found, _, _ = _contents(stream)
    wanted = {name: one for name, one in found.items() if names is None or name in names}
    check_budget(sum(one.nbytes for one in wanted.values()), budget_bytes)
    for name, one in wanted.items():
        yield name, _read(stream, name, one)


FLAX = Format("Flax weights", (".msgpack",), True, recognise, list_entries, read)
