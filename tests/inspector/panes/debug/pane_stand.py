"""A pane of the debugger by itself, with a real model and real recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QTableView, QWidget

from inspector.debugger.debugger import Debugger
from inspector.pictures import Pictures
from inspector.settings import Memory
from inspector.state import State
from inspector.theme import apply_theme
from tests.inspector.doubles import FakeEngine
from tests.inspector.waiting import work_until


def summed(T: int) -> Any:
    """An element that is written in every iteration, and a NaN."""
    total = np.zeros((2, 3))
    for t in range(T):
        total[1, 2] += t
        if t == 3:
            total[0, 0] = np.nan
    return total


class Stand:
    """A pane of a class, in its own window.

    Attributes:
        pane, state, debugger: the parts.
    """

    def __init__(self, application: QApplication, folder: Path, kind: Callable[..., QWidget]) -> None:
        apply_theme(application, "light")
        self.application, self.pictures = application, Pictures()
        self.state = State(FakeEngine(), self.pictures, Memory(folder / "settings.ini"))
        self.debugger: Debugger = self.state.debugger
        self.window = QWidget()
        self.window.resize(1000, 240)
        self.pane: Any = kind(self.state, self.pictures, self.window)
        self.pane.resize(1000, 240)
        self.window.show()
        QTest.qWaitForWindowExposed(self.window)
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow)

    def wait(self, condition: Callable[[], Any]) -> None:
        """Work on events until a condition holds."""
        work_until(self.application, condition)

    def settle(self) -> None:
        """Wait until everything that was asked for is there."""
        self.wait(lambda: self.debugger._fast.is_idle and self.debugger._slow.is_idle)
        self.application.processEvents()

    def open(self, path: Path | str, step: int | None = None) -> None:
        """Open a recording."""
        self.debugger.open(str(path), step=step)
        self.wait(lambda: self.debugger.overview is not None and self.debugger.overview.path == str(path))
        self.settle()

    @property
    def step(self) -> int:
        """Where the user stands."""
        return -1 if self.debugger.here is None else self.debugger.here.step

    def button(self, start: str) -> QPushButton:
        """A button by the beginning of its text."""
        return next(one for one in self.pane.findChildren(QPushButton) if one.text().startswith(start))

    def close(self) -> None:
        """End the threads."""
        self.debugger.close_recording()
        self.settle()
        self.debugger.close()
        self.pictures.close()


@contextmanager
def standing(application: QApplication, folder: Path, kind: Callable[..., QWidget]) -> Iterator[Stand]:
    """A stand that is taken down again."""
    made = Stand(application, folder, kind)
    yield made
    made.close()


def cells(view: QTableView, column: int) -> list[str]:
    """Texts of a column."""
    model = view.model()
    return [str(model.index(row, column).data() or "") for row in range(model.rowCount())]


def place_of(view: QTableView, row: int, column: int = 1) -> QPoint:
    """A point in a cell."""
    return view.visualRect(view.model().index(row, column)).center()


def click(view: QTableView, row: int, column: int = 1) -> None:
    """Click a cell."""
    view.scrollTo(view.model().index(row, column))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place_of(view, row, column))


def press(widget: QWidget, key: Qt.Key) -> None:
    """Press a key on a widget."""
    QTest.keyClick(widget, key)


__all__ = ["Stand", "cells", "click", "place_of", "press", "standing", "summed"]
