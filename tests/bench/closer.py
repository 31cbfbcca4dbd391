"""Looking closer at 2048 x 2048 in the whole program: levels, flip, read-out; and results a second under a slider."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.measure import Claim, seconds
from tests.bench.window import until

CLOSER_MS = 16.0
RESULTS_A_SECOND = 20.0


def _program(application: Any, folder: str, **settings: Any) -> Any:
    """The whole program with a result of some settings."""
    from inspector.app import Program
    from inspector.records import IDLE

    program = Program(application, Path(folder) / "settings.ini")
    program.show()
    until(application, lambda: program.state.engine_ready)
    program.state.change_settings(**settings)
    program.state.run()
    until(application, lambda: program.state.result is not None and program.state.status.phase == IDLE)
    canvas = program.window.pane("triptych").canvas
    until(application, lambda: canvas.views[0].layer is not None)
    application.processEvents()
    return program


def _looking(application: Any, folder: str) -> Iterator[Claim]:
    program = _program(application, folder, steps=6, batch=1, hidden=2048, inputs=16, outputs=4)
    state, window = program.state, program.window
    state.select_quantity("dW_hh")
    canvas = window.pane("triptych").canvas
    until(application, lambda: canvas.views[0].layer.values.shape == (2048, 2048))
    window.raise_pane("levels")
    application.processEvents()
    numbers = iter(range(10**6))

    def drag_level() -> None:
        state.look.set_bound("values", 1.0 + 0.01 * next(numbers), "bench")
        canvas.repaint()

    def flip() -> None:
        state.look.set_flipped(next(numbers) % 2 == 0)
        canvas.repaint()

    def read_out() -> None:
        canvas.views[0].hovered.emit((next(numbers) % 2000, 7))
        canvas.repaint()
        window.statusBar().repaint()

    for text, step in (("level drag", drag_level), ("flip", flip), ("read-out", read_out)):
        times = []
        for _ in range(41):
            times.append(seconds(step))
            application.processEvents()
        yield Claim(f"{text} at 2048 x 2048 in the whole window, painted (ms)", 1e3 * median(times), CLOSER_MS)
    program.close()


def _sliding(application: Any, folder: str) -> Claim:
    """A weight is dragged for three seconds, as fast as the mouse can: how often is another result painted?"""
    program = _program(application, folder, steps=50, hidden=64)
    state = program.state
    state.select_quantity("dW_hh")
    state.pick(3, 4)
    shown: list[object] = []
    state.result_changed.connect(lambda: shown.append(state.result) if state.result not in shown[-1:] else None)
    start, number = time.perf_counter(), 0
    while time.perf_counter() - start < 3.0:
        number += 1
        state.edit_weight("W_hh", (3, 4), 0.001 * number, "bench")
        end = time.perf_counter() + 0.008  # a mouse speaks 125 times a second
        while time.perf_counter() < end:
            application.processEvents()
    rate = len({id(result) for result in shown}) / (time.perf_counter() - start)
    program.close()
    text = "seconds a result while a weight is dragged, T = 50, H = 64, times 20"
    return Claim(text, RESULTS_A_SECOND / max(rate, 1e-9), 1.0, f"{rate:.1f} results a second")


def claims() -> Iterator[Claim]:
    """The claims about looking closer."""
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        yield from _looking(application, folder)
        yield _sliding(application, folder)
