"""A sentence with lines to copy, and a question of one line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from inspector.dialogs.base import SMALLEST_TARGET, button_row, close_buttons, make_dialog, plain_label


def show_text(parent: QWidget, title: str, sentence: str, details: str) -> QDialog:
    """A sentence, and lines below it that can be copied."""
    dialog, layout = make_dialog(parent, title)
    label = plain_label(sentence, dialog)
    label.setWordWrap(True)
    layout.addWidget(label)
    box = QPlainTextEdit(dialog)
    box.setReadOnly(True)
    box.setTabChangesFocus(True)
    box.setPlainText(details)
    box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    box.setAccessibleName(f"{title}: details")
    layout.addWidget(box)
    buttons = close_buttons(dialog)
    copy = QPushButton("&Copy", dialog)
    copy.setMinimumHeight(SMALLEST_TARGET)
    copy.setAccessibleDescription("Copies the sentence and all lines")
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(f"{sentence}\n\n{details}"))
    buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
    layout.addWidget(buttons)
    dialog.resize(640, 420)
    dialog.show()
    return dialog


def ask_line(parent: QWidget, title: str, question: str, take: Callable[[str], str], text: str = "") -> QDialog:
    """Ask for one line, `text` to begin with; `take` returns what is wrong with it, or nothing, and then the dialog closes."""
    dialog, layout = make_dialog(parent, title)
    label, line, wrong = plain_label(question, dialog), QLineEdit(dialog), plain_label("", dialog)
    label.setBuddy(line)
    line.setAccessibleName(question)
    line.setText(text)
    line.selectAll()
    buttons = button_row(dialog, QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    for widget in (label, line, wrong, buttons):
        layout.addWidget(widget)

    def accept() -> None:
        wrong.setText(take(line.text()))
        if not wrong.text():
            dialog.close()

    buttons.accepted.connect(accept)
    dialog.show()
    line.setFocus()
    return dialog
