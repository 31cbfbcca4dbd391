"""The status bar about the user's own code: whether a save runs it, and how much it printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton

from inspector.said import printed_words

if TYPE_CHECKING:
    from conftest import Desk

CASE = "CASE = dict(title='Mine')\ndef run(problem):\n    return {}\n"


def button(desk: Desk, name: str) -> QPushButton:
    buttons = desk.window.statusBar().findChildren(QPushButton)
    return next(each for each in buttons if each.accessibleName() == name)


def take_case(desk: Desk) -> None:
    (desk.folder / "mine.py").write_text(CASE)
    desk.state.choose_case(str(desk.folder / "mine.py"))


@pytest.mark.parametrize(("printed", "words"), [
    ("", ""), ("a\n", "1 line printed"), ("a\nb", "2 lines printed"), ("[99 bytes dropped]\nb\n", "more than 2 lines printed"),
    ("[1, 2]\n", "1 line printed"),
])  # fmt: skip
def test_how_much_was_printed(printed: str, words: str) -> None:
    assert printed_words(printed) == words


def test_whether_a_save_runs_is_said_for_a_file_of_the_users_and_changed_by_a_click(desk: Desk) -> None:
    saves = button(desk, "Whether a save runs your file")
    assert not saves.isVisible()
    take_case(desk)
    assert saves.isVisible() and saves.text() == "runs when saved"
    desk.qtbot.mouseClick(saves, Qt.MouseButton.LeftButton)
    assert saves.text() == "not run when saved"
    assert not desk.window.made["run_on_save"].isChecked()
    desk.state.choose_case("")
    assert not saves.isVisible()


def test_what_was_printed_is_shown_by_a_click(desk: Desk) -> None:
    take_case(desk)
    printed = button(desk, "What your code printed")
    assert not printed.isVisible()
    desk.state.own.printed = "3\nhello\n"
    desk.state.own.changed.emit()
    assert printed.text() == "2 lines printed"
    desk.qtbot.mouseClick(printed, Qt.MouseButton.LeftButton)
    (dialog,) = desk.dialogs()
    box = dialog.findChild(QPlainTextEdit)
    assert isinstance(box, QPlainTextEdit) and box.toPlainText() == "3\nhello\n"


def test_all_of_it_fits_the_smallest_window(shown_desk: Desk) -> None:
    take_case(shown_desk)
    shown_desk.state.own.printed = "x\n" * 54321
    shown_desk.state.own.changed.emit()
    shown_desk.state.say("net.py was saved, 12:34:56")
    shown_desk.state.pick(0, 1)
    shown_desk.window.resize(1024, 640)
    QApplication.processEvents()
    assert shown_desk.window.width() == 1024
    assert shown_desk.window.minimumSizeHint().width() <= 1024
    bar = shown_desk.window.statusBar()
    assert all(bar.rect().contains(each.geometry()) for each in bar.findChildren(QPushButton) if each.isVisible())
