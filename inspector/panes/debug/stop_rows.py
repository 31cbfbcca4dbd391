"""The breakpoints as rows: on or off, condition, how many hits there are and which of them comes next, what is noted."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QColor, QFontDatabase

from inspector.debugger.debugger import Debugger
from inspector.debugger.records import Breakpoint, Hits
from inspector.panes.debug.rows_view import RIGHT, STRETCH, Index, tip
from inspector.theme import current

COLUMNS = (("on", 34), ("stop at", STRETCH), ("hits", 144), ("note", 92))
ON, TEXT, COUNT, LOG = range(len(COLUMNS))

UNKNOWN = "\u2026"


def place_among(hits: Hits, step: int) -> str:
    """Which hit the present step is, or which one comes next: `3 of 12`, `next 4 of 12`, `past all 12`, `0`."""
    count = len(hits.steps)
    if not count:
        return "0"
    after = int(np.searchsorted(hits.steps, step, "left"))
    if after < count and hits.steps[after] == step:
        return f"\u25b6 {after + 1:,} of {count:,}"
    return f"next {after + 1:,} of {count:,}" if after < count else f"past all {count:,}"


class StopRows(QAbstractTableModel):
    """The breakpoints of the debugger; ticking one switches it."""

    def __init__(self, debugger: Debugger, parent: QObject) -> None:
        """Args: debugger: whose breakpoints are shown."""
        super().__init__(parent)
        self._debugger = debugger
        self.stops: tuple[Breakpoint, ...] = ()

    def refresh(self) -> None:
        """Breakpoints or hits are others: rows are added, taken away and written anew in their places."""
        stops = self._debugger.stops.breakpoints
        if len(stops) == len(self.stops) + 1 and stops[:-1] == self.stops:
            self.beginInsertRows(QModelIndex(), len(self.stops), len(self.stops))
            self.stops = stops
            self.endInsertRows()
        elif len(stops) == len(self.stops):
            self.stops = stops
        else:
            self.beginResetModel()
            self.stops = stops
            self.endResetModel()
        self._changed(ON, LOG)

    def refresh_place(self) -> None:
        """The present step is another."""
        self._changed(COUNT, COUNT)

    def _changed(self, first: int, last: int) -> None:
        if self.stops:
            self.dataChanged.emit(self.index(0, first), self.index(len(self.stops) - 1, last))

    def rowCount(self, parent: Index | None = None) -> int:
        """Breakpoints."""
        return 0 if parent is not None and parent.isValid() else len(self.stops)

    def columnCount(self, parent: Index | None = None) -> int:
        """Those of `COLUMNS`."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == COUNT:
            return RIGHT
        return COLUMNS[section][0] if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The first column can be ticked."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == ON else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Switch a breakpoint on or off."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        self._debugger.stops.set_enabled(self.stops[index.row()], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def _cells(self, one: Breakpoint) -> tuple[str, ...]:
        hits, here = self._debugger.stops.hits(one), self._debugger.here
        if hits is None:
            return "", one.text, UNKNOWN, one.log
        count = f"{len(hits.steps):,}" if here is None else place_among(hits, here.step)
        return "", one.text, f"! {count}" if hits.problem else count, one.log

    def words(self, row: int) -> str:
        """A breakpoint in words."""
        one = self.stops[row]
        hits = self._debugger.stops.hits(one)
        if hits is None:
            found = "hits are looked for"
        else:
            found = f"{len(hits.steps):,} hits" + (f": {hits.problem}" if hits.problem else "")
        noted = f"; notes {one.log} at every hit" if one.log else ""
        return f"{one.text}, {'on' if one.enabled else 'off'}; {found}{noted}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tick and colour of a cell."""
        if not index.isValid() or index.row() >= len(self.stops):
            return None
        one, column = self.stops[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells(one)[column]
        if role == Qt.ItemDataRole.CheckStateRole and column == ON:
            return Qt.CheckState.Checked if one.enabled else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self.words(index.row()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.words(index.row()) if column in (ON, TEXT) else self._cells(one)[column]
        if role == Qt.ItemDataRole.FontRole and column in (TEXT, LOG):
            return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == COUNT:
            return RIGHT
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(one, column)
        return None

    def _colour(self, one: Breakpoint, column: int) -> QColor | None:
        hits = self._debugger.stops.hits(one)
        if column == COUNT and hits is not None and hits.problem:
            return QColor(current().unsure)
        return None if one.enabled else QColor(current().faint)
