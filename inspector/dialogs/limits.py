"""Limits: how long the user's code may run and how much memory it may take, two lines of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from inspector.dialogs.base import SMALLEST_TARGET, plain_label
from rnn.errors import InputError

if TYPE_CHECKING:
    from inspector.state import State

ROWS = (
    ("Time &limit, s", "Seconds that a run of your code may take before it is stopped; from the next run on"),
    (
        "Memory limit, &GiB",
        "Memory (address space) that a run of your code may take; it holds on Linux, from the next run on",
    ),
)


class LimitRows(QObject):
    """Two lines to type in; a number takes effect when the line is left or Enter is pressed."""

    def __init__(self, state: State, form: QFormLayout, parent: QWidget) -> None:
        """Args: state: has the limits. form: gets the rows. parent: of the lines."""
        super().__init__(parent)
        self._own = state.own
        self.lines = [self._line(form, parent, *row) for row in ROWS]
        self.wrong = plain_label("", parent)
        self.wrong.setWordWrap(True)
        self.wrong.setProperty("role", "wrong")
        self.wrong.setAccessibleName("What is wrong with a limit")
        form.addRow(self.wrong)
        for line in self.lines:
            line.editingFinished.connect(self._on_line_finished)
        self._own.changed.connect(self.synchronize)
        self.synchronize()

    @staticmethod
    def _line(form: QFormLayout, parent: QWidget, label: str, tip: str) -> QLineEdit:
        line = QLineEdit(parent)
        line.setAccessibleName(label.replace("&", ""))
        line.setAccessibleDescription(tip)
        line.setToolTip(tip)
        line.setMinimumHeight(SMALLEST_TARGET)
        form.addRow(label, line)
        return line

    @Slot()
    def synchronize(self) -> None:
        """Show the limits as they are."""
        for line, value in zip(self.lines, self._own.limits, strict=True):
            line.setText(f"{value:g}")
        self._say("")

    def _say(self, sentence: str) -> None:
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))

    @Slot()
    def _on_line_finished(self) -> None:
        """Take both numbers, or say what is wrong and leave the limits as they are."""
        numbers = []
        for line, (label, _) in zip(self.lines, ROWS, strict=True):
            try:
                numbers.append(float(line.text().replace(",", ".")))
            except ValueError:
                name = label.replace("&", "").partition(",")[0].lower()
                self._say(
                    f"The {name} {line.text()!r} is no number; type one like {'120' if line is self.lines[0] else '16'}."
                )
                return
        if tuple(numbers) == self._own.limits:
            self._say("")
            return
        try:
            self._own.set_limits(*numbers)
        except InputError as error:
            sentence = str(error)
            self._say(f"{sentence[0].upper()}{sentence[1:]}.")
