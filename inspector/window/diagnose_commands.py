"""DiagnoseCommands: what the actions about the cause of a wrong gradient call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from inspector import dialogs
from inspector.diagnosis import DONE
from inspector.records import Offer

if TYPE_CHECKING:
    from inspector.state import State
    from inspector.window.main import MainWindow

NO_REPAIR = "No repair is known; F7 looks for one"


class DiagnoseCommands(QObject):
    """The handlers about causes and repairs that are more than a verb of the model."""

    def __init__(self, window: MainWindow, state: State) -> None:
        """Args: window: whose panes are meant."""
        super().__init__(window)
        self._window, self._state, self._diagnosis = window, state, state.diagnosis
        self._diagnosis.found.connect(self._on_found)
        self._diagnosis.minimal_written.connect(self._on_minimal_written)

    def diagnose(self) -> None:
        """Show what was found, and look for the cause where that was not done yet."""
        self.show_findings()
        if self._diagnosis.search.phase != DONE:
            self._diagnosis.start()

    def show_findings(self) -> None:
        """Show the panel of what was found."""
        self._window.raise_pane("findings")
        self._window.pane("findings").setFocus()

    @Slot(str)
    def show_page(self, page: str) -> None:
        """Show the page on which a finding is seen, with the findings beside it."""
        self._window.show_page(page)
        self._window.raise_pane("findings")

    def toggle_repaired(self) -> None:
        """Show the repaired run in all panes, or the user's own again."""
        repairing, found = self._diagnosis.repairing, self._window.pane("findings").repair()
        if repairing.shown is not None:
            repairing.back()
        elif found is None:
            self._state.say(NO_REPAIR)
        else:
            repairing.show(*found)

    def write_repair(self) -> None:
        """Write the repair into the user's file."""
        found = self._window.pane("findings").repair()
        if found is None:
            self._state.say(NO_REPAIR)
        else:
            self._diagnosis.repairing.write(*found)

    def choose_minimal_folder(self) -> None:
        """Ask where a minimal case goes."""
        dialogs.choose_folder(self._window, "Save minimal case", self._diagnosis.write_minimal)

    @Slot()
    def _on_found(self) -> None:
        """Tell of what a search that began by itself has found, where its panel can't be seen and nothing else is said."""
        best, state = self._diagnosis.best, self._state
        if best is not None and not self._window.pane("findings").isVisible() and not (state.notice or state.failure):
            offer = Offer("Show why", "Show what was found, and what can be done about it (F7)", self._show_why)
            state.note(str(best["sentence"]), "", offer)

    def _show_why(self) -> None:
        self._state.dismiss_notice()
        self.show_findings()

    @Slot(str, list, list)
    def _on_minimal_written(self, folder: str, files: list[str], notes: list[str]) -> None:
        names = " and ".join(Path(path).name for path in files) or "The minimal case"
        offer = Offer("Open folder", f"Open {folder}", lambda: self._open(folder))
        self._state.note(f"{names} {'are' if len(files) > 1 else 'is'} in {folder}", "\n".join(notes), offer)

    def _open(self, folder: str) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(folder)):
            self._state.say(f"Nothing here opens folders; it is {folder}")
