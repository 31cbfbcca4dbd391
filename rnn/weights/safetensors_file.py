"""The `.safetensors` format: a JSON header and raw numbers. The header is checked by hand, the numbers read plainly.

Source: the format's description in the README of safetensors 0.8.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO

import numpy as np
import safetensors.numpy

from ..arrays import AnyArray
from ..errors import InputError
from .base import (
    BF16_NOTE,
    MAX_ARRAYS,
    Arrays,
    Entry,
    Format,
    Listing,
    Names,
    Start,
    by_name,
    check_shape,
    read_bfloat16,
    read_exactly,
    read_numbers,
    shown,
    twice,
    writable_array,
)
from .regular_file import check_budget, human_size, size_of

MAX_HEADER_BYTES = 16 << 20

DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "BOOL": "|b1",
    "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1",
}  # fmt: skip
"""bfloat16 is read as the 16 bits that it is: the upper half of a float32."""

WORDS = {kind: "bfloat16" if kind == "BF16" else np.dtype(code).name for kind, code in DTYPES.items()}


@dataclass(frozen=True)
class _Tensor:
    name: str
    kind: str
    shape: tuple[int, ...]
    start: int
    end: int

    @property
    def nbytes(self) -> int:
        return (self.end - self.start) * (2 if self.kind == "BF16" else 1)  # as it is read


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise twice(next(name for name in names if names.count(name) > 1))
    return found


def _refuse_constant(text: str) -> Any:
    raise InputError(f"the header contains {text}, which is not JSON; the file is damaged")


def _read_header(stream: BinaryIO) -> tuple[dict[str, Any], int]:
    """The header's dictionary, and the number of bytes of data after it."""
    length = int.from_bytes(read_exactly(stream, 8, "the header's length"), "little")
    if length > MAX_HEADER_BYTES:
        raise InputError(
            f"the header claims {human_size(length)}, expected at most {human_size(MAX_HEADER_BYTES)}; it is damaged"
        )
    raw = read_exactly(stream, length, "the header")
    # Each array brings one brace and two brackets: millions of empty lists would cost far more than the header.
    if max(raw.count(b"{"), raw.count(b"[") // 2) > MAX_ARRAYS + 2:
        raise InputError(f"the header holds more than {MAX_ARRAYS} arrays; it is damaged or hostile")
    try:
        header = json.loads(raw.decode(), object_pairs_hook=_no_duplicates, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the header is not JSON ({str(error)[:80]}); the file is damaged") from error
    if not isinstance(header, dict):
        raise InputError("the header is not a JSON object; the file is damaged")
    return header, size_of(stream) - 8 - length


def _tensor(name: str, entry: object, available_bytes: int) -> _Tensor:
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise InputError(
            f"{shown(name)} needs exactly dtype, shape and data_offsets in the header; the file is damaged"
        )
    kind, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(kind, str) or kind not in DTYPES:
        why = "complex, expected real numbers" if str(kind).startswith("C") else "not supported"
        raise InputError(f"{shown(name)} is of type {str(kind)[:20]!r}, which is {why}; save it as F32 or F64")
    if not isinstance(shape, list) or not isinstance(offsets, list) or len(offsets) != 2:
        raise InputError(f"{shown(name)} has a damaged shape or data_offsets in the header")
    itemsize = np.dtype(DTYPES[kind]).itemsize
    checked = check_shape(shown(name), shape, itemsize)
    start, end = offsets
    if not (type(start) is int and type(end) is int and 0 <= start <= end):
        raise InputError(f"{shown(name)} has the data_offsets {str(offsets)[:60]}, expected two rising whole numbers")
    if end > available_bytes:
        raise InputError(
            f"the file is truncated: {shown(name)} ends at byte {end} of the data and {available_bytes} are stored"
        )
    if end - start != itemsize * prod(checked):
        raise InputError(
            f"{shown(name)} of type {kind} and shape {checked} needs {itemsize * prod(checked)} bytes, "
            f"but its data_offsets give {end - start}; the file is damaged"
        )
    return _Tensor(name, kind, checked, start, end)


def _check_layout(tensors: list[_Tensor], available_bytes: int) -> None:
    """The arrays must tile the data: no byte read twice, no byte hidden."""
    position = 0
    for tensor in sorted(tensors, key=lambda tensor: (tensor.start, tensor.end)):
        if tensor.start != position:
            fault = "overlaps the array before it" if tensor.start < position else "leaves a hole before it"
            raise InputError(f"{shown(tensor.name)} {fault} (byte {tensor.start}, expected {position}); it is damaged")
        position = tensor.end
    if position != available_bytes:
        raise InputError(f"{available_bytes - position} bytes at the end belong to no array (a hole); it is damaged")


def _read_tensor(stream: BinaryIO, data_start: int, tensor: _Tensor) -> AnyArray:
    stream.seek(data_start + tensor.start)
    if tensor.kind == "BF16":
        return read_bfloat16(stream, shown(tensor.name), tensor.shape)
    return read_numbers(stream, shown(tensor.name), np.dtype(DTYPES[tensor.kind]), tensor.shape, "C")


def recognise(start: Start) -> bool:
    """Whether these are the first bytes of a safetensors file: a binary length, then a brace."""
    return start.data[8:9] == b"{" and any(byte < 9 or byte > 126 for byte in start.data[:8])


def _checked(stream: BinaryIO) -> tuple[list[_Tensor], int]:
    """All arrays of the header, and the first byte of their data."""
    header, available_bytes = _read_header(stream)
    header.pop("__metadata__", None)
    if len(header) > MAX_ARRAYS:
        raise InputError(f"the file holds {len(header)} arrays, expected at most {MAX_ARRAYS}")
    tensors = [_tensor(name, entry, available_bytes) for name, entry in header.items()]
    _check_layout(tensors, available_bytes)
    return tensors, size_of(stream) - available_bytes


def list_entries(stream: BinaryIO, _: int) -> Listing:
    """What the header says."""
    tensors, _ = _checked(stream)
    entries = by_name(Entry(one.name, one.shape, WORDS[one.kind], one.nbytes) for one in tensors)
    notes = (BF16_NOTE,) if any(one.kind == "BF16" for one in tensors) else ()
    return Listing(SAFETENSORS.title, entries, {}, notes)


def read(stream: BinaryIO, budget_bytes: int, names: Names = None) -> Arrays:
    """Read arrays; bfloat16 becomes float32, which holds it exactly. See `Format.read`."""
    tensors, data_start = _checked(stream)
    by_name(Entry(one.name, one.shape, one.kind, 0) for one in tensors)
    wanted = [one for one in tensors if names is None or one.name in names]
    check_budget(sum(one.nbytes for one in wanted), budget_bytes)
    for tensor in wanted:
        yield tensor.name, _read_tensor(stream, data_start, tensor)


def encode(arrays: Mapping[str, AnyArray]) -> bytes:
    """The bytes of a `.safetensors` file."""
    encoded: bytes = safetensors.numpy.save({name: writable_array(name, array) for name, array in arrays.items()})
    return encoded


SAFETENSORS = Format("Safetensors", (".safetensors",), True, recognise, list_entries, read, encode)
