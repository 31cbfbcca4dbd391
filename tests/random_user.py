"""A random user: does what people do in the window, in random order, for as long as asked."""

from __future__ import annotations

import gc
import os
import random
import sys
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent

from inspector.actions import ACTIONS
from inspector.records import IDLE, METRICS, MODES, SCALES

NOT_BY_CHANCE = {"quit", "open", "save_weights", "export_all", "copy_diagnostics", "copy",
                 "copy_command", "copy_figure", "copy_numbers", "many", "itemised", "descent"}
"""Commands that end the program, wait for a person in a file dialog, touch the clipboard, or are done with small sizes below."""


def memory_bytes() -> int:
    """Resident memory of this process; 0 where the platform doesn't say."""
    if sys.platform != "linux":
        return 0
    with open("/proc/self/statm", encoding="ascii") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class RandomUser:
    """Does random things to a running program.

    Attributes:
        done: how many.
    """

    def __init__(self, application: Any, program: Any, seed: int = 0) -> None:
        """Args: application: the QApplication. program: `inspector.app.Program`, shown."""
        self._application, self._program = application, program
        self._state, self._window = program.state, program.window
        self._random = random.Random(seed)
        self.done = 0
        self._deeds: list[Callable[[], object]] = [
            self._choose_quantity, self._pick, self._zoom, self._look, self._levels, self._drag_weight, self._slide,
            self._command, self._command, self._travel, self._case, self._resize, self._ask, self._hover,
        ]

    def act(self) -> None:
        """Do one thing and let the window answer."""
        self.done += 1
        self._random.choice(self._deeds)()
        for _ in range(3):
            self._application.processEvents()

    def settle(self, limit_s: float = 30.0) -> None:
        """Close what was opened and wait until nothing runs."""
        self._close_dialogs()
        end = time.perf_counter() + limit_s
        while self._state.status.phase != IDLE and time.perf_counter() < end:
            self._application.processEvents()
            time.sleep(0.002)
        gc.collect()

    def _choose_quantity(self) -> None:
        if self._state.result is not None:
            self._state.select_quantity(self._random.choice(self._state.result.reports()).name)

    def _pick(self) -> None:
        self._state.pick(self._random.randrange(8), self._random.randrange(8))
        self._state.select_t(self._random.randrange(10))

    def _zoom(self) -> None:
        canvas = self._window.pane("triptych").canvas
        canvas.model.zoom(self._random.choice((0.5, 0.8, 1.25, 2.0)), self._random.random() * 5, self._random.random() * 5)

    def _look(self) -> None:
        choices: dict[str, Any] = {
            "mode": self._random.choice(MODES), "metric": self._random.choice(METRICS),
            "scale": self._random.choice(SCALES), "theme": self._random.choice(("light", "dark")),
            "profiles": self._random.random() < 0.5, "locked": self._random.random() < 0.3,
            "custom_tolerance": self._random.random() < 0.3,
        }
        name = self._random.choice(list(choices))
        self._state.set_view(**{name: choices[name]})

    def _levels(self) -> None:
        for _ in range(5):
            self._state.look.set_bound(self._random.choice(("values", "difference")), self._random.random() + 1e-3, "drag")
        self._state.end_drag()

    def _drag_weight(self) -> None:
        for _ in range(4):
            self._state.edit_weight("W_hh", (0, 0), self._random.gauss(0, 1), "weight")
            self._application.processEvents()
        self._state.end_drag()

    def _slide(self) -> None:
        field, value = self._random.choice((("weight_scale", 0.05 + self._random.random()), ("spectral_radius", 1.3),
                                            ("steps", self._random.choice((3, 5, 8)))))
        self._state.drag_settings("slide", **{field: value})
        self._state.end_drag()

    def _travel(self) -> None:
        self._random.choice((self._state.undo, self._state.redo))()

    def _case(self) -> None:
        self._state.choose_case(self._random.choice(("", "question-2014", "question-2014-fixed")))
        self._state.run()

    def _resize(self) -> None:
        self._window.resize(self._random.randrange(1024, 1800), self._random.randrange(640, 1000))

    def _hover(self) -> None:
        canvas = self._window.pane("triptych").canvas
        canvas.views[0].hovered.emit((self._random.randrange(4), self._random.randrange(4)))

    def _ask(self) -> None:
        if self._state.result is None or self._state.status.phase != IDLE:
            return
        asking, path = self._state.asking, self._state.case_path
        self._random.choice((
            asking.ask_element, asking.ask_jacobian, lambda: asking.ask_itemised(path),
            lambda: asking.descend(path, 5, 0.01, False), lambda: self._state.check_many(3),
        ))()

    def _command(self) -> None:
        action = self._random.choice([each for each in ACTIONS if each.id not in NOT_BY_CHANCE])
        self._window.made[action.id].trigger()
        if self._random.random() < 0.3:
            self._close_dialogs()

    def _close_dialogs(self) -> None:
        for widget in self._application.topLevelWidgets():
            if widget is not self._window and widget.isVisible() and widget.isWindow():
                widget.close()
        # Outside of exec() nobody else destroys what was closed.
        self._application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._application.processEvents()
