"""The tables of a recording as they are read: columns that grow, and what the notes say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from .format import (
    ARRAY,
    BINDING,
    BIRTH,
    FRAME,
    OBJECTS,
    OTHER,
    OWNER,
    RETURN,
    SCALAR,
    SCALAR_TYPES,
    STEP,
    TEXT,
    UNKNOWN,
    VERSIONS,
)  # fmt: skip
from .journal import BINDINGS, FRAMES, NOTES, RETURNS, STEPS, JournalReader
from .journal import VERSIONS as VERSIONS_TABLE
from .statements import SourceTable, Statement, read_statements

DTYPES = {STEPS: STEP, FRAMES: FRAME, RETURNS: RETURN, BINDINGS: BINDING, VERSIONS_TABLE: VERSIONS}
PLAIN_TYPE = re.compile(r"[<>|=][biufcSUmM?V]\d{1,4}(\[[a-zA-Z0-9]{1,6}\])?")


@dataclass(eq=False)
class Layout:
    """How a view lies in its storage: type, shape, strides and offset (bytes)."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int


@dataclass(eq=False)
class File:
    """A source file of a recording.

    Attributes:
        number, path, digest: of the file. table: its statements. first: the recording's number of its first statement.
        aliases: global names that mean NumPy. globals: the owner of its global names, or -1.
    """

    number: int
    path: str
    digest: str
    table: SourceTable
    first: int
    aliases: dict[str, str]
    globals: int = -1


@dataclass(frozen=True)
class Output:
    """Something that was printed after a step."""

    step: int
    stream: str
    text: str


@dataclass(frozen=True)
class Raised:
    """An exception in a step."""

    step: int
    type: str
    text: str


