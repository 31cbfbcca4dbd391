"""The program: State, Engine and MainWindow are made and joined here, and nowhere else."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from inspector.state import State

NO_WINDOW = 2
"""Exit code when no window can be opened."""

TICK_MS = 300
"""How often Python gets a word in while Qt waits, so that Ctrl+C in the terminal is heard."""


def prepare_environment() -> None:
    """Name the one Qt binding we use, before anything can look for another."""
    os.environ["QT_API"] = "pyside6"
    os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"


class Program:
    """All long-lived parts, joined."""

    def __init__(
        self, application: QApplication, settings_path: Path | None = None, engine_command: Sequence[str] | None = None
    ) -> None:
        """Build everything; nothing is shown and no process runs yet.

        Args:
            application: the one QApplication.
            settings_path: file of remembered settings; the user's own by default.
            engine_command: command line of the engine; ours by default.
        """
        import pyqtgraph

        from inspector.collecting import Collector
        from inspector.engine.client import Engine
        from inspector.hook import LastHook
        from inspector.pictures import Pictures
        from inspector.settings import Memory
        from inspector.state import State
        from inspector.window import MainWindow

        pyqtgraph.setConfigOptions(imageAxisOrder="row-major", useOpenGL=False)
        self._application, self._collector = application, Collector()
        self.memory = Memory(settings_path)
        self.engine, self.pictures = Engine(engine_command), Pictures()
        self.state = State(self.engine, self.pictures, self.memory)
        self._hook = LastHook(self.state)
        self._theme = ""
        self._dress()
        self.state.view_changed.connect(self._dress)  # before any pane hears of it and draws in the new colours
        application.styleHints().colorSchemeChanged.connect(self.state.view_changed)
        self.window = MainWindow(self.state, self.pictures, self.memory)
        self.window.first_painted.connect(self._on_first_painted)
        self.window.closed.connect(self._on_window_closed)

    def _dress(self) -> None:
        """Put the theme on, unless it is."""
        from inspector.theme import apply_theme, resolved

        name = self.state.view.theme
        if resolved(name, self._application).name != self._theme:
            self._theme = apply_theme(self._application, name).name

    def open(self, paths: Sequence[str], result_path: str | None) -> None:
        """Open what the command line names: an example is run, a file is opened."""
        if result_path is not None:
            self.state.show_result(str(result_path))
        open_all(self.state, paths)

    def show(self) -> None:
        """Put the window on the screen; the engine starts once it is painted."""
        self._hook.install()
        self.window.show_as_remembered()

    def _on_first_painted(self) -> None:
        self.engine.start()
        self.window.load_icons()
        self._collector.settle()
        self.state.session.start()

    def _on_window_closed(self) -> None:
        self._application.quit()

    def close(self) -> None:
        """Close every window (an open one crashes the interpreter's exit), then the processes and threads."""
        self._hook.remove()
        self.window.icons.close()
        self.window.close_for_good()
        self._application.closeAllWindows()
        self.state.session.close()
        self.state.own.close()
        self.state.debugger.close()
        self.pictures.close()
        self.engine.close()
        self._collector.close()


def open_all(state: State, paths: Sequence[str]) -> None:
    """Open examples by name (and run them) and files by path."""
    from inspector.assets import examples

    shipped = examples()
    for path in map(str, paths):
        if path in shipped and not Path(path).exists():
            state.choose_case(path)
            state.run()
        else:
            state.open_files([path])


def main(paths: Sequence[str], result_path: str | None = None) -> int:
    """Open the window and stay until it is closed.

    Args:
        paths: examples' names, or files: cases, weights, data, texts, saved results.
        result_path: a result file to show.

    Returns:
        0, or 2 when no window can be opened here (one sentence on the error stream says why).
    """
    from inspector.assets import icon_path
    from inspector.preflight import library_sentence, refusal

    prepare_environment()
    problem = refusal()
    try:
        from PySide6.QtCore import QTimer
        from PySide6.QtGui import QIcon
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        problem = problem or library_sentence(str(error))
    if problem:
        print(f"bptt-inspector: {problem}", file=sys.stderr)
        return NO_WINDOW
    application = QApplication([sys.argv[0] or "bptt-inspector"])
    application.setApplicationName("bptt-inspector")
    application.setApplicationDisplayName("BPTT inspector")
    application.setWindowIcon(QIcon(str(icon_path("app.svg"))))
    program = Program(application)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: application.quit())
    tick = QTimer(interval=TICK_MS)
    tick.timeout.connect(lambda: None)
    tick.start()
    try:
        program.show()
        program.open(paths, result_path)
        return int(application.exec())
    finally:
        tick.stop()
        program.close()
