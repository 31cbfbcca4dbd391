"""A debugger without a window, and recordings to open in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from inspector.debugger.debugger import Debugger
from inspector.notices import Notices
from inspector.settings import Memory
from rnn.recorder import record
from tests.inspector.debugger.samples import three_levels
from tests.inspector.waiting import work_until


class Bench:
    """A debugger with its notices.

    Attributes:
        debugger, notices, memory: the parts. application: whose events are worked on while waiting.
    """

    def __init__(self, application: QApplication, folder: Path) -> None:
        self.application, self.notices, self.memory = application, Notices(), Memory(folder / "settings.ini")
        self.debugger = Debugger(self.notices, self.memory)

    def wait(self, condition: Callable[[], Any]) -> None:
        """Work on events until a condition holds."""
        work_until(self.application, condition)

    def open(self, path: Path | str, **more: Any) -> Debugger:
        """Open a recording and wait until all of it is known."""
        self.debugger.open(str(path), **more)
        self.wait(lambda: self.debugger.overview is not None and self.debugger.overview.path == str(path))
        self.settle()
        return self.debugger

    def settle(self) -> None:
        """Wait until the moment of the present step is there, and everything that was asked for."""
        debugger = self.debugger
        self.wait(lambda: debugger._fast.is_idle and debugger._slow.is_idle)
        if debugger.here is not None:
            self.wait(lambda: debugger.moment is not None and debugger.moment.here.step == debugger.here.step)

    def walk(self, *ways: tuple[str, int]) -> list[int]:
        """Move, and tell the lines that were come by."""
        lines = []
        for name, direction in ways:
            self.debugger.walk(name, direction)
            self.settle()
            lines.append(self.debugger.here.line)
        return lines


@pytest.fixture
def bench(qapp: QApplication, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(qapp, tmp_path)
    yield made
    made.debugger.close_recording()
    made.settle()
    made.debugger.close()


@pytest.fixture(scope="session")
def levels_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three levels of helper functions, three iterations."""
    path = tmp_path_factory.mktemp("levels") / "levels.rec"
    record(three_levels, 3, path=path)
    return path