@dataclass(eq=False)
class Tables:
    """Everything read so far.

    Attributes:
        texts, layouts, owners, sizes: by number; an owner is its kind and type, a size is of a storage in bytes.
        files: in their order. outputs, exceptions: in time.
        weaker: (step, words) of what is kept less exactly. remarks: sentences. ended: (how, words), or None.
        run: name of the function, version of Python.
    """

    texts: list[str] = field(default_factory=list)
    layouts: list[Layout] = field(default_factory=list)
    owners: list[tuple[int, str]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    exceptions: list[Raised] = field(default_factory=list)
    weaker: list[tuple[int, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    ended: tuple[str, str] | None = None
    run: tuple[str, str] = ("", "")
    extra: dict[str, Any] = field(default_factory=dict)


def _numbered(values: list[Any], number: Any, value: Any) -> None:
    """Append; numbers come in order."""
    if number != len(values):
        raise ValueError("a number is missing")
    values.append(value)


def _layout(dtype: str, shape: list[int], strides: list[int], offset: int) -> Layout:
    if not PLAIN_TYPE.fullmatch(dtype) or len(shape) != len(strides) or len(shape) > 32:
        raise ValueError("no layout")
    if not all(type(n) is int for n in (*shape, *strides, offset)) or min((*shape, offset), default=0) < 0:
        raise ValueError("no layout")
    return Layout(np.dtype(dtype), tuple(shape), tuple(strides), offset)


def _file(tables: Tables, note: list[Any]) -> None:
    number, path, digest, text, problem, first, aliases, names = note
    plain = type(first) is int and type(names) is int
    if not plain or not all(isinstance(part, str) for part in (path, digest, text, problem)):
        raise ValueError("no file")
    before = tables.files[-1] if tables.files else None
    if first != (0 if before is None else before.first + len(before.table.statements)):
        raise ValueError("statements are missing")
    table = read_statements(path, text) if text else SourceTable(path, "", problem=problem)
    clean = {str(name): str(meaning) for name, meaning in dict(aliases).items()}
    _numbered(tables.files, number, File(number, path, digest, table, first, clean, names))


def _line(tables: Tables, note: list[Any]) -> None:
    number, file, line, function = note
    table = tables.files[file].table
    statement = Statement(number - tables.files[file].first, line, line, "other", str(function), (), (0, 0), (), "")
    _numbered(table.statements, statement.number, statement)
    table.by_line[line] = statement.number


def take_note(tables: Tables, note: Any) -> None:
    """Put one note where it belongs; unknown ones, of a later program, are passed over. Raises for nonsense."""
    kind, rest = note[0], note[1:]
    if kind == "text":
        _numbered(tables.texts, rest[0], str(rest[1]))
    elif kind == "layout":
        _numbered(tables.layouts, rest[0], _layout(*rest[1:]))
    elif kind == "owner":
        _numbered(tables.owners, rest[0], (int(rest[1]), str(rest[2])))
    elif kind == "file":
        _file(tables, rest)
    elif kind == "line":
        _line(tables, rest)
    elif kind == "output":
        tables.outputs.append(Output(int(rest[0]), str(rest[1]), str(rest[2])))
    elif kind == "exception":
        tables.exceptions.append(Raised(int(rest[0]), str(rest[1]), str(rest[2])))
    elif kind == "weaker":
        tables.weaker.append((int(rest[0]), str(rest[1])))
    elif kind == "remark":
        tables.remarks.append(str(rest[0]))
    elif kind == "ended":
        tables.ended = (str(rest[0]), str(rest[1]))
    elif kind == "run":
        tables.run = (str(rest[0]), str(rest[1]))
    elif kind == "extra":
        tables.extra[str(rest[0])] = rest[1]


class TableReader:
    """Reads the blocks of a recording as they come."""

    def __init__(self, path: Path) -> None:
        """Open; raises `InputError` where this is no recording."""
        self.journal = JournalReader(path)
        self.tables = Tables()
        self.counts = dict.fromkeys(DTYPES, 0)
        self._pieces: dict[int, list[Any]] = {kind: [] for kind in DTYPES}
        self._whole: dict[int, Any] = {kind: np.zeros(0, dtype) for kind, dtype in DTYPES.items()}

    def refresh(self) -> bool:
        """Read what has been added; whether anything was."""
        found = False
        for block in self.journal.new_blocks():
            found = True
            if block.kind in DTYPES:
                content = self.journal.content(block)
                if content is None:
                    break
                size = DTYPES[block.kind].itemsize
                rows = np.frombuffer(content[: len(content) // size * size], DTYPES[block.kind])
                if not POINTERS[block.kind](self, rows):
                    raise self._nonsense("its tables point nowhere")
                self._pieces[block.kind].append(rows)
                self.counts[block.kind] += len(rows)
                if block.kind == VERSIONS_TABLE:
                    births = rows[rows["flags"] & BIRTH != 0]
                    self.tables.sizes.extend(births["length"].tolist())
            elif block.kind == NOTES:
                content = self.journal.content(block)
                if content is None:
                    break
                self._notes(content)
        return found

    def _nonsense(self, words: str) -> InputError:
        self.journal.damaged = f"altered: {words}"
        return InputError(f"{self.journal.path} is {self.journal.damaged}; record it again")

    def _notes(self, content: bytes) -> None:
        try:
            for note in json.loads(content):
                take_note(self.tables, note)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError) as error:
            raise self._nonsense("its notes make no sense") from error

    def column(self, kind: int) -> Any:
        """All rows of a table."""
        pieces = self._pieces[kind]
        if pieces:
            self._whole[kind] = np.concatenate([self._whole[kind], *pieces])
            pieces.clear()
        return self._whole[kind]


def _below(numbers: Any, count: int) -> bool:
    return bool((numbers < count).all())


def _steps_point(reader: TableReader, rows: Any) -> bool:
    last = reader.tables.files[-1] if reader.tables.files else None
    statements = 0 if last is None else last.first + len(last.table.statements)
    return _below(rows["frame"], reader.counts[FRAMES]) and _below(rows["statement"], statements)


def _frames_point(reader: TableReader, rows: Any) -> bool:
    tables = reader.tables
    named = _below(rows["name"], len(tables.texts)) and _below(rows["owner"], len(tables.owners))
    return named and _below(rows["file"], len(tables.files))


def _bindings_point(reader: TableReader, rows: Any) -> bool:
    tables, kind, payload = reader.tables, rows["kind"], rows["payload"]
    texts = payload[(kind == TEXT) | (kind == OTHER) | (kind == OBJECTS)]
    arrays = payload[kind == ARRAY]
    return (
        _below(rows["owner"], len(tables.owners)) and _below(rows["key"], len(tables.texts))
        and _below(kind, SCALAR + len(SCALAR_TYPES)) and _below(texts, len(tables.texts))
        and _below(payload[kind == OWNER], len(tables.owners)) and _below(arrays >> np.uint64(32), len(tables.layouts))
    )  # fmt: skip


POINTERS: dict[int, Callable[[TableReader, Any], bool]] = {
    STEPS: _steps_point,
    FRAMES: _frames_point,
    RETURNS: lambda reader, rows: _below(rows["frame"], reader.counts[FRAMES]),
    BINDINGS: _bindings_point,
    VERSIONS_TABLE: lambda reader, rows: _below(rows["kind"], UNKNOWN + 1),
}
"""Whether what new rows of a table refer to is there."""
