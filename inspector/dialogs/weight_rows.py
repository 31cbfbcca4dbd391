"""The arrays of a weight file as a table that can be filtered and sorted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from inspector.looked import HEADINGS, NUMBERS, cells, headings

if TYPE_CHECKING:
    from rnn.looking import Row

Index = QModelIndex | QPersistentModelIndex
SORT = Qt.ItemDataRole.UserRole
WIDEST_PX, NARROWER_PX = 420, 270
"""Of a column; the second where the values have columns of their own."""

TAKEN = HEADINGS.index("taken as")
"""The column that takes what room is left."""


def _key(row: Row, heading: str) -> Any:
    """What a column is sorted by."""
    found = {"array": row.name, "shape": str(row.shape), "type": row.dtype, "size": row.nbytes, "taken as": row.taken_as,
             "least": row.least, "largest": row.most, "norm": row.norm, "NaN/Inf": row.bad}[heading]  # fmt: skip
    return -1.0 if found is None else found


class RowModel(QAbstractTableModel):
    """The rows of a look; nothing can be changed."""

    def __init__(self, parent: QWidget) -> None:
        """Empty at first."""
        super().__init__(parent)
        self._rows: Sequence[Row] = ()
        self.headings: tuple[str, ...] = HEADINGS

    def show(self, rows: Sequence[Row]) -> None:
        """Show other rows, with columns for values where any row has them."""
        self.beginResetModel()
        self._values = any(row.bad is not None for row in rows)
        self._rows, self.headings = rows, headings(self._values)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many arrays."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns."""
        return 0 if parent.isValid() else len(self.headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The headings, at the side of their column's texts."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self.headings):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(section)
        return self.headings[section] if role == Qt.ItemDataRole.DisplayRole else None

    def _side(self, column: int) -> int:
        side = Qt.AlignmentFlag.AlignRight if self.headings[column] in NUMBERS else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Plain texts; a name is shown with escapes, whatever it holds."""
        row, column = self._rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return cells(row, self._values)[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(column)
        return _key(row, self.headings[column]) if role == SORT else None


class Rows(QTableView):
    """The table: a filter over all columns, sorted by the heading that is clicked."""

    def __init__(self, parent: QWidget) -> None:
        """Empty at first."""
        super().__init__(parent)
        self._model, self._shown = RowModel(self), QSortFilterProxyModel(self)
        self._shown.setSourceModel(self._model)
        self._shown.setSortRole(SORT)
        self._shown.setFilterKeyColumn(-1)
        self._shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setModel(self._shown)
        self.setSortingEnabled(True)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)  # Tab goes on to the next control
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView::item { padding: 0 6px; }")
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setAccessibleName("Arrays of the file")

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self._model.show(rows)
        header = self.horizontalHeader()
        header.setResizeContentsPrecision(200)
        self.resizeColumnsToContents()
        widest = NARROWER_PX if self._model.columnCount() > len(HEADINGS) else WIDEST_PX
        for column in range(self._model.columnCount()):
            self.setColumnWidth(column, min(self.columnWidth(column) + 8, widest))
        spare = self.viewport().width() - header.length()
        if spare > 0:
            self.setColumnWidth(TAKEN, self.columnWidth(TAKEN) + spare)

    def filter(self, text: str) -> int:
        """Show only rows in which a text occurs; returns how many those are."""
        self._shown.setFilterFixedString(text)
        return self._shown.rowCount()

    @property
    def count(self) -> int:
        """How many rows are shown."""
        return self._shown.rowCount()
