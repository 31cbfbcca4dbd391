"""What the small windows share: a dialog that deletes itself, labels and tables that show text as it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

SMALLEST_TARGET = 24
"""Least height and width of what is clicked, in pixels."""


def make_dialog(parent: QWidget, title: str) -> tuple[QDialog, QVBoxLayout]:
    """An empty dialog that blocks nothing, closes on Esc and is destroyed then; and its layout."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setAccessibleName(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog, QVBoxLayout(dialog)


def plain_label(text: str, parent: QWidget | None = None) -> QLabel:
    """A label that never takes a name for HTML."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    return label


def button_row(dialog: QDialog, which: QDialogButtonBox.StandardButton) -> QDialogButtonBox:
    """A row of the usual buttons, large enough to be clicked, without icons; those that refuse close the dialog."""
    buttons = QDialogButtonBox(which, dialog)
    for button in buttons.buttons():
        button.setIcon(QIcon())  # drawn for light windows only
        button.setMinimumHeight(SMALLEST_TARGET)
    buttons.rejected.connect(dialog.close)
    return buttons


def close_buttons(dialog: QDialog) -> QDialogButtonBox:
    """A row with the button that closes the dialog."""
    return button_row(dialog, QDialogButtonBox.StandardButton.Close)


def make_table(parent: QWidget, name: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> QTableWidget:
    """A table to read and to select rows in; `name` is said to screen readers."""
    table = QTableWidget(len(rows), len(headings), parent)
    table.setHorizontalHeaderLabels(list(headings))
    table.verticalHeader().hide()
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)  # Tab goes on to the next control; the arrow keys move inside
    table.setAccessibleName(name)
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.setItem(row, column, QTableWidgetItem(text))
    table.setShowGrid(False)
    table.resizeColumnsToContents()
    table.horizontalHeader().setStretchLastSection(True)
    return table
