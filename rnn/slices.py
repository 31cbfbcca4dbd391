"""FileSlice: the bytes of a file, or of a part of one, read by seek on an own handle."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import BinaryIO

from .errors import InputError

MOST_AT_ONCE = 1 << 30
"""Linux reads at most 2 GiB in one call."""


class FileSlice:
    """Reads at places of a file that is never mapped; safe to use from several threads.

    Attributes:
        path: what is opened, for the user: a file, or a part as `FILE/PART`.
    """

    def __init__(self, path: Path, file: BinaryIO, start: int = 0, length: int | None = None) -> None:
        """A slice of an open file that belongs to it from here on.

        Args:
            path: of the slice. file: open for reading. start: of the slice, bytes. length: in bytes; None up to the file's
                end, which may grow.
        """
        self.path, self._file, self._start, self._length = path, file, start, length
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes that there are now."""
        if self._length is not None:
            return self._length
        return os.fstat(self._file.fileno()).st_size - self._start

    def read(self, offset: int, length: int) -> bytes:
        """Bytes at a place of the slice, fewer where it ends before; raises `InputError` where they can't be read."""
        if self._length is not None:
            length = max(0, min(length, self._length - offset))
        try:
            return self._bytes(self._start + offset, length)
        except (OSError, OverflowError, ValueError, MemoryError) as error:
            reason = getattr(error, "strerror", None) or str(error) or "it doesn't fit into memory"
            raise InputError(f"{self.path} could not be read: {reason}; open it again") from error

    def _bytes(self, offset: int, length: int) -> bytes:
        """Where the platform can, without a lock: a thread that reads much makes no other one wait."""
        if not hasattr(os, "pread"):
            with self._lock:
                self._file.seek(offset)
                return self._file.read(length)
        parts: list[bytes] = []
        while length > 0:
            part = os.pread(self._file.fileno(), min(length, MOST_AT_ONCE), offset)
            if not part:
                break
            parts.append(part)
            offset, length = offset + len(part), length - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def part(self, path: Path, start: int, length: int) -> FileSlice:
        """A slice of this slice; it takes the handle over, this one is not used any more."""
        return FileSlice(path, self._file, self._start + start, length)

    def close(self) -> None:
        """Close the handle."""
        self._file.close()


def open_file(path: Path, expected: str) -> FileSlice:
    """Open a file as a whole.

    Args:
        path: of the file. expected: what it should be, in words.

    Raises:
        InputError: it is not there, not readable, or no regular file: opening a named pipe would wait for ever.
    """
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is not a regular file; expected {expected}")
        return FileSlice(path, path.open("rb"))
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise InputError(f"{path} could not be opened: {reason}") from error
