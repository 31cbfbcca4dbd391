"""Zip files that a stranger may have written: everything the directory says is checked before a member is opened.

Source: APPNOTE 6.3 for the container.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, cast

from ..errors import InputError
from .base import MAX_ARRAYS, shown, twice
from .regular_file import check_unpacked, human_size, size_of

MAX_DIRECTORY_BYTES = 1 << 20
"""Room for more than 10,000 members; the zip reader makes an object of about 600 bytes for each."""

MAX_RATIO = 100
"""A large member that unpacks to more than so many times its size is taken for a bomb."""

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, ValueError)
"""What the zip reader raises on damaged input."""


class _CappedReader(io.RawIOBase):
    """A stream that refuses one read above `MAX_DIRECTORY_BYTES`: the zip reader takes its directory in one read.

    Attributes: opened: set once the directory is read; members are read in as large pieces as anybody likes.
    """

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream, self.opened = stream, False

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int = -1) -> bytes:
        if size is None or size < 0:
            size = max(size_of(self._stream) - self._stream.tell(), 0)
        if size > MAX_DIRECTORY_BYTES and not self.opened:
            raise InputError(
                f"the zip file's directory has {human_size(size)}, expected at most "
                f"{human_size(MAX_DIRECTORY_BYTES)}; the file is damaged or hostile"
            )
        return self._stream.read(size)


def is_zip(start: bytes) -> bool:
    """Whether these are the first bytes of a zip file, also of an empty one."""
    return start.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def _check_member(member: zipfile.ZipInfo) -> None:
    name = f"member {shown(member.filename)}"
    if member.flag_bits & 0x1:
        raise InputError(f"{name} is encrypted; save the file without a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(
            f"{name} is compressed by method {member.compress_type}, expected 0 or 8 as numpy.savez writes"
        )
    if member.compress_type == zipfile.ZIP_STORED and member.compress_size != member.file_size:
        raise InputError(
            f"{name} claims {member.file_size} bytes and stores {member.compress_size}; the zip file is damaged or hostile"
        )
    advice = "save it with numpy.savez instead"
    check_unpacked(name, member.compress_size, member.file_size, MAX_RATIO, advice, "zip bomb")


def _checked(members: list[zipfile.ZipInfo], directory_start: int) -> dict[str, zipfile.ZipInfo]:
    """Members by name: names, methods, sizes, and that no two members share bytes of the file."""
    if len(members) > MAX_ARRAYS:
        raise InputError(f"the zip file holds {len(members)} members, expected at most {MAX_ARRAYS}")
    found: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        if member.filename in found:
            raise twice(member.filename)
        found[member.filename] = member
        _check_member(member)
    ordered = sorted(members, key=lambda member: member.header_offset)
    ends = [*(member.header_offset for member in ordered[1:]), directory_start]
    for member, end in zip(ordered, ends, strict=False):
        if member.header_offset < 0 or member.header_offset + 30 + member.compress_size > end:
            raise InputError(
                f"member {shown(member.filename)} overlaps what follows it; the zip file is damaged or hostile"
            )
    return found


@contextmanager
def opened_zip(stream: BinaryIO) -> Iterator[tuple[zipfile.ZipFile, Mapping[str, zipfile.ZipInfo]]]:
    """Open a zip file whose directory is checked, as a context.

    Yields:
        The archive, and its members by name in the directory's order.

    Raises:
        InputError: damaged, hostile or truncated; also for what reading its members raises.
    """
    try:
        reader = _CappedReader(stream)
        with zipfile.ZipFile(cast(BinaryIO, reader)) as archive:
            reader.opened = True
            yield archive, _checked(archive.infolist(), archive.start_dir)
    except DAMAGED as error:
        raise InputError(f"the zip file is damaged or truncated ({str(error)[:120]}); write it again") from error


def member_names(stream: BinaryIO) -> frozenset[str]:
    """Names of the members; empty where the directory can't be read. The stream is back at its start afterwards."""
    try:
        with zipfile.ZipFile(cast(BinaryIO, _CappedReader(stream))) as archive:
            return frozenset(archive.namelist())
    except (InputError, *DAMAGED):
        return frozenset()
    finally:
        stream.seek(0)
