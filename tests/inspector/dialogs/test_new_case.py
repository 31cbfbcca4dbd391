"""A proposed case file: it can be changed, it is saved over nothing, and then it is the case that is checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from shiboken6 import isValid

from inspector.dialogs.new_case import NewCasePage, free_name
from inspector.own_code import Sketched

if TYPE_CHECKING:
    from conftest import Desk

TEXT = 'import lstm\n\nCASE = dict(title="Größe")\n\n\ndef run(problem):\n    """Text."""\n    return {}\n'


@pytest.fixture
def page(desk: Desk) -> NewCasePage:
    code = desk.folder / "lstm.py"
    code.write_text("x = 1\n")
    desk.state.own.sketched.emit(Sketched(str(code), TEXT, ("the activation is tanh",), ("the layout of x",), {}))
    found = desk.dialogs()[0].findChild(NewCasePage)
    assert isinstance(found, NewCasePage)
    return found


def button(page: NewCasePage, start: str) -> QPushButton:
    buttons = page.window().findChildren(QPushButton)
    return next(each for each in buttons if each.text().replace("&", "").startswith(start))


def test_it_shows_the_text_what_was_found_and_what_is_open(page: NewCasePage) -> None:
    words = [label.text() for label in page.findChildren(QLabel)]
    assert page.text.toPlainText() == TEXT
    assert "\u2022 the activation is tanh" in words and "\u2022 the layout of x" in words
    assert any(line.startswith("Proposed for lstm.py, which was read and not run") for line in words)
    assert not page.window().isModal()


def test_the_text_is_coloured_and_again_after_a_change(desk: Desk, page: NewCasePage) -> None:
    def coloured(line: int) -> int:
        return len(page.text.document().findBlockByNumber(line).layout().formats())

    desk.qtbot.waitUntil(lambda: coloured(5) > 0, timeout=20_000)
    page.text.setPlainText("x\ndef f(): pass\n")
    desk.qtbot.waitUntil(lambda: (coloured(0), coloured(1) > 0) == (0, True), timeout=20_000)


def test_it_is_saved_beside_the_code_and_becomes_the_case(desk: Desk, page: NewCasePage) -> None:
    dialog = page.window()
    page.text.moveCursor(page.text.textCursor().MoveOperation.End)
    desk.qtbot.keyClicks(page.text, "# looked over")
    desk.qtbot.mouseClick(button(page, "Save as lstm_case.py"), Qt.MouseButton.LeftButton)
    path = desk.folder / "lstm_case.py"
    assert path.read_text(encoding="utf-8") == TEXT + "# looked over"
    assert (desk.state.case, desk.state.pending_trust) == (str(path), str(path))
    desk.qtbot.waitUntil(lambda: not isValid(dialog))
    desk.state.trust_and_run()
    assert desk.engine.asked[-1][:2] == ("inspect", str(path))


def test_nothing_is_written_over(desk: Desk, page: NewCasePage) -> None:
    path = desk.folder / "lstm_case.py"
    path.write_text("mine\n")
    page.save_beside()
    assert path.read_text() == "mine\n"
    assert page.wrong.isVisible() and "is there by now" in page.wrong.text()
    page._save(desk.folder / "lstm.py", "w")
    assert (desk.folder / "lstm.py").read_text() == "x = 1\n"
    assert "is the code itself" in page.wrong.text()
    assert desk.state.case == ""


def test_a_place_that_cannot_be_written_is_said(desk: Desk, page: NewCasePage) -> None:
    page._save(desk.folder / "missing" / "net.py", "w")
    assert page.wrong.isVisible() and "could not be written" in page.wrong.text()


def test_another_place_is_asked_for_and_confirmed_by_the_file_dialog(desk: Desk, page: NewCasePage) -> None:
    desk.qtbot.mouseClick(button(page, "Save elsewhere"), Qt.MouseButton.LeftButton)
    (chooser,) = page.findChildren(QFileDialog)
    assert not chooser.isModal() and not chooser.testOption(QFileDialog.Option.DontConfirmOverwrite)
    chooser.fileSelected.emit(str(desk.folder / "other.py"))
    assert (desk.folder / "other.py").read_text(encoding="utf-8") == TEXT
    assert Path(desk.state.case).name == "other.py"


def test_the_proposed_name_is_free(tmp_path: Path) -> None:
    code = tmp_path / "net.py"
    names = []
    for _ in range(3):
        names.append(free_name(code).name)
        free_name(code).touch()
    assert names == ["net_case.py", "net_case2.py", "net_case3.py"]
