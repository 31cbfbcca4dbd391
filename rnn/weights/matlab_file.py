"""MATLAB's `.mat`: version 5 and 7 (own elements) and 7.3 (HDF5). Structs and cells become names joined by `/`.

MATLAB has no vectors: they are read as matrices with one row or column. Version 7.3 keeps arrays with their axes the
other way round, which is undone.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO, cast

from ..errors import InputError
from .base import (
    Arrays,
    Entry,
    Format,
    Listing,
    Names,
    Start,
    by_name,
    few_letters,
    left_out_notes,
    no_numbers,
    read_exactly,
    shown,
)
from .hdf5 import MAGIC, contents, opened_hdf5, read_array, text
from .matlab_elements import CLASSES, COMPRESSED, Cursor, Found, Inflated, Walk
from .regular_file import check_budget, size_of

HEADER_BYTES = 128
ORIGIN = {"framework": "matlab"}
HIDDEN = ("#refs#", "#subsystem#")
"""Groups in which MATLAB 7.3 keeps what cells and objects are made of."""


def recognise(start: Start) -> bool:
    """Whether this is the header of a version 5 or 7 file: a text, then version 1 and the order of bytes."""
    return start.data[124:128] in (b"\x00\x01IM", b"\x01\x00MI")


def _variables(stream: BinaryIO) -> Iterator[tuple[Cursor, Iterator[Found]]]:
    """Variable after variable, each as its arrays; one that was not gone through to its end is passed over."""
    size = size_of(stream)
    header = read_exactly(stream, HEADER_BYTES, "the header")
    order, name = ("<", "little") if header[126:128] == b"IM" else (">", "big")
    at = HEADER_BYTES
    while at < size:
        stream.seek(at)
        tag = read_exactly(stream, 8, "a variable")
        kind, length = (int.from_bytes(tag[i : i + 4], cast(Any, name)) for i in (0, 4))
        if at + 8 + length > size:
            raise InputError(
                f"the file is truncated: a variable ends at byte {at + 8 + length} and the file has {size}"
            )
        if kind == COMPRESSED:
            cursor = Cursor(cast(BinaryIO, io.BufferedReader(Inflated(stream, length))), None)
        else:
            stream.seek(at)
            cursor = Cursor(stream, 8 + length)
        yield cursor, Walk(cursor, order, length).variable()
        at += 8 + length
        at += -at % 8 if kind != COMPRESSED else 0


def _listed(stream: BinaryIO) -> tuple[dict[str, Entry], tuple[str, ...]]:
    found, others = list[Entry](), list[str]()
    for _, variable in _variables(stream):
        for name, one in few_letters((each.entry.name, each) for each in variable):
            if not name:
                continue  # what MATLAB keeps for itself
            if one.left_out:
                others.append(f"{shown(name)} ({one.left_out})")
            else:
                found.append(one.entry)
    if others and not found:
        raise no_numbers(others, "save matrices of numbers")
    return by_name(found), left_out_notes(others)


def list_entries(stream: BinaryIO, _: int) -> Listing:
    """All arrays; compressed structs and cells are unpacked on the way, and thrown away."""
    entries, notes = _listed(stream)
    return Listing(MATLAB.title, entries, ORIGIN, notes)


def read(stream: BinaryIO, budget_bytes: int, names: Names = None) -> Arrays:
    """Read arrays; see `Format.read`."""
    entries, _ = _listed(stream)
    wanted = set(entries if names is None else names) & set(entries)
    check_budget(sum(entries[name].nbytes for name in wanted), budget_bytes)
    stream.seek(0)
    for cursor, variable in _variables(stream):
        taken = False
        for one in variable:
            if one.entry.name in wanted and not one.left_out:
                yield one.entry.name, one.read()
                taken = True
        if taken:
            cursor.finish()


def recognise_73(start: Start) -> bool:
    """Whether this is MATLAB's header in front of an HDF5 file."""
    return start.data.startswith(b"MATLAB 7.3") or (
        start.data[124:128] == b"\x00\x02IM" and MAGIC not in start.data[:8]
    )


def _turned(file: Any) -> tuple[dict[str, tuple[Entry, Entry]], tuple[str, ...]]:
    """Arrays by name, as they are stored and as they will be; and notes."""
    found = contents(file, HIDDEN)
    others, arrays = list(found.left_out), dict[str, tuple[Entry, Entry]]()
    sparse = {name.rpartition("/")[0] for name in found.entries if name.endswith("/ir")}
    for name, stored in found.entries.items():
        dataset = file[name]
        kind = text(dataset, "MATLAB_class")
        above = name.rpartition("/")[0]
        if kind not in (*CLASSES.values(), "single", "double", "logical", "") or "MATLAB_empty" in dataset.attrs:
            others.append(f"{shown(name)} ({'text' if kind == 'char' else kind or 'empty'})")
        elif above in sparse and "MATLAB_sparse" in file[above].attrs:
            others.append(f"{shown(name)} (sparse)")
        else:
            entry = replace(stored, shape=stored.shape[::-1])
            entry = replace(entry, dtype="bool") if kind == "logical" and entry.dtype == "uint8" else entry
            arrays[name] = stored, entry
    if not arrays:
        raise no_numbers(others, "save matrices of numbers")
    return arrays, left_out_notes(others)


def list_73(stream: BinaryIO, _: int) -> Listing:
    """All arrays of numbers."""
    with opened_hdf5(stream) as file:
        arrays, notes = _turned(file)
    return Listing(MATLAB_73.title, {name: entry for name, (_, entry) in arrays.items()}, ORIGIN, notes)


def read_73(stream: BinaryIO, budget_bytes: int, names: Names = None) -> Arrays:
    """Read arrays; see `Format.read`."""
    with opened_hdf5(stream) as file:
        arrays, _ = _turned(file)
        wanted = {name: pair for name, pair in arrays.items() if names is None or name in names}
        check_budget(sum(entry.nbytes for _, entry in wanted.values()), budget_bytes)
        for name, (stored, entry) in wanted.items():
            array = read_array(file, stored, turned=True)
            yield name, array != 0 if entry.dtype == "bool" else array


MATLAB = Format("MATLAB", (".mat",), True, recognise, list_entries, read)
MATLAB_73 = Format("MATLAB 7.3", (".mat",), True, recognise_73, list_73, read_73)
