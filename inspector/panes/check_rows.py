"""The checks of the user's code in their order: a row each, with a sign, a word and the sentence."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from inspector.check_order import COMING, WHY, CheckRow
from inspector.state import State
from inspector.theme import current, verdict_colour

SIGNS = {"ok": "\u2713", "failed": "\u2717", "unknown": "?", "skipped": "\u2013"}
WORDS = {"ok": "ok", "failed": "failed", "unknown": "unknown", "skipped": "skipped"}
"""By state: never colour alone."""

NEXT = "\u2026"
"""Sign of the check that is being made."""

COLOURS = {"ok": "agrees", "failed": "differs", "unknown": "undecided"}
"""The verdict whose colour a state has."""

SUBJECTS = {
    "runs": "Does the code run?",
    "pure": "Does it leave alone what it is given, and give the same again?",
    "forward": "Is its forward pass the declared one?",
    "gradients": "Are its gradients right?",
    "where": "Where is the first wrong line?",
    "why": "Why is it wrong?",
}

SOUGHT = ("where", "why")
"""Checks that look for something."""

MOST_LINES = 12
"""Of details in a tooltip."""


def word_of(row: CheckRow) -> str:
    """The state in a word."""
    return "found" if row.name in SOUGHT and row.state == "ok" else WORDS.get(row.state, row.state)


def cells_of(row: CheckRow, is_next: bool) -> tuple[str, str]:
    """Sign and name; word and sentence."""
    if row.state == COMING:
        return f"{NEXT if is_next else chr(0x2007)} {row.name}", row.sentence or "being checked" if is_next else ""
    return f"{SIGNS.get(row.state, '?')} {row.name}", f"{word_of(row)}: {row.sentence}"


class CheckRows(QTreeWidget):
    """Draws `state.own.order`; hidden where there is no code of the user's.

    Signals:
        chosen: the `CheckRow` that was clicked, or on which Enter was pressed.
    """

    chosen = Signal(object)

    def __init__(self, state: State, parent: QWidget) -> None:
        """Follows the state by itself."""
        super().__init__(parent)
        self._state = state
        self._drawn: tuple[object, ...] = ()
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setMinimumSectionSize(20)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.setAccessibleName("Checks of your code, in their order")
        self.setAccessibleDescription("Enter shows all of it, and goes to what is wrong")
        self.itemClicked.connect(self._choose)
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
        if self.topLevelItemCount() != len(rows):
            self.clear()
            self.addTopLevelItems([QTreeWidgetItem() for _ in rows])
        coming = next((row.name for row in rows if row.state == COMING), "")
        for place, row in enumerate(rows):
            item = self.topLevelItem(place)
            assert item is not None
            self._fill(item, row, row.name == coming)
        self.setFixedHeight(self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        height = sum(self.sizeHintForRow(k) for k in range(self.topLevelItemCount()))
        return QSize(super().sizeHint().width(), height + 2 * self.frameWidth() + 2)

    def _fill(self, item: QTreeWidgetItem, row: CheckRow, is_next: bool) -> None:
        theme, failed, cells = current(), row.state == "failed", cells_of(row, is_next)
        tip = "\n".join((SUBJECTS.get(row.name, row.name), cells[1], *row.details[:MOST_LINES])).strip()
        font = QFont(self.font())
        font.setBold(failed)
        quiet = theme.faint if row.state in ("skipped", COMING) else theme.text
        sign = verdict_colour(theme, COLOURS[row.state]) if row.state in COLOURS else quiet
        for column, colour in enumerate((sign, quiet)):
            item.setText(column, cells[column])
            item.setToolTip(column, tip)
            item.setForeground(column, QBrush(QColor(theme.error_text if failed else colour)))
            item.setBackground(column, QBrush(QColor(theme.error_back)) if failed else QBrush())
        item.setFont(0, font)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{row.name}, {cells[1] or 'not yet'}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._choose(item)
        else:
            super().keyPressEvent(event)

    @Slot(QTreeWidgetItem)
    def _choose(self, item: QTreeWidgetItem) -> None:
        rows, place = self._state.own.order.rows, self.indexOfTopLevelItem(item)
        if 0 <= place < len(rows) and (rows[place].state != COMING or rows[place].name == WHY):
            self.chosen.emit(rows[place])
