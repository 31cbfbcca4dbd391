"""Format: what one weight file format offers; Listing: what a file holds; and the checks that all formats share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ..arrays import AnyArray
from ..errors import InputError

MAX_DIMENSIONS = 8
MAX_ARRAYS = 100_000
MAX_LETTERS = 8 << 20
CHUNK_BYTES = 1 << 18
"""Bytes asked for at once: keeps a lying size from allocating much before the lie is noticed."""

BLOCK_BYTES = 8 << 20
"""Read at once where the numbers are put into another order on the way."""

NUMBERS = frozenset(np.dtype(name) for name in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"))
"""Types that are read, in this machine's byte order."""

BF16_NOTE = "bfloat16 is read as float32, which holds it exactly"


@dataclass(frozen=True)
class Entry:
    """One array of a file, before it is read.

    Attributes:
        name: in the file. shape: as it will be read. dtype: as stored, in words: `float32`, `bfloat16`.
        nbytes: memory that the array takes once it is read.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    nbytes: int


@dataclass(frozen=True)
class Listing:
    """What a file holds, found without reading a number.

    Attributes:
        title: of the format. entries: by name, in the file's order.
        origin: texts about where the file comes from: `framework`, and what that tells (Keras: `config`, JSON text).
        notes: sentences for the user, such as what was left out.
    """

    title: str
    entries: Mapping[str, Entry]
    origin: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


Names = Collection[str] | None
"""Which arrays are wanted; None is all of them."""

Arrays = Iterator[tuple[str, AnyArray]]
"""Names and arrays, one at a time, so that nobody has to hold them all."""


START_BYTES = 512
"""So much of a file tells its format."""


@dataclass(frozen=True)
class Start:
    """What a format is recognised by: never a file's name.

    Attributes:
        data: the first `START_BYTES`. members: names of a zip file's members; empty for any other file and a damaged one.
    """

    data: bytes
    members: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Format:
    """One file format.

    Attributes:
        title: as shown in a file dialog.
        suffixes: with the dot, lower case; the first is the usual one.
        many: whether a file holds several named arrays; otherwise it holds one without a name.
        recognise: whether a file that begins so is of this format.
        list: `(stream, budget_bytes) -> listing`; reads no numbers as far as the format allows.
        read: `(stream, budget_bytes, names) -> arrays`, only those; names that are not there are passed over.
        encode: arrays -> the whole file's bytes; None where this program does not write the format.

    `list` and `read` raise `InputError` without the file's name.
    """

    title: str
    suffixes: tuple[str, ...]
    many: bool
    recognise: Callable[[Start], bool]
    list: Callable[[BinaryIO, int], Listing]
    read: Callable[[BinaryIO, int, Names], Arrays]
    encode: Callable[[Mapping[str, AnyArray]], bytes] | None = None


def few_letters(named: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The same, as long as the names have not too many letters in all: nested names repeat those above them."""
    letters = 0
    for name, value in named:
        letters += len(name)
        if letters > MAX_LETTERS:
            raise InputError(f"the names in the file have more than {MAX_LETTERS} letters; it is damaged or hostile")
        yield name, value


def twice(name: str) -> InputError:
    """The sentence about a name that stands twice in a file."""
    return InputError(f"the name {shown(name)} occurs twice (duplicate), so it is unclear which is meant")


