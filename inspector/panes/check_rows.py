"""The checks of the user's code in their order: five rows, each with a word, the sentence, and more on a click."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QBrush, QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from inspector.check_order import COMING, CheckRow
from inspector.dialogs import show_text
from inspector.state import State
from inspector.theme import current, verdict_colour

SIGNS = {"ok": "\u2713 ok", "failed": "\u2717 failed", "unknown": "? unknown", "skipped": "\u2013", COMING: "\u2026"}
"""Sign and word by state: never colour alone."""

COLOURS = {"ok": "agrees", "failed": "differs", "unknown": "undecided"}
"""The verdict whose colour a state has."""

SUBJECTS = {
    "runs": "Does the code run?",
    "pure": "Does it leave alone what it is given, and give the same again?",
    "forward": "Is its forward pass the declared one?",
    "gradients": "Are its gradients right?",
    "where": "Where is the first wrong line?",
}


class CheckRows(QTreeWidget):
    """Draws `state.own.order`; a click or Enter shows the whole sentence and its details."""

    def __init__(self, state: State, parent: QWidget) -> None:
        """Follows the state by itself; hidden where there is no code of the user's."""
        super().__init__(parent)
        self._state = state
        self._drawn: tuple[object, ...] = ()
        self.setColumnCount(3)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setMinimumSectionSize(20)
        for column in range(2):
            self.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.setAccessibleName("Checks of your code, in their order")
        self.setAccessibleDescription("Enter shows the whole sentence and what belongs to it")
        self.itemClicked.connect(self._on_item_chosen)
        self.itemActivated.connect(self._on_item_chosen)
        state.own.order.changed.connect(self.synchronize)
        state.view_changed.connect(self.synchronize)
        self.synchronize()

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        rows = self._state.own.order.rows
        self.setVisible(bool(rows))
        if (rows, current().name) == self._drawn:
            return
        self._drawn = rows, current().name
        self.clear()
        for row in rows:
            self.addTopLevelItem(self._item(row))
        self.setFixedHeight(self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        height = sum(self.sizeHintForRow(k) for k in range(self.topLevelItemCount()))
        return QSize(super().sizeHint().width(), height + 2 * self.frameWidth() + 2)

    def _item(self, row: CheckRow) -> QTreeWidgetItem:
        item = QTreeWidgetItem([row.name, SIGNS.get(row.state, row.state), row.sentence])
        if row.state in COLOURS:
            item.setForeground(1, QBrush(QColor(verdict_colour(current(), COLOURS[row.state]))))
        if row.state == "failed":
            bold = QFont(self.font())
            bold.setBold(True)
            item.setFont(0, bold)
        tip = "\n".join((SUBJECTS.get(row.name, row.name), row.sentence, *row.details[:12])).strip()
        for column in range(3):
            item.setToolTip(column, tip)
        item.setData(
            0, Qt.ItemDataRole.AccessibleTextRole, f"{row.name}: {SIGNS.get(row.state, row.state)[2:]}. {row.sentence}"
        )
        return item

    @Slot(QTreeWidgetItem)
    def _on_item_chosen(self, item: QTreeWidgetItem) -> None:
        rows = self._state.own.order.rows
        place = self.indexOfTopLevelItem(item)
        if 0 <= place < len(rows) and rows[place].state != COMING:
            row = rows[place]
            title = SUBJECTS.get(row.name, row.name)
            show_text(self, title, row.sentence or "-", "\n".join(row.details))
