"""The hits of one breakpoint as rows, read from the recording only where they are painted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QColor

from inspector.debugger.debugger import Debugger
from inspector.debugger.records import Breakpoint, Hits
from inspector.panes.debug.rows_view import RIGHT, STRETCH, Index, here_back, number_text, tip
from inspector.theme import current
from rnn.recorder.summary import function_of

COLUMNS = (("", 24), ("step", 76), ("line", 52), ("t", 56), ("function", STRETCH), ("", 96))
MARK, STEP, LINE, T, FUNCTION, VALUE = range(len(COLUMNS))
NUMBERS = (STEP, LINE, T, VALUE)

MOST_ROWS = 100_000
"""A table lays out all of its rows: of more hits those around the present step are shown."""

MOST_KEPT = 4_000
"""Rows whose texts are kept."""

NOTHING = np.zeros(0, np.int64)


class HitRows(QAbstractTableModel):
    """A window of hits; one of them is at the present step, or nearest to it.

    Attributes:
        near: row of that one, -1 for none. first: number of the first row's hit among all.
    """

    def __init__(self, debugger: Debugger, parent: QObject) -> None:
        """Args: debugger: whose recording is read."""
        super().__init__(parent)
        self._debugger = debugger
        self._steps: Any = NOTHING
        self._values: Any = None
        self._log = ""
        self._kept: dict[int, tuple[str, ...]] = {}
        self._recording: Any = None
        self._step = -1
        self.near, self.first = -1, 0

    def show_hits(self, one: Breakpoint | None, hits: Hits | None) -> None:
        """Hold the hits of another breakpoint; None holds nothing."""
        steps = NOTHING if hits is None else hits.steps
        log = "" if one is None else one.log
        recording = self._debugger.recording
        if steps is self._steps and log == self._log and recording is self._recording:
            return
        if self._grows(steps, log, recording):
            self._grow(steps, None if hits is None else hits.values)
            return
        self.beginResetModel()
        self._steps, self._log, self._recording = steps, log, recording
        self._values = None if hits is None else hits.values
        self._kept.clear()
        self._take_window(self._nearest())
        self.endResetModel()

    def _grows(self, steps: Any, log: str, recording: Any) -> bool:
        """Whether these are the hits that are shown, and perhaps more: the recording has been looked at again."""
        count, same = len(self._steps), (log, recording) == (self._log, self._recording)
        fits = 0 < count <= len(steps) <= MOST_ROWS
        return bool(same and fits and np.array_equal(steps[:count], self._steps))

    def _grow(self, steps: Any, values: Any) -> None:
        count = len(self._steps)
        if len(steps) > count:
            self.beginInsertRows(QModelIndex(), count, len(steps) - 1)
        self._steps, self._values = steps, values
        if len(steps) > count:
            self.endInsertRows()
        before, self.near = self.near, self._nearest()
        for row in {before, self.near} - {-1}:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def show_step(self, step: int) -> None:
        """Mark the hit at another step, or the nearest one."""
        if step == self._step:
            return
        self._step, before = step, self.near
        near = self._nearest()
        if near >= 0 and not self.first <= near < self.first + self.rowCount():
            self.beginResetModel()
            self._take_window(near)
            self.endResetModel()
            return
        self.near = near - self.first if near >= 0 else -1
        for row in {before, self.near} - {-1}:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def _nearest(self) -> int:
        """Number of the hit at the present step or nearest to it, the earlier one of two; -1 for none."""
        steps, step = self._steps, self._step
        if not len(steps) or step < 0:
            return -1
        after = int(np.searchsorted(steps, step, "left"))
        if after == len(steps) or (after and step - steps[after - 1] <= steps[after] - step and steps[after] != step):
            after -= 1
        return after

    def _take_window(self, near: int) -> None:
        self.first = max(0, min(near - MOST_ROWS // 2, len(self._steps) - MOST_ROWS))
        self.near = near - self.first if near >= 0 else -1

    def step_of(self, row: int) -> int:
        """The step of a row."""
        return int(self._steps[self.first + row])

    @property
    def is_at_hit(self) -> bool:
        """Whether the present step is a hit."""
        return self.near >= 0 and self.step_of(self.near) == self._step

    @property
    def count(self) -> int:
        """Hits, with those that are not shown."""
        return len(self._steps)

    def rowCount(self, parent: Index | None = None) -> int:
        """Hits that are shown."""
        return 0 if parent is not None and parent.isValid() else min(MOST_ROWS, len(self._steps) - self.first)

    def columnCount(self, parent: Index | None = None) -> int:
        """Those of `COLUMNS`; the last one stays empty without a log."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of columns; the last one's is the expression."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._log if section == VALUE else COLUMNS[section][0]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in NUMBERS:
            return RIGHT
        return tip(self._log) if role == Qt.ItemDataRole.ToolTipRole and section == VALUE else None

    def _cells(self, row: int) -> tuple[str, ...]:
        found = self._kept.get(row)
        if found is None:
            found = self._read(row)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[row] = found
        return found

    def _read(self, row: int) -> tuple[str, ...]:
        recording, number = self._debugger.recording, self.first + row
        step = int(self._steps[number])
        value = "" if self._values is None or not self._log else number_text(float(self._values[number]))
        if recording is None or step >= len(recording):
            return f"{step:,}", "", "", "", value, "", ""
        one = recording.step(step)
        t = "" if one.t is None else str(one.t)
        return (
            f"{step:,}",
            str(one.line),
            t,
            function_of(recording, one.frame),
            value,
            one.file.path,
            one.statement.text,
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text and marks of a cell."""
        row, column = index.row(), index.column()
        if not index.isValid() or row >= self.rowCount():
            return None
        is_near = row == self.near
        if role == Qt.ItemDataRole.DisplayRole:
            return self._sign(is_near) if column == MARK else self._cells(row)[column - 1]
        if role == Qt.ItemDataRole.BackgroundRole and is_near and self.is_at_hit:
            return here_back()
        if role == Qt.ItemDataRole.ForegroundRole and column == MARK:
            return QColor(current().mark)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = self._words(row, is_near)
            return tip(words) if role == Qt.ItemDataRole.ToolTipRole else words
        if role == Qt.ItemDataRole.TextAlignmentRole and column in NUMBERS:
            return RIGHT
        return None

    def _sign(self, is_near: bool) -> str:
        return "" if not is_near else "\u25b6" if self.is_at_hit else "\u25b7"

    def _words(self, row: int, is_near: bool) -> str:
        step, line, t, function, value, path, text = self._cells(row)
        noted = f"; {self._log} is {value}" if self._log else ""
        near = "" if not is_near else " (you are here)" if self.is_at_hit else " (the nearest to where you are)"
        where = f"{Path(path).name}, line {line}" + (f", t = {t}" if t else "")
        return f"hit {self.first + row + 1:,}, step {step}, {where}, in {function}: {text}{noted}{near}"
