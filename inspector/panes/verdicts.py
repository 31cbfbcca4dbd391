"""History: what every run of the user's code found, newest first, and which edit changed it; any row opens."""

from __future__ import annotations

import os
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QBrush, QColor, QFont, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QTreeWidgetItem, QVBoxLayout, QWidget

from inspector.panes.rows import fit_columns, row_table
from inspector.pictures import Pictures
from inspector.state import State
from inspector.theme import current
from inspector.verdict_history import AGREE, DIFFER, FAILED, UNDECIDED, Verdict

HEADINGS = ("run", "file", "verdict", "wrong", "first wrong", "since the run before", "in words")
NUMBER = Qt.ItemDataRole.UserRole
WORDS = {AGREE: "agrees", DIFFER: "differs", UNDECIDED: "undecided", FAILED: "failed"}
SIGNS = {AGREE: "\u2713", DIFFER: "\u2717", UNDECIDED: "?", FAILED: "!"}
ROLES = {AGREE: "good", DIFFER: "bad", UNDECIDED: "unsure", FAILED: "bad"}
ICON_PX = 32
NOTHING = "Every run of a file of yours is listed here: what it found, and which edit changed it."
HINT = "Enter or a double click shows a run's result again."


@lru_cache(maxsize=16)
def _icon(sign: str, colour: str, on_colour: str, hollow: bool) -> QIcon:
    """A disc with a sign; a ring where the run came to nothing."""
    pixmap = QPixmap(ICON_PX, ICON_PX)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(2, 2, ICON_PX - 4, ICON_PX - 4)
    painter.setPen(QPen(QColor(on_colour), 2))  # seen on a selected row
    painter.setBrush(QBrush(QColor(on_colour if hollow else colour)))
    painter.drawEllipse(area)
    if hollow:
        painter.setPen(QPen(QColor(colour), 3))
        painter.drawEllipse(area.adjusted(2, 2, -2, -2))
    font = QFont()
    font.setPixelSize(20)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(colour if hollow else on_colour))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, sign)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # Qt would tint it
    return icon


def cells_of(entry: Verdict) -> tuple[str, ...]:
    """The texts of a row."""
    first = entry.quantity if entry.t is None else f"{entry.quantity} at t = {entry.t}"
    runs = f" (x {entry.runs})" if entry.runs > 1 else ""
    return (
        f"{entry.at:%H:%M:%S}{runs}",
        os.path.basename(entry.path),
        WORDS.get(entry.verdict, entry.verdict),
        "" if entry.verdict == FAILED else f"{len(entry.wrong)} of {entry.compared}",
        first,
        entry.changes,
        " ".join(entry.headline.split()),
    )


class VerdictsPane(QWidget):
    """A line and the table."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the history by itself."""
        super().__init__(parent)
        self.state, self._history = state, state.own.history
        self._shown: object = None
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setProperty("role", "faint")
        self._words.setAccessibleName("History in words")
        self._table = row_table(self, "Runs of your code, newest first", HEADINGS, HINT)
        self._table.itemActivated.connect(self._on_table_activated)
        self.setFocusProxy(self._table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 8, 6)
        layout.addWidget(self._words)
        layout.addWidget(self._table, 1)
        self._history.changed.connect(self.synchronize)
        state.view_changed.connect(self.synchronize)
        self.synchronize()

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the history."""
        history = self._history
        key = (history.entries, history.shown, current().name)
        if key == self._shown:
            return
        self._shown = key
        chosen = self._table.currentItem()
        at_top = chosen is None or self._table.indexOfTopLevelItem(chosen) == 0
        number = None if chosen is None or at_top else chosen.data(0, NUMBER)
        self._table.clear()
        for entry in reversed(history.entries):
            item = self._item(entry)
            self._table.addTopLevelItem(item)
            if entry.number == number or (at_top and self._table.topLevelItemCount() == 1):
                self._table.setCurrentItem(item)
        if history.entries:
            fit_columns(self._table, 420)
        self._words.setText(HINT if history.entries else NOTHING)

    def _item(self, entry: Verdict) -> QTreeWidgetItem:
        texts, theme = cells_of(entry), current()
        item = QTreeWidgetItem(texts)
        colour = str(getattr(theme, ROLES.get(entry.verdict, "unsure")))
        item.setData(0, NUMBER, entry.number)
        item.setIcon(2, _icon(SIGNS.get(entry.verdict, "?"), colour, theme.base, entry.verdict == FAILED))
        item.setForeground(2, QBrush(QColor(colour)))
        bold = QFont(self.font())
        bold.setBold(True)
        shown, is_there = entry.number == self._history.shown, entry.is_there
        there = "its result is shown" if shown else HINT if is_there else "its result is no longer kept"
        tip = f"{entry.path}\n{texts[0]}: {texts[2]}. {entry.headline}\n{entry.changes}\n{there}"
        for column in range(len(HEADINGS)):
            item.setToolTip(column, tip)
            if shown:
                item.setFont(column, bold)
            if not is_there and column != 2:
                item.setForeground(column, QBrush(QColor(theme.faint)))
        said = f"{texts[0]}, {texts[1]}: {texts[2]}, {texts[3]} wrong. {entry.changes}. {entry.headline}. {there}"
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, said)
        return item

    @Slot(QTreeWidgetItem, int)
    def _on_table_activated(self, item: QTreeWidgetItem, column: int) -> None:
        self.state.own.show_run(int(item.data(0, NUMBER)))
