"""A session of a gigabyte: its first picture against reading what it shows, saving it, and how long the window ever waits."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from inspector.pictures import read_picture
from rnn.inspection import load_inspection
from tests.bench.large import _bare, _made
from tests.bench.measure import Claim, compare, seconds
from tests.bench.window import FRAME_MS, _Watch, until

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"

WIDE = 4096
SHOWN = "dW_hh"
SETTLE_S = 3.0


def _settled(program: Any, application: Any) -> None:
    """Wait until the picture is drawn, and all that hangs on it."""
    until(application, lambda: program.pictures.is_current and program.window.pane("triptych").prepared is not None)
    end = time.monotonic() + SETTLE_S
    until(application, lambda: time.monotonic() > end)


def _saved(program: Any, application: Any, result: Path, target: Path) -> tuple[float, float]:
    """Seconds that the window takes to save what it shows, and the longest that it waited meanwhile (ms)."""
    keeper = program.state.session
    program.state.open_files([str(result)])
    until(application, lambda: program.pictures.is_current and program.state.result is not None)
    program.state.select_quantity(SHOWN)
    _settled(program, application)
    with _Watch() as watch:
        taken = seconds(lambda: (keeper.save(str(target)), until(application, lambda: keeper.progress is None)))
    return taken, watch.longest_ms


def _copied(source: Path, target: Path) -> None:
    """A bare script that copies a file to the disk."""
    with source.open("rb") as read, target.open("wb") as write:
        while data := read.read(4 << 20):
            write.write(data)
        write.flush()
        os.fsync(write.fileno())


def _opened(program: Any, application: Any, path: Path) -> tuple[float, float]:
    """Seconds from the wish to the first picture, and the longest that the window waited meanwhile (ms)."""
    canvas = program.window.pane("triptych").canvas

    def shown() -> bool:
        return program.pictures.current is not None and canvas.views[0].layer is not None

    with _Watch() as watch:
        taken = seconds(lambda: (program.state.open_files([str(path)]), until(application, shown)))
    return taken, watch.longest_ms


def _read(path: Path) -> None:
    """Read what a picture needs, as the window's thread does; of a session with its index."""
    with_arrays = load_inspection(path)
    read_picture(1, with_arrays, SHOWN, 0)


def _in_new_window(application: Any, folder: Path, name: str, work: Callable[[Any], Any]) -> Any:
    """What comes of something that is done in a window of its own, whose engine is ready."""
    from inspector.app import Program

    program = Program(application, folder / f"{name}.ini")
    program.memory.set_tour_seen(True)
    program.show()
    until(application, lambda: program.state.engine_ready)
    try:
        return work(program)
    finally:
        program.close()


def claims() -> Iterator[Claim]:
    """All claims about sessions."""
    import pyqtgraph
    from PySide6.QtWidgets import QApplication

    pyqtgraph.setConfigOptions(imageAxisOrder="row-major")
    application = QApplication.instance() or QApplication([])
    folder = Path(tempfile.mkdtemp(prefix="bench-sessions-"))
    try:
        result = _made(folder, "wide", hidden=WIDE, inputs=WIDE, steps=3, batch=2, outputs=8)
        target = folder / "F.bptt"
        saved, waited = _in_new_window(application, folder, "a", lambda one: _saved(one, application, result, target))
        copied = seconds(lambda: _copied(result, folder / "copy"))
        size = f"{target.stat().st_size / 2**20:.0f} MiB"
        told = f"{size}, {saved:.2f} s against {copied:.2f} s"
        yield Claim("saving a session against copying its files to the disk", saved / copied, 3.0, told)
        yield Claim("longest wait of the window while it is saved (ms)", waited, FRAME_MS, size)
        opened, _ = _in_new_window(application, folder, "b", lambda one: _opened(one, application, target))
        bare = _bare(result, SHOWN)
        told = f"{size}, {opened:.2f} s against {bare:.2f} s"
        yield Claim(f"first picture of a session, {SHOWN}, against reading what it shows", opened / bare, 3.0, told)
        yield compare(
            "a picture read out of a session against out of its result",
            1.2,
            lambda: _read(target),
            lambda: _read(result),
            5,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
