"""A session of a gigabyte: its first picture against reading what it shows, saving it, and how long the window ever waits."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.large import _bare, _made
from tests.bench.measure import Claim, seconds
from tests.bench.window import FRAME_MS, _Watch, until

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"

WIDE = 4096
SHOWN = "dW_hh"


def _saved(program: Any, application: Any, result: Path, target: Path) -> tuple[float, _Watch]:
    """Seconds that the window takes to save what it shows, and how long it waited meanwhile."""
    keeper = program.state.session
    program.state.open_files([str(result)])
    until(application, lambda: program.pictures.is_current and program.state.result is not None)
    program.state.select_quantity(SHOWN)
    until(application, lambda: program.pictures.is_current and program.pictures.current.quantity == SHOWN)
    with _Watch() as watch:
        return seconds(lambda: (keeper.save(str(target)), until(application, lambda: keeper.progress is None))), watch


def _copied(source: Path, target: Path) -> None:
    """A bare script that copies a file to the disk."""
    with source.open("rb") as read, target.open("wb") as write:
        while data := read.read(4 << 20):
            write.write(data)
        write.flush()
        os.fsync(write.fileno())


def _opened(program: Any, application: Any, path: Path) -> float:
    """Seconds from the wish to the first picture of another quantity than the one before."""
    canvas = program.window.pane("triptych").canvas
    before = canvas.views[0].layer

    def shown() -> bool:
        picture = program.pictures.current
        drawn = canvas.views[0].layer is not None and canvas.views[0].layer is not before
        return picture is not None and picture.quantity == SHOWN and drawn and program.state.session.path == str(path)

    return seconds(lambda: (program.state.open_files([str(path)]), until(application, shown)))


def claims() -> Iterator[Claim]:
    """All claims about sessions."""
    import pyqtgraph
    from PySide6.QtWidgets import QApplication

    from inspector.app import Program

    pyqtgraph.setConfigOptions(imageAxisOrder="row-major")
    application = QApplication.instance() or QApplication([])
    folder = Path(tempfile.mkdtemp(prefix="bench-sessions-"))
    try:
        result = _made(folder, "wide", hidden=WIDE, inputs=WIDE, steps=3, batch=2, outputs=8)
        target = folder / "F.bptt"
        program = Program(application, folder / "settings.ini")
        program.memory.set_tour_seen(True)
        program.show()
        until(application, lambda: program.state.engine_ready)
        saved, watch = _saved(program, application, result, target)
        copied = seconds(lambda: _copied(result, folder / "copy"))
        size = f"{target.stat().st_size / 2**20:.0f} MiB"
        yield Claim(
            "saving a session against copying its files to the disk",
            saved / copied,
            3.0,
            f"{size}, {saved:.2f} s against {copied:.2f} s",
        )
        yield Claim("longest wait of the window while it is saved (ms)", watch.longest_ms, FRAME_MS, size)
        program.close()
        program = Program(application, folder / "other.ini")
        program.memory.set_tour_seen(True)
        program.show()
        until(application, lambda: program.state.engine_ready)
        with _Watch() as watch:
            opened = _opened(program, application, target)
        bare = _bare(result, SHOWN)
        yield Claim(
            f"first picture of a session, {SHOWN}, against reading what it shows",
            opened / bare,
            3.0,
            f"{size}, {opened:.2f} s against {bare:.2f} s",
        )
        yield Claim("longest wait of the window while it is opened (ms)", watch.longest_ms, FRAME_MS, size)
        program.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
