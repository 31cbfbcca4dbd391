"""The golden path of the question of 2014, by clicks and keys, through the real engine: from red to why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton

from inspector.app import Program
from inspector.panes.heatmap.matrix_view import MatrixView
from inspector.records import IDLE

WAIT_MS = 120_000
GUILTY, NEXT = 54, 55


@pytest.fixture
def program(qapp, settings_file):
    made = Program(qapp, settings_file)
    made.memory.set_tour_seen(True)
    yield made
    made.close()


class User:
    """Clicks and presses keys, and waits for what comes of it."""

    def __init__(self, program: Program, qtbot: Any) -> None:
        self.program, self.qtbot = program, qtbot
        self.state, self.debugger, self.window = program.state, program.state.debugger, program.window

    def wait(self, condition: Callable[[], Any]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)

    def settle(self) -> None:
        debugger = self.debugger

        def there() -> bool:
            here, moment = debugger.here, debugger.moment
            fits = here is None or (moment is not None and moment.here.step == here.step)
            return fits and debugger._fast.is_idle and debugger._slow.is_idle and self.state.status.phase == IDLE

        self.wait(there)

    def press(self, keys: str) -> None:
        combination = QKeySequence(keys)[0]
        target = self.window.focusWidget() or self.window
        self.qtbot.keyClick(target, combination.key(), combination.keyboardModifiers())

    def click_cell(self, row: int, column: int) -> None:
        view = self.window.pane("arrays").findChild(MatrixView)
        self.wait(lambda: view.layer is not None)
        self.qtbot.mouseClick(
            view, Qt.MouseButton.LeftButton, pos=view.cell_rect(row, column).center().toPoint()
        )


def test_from_red_to_why(program: Program, qtbot: Any) -> None:
    user = User(program, qtbot)
    state, debugger = user.state, user.debugger
    program.show()
    buttons = program.window.pane("welcome").findChildren(QPushButton)
    qtbot.mouseClick(next(button for button in buttons if "example" in button.text()), Qt.MouseButton.LeftButton)
    user.wait(lambda: state.result is not None and state.status.phase == IDLE)
    red = {report.name for report in state.result.parameters if report.wrong}
    assert red == {"dW_hh", "dW_xh", "db_h"}

    user.press("F8")
    assert (state.selection.quantity, state.selection.t) == ("dh", 3)

    user.press("Ctrl+F8")
    user.wait(lambda: debugger.overview is not None and debugger.overview.findings)
    user.settle()
    assert (debugger.here.line, debugger.here.t, debugger.path) == (GUILTY, 3, "dcdHout")
    assert "no line has written yet" in debugger.overview.findings[0]["sentence"]
    guilty = debugger.here.step

    user.press("PgDown")
    user.settle()
    assert (debugger.here.line, debugger.here.t, state.selection.t) == (GUILTY, 2, 2)
    user.press("PgUp")
    user.settle()
    assert debugger.here.step == guilty

    state.select_t(1)
    user.settle()
    assert (debugger.here.line, debugger.here.t) == (GUILTY, 1)
    user.press("Alt+Left")
    user.settle()
    assert (debugger.here.step, state.selection.t) == (guilty, 3)

    user.press("Right")
    user.settle()
    assert debugger.here.line == NEXT
    user.click_cell(3, 1)
    assert debugger.element == (3, 1)
    user.press("O")
    user.wait(lambda: debugger.questions.origin is not None)
    user.settle()
    origin = debugger.questions.origin
    assert (origin.path, origin.index, origin.last.line, origin.last.t) == ("dcdHout", (3, 1), GUILTY, 3)
    assert debugger.here.step == guilty

    assert debugger.detail.judged is not None and debugger.detail.judged.wrong
    user.press("J")
    user.wait(lambda: debugger.what_if is not None)
    found = debugger.what_if
    assert red <= set(found.inherited)
    assert (found.remaining, found.broken) == ((), ())

    user.press("X")
    user.wait(lambda: debugger.overview is not None and debugger.overview.path == found.recording)
    user.wait(lambda: debugger.overview.matches is not None)
    user.settle()
    assert (debugger.here.step, debugger.path) == (guilty, "dcdHout")
    assert not debugger.overview.wrong_steps.size
    user.press("D")
    assert "Nothing wrong is written after this step" in state.remark
