"""The numbers of the selected array with all digits, as it is looked at."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontDatabase, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView, QWidget

from inspector.panes.debug.array_sheet import Index as ArrayIndex
from inspector.panes.debug.array_shown import Shown
from inspector.panes.debug.array_words import EMPTY, digits, element_text
from inspector.panes.debug.common import WRONG
from inspector.theme import current

Index = QModelIndex | QPersistentModelIndex

COLUMN_PX, ROW_PX = 178, 24
WIDTHS = {"float32": 128, "bool": 64, "complex128": 320}
"""Widths of columns in pixels by the type of the numbers, where it is not `COLUMN_PX`."""


class Numbers(QAbstractTableModel):
    """Rows and columns of an array."""

    def __init__(self, parent: QWidget) -> None:
        """Empty until `show`."""
        super().__init__(parent)
        self.shown: Shown | None = None
        self._mask: Any = None
        self._size = (0, 0)
        self._bold = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._bold.setBold(True)

    def show(self, shown: Shown | None) -> None:
        """Hold other numbers; views keep their place where the shape is the same."""
        numbers = None if shown is None else shown.numbers
        size = (0, 0) if numbers is None else (numbers.shape[0], numbers.shape[1])
        other = size != self._size or (shown is not None and self.shown is not None and shown.sheet != self.shown.sheet)
        if other:
            self.beginResetModel()
        self.shown, self._size = shown, size
        self._mask = None if shown is None else shown.mask()
        if other:
            self.endResetModel()
        elif size[0] and size[1]:
            self.dataChanged.emit(self.index(0, 0), self.index(size[0] - 1, size[1] - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        """Rows of the array."""
        return 0 if parent is not None and parent.isValid() else self._size[0]

    def columnCount(self, parent: Index | None = None) -> int:
        """Columns of the array."""
        return 0 if parent is not None and parent.isValid() else self._size[1]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, font, colour and description of a cell."""
        shown = self.shown
        if not index.isValid() or shown is None or shown.numbers is None:
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{WRONG} " * shown.is_wrong(row, column) + digits(shown.numbers[row, column])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole:
            return self._bold if self._mask[row, column] else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(current().bad) if shown.is_wrong(row, column) else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._said(shown, row, column)
        return None

    def _said(self, shown: Shown, row: int, column: int) -> str:
        name = f"{shown.detail.path}{element_text(shown.sheet.index(row, column))}"
        changed = ", changed by this step" if self._mask[row, column] else ""
        wrong = ", wrong" if shown.is_wrong(row, column) else ""
        assert shown.numbers is not None
        return f"{name}, {shown.title.lower()}: {digits(shown.numbers[row, column])}{changed}{wrong}"

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Indices; a row of more than two axes is named by all that it stands for."""
        if role != Qt.ItemDataRole.DisplayRole or self.shown is None:
            return None
        return str(section) if orientation == Qt.Orientation.Horizontal else self.shown.sheet.row_name(section)


class NumbersTable(QTableView):
    """The table; its current cell is the picked one.

    Signals:
        picked: index of the element that became the current one by the user's hand.
    """

    picked = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        """Empty until `show_shown`."""
        super().__init__(parent)
        self.numbers = Numbers(self)
        self._follows = False
        self.setModel(self.numbers)
        self.setAccessibleName("Numbers of the array")
        self.setAccessibleDescription(
            "Arrow keys move the picked cell; changed cells are bold, wrong ones are marked \u2717"
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.horizontalHeader().setDefaultSectionSize(COLUMN_PX)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMinimumSize(140, 80)

    def show_shown(self, shown: Shown | None, element: ArrayIndex | None) -> None:
        """Show other numbers."""
        self._follows = True
        self.numbers.show(shown)
        self._follows = False
        width = COLUMN_PX if shown is None or shown.numbers is None else WIDTHS.get(str(shown.numbers.dtype), COLUMN_PX)
        if width != self.horizontalHeader().defaultSectionSize():
            self.horizontalHeader().setDefaultSectionSize(width)
        self.mark(element)

    def mark(self, element: ArrayIndex | None) -> None:
        """Make the picked element the current cell; nobody is told."""
        shown = self.numbers.shown
        cell = None if shown is None else shown.sheet.cell(element)
        if cell is None:
            self._follows = True
            self.selectionModel().clear()
            self._follows = False
            return
        if cell == (self.currentIndex().row(), self.currentIndex().column()):
            return
        index = self.numbers.index(*cell)
        if index.isValid():
            self._follows = True
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)
            self._follows = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Numbers, or why there are none."""
        super().paintEvent(event)
        shown = self.numbers.shown
        if shown is not None and not self.numbers.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(current().faint))
            area = self.viewport().rect().adjusted(12, 12, -12, -12)
            painter.setFont(QApplication.font())
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(area, flags, shown.note or EMPTY)
            painter.end()

    def currentChanged(self, now: Index, before: Index) -> None:
        """Tell of the element."""
        super().currentChanged(now, before)
        shown = self.numbers.shown
        if now.isValid() and shown is not None and not self._follows:
            self.picked.emit(shown.sheet.index(now.row(), now.column()))

    def cut(self) -> tuple[slice, slice] | None:
        """Rows and columns that are marked, None for a single cell or none."""
        ranges = self.selectionModel().selection()
        if not ranges.count():
            return None
        marked = ranges.at(0)
        if marked.width() * marked.height() < 2:
            return None
        return slice(marked.top(), marked.bottom() + 1), slice(marked.left(), marked.right() + 1)
