"""From Ctrl+E to a file through the real engines: what the window writes is what the command line writes, byte for byte."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QFileDialog

from inspector.app import Program
from inspector.cli import main
from inspector.dialogs.export import ExportPage
from inspector.figures.kinds import FIGURES
from inspector.records import IDLE

WAIT_MS = 120_000
QUESTION = "question-2014"


class User:
    """Presses keys and waits for what comes of it."""

    def __init__(self, program: Program, qtbot: Any) -> None:
        self.program, self.qtbot, self.state, self.window = program, qtbot, program.state, program.window
        program.show()
        self.state.choose_case(QUESTION)
        self.state.run()
        self.wait(lambda: self.state.result is not None and self.state.status.phase == IDLE)

    def wait(self, condition: Callable[[], Any]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)

    def press(self, keys: str) -> None:
        combination = QKeySequence(keys)[0]
        self.qtbot.keyClick(
            self.window.focusWidget() or self.window, combination.key(), combination.keyboardModifiers()
        )

    @property
    def exporting(self) -> Any:
        return self.window.commands.export.exporting

    @property
    def dialog(self) -> QDialog:
        return next(one for one in self.window.findChildren(QDialog) if one.windowTitle() == "Export figure")

    def settle(self) -> None:
        self.wait(lambda: not self.exporting.lane.waits and not self.exporting.lane.working)


@pytest.fixture
def user(qapp: QApplication, settings_file: Path, qtbot: Any) -> Iterator[User]:
    program = Program(qapp, settings_file)
    program.memory.set_tour_seen(True)
    yield User(program, qtbot)
    program.close()
    QGuiApplication.clipboard().clear()  # without a screen, what Python has put there crashes the interpreter's exit


def test_from_the_key_to_the_file(user: User, qtbot: Any, tmp_path: Path) -> None:
    user.press("Ctrl+E")
    user.settle()
    page = user.dialog.findChild(ExportPage)
    assert (user.exporting.choice.problem, page.preview.view.paper.has_picture) == ("", True)
    box = page.choices.fields["preset"]
    assert isinstance(box, QComboBox)
    before = page.preview.inches
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    user.wait(lambda: user.exporting.choice.request.preset == "one_column")
    user.settle()
    assert page.preview.inches[0] == 3.4 < before[0]

    qtbot.mouseClick(page.buttons["export"], Qt.MouseButton.LeftButton)
    chooser = next(one for one in user.dialog.findChildren(QFileDialog) if one.isVisible())
    target = tmp_path / "window.pdf"
    chooser.fileSelected.emit(str(target))
    chooser.close()
    user.settle()
    assert user.exporting.said.sentence == f"Saved {target}"

    qtbot.mouseClick(page.buttons["command"], Qt.MouseButton.LeftButton)
    words = shlex.split(QGuiApplication.clipboard().text())
    assert words[:3] == ["bptt-inspector", "figure", QUESTION] and "one_column" in words
    other = tmp_path / "cli.pdf"
    assert main([*words[1:-1], str(other)]) == 0
    assert target.read_bytes() == other.read_bytes()

    qtbot.mouseClick(page.buttons["numbers"], Qt.MouseButton.LeftButton)
    user.settle()
    name, *rows = QGuiApplication.clipboard().text().split("\n\n")[0].splitlines()
    quantity = user.state.selection.quantity
    hand = user.state.result.arrays.read(user.state.result.sides(quantity)[0])
    assert name == "hand" and [[float(part) for part in row.split("\t")] for row in rows] == hand.tolist()

    for place in (tmp_path / "gone" / "f.png", tmp_path):
        user.exporting.export(str(place), True)
        user.settle()
        assert user.exporting.said.is_error and user.dialog.isVisible()
    target.write_bytes(b"old")
    user.exporting.export(str(target.with_suffix(".bmp")))
    user.settle()
    assert ".bmp" in user.exporting.said.sentence and target.read_bytes() == b"old"

    folder = tmp_path / "all"
    user.exporting.choice.choose("suffix", ".svg")
    qtbot.mouseClick(page.buttons["all"], Qt.MouseButton.LeftButton)
    chooser = next(one for one in user.dialog.findChildren(QFileDialog) if one.isVisible())
    chooser.fileSelected.emit(str(folder))
    chooser.close()
    user.settle()
    names = user.exporting.choice.quantities()
    assert {path.stem for path in folder.glob("*.svg")} == set(names) >= {"dW_hh", "dh"}
    assert user.exporting.said.sentence.startswith(f"Saved {len(names)} figures in {folder}")
    assert (folder / "figures.md").is_file()


def test_a_figure_is_copied_while_a_long_search_runs(user: User) -> None:
    user.press("F7")
    assert user.state.status.phase != IDLE
    user.press("Ctrl+Shift+C")
    user.wait(lambda: user.state.remark == "Copied the figure")
    data = QGuiApplication.clipboard().mimeData()
    image = QImage.fromData(data.data("image/png"))
    assert (image.width(), data.hasImage()) == (2100, True)
    assert bytes(data.data("application/pdf").data()).startswith(b"%PDF")
    assert b"<svg" in bytes(data.data("image/svg+xml").data())
    said = json.loads(QImage.fromData(data.data("image/png")).text("Description"))
    assert said["request"]["quantity"] == user.state.selection.quantity


@pytest.mark.whole
def test_every_kind_of_figure_is_what_the_command_line_makes(user: User, tmp_path: Path) -> None:
    window, state = user.window, user.state
    state.select_quantity("dh")
    window.commands.ask_itemised()
    user.wait(lambda: state.asking.itemised is not None and state.status.phase == IDLE)
    window.commands.debug.go_to_first_wrong_line()
    user.wait(lambda: state.debugger.overview is not None and state.debugger.overview.matches is not None)
    user.wait(lambda: state.status.phase == IDLE)
    state.debugger.select_array("dcdHout")
    assert user.exporting.choice.reasons() == {}
    for kind in FIGURES:
        state.asking.want_figure(kind)
        user.settle()
        assert (kind, user.exporting.choice.problem) == (kind, "")
        user.exporting.choice.choose("preset", "one_column")
        target = tmp_path / f"window_{kind}{user.exporting.choice.suffix}"
        words = shlex.split(user.exporting.command())
        user.exporting.export(str(target))
        user.settle()
        other = tmp_path / f"line_{target.name}"
        assert main([*words[1:-1], str(other)]) == 0
        assert target.read_bytes() == other.read_bytes(), kind
