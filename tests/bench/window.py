"""The window while it is used: zoom, read-out, change of quantity, cancel, and how long it ever blocks."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from tests.bench.measure import Claim, compare, seconds

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"

SIZE = (1500, 520)
FRAME_MS = 50.0
ZOOM_MS = 33.0


def until(application: Any, condition: Callable[[], bool], limit_s: float = 120.0) -> None:
    """Run the event loop, as the program does, until a condition holds; polling it would fight the threads."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, timer, end = QEventLoop(), QTimer(interval=2), time.perf_counter() + limit_s
    timer.timeout.connect(lambda: loop.quit() if condition() or time.perf_counter() > end else None)
    timer.start()
    loop.exec()
    assert condition(), "waited too long"


def _zoom(application: Any, side: int) -> list[Claim]:
    """A zoom step of our three panes against three bare pyqtgraph images, both painted."""
    import pyqtgraph as pg

    from inspector.panes.heatmap.prepare import Order, Wish, layers_of, prepare
    from inspector.panes.heatmap.triptych import Triptych
    from inspector.records import ViewState

    rng = np.random.default_rng(0)
    hand, reference = rng.normal(size=(2, side, side))
    ours = Triptych(None)
    ours.resize(*SIZE)
    ours.show()
    prepared = prepare(Order(1, hand, reference, Wish.of(ViewState()), 1e-16))
    ours.show_layers(layers_of(prepared, ViewState()), "red-blue", "light")
    bare = pg.GraphicsLayoutWidget()
    bare.resize(*SIZE)
    boxes = []
    for column, values in enumerate((hand, reference, hand - reference)):
        plot = bare.addPlot(0, column)
        plot.addItem(pg.ImageItem(values.astype("float32")))
        boxes.append(plot.getViewBox())
    bare.show()
    application.processEvents()
    steps = iter(range(10**9))

    def our_step() -> None:
        ours.model.zoom(0.8 if next(steps) % 20 < 10 else 1.25, side / 2, side / 2)
        ours.grab()

    def bare_step() -> None:
        for box in boxes:
            box.scaleBy((0.8, 0.8) if next(steps) % 60 < 30 else (1.25, 1.25))
        bare.grab()

    text = f"linked zoom step, three {side} x {side} panes"
    ratio = compare(f"{text} / bare pyqtgraph", 1.5, our_step, bare_step, 41)
    alone = Claim(f"{text}, painted (ms)", 1e3 * median(seconds(our_step) for _ in range(41)), ZOOM_MS)
    ours.close()
    bare.close()
    return [ratio, alone]


class _Watch:
    """The longest time between two turns of the event loop."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self.longest_ms, self._last = 0.0, time.perf_counter()
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest_ms = max(self.longest_ms, 1e3 * (now - self._last))
        self._last = now

    def __enter__(self) -> _Watch:
        self._last = time.perf_counter()
        self._timer.start()
        return self

    def __exit__(self, *rest: object) -> None:
        self._timer.stop()


def _use(application: Any, folder: str) -> Iterator[Claim]:
    """The whole program at 1024 x 1024."""
    from inspector.app import Program
    from inspector.records import IDLE

    program = Program(application, Path(folder) / "settings.ini")
    state = program.state
    program.show()
    until(application, lambda: state.engine_ready)
    state.change_settings(steps=30, batch=2, hidden=1024, inputs=1024)
    watch = _Watch()
    with watch:
        state.run()
        until(application, lambda: state.result is not None and state.status.phase == IDLE)
        canvas = program.window.pane("triptych").canvas
        until(application, lambda: canvas.views[0].layer is not None)
    yield Claim("no turn of the event loop above 50 ms during a large run (ms)", watch.longest_ms, FRAME_MS)
    yield _switch(application, program)
    yield _read_out(application, program)
    state.change_settings(steps=3000)
    state.run()
    until(application, lambda: state.status.fraction is not None)
    yield Claim("cancel answered (ms)", 1e3 * seconds(state.cancel), 200.0, f"phase {state.status.phase}")
    program.close()


def _switch(application: Any, program: Any) -> Claim:
    canvas = program.window.pane("triptych").canvas
    times = []
    for name in ("dW_xh", "dW_hh") * 4:
        before = canvas.views[0].layer

        def shown(name: str = name, before: Any = before) -> bool:
            return program.pictures.current.quantity == name and canvas.views[0].layer is not before

        start = time.perf_counter()
        program.state.select_quantity(name)
        until(application, shown)
        canvas.grab()
        times.append(time.perf_counter() - start)
    return Claim("switch of quantity at 1024 x 1024, painted (ms)", 1e3 * median(times), 100.0)


def _read_out(application: Any, program: Any) -> Claim:
    canvas, status = program.window.pane("triptych").canvas, program.window.statusBar()
    cells = iter(range(10**6))

    def hover() -> None:
        canvas.views[0].hovered.emit((next(cells) % 1000, 5))
        status.grab()

    return Claim("read-out under the cursor (ms)", 1e3 * median(seconds(hover) for _ in range(40)), 16.0)


def claims() -> Iterator[Claim]:
    """The window's claims."""
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    yield from _zoom(application, 2048)
    yield from _zoom(application, 4096)
    with tempfile.TemporaryDirectory() as folder:
        yield from _use(application, folder)
