"""LookCommands: what the actions about looking into a weight file call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from inspector import dialogs

if TYPE_CHECKING:
    from inspector.state import State
    from inspector.window.main import MainWindow


class LookCommands(QObject):
    """Choosing a file to look into, and looking into the one that is used."""

    def __init__(self, window: MainWindow, state: State) -> None:
        """Args: window: parent of dialogs."""
        super().__init__(window)
        self._window, self._state = window, state

    def choose(self) -> None:
        """Ask for a weight file, and show what it holds."""
        dialogs.choose_weights(self._window, self.show)

    def show(self, path: str) -> None:
        """Show what a file holds."""
        dialogs.show_weight_look(self._window, self._state, path)

    @Slot()
    def show_used(self) -> None:
        """Show what the file holds that the problem uses."""
        self.show(self._state.settings.weights_file)
