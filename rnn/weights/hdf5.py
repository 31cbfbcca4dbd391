"""HDF5 files that a stranger may have written: arrays by path. Only what lies inside the file, in it, and is numbers.

HDF5 would follow a link into another file, take an array's bytes from any file of the disk, load a filter from a
folder of plug-ins, and go round for ever in some damaged files. So everything is looked at before it is opened, and
the reader belongs into a process that can be killed.

Source: HDF5 File Format Specification 3.0; h5py 3.16.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError
from .base import MAX_LETTERS, NUMBERS, Entry, by_name, check_shape, in_this_order, no_numbers, shown
from .hdf5_chunks import DEFLATE, FLETCHER32, check_chunks, check_layout, slabs
from .regular_file import check_unpacked

MAGIC = b"\x89HDF\r\n\x1a\n"

MAX_OBJECTS, MAX_DEPTH = 5_000, 20
MAX_TEXT_BYTES = 2 << 20
MAX_RATIO = 1000
"""A large array that is more than so many times what is stored of it is taken for a bomb."""

FILTERS = {DEFLATE: "gzip", 2: "shuffle", FLETCHER32: "fletcher32", 32000: "lzf"}
"""Filters that HDF5 and h5py bring along; any other is a plug-in."""


@dataclass(frozen=True)
class Contents:
    """What a walk through a file found.

    Attributes:
        entries: arrays of numbers by path, without the first `/`. left_out: in words, what else there was.
    """

    entries: dict[str, Entry]
    left_out: tuple[str, ...]


class _Bounded(io.RawIOBase):
    """A stream that has a damaged file's claims refused: HDF5 makes room for as much as it asks for, and asks for anything."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self._size = stream.seek(0, io.SEEK_END)

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: Any) -> int:
        if len(buffer) > max(0, self._size - self._stream.tell()):
            raise EOFError("it refers to what is behind its end")
        return int(self._stream.readinto(buffer))  # type: ignore[attr-defined]


@contextmanager
def opened_hdf5(stream: BinaryIO) -> Iterator[Any]:
    """Open a file for reading, as a context; whatever HDF5 says against it becomes an `InputError`."""
    import h5py  # it takes a fifth of a second, and most files are others

    try:
        with h5py.File(_Bounded(stream), "r") as file:
            yield file
    except (InputError, MemoryError, GeneratorExit):
        raise
    except Exception as error:  # the library raises some ten kinds of exceptions for damaged files
        said = " ".join(str(error).split())[:120]
        raise InputError(
            f"the HDF5 file is damaged or truncated ({said or type(error).__name__}); write it again"
        ) from error


