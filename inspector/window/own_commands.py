"""OwnCommands: what the actions about the user's own code call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from inspector import dialogs
from inspector.said import printed_words

if TYPE_CHECKING:
    from inspector.own_code import Sketched
    from inspector.state import State
    from inspector.window.main import MainWindow


class OwnCommands(QObject):
    """The handlers about the user's own code that are more than a verb of the model."""

    def __init__(self, window: MainWindow, state: State) -> None:
        """Args: window: parent of dialogs."""
        super().__init__(window)
        self._window, self._state = window, state
        state.own.sketched.connect(self._on_sketched)

    def choose_code(self) -> None:
        """Ask for a file of code, for which a case is proposed."""
        dialogs.choose_code(self._window, self._state.own.ask_sketch)

    @Slot(object)
    def _on_sketched(self, made: Sketched) -> None:
        dialogs.show_new_case(self._window, self._state, made)

    def show_declaration(self) -> None:
        """Show CASE of the present case as a form."""
        if self._state.own.is_users:
            dialogs.show_declaration(self._window, self._state)
        else:
            self._state.say("Open a case file of your own first; the shipped examples stay as they are")

    def show_printed(self) -> None:
        """Show the end of what the code printed in the last run."""
        printed = self._state.own.printed
        said = printed_words(printed)
        if said:
            dialogs.show_text(self._window, "Output", f"{said[0].upper()}{said[1:]} in the last run", printed)
        else:
            self._state.say("The last run printed nothing")

    def show_verdicts(self) -> None:
        """Show what every run found."""
        self._window.raise_pane("verdicts")
        self._window.pane("verdicts").setFocus()
