"""Opening a file that a stranger may have written: regular files only, and noticed when it changes under the reader."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import InputError

Beat = Callable[[], None]
"""Says that something was done."""

ROUNDS, CHUNK_BYTES = 4, 16 << 20
"""So many times a file's size, and so much more, may be read while it still counts as progress."""

MAX_UNCHECKED_BYTES = 64 << 20
"""What unpacks to no more than this is not asked how many times its size that is."""


def human_size(count: int) -> str:
    """A number of bytes as a person reads it: `512 bytes`, `1.5 MB`, `40.0 GB` (powers of 1000)."""
    if count < 1000:
        return f"{count} bytes"
    size = float(count)
    for unit in ("kB", "MB", "GB", "TB", "PB"):
        size /= 1000
        if size < 1000:
            return f"{size:.1f} {unit}"
    return f"{size:.3g} PB"


def check_budget(needed_bytes: int, budget_bytes: int) -> None:
    """Raise `InputError` when more memory is needed than may be used; called before anything is allocated."""
    if needed_bytes > budget_bytes:
        raise InputError(
            f"reading it needs {human_size(needed_bytes)} of memory and the limit is {human_size(budget_bytes)}; "
            "use a smaller file or raise the limit"
        )


def check_unpacked(name: str, packed: int, unpacked: int, most_times: int, advice: str, bomb: str = "bomb") -> None:
    """Raise `InputError` for what is large and unpacks to many times its size: it is taken for a bomb.

    Args: name: for messages. packed, unpacked: bytes. most_times: that it may grow. advice, bomb: for the message.
    """
    if unpacked > MAX_UNCHECKED_BYTES and unpacked > most_times * packed:
        raise InputError(
            f"{name} would unpack from {human_size(packed)} to {human_size(unpacked)}, more than {most_times} "
            f"times its size; this looks like a {bomb}, {advice}"
        )


def _require_regular(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise InputError("this is a folder, expected a file; name a file inside it")
    if not stat.S_ISREG(mode):
        raise InputError("this is a pipe or a device, expected a regular file; copy the data into a file first")


def _require_unchanged(before: os.stat_result, stream: BinaryIO) -> None:
    after = os.fstat(stream.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise InputError(
            f"the file changed while reading (it had {before.st_size} bytes and now has {after.st_size}); "
            "wait until the other program has written it, then open it again"
        )


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Put the file's name in front of every message, and turn the system's own errors into messages."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{path.name or path}: {error}") from error
    except MemoryError as error:
        raise InputError(
            f"{path.name}: there is not enough free memory to read it; close other programs or use a smaller file"
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path}: the file can't be read ({reason}); check the path and the permissions") from error


class _Counted(io.FileIO):
    """A file that tells when bytes were read; a reader that goes round and round in it soon tells nothing more."""

    def __init__(self, path: Path, beat: Beat) -> None:
        # A pipe that took the file's place since it was looked at is opened without waiting for its writer.
        flags = getattr(os, "O_NONBLOCK", 0)
        super().__init__(path, opener=lambda name, mode: os.open(name, mode | flags))
        self._beat, self._left = beat, ROUNDS * os.fstat(self.fileno()).st_size + CHUNK_BYTES

    def readinto(self, buffer: Any) -> int | None:
        count = super().readinto(buffer)
        self._left -= count or 0
        if self._left > 0:
            self._beat()
        return count


def no_beat() -> None:
    """Nobody listens."""


@contextmanager
def opened(path: Path, beat: Beat = no_beat) -> Iterator[BinaryIO]:
    """Open a regular file for reading, as a context.

    Plain reads, no memory map: another program that cuts a mapped file short would end this process.

    Args:
        path: the file; symbolic links are followed.
        beat: called whenever bytes were read, until the file was read several times over: a sign of life.

    Yields:
        The stream, at its start. Errors raised inside the context get the file's name in front.

    Raises:
        InputError: no such file, not a regular file, empty, unreadable, or changed while it was read.
    """
    if "\0" in str(path):
        raise InputError(f"{str(path)!r} is not a file name, because it contains a NUL character; choose another file")
    with _named(path):
        _require_regular(path.stat().st_mode)  # before opening: opening a device may already do something
        with io.BufferedReader(_Counted(path, beat)) as stream:
            before = os.fstat(stream.fileno())
            _require_regular(before.st_mode)
            if before.st_size == 0:
                raise InputError("the file is empty (0 bytes), expected data; write it again")
            try:
                yield stream
            except InputError:
                _require_unchanged(before, stream)  # the true cause of a damaged structure
                raise
            _require_unchanged(before, stream)


def size_of(stream: BinaryIO) -> int:
    """Size of an open file in bytes."""
    return os.fstat(stream.fileno()).st_size
