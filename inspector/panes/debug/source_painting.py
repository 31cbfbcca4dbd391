"""LineLook: what is painted below and behind the lines of the source: shades, where the user stands, finds, values."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from inspector.debugger.records import Inline
from inspector.panes.debug.source_inks import Inks
from inspector.panes.debug.source_inline import InlineWriter
from inspector.panes.debug.source_lines import Facts, Sheet, severity
from inspector.panes.debug.source_places import Places, Seen
from inspector.theme import current

GAP_COLUMNS = 3
"""Columns between a line's end and what is written behind it."""

Values = Mapping[int, tuple[Inline, ...]]


@dataclass(frozen=True)
class Stand:
    """Where the user stands in the shown file.

    Attributes:
        line, end: first and last line of the statement that was just executed, 0 where it is in another file.
        upcoming: line of the one that comes next, 0 likewise. raised: what it raised, in words.
    """

    line: int = 0
    end: int = 0
    upcoming: int = 0
    raised: str = ""

    def lines(self) -> set[int]:
        """All lines that are marked."""
        return {*range(self.line, self.end + 1), self.upcoming}


class LineLook:
    """What is known of the lines, and how it is painted.

    Attributes:
        sheet, facts, stand: what is shown. grey: lines that this iteration has not executed.
        behind: what is written behind lines.
        matches: what a search has found: positions in the document, ascending, and the length of each.
    """

    def __init__(self) -> None:
        """Nothing is known."""
        self.sheet: Sheet | None = None
        self.facts, self.stand = Facts(), Stand()
        self.grey: frozenset[int] = frozenset()
        self.behind: Values = {}
        self.matches: tuple[list[int], int] = ([], 0)
        self._writer: InlineWriter | None = None
        self._gap = 0.0

    def take_sheet(self, sheet: Sheet | None) -> None:
        """Another text: nothing is known of its lines."""
        self.sheet, self.facts, self.stand = sheet, Facts(), Stand()
        self.grey, self.behind, self.matches = frozenset(), {}, ([], 0)

    def take_font(self, font: QFont) -> None:
        """Letters of another size."""
        self._writer = InlineWriter(font)
        self._gap = GAP_COLUMNS * QFontMetricsF(font).averageCharWidth()

    def take_values(self, inline: Values) -> set[int]:
        """Take what is written behind lines, by first lines of statements; returns the lines that look different now."""
        sheet, before = self.sheet, self.behind
        if sheet is None:
            return set()
        # Behind a statement's last line: a call over several lines ends with a bracket, where there is most room.
        self.behind = {sheet.last(first): things for first, things in inline.items() if things}
        return {line for line in before.keys() | self.behind.keys() if before.get(line) != self.behind.get(line)}

    def severity(self, line: int) -> float:
        """How wrong the worst was that a line ever wrote, 0 to 1; a line to blame is as wrong as can be."""
        worst = self.worst(line)
        if self.sheet is not None and self.sheet.first(line) in self.facts.blamed:
            return 1.0
        return 0.0 if worst is None else severity(worst)

    def worst(self, line: int) -> float | None:
        """Largest relative error of a line's statement; None where it was never judged."""
        first = None if self.sheet is None else self.sheet.first(line)
        return None if first is None else self.facts.worst.get(first)

    def _back(self, line: int, inks: Inks) -> QColor | None:
        if self.stand.line <= line <= self.stand.end:
            return inks.raised if self.stand.raised else inks.here
        amount = self.severity(line)
        return inks.shade(amount) if amount else None

    def paint_below(self, painter: QPainter, one: Seen, width: int, left: float, inks: Inks) -> None:
        """A line's background.

        Args:
            painter: of the viewport. one: the line. width: of the viewport. left: where documents begin in it.
            inks: the colours.
        """
        colour, area = self._back(one.line, inks), QRect(0, one.top, width, one.height)
        if colour is not None:
            painter.fillRect(area, colour)
        if one.line == self.stand.upcoming:
            painter.setPen(inks.accent)
            painter.drawRect(area.adjusted(-1, 0, 1, -1))
        starts, length = self.matches
        if starts and one.block.layout().lineCount():
            begin = one.block.position()
            found = starts[bisect_left(starts, begin) : bisect_left(starts, begin + one.block.length())]
            self._paint_matches(painter, one, [start - begin for start in found], length, left, inks)

    def _paint_matches(
        self, painter: QPainter, one: Seen, columns: Iterable[int], length: int, left: float, inks: Inks
    ) -> None:
        line = one.block.layout().lineAt(0)
        for column in columns:
            start, end = (left + x_of(line, place) for place in (column, column + length))
            box = QRectF(start, one.top + 0.5, end - start, one.height - 1)
            painter.fillRect(box, inks.match)
            painter.setPen(inks.faint)
            painter.drawRect(box)

    def paint_behind(self, painter: QPainter, one: Seen, width: int, left: float, inks: Inks) -> None:
        """What is written behind a line; see `paint_below`."""
        things, raised = self.behind.get(one.line, ()), self.stand.raised if one.line == self.stand.end else ""
        if not (things or raised) or self._writer is None or not one.block.layout().lineCount():
            return
        line = one.block.layout().lineAt(0)
        start = QPointF(left + line.x() + line.naturalTextWidth() + self._gap, one.top + line.y() + line.ascent())
        if raised:
            self._writer.write_error(painter, start, width - self._gap, raised, inks)
        else:
            self._writer.write(painter, start, width - self._gap, things, inks)


def x_of(line: object, column: int) -> float:
    """Where a column of a laid out line is."""
    place = line.cursorToX(column)  # type: ignore[attr-defined]
    return float(place[0] if isinstance(place, tuple) else place)


def runs(lines: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of every stretch of ascending numbers that follow each other."""
    found: list[tuple[int, int]] = []
    for line in lines:
        if found and line == found[-1][1] + 1:
            found[-1] = found[-1][0], line
        else:
            found.append((line, line))
    return found


def grey_stretches(places: Places, grey: Iterable[int]) -> list[Any]:
    """Extra selections that write lines in the faint colour, whatever their syntax."""
    found = []
    for first, last in runs(sorted(grey)):
        one: Any = QTextEdit.ExtraSelection()
        form = QTextCharFormat()
        form.setForeground(QColor(current().faint))
        end = places.block(last)
        cursor = QTextCursor(places.block(first))
        cursor.setPosition(end.position() + end.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        one.cursor, one.format = cursor, form
        found.append(one)
    return found
