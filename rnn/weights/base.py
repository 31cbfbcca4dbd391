"""Format: what one weight file format offers; and the checks that all formats share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ..arrays import AnyArray
from ..errors import InputError

MAX_DIMENSIONS = 8
MAX_ARRAYS = 100_000
CHUNK_BYTES = 1 << 18
"""Bytes asked for at once: keeps a lying size from allocating much before the lie is noticed."""

NUMBERS = frozenset(np.dtype(name) for name in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"))
"""Types that are read, in this machine's byte order."""


@dataclass(frozen=True)
class Format:
    """One file format.

    Attributes:
        title: as shown in a file dialog.
        suffixes: with the dot, lower case; the first is the usual one.
        many: whether a file holds several named arrays; otherwise it holds one without a name.
        recognise: whether a file's first 64 bytes are of this format.
        read: `(stream, budget_bytes) -> arrays`; raises `InputError` without the file's name.
        encode: arrays -> the whole file's bytes.
    """

    title: str
    suffixes: tuple[str, ...]
    many: bool
    recognise: Callable[[bytes], bool]
    read: Callable[[BinaryIO, int], dict[str, AnyArray]]
    encode: Callable[[Mapping[str, AnyArray]], bytes]


def shown(name: str) -> str:
    """A foreign name for a message: quoted, control and direction characters escaped, at most about 60 characters."""
    return repr(name if len(name) <= 60 else f"{name[:40]}...{name[-15:]}")


def check_shape(name: str, shape: Sequence[Any], itemsize: int) -> tuple[int, ...]:
    """Return `shape` as a tuple; raise `InputError` unless it is a possible shape of an array."""
    if not all(type(n) is int and n >= 0 for n in shape):
        raise InputError(f"{name} has the shape {str(tuple(shape))[:80]}, expected whole numbers from 0 up")
    if len(shape) > MAX_DIMENSIONS:
        raise InputError(f"{name} has {len(shape)} dimensions, expected at most {MAX_DIMENSIONS}")
    if itemsize * prod(max(n, 1) for n in shape) >= 1 << 62:
        raise InputError(f"{name} has the shape {tuple(shape)}, which no memory can hold; the file is damaged")
    return tuple(shape)


def read_exactly(stream: BinaryIO, count: int, what: str) -> bytes:
    """Read a small number of bytes; raises `InputError` when the file ends before."""
    data = stream.read(count)
    if len(data) != count:
        raise InputError(f"the file is truncated: {what} needs {count} bytes and only {len(data)} are left")
    return data


def read_numbers(stream: BinaryIO, name: str, dtype: np.dtype[Any], shape: tuple[int, ...], order: Any) -> AnyArray:
    """Allocate an array and fill it from the stream.

    Args:
        stream: at the first byte of the numbers.
        name: for messages.
        dtype: stored type, in either byte order.
        shape: checked before, and paid for from the budget.
        order: `C` or `F`, as stored.

    Returns:
        The array in this machine's byte order, C-contiguous unless stored in Fortran order.

    Raises:
        InputError: the file ends before the array does.
    """
    flat = np.empty(prod(shape), dtype)
    raw = flat.view(np.uint8)
    done = 0
    while done < raw.size:
        count = stream.readinto(raw[done : done + CHUNK_BYTES])  # type: ignore[attr-defined]
        if not count:
            raise InputError(f"the file is truncated: {name} needs {raw.size} bytes and only {done} are there")
        done += count
    if dtype.kind == "b":
        flat = raw != 0  # a stored byte of 2 is no valid bool in memory
    elif not dtype.isnative:
        flat = flat.byteswap(inplace=True).view(dtype.newbyteorder("="))
    return flat.reshape(shape, order=order)


def writable_array(name: str, array: npt.ArrayLike) -> AnyArray:
    """A C-contiguous array of a type that every format can store; raises `InputError` on objects, text and complex."""
    result = np.array(array, order="C")
    if result.dtype.newbyteorder("=") not in NUMBERS:
        raise InputError(f"{shown(name)} is of type {result.dtype}, expected real numbers; convert it to float64")
    return result.astype(result.dtype.newbyteorder("="))
