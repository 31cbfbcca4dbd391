"""The file a recording lives in: blocks that are only ever appended, inside a result file.

    8 bytes   the result file's magic and version
    blocks    32 bytes of head (magic `BLOK`, kind, length, CRC-32 of the content), then the content
    index     the result file's own index and footer, once the recording is finished

A block is one piece of a table, a piece of JSON, or the bytes of arrays. Every block says for itself whether it is whole,
so that a recording can be read while it is made, and up to its last whole block after a crash or on a full disk. The
index makes a finished recording a result file like any other: its tables are arrays `blocks/<n>`.
"""

from __future__ import annotations

import json
import os
import struct
import threading
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ..container import END, FOOTER, MAGIC, VERSION, encode, index_bytes, open_slice
from ..errors import InputError

HEAD = struct.Struct("<4sHHQIQI")
BLOCK_MAGIC = b"BLOK"
DATA, NOTES, STEPS, FRAMES, RETURNS, BINDINGS, VERSIONS = range(7)
"""Kinds of a block: bytes of arrays; JSON; and the tables."""

DATA_BYTES = 1 << 18
"""Bytes of arrays are gathered up to this many before they are written; more at once make a block of their own."""


class Journal:
    """Appends blocks.

    Bytes of arrays get their place in the file when they are added. Tables are written after the bytes they point to.
    Another thread may flush while the code's own one adds: rows, notes and bytes are added in the order in which they
    point to one another, the last to the first, and are taken up in the opposite order.
    """

    def __init__(self, path: Path) -> None:
        """Open a new file; raises `InputError` where that is not possible."""
        self.path = Path(path)
        try:
            self._file: BinaryIO = self.path.open("wb")
            self._file.write(MAGIC + bytes([VERSION]))
        except OSError as error:
            raise InputError(
                f"{self.path} could not be written: {error.strerror or error}; choose another place"
            ) from error
        self._position = 8
        self._data = bytearray()
        # A step counts once all that happened in it can be read: its row is written last.
        self._tables: dict[int, bytearray] = {
            kind: bytearray() for kind in (FRAMES, RETURNS, BINDINGS, VERSIONS, STEPS)
        }
        self._notes: list[Any] = []
        self._arrays: dict[str, dict[str, Any]] = {}
        self.full: str = ""
        self._lock = threading.RLock()

    @property
    def bytes_written(self) -> int:
        """Size of the file with what is still gathered."""
        return self._position + len(self._data)

    def table(self, kind: int) -> bytearray:
        """The rows of a table that are not written yet; append to it."""
        return self._tables[kind]

    def add(self, data: bytes | memoryview) -> int:
        """Add bytes of an array; returns where they stand in the file."""
        with self._lock:
            if len(data) >= DATA_BYTES:
                self._write_data()
                self._block(DATA, data)
                return self._position - len(data)
            offset = self._position + HEAD.size + len(self._data)
            self._data += data
            if len(self._data) >= DATA_BYTES:
                self._write_data()
            return offset

    def note(self, note: Any) -> None:
        """Add something that JSON can hold."""
        self._notes.append(note)

    def _block(self, kind: int, content: bytes | bytearray | memoryview) -> None:
        crc = zlib.crc32(content)
        head = HEAD.pack(BLOCK_MAGIC, kind, 0, len(content), crc, self._position, 0)
        head = head[:-4] + struct.pack("<I", zlib.crc32(head[:-4]))
        if not self.full:
            try:
                self._file.write(head)
                self._file.write(content)
            except OSError as error:
                self.full = error.strerror or str(error)
        entry = {"offset": self._position + HEAD.size, "shape": [len(content)], "dtype": "|u1", "crc32": crc}
        self._arrays[f"blocks/{len(self._arrays)}/{kind}"] = entry
        self._position += HEAD.size + len(content)

    def _write_data(self) -> None:
        if self._data:
            data, self._data = self._data, bytearray()
            self._block(DATA, data)

    def flush(self) -> None:
        """Write all that is gathered, so that a reader sees it."""
        with self._lock:
            if self._file.closed:
                return
            ends = {kind: len(rows) for kind, rows in reversed(self._tables.items())}
            notes = self._notes[: len(self._notes)]
            self._write_data()
            if notes:
                self._block(NOTES, json.dumps(encode(notes), allow_nan=False).encode())
                del self._notes[: len(notes)]
            for kind, rows in self._tables.items():
                if ends[kind]:
                    self._block(kind, bytes(rows[: ends[kind]]))
                    del rows[: ends[kind]]
            try:
                if not self.full:
                    self._file.flush()
            except OSError as error:
                self.full = error.strerror or str(error)

    def finish(self, index: dict[str, Any]) -> None:
        """Write what is left, then the index."""
        with self._lock:
            self.flush()
            if not self.full:
                try:
                    self._file.write(index_bytes(index, self._arrays, self._position))
                except OSError as error:
                    self.full = error.strerror or str(error)
            self.close()

    def withdraw(self) -> None:
        """In a forked process, which shares the file: what it would write goes nowhere."""
        self.full = "this process was forked"
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._file.fileno(), inheritable=False)
        os.close(null)

    def close(self) -> None:
        """Close the file as it is."""
        try:
            self._file.close()
        except OSError as error:
            self.full = self.full or error.strerror or str(error)


