"""CellBox: the picked element with all digits now, before and as JAX has it; and a pinned one that stays in sight."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from inspector.debugger.debugger import Debugger
from inspector.panes.debug.array_sheet import Index
from inspector.panes.debug.array_shown import Picked, Sides, picked_of
from inspector.panes.debug.array_words import digits, element_text
from inspector.panes.debug.rows_view import OneLine

FIELDS = {
    "now": "after this step",
    "diff": "difference: now - JAX",
    "before": "before this step",
    "rel": "relative difference",
    "JAX": "as JAX has it",
    "ULP": "difference in units in the last place",
}
"""In reading order, two in a row; with what each is."""

NOTHING_PICKED = "Pick a cell"
TARGET_PX = 24


def field_texts(found: Picked | None) -> tuple[str, ...]:
    """Texts of `FIELDS`; `-` for what is not known."""
    if found is None:
        return ("-",) * len(FIELDS)
    values = (found.now, found.difference, found.before, found.relative, found.jax, found.ulp)
    texts = ["-" if value is None else digits(value) for value in values]
    if found.ulp is not None:
        texts[-1] = f"{found.ulp:.6g}"
    return tuple(texts)


def line_text(path: str, found: Picked) -> str:
    """One line with everything about an element."""
    texts = dict(zip(FIELDS, field_texts(found), strict=True))
    parts = [f"{name} {texts[name]}" for name in ("now", "before", "JAX", "diff", "rel", "ULP")]
    return "   ".join([f"{path}{element_text(found.index)}", *(part for part in parts if not part.endswith(" -"))])


def _line(parent: QWidget, name: str) -> QLineEdit:
    """Digits that can be selected; setting them moves nothing around."""
    line = QLineEdit(parent)
    line.setReadOnly(True)
    line.setFrame(False)
    line.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    line.setAccessibleName(name)
    line.setMinimumWidth(40)
    line.setStyleSheet("QLineEdit { background: transparent; border: none; padding: 0px; min-height: 18px; }")
    return line


def _say(line: QLineEdit, text: str) -> None:
    if line.text() != text:
        line.setText(text)
        line.setCursorPosition(0)
        line.setToolTip(text)


class CellBox(QWidget):
    """The picked element and the pinned one.

    Attributes:
        element: the picked one as it is shown, None for none. pinned: path and index, None for none.
    """

    def __init__(self, debugger: Debugger, parent: QWidget) -> None:
        """Args: debugger: knows who wrote what, and what is picked."""
        super().__init__(parent)
        self._debugger = debugger
        self.element: Index | None = None
        self.pinned: tuple[str, Index] | None = None
        self._path, self._step = "", -1
        self._sides: Sides | None = None
        self._name = OneLine(self, "The picked element")
        self._fields = {name: _line(self, f"The picked element {words}") for name, words in FIELDS.items()}
        questions = debugger.questions
        self.who = self._button("Who wrote it", "Ask which statement wrote the picked element (O)", self.ask_origin)
        self.earlier = self._button(
            "\u25c2 Write", "Go to the previous write (Shift+W)", lambda: questions.go_to_write(-1)
        )
        self.later = self._button("Write \u25b8", "Go to the next write (W)", lambda: questions.go_to_write(1))
        self.pin_button = self._button("Pin", "Keep this element's values in sight at every step (P)", self.pin)
        self.pin_button.setCheckable(True)
        self._pin_line = _line(self, "The pinned element")
        self._unpin = self._button("Unpin", "Let go of the pinned element", self.unpin)
        self._build()
        self._show_pin()

    def _button(self, text: str, hint: str, slot: Any) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(hint)
        button.setAccessibleName(text.strip("\u25c2\u25b8 ") if "rite" not in text else hint.partition(" (")[0])
        button.setMinimumSize(TARGET_PX, TARGET_PX)
        button.clicked.connect(slot)
        return button

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._name, 1)
        for button in (self.who, self.earlier, self.later, self.pin_button):
            head.addWidget(button)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        for number, (name, line) in enumerate(self._fields.items()):
            caption = QLabel(name, self)
            caption.setProperty("role", "faint")
            caption.setBuddy(line)
            caption.setToolTip(FIELDS[name])
            grid.addWidget(caption, number // 2, number % 2 * 2)
            grid.addWidget(line, number // 2, number % 2 * 2 + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        pin = QHBoxLayout()
        pin.addWidget(self._pin_line, 1)
        pin.addWidget(self._unpin)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(2)
        for part in (head, grid, pin):
            layout.addLayout(part)

    def show_sides(
        self, path: str, step: int, sides: Sides | None, element: Index | None, edited: float | None
    ) -> None:
        """Show an array's elements.

        Args:
            path: of the array. step: whose values these are. sides: the values; None where there are none.
            element: the picked one. edited: the value that it shall have in the next run, None for its own.
        """
        if element is None and sides is not None and not sides.value.shape:
            element = ()
        found = None if sides is None or element is None else picked_of(sides, element)
        self._path, self._step, self._sides = path, step, sides
        self.element = None if found is None else found.index
        name = NOTHING_PICKED if found is None else element_text(found.index) or path
        self._name.say(
            name if edited is None else f"{name} = {digits(edited)}, edited", "faint" if found is None else "text"
        )
        for line, text in zip(self._fields.values(), field_texts(found), strict=True):
            _say(line, text)
        for button in (self.who, self.pin_button):
            button.setEnabled(found is not None)
        for button in (self.earlier, self.later):
            button.setEnabled(bool(path))
        self._show_pin()

    def _show_pin(self) -> None:
        pinned = self.pinned
        for widget in (self._pin_line, self._unpin):
            widget.setVisible(pinned is not None)
        self.pin_button.setChecked(pinned is not None and pinned == (self._path, self.element))
        if pinned is None or pinned[0] != self._path or self._sides is None:
            return
        found = picked_of(self._sides, pinned[1])
        where = f"{pinned[0]}{element_text(pinned[1])}"
        _say(self._pin_line, line_text(pinned[0], found) if found is not None else f"{where} is not there at this step")

    def leave(self, path: str) -> None:
        """Another array is selected: say from when the pinned element's values are."""
        pinned = self.pinned
        if pinned is not None and pinned[0] == self._path != path:
            _say(self._pin_line, f"at step {self._step:,}: {self._pin_line.text()}")

    # Verbs

    @Slot()
    def ask_origin(self) -> None:
        """Ask who wrote the picked element."""
        self._debugger.questions.ask_origin(self._path, self.element)

    @Slot()
    def pin(self) -> None:
        """Pin the picked element; the pinned one is let go of."""
        if self.element is None:
            self._debugger.say("Pick an element of an array first: click it")
        elif self.pinned == (self._path, self.element):
            self.pinned = None
        else:
            self.pinned = self._path, self.element
        self._show_pin()

    @Slot()
    def unpin(self) -> None:
        """Let go of the pinned element."""
        self.pinned = None
        self._show_pin()
