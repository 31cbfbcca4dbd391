"""ContainerWriter: writes a result file beside its final place and moves it there when it is whole."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from .arrays import AnyArray
from .container import ALIGNMENT, MAGIC, PARTS, VERSION, index_bytes, plain_array
from .errors import InputError
from .slices import FileSlice

CHUNK_BYTES = 4 << 20
"""A part is copied in pieces of this size."""

DIGEST_DIGITS = 32
REPLACE_TRIES, REPLACE_WAIT_S = 5, 0.1
"""Windows refuses to replace a file that somebody reads; a virus scanner does so for a moment."""

STRAY = re.compile(r"\.(?P<name>.+)\.(?P<pid>\d+)-[0-9a-f]{8}\.tmp")
STRAY_AFTER_S = 60
"""A temporary file of a process that is gone is swept when it is so old: the process may be another machine's."""


class ContainerWriter:
    """Writes a result file beside its final place and moves it there when it is whole."""

    def __init__(self, path: Path, label: bytes = b"", lasting: bool = True) -> None:
        """Start.

        Args:
            path: where the file shall stand. label: what it is, to be seen in its first 64 bytes.
            lasting: whether it shall survive a power cut from `finish` on.
        """
        assert len(label) <= ALIGNMENT - 8
        self.path, self._label, self._lasting = Path(path), label, lasting
        self._temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
        self._arrays: dict[str, dict[str, Any]] = {}
        self._finished = False
        self._file: BinaryIO | None = None

    @contextmanager
    def _said(self) -> Iterator[None]:
        """A failure of the disk becomes a sentence."""
        try:
            yield
        except OSError as error:
            raise self._failed(error) from error

    def __enter__(self) -> ContainerWriter:
        """Open; raises `InputError` where the folder can't be written to."""
        try:
            with self._said():
                self._file = self._temporary.open("xb")
                self._file.write(MAGIC + bytes([VERSION]) + self._label)
        except InputError:
            self._discard()
            raise
        return self

    def _align(self) -> int:
        assert self._file is not None
        self._file.write(b"\0" * (-self._file.tell() % ALIGNMENT))
        return self._file.tell()

    def add(self, name: str, array: AnyArray) -> None:
        """Append one array."""
        assert self._file is not None and name not in self._arrays
        plain = plain_array(array)
        with self._said():
            offset = self._align()
            data = plain.tobytes()
            self._file.write(data)
        self._enter(name, offset, list(array.shape), plain.dtype.str, zlib.crc32(data))

    def _enter(self, name: str, offset: int, shape: list[int], dtype: str, crc: int) -> None:
        self._arrays[name] = {"offset": offset, "shape": shape, "dtype": dtype, "crc32": crc}

    def add_part(self, source: FileSlice, tell: Callable[[int], object] = lambda count: None) -> str:
        """Append a whole other file, piece by piece; returns its name. The same bytes are kept once.

        Args:
            source: what is copied. tell: called with the bytes of each piece; what it raises ends the copying.
        """
        assert self._file is not None
        with self._said():
            offset = self._align()
        digest, crc, done, size = hashlib.sha256(), 0, 0, source.size
        while done < size:
            data = source.read(done, min(CHUNK_BYTES, size - done))
            if not data:
                raise InputError(f"{source.path} was cut short while it was saved; make it again")
            digest.update(data)
            crc = zlib.crc32(data, crc)
            with self._said():
                self._file.write(data)
            done += len(data)
            tell(len(data))
        name = digest.hexdigest()[:DIGEST_DIGITS]
        if PARTS + name in self._arrays:
            with self._said():
                self._file.seek(offset)
                self._file.truncate()
        else:
            self._enter(PARTS + name, offset, [size], "|u1", crc)
        return name

    def finish(self, index: Mapping[str, Any]) -> None:
        """Write index and footer, and move the file to its place."""
        assert self._file is not None
        with self._said():
            self._file.write(index_bytes(index, self._arrays, self._file.tell()))
            self._file.flush()
            if self._lasting:
                os.fsync(self._file.fileno())
            self._file.close()
            with suppress(OSError):  # none stands there yet
                os.chmod(self._temporary, stat.S_IMODE(self.path.stat().st_mode))
            _replace(self._temporary, self.path)
        self._finished = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was not finished; the file that stood there before is untouched."""
        if not self._finished:
            self._discard()

    def _discard(self) -> None:
        if self._file is None:
            return
        with suppress(OSError):  # on a full disk the last flush fails again; what it held is thrown away anyway
            self._file.close()
        with suppress(OSError):  # the folder may have gone
            self._temporary.unlink(missing_ok=True)

    def _failed(self, error: OSError) -> InputError:
        reason = error.strerror or str(error)
        if error.errno == errno.ENOSPC:
            with suppress(OSError):
                reason += f", {shutil.disk_usage(self.path.parent).free / 1e6:.3g} MB are free"
        return InputError(f"{self.path} could not be saved: {reason}; choose another place or make room")


def _replace(source: Path, target: Path) -> None:
    for tries in range(REPLACE_TRIES):
        try:
            return os.replace(source, target)
        except PermissionError:
            if sys.platform != "win32" or tries == REPLACE_TRIES - 1:
                raise
            time.sleep(REPLACE_WAIT_S)


def sweep(folder: Path, is_running: Callable[[int], bool]) -> int:
    """Remove what writers that were killed have left in a folder; returns how many files.

    Args:
        folder: to look in, not below. is_running: whether there is a process of a number.
    """
    removed = 0
    with suppress(OSError):
        for path in list(folder.glob(".*.tmp")):
            found = STRAY.fullmatch(path.name)
            if found is None or is_running(int(found["pid"])):
                continue
            with suppress(OSError):
                if path.is_file() and time.time() - path.stat().st_mtime > STRAY_AFTER_S:
                    path.unlink()
                    removed += 1
    return removed
