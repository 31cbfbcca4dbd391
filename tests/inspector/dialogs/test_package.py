"""The package: all its names are there, the heavy ones late; labels and tables take nothing for HTML."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMainWindow, QPushButton
from shiboken6 import isValid

from inspector import dialogs
from inspector.dialogs.base import make_table

ROOT = Path(__file__).parents[3]


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("name", dialogs.__all__)
def test_every_name_is_there(name):
    assert getattr(dialogs, name) is not None


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="nothing_of_this_name"):
        dialogs.nothing_of_this_name  # noqa: B018


def test_what_is_not_needed_at_once_is_imported_late():
    code = "import sys, inspector.dialogs as d; print(*[n for n in sys.modules if n.startswith('inspector.dialogs.')])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert {name.rpartition(".")[2] for name in loaded.split()} == {"base", "files", "keys", "text"}


def test_names_in_brackets_are_no_html(window):
    label = dialogs.plain_label("a <b>net</b>", window)
    assert label.text() == "a <b>net</b>" and label.textFormat() == Qt.TextFormat.PlainText
    table = make_table(window, "Names", ("Name",), [("<i>x</i>",)])
    assert table.item(0, 0).text() == "<i>x</i>" and table.accessibleName() == "Names"


def test_ask_line_stays_open_until_the_answer_is_right(window, qtbot):
    answers = []

    def take(text):
        answers.append(text)
        return "" if text == "3" else "Expected 3"

    dialog = dialogs.ask_line(window, "Number", "Which?", take)
    line = dialog.findChild(QLineEdit)
    assert all(button.height() >= 24 for button in dialog.findChildren(QPushButton))
    line.setText("2")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert dialog.isVisible()
    line.setText("3")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert answers == ["2", "3"]
    qtbot.waitUntil(lambda: not isValid(dialog))
