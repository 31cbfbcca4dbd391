"""The writes of one element as rows, in time; those after the present step are faint."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QObject, Qt
from PySide6.QtGui import QColor, QFont

from inspector.debugger.records import Origin
from inspector.panes.debug.rows_view import RIGHT, STRETCH, Index, here_back, number_text, tip
from inspector.theme import current
from rnn.blame.words import place
from rnn.recorder.origins import Write

COLUMNS = (
    ("", 24),
    ("step", 76),
    ("line", 48),
    ("t", 56),
    ("how", STRETCH),
    ("before", 92),
    ("after", 92),
    ("change", 92),
)
MARK, STEP, LINE, T, HOW_COLUMN, BEFORE, AFTER, CHANGE = range(len(COLUMNS))
NUMBERS = (STEP, LINE, T, BEFORE, AFTER, CHANGE)

HOW_WORDS = {
    "made": "made with the array",
    "given": "given to the call",
    "written": "written",
    "found": "found by an audit",
}
"""By `Write.how`."""


def how_words(write: Write) -> str:
    """How it was written."""
    text = HOW_WORDS.get(write.how, write.how)
    if not write.exact:
        return f"{text}, after step {write.since:,}"
    return f"{text}, same bits" if write.same else text


def as_number(value: Any) -> float:
    """An element as a float, the real part of a complex one; NaN where there is none."""
    try:
        return float("nan") if value is None else float(np.real(value))
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def change_text(write: Write) -> str:
    """What was added, with its sign; nothing where one side is not known."""
    if write.old is None or write.new is None:
        return ""
    if np.iscomplexobj(write.new) or np.iscomplexobj(write.old):
        with np.errstate(all="ignore"):
            return number_text(write.new - write.old)
    change = as_number(write.new) - as_number(write.old)
    text = number_text(change)
    return f"+{text}" if change > 0 else text


class WriteRows(QAbstractTableModel):
    """Writes of an `Origin`.

    Attributes:
        writes: all of them.
    """

    def __init__(self, parent: QObject) -> None:
        """Empty."""
        super().__init__(parent)
        self.writes: tuple[Write, ...] = ()
        self._steps: Any = np.zeros(0, np.int64)
        self._last = -1
        self._step = self._reached = -1

    def show_origin(self, origin: Origin | None) -> None:
        """Hold the writes of another element."""
        self.beginResetModel()
        self.writes = () if origin is None else origin.writes
        self._steps = np.array([one.step for one in self.writes], np.int64)
        last = None if origin is None or origin.last is None else origin.last.step
        self._last = int(np.searchsorted(self._steps, last)) if last is not None and last in self._steps else -1
        self._reached = self.reached(self._step)
        self.endResetModel()

    def reached(self, step: int) -> int:
        """How many writes there are up to a step."""
        return int(np.searchsorted(self._steps, step, "right"))

    def show_step(self, step: int) -> None:
        """Another step is the present one: what lies after it is faint."""
        before, after = self._reached, self.reached(step)
        self._step, self._reached = step, after
        first, last = min(before, after) - 1, max(before, after)
        if self.writes:
            self.dataChanged.emit(
                self.index(max(first, 0), 0), self.index(min(last, len(self.writes) - 1), len(COLUMNS) - 1)
            )

    def neighbour(self, direction: int) -> int | None:
        """Step of the nearest write before or after the present step."""
        row = self._reached if direction > 0 else int(np.searchsorted(self._steps, self._step, "left")) - 1
        return int(self._steps[row]) if 0 <= row < len(self.writes) else None

    def rowCount(self, parent: Index | None = None) -> int:
        """Writes."""
        return 0 if parent is not None and parent.isValid() else len(self.writes)

    def columnCount(self, parent: Index | None = None) -> int:
        """Those of `COLUMNS`."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of columns; numbers stand right."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in NUMBERS:
            return RIGHT
        return COLUMNS[section][0] if role == Qt.ItemDataRole.DisplayRole else None

    def _cell(self, row: int, column: int) -> str:
        one = self.writes[row]
        if column == MARK:
            return "\u25b6" if one.step == self._step else "\u25cf" if row == self._last else ""
        if column == CHANGE:
            return change_text(one)
        values = {STEP: f"{one.step:,}", LINE: str(one.line), T: "" if one.t is None else str(one.t)}
        numbers = {BEFORE: one.old, AFTER: one.new}
        return values.get(column) or (number_text(numbers[column]) if column in numbers else "")

    def words(self, row: int) -> str:
        """A write in words, with all digits."""
        one = self.writes[row]
        old, new = ("not known" if value is None else str(value) for value in (one.old, one.new))
        marks = [", the last one before it was asked"] * (row == self._last) + [", you are here"] * (
            one.step == self._step
        )
        later = " (after the present step)" if row >= self._reached else ""
        return (
            f"step {one.step:,}, {place(one.file, one.line, one.t)}: {one.text}. "
            f"{how_words(one).capitalize()}: {old} \u2192 {new}{''.join(marks)}{later}"
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text and marks of a cell."""
        row, column = index.row(), index.column()
        if not index.isValid() or row >= len(self.writes):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return how_words(self.writes[row]) if column == HOW_COLUMN else self._cell(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in NUMBERS:
            return RIGHT
        if role == Qt.ItemDataRole.BackgroundRole and self.writes[row].step == self._step:
            return here_back()
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(
                current().mark if column == MARK else current().faint if row >= self._reached else current().text
            )
        if role == Qt.ItemDataRole.FontRole and row == self._last:
            bold = QFont()
            bold.setBold(True)
            return bold
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return tip(self.words(row)) if role == Qt.ItemDataRole.ToolTipRole else self.words(row)
        return None
