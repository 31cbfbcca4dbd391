"""About: versions, and the licences of everything the program runs on."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton, QTabWidget, QVBoxLayout, QWidget

from inspector.dialogs.base import close_buttons, make_dialog, make_table, plain_label
from inspector.versions import version_lines

SENTENCE = "Hand-written backpropagation through time and JAX, side by side."


def _versions(parent: QWidget) -> QWidget:
    page = QWidget(parent)
    layout = QVBoxLayout(page)
    label = plain_label(SENTENCE, page)
    label.setWordWrap(True)
    box = QPlainTextEdit(page)
    box.setReadOnly(True)
    box.setTabChangesFocus(True)
    box.setPlainText("\n".join(version_lines()))
    box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    box.setAccessibleName("Versions of the program and its libraries")
    copy = QPushButton("&Copy versions", page)
    copy.setToolTip("Copy all lines, for a report")
    copy.setAccessibleDescription("Copies all lines, for a report")
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(box.toPlainText()))
    for widget in (label, box, copy):
        layout.addWidget(widget)
    return page


def _licences(parent: QWidget) -> QWidget:
    from inspector.dialogs.licences import libraries, our_licence  # late: reading metadata is slow, and wanted seldom

    page = QWidget(parent)
    layout = QVBoxLayout(page)
    label = plain_label(f"Licence of this program: {our_licence()}. It runs on these libraries:", page)
    label.setWordWrap(True)
    rows = [(each.name, each.version, each.licence, each.home) for each in libraries()]
    layout.addWidget(label)
    table = make_table(page, "Libraries and their licences", ("Library", "Version", "Licence", "Home page"), rows)
    table.setColumnWidth(2, min(table.columnWidth(2), 300))
    layout.addWidget(table)
    return page


def show_about(parent: QWidget) -> QDialog:
    """Show versions and licences."""
    dialog, layout = make_dialog(parent, "About")
    tabs = QTabWidget(dialog)
    tabs.setAccessibleName("About")
    tabs.addTab(_versions(tabs), "&Versions")
    tabs.addTab(_licences(tabs), "&Licences")
    layout.addWidget(tabs)
    layout.addWidget(close_buttons(dialog))
    dialog.resize(820, 480)
    dialog.show()
    return dialog