@dataclass(frozen=True)
class Block:
    """A whole block: its kind, where its content stands, how long it is, its checksum."""

    kind: int
    offset: int
    length: int
    crc: int


def is_recording(start: bytes) -> bool:
    """Whether a file in the container begins as a recording does, finished or not: with a block."""
    return start[8:].startswith(BLOCK_MAGIC)


class JournalReader:
    """Reads blocks and bytes of a recording, finished or not; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open a file, or a part of one; raises `InputError` where this is not a file of ours."""
        self.path = Path(path)
        self._slice = open_slice(self.path, "a recording of this program")
        start = self._slice.read(0, 64)
        if len(start) < 8 or start[:7] != MAGIC:
            self._slice.close()
            raise InputError(f"{self.path} is not a recording of this program; make one with 'record CASE -o FILE'")
        if start[7] != VERSION:
            self._slice.close()
            raise InputError(
                f"{self.path} is of format {start[7]}, this program reads format {VERSION}; open it with a newer one"
            )
        self.has_begun = is_recording(start)
        self._next = 8
        self._data: list[Block] = []
        self._starts: list[int] = []
        self._whole: set[int] = set()
        self.finished = False
        self.damaged = ""

    @property
    def size(self) -> int:
        """Bytes of the recording."""
        return self._slice.size

    def read(self, offset: int, length: int) -> bytes:
        """Bytes at a place; raises `InputError` where the file ends before."""
        data = self._slice.read(offset, length)
        if len(data) != length:
            raise InputError(f"{self.path} was cut short: bytes of an array are missing; record it again")
        return data

    def new_blocks(self) -> Iterator[Block]:
        """Blocks that have become whole since the last call; stops at the first that is not."""
        size = self._slice.size
        while self._next + HEAD.size <= size:
            head = self.read(self._next, HEAD.size)
            magic, kind, _, length, crc, position, check = HEAD.unpack(head)
            if magic != BLOCK_MAGIC:
                self.finished = self._is_index()
                if not self.finished:
                    self.damaged = f"altered after byte {self._next}"
                return
            if check != zlib.crc32(head[:-4]) or position != self._next:
                self.damaged = f"altered at byte {self._next}"
                return
            if self._next + HEAD.size + length > size:
                return  # still being written, or cut short
            block = Block(kind, self._next + HEAD.size, length, crc)
            if kind == DATA:
                self._data.append(block)
                self._starts.append(block.offset)
            yield block
            self._next += HEAD.size + length

    def _is_index(self) -> bool:
        """Whether the rest of the file is the index of a finished recording."""
        size = self._slice.size
        if size - self._next < FOOTER.size:
            return False
        offset, _, _, end = FOOTER.unpack(self.read(size - FOOTER.size, FOOTER.size))
        return bool(offset == self._next and end == END)

    def content(self, block: Block) -> bytes | None:
        """A block's content; None where its checksum is wrong."""
        data = self.read(block.offset, block.length)
        if zlib.crc32(data) == block.crc:
            return data
        self.damaged = f"altered at byte {block.offset}"
        return None

    def array_bytes(self, offset: int, length: int) -> bytes:
        """Bytes of an array, from a block whose checksum is right; raises `InputError` otherwise."""
        if not length:
            return b""
        number = bisect_right(self._starts, offset) - 1
        block = self._data[number] if number >= 0 else None
        if block is None or offset + length > block.offset + block.length:
            raise InputError(f"{self.path} is altered: an array is said to stand where none does; record it again")
        if number not in self._whole:
            if self.content(block) is None:
                raise InputError(f"{self.path} is {self.damaged}: values of arrays are lost; record it again")
            self._whole.add(number)
        return self.read(offset, length)

    def close(self) -> None:
        """Close the handle."""
        self._slice.close()
