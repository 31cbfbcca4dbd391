"""Opening a file that a stranger may have written: regular files only, and noticed when it changes under the reader."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..errors import InputError


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


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file for reading, as a context.

    Plain reads, no memory map: another program that cuts a mapped file short would end this process.

    Args:
        path: the file; symbolic links are followed.

    Yields:
        The stream, at its start. Errors raised inside the context get the file's name in front.

    Raises:
        InputError: no such file, not a regular file, empty, unreadable, or changed while it was read.
    """
    if "\0" in str(path):
        raise InputError(f"{str(path)!r} is not a file name, because it contains a NUL character; choose another file")
    with _named(path):
        _require_regular(path.stat().st_mode)  # before opening: opening a pipe waits for whoever writes to it
        with path.open("rb") as stream:
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
