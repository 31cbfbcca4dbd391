"""Look into a weight file: its arrays, what each would be taken as, and what only the user can say; then take it, or not."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from inspector.dialogs.base import SMALLEST_TARGET, make_dialog, plain_label
from inspector.dialogs.weight_rows import Rows
from inspector.looked import file_words, network_words
from inspector.opening import use_weights
from rnn.weights.base import visible

if TYPE_CHECKING:
    from inspector.state import State
    from rnn.looking import Look

FIRST_SIZE = (1160, 660)
NOTES_LINES = 4
UNANSWERED = "choose..."
COMMAND_LINE = re.compile(r"; (?:say which|answer) with --")


class LookPage(QWidget):
    """All of the dialog but its frame."""

    def __init__(self, state: State, dialog: QDialog) -> None:
        """Args: state: whose settings the file would be used with. dialog: closes when the file is taken."""
        super().__init__(dialog)
        self._state, self._look, self._dialog = state, state.asking.weight_look, dialog
        self._shown: Look | None = None
        self.boxes: dict[str, QComboBox] = {}
        self.title, self.network = plain_label("", self), plain_label("", self)
        self.problem, self.counted = plain_label("", self), plain_label("", self)
        self.questions, self.filter = QFormLayout(), QLineEdit(self)
        self.rows, self.notes = Rows(self), QPlainTextEdit(self)
        self.values = QPushButton("Read the &numbers", self)
        self.load, self.close_button = QPushButton("&Load", self), QPushButton("Close", self)
        self._build()
        self._look.changed.connect(self.synchronize)
        self.synchronize()

    def _build(self) -> None:
        self.title.setProperty("role", "heading")
        self.problem.setProperty("role", "wrong")
        for label, name in (
            (self.title, "File"),
            (self.network, "Network in the file"),
            (self.problem, "What is open"),
        ):
            label.setWordWrap(True)
            label.setAccessibleName(name)
        self.counted.setProperty("role", "faint")
        self.filter.setPlaceholderText("Filter by name, shape, type or parameter")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Filter")
        self.filter.textChanged.connect(self._on_filter_changed)
        self.notes.setReadOnly(True)
        self.notes.setTabChangesFocus(True)
        self.notes.setAccessibleName("Notes")
        self.notes.setFixedHeight(NOTES_LINES * self.fontMetrics().lineSpacing() + 14)
        self.questions.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.questions.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        filters, buttons = QHBoxLayout(), QHBoxLayout()
        filters.addWidget(self.filter, 1)
        filters.addWidget(self.counted)
        for button, tip, slot in (
            (self.values, "Read all numbers, for the least, the largest, the norm, and how many are not finite", self._on_values),
            (self.load, "Use these weights from the next run on", self._on_load),
            (self.close_button, "Close; nothing is changed (Esc)", self._dialog.close),
        ):  # fmt: skip
            button.setToolTip(tip)
            button.setMinimumHeight(SMALLEST_TARGET)
            button.setAutoDefault(button is self.load)
            button.clicked.connect(slot)
        self.load.setProperty("primary", "true")
        buttons.addWidget(self.values)
        buttons.addStretch(1)
        buttons.addWidget(self.load)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.title, self.network, self.problem):
            column.addWidget(part)
        column.addLayout(self.questions)
        column.addLayout(filters)
        column.addWidget(self.rows, 1)
        column.addWidget(self.notes)
        column.addLayout(buttons)
        self.rows.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @Slot(str)
    def _on_filter_changed(self, text: str) -> None:
        self._count(self.rows.filter(text.strip()))

    def _count(self, shown: int) -> None:
        found = self._look.found
        every = 0 if found is None else len(found.rows)
        self.counted.setText("" if found is None else f"{shown} of {every}" if shown < every else f"{every} arrays")

    @Slot()
    def _on_values(self) -> None:
        self._ask(values=True)

    @Slot()
    def _on_load(self) -> None:
        use_weights(self._state, self._look.path, tuple(self._look.answers.items()))
        self._dialog.close()

    def _ask(self, values: bool = False) -> None:
        answers = dict(self._look.answers)
        answers |= {name: str(box.currentData()) for name, box in self.boxes.items() if box.currentData()}
        situation = self._state.situation.changed(weights="file", weights_file=self._look.path)
        settings = replace(situation.settings, weights_map=tuple(answers.items()))
        self._look.ask(self._look.path, settings, self._state.case_path, values)

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the model."""
        look, found = self._look, self._look.found
        name = visible(Path(look.path).name)
        if found is None:
            self.title.setText(name)
            self.network.setText("Reading..." if look.waiting else "")
        else:
            self.title.setText(f"{name}   {file_words(found)}")
            self.network.setText(network_words(found.framework, found.network) if found.network else "")
        said = look.failure or ("" if found is None else found.problem)
        if found is not None and found.questions:
            said = COMMAND_LINE.split(said)[0]  # what follows says how to answer there; here the lists are below
        self.problem.setText(f"{said[:1].upper()}{said[1:]}")
        self.problem.setVisible(bool(said))
        self.network.setVisible(bool(self.network.text()))
        if found is not self._shown:
            self._shown = found
            self.rows.show_rows(() if found is None else found.rows)
            self.notes.setPlainText("" if found is None else "\n".join(map(visible, found.notes)))
            self.notes.setVisible(bool(self.notes.toPlainText()))
            self._ask_questions()
            self._count(self.rows.count)
        self.load.setEnabled(found is not None and not look.waiting and not found.problem)
        self.values.setEnabled(found is not None and not look.waiting)

    def _ask_questions(self) -> None:
        """One list of answers for each question; choosing one looks again."""
        open_ones = () if self._shown is None else self._shown.questions
        kept = {name: box for name, box in self.boxes.items() if name in self._look.answers and self._shown is not None}
        for name in [name for name in self.boxes if name not in kept]:
            self.questions.removeRow(self.boxes.pop(name))
        for question in open_ones:
            if question.parameter in self.boxes:
                continue
            box = QComboBox(self)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(24)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.setMinimumHeight(SMALLEST_TARGET)
            box.setAccessibleName(question.text)
            box.addItem(UNANSWERED, "")
            for option in question.options:
                box.addItem(visible(option), option)
            box.activated.connect(lambda _: self._ask())
            self.questions.addRow(plain_label(question.text, self), box)
            self.boxes[question.parameter] = box


def show_weight_look(parent: QWidget, state: State, path: str) -> QDialog:
    """Look into a file; the dialog is shown at once and filled as soon as the file is read."""
    dialog, column = make_dialog(parent, "Look into a weight file")
    settings = state.situation.changed(weights="file", weights_file=path).settings
    if path == state.settings.weights_file:
        settings = state.settings
    state.asking.weight_look.ask(path, settings, state.case_path)
    page = LookPage(state, dialog)
    column.addWidget(page)
    dialog.finished.connect(lambda _: state.cancel() if state.asking.weight_look.waiting else None)
    dialog.resize(*FIRST_SIZE)
    dialog.show()
    page.filter.setFocus(Qt.FocusReason.OtherFocusReason)
    return dialog
