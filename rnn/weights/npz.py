"""The `.npz` format: a zip file of `.npy` members. Everything is checked before the first number is read.

Source: `numpy/lib/_npyio_impl.py` (savez).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import BinaryIO, cast

from ..arrays import AnyArray
from .base import Arrays, Format, Listing, Names, Start, by_name, read_numbers, shown
from .npy import Header, check_length, encode_array, entry, read_header
from .regular_file import check_budget
from .zip_file import is_zip, opened_zip


def _key(member: zipfile.ZipInfo) -> str:
    return member.filename.removesuffix(".npy")


def _read_member_header(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Header:
    name = f"member {shown(member.filename)}"
    with archive.open(member) as stream:
        header = read_header(cast(BinaryIO, stream), name)
    check_length(name, header, member.file_size - header.length)
    return header


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, header: Header) -> AnyArray:
    name = f"member {shown(member.filename)}"
    with archive.open(member) as stream:
        stream.read(header.length)
        array = read_numbers(cast(BinaryIO, stream), name, header.dtype, header.shape, header.order)
        stream.read(1)  # the end of the member is where its checksum is compared
    return array


def recognise(start: Start) -> bool:
    """Whether these are the first bytes of a zip file; formats with members of their own are asked before."""
    return is_zip(start.data)


def _headers(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> list[tuple[zipfile.ZipInfo, Header]]:
    headers = [(member, _read_member_header(archive, member)) for member in members.values()]
    by_name(entry(_key(member), header) for member, header in headers)  # a.npy and a are one name
    return headers


def list_entries(stream: BinaryIO, _: int) -> Listing:
    """Names, shapes and types of all members."""
    with opened_zip(stream) as (archive, members):
        return Listing(NPZ.title, by_name(entry(_key(member), header) for member, header in _headers(archive, members)))


def read(stream: BinaryIO, budget_bytes: int, names: Names = None) -> Arrays:
    """Read arrays; see `Format.read`. All headers are checked before the first array is allocated."""
    with opened_zip(stream) as (archive, members):
        found = [(m, header) for m, header in _headers(archive, members) if names is None or _key(m) in names]
        check_budget(sum(header.nbytes for _, header in found), budget_bytes)
        for member, header in found:
            yield _key(member), _read_member(archive, member, header)


def encode(arrays: Mapping[str, AnyArray]) -> bytes:
    """The bytes of an uncompressed `.npz` file; the same arrays give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), encode_array(name, array))
    return buffer.getvalue()


NPZ = Format("NumPy arrays", (".npz",), True, recognise, list_entries, read, encode)
