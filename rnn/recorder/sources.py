"""Source files and the functions in them, as far as the hook has to know them."""

from __future__ import annotations

import ast
import hashlib
import inspect
import linecache
import os
import warnings
from collections.abc import Callable, Mapping
from types import CodeType, FrameType
from typing import Any

import numpy as np

from .expressions import numpy_aliases
from .harmless import is_harmless
from .journal import Journal
from .plans import EVERYTHING, Plan, make_plan
from .slots import Owner, Slots
from .statements import COMPREHENSIONS, SourceTable, Statement, constant_loop, expressions_of, read_statements

Wanted = Callable[[str], bool]
COMPREHENSION_NAMES = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})
FOLDED = COMPREHENSION_NAMES | {"<genexpr>", "<lambda>"}
LAZY = (ast.Lambda, ast.GeneratorExp)
TRUSTED = tuple(
    os.path.join(folder, "")
    for folder in (os.path.dirname(np.__file__), os.path.dirname(os.__file__), os.path.dirname(__file__))
)
"""Code from here changes nothing but what it is given: NumPy's, Python's own, and the recorder's."""

THREADS = ("threading.py", "asyncio", "concurrent", "multiprocessing", "site-packages", "dist-packages")


class FileEntry:
    """One source file, or one function without source.

    Attributes:
        number: of the file. table: its statements. first: the recording's number of its first statement.
        owner: of its global names. aliases: which of them mean NumPy. one_line: loops that stand on one line.
        renewed: headers of loops, of which every line event is another round. bodies: first and last line of a loop's body.
        counted_at: loops without a header of their own, by the statement that begins a round. around: loops, innermost first.
    """

    def __init__(self, number: int, table: SourceTable, first: int, owner: Owner, aliases: Mapping[str, str]) -> None:
        """Args: as the attributes."""
        self.number, self.table, self.first, self.owner, self.aliases = number, table, first, owner, aliases
        self._plans: list[Plan | None] = [None] * len(table.statements)
        self.bodies: dict[int, tuple[int, int]] = {}
        self.one_line: set[int] = set()
        self.renewed: set[int] = set()
        self.counted_at: dict[int, tuple[int, ...]] = {}
        self.around: list[tuple[int, ...]] = []
        for statement in table.statements:
            self._learn(statement)

    def _learn(self, statement: Statement) -> None:
        """What the hook asks about a statement, ready to be looked up."""
        number = statement.number
        own = (number,) if statement.is_loop else ()
        self.around.append((*own, *reversed(statement.loops)))
        if not statement.is_loop:
            return
        header = [part for expression in expressions_of(statement.nodes[0]) for part in ast.walk(expression)]
        if statement.line == statement.end_line and not any(isinstance(part, COMPREHENSIONS) for part in header):
            self.renewed.add(number)
        if statement.one_line:
            self.one_line.add(number)
            self.bodies[number] = (statement.line, statement.body[1])
        elif constant_loop(statement.nodes[0]):
            first = self.table.by_line.get(statement.body[0])
            if first is not None and not self.table.statements[first].is_loop:
                self.counted_at[first] = (*self.counted_at.get(first, ()), number)
        else:
            self.bodies[number] = statement.body

    def plan(self, number: int) -> Plan:
        """What a statement can write."""
        plan = self._plans[number]
        if plan is None:
            statement = self.table.statements[number]
            plan = make_plan(statement, self.aliases) if statement.nodes else EVERYTHING
            self._plans[number] = plan
        return plan


class CodeEntry:
    """One function of a file.

    Attributes:
        file: where it stands. name: qualified. definition: the number of its `def`, or -1. line: its first.
        by_line, bodies, one_line, renewed, counted_at, around, plan: as the file's.
        cells: names that other functions may write, or that this one reads from another. free: the latter.
    """

    __slots__ = (
        "around", "bodies", "by_line", "cells", "counted_at", "definition", "file", "free", "line", "name", "one_line", "plan",
        "renewed",
    )  # fmt: skip

    def __init__(self, file: FileEntry, code: CodeType, definition: int) -> None:
        """Args: as the attributes; code: Python's own."""
        self.file, self.name, self.definition = file, code.co_qualname.replace(".<locals>", ""), definition
        self.line, self.free, self.renewed = code.co_firstlineno, code.co_freevars, file.renewed
        self.cells = code.co_cellvars + code.co_freevars
        self.by_line, self.bodies, self.one_line = file.table.by_line, file.bodies, file.one_line
        self.counted_at, self.around, self.plan = file.counted_at, file.around, file.plan


