"""Long and large results: the first picture against the time of reading what it shows, and how long the window ever waits."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from tests.bench.measure import Claim, seconds
from tests.bench.window import FRAME_MS, _Watch, until

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"

STEPS, HIDDEN = 100_000, 64
WIDE = 4096


def _made(folder: Path, name: str, **settings: Any) -> Path:
    """A result of the program's own BPTT, as a machine without a screen makes it."""
    from rnn.inspection import inspect_gradients, save_inspection
    from rnn.settings import ProblemSettings

    path = folder / f"{name}.bptt"
    save_inspection(inspect_gradients(ProblemSettings(**settings)), path)
    return path


def _bare(path: Path, quantity: str) -> float:
    """Seconds that a bare script takes for one sample: read, subtract, and map three pictures to 8 bits."""
    from rnn.container import ContainerReader

    with ContainerReader(path) as reader:
        names = [f"{side}/{quantity}" for side in ("hand", "reference")]
        places = [(reader.place(name)[0], reader.shape(name)) for name in names]

    def read() -> None:
        sides: list[Any] = []
        with path.open("rb") as stream:
            for offset, shape in places:
                stream.seek(offset)
                whole = np.fromfile(stream, "f8", int(np.prod(shape))).reshape(shape)
                sides.append(np.ascontiguousarray(whole[:, 0]) if whole.ndim == 3 else whole)
        for values in (*sides, sides[0] - sides[1]):
            peak = np.abs(values).max()
            (127 * values / peak).astype(np.int8)

    return median(seconds(read) for _ in range(3))


def _opened(application: Any, folder: Path, path: Path, quantities: tuple[str, ...]) -> Iterator[Claim]:
    """The whole program on a saved result."""
    from inspector.app import Program
    from inspector.opening import open_files

    program = Program(application, folder / "settings.ini")
    state = program.state
    program.show()
    until(application, lambda: state.engine_ready)
    canvas = program.window.pane("triptych").canvas
    with _Watch() as watch:
        opened = seconds(lambda: (open_files(state, [str(path)]), until(application, lambda: canvas.views[0].layer)))
        times = {}
        for name in quantities:
            before = canvas.views[0].layer

            def shown(name: str = name, before: Any = before) -> bool:
                picture = program.pictures.current
                return picture is not None and picture.quantity == name and canvas.views[0].layer is not before

            times[name] = seconds(lambda name=name: (state.select_quantity(name), until(application, lambda: shown())))
    yield Claim(f"{path.stem}: first picture after opening (s)", opened, 1.0, f"{path.stat().st_size / 2**20:.0f} MiB")
    for name, taken in times.items():
        bare = _bare(path, name)
        size = f"{taken:.2f} s against {bare:.2f} s"
        yield Claim(f"{path.stem}: picture of {name} / a bare script", taken / bare, 10.0, size)
    yield Claim(f"{path.stem}: no turn of the event loop above 50 ms (ms)", watch.longest_ms, FRAME_MS)
    program.close()


def claims() -> Iterator[Claim]:
    """T = 100,000 and H = 4096."""
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        long = _made(folder, "T100000", steps=STEPS, hidden=HIDDEN)
        yield from _opened(application, folder, long, ("dh", "da"))
        long.unlink()
        wide = _made(folder, "H4096", steps=10, hidden=WIDE, inputs=HIDDEN)
        yield from _opened(application, folder, wide, ("dW_hh",))