def _members(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Names and objects of a group; refuses links that point elsewhere."""
    import h5py

    for name in group:
        link = group.get(name, getlink=True)
        where = shown(f"{path}{name}")
        if not isinstance(link, h5py.HardLink):
            target = getattr(link, "filename", None)
            aim = f"the file {shown(str(target))}" if target is not None else "another place"
            raise InputError(
                f"{where} is a link to {aim} and points outside this file's own tree; refused, save a copy without links"
            )
        yield name, group[name]


def _check_stored_inside(dataset: Any, name: str) -> None:
    """Refuse arrays whose numbers are elsewhere, or need a plug-in to be read."""
    if dataset.external:
        raise InputError(
            f"{name} takes its numbers from another file, which points outside this file; refused, save a copy"
        )
    if dataset.is_virtual:
        raise InputError(f"{name} is virtual, its numbers are in other files outside this one; refused, save a copy")
    properties = dataset.id.get_create_plist()
    for i in range(properties.get_nfilters()):
        number = properties.get_filter(i)[0]
        if number not in FILTERS:
            raise InputError(
                f"{name} needs the plug-in {number} to be unpacked, expected gzip or none; save it without"
            )


def _entry(dataset: Any, path: str) -> Entry | str:
    """What an array will be, or in words why it is none of real numbers."""
    name = shown(path)
    try:
        dtype = np.dtype(dataset.dtype)
    except (TypeError, ValueError):
        return f"{name} (of a type that NumPy has not)"
    plain = dtype.newbyteorder("=")
    if dataset.shape is None or plain not in NUMBERS:
        return f"{name} ({'text or objects' if dtype.kind in 'OSUV' else 'empty' if dataset.shape is None else dtype.name})"
    shape = check_shape(name, [int(n) for n in dataset.shape], dtype.itemsize)
    return Entry(path, shape, plain.name, prod(shape) * dtype.itemsize)


def _check_size(dataset: Any, entry: Entry) -> None:
    """Refuse an array of which hardly anything is stored, and chunks that are no part of any array."""
    name, stored = shown(entry.name), int(dataset.id.get_storage_size())
    check_unpacked(name, stored, entry.nbytes, MAX_RATIO, "save it without compression")
    check_layout(dataset, name, entry.nbytes)


def contents(file: Any, skipped: tuple[str, ...] = ()) -> Contents:
    """Walk through a file without reading a number.

    Args:
        file: h5py's. skipped: names of groups at the top that are passed over unseen.

    Raises:
        InputError: something points outside, needs a plug-in, contains itself, or there is too much.
    """
    import h5py

    found, left_out, objects, letters = list[Entry](), list[str](), 0, 0
    seen = {_address(file)}
    waiting: list[tuple[Any, str, int]] = [(file, "", 0)]
    while waiting:
        group, path, depth = waiting.pop()
        inside = []
        for name, member in _members(group, path):
            letters += len(path) + len(name)
            objects += 1
            if objects > MAX_OBJECTS or depth > MAX_DEPTH or letters > MAX_LETTERS:
                raise InputError(
                    f"the file has more than {MAX_OBJECTS} objects or groups {MAX_DEPTH} deep, too many nodes for weights"
                )
            if isinstance(member, h5py.Group):
                if not depth and name in skipped:
                    continue
                if _address(member) in seen:
                    raise InputError(
                        f"the group {shown(path + name)} contains itself or stands twice; the file is damaged or hostile"
                    )
                seen.add(_address(member))
                inside.append((member, f"{path}{name}/", depth + 1))
            elif isinstance(member, h5py.Dataset):
                entry = _checked(member, path + name)
                if isinstance(entry, Entry):
                    found.append(entry)
                else:
                    left_out.append(entry)
        waiting += reversed(inside)
    if not found and left_out:
        raise no_numbers(left_out, "save them as real numbers")
    return Contents(by_name(found), tuple(left_out))


def _checked(dataset: Any, path: str) -> Entry | str:
    _check_stored_inside(dataset, shown(path))
    entry = _entry(dataset, path)
    if isinstance(entry, Entry):
        _check_size(dataset, entry)
    return entry


def _address(thing: Any) -> int:
    import h5py

    return int(h5py.h5o.get_info(thing.id).addr)


def text(thing: Any, name: str) -> str:
    """An attribute that is one text; empty where there is none, or one that is too long to be what is looked for."""
    import h5py

    if not h5py.h5a.exists(thing.id, name.encode()):
        return ""
    attribute = h5py.h5a.open(thing.id, name.encode())
    if attribute.get_space().get_simple_extent_npoints() != 1 or attribute.get_storage_size() > MAX_TEXT_BYTES:
        return ""
    value = thing.attrs[name]
    said = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return said if isinstance(said, str) and len(said) <= MAX_TEXT_BYTES else ""


def read_array(file: Any, entry: Entry, turned: bool = False) -> AnyArray:
    """All numbers of an array, piece by piece along its first axis; `turned` with the axes the other way round."""
    dataset = file[entry.name]  # opened late: HDF5 holds kilobytes for every one that is open
    check_chunks(dataset, shown(entry.name))
    if not entry.nbytes or not entry.shape:
        return np.asarray(dataset[()], dataset.dtype.newbyteorder("=")).reshape(entry.shape[:: -1 if turned else 1])
    if turned:
        array = np.empty(entry.shape[::-1], dataset.dtype)
        for part in slabs(dataset, entry.nbytes):
            array[..., part] = dataset[part].T
    else:
        array = np.empty(entry.shape, dataset.dtype)
        for part in slabs(dataset, entry.nbytes):
            dataset.read_direct(array, part, part)
    return in_this_order(array.reshape(-1)).reshape(array.shape)
