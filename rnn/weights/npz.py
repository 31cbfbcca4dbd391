"""The `.npz` format: a zip file of `.npy` members. Everything is checked before the first number is read.

Source: `numpy/lib/_npyio_impl.py` (savez); APPNOTE 6.3 for the zip container.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import BinaryIO, cast

from ..arrays import AnyArray
from ..errors import InputError
from .base import MAX_ARRAYS, Format, read_numbers, shown
from .npy import Header, check_length, encode_array, read_header
from .regular_file import check_budget, human_size, size_of

MAX_DIRECTORY_BYTES = 1 << 20
"""Room for more than 10,000 members; the zip reader makes an object of about 600 bytes for each."""

MAX_RATIO = 100
MAX_UNCHECKED_BYTES = 64 << 20
"""A member that unpacks to more than this, and to more than `MAX_RATIO` times its size, is taken for a bomb."""

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, ValueError)
"""What the zip reader raises on damaged input."""


class _CappedReader(io.RawIOBase):
    """A stream that refuses one read above `MAX_DIRECTORY_BYTES`: the zip reader takes its directory in one read."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int = -1) -> bytes:
        if size is None or size < 0:
            size = max(size_of(self._stream) - self._stream.tell(), 0)
        if size > MAX_DIRECTORY_BYTES:
            raise InputError(
                f"the zip file's directory has {human_size(size)}, expected at most "
                f"{human_size(MAX_DIRECTORY_BYTES)}; the file is damaged or hostile"
            )
        return self._stream.read(size)


def _key(member: zipfile.ZipInfo) -> str:
    return member.filename.removesuffix(".npy")


def _check_member(member: zipfile.ZipInfo) -> None:
    name = f"member {shown(member.filename)}"
    if member.flag_bits & 0x1:
        raise InputError(f"{name} is encrypted; save the file without a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(
            f"{name} is compressed by method {member.compress_type}, expected 0 or 8 as numpy.savez writes"
        )
    if member.file_size > MAX_UNCHECKED_BYTES and member.file_size > MAX_RATIO * member.compress_size:
        raise InputError(
            f"{name} would unpack from {human_size(member.compress_size)} to {human_size(member.file_size)}, more than "
            f"{MAX_RATIO} times its size; this looks like a zip bomb, save it with numpy.savez instead"
        )


def _check_members(members: list[zipfile.ZipInfo], directory_start: int, budget_bytes: int) -> None:
    """Names, methods, sizes, and that no two members share bytes of the file."""
    if not members:
        raise InputError("the .npz file holds no arrays; save the weights again")
    if len(members) > MAX_ARRAYS:
        raise InputError(f"the .npz file holds {len(members)} arrays, expected at most {MAX_ARRAYS}")
    seen: set[str] = set()
    for member in members:
        if _key(member) in seen:
            raise InputError(
                f"the name {shown(_key(member))} occurs twice (duplicate), so it is unclear which is meant"
            )
        seen.add(_key(member))
        _check_member(member)
    ordered = sorted(members, key=lambda member: member.header_offset)
    ends = [*(member.header_offset for member in ordered[1:]), directory_start]
    for member, end in zip(ordered, ends, strict=True):
        if member.header_offset < 0 or member.header_offset + 30 + member.compress_size > end:
            raise InputError(
                f"member {shown(member.filename)} overlaps what follows it; the zip file is damaged or hostile"
            )
    check_budget(sum(member.file_size for member in members), budget_bytes)


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


def recognise(start: bytes) -> bool:
    """Whether these are the first bytes of a zip file, also of an empty one."""
    return start.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read(stream: BinaryIO, budget_bytes: int) -> dict[str, AnyArray]:
    """Read all arrays; see `Format.read`. All headers are checked before the first array is allocated."""
    try:
        with zipfile.ZipFile(cast(BinaryIO, _CappedReader(stream))) as archive:
            members = archive.infolist()
            _check_members(members, archive.start_dir, budget_bytes)
            headers = [_read_member_header(archive, member) for member in members]
            check_budget(sum(header.nbytes for header in headers), budget_bytes)
            found = zip(members, headers, strict=True)
            return {_key(member): _read_member(archive, member, header) for member, header in found}
    except DAMAGED as error:
        raise InputError(f"the zip file is damaged or truncated ({str(error)[:120]}); write it again") from error


def encode(arrays: Mapping[str, AnyArray]) -> bytes:
    """The bytes of an uncompressed `.npz` file; the same arrays give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), encode_array(name, array))
    return buffer.getvalue()


NPZ = Format("NumPy arrays", (".npz",), True, recognise, read, encode)
