"""RowsView: a list in columns whose rows can be gone to: the arrow keys only choose, a click or Enter goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QTableView, QWidget

from inspector.assets import icon_path
from inspector.panes.debug.common import look_like_rows
from inspector.panes.debug.shades import blend
from inspector.theme import current

Index = QModelIndex | QPersistentModelIndex

ROW_PX = 24
STRETCH = 0
"""A column of this width takes the room that is left."""

LEAST_STRETCH = 72

RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def here_back() -> QColor:
    """The background of a row that the present step stands on."""
    return QColor(blend(current().mark, current().base, 0.18))


def tip(text: str) -> str:
    """A tooltip that wraps, and shows what looks like a tag as it is."""
    return f"<p>{escape(text)}</p>" if text else ""


class RowsView(QTableView):
    """A table of whole rows.

    Attributes:
        empty_text: what to do, shown in the place of rows while there are none.
        drops: columns that are left out, the first one first, where there is no room for all.
        keys: keys that are told by `pressed_key`.

    Signals:
        chosen: a row was clicked, or Enter was pressed on it. moved: another row is the current one; -1 for none.
        pressed_key: (key, row) of a key in `keys`.
    """

    chosen = Signal(int)
    moved = Signal(int)
    pressed_key = Signal(int, int)

    def __init__(self, parent: QWidget, model: QAbstractTableModel, name: str, widths: Sequence[int]) -> None:
        """Args: name: for screen readers. widths: of the columns in pixels, `STRETCH` for what is left."""
        super().__init__(parent)
        self.empty_text = ""
        self.keys: frozenset[int] = frozenset()
        self.drops: tuple[int, ...] = ()
        self._widths, self._hidden = list(widths), frozenset[int]()
        self._lays_out = False
        self._theme = ""
        self.setModel(model)
        self.setAccessibleName(name)
        look_like_rows(self, ROW_PX)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.sectionResized.connect(self._on_header_resized)
        self._restyle()
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))

    @property
    def row(self) -> int:
        """The current row, -1 for none."""
        return self.currentIndex().row()

    def choose_row(self, row: int) -> None:
        """Make a row the current one and bring it into sight; nothing is gone to."""
        index = self.model().index(row, max(0, self.currentIndex().column()))
        if index.isValid() and row != self.row:
            self.setCurrentIndex(index)
        if index.isValid():
            self.scrollTo(index)

    def hide_columns(self, columns: Iterable[int]) -> None:
        """Leave out columns that hold nothing."""
        hidden = frozenset(columns)
        if hidden != self._hidden:
            self._hidden = hidden
            self._lay_out()

    def _lay_out(self) -> None:
        """Give every column its width, what is left to those that stretch, and leave out what has no room."""
        room, hidden = self.viewport().width(), set(self._hidden)
        for column in (None, *self.drops):
            hidden |= {column} if column is not None else set()
            shown = [number for number in range(len(self._widths)) if number not in hidden]
            stretching = [number for number in shown if self._widths[number] == STRETCH]
            left = room - sum(self._widths[number] for number in shown)
            if left >= LEAST_STRETCH * len(stretching):
                break
        self._lays_out = True
        for number, width in enumerate(self._widths):
            self.setColumnHidden(number, number in hidden)
            if number in shown:
                more = max(0, left) if not stretching and number == shown[-1] else 0
                self.setColumnWidth(number, width + more or max(LEAST_STRETCH, left // len(stretching)))
        self._lays_out = False

    @Slot(int, int, int)
    def _on_header_resized(self, column: int, before: int, now: int) -> None:
        """A width that the user has set stays."""
        if not self._lays_out and now and self._widths[column] != STRETCH:
            self._widths[column] = now
            self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the columns out anew."""
        super().resizeEvent(event)
        self._lay_out()

    def _restyle(self) -> None:
        """Cells as wide as headers, and boxes to tick that can be seen on both themes."""
        theme = current()
        if theme.name != self._theme:
            self._theme = theme.name
            tick = icon_path(f"tick-{theme.name}.svg").as_posix()
            box = f"width: 14px; height: 14px; border: 1px solid {theme.faint}; border-radius: 3px; background: {theme.base};"
            self.setStyleSheet(
                f"QTableView {{ outline: 0; }} QTableView::item {{ padding: 0 4px; }} QTableView::indicator {{ {box} }}"
                f"QTableView::indicator:checked {{ background: {theme.accent}; border-color: {theme.on_accent};"
                f" image: url({tick}); }}"
            )

    def changeEvent(self, event: QEvent) -> None:
        """Another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()

    def say_empty(self, text: str) -> None:
        """What to show while there are no rows."""
        if text != self.empty_text:
            self.empty_text = text
            self.setAccessibleDescription(text)
            self.viewport().update()

    def currentChanged(self, now: Index, before: Index) -> None:
        """Tell of the row."""
        super().currentChanged(now, before)
        if now.row() != before.row():
            self.moved.emit(now.row())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Rows, or what to do."""
        super().paintEvent(event)
        if self.empty_text and not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(current().faint))
            area = self.viewport().rect().adjusted(10, 8, -10, -8)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap), self.empty_text)
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes; keys that the owner wants are told; the others are the table's."""
        key, row = Qt.Key(event.key()), self.row
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and row >= 0 and key in self.keys:
            self.pressed_key.emit(int(key), row)
        elif plain and row >= 0 and key in ENTER:
            self.chosen.emit(row)
        elif (
            not event.text().isprintable()
            or not event.text()
            or event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            super().keyPressEvent(event)
        else:
            event.ignore()  # letters are the debugger's keys, not a search in the first column


class OneLine(QLabel):
    """A line of text that is cut with dots where it has no room; its tooltip has all of it."""

    def __init__(self, parent: QWidget, name: str) -> None:
        """Args: name: for screen readers."""
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._role = "text"

    def say(self, text: str, role: str = "text") -> None:
        """Show a text in the colour of a role of the theme."""
        self._role = role
        if text != self.text():
            self.setText(text)
            self.setToolTip(tip(text))
            self.setAccessibleDescription(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text as far as it goes."""
        painter = QPainter(self)
        painter.setPen(QColor(getattr(current(), self._role)))
        area: QRect = self.contentsRect()
        cut = self.fontMetrics().elidedText(self.text().replace("\n", " "), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), cut)


def number_text(value: Any) -> str:
    """A number for a cell of a table: seven digits; nothing where there is none."""
    if value is None:
        return ""
    try:
        return f"{value:.7g}".replace("nan", "NaN").replace("inf", "Inf")
    except (TypeError, ValueError):
        return str(value)