class Sources:
    """All source files of a run."""

    def __init__(self, journal: Journal, slots: Slots, wanted: Wanted) -> None:
        """Args: journal, slots: of the run; wanted: whether code of a file is the user's."""
        self._journal, self._slots, self._wanted = journal, slots, wanted
        self._files: dict[tuple[str, int], FileEntry] = {}
        self._globals: set[int] = set()
        self._followed: set[int] = set()
        self._pure: set[int] = set()
        self._statements = 0
        self._count = 0

    def trusts(self, code: CodeType) -> bool:
        """Whether unseen code changes nothing but what it is given."""
        file = code.co_filename
        if file.startswith("<"):
            return file.startswith("<frozen") or file.startswith("<__array_function__")
        if file.startswith(TRUSTED[-1]):
            return True
        if not file.startswith(TRUSTED) or code.co_name in FOLDED:
            return False
        rest = next(file[len(folder) :] for folder in TRUSTED if file.startswith(folder))
        return not rest.startswith(THREADS)

    def is_known(self, frame: FrameType | None) -> bool:
        """Whether a frame is recorded, or changes nothing by itself."""
        while frame is not None and frame.f_code.co_name in COMPREHENSION_NAMES:
            frame = frame.f_back  # part of its statement
        return frame is None or self.judge(frame.f_code) < 2

    def judge(self, code: CodeType) -> int:
        """Who answers for what a function writes: 0 its own recorded lines, 1 whoever calls it, 2 nobody knows."""
        if id(code) in self._followed:
            return 0
        return 1 if id(code) in self._pure or self.trusts(code) else 2

    def is_pure(self, frame: FrameType) -> bool:
        """Whether a lambda or comprehension, as its text says, changes nothing but what its own calls are given."""
        code = frame.f_code
        if code.co_name not in FOLDED or self.trusts(code):
            return self.trusts(code)
        if code.co_name in COMPREHENSION_NAMES:
            return True  # part of its statement
        file = self._files.get((code.co_filename, id(frame.f_globals)))
        statement = None if file is None else file.table.at(code.co_firstlineno)
        if file is None or statement is None:
            return False
        parts = [part for node in statement.nodes for part in ast.walk(node) if isinstance(part, LAZY)]
        here = [part for part in parts if part.lineno == code.co_firstlineno]
        calls = [part for one in here for part in ast.walk(one) if isinstance(part, ast.Call)]
        if not here or not all(is_harmless(call, file.aliases) for call in calls):
            return False
        self._pure.add(id(code))
        return True

    def entry(self, frame: FrameType) -> CodeEntry | None:
        """What is known of a frame's code; None where it is not the user's."""
        entry = self._entry(frame)
        if entry is not None:
            self._followed.add(id(frame.f_code))
        return entry

    def _entry(self, frame: FrameType) -> CodeEntry | None:
        code, names = frame.f_code, frame.f_globals
        file = code.co_filename
        if not code.co_flags & inspect.CO_OPTIMIZED and code.co_name != "<module>":
            return None  # the body of a class
        made = file.startswith("<") and id(names) in self._globals and not code.co_name.startswith("__")
        if not made and not self._wanted(file):
            return None
        self._globals.add(id(names))
        key = file, id(names)
        known = self._files.get(key)
        if known is None and not file.startswith("<string"):
            known = self._files[key] = self._file(file, names)
        if known is not None and known.table.statements:
            if code.co_name == "<module>":
                return CodeEntry(known, code, -1)
            definition = known.table.definitions.get(code.co_firstlineno)
            if definition is not None and self._is_named(known, definition, code.co_name):
                return CodeEntry(known, code, definition)
        return CodeEntry(self._without_source(code, names), code, -1)

    @staticmethod
    def _is_named(file: FileEntry, definition: int, name: str) -> bool:
        return any(getattr(node, "name", None) == name for node in file.table.statements[definition].nodes)

    def _file(self, path: str, names: dict[str, Any]) -> FileEntry:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = "".join(linecache.getlines(path, names))
        table = read_statements(path, text) if text else SourceTable(path, "", problem="its source was not found")
        return self._add(table, names, path)

    def _add(self, table: SourceTable, names: dict[str, Any], path: str) -> FileEntry:
        aliases = numpy_aliases(names)
        owner = self._slots.globals_of(names, os.path.basename(path))
        entry = FileEntry(self._count, table, self._statements, owner, aliases)
        digest = hashlib.sha256(table.text.encode("utf-8", "surrogatepass")).hexdigest() if table.text else ""
        about = [path, digest, table.text, table.problem, entry.first, aliases, owner.number]
        self._journal.note(["file", entry.number, *about])
        self._count += 1
        self._statements += len(table.statements)
        return entry

    def _without_source(self, code: CodeType, names: dict[str, Any]) -> FileEntry:
        """A stand-in made of the lines that Python knows of."""
        why = "its source was not found, or is not what was loaded"
        if code.co_filename.startswith("<"):
            why = "it was made by exec and has no source"
        lines = sorted({line for _, _, line in code.co_lines() if line and line > code.co_firstlineno})
        lines = lines or [code.co_firstlineno]
        table = SourceTable(code.co_filename, "", problem=why)
        for number, line in enumerate(lines):
            table.statements.append(Statement(number, line, line, "other", code.co_name, (), (0, 0), (), ""))
            table.by_line[line] = number
        entry = self._add(table, names, code.co_filename)
        for statement in table.statements:
            self._journal.note(["line", entry.first + statement.number, entry.number, statement.line, code.co_name])
        self._journal.note(["remark", f"{code.co_name} in {code.co_filename} is recorded line by line: {why}"])
        return entry

    def bind_globals(self, entry: CodeEntry, frame: FrameType) -> None:
        """Record the global names that a function uses: once for every function."""
        names, local = frame.f_globals, frame.f_code.co_varnames
        slots, owner, aliases = self._slots, entry.file.owner, entry.file.aliases
        for name in frame.f_code.co_names:
            if name in names and name not in aliases and name not in local:
                slots.bind(owner, name, names[name])
