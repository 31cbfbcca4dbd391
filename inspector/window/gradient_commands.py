"""GradientCommands: what the actions about files of gradients and about reports call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from inspector import dialogs
from inspector.records import Offer

if TYPE_CHECKING:
    from inspector.state import State
    from inspector.window.main import MainWindow

REPORT_FILTER = "HTML, one file (*.html);;Markdown (*.md)"


class GradientCommands(QObject):
    """The handlers about files of gradients and about reports."""

    def __init__(self, window: MainWindow, state: State) -> None:
        """Args: window: parent of dialogs."""
        super().__init__(window)
        self._window, self._state = window, state
        state.asking.compared.connect(state.show_result)
        state.asking.reported.connect(self._on_reported)

    def choose_gradients(self) -> None:
        """Ask for files of gradients and what they are compared with."""
        dialogs.show_gradients(self._window, self._state)

    def choose_report_target(self) -> None:
        """Ask where the report goes."""
        result = self._state.result
        name = "report" if result is None else f"{Path(result.case).stem} report".replace("/", "_")
        dialogs.choose_target(self._window, "Report", name, REPORT_FILTER, self._write_report)

    def _write_report(self, path: str) -> None:
        state = self._state
        remarks = [note.sentence for note in state.notes.all]
        state.asking.write_report(path, state.diagnosis.findings, state.case_path, remarks)

    @Slot(str)
    def _on_reported(self, path: str) -> None:
        offer = Offer("Open it", f"Open {path}", lambda: self._open(path))
        self._state.note(f"The report is in {path}", "", offer)

    def _open(self, path: str) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(path)):
            self._state.say(f"Nothing here opens it; it is {path}")