def by_name(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Entries by name; raises `InputError` for none, too many, or a name that stands twice."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.name in found:
            raise twice(entry.name)
        found[entry.name] = entry
        if len(found) > MAX_ARRAYS:
            raise InputError(f"the file holds more than {MAX_ARRAYS} arrays; it is damaged or hostile")
    if not found:
        raise InputError("the file holds no arrays of numbers; save the weights again")
    return found


def left_out_notes(others: Sequence[str]) -> tuple[str, ...]:
    """A note about what a file holds besides arrays of real numbers, each in words; none where there is nothing."""
    more = f" and {len(others) - 4} more" if len(others) > 4 else ""
    return (f"left out, as it is no array of real numbers: {', '.join(others[:4])}{more}",) if others else ()


def no_numbers(others: Sequence[str], advice: str) -> InputError:
    """The sentence about a file that holds nothing else."""
    return InputError(f"the file holds no arrays of real numbers, only {', '.join(others[:3])}; {advice}")


def visible(text: str) -> str:
    """A foreign text as it can be printed: control and direction characters escaped, so that it moves no cursor."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


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


def fill(stream: BinaryIO, name: str, raw: npt.NDArray[np.uint8], done: int = 0, whole: int = 0) -> None:
    """Fill an array of bytes from the stream; `done` of the `whole` array's bytes were read before."""
    whole, filled = whole or raw.size, 0
    while filled < raw.size:
        count = stream.readinto(raw[filled : filled + CHUNK_BYTES])  # type: ignore[attr-defined]
        if not count:
            raise InputError(f"the file is truncated: {name} needs {whole} bytes and only {done + filled} are there")
        filled += count


def read_numbers(stream: BinaryIO, name: str, dtype: np.dtype[Any], shape: tuple[int, ...], order: Any) -> AnyArray:
    """Allocate an array and fill it from the stream.

    Args:
        stream: at the first byte of the numbers.
        name: for messages.
        dtype: stored type, in either byte order.
        shape: checked before, and paid for from the budget.
        order: `C` or `F`, as stored.

    Returns:
        The array in this machine's byte order, C-contiguous.

    Raises:
        InputError: the file ends before the array does.
    """
    if order == "F" and len(shape) > 1:
        return _read_columns(stream, name, dtype, shape)
    flat = np.empty(prod(shape), dtype)
    fill(stream, name, flat.view(np.uint8))
    return in_this_order(flat).reshape(shape)


def _read_columns(stream: BinaryIO, name: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> AnyArray:
    column, done = prod(shape[:-1]) * dtype.itemsize, 0

    def block(count: int) -> AnyArray:
        nonlocal done
        flat = np.empty(count * prod(shape[:-1]), dtype)
        fill(stream, name, flat.view(np.uint8), done, column * shape[-1])
        done += flat.nbytes
        return in_this_order(flat)

    return from_columns(shape, dtype.newbyteorder("="), block)


def from_columns(shape: tuple[int, ...], dtype: npt.DTypeLike, block: Callable[[int], AnyArray]) -> AnyArray:
    """A C-ordered array out of what is stored first axis fastest, without ever holding it twice.

    Args:
        shape: of at least 2 axes. dtype: of the array.
        block: gives the numbers of the next so many indices of the last axis, flat, as they are stored.
    """
    array = np.empty(shape, dtype)
    columns = max(1, BLOCK_BYTES // max(1, prod(shape[:-1]) * array.itemsize))
    for start in range(0, shape[-1] if array.size else 0, columns):
        count = min(columns, shape[-1] - start)
        array[..., start : start + count] = block(count).reshape(count, *shape[-2::-1]).T
    return array


def in_this_order(array: AnyArray) -> AnyArray:
    """The same numbers in this machine's byte order; the array itself may be changed. Any stored bool but 0 is True."""
    if array.dtype.kind == "b":
        bits: AnyArray = array.view(np.uint8) != 0  # a stored byte of 2 is no valid bool in memory
        return bits
    if not array.dtype.isnative:
        return array.byteswap(inplace=True).view(array.dtype.newbyteorder("="))
    return array


def read_bfloat16(stream: BinaryIO, name: str, shape: tuple[int, ...], stored: str = "<u2") -> AnyArray:
    """As `read_numbers`, bfloat16 as float32, whose upper 16 bits it is; piece by piece, as it becomes twice as large."""
    whole = np.empty(prod(shape), np.float32)
    for start in range(0, whole.size, CHUNK_BYTES):
        piece = np.empty(min(CHUNK_BYTES, whole.size - start), stored)
        fill(stream, name, piece.view(np.uint8), 2 * start, 2 * whole.size)
        whole[start : start + piece.size] = np.left_shift(in_this_order(piece), 16, dtype=np.uint32).view(np.float32)
    return whole.reshape(shape)


def writable_array(name: str, array: npt.ArrayLike) -> AnyArray:
    """A C-contiguous array of a type that every format can store; raises `InputError` on objects, text and complex."""
    result = np.array(array, order="C")
    if result.dtype.newbyteorder("=") not in NUMBERS:
        raise InputError(f"{shown(name)} is of type {result.dtype}, expected real numbers; convert it to float64")
    return result.astype(result.dtype.newbyteorder("="))
