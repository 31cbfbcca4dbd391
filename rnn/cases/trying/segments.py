"""A source file in pieces that compile by themselves, so that an edit of one function costs the compiling of one function."""

from __future__ import annotations
import __future__

import re
from bisect import bisect_right
from collections.abc import Sequence
from types import CodeType

from ...parsing import parse_module
from ..edited import SourceEdit, edited_text

FUTURE = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
LINE_END = re.compile("\r\n|\r|\n")


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
        firsts = []
        for node in parse_module(text, file).body:
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

    def first_line(self, number: int) -> int:
        """The line that a piece begins at, counted from 1."""
        return self._lines[number]

    def code(self, number: int) -> CodeType:
        """The code of a piece as it is; its lines count from 1."""
        if number not in self._codes:
            self._codes[number] = self.edited(number, ())
        return self._codes[number]

    def edited(self, number: int, edits: Sequence[SourceEdit]) -> CodeType:
        """The code of a piece with edits made in it; raises what compiling does."""
        start = self._starts[number]
        shifted = [SourceEdit(one.file, one.start - start, one.end - start, one.now) for one in edits]
        text = edited_text(self.text[start : self._end(number)], shifted)
        code: CodeType = compile(text, self.file, "exec", self._flags, dont_inherit=True)
        return code
