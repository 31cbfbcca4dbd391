"""CASE as a form: what it shows, what it writes, and what it says about a value that can't be used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit
from shiboken6 import isValid

from inspector.declaring import tables
from inspector.dialogs import show_declaration
from inspector.dialogs.declaration import DeclarationPage, KeyRow
from inspector.dialogs.declaration_help import UNKNOWN, help_of
from rnn.cases.rewriting import read_value

if TYPE_CHECKING:
    from conftest import Desk

CASE = 'CASE = dict(cell="rnn", weights="in,out", title="Net")  # mine\n\ndef run(problem):\n    return {}\n'


@pytest.fixture
def path(desk: Desk) -> Path:
    made = desk.folder / "net.py"
    made.write_text(CASE)
    desk.state.open_files([str(made)])
    desk.state.trust_and_run()
    return made


@pytest.fixture
def page(desk: Desk, path: Path) -> DeclarationPage:
    found = show_declaration(desk.window, desk.state).findChild(DeclarationPage)
    assert isinstance(found, DeclarationPage)
    return found


def row(page: DeclarationPage, name: str) -> KeyRow:
    return next(each for each in page.rows if each.name == name)


def choose(page: DeclarationPage, name: str, value: str) -> None:
    control = row(page, name).control
    assert isinstance(control, QComboBox)
    control.setCurrentIndex(control.findData(value))


def type_in(desk: Desk, page: DeclarationPage, name: str, text: str) -> None:
    control = row(page, name).control
    assert isinstance(control, QLineEdit)
    control.clear()
    desk.qtbot.keyClicks(control, text)


def test_every_key_is_explained() -> None:
    assert [name for name in tables()[1] if help_of(name) == UNKNOWN] == []
    assert help_of("no such key") == UNKNOWN


def test_a_text_is_typed_without_quotes(page: DeclarationPage) -> None:
    control = row(page, "title").control
    assert isinstance(control, QLineEdit) and control.text() == "Net"
    control.setText('It\'s "mine"')
    assert read_value(row(page, "title").text) == 'It\'s "mine"'


def test_it_shows_what_the_file_says(page: DeclarationPage) -> None:
    assert {each.name: each.text for each in page.rows if each.text} == {
        "cell": '"rnn"',
        "weights": '"in,out"',
        "title": '"Net"',
    }
    assert not page.apply_button.isEnabled()


def test_apply_writes_what_was_changed_and_runs(desk: Desk, page: DeclarationPage, path: Path) -> None:
    choose(page, "weights", '"out,in"')
    choose(page, "cell", "")
    type_in(desk, page, "sizes", "{'H': 3}")
    desk.qtbot.mouseClick(page.apply_button, Qt.MouseButton.LeftButton)
    assert path.read_text() == CASE.replace(
        'cell="rnn", weights="in,out", title="Net"', 'weights="out,in", title="Net", sizes=dict(H=3)'
    )
    assert [asked[0] for asked in desk.engine.asked] == ["inspect", "inspect"]
    assert not page.apply_button.isEnabled()
    assert not page.wrong.isVisible()


def test_enter_in_a_line_applies(desk: Desk, page: DeclarationPage, path: Path) -> None:
    type_in(desk, page, "title", "Other one")
    desk.qtbot.keyClick(row(page, "title").control, Qt.Key.Key_Return)
    assert 'title="Other one"' in path.read_text()


def test_what_cannot_be_used_is_said_in_the_form(desk: Desk, page: DeclarationPage, path: Path) -> None:
    type_in(desk, page, "sizes", "dict(Q=3)")
    page.apply()
    assert page.wrong.isVisible() and "the size 'Q'" in page.wrong.text()
    assert path.read_text() == CASE
    type_in(desk, page, "sizes", "")
    assert not page.wrong.isVisible() and not page.apply_button.isEnabled()


def test_it_follows_the_file_and_keeps_what_was_typed(desk: Desk, page: DeclarationPage, path: Path) -> None:
    type_in(desk, page, "title", "Typed")
    path.write_text(CASE.replace("in,out", "out,in").replace("Net", "Elsewhere"))
    desk.state.run()
    assert (row(page, "weights").text, row(page, "title").text) == ('"out,in"', '"Typed"')
    assert page.apply_button.isEnabled()


def test_undo_in_the_bar_brings_the_file_back(desk: Desk, page: DeclarationPage, path: Path) -> None:
    choose(page, "weights", '"out,in"')
    page.apply()
    bar = desk.window.pane("failure")
    assert bar._offer.isVisible() and bar._offer.text() == "Undo"
    desk.qtbot.mouseClick(bar._offer, Qt.MouseButton.LeftButton)
    assert path.read_text() == CASE
    assert row(page, "weights").text == '"in,out"'
    assert not bar.isVisible()


def test_it_closes_when_the_case_is_left(desk: Desk, page: DeclarationPage) -> None:
    dialog = page.window()
    desk.state.choose_case("question-2014")
    desk.qtbot.waitUntil(lambda: not isValid(dialog))


def test_an_example_has_no_form(desk: Desk) -> None:
    desk.state.choose_case("question-2014")
    desk.window.commands.own.show_declaration()
    assert desk.window.findChildren(QDialog) == []
    assert "of your own" in desk.state.remark
