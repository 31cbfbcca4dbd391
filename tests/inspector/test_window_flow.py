"""A person's way through the window with the real engine, by clicks and keys: open, run, read, change, export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QSpinBox, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from inspector.app import Program
from inspector.records import IDLE

WAIT_MS = 120_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def program(qapp: QApplication, settings_file: Path, qtbot: QtBot) -> Iterator[Program]:
    made = Program(qapp, settings_file)
    made.show()
    made.window.resize(1280, 800)
    qtbot.waitExposed(made.window)
    yield made
    made.close()


def _button(parent: QWidget, text: str) -> QPushButton:
    return next(button for button in parent.findChildren(QPushButton) if button.text().startswith(text))


def _wait(qtbot: QtBot, program: Program) -> None:
    state = program.state
    qtbot.waitUntil(lambda: state.status.phase == IDLE and not state.stale, timeout=WAIT_MS)
    triptych = program.window.pane("triptych")
    qtbot.waitUntil(lambda: program.pictures.is_current and triptych.canvas.views[0].layer is not None, timeout=WAIT_MS)


def _choose(qtbot: QtBot, program: Program, name: str) -> None:
    """Click the row of a gradient in the list."""
    tree = program.window.pane("checks").findChild(QTreeWidget)
    item = next(tree.topLevelItem(i) for i in range(tree.topLevelItemCount()) if tree.topLevelItem(i).text(0) == name)
    qtbot.mouseClick(tree.viewport(), LEFT, pos=tree.visualItemRect(item).center())
    qtbot.waitUntil(lambda: program.pictures.is_current and program.pictures.current.quantity == name, timeout=WAIT_MS)


def test_from_the_welcome_page_to_a_figure(program: Program, qtbot: QtBot, tmp_path: Path, monkeypatch: Any) -> None:
    window, state = program.window, program.state
    qtbot.mouseClick(_button(window.pane("welcome"), "Open the example"), LEFT)
    qtbot.waitUntil(lambda: state.result is not None, timeout=WAIT_MS)
    _wait(qtbot, program)
    headline = window.pane("checks").findChild(QLabel).text()
    assert "dW_xh, dW_hh and db_h are wrong" in headline and "t = 3" in headline

    _choose(qtbot, program, "dh")
    view = window.pane("triptych").canvas.views[2]
    qtbot.mouseClick(view, LEFT, pos=view.to_pixels(1, 2).toPoint())
    assert state.selection.cell == (2, 1) and state.selection.t == 2
    shown = [label.text() for label in window.pane("cell").findChildren(QLabel)]
    hand = float(np.asarray(state.result.arrays.read("hand/dh"))[2, 0, 1])
    assert repr(hand) in shown
    assert repr(hand) in window.statusBar().findChild(QLabel).text()

    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert state.selection.cell == (2, 2)
    qtbot.keyClick(view, Qt.Key.Key_BracketRight)
    assert state.selection.cell is not None
    qtbot.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "central differences side with JAX" in state.notice, timeout=WAIT_MS)

    target = tmp_path / "figure.pdf"
    window.commands.export.exporting.export(str(target))
    qtbot.waitUntil(target.exists, timeout=WAIT_MS)
    assert target.read_bytes().startswith(b"%PDF")


def test_changing_the_problem_and_running_again(program: Program, qtbot: QtBot) -> None:
    window, state = program.window, program.state
    qtbot.mouseClick(_button(window.pane("welcome"), "Check the built-in"), LEFT)
    qtbot.waitUntil(lambda: state.result is not None, timeout=WAIT_MS)
    _wait(qtbot, program)
    assert state.result.verdict == "agree"
    panel = window.pane("problem")
    spin = next(box for box in panel.findChildren(QSpinBox) if box.accessibleName().startswith("H "))
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, "9")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert state.settings.hidden == 9 and state.stale
    activation = next(box for box in panel.findChildren(QComboBox) if box.accessibleName() == "Activation")
    qtbot.keyClick(activation, Qt.Key.Key_Down)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: state.result.problem["H"] == 9, timeout=WAIT_MS)
    _wait(qtbot, program)
    assert state.result.verdict == "agree"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert state.stale


def test_a_users_file_asks_first_and_its_failure_keeps_the_last_result(
    program: Program, qtbot: QtBot, tmp_path: Path
) -> None:
    window, state = program.window, program.state
    state.run()
    qtbot.waitUntil(lambda: state.result is not None, timeout=WAIT_MS)
    before = state.result
    path = tmp_path / "mine.py"
    path.write_text("CASE = dict()\ndef run(problem):\n    return dict(dW_hh=problem.params['W_hh'] / 0 + [])\n")
    state.open_files([str(path)])
    assert state.pending_trust == str(path)
    assert window.pane("trust").isVisible()
    qtbot.mouseClick(_button(window.pane("trust"), "Run it"), LEFT)
    qtbot.waitUntil(lambda: state.failure is not None, timeout=WAIT_MS)
    assert "mine.py, line 3" in state.failure.sentence
    assert window.pane("failure").isVisible()
    assert state.result is before and state.stale
    qtbot.mouseClick(_button(window.pane("failure"), "Dismiss"), LEFT)
    assert not window.pane("failure").isVisible()


def test_an_ambiguous_weight_file_is_asked_about(program: Program, qtbot: QtBot, tmp_path: Path) -> None:
    window, state = program.window, program.state
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "w.npz", Wxh=rng.normal(size=(4, 4)), Whh=rng.normal(size=(4, 4)))
    state.open_files([str(tmp_path / "w.npz")])
    state.run()
    qtbot.waitUntil(lambda: bool(state.questions), timeout=WAIT_MS)
    bar = window.pane("questions")
    assert bar.isVisible()
    qtbot.mouseClick(_button(bar, "Use these"), LEFT)
    qtbot.waitUntil(lambda: state.result is not None, timeout=WAIT_MS)
    assert state.result.verdict == "agree"
    assert not bar.isVisible()


def test_every_control_has_an_accessible_name(program: Program, qtbot: QtBot) -> None:
    """Buttons speak by their text; everything else that takes focus has a name."""
    program.state.choose_case("question-2014")
    program.state.run()
    qtbot.waitUntil(lambda: program.state.result is not None, timeout=WAIT_MS)
    silent = []
    for pane in (program.window.pane(name) for name in ("checks", "triptych", "trace", "problem", "cell", "welcome")):
        for widget in pane.findChildren(QWidget):
            if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or widget.objectName().startswith("qt_"):
                continue
            named = widget.accessibleName() or getattr(widget, "text", str)()
            inner = any(parent.accessibleName() for parent in _above(widget, pane))
            if not named and not inner:
                silent.append(f"{type(pane).__name__}: {type(widget).__name__}")
    assert silent == []


def _above(widget: QWidget, pane: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None and parent is not pane:
        yield parent
        parent = parent.parentWidget()


def test_hover_reads_out_without_picking(program: Program, qtbot: QtBot) -> None:
    program.state.choose_case("question-2014")
    program.state.run()
    qtbot.waitUntil(lambda: program.state.result is not None, timeout=WAIT_MS)
    _wait(qtbot, program)
    view = program.window.pane("triptych").canvas.views[0]
    qtbot.mouseMove(view, QPoint(2, 2))
    qtbot.mouseMove(view, view.to_pixels(1, 1).toPoint())
    qtbot.waitUntil(lambda: "hand" in program.window.statusBar().findChild(QLabel).text())
    assert program.state.selection.cell is None
