"""TextRows: rows of words for a `RowsView`; rows that are replaced are changed in their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QColor, QFontDatabase
from PySide6.QtWidgets import QWidget

from inspector.panes.debug.rows_view import RIGHT, Index, here_back, tip
from inspector.theme import current


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        cells: a text for every column. words: the row as a sentence. here: whether the present step stands on it.
        noted: whether its last cell is what the user wrote.
    """

    cells: tuple[str, ...]
    words: str
    here: bool = False
    noted: bool = False


class TextRows(QAbstractTableModel):
    """Rows of words.

    Attributes:
        rows: the rows.
    """

    def __init__(self, headings: Sequence[str], numbers: frozenset[int], mono: int, parent: QWidget) -> None:
        """Args: headings: of the columns. numbers: columns that stand on the right. mono: column of source, -1 for none."""
        super().__init__(parent)
        self._headings, self._numbers, self._mono = tuple(headings), numbers, mono
        self.rows: list[Row] = []

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows: some are added or taken away at the end, and those that differ are written anew."""
        old, new = len(self.rows), len(rows)
        differ = [place for place in range(min(old, new)) if self.rows[place] != rows[place]]
        if new < old:
            self.beginRemoveRows(QModelIndex(), new, old - 1)
            del self.rows[new:]
            self.endRemoveRows()
        elif new > old:
            self.beginInsertRows(QModelIndex(), old, new - 1)
            self.rows.extend(rows[old:])
            self.endInsertRows()
        self.rows[:] = rows
        if differ:
            self.dataChanged.emit(self.index(differ[0], 0), self.index(differ[-1], len(self._headings) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        """Rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """One for every heading."""
        return 0 if parent is not None and parent.isValid() else len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings, on the side of what stands below."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in self._numbers:
            return RIGHT
        return self._headings[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, side, font and colours of a cell."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[column]
        if role == Qt.ItemDataRole.TextAlignmentRole and column in self._numbers:
            return RIGHT
        if role == Qt.ItemDataRole.BackgroundRole and row.here:
            return here_back()
        if role == Qt.ItemDataRole.ForegroundRole and row.noted and column == len(row.cells) - 1:
            return QColor(current().accent)
        if role == Qt.ItemDataRole.FontRole and column == self._mono:
            return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(row.words)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.words if column == 0 else row.cells[column]
        return None
