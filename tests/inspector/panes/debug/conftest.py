"""Panes of the debugger without a window: a debugger, a state that is little more, and recordings of small functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from inspector.notes import Notes
from inspector.notices import Notices
from inspector.pictures import Pictures
from inspector.situation import History, Moment
from inspector.state import State
from inspector.theme import apply_theme
from rnn.recorder import record
from tests.inspector.debugger.conftest import Bench


class Stage(QObject):
    """What a pane asks of `State`, and where it is shown.

    Attributes:
        bench: has the debugger.
    """

    view_changed = Signal()

    def __init__(self, application: QApplication, folder: Path) -> None:
        super().__init__()
        self.bench, self._folder, self._tops = Bench(application, folder), folder, list[QWidget]()
        self.debugger = self.bench.debugger
        self.notes = Notes(History(Moment()), Notices(self), self)

    def show(self, kind: Callable[[State, Pictures, QWidget], QWidget], width: int, height: int) -> Any:
        """A pane of a size."""
        top = QWidget()
        layout = QVBoxLayout(top)
        layout.setContentsMargins(0, 0, 0, 0)
        pane = kind(cast(State, self), cast(Pictures, None), top)
        layout.addWidget(pane)
        top.resize(width, height)
        top.show()
        self._tops.append(top)
        self.bench.application.processEvents()
        return pane

    def record(self, function: Callable[[], Any]) -> None:
        """Record a function and open that."""
        path = self._folder / f"{function.__name__}.rec"
        record(function, path=path)
        self.bench.open(path)

    def steps(self, text: str) -> list[int]:
        """Steps whose statement begins with a text."""
        recording = self.debugger.recording
        return [step for step in range(len(recording)) if recording.step(step).statement.text.startswith(text)]


@pytest.fixture
def stage(qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    """An empty one."""
    apply_theme(qapp, "light")
    made = Stage(qapp, tmp_path)
    yield made
    made.debugger.close_recording()
    made.debugger.close()
