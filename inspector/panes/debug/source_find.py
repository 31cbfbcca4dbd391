"""FindBar: finds a text in the source; the places are known all at once, so that it can say which of how many it is."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from inspector.panes.debug.source_colours import units

TARGET = 26
MOST_MATCHES = 100_000
COUNT_LETTERS = 18


def find_all(text: str, wanted: str, case: bool) -> list[int]:
    """Where a text stands in another, in units of UTF-16, ascending."""
    if not wanted:
        return []
    found, before, place = [], 0, 0
    for match in re.finditer(re.escape(wanted), text, 0 if case else re.IGNORECASE):
        place += units(text[before : match.start()])
        before = match.start()
        found.append(place)
        if len(found) == MOST_MATCHES:
            break
    return found


def neighbour(starts: list[int], start: int, end: int, direction: int) -> int | None:
    """Number of the next find after a selection (+1) or before it (-1), round the end; None where there is none."""
    if not starts:
        return None
    if direction > 0:
        return bisect_left(starts, end) % len(starts)
    return (bisect_left(starts, start) - 1) % len(starts)


def number_of(starts: list[int], start: int) -> int:
    """Which of the finds begins at a place, counted from 1; 0 for none."""
    place = bisect_right(starts, start)
    return place if place and starts[place - 1] == start else 0


class FindLine(QLineEdit):
    """Where the wanted text is typed: keys that have a meaning in a line are the line's, whatever they mean around it."""

    def event(self, event: QEvent) -> bool:
        """Letters, arrows, Home and End, Enter and Esc."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            command = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
            is_function = Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
            if not event.modifiers() & command and not is_function:
                event.accept()
                return True
        return super().event(event)


class FindBar(QWidget):
    """A line to type in, which find it is, buttons.

    Signals:
        changed: other finds are wanted: read `wanted` and `case`. stepped: to the next (+1) or previous (-1) find.
        closed: the user is done.
    """

    changed = Signal()
    stepped = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Hidden until it is asked for."""
        super().__init__(parent)
        self.line = FindLine(self)
        self.line.setPlaceholderText("Find in the source")
        self.line.setAccessibleName("Text to find in the source")
        self.line.setToolTip("Enter: next; Shift+Enter: previous; Esc: close")
        self._case = self._button("Aa", "Match case", "Tell capital letters from small ones")
        self._case.setCheckable(True)
        self._case.toggled.connect(self.changed)
        back = self._button("\u2191", "Previous find", "Previous (Shift+Enter, Shift+F3)")
        on = self._button("\u2193", "Next find", "Next (Enter, F3)")
        close = self._button("\u2715", "Close the find bar", "Close (Esc)")
        self._count = QLabel(self)
        self._count.setAccessibleName("Finds")
        self._count.setProperty("role", "faint")
        self._count.setMinimumWidth(self._count.fontMetrics().averageCharWidth() * COUNT_LETTERS)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        layout.setSpacing(3)
        layout.addWidget(self.line, 1)
        for widget in (self._case, self._count, back, on, close):
            layout.addWidget(widget)
        self.line.textChanged.connect(self.changed)
        back.clicked.connect(lambda: self.stepped.emit(-1))
        on.clicked.connect(lambda: self.stepped.emit(1))
        close.clicked.connect(self.closed)
        self.hide()

    def _button(self, text: str, name: str, help_text: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setAccessibleName(name)
        button.setToolTip(help_text)
        button.setMinimumSize(TARGET, TARGET)
        return button

    @property
    def wanted(self) -> str:
        """The text to find."""
        return self.line.text()

    @property
    def case(self) -> bool:
        """Whether capitals count."""
        return self._case.isChecked()

    def ask(self, text: str) -> None:
        """Show the bar, ready to type; `text` is what is wanted first, empty to keep what stands there."""
        self.show()
        if text:
            self.line.setText(text)
        self.line.selectAll()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_count(self, number: int, total: int) -> None:
        """Say which of how many finds is selected, 0 for none of them."""
        if not self.wanted:
            text = ""
        elif not total:
            text = "nothing found"
        else:
            text = f"{number:,} of {total:,}" if number else f"{total:,} found"
        if text != self._count.text():
            self._count.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, Esc closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
