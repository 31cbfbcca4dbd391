"""Start of the window against a bare script that imports PySide6 and pyqtgraph and shows three plots."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from statistics import median

from tests.bench.measure import Claim

BARE = """
import time; start = time.perf_counter()
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import pyqtgraph
application = QApplication([])
window = pyqtgraph.GraphicsLayoutWidget()
for column in range(3): window.addPlot(0, column)
window.resize(1280, 800)
window.show()
application.processEvents(); window.grab()
print(time.perf_counter() - start, flush=True)
window.close()
"""

OURS = """
import time; start = time.perf_counter()
import os, sys
from inspector.app import Program, prepare_environment
prepare_environment()
from PySide6.QtWidgets import QApplication
from pathlib import Path
application = QApplication([])
program = Program(application, Path(sys.argv[1]) / "s.ini")
def painted():
    print(time.perf_counter() - start, sorted({"jax", "matplotlib"} & set(sys.modules)), flush=True)
    os._exit(0)
program.window.first_painted.disconnect()
program.window.first_painted.connect(painted)
program.show()
application.exec()
"""


def _seconds(script: str, folder: str) -> float:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [sys.executable, "-c", script, folder], capture_output=True, text=True, check=True, env=environment
    )
    words = run.stdout.split()
    assert words[1:] in ([], ["[]"]), f"imported at start: {words[1:]}"
    return float(words[0])


def claims() -> Iterator[Claim]:
    """The claim about the start."""
    with tempfile.TemporaryDirectory() as folder:
        pairs = [(_seconds(OURS, folder), _seconds(BARE, folder)) for _ in range(7)]
    ours, bare = (median(side) for side in zip(*pairs, strict=True))
    yield Claim(
        "window painted, no JAX or matplotlib / bare script, three plots",
        ours / bare,
        1.5,
        f"{ours * 1e3:.0f} against {bare * 1e3:.0f} ms",
    )
