"""The numbers of the picture as a table: its equivalent for the keyboard and for screen readers; weights can be edited."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QColor, QFontDatabase
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHBoxLayout, QLabel, QTableView, QVBoxLayout, QWidget

from inspector.picture.difference import METRICS, limit_of
from inspector.picture.side_words import sided
from inspector.pictures import Picture, Pictures
from inspector.said import element_name
from inspector.state import State
from inspector.theme import current

Index = QModelIndex | QPersistentModelIndex

HAND, REFERENCE, WEIGHTS = "hand", "reference", "weights"
SHOWN = {
    HAND: "hand",
    REFERENCE: "JAX",
    "difference": "hand - JAX",
    "relative": "relative difference",
    "ulp": "ULP",
    WEIGHTS: "weights (editable)",
}
"""What the table can hold, with its name."""

COLUMN_PX = 178


class Numbers(QAbstractTableModel):
    """One matrix, number by number, with all digits."""

    def __init__(self, state: State, parent: QWidget) -> None:
        """Empty until `show_picture`."""
        super().__init__(parent)
        self._state = state
        self._picture: Picture | None = None
        self._kind = HAND
        self._limit = 0.0

    def show_picture(self, picture: Picture | None, kind: str, limit: float) -> None:
        """Hold another matrix; `limit` is up to where a difference is rounding."""
        shape, per_step = self._shape, self._picture is not None and self._picture.per_step
        same = (picture, kind) == (self._picture, self._kind)
        self._picture, self._kind, self._limit = picture, kind, limit
        if self._shape != shape or (picture is not None and picture.per_step) != per_step:
            self.beginResetModel()
            self.endResetModel()
        elif not same and shape[0] and shape[1]:
            self.dataChanged.emit(self.index(0, 0), self.index(shape[0] - 1, shape[1] - 1))

    @property
    def _shape(self) -> tuple[int, int]:
        picture = self._picture
        return (0, 0) if picture is None or picture.hand is None else (picture.hand.shape[0], picture.hand.shape[1])

    def rowCount(self, parent: Index | None = None) -> int:
        """Rows of the picture."""
        return 0 if parent is not None and parent.isValid() else self._shape[0]

    def columnCount(self, parent: Index | None = None) -> int:
        """Columns of the picture."""
        return 0 if parent is not None and parent.isValid() else self._shape[1]

    def value(self, row: int, column: int) -> float:
        """The number of a cell."""
        picture = self._picture
        assert picture is not None and picture.hand is not None and picture.reference is not None
        cell = slice(row, row + 1), slice(column, column + 1)
        if self._kind == WEIGHTS and picture.weights is not None:
            index = (column,) if picture.is_vector else (row, column)
            edits = {edit[:2]: edit[2] for edit in self._state.settings.edits}
            return float(edits.get((picture.quantity[1:], index), picture.weights[row, column]))
        if self._kind in METRICS:
            return float(METRICS[self._kind](picture.hand[cell], picture.reference[cell], 0.0)[0, 0])
        return float((picture.hand if self._kind == HAND else picture.reference)[row, column])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, colour and description of a cell."""
        picture = self._picture
        if not index.isValid() or picture is None or picture.hand is None or picture.reference is None:
            return None
        row, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return repr(self.value(row, column))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{element_name(picture, (row, column))}, {SHOWN[self._kind]}: {self.value(row, column)!r}"
        if role == Qt.ItemDataRole.ForegroundRole and self._kind != WEIGHTS:
            with np.errstate(invalid="ignore"):
                right = abs(float(picture.hand[row, column]) - float(picture.reference[row, column])) <= self._limit
            return None if right else QColor(current().bad)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Rows and columns are counted from 0; rows of a per-step picture are steps."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        per_step = self._picture is not None and self._picture.per_step
        return f"t = {section}" if per_step and orientation == Qt.Orientation.Vertical else str(section)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Weights can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if self._kind == WEIGHTS else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Put a number into a weight; anything else is refused with a word."""
        picture = self._picture
        if picture is None or self._kind != WEIGHTS or role != Qt.ItemDataRole.EditRole:
            return False
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not np.isfinite(number):
            self._state.say(f"{value!r} is no finite number; the weight stays as it was")
            return False
        place = (index.column(),) if picture.is_vector else (index.row(), index.column())
        self._state.edit_weight(picture.quantity[1:], place, number)
        return True


class TablePane(QWidget):
    """The table under a choice of what it holds; its current cell is the picked one."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows state and pictures by itself."""
        super().__init__(parent)
        self.state, self.pictures = state, pictures
        self._title = QLabel(self)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setProperty("role", "heading")
        self._kind = QComboBox(self)
        for value, text in SHOWN.items():
            self._kind.addItem(text, value)
        self._kind.setAccessibleName("What the table holds")
        self._kind.setToolTip("Which numbers of the picture the table holds; weights can be edited")
        self._kind.activated.connect(self.synchronize)
        self._numbers = Numbers(state, self)
        self._table = QTableView(self)
        self._table.setModel(self._numbers)
        self._table.setAccessibleName("Numbers of the picture")
        self._table.setAccessibleDescription("Arrow keys move the picked cell; numbers that differ are coloured")
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self._table.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._table.horizontalHeader().setDefaultSectionSize(COLUMN_PX)
        self._table.verticalHeader().setDefaultSectionSize(24)
        self._table.setWordWrap(False)
        self.setFocusProxy(self._table)
        self._build()
        self._table.selectionModel().currentChanged.connect(self._on_table_moved)
        for signal in (state.selection_changed, state.result_changed, state.view_changed, pictures.changed):
            signal.connect(self.synchronize)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._kind)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 8, 6)
        layout.addLayout(head)
        layout.addWidget(self._table, 1)

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        if not self.isVisible():
            return
        picture, report, view = self.pictures.current, self.state.look.report(), self.state.view
        has_weights = picture is not None and picture.weights is not None
        row = self._kind.findData(WEIGHTS)
        self._kind.model().item(row).setEnabled(has_weights)  # type: ignore[attr-defined]
        kind = self._kind.currentData()
        if kind == WEIGHTS and not has_weights:
            self._kind.setCurrentIndex(0)
            kind = HAND
        floor = 0.0 if report is None else report.floor
        limit = limit_of(np.zeros(1), floor, view.custom_tolerance, view.atol, 0.0)
        self._numbers.show_picture(picture, kind, float(np.max(limit)))
        sides = ("hand", "JAX") if picture is None else picture.sides
        for item in range(self._kind.count()):
            self._kind.setItemText(item, sided(SHOWN[self._kind.itemData(item)], sides))
        self._title.setText("" if picture is None else f"{picture.quantity}, {sided(SHOWN[kind], sides)}")
        self._show_pick()

    def _show_pick(self) -> None:
        cell = self.state.selection.cell
        if cell is None or cell == (self._table.currentIndex().row(), self._table.currentIndex().column()):
            return
        index = self._numbers.index(*cell)
        if index.isValid():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self._table.selectionModel().setCurrentIndex(index, flags)  # which picks the cell that is picked already
            self._table.scrollTo(index)

    def showEvent(self, event: Any) -> None:
        """What was left out while nobody looked."""
        super().showEvent(event)
        self.synchronize()

    @Slot(QModelIndex, QModelIndex)
    def _on_table_moved(self, now: QModelIndex, before: QModelIndex) -> None:
        if now.isValid():
            self.state.pick(now.row(), now.column())
