"""Commands: what ACTIONS call; verbs of the state, and those that need a dialog or the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from inspector import dialogs
from inspector.pictures import Pictures
from inspector.records import IDLE, SCALES
from inspector.said import diagnostics, tab_separated
from inspector.state import State
from inspector.versions import version_lines

if TYPE_CHECKING:
    from inspector.window.main import MainWindow


class Commands(QObject):
    """The handlers of the table of actions."""

    state: State

    def __init__(self, window: MainWindow, state: State, pictures: Pictures) -> None:
        """Args: window: parent of dialogs."""
        super().__init__(window)
        self._window, self.state, self._pictures = window, state, pictures

    def close_window(self) -> None:
        """End the program."""
        self._window.close()

    def reset_layout(self) -> None:
        """Put panels, sizes and the window back as they come."""
        self._window.reset_layout()

    def triptych(self, verb: str) -> None:
        """Call a verb of the triptych (`fit`, `one_to_one`)."""
        getattr(self._window.pane("triptych"), verb)()

    def choose_files(self) -> None:
        """Ask for files to open."""
        dialogs.choose_files(self._window, self.state.open_files)

    def choose_weights_target(self) -> None:
        """Ask where the weights go."""
        dialogs.choose_target(self._window, "Save weights", "weights", dialogs.WEIGHTS_FILTER, self.state.save_weights)

    def choose_figure_target(self) -> None:
        """Ask where the figure goes."""
        name = self.state.selection.quantity or "figure"
        dialogs.choose_target(self._window, "Export figure", name, dialogs.FIGURE_FILTER, self.state.export_figure)

    def check_built_in(self) -> None:
        """Leave the case and check the built-in BPTT."""
        self.state.choose_case("")
        self.state.run()

    def open_example(self, name: str) -> None:
        """Take a shipped case and run it."""
        self.state.choose_case(name)
        self.state.run()

    def cancel(self) -> None:
        """Stop what runs; else take the message away; else let go of the picked cell."""
        if self.state.status.phase != IDLE:
            self.state.cancel()
        elif self.state.failure is not None or self.state.notice:
            self.state.dismiss_notice()
        else:
            self.state.clear_pick()

    def copy_values(self) -> None:
        """Copy both values of the picked cell."""
        text = tab_separated(self._pictures.current, self.state.selection.cell)
        if text:
            QGuiApplication.clipboard().setText(text)
        self.state.say("Copied both values" if text else "Pick a cell first: click it, or press Alt+Down")

    def ask_for_cell(self) -> None:
        """Ask for a row and a column."""
        dialogs.ask_line(self._window, "Go to cell", "Row, column (from 0):", self.go_to_cell)

    def go_to_cell(self, text: str) -> str:
        """Pick the cell that a text like `3, 4` names; returns what is wrong with it, or nothing."""
        try:
            numbers = [int(part) for part in text.replace(",", " ").split()]
        except ValueError:
            numbers = []
        picture = self._pictures.current
        if picture is None or picture.hand is None:
            return "There is no picture"
        rows, columns = picture.hand.shape
        row, column = numbers if len(numbers) == 2 else (0, numbers[0]) if len(numbers) == rows == 1 else (-1, -1)
        if not (0 <= row < rows and 0 <= column < columns):
            return f"Expected a row from 0 to {rows - 1} and a column from 0 to {columns - 1}, as in 0, {columns - 1}"
        self.state.pick(row, column)
        return ""

    def step_t(self, direction: int) -> None:
        """Go to the next or previous step."""
        self.state.select_t(self.state.selection.t + direction)

    def next_scale(self) -> None:
        """Go through the colour scales."""
        self.state.set_scale(SCALES[(SCALES.index(self.state.view.scale) + 1) % len(SCALES)])

    def toggle_lock(self) -> None:
        """Tie the difference's range to the values', or untie it."""
        self.state.set_locked(not self.state.view.locked)

    def show_keys(self) -> None:
        """Show all keys."""
        dialogs.show_keys(self._window)

    def show_about(self) -> None:
        """Show versions."""
        dialogs.show_text(self._window, "About", "Hand-written BPTT and JAX, side by side.", "\n".join(version_lines()))

    @Slot()
    def show_details(self) -> None:
        """Show the failure's details."""
        failure = self.state.failure
        if failure is not None:
            dialogs.show_text(self._window, "Details", failure.sentence, failure.details)

    def copy_diagnostics(self) -> None:
        """Copy what a report needs."""
        QGuiApplication.clipboard().setText(diagnostics(self.state))
        self.state.say("Copied versions, problem and the last failure")
