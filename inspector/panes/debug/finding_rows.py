"""The model of the list of what is wrong: its columns, colours and words."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt
from PySide6.QtGui import QColor

from inspector.panes.debug.finding_entries import Entry
from inspector.panes.debug.rows_view import RIGHT, STRETCH, Index, here_back, tip
from inspector.theme import current

COLUMNS = (("", 28), ("what", 104), ("where", 150), ("t", 44), ("what is wrong", STRETCH))
SIGN, WHAT, WHERE, T, SENTENCE = range(len(COLUMNS))


class FindingRows(QAbstractTableModel):
    """The rows, and which of them the present step stands on."""

    def __init__(self, parent: QObject) -> None:
        """Empty."""
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()
        self._step = -1

    def show_entries(self, entries: tuple[Entry, ...]) -> bool:
        """Hold other rows; the same ones are only taken anew. Returns whether they are others."""
        if [(one.key, one.t, one.step) for one in entries] == [(one.key, one.t, one.step) for one in self.entries]:
            self.entries = entries
            return False
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()
        return True

    def show_step(self, step: int) -> None:
        """Mark the rows of another step."""
        before, self._step = self._step, step
        for row, entry in enumerate(self.entries):
            if before != step and entry.step in (before, step):
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def repaint(self) -> None:
        """Colours are others."""
        if self.entries:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.entries) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        """Findings and alerts."""
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index | None = None) -> int:
        """Those of `COLUMNS`."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == T:
            return RIGHT
        return COLUMNS[section][0] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, colour and words of a cell."""
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry, column = self.entries[index.row()], index.column()
        is_here = entry.step >= 0 and entry.step == self._step
        if role == Qt.ItemDataRole.DisplayRole:
            return (entry.sort.sign, entry.sort.word, entry.place, entry.t, entry.sentence)[column]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = entry.words + (" (you are here)" if is_here else "")
            return tip(words) if role == Qt.ItemDataRole.ToolTipRole else words
        if role == Qt.ItemDataRole.ForegroundRole and column in (SIGN, WHAT):
            return QColor(getattr(current(), entry.sort.role))
        if role == Qt.ItemDataRole.BackgroundRole and is_here:
            return here_back()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column == T else int(Qt.AlignmentFlag.AlignCenter) if column == SIGN else None
        return None
