"""Small windows beside the main one; none of them blocks it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from inspector.actions import ACTIONS, plain
from inspector.menus import key_text

OPEN_FILTER = (
    "All that can be opened (*.py *.npz *.safetensors *.npy *.csv *.txt *.bptt);;Cases (*.py);;"
    "Weights (*.npz *.safetensors);;Data (*.npy *.npz *.csv);;Texts (*.txt);;Results (*.bptt);;All files (*)"
)
WEIGHTS_FILTER = "NumPy archive (*.npz);;Safetensors (*.safetensors)"
FIGURE_FILTER = "PNG (*.png);;PDF (*.pdf);;SVG (*.svg);;Numbers (*.npz)"


def _dialog(parent: QWidget, title: str) -> tuple[QDialog, QVBoxLayout]:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog, QVBoxLayout(dialog)


def plain_label(text: str, parent: QWidget | None = None) -> QLabel:
    """A label that never takes a name for HTML."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    return label


def show_text(parent: QWidget, title: str, sentence: str, details: str) -> QDialog:
    """A sentence, and lines below it that can be copied."""
    dialog, layout = _dialog(parent, title)
    label = plain_label(sentence, dialog)
    label.setWordWrap(True)
    layout.addWidget(label)
    box = QPlainTextEdit(dialog)
    box.setReadOnly(True)
    box.setPlainText(details)
    box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    box.setAccessibleName(f"{title}: details")
    layout.addWidget(box)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, dialog)
    copy = QPushButton("Copy", dialog)
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(f"{sentence}\n\n{details}"))
    buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
    buttons.rejected.connect(dialog.close)
    layout.addWidget(buttons)
    dialog.resize(640, 420)
    dialog.show()
    return dialog


def show_keys(parent: QWidget) -> QDialog:
    """All commands and their keys, from the table of actions."""
    dialog, layout = _dialog(parent, "Keys")
    rows = [
        (plain(each.menu), plain(each.text), key_text(each), each.tip) for each in ACTIONS if each.shortcuts()
    ]
    table = QTableWidget(len(rows), 4, dialog)
    table.setHorizontalHeaderLabels(["Menu", "Command", "Keys", "What it does"])
    table.verticalHeader().hide()
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setAccessibleName("Commands and their keys")
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.setItem(row, column, QTableWidgetItem(text))
    table.setShowGrid(False)
    table.resizeColumnsToContents()
    table.horizontalHeader().setStretchLastSection(True)
    layout.addWidget(table)
    note = plain_label("Keys without Ctrl, Alt or F work while a heatmap has focus (click it, or press Tab).", dialog)
    note.setWordWrap(True)
    layout.addWidget(note)
    dialog.resize(900, 640)
    dialog.show()
    return dialog


def ask_line(parent: QWidget, title: str, question: str, take: Callable[[str], str]) -> QDialog:
    """Ask for one line; `take` returns what is wrong with it, or nothing, and then the dialog closes."""
    dialog, layout = _dialog(parent, title)
    label, line, wrong = plain_label(question, dialog), QLineEdit(dialog), plain_label("", dialog)
    label.setBuddy(line)
    line.setAccessibleName(question)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, dialog)
    for widget in (label, line, wrong, buttons):
        layout.addWidget(widget)

    def accept() -> None:
        wrong.setText(take(line.text()))
        if not wrong.text():
            dialog.close()

    buttons.accepted.connect(accept)
    buttons.rejected.connect(dialog.close)
    dialog.show()
    line.setFocus()
    return dialog


def choose_files(parent: QWidget, take: Callable[[Sequence[str]], None]) -> QFileDialog:
    """Let the user choose files to open."""
    dialog = QFileDialog(parent, "Open", "", OPEN_FILTER)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(take)
    return _shown(dialog)


def choose_target(parent: QWidget, title: str, name: str, filters: str, take: Callable[[str], None]) -> QFileDialog:
    """Let the user choose where to save; the suffix of the chosen filter is added where there is none."""
    dialog = QFileDialog(parent, title, name, filters)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)

    def suffix(chosen: str) -> None:
        dialog.setDefaultSuffix(chosen.partition("*.")[2].rstrip(")"))

    dialog.filterSelected.connect(suffix)
    suffix(filters.split(";;")[0])
    dialog.fileSelected.connect(take)
    return _shown(dialog)


def _shown(dialog: QFileDialog) -> QFileDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setModal(False)
    dialog.show()
    return dialog
