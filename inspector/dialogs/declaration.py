"""Declaration: CASE of the user's file as a form; Apply rewrites what was changed, and nothing else of the file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from inspector.declaring import Key
from inspector.dialogs.base import SMALLEST_TARGET, close_buttons, make_dialog, plain_label
from inspector.dialogs.declaration_help import help_of
from inspector.panes.controls import QuietCombo
from rnn.cases.rewriting import REMOVED, read_value, value_text
from rnn.errors import InputError

if TYPE_CHECKING:
    from inspector.state import State

NOT_GIVEN = "(not given)"
CONTROL_WIDTH = 230


class KeyRow:
    """The control of one key."""

    def __init__(self, key: Key, grid: QGridLayout, row: int, parent: QWidget) -> None:
        """Args: key: what the file says. grid, row: where it stands. parent: of its widgets."""
        self.name = key.name
        sentence, example = help_of(key.name)
        self._is_text = key.is_text
        example = example.strip('"') if key.is_text else example
        self.control = self._chooser(key, parent) if key.choices else self._line(example, parent)
        self.control.setAccessibleName(key.name)
        self.control.setAccessibleDescription(sentence)
        self.control.setToolTip(sentence)
        self.control.setMinimumHeight(SMALLEST_TARGET)
        self.control.setFixedWidth(CONTROL_WIDTH)
        label, explained = plain_label(key.name, parent), plain_label(sentence, parent)
        label.setBuddy(self.control)
        explained.setProperty("role", "faint")
        explained.setWordWrap(True)
        explained.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        for column, widget in enumerate((label, self.control, explained)):
            grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignVCenter)
        self.show_key(key)

    @staticmethod
    def _chooser(key: Key, parent: QWidget) -> QComboBox:
        box = QuietCombo(parent)
        box.addItem(NOT_GIVEN, "")
        for choice in key.choices:
            box.addItem(choice.strip('"') or choice, choice)
        return box

    @staticmethod
    def _line(example: str, parent: QWidget) -> QLineEdit:
        line = QLineEdit(parent)
        line.setPlaceholderText(f"e.g. {example}" if example else NOT_GIVEN)
        return line

    @property
    def text(self) -> str:
        """What the user wants, as it is written in Python; empty for nothing."""
        if isinstance(self.control, QComboBox):
            return str(self.control.currentData())
        typed = self.control.text().strip()
        return value_text(typed) if typed and self._is_text else typed

    @property
    def is_edited(self) -> bool:
        """Whether that is another than what the file says."""
        return self.text != self._given

    def show_key(self, key: Key) -> None:
        """Show what the file says."""
        self._given = key.text
        if isinstance(self.control, QComboBox):
            if self.control.findData(key.text) < 0:
                self.control.addItem(key.text.strip('"'), key.text)
            self.control.setCurrentIndex(self.control.findData(key.text))
        else:
            self.control.setText(str(read_value(key.text)) if key.text and self._is_text else key.text)


class DeclarationPage(QWidget):
    """All keys, and what is wrong with the last try."""

    def __init__(self, state: State, dialog: QDialog) -> None:
        """Args: state: has the case. dialog: closes when there is no case of the user's any more."""
        super().__init__(dialog)
        self._state, self._dialog = state, dialog
        self.rows: list[KeyRow] = []
        self._version = ("", "")
        self.head, self.wrong = plain_label("", self), plain_label("", self)
        for label in (self.head, self.wrong):
            label.setWordWrap(True)
        self.wrong.setAccessibleName("What is wrong")
        self.wrong.setProperty("role", "wrong")
        self.apply_button = QPushButton("&Apply and run", self)
        self.apply_button.setToolTip("Write the changed entries of CASE into the file, and run it")
        self.apply_button.setAccessibleDescription(self.apply_button.toolTip())
        self.apply_button.setMinimumHeight(SMALLEST_TARGET)
        self.apply_button.setProperty("primary", "true")
        self.apply_button.setDefault(True)
        self.apply_button.clicked.connect(self.apply)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setAccessibleName("Keys of CASE")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.head)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self.wrong)
        state.settings_changed.connect(self.synchronize)
        self.synchronize()

    def _show_keys(self, keys: tuple[Key, ...]) -> None:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setColumnStretch(2, 1)
        grid.setHorizontalSpacing(12)
        self.rows = [KeyRow(key, grid, row, inside) for row, key in enumerate(keys)]
        grid.setRowStretch(len(keys), 1)
        for row in self.rows:
            signal = row.control.currentIndexChanged if isinstance(row.control, QComboBox) else row.control.textChanged
            signal.connect(self._on_edited)
        self._scroll.setWidget(inside)

    @Slot()
    def synchronize(self) -> None:
        """Follow the file; what the user has typed and not applied stays."""
        info = self._state.case_info
        if info is None or not info.needs_trust:
            self._dialog.close()
            return
        if (info.path, info.digest) == self._version:
            return
        other_file = info.path != self._version[0]
        try:
            keys = self._state.own.declaring.keys()
        except InputError as error:
            self._say(str(error))
            return
        self._version = info.path, info.digest
        edited = {row.name: row.text for row in self.rows if row.is_edited}
        names = [key.name for key in keys]
        if other_file or names != [row.name for row in self.rows]:
            self._show_keys(keys)
        for row, key in zip(self.rows, keys, strict=True):
            if other_file or row.name not in edited:
                row.show_key(key)
        self.head.setText(
            f"What {os.path.basename(info.path)} says its code computes. Only the entries that you change are rewritten; "
            "the rest of the file stays as it is."
        )
        self._on_edited()

    @Slot()
    def _on_edited(self) -> None:
        self.apply_button.setEnabled(any(row.is_edited for row in self.rows))
        self._say("")

    def _say(self, sentence: str) -> None:
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))

    @Slot()
    def apply(self) -> None:
        """Write what was changed; what is wrong with it is said, and then nothing is written."""
        wanted: dict[str, Any] = {row.name: row.text or REMOVED for row in self.rows if row.is_edited}
        try:
            self._state.own.declaring.apply(wanted)
            written = {key.name: key for key in self._state.own.declaring.keys()}
        except InputError as error:
            self._say(str(error))
            return
        for row in self.rows:
            if row.name in wanted:
                row.show_key(written[row.name])
        self._on_edited()


def show_declaration(parent: QWidget, state: State) -> QDialog:
    """Show the form of the present case, which is the user's."""
    dialog, layout = make_dialog(parent, "Declaration of the case")
    page = DeclarationPage(state, dialog)
    layout.addWidget(page)
    buttons = close_buttons(dialog)
    buttons.addButton(page.apply_button, QDialogButtonBox.ButtonRole.ApplyRole)
    layout.addWidget(buttons)
    dialog.resize(760, 560)
    dialog.show()
    if page.rows:
        page.rows[0].control.setFocus()
    return dialog
