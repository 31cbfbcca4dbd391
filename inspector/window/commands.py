"""Commands: what ACTIONS call; verbs of the state, and those that need a dialog or the clipboard."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from inspector import dialogs
from inspector.action import CODE
from inspector.pictures import Pictures
from inspector.records import IDLE, SCALES, SPLIT
from inspector.said import diagnostics, region_table, tab_separated
from inspector.state import State
from inspector.window.debug_commands import DebugCommands
from inspector.window.diagnose_commands import DiagnoseCommands
from inspector.window.export_commands import ExportCommands
from inspector.window.gradient_commands import GradientCommands
from inspector.window.look_commands import LookCommands
from inspector.window.own_commands import OwnCommands
from inspector.window.session_commands import SessionCommands

if TYPE_CHECKING:
    from inspector.window.main import MainWindow


class Commands(QObject):
    """The handlers of the table of actions."""

    state: State
    debug: DebugCommands
    export: ExportCommands
    look: LookCommands
    own: OwnCommands
    gradients: GradientCommands
    why: DiagnoseCommands
    sessions: SessionCommands

    def __init__(self, window: MainWindow, state: State, pictures: Pictures) -> None:
        """Args: window: parent of dialogs."""
        super().__init__(window)
        self._window, self.state, self._pictures = window, state, pictures
        self._corner: tuple[int, int] | None = None
        self.debug = DebugCommands(window, state)
        self.export = ExportCommands(window, state)
        self.look = LookCommands(window, state)
        self.own = OwnCommands(window, state)
        self.gradients = GradientCommands(window, state)
        self.why = DiagnoseCommands(window, state)
        self.sessions = SessionCommands(window, state)

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

    def choose_weights_folder(self) -> None:
        """Ask for a folder whose tables are weights."""
        dialogs.choose_folder(self._window, "Weights from a folder", lambda path: self.state.open_files([path]))

    def choose_weights_target(self) -> None:
        """Ask where the weights go."""
        dialogs.choose_target(
            self._window, "Save weights", "weights", dialogs.WEIGHTS_FILTER, self.state.asking.save_weights
        )

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
        """Copy the marked region, or both values of the picked cell; beside the code, of an array or of the source."""
        if self._window.page == CODE:
            arrays, focus = self._window.pane("arrays"), self._window.focusWidget()
            if focus is not None and arrays.isAncestorOf(focus):
                arrays.copy()
            else:
                self.debug.of_source("copy")
            return
        selection, picture = self.state.selection, self._pictures.current
        region = None if selection.region is None else region_table(picture, selection.region)
        text = region or tab_separated(picture, selection.cell)
        if text:
            QGuiApplication.clipboard().setText(text)
        what = "Copied the region" if region else "Copied both values"
        self.state.say(what if text else "Pick a cell first: click it, or press Alt+Down")

    def mark_region(self) -> None:
        """First press: remember a corner; second press: mark the rectangle up to the picked cell."""
        cell = self.state.selection.cell
        if cell is None:
            self.state.say("Pick a cell first: click it, or press an arrow key")
        elif self._corner is None:
            self._corner = cell
            self.state.say("First corner; pick the opposite one and press M again")
        else:
            self.state.look.mark_region(self._corner, cell)
            self._corner = None
            self._window.raise_pane("levels")

    def ask_for_weight(self) -> None:
        """Ask for another value of the weight behind the picked entry."""
        picture, index = self._pictures.current, self.state.look.index()
        if picture is None or picture.weights is None or index is None:
            self.state.say("Pick an entry of a parameter's gradient first")
            return
        name = picture.quantity[1:]
        dialogs.ask_line(
            self._window,
            "Edit weight",
            f"{name}[{', '.join(map(str, index))}] =",
            partial(self._edit_weight, name, index),
        )

    def _edit_weight(self, name: str, index: tuple[int, ...], text: str) -> str:
        """Put a typed value into a weight; returns what is wrong with it, or nothing."""
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            return f"{text!r} is no finite number; type one like -0.25"
        self.state.edit_weight(name, index, value)
        return ""

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
        self.state.set_view(scale=SCALES[(SCALES.index(self.state.view.scale) + 1) % len(SCALES)])

    def toggle_lock(self) -> None:
        """Tie the difference's range to the values', or untie it."""
        self.state.set_view(locked=not self.state.view.locked)

    def toggle_profiles(self) -> None:
        """Show or hide the profiles."""
        self.state.set_view(profiles=not self.state.view.profiles)

    def toggle_flip(self) -> None:
        """Let hand and JAX change places, or come back."""
        self.state.look.set_flipped(not self.state.look.flipped)

    def move_split(self, by: float) -> None:
        """Move the line between hand and JAX."""
        self.state.set_view("split", mode=SPLIT, split=min(max(self.state.view.split + by, 0.0), 1.0))

    def auto_range(self) -> None:
        """End all colours at the largest values."""
        self.state.set_view(value_bound=None, difference_bound=None)

    def travel_view(self, verb: str) -> None:
        """Go back or forward through the parts of the matrix that were shown."""
        if not getattr(self._window.pane("triptych"), verb)():
            self.state.say("There is no view before this one" if verb == "view_back" else "This is the last view")

    # Through time

    def show_history(self) -> None:
        """Put the focus on the history of the picked cell."""
        if self.state.selection.cell is None:
            self.state.look.go_to_worst()
        self._window.raise_pane("cell")
        self._window.pane("cell").focus_history()

    def ask_jacobian(self) -> None:
        """Compute the Jacobians' norms and draw them beside the carry gain."""
        self._window.pane("trace").show_kind("gain")
        self.state.asking.ask_jacobian()

    def ask_itemised(self) -> None:
        """Compute the itemised matrix and show it."""
        self._window.raise_pane("itemised")
        self.state.asking.ask_itemised(self.state.case_path)

    def show_descent(self) -> None:
        """Show the panel of the descent, ready to start."""
        self._window.raise_pane("descent")
        self._window.pane("descent").focus_start()

    def check_many(self) -> None:
        """Check many random problems and show them."""
        self._window.raise_pane("many")
        self._window.pane("many").start()

    # Windows and panels

    def lay_out(self, name: str) -> None:
        """Arrange the panels."""
        self._window.lay_out(name)

    def toggle_bottom(self) -> None:
        """Hide the panels below, or show them again."""
        self._window.docks.toggle_bottom()

    def focus_next(self, direction: int) -> None:
        """Move the focus to the next or previous panel."""
        self._window.focus_next(direction)

    def show_palette(self) -> None:
        """Show the command palette."""
        dialogs.show_palette(self._window, dialogs.entries_of(self._window.menuBar(), self._window.made))

    def show_settings(self) -> None:
        """Show what can be set."""
        dialogs.show_settings(self._window, self.state, self._window.memory, self._window.start_tour)

    def show_guide(self) -> None:
        """Show the written guide."""
        dialogs.show_guide(self._window)

    def start_tour(self) -> None:
        """Show the window's four stops."""
        self._window.start_tour()

    def show_keys(self) -> None:
        """Show all keys."""
        dialogs.show_keys(self._window)

    def show_about(self) -> None:
        """Show versions and licences."""
        dialogs.show_about(self._window)

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
