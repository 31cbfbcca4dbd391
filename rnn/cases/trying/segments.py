"""A source file in pieces that compile by themselves, so that an edit of one function costs the compiling of one function."""

from __future__ import annotations
import __future__

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from types import CodeType

from ...parsing import parse_module
from ..edited import SourceEdit, edited_text
from .live import remember

FUTURE = sum(int(getattr(__future__, name).compiler_flag) for name in __future__.all_feature_names)
LINE_END = re.compile("\r\n|\r|\n")


def _imported(node: ast.AST) -> Iterator[str]:
    """Names that a module's own statements import."""
    for one in ast.iter_child_nodes(node):
        if isinstance(one, (ast.Import, ast.ImportFrom)):
            names = (alias.asname or alias.name.partition(".")[0] for alias in one.names)
            yield from (name for name in names if name != "*")
        elif not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.expr)):
            yield from _imported(one)


class Segments:
    """The statements of a module's top level, each with the blank lines and comments behind it.

    Attributes:
        text: of the file. file: its path.
    """

    def __init__(self, text: str, file: str) -> None:
        """Args: as the attributes; raises what parsing does."""
        self.text, self.file = text, file
        self._flags = compile(text, file, "exec", dont_inherit=True).co_flags & FUTURE
        line_starts = [0, *(found.end() for found in LINE_END.finditer(text))]
        tree, firsts = parse_module(text, file), list[tuple[int, int]]()
        # Python compiles `np.dot(...)` differently where it sees that np was imported.
        names = sorted(set(_imported(tree)))
        self._head = f"import {', '.join(names)}\n" if names else "\n"
        for node in tree.body:
            decorators = getattr(node, "decorator_list", [])
            line = min([node.lineno, *(one.lineno for one in decorators)])
            if not firsts or line > firsts[-1][0]:
                firsts.append((line, line_starts[line - 1]))
        # Statements that share a line are one piece; what stands above the first belongs to it.
        firsts[:1] = [(1, 0)]
        self._lines = [line for line, _ in firsts]
        self._starts = [start for _, start in firsts]
        self._codes: dict[int, CodeType] = {}

    def touched(self, edits: Sequence[SourceEdit]) -> dict[int, list[SourceEdit]] | None:
        """The pieces that edits lie in, by number; None where one reaches over the end of its piece, or may."""
        found: dict[int, list[SourceEdit]] = {}
        for edit in edits:
            number = bisect_right(self._starts, edit.start) - 1
            if edit.end > self._end(number) or (edit.start == self._starts[number] and edit.start == edit.end):
                return None
            found.setdefault(number, []).append(edit)
        return found

    def _end(self, number: int) -> int:
        return self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)

    def above(self, number: int) -> int:
        """How much larger a line's number is in the file than in the code of a piece."""
        return self._lines[number] - 2

    def code(self, number: int) -> CodeType:
        """The code of a piece as it is, with one line above it."""
        if number not in self._codes:
            self._codes[number] = self.edited(number, ())
            remember(self._codes[number])
        return self._codes[number]

    def edited(self, number: int, edits: Sequence[SourceEdit]) -> CodeType:
        """The code of a piece with edits made in it; raises what compiling does."""
        start = self._starts[number]
        shifted = [SourceEdit(one.file, one.start - start, one.end - start, one.now) for one in edits]
        text = self._head + edited_text(self.text[start : self._end(number)], shifted)
        code: CodeType = compile(text, self.file, "exec", self._flags, dont_inherit=True)
        return code
