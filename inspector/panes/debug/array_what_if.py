"""WhatIfStrip: run the rest again with JAX's values, or with the user's own, in the selected array; and what came of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from inspector.debugger.records import WhatIf
from inspector.dialogs import ask_line
from inspector.panes.debug.array_sheet import Index
from inspector.panes.debug.array_words import element_text
from inspector.panes.debug.rows_view import OneLine
from inspector.theme import current

if TYPE_CHECKING:
    from inspector.state import State

NAMES = (("inherited", "good", "Right now: "), ("remaining", "bad", "Still wrong: "), ("broken", "bad", "Wrong now: "))
"""Names of quantities in the answer: field, role of its colour, the words before them."""


ANSWER_PX = 112
"""Height of the answer, which may be longer: the table keeps its room."""


class WhatIfStrip(QWidget):
    """Buttons, edits that wait, and the answer.

    Attributes:
        edits: the user's own values by index, for one array after one step (`place`).

    Signals:
        edited: the edits are others. second_run_wanted: file of the second run that the user wants to see.
    """

    edited = Signal()
    second_run_wanted = Signal(str)

    def __init__(self, state: State, parent: QWidget) -> None:
        """Args: state: takes the verbs, and has the answer."""
        super().__init__(parent)
        self._state = state
        self._dismissed: WhatIf | None = None
        self._element: Index | None = None
        self._value: Any = None
        self.edits: dict[Index, float] = {}
        self.place: tuple[str, int] = "", -1
        self.use_jax = self._button(
            "Use JAX here and run the rest",
            "Run the code again; after this step the array gets what JAX says. What becomes right was wrong only because of it",
            self.ask,
        )
        self.edit = self._button(
            "Edit value\u2026", "Give the picked element another value, for a second run", self.edit_value
        )
        self.run = self._button(
            "Run with edited values",
            "Run the code again; after this step the array gets the edited values",
            self.run_edited,
        )
        self.forget = self._button("Forget the edits", "Take the edited values back", self.forget_edits)
        self._waiting = OneLine(self, "Edited values that wait")
        self._sentence = self._label("What came of other values")
        self._names = {field: self._label(words.strip(": ")) for field, _, words in NAMES}
        self._notes = self._label("What makes it doubtful")
        self.open_second = self._button(
            "Open the second run", "Step through the run with the other values", self._on_open_clicked
        )
        self.close_answer = QToolButton(self)
        self.close_answer.setText("\u2715")
        self.close_answer.setAccessibleName("Close the answer")
        self.close_answer.setToolTip("Close the answer")
        self.close_answer.setMinimumSize(24, 24)
        self.close_answer.clicked.connect(self.dismiss)
        self._edit_row, self._answer = QWidget(self), QScrollArea(self)
        self._build()
        self.synchronize()

    def _button(self, text: str, hint: str, slot: Any) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(hint)
        button.setAccessibleDescription(hint)
        button.clicked.connect(slot)
        return button

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setAccessibleName(name)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _build(self) -> None:
        head, edits, last = QHBoxLayout(), QHBoxLayout(self._edit_row), QHBoxLayout()
        for button in (self.use_jax, self.edit):
            head.addWidget(button)
        head.addStretch(1)
        for widget in (self.run, self.forget):
            edits.addWidget(widget)
        edits.addWidget(self._waiting, 1)
        last.addWidget(self.open_second)
        last.addStretch(1)
        first = QHBoxLayout()
        first.addWidget(self._sentence, 1)
        first.addWidget(self.close_answer, 0, Qt.AlignmentFlag.AlignTop)
        inner = QWidget(self._answer)
        answer = QVBoxLayout(inner)
        answer.addLayout(first)
        for label in (*self._names.values(), self._notes):
            answer.addWidget(label)
        answer.addLayout(last)
        answer.addStretch(1)
        self._answer.setWidget(inner)
        self._answer.setWidgetResizable(True)
        self._answer.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._answer.setAccessibleName("What came of other values")
        self._answer.setFixedHeight(ANSWER_PX)
        layout = QVBoxLayout(self)
        for part in (head, edits, answer, last, first, layout):
            part.setContentsMargins(0, 0, 0, 0)
            part.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._edit_row)
        layout.addWidget(self._answer)

    # What is selected

    def show_element(self, path: str, step: int, element: Index | None, value: Any, has_reference: bool) -> None:
        """Follow what is selected: edits of another array or step wait until the user comes back."""
        self._element, self._value = element, value
        self.use_jax.setEnabled(has_reference)
        self.edit.setEnabled(element is not None)
        if (path, step) != self.place and not self.edits:
            self.place = path, step
        here = (path, step) == self.place
        self._edit_row.setVisible(bool(self.edits))
        if self.edits:
            self.run.setVisible(here)
            count = len(self.edits)
            self.run.setText(f"Run with {count} edited value{'s' * (count > 1)}")
            self._waiting.say(
                "" if here else f"{count} edited in {self.place[0]} after step {self.place[1]:,}", "faint"
            )
        self._present = path, step

    _present: tuple[str, int] = "", -1

    def edited_value(self, path: str, step: int, element: Index | None) -> float | None:
        """The value that an element was given, None for none."""
        return self.edits.get(element) if element is not None and (path, step) == self.place else None

    # Verbs

    @Slot()
    def ask(self) -> None:
        """Run again with what JAX says."""
        self._state.requests.ask_what_if()

    @Slot()
    def edit_value(self) -> None:
        """Ask for another value of the picked element."""
        if self._element is None:
            self._state.debugger.say("Pick an element of an array first: click it")
            return
        (path, step), element = self._present, self._element
        name = f"{path}{element_text(element)}"
        question = f"{name} after step {step:,} is {self._value!r}. Run the rest with:"
        ask_line(self, "Edit value", question, lambda text: self._take_value(path, step, element, text))

    def _take_value(self, path: str, step: int, element: Index, text: str) -> str:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            return f"{text.strip()[:40]!r} is no finite number; type one such as 0.5 or -1e-3"
        if self.place != (path, step):
            self.edits.clear()
        self.place = path, step
        self.edits[element] = number
        self.edited.emit()
        return ""

    @Slot()
    def run_edited(self) -> None:
        """Run again with the edited values."""
        self._state.requests.ask_what_if({",".join(map(str, index)): value for index, value in self.edits.items()})

    @Slot()
    def forget_edits(self) -> None:
        """Take the edited values back."""
        self.edits.clear()
        self.place = self._present
        self.edited.emit()

    # The answer

    @Slot()
    def synchronize(self) -> None:
        """Show what came of other values."""
        found, theme = self._state.debugger.what_if, current()
        shown = found is not None and found is not self._dismissed
        self._answer.setVisible(shown)
        if found is None or not shown:
            return
        self._sentence.setText(f"{found.path} after step {found.step:,} with {found.by}: {found.sentence}")
        for field, role, words in NAMES:
            label, names = self._names[field], getattr(found, field)
            label.setVisible(bool(names))
            label.setText(words + ", ".join(names))
            palette = QPalette(self.palette())
            palette.setColor(QPalette.ColorRole.WindowText, QColor(getattr(theme, role)))
            label.setPalette(palette)
        self._notes.setVisible(bool(found.notes))
        self._notes.setText("\n".join(found.notes))
        self.open_second.setVisible(bool(found.recording))

    @Slot()
    def dismiss(self) -> None:
        """Close the answer."""
        self._dismissed = self._state.debugger.what_if
        self.synchronize()

    @Slot()
    def _on_open_clicked(self) -> None:
        found = self._state.debugger.what_if
        if found is not None and found.recording:
            self.second_run_wanted.emit(found.recording)
