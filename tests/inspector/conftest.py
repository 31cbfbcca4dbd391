"""The window as people have it: all panes, a stand-in for the engine, and the answer to the question of 2014."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QWidget
from pytestqt.qtbot import QtBot

from inspector.pictures import Pictures
from inspector.settings import Memory
from inspector.state import State
from inspector.window import MainWindow

sys.path.insert(0, str(Path(__file__).parent))
from doubles import FakeEngine

WAIT_MS = 20_000
OFTEN, SELDOM = 20_000, 20
"""Objects since the last collection, and collections since the last one of everything."""


def press(qtbot: QtBot, widget: QWidget, keys: str) -> None:
    """Press and let go of a key, given in Qt's portable notation, on a widget."""
    combination = QKeySequence(keys)[0]
    qtbot.keyClick(widget, combination.key(), combination.keyboardModifiers())


@dataclass
class Desk:
    """A window with all its parts.

    Attributes:
        closed: has an entry for every time the window was closed. folder: where the test may write.
    """

    window: MainWindow
    state: State
    engine: FakeEngine
    pictures: Pictures
    memory: Memory
    qtbot: QtBot
    folder: Path
    closed: list[bool]

    @property
    def heatmap(self) -> QWidget:
        """The heatmap that takes the keys."""
        return next(view for view in self.window.pane("triptych").canvas.views if view.isVisible())

    @property
    def focused(self) -> QWidget:
        """What has the focus, the window itself where nothing has."""
        return self.window.focusWidget() or self.window

    def press(self, keys: str) -> None:
        """Press a key on what has the focus."""
        press(self.qtbot, self.focused, keys)

    def dialogs(self) -> list[QDialog]:
        """Dialogs that are open."""
        return [widget for widget in self.window.findChildren(QDialog) if widget.isVisible()]

    def shown_docks(self) -> set[str]:
        """Ids of the panes whose docks are shown, be it behind another tab."""
        docks = self.window.findChildren(QDockWidget)
        return {dock.objectName().removeprefix("dock_") for dock in docks if not dock.isHidden()}

    def pane_with_focus(self) -> str:
        """Id of the pane that holds the focus, empty for none."""
        focus = self.window.focusWidget()
        names = self.window._panes
        return next((name for name in names if focus is not None and self.window.pane(name).isAncestorOf(focus)), "")

    def show(self, path: Path) -> None:
        """Show a result file and wait until it is drawn."""
        self.state.show_result(str(path))
        self.settle()

    def settle(self) -> None:
        """Wait until the picture and the history of what is selected are there and drawn."""
        state, pictures, triptych = self.state, self.pictures, self.window.pane("triptych")
        self.qtbot.waitUntil(lambda: pictures.is_current, timeout=WAIT_MS)
        if pictures.current is not None and pictures.current.hand is not None:
            self.qtbot.waitUntil(lambda: triptych.prepared is not None, timeout=WAIT_MS)
        index = state.look.index()
        if index is not None:
            self.qtbot.waitUntil(lambda: _is_history_of(pictures.history, state.selection.quantity), timeout=WAIT_MS)
        QApplication.processEvents()

    def settle_code(self) -> None:
        """Wait until the debugger has nothing left to do, and everything is drawn."""
        debugger = self.state.debugger

        def is_there() -> bool:
            here, moment = debugger.here, debugger.moment
            fits = here is None or (moment is not None and moment.here.step == here.step)
            return fits and debugger._fast.is_idle and debugger._slow.is_idle

        self.qtbot.waitUntil(is_there, timeout=WAIT_MS)
        QApplication.processEvents()


def _is_history_of(history: Any, quantity: str | None) -> bool:
    return history is not None and history.name == quantity


@pytest.fixture(scope="session")
def question_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of the example of 2014, run once: dh is wrong from t = 3 back, and what hangs on it."""
    from inspector.assets import example_path
    from rnn import inspect_gradients, save_inspection

    path = tmp_path_factory.mktemp("question") / "question.bptt"
    save_inspection(inspect_gradients(case=example_path("question-2014")), path)
    return path


@pytest.fixture(scope="session")
def question_recording(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A recording of the example of 2014, made once, for what leaves nothing behind."""
    from inspector.cli import main

    path = tmp_path_factory.mktemp("question") / "question.rec"
    assert main(["record", "question-2014", "-o", str(path)]) == 0
    return str(path)


@pytest.fixture(scope="session")
def question_beside(question_recording: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the engine says when it is asked about that recording: JAX's values and the line to blame."""
    from inspector.engine.debugging import beside
    from inspector.engine.messages import Submit
    from rnn.jobs import JobRunner

    path = str(tmp_path_factory.mktemp("beside") / "question.beside")
    request = Submit(1, "beside", extra={"recording": question_recording, "path": path, "may_run": True})
    with JobRunner() as runner:
        assert beside(request, runner, lambda *_: None)[0] == path
    return path


@pytest.fixture
def new_desk(qapp: QApplication, settings_file: Path, qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Makes windows at their start: `new_desk()`, or with a file of remembered settings of its own."""
    from inspector.theme import apply_theme

    apply_theme(qapp, "light")
    made: list[Desk] = []

    def make(remembered: Path = settings_file) -> Desk:
        engine, pictures, memory = FakeEngine(), Pictures(), Memory(remembered)
        state = State(engine, pictures, memory)
        window = MainWindow(state, pictures, memory)
        window.commands.export.make_engine = lambda: engine
        desk = Desk(window, state, engine, pictures, memory, qtbot, tmp_path, [])
        made.append(desk)
        window.closed.connect(lambda: desk.closed.append(True))
        window.show_as_remembered()
        window.resize(1280, 800)
        qtbot.waitExposed(window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
        return desk

    yield make
    for desk in made:
        desk.window._closes = True  # no question about notes is answered any more
        desk.state.session.close()
        desk.state.own.close()
        desk.state.debugger.close_recording()
        desk.state.debugger.close()
        desk.pictures.close()


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    """A window at its start."""
    return new_desk()


@pytest.fixture
def shown_desk(desk: Desk, question_file: Path) -> Desk:
    """A window that shows the question of 2014; the focus is on the heatmap."""
    desk.show(question_file)
    desk.heatmap.setFocus(Qt.FocusReason.OtherFocusReason)
    return desk


@pytest.fixture
def code_desk(shown_desk: Desk, question_recording: str, question_beside: str) -> Desk:
    """A window that shows the recording of the question of 2014, with JAX beside it; the focus is on the source."""
    debugger = shown_desk.state.debugger
    shown_desk.state.requests.open(question_recording)
    assert shown_desk.engine.asked[-1][0] == "beside"
    shown_desk.engine.answer(question_beside)
    shown_desk.qtbot.waitUntil(
        lambda: debugger.overview is not None and debugger.overview.matches is not None, timeout=WAIT_MS
    )
    shown_desk.settle_code()
    shown_desk.window.pane("source").setFocus(Qt.FocusReason.OtherFocusReason)
    return shown_desk


@pytest.fixture(autouse=True, scope="module")
def garbage_is_collected_here() -> Iterator[None]:
    """As in the program: widgets that a thread of the next test collects would end there, and crash."""
    gc.disable()
    gc.freeze()  # what other modules left is not walked through again: with JAX loaded that takes seconds
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def collected_now_and_then(request: pytest.FixtureRequest) -> Iterator[None]:
    """In this thread, between tests."""
    yield
    if gc.get_count()[0] > OFTEN:
        gc.collect(1)
    if gc.get_count()[2] > SELDOM:
        gc.collect()
