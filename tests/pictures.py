"""Makes the pictures of the guide and of the README with the program itself.

    python -m tests.pictures
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from tests.bench.window import until

EXAMPLE = "question-2014"
SIZE = (1280, 800)
PANEL = (760, 340)


def marked_result(folder: Path) -> Path:
    """A result in which rounding, a mistake, a NaN and an infinity stand side by side."""
    from rnn.container import MemoryArrays
    from rnn.inspection import inspect_gradients, save_inspection
    from rnn.settings import ProblemSettings

    result = inspect_gradients(ProblemSettings(steps=12, hidden=12))
    hand = np.array(result.arrays.read("hand/dW_hh"))
    hand *= 1 + 3e-16 * np.random.default_rng(1).standard_normal(hand.shape)
    hand[2:5, 3:7] *= 1.02
    hand[8, 2], hand[9, 9] = np.nan, np.inf
    arrays = {name: result.arrays.read(name) for name in result.arrays.names()} | {"hand/dW_hh": hand}
    reports = tuple(
        replace(report, verdict="nonfinite") if report.name == "dW_hh" else report for report in result.parameters
    )
    save_inspection(replace(result, parameters=reports, arrays=MemoryArrays(arrays)), folder / "marks.bptt")
    return folder / "marks.bptt"


class Camera:
    """A running program, and a folder for its pictures."""

    def __init__(self, application: Any, folder: Path) -> None:
        """Args: application: the QApplication. folder: for settings."""
        from inspector.app import Program

        self._application = application
        self._program = Program(application, folder / "settings.ini")
        self.state, self.window = self._program.state, self._program.window
        self.state.set_view(theme="light")
        self.window.resize(*SIZE)
        self._program.show()
        self.window.resize(*SIZE)  # a screen that is not there counts as small
        until(application, lambda: self.state.engine_ready)

    def run(self, case: str, **settings: Any) -> None:
        """Run a case with some settings and wait for its pictures."""
        self.state.choose_case(case)
        if settings:
            self.state.change_settings(**settings)
        self.state.run()
        self.wait(lambda: self.state.result is not None)

    def wait(self, condition: Callable[[], bool] = lambda: True) -> None:
        """Until nothing runs, a condition holds, and everything is drawn."""
        import time

        until(self._application, lambda: self.state.status.phase == "idle" and condition())
        end = time.perf_counter() + 0.6
        until(self._application, lambda: time.perf_counter() > end)

    def take(self, widget: Any, path: Path) -> None:
        """Save what a widget looks like."""
        path.parent.mkdir(parents=True, exist_ok=True)
        widget.grab().save(str(path))
        print(path)

    def close(self) -> None:
        """End the program."""
        self._program.close()


def main() -> None:
    """Make all of them."""
    from PySide6.QtWidgets import QApplication, QButtonGroup

    from inspector.assets import resources

    application = QApplication([])
    pictures = resources() / "guide" / "pictures"
    with tempfile.TemporaryDirectory() as name:
        camera = Camera(application, Path(name))
        state, window = camera.state, camera.window
        camera.run(EXAMPLE)
        state.select_t(1)
        state.look.go_to_worst()
        camera.wait(lambda: window.pane("cell").pictures.history is not None)
        camera.take(window, pictures / "window.png")
        camera.take(window, resources() / "screenshot.png")
        camera.take(window.pane("cell"), pictures / "cell.png")
        camera.take(window.pane("triptych"), pictures / "triptych.png")
        camera.take(window.pane("trace"), pictures / "trace.png")
        export = window.commands.export
        export.exporting.open("triptych", quantity="dW_hh", preset="one_column")
        dialog = export.dialog
        camera.wait(lambda: export.exporting.choice.preview is not None and not export.exporting.lane.waits)
        dialog.findChild(QButtonGroup).buttons()[-1].click()
        camera.wait()
        camera.take(dialog, pictures / "export.png")
        dialog.close()
        window.raise_pane("descent")
        window.pane("descent").start()
        camera.wait(lambda: state.asking.descent is not None)
        camera.take(window.pane("descent"), pictures / "descent.png")
        window.commands.check_many()
        camera.wait(lambda: len(state.asking.problems.rows) == state.asking.problems.wanted)
        camera.take(window.pane("many"), pictures / "many.png")
        window.commands.debug.go_to_first_wrong_line()
        debugger = state.debugger
        camera.wait(lambda: debugger.overview is not None and debugger.overview.matches is not None)
        window.commands.debug.walk("over", 1)
        debugger.select_array("dcdHout", (1, 2))
        debugger.set_mode("difference")
        camera.wait(lambda: debugger.detail is not None and debugger.detail.path == "dcdHout")
        camera.take(window, pictures / "debugger.png")
        window.lay_out("compare")
        camera.run("", steps=30, hidden=24, spectral_radius=1.4)
        window.commands.ask_itemised()
        camera.wait(lambda: state.asking.itemised is not None)
        camera.take(window.pane("itemised"), pictures / "itemised.png")
        window.lay_out("compare")
        state.show_result(str(marked_result(Path(name))))
        state.select_quantity("dW_hh")
        camera.wait()
        camera.take(window.pane("triptych"), pictures / "marks.png")
        camera.close()
    figure(pictures / "figure.png")


def figure(path: Path) -> None:
    """A figure as the command line draws it."""
    from inspector.cli import main as command_line

    command_line(["figure", EXAMPLE, "--kind", "step", "--dpi", "130", "-o", str(path)])


if __name__ == "__main__":
    main()
