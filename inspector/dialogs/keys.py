"""The key sheet."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget

from inspector.actions import ACTIONS, plain
from inspector.dialogs.base import make_dialog, make_table, plain_label
from inspector.menus import key_text


def show_keys(parent: QWidget) -> QDialog:
    """All commands and their keys, from the table of actions."""
    dialog, layout = make_dialog(parent, "Keys")
    rows = [(plain(each.menu), plain(each.text), key_text(each), each.tip) for each in ACTIONS if each.shortcuts()]
    headings = ("Menu", "Command", "Keys", "What it does")
    layout.addWidget(make_table(dialog, "Commands and their keys", headings, rows))
    note = plain_label(
        "Keys without Ctrl, Alt or F work while a heatmap, the source, the steps or the arrays have focus (click, or press "
        "Tab). F5, F8, Ctrl+R, Ctrl+G and Alt+Left mean one thing beside the pictures and another beside the code.",
        dialog,
    )
    note.setWordWrap(True)
    layout.addWidget(note)
    dialog.resize(900, 640)
    dialog.show()
    return dialog
