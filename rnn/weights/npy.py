"""The `.npy` format: one array. Its header is read by hand, so that nothing is allocated that was not checked.

Source: NEP 1 and `numpy/lib/format.py` (versions 1.0, 2.0 and 3.0 of the format).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError
from ..parsing import literal
from .base import (
    NUMBERS,
    Arrays,
    Entry,
    Format,
    Listing,
    Names,
    Start,
    check_shape,
    read_exactly,
    read_numbers,
    shown,
    writable_array,
)
from .regular_file import check_budget, size_of

MAGIC = b"\x93NUMPY"
MAX_HEADER_BYTES = 10_000
"""A real header has about 120 bytes; NumPy itself reads a header of any length before it looks at the length."""


@dataclass(frozen=True)
class Header:
    """What stands before the numbers: type, shape, order `C` or `F`, and its own length in bytes."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    order: str
    length: int

    @property
    def nbytes(self) -> int:
        """Bytes of the numbers."""
        return prod(self.shape) * self.dtype.itemsize


def _dtype(name: str, description: object) -> np.dtype[Any]:
    """The stored type; raises `InputError` on anything but real numbers."""
    text = description if isinstance(description, str) else ""
    if "O" in str(description):
        raise InputError(f"{name} contains Python objects, which are refused; save plain arrays of numbers")
    if re.fullmatch(r"[<>=|]?c\d+", text):
        raise InputError(f"{name} is complex ({text}), expected real numbers; save its real part")
    dtype = np.dtype(text) if re.fullmatch(r"[<>=|]?(f[248]|[iu][1248]|b1)", text) else None
    if dtype is None or dtype.newbyteorder("=") not in NUMBERS:
        raise InputError(f"{name} is of type {str(description)[:60]!r}, expected real numbers; save it as float64")
    return dtype


def _fields(name: str, text: str) -> dict[str, Any]:
    """The header's dictionary; Python 2 wrote long integers with an L."""
    try:
        fields = literal(re.sub(r"(\d)L\b", r"\1", text).strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or set(fields) != {"descr", "fortran_order", "shape"}:
        raise InputError(f"{name} has a damaged .npy header {text[:60]!r}; save the array again with numpy.save")
    return fields


def read_header(stream: BinaryIO, name: str) -> Header:
    """Read and check the header of one array.

    Args:
        stream: at the array's first byte; afterwards at its first number.
        name: for messages.

    Raises:
        InputError: no header, a header that is too long or damaged, objects, complex numbers, an impossible shape.
    """
    start = read_exactly(stream, 8, f"the header of {name}")
    if start[:6] != MAGIC:
        raise InputError(f"{name} is not an array in .npy form; save plain arrays with numpy.savez")
    if start[6] not in (1, 2, 3):
        raise InputError(f"{name} is in version {start[6]}.{start[7]} of the .npy format, expected 1, 2 or 3")
    width = 2 if start[6] == 1 else 4
    length = int.from_bytes(read_exactly(stream, width, f"the header of {name}"), "little")
    if length > MAX_HEADER_BYTES:
        raise InputError(
            f"{name} claims a header of {length} bytes, expected at most {MAX_HEADER_BYTES}; it is damaged"
        )
    text = read_exactly(stream, length, f"the header of {name}").decode(
        "utf-8" if start[6] == 3 else "latin-1", "replace"
    )
    fields = _fields(name, text)
    dtype = _dtype(name, fields["descr"])
    if not isinstance(fields["shape"], tuple) or not isinstance(fields["fortran_order"], bool):
        raise InputError(f"{name} has a damaged .npy header {text[:60]!r}; save the array again with numpy.save")
    shape = check_shape(name, fields["shape"], dtype.itemsize)
    return Header(dtype, shape, "F" if fields["fortran_order"] else "C", 8 + width + length)


def check_length(name: str, header: Header, stored_bytes: int) -> None:
    """Raise `InputError` unless the shape needs exactly the bytes that are stored after the header."""
    if header.nbytes != stored_bytes:
        kind = "truncated" if stored_bytes < header.nbytes else "damaged"
        raise InputError(
            f"the file is {kind}: {name} has the shape {header.shape} and needs {header.nbytes} bytes, "
            f"but {max(stored_bytes, 0)} are stored; write it again"
        )


def entry(name: str, header: Header) -> Entry:
    """What the header says of the array."""
    return Entry(name, header.shape, header.dtype.newbyteorder("=").name, header.nbytes)


def recognise(start: Start) -> bool:
    """Whether these are the first bytes of a `.npy` file."""
    return start.data.startswith(MAGIC)


def _checked_header(stream: BinaryIO) -> Header:
    header = read_header(stream, "the array")
    check_length("the array", header, size_of(stream) - header.length)
    return header


def list_entries(stream: BinaryIO, _: int) -> Listing:
    """The one array; its name is empty."""
    return Listing(NPY.title, {"": entry("", _checked_header(stream))})


def read(stream: BinaryIO, budget_bytes: int, names: Names = None) -> Arrays:
    """Read the one array; its name is empty."""
    header = _checked_header(stream)
    if names is None or "" in names:
        check_budget(header.nbytes, budget_bytes)
        yield "", read_numbers(stream, "the array", header.dtype, header.shape, header.order)


def encode_array(name: str, array: AnyArray) -> bytes:
    """One array as the bytes of a `.npy` file."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, writable_array(name, array), allow_pickle=False)
    return buffer.getvalue()


def encode(arrays: Mapping[str, AnyArray]) -> bytes:
    """The bytes of a file with the one array; raises `InputError` when there are more."""
    if len(arrays) != 1:
        names = ", ".join(shown(name) for name in arrays)
        raise InputError(f"a .npy file holds one array and there are {len(arrays)} ({names}); save them as .npz")
    [(name, array)] = arrays.items()
    return encode_array(name, array)


NPY = Format("NumPy array", (".npy",), False, recognise, list_entries, read, encode)
