"""DebugCommands: what the debugger's actions call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from inspector import dialogs
from inspector.action import CODE, PICTURES
from inspector.window.player import Player

if TYPE_CHECKING:
    from inspector.state import State
    from inspector.window.main import MainWindow


class DebugCommands(QObject):
    """The handlers of `DEBUG_ACTIONS` that are more than a verb of the model."""

    def __init__(self, window: MainWindow, state: State) -> None:
        """Args: window: whose panes are meant."""
        super().__init__(window)
        self._window, self._state, self._debugger = window, state, state.debugger
        self.player = Player(window.memory.play_speed(), self)
        self._goes_to_origin = False
        self._debugger.questions.origin_changed.connect(self._on_origin_changed)

    def walk(self, way: str, direction: int) -> None:
        """Move; goes on while the key is held."""
        self.player.press(lambda: self._debugger.walk(way, direction))

    def set_speed(self, speed: int) -> None:
        """How fast a held key goes on."""
        self.player.speed = speed
        self._window.memory.set_play_speed(speed)

    def toggle_page(self) -> None:
        """Show the code, or the pictures."""
        self._window.show_page(PICTURES if self._window.page == CODE else CODE)

    def to_code(self) -> None:
        """Go to the step that wrote the picked entry."""
        self._window.show_page(CODE)
        self._state.requests.go_to_selection()

    def go_to_first_wrong_line(self) -> None:
        """Go to the line that makes the gradients wrong."""
        self._window.show_page(CODE)
        self._window.raise_pane("findings")
        self._state.requests.go_to_first_wrong_line()

    def go_upstream(self) -> None:
        """Go to where the first wrong input was written."""
        self._debugger.questions.go_upstream()

    def next_write(self) -> None:
        """Go to the next write of what is picked."""
        self._debugger.questions.go_to_write(1)

    def previous_write(self) -> None:
        """Go to the write before of what is picked."""
        self._debugger.questions.go_to_write(-1)

    def ask_origin(self) -> None:
        """Show who wrote the picked element, and go there."""
        self._goes_to_origin = self._debugger.questions.ask_origin()
        if self._goes_to_origin:
            self._window.raise_pane("origin")

    @Slot()
    def _on_origin_changed(self) -> None:
        goes, self._goes_to_origin = self._goes_to_origin, False
        origin = self._debugger.questions.origin
        if goes and origin is not None and origin.last is not None:
            self._debugger.go_to(origin.last.step)

    def go_to_end(self, direction: int) -> None:
        """Go to the first (-1) or the last (+1) step."""
        self._debugger.walk("end", direction)

    def ask_step(self) -> None:
        """Ask for a t or a step."""
        dialogs.ask_line(self._window, "Go to t or step", "t of the loop, or a step as in s 41:", self.go_to_text)

    def go_to_text(self, text: str) -> str:
        """Go to what was typed, `3` or `t 3` or `s 41`; returns what is wrong with it, or nothing."""
        debugger, words = self._debugger, text.replace("=", " ").replace(",", "").split()
        here = debugger.here
        if here is None or debugger.recording is None:
            return "There is no recording; record the case first (Ctrl+F5)"
        try:
            number = int(words[-1])
        except (ValueError, IndexError):
            return f"{text!r} is no number; type a t such as 3, or a step such as s 41"
        if words[0] in ("s", "step"):
            last = len(debugger.recording) - 1
            return "" if debugger.go_to(number) else f"There is no step {number}; expected 0 to {last}"
        step = debugger.stepping.at_t(here.step, number)
        if step is None:
            return f"No loop of this recording has t = {number}; type s {number} for the step of that number"
        debugger.go_to(step)
        return ""

    def back(self) -> None:
        """Go back to the moment that was visited before."""
        if not self._debugger.back():
            self._state.say("There is no moment before this one")

    def forward(self) -> None:
        """Go forward to the moment that was visited after."""
        if not self._debugger.forward():
            self._state.say("This is the last moment that was visited")

    def use_jax(self) -> None:
        """Put JAX's values into the selected array, and run the rest."""
        self._window.raise_pane("arrays")
        self._state.requests.ask_what_if()

    def other_run(self) -> None:
        """Change between the run and the one with other values."""
        self._state.requests.open_other_run()

    @Slot(str)
    def show_pictures(self, quantity: str) -> None:
        """Show the pictures of a quantity."""
        self._state.select_quantity(quantity)
        self._window.show_page(PICTURES)

    def pin(self) -> None:
        """Keep the picked element in sight."""
        self._window.pane("arrays").pin()

    def add_note(self) -> None:
        """Write a note on this moment."""
        self._window.raise_pane("calls")
        self._window.pane("calls").add_note()

    def toggle_breakpoint(self) -> None:
        """Make a breakpoint of the cursor's line, or take it away."""
        self.of_source("toggle_breakpoint")

    def edit_condition(self) -> None:
        """Ask for a condition for the cursor's line."""
        self.of_source("edit_condition")

    def of_source(self, verb: str, *arguments: object) -> None:
        """Call a verb of the source pane."""
        getattr(self._window.pane("source"), verb)(*arguments)
