"""The debugger at T = 1000, H = 64, all panes open: a key press, the picture of all steps, a held key, a large recording."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from tests.bench.measure import Claim, seconds
from tests.bench.window import until

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

MEDIAN_MS, P95_MS, GRID_MS, FIRST_STEP_MS = 16.0, 33.0, 16.0, 1000.0
PRESSES = 400
HELD_S = 10.0
HELD_GROWTH_MIB = 8.0
LARGE_BYTES = 256 << 20

CODE = """
import numpy as np

CASE = dict(cell="rnn", activation="tanh", loss="softmax_cross_entropy", x="TD", weights="out,in", h0="zero")


def run(problem):
    p, xs, targets = problem.params, problem.x, problem.target
    Wxh, Whh, Why, bh, by = (p[name] for name in ("W_xh", "W_hh", "W_hy", "b_h", "b_y"))
    hs, ps = {-1: np.zeros(Whh.shape[0])}, {}
    loss = 0.0
    for t in range(len(xs)):
        hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1] + bh)
        y = Why @ hs[t] + by
        ps[t] = np.exp(y - y.max())
        ps[t] /= ps[t].sum()
        loss -= np.log(ps[t][targets[t]])
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby, dhnext = np.zeros_like(bh), np.zeros_like(by), np.zeros_like(bh)
    for t in reversed(range(len(xs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.outer(dy, hs[t])
        dby += dy
        dh = Why.T @ dy + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.outer(dhraw, xs[t])
        dWhh += np.outer(dhraw, hs[t])
        dhnext = Whh.T @ dhraw
    return dict(dW_xh=dWxh, dW_hh=dWhh, dW_hy=dWhy, db_h=dbh, db_y=dby, loss=loss)
"""
"""A character RNN as blogs write it; `dWhh` takes h of the wrong step."""


def _memory_mib() -> float:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _settled(debugger: Any) -> bool:
    here, moment = debugger.here, debugger.moment
    return moment is not None and here is not None and moment.here.step == here.step


def _frame(application: Any, debugger: Any, key: Any, target: Any) -> float:
    """Milliseconds from a key press until everything that hangs on it is painted."""
    from PySide6.QtTest import QTest

    start = time.perf_counter()
    QTest.keyClick(target, *key)
    while not _settled(debugger):
        application.processEvents()
    application.processEvents()
    return 1e3 * (time.perf_counter() - start)


def _presses(application: Any, program: Any) -> Iterator[Claim]:
    from PySide6.QtCore import Qt

    debugger, window = program.state.debugger, program.window
    target = window.focusWidget() or window
    keys = (
        (Qt.Key.Key_F10,),
        (Qt.Key.Key_PageDown,),
        (Qt.Key.Key_F10, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier),
    )
    for key, name in zip(keys, ("step over", "next iteration", "step over backward"), strict=True):
        times = [_frame(application, debugger, key, target) for _ in range(PRESSES)]
        whole = 1e3 * median(seconds(window.grab) for _ in range(9))
        text = f"key press to painted frame, {name}"
        yield Claim(
            f"{text}, median (ms)", median(times), MEDIAN_MS, f"painting all of the window anew takes {whole:.1f} ms"
        )
        yield Claim(f"{text}, 95 % (ms)", quantiles(times, n=20)[-1], P95_MS)


def _grid(program: Any) -> Iterator[Claim]:
    """The picture of all steps, made anew as after a change of size or zoom."""
    from inspector.panes.debug.grid_canvas import GridCanvas

    canvas = program.window.pane("grid").findChild(GridCanvas)

    def anew() -> None:
        canvas.redraw()
        canvas.grab()

    bare = 1e3 * median(seconds(canvas.grab) for _ in range(15))
    folded = program.state.debugger.overview.folded
    text = f"picture of {folded.columns} iterations x {len(folded.rows)} lines, made and painted (ms)"
    yield Claim(text, 1e3 * median(seconds(anew) for _ in range(15)), GRID_MS, f"painted as it is: {bare:.1f} ms")


def _held(application: Any, program: Any) -> Iterator[Claim]:
    """Ten seconds of playing at 60 moves a second."""
    from tests.bench.window import _Watch

    debugger, player = program.state.debugger, program.window.commands.debug.player
    debugger.go_to(0)
    player.speed = 60
    before, first = _memory_mib(), debugger.here.step
    end = time.perf_counter() + HELD_S
    with _Watch() as watch:
        player.press(lambda: debugger.walk("into", 1))
        player._repeats = True
        player.press(lambda: debugger.walk("into", 1))
        until(application, lambda: time.perf_counter() > end)
        player.stop()
    moves = debugger.here.step - first
    yield Claim(
        "a key held for 10 s: longest time without a turn of the event loop (ms)",
        watch.longest_ms,
        50.0,
        f"{moves} moves",
    )
    yield Claim("a key held for 10 s: memory grown (MiB)", _memory_mib() - before, HELD_GROWTH_MIB)


def _large(application: Any, program: Any, folder: Path) -> Iterator[Claim]:
    """A recording of 256 MiB: from the click to the first step on the screen."""
    import numpy as np

    from rnn.recorder import RecordingLimits, record

    def fill(count: int) -> Any:
        state = np.zeros((256, 512))
        for t in range(count):
            state[t % 256] = t
            fresh = state * 1.5
        return fresh

    path = folder / "large.rec"
    record(fill, LARGE_BYTES // (256 * 512 * 8), path=path, limits=RecordingLimits(exact=True, bytes=2 * LARGE_BYTES))
    debugger = program.state.debugger
    start = time.perf_counter()
    debugger.open(str(path))
    until(
        application,
        lambda: debugger.recording is not None and str(debugger.recording.path) == str(path) and _settled(debugger),
    )
    took = 1e3 * (time.perf_counter() - start)
    yield Claim(
        "recording of 256 MiB: first step on the screen (ms)", took, FIRST_STEP_MS, f"{path.stat().st_size >> 20} MiB"
    )


def claims() -> Iterator[Claim]:
    """The debugger's claims."""
    from PySide6.QtWidgets import QApplication

    from inspector.app import Program

    application = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        case = folder / "characters.py"
        case.write_text(CODE, encoding="utf-8")
        program = Program(application, folder / "settings.ini")
        program.show()
        program.window.resize(1280, 800)
        state = program.state
        until(application, lambda: state.engine_ready)
        state.choose_case(str(case))
        state.change_settings(steps=1000, hidden=64, inputs=64, outputs=64)
        state.run()
        state.trust_and_run()
        until(application, lambda: state.result is not None)
        start = time.perf_counter()
        program.window.commands.debug.go_to_first_wrong_line()
        until(application, lambda: state.debugger.overview is not None and state.debugger.overview.matches is not None)
        print(f"     recorded, compared with JAX and blamed in {time.perf_counter() - start:.1f} s")
        state.debugger.select_array("dWhh")
        state.debugger.set_mode("difference")
        until(application, lambda: _settled(state.debugger) and state.debugger.detail is not None)
        yield from _presses(application, program)
        yield from _grid(program)
        yield from _held(application, program)
        yield from _large(application, program, folder)
        program.close()
