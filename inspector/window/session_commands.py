"""SessionCommands: what the actions about sessions and notes call, and the window's own part of a session."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from inspector import dialogs
from inspector.action import CODE, PICTURES
from inspector.panes.debug.array_words import element_text
from inspector.panes.debug.source_words import file_name
from rnn.sessions.document import CELL, LINE, Note

if TYPE_CHECKING:
    from inspector.state import State
    from inspector.window.main import MainWindow

LONGEST_NAME = 60


class SessionCommands(QObject):
    """The handlers about sessions and notes that are more than a verb of the model."""

    def __init__(self, window: MainWindow, state: State) -> None:
        """Args: window: parent of dialogs, whose page and layout a session keeps."""
        super().__init__(window)
        self._window, self._state, self._keeper = window, state, state.session
        self._keeper.window = lambda: window.arrangement.kept()
        self._keeper.path_wanted.connect(self._on_path_wanted)
        self._keeper.file_wanted.connect(self._on_file_wanted)
        self._keeper.restored.connect(self._on_restored)

    def save(self) -> None:
        """Save the session where it was saved before; asks where it never was, or may not be."""
        if self._keeper.read_only:
            self.save_as()
        else:
            self._keeper.save()

    @Slot()
    def _on_path_wanted(self) -> None:
        self._choose_path()

    def save_as(self) -> None:
        """Ask where the session is saved."""
        self._keeper.forget_plan()
        self._choose_path()

    def _choose_path(self) -> None:
        title = self._state.case_info.title if self._state.case_info else "built-in BPTT"
        name = re.sub(r"[^\w .()+-]", "_", title)[:LONGEST_NAME].strip(" .") or "session"
        dialogs.choose_target(
            self._window, "Save session", self._keeper.path or f"{name}.bptt", dialogs.SESSION_FILTER, self._keeper.save
        )

    @Slot()
    def _on_file_wanted(self) -> None:
        dialogs.choose_case_file(self._window, self._keeper.locate)

    @Slot(object)
    def _on_restored(self, window: Mapping[str, Any]) -> None:
        self._window.arrangement.restore(window)

    # Notes

    def write_note(self) -> None:
        """Ask for a note on the picked entry, or on the line of the source's cursor."""
        known = self._line() if self._window.page == CODE else self._cell()
        if known is not None:
            self.edit_note(known)

    def edit_note(self, note: Note) -> None:
        """Ask for another text of a note, or for the first one."""
        question = "Note (empty takes it away):" if note.text else "Note:"
        dialogs.ask_line(
            self._window, f"Note on {about(note)}", question, lambda text: self._put(note, text), note.text
        )

    def _put(self, note: Note, text: str) -> str:
        return self._state.notes.put(replace(note, text=text))

    def _cell(self) -> Note | None:
        index, quantity = self._state.look.index(), self._state.selection.quantity
        if index is None or quantity is None:
            self._state.say("Pick a cell first: click it, or press an arrow key")
            return None
        return self._state.notes.of_cell(quantity, index) or Note(CELL, "", quantity, index)

    def _line(self) -> Note | None:
        debugger = self._state.debugger
        overview, line = debugger.overview, self._window.pane("source").cursor_place()
        source = None if overview is None or line is None else next(
            (one for one in overview.sources if one.number == line[0]), None
        )  # fmt: skip
        if source is None or line is None:
            self._state.say("Put the cursor on a line of the source first")
            return None
        lines = source.text.splitlines()
        code = lines[line[1] - 1].strip() if 0 < line[1] <= len(lines) else ""
        found = self._state.notes.of_file(source.path).get(line[1])
        return found or Note(LINE, "", file=source.path, line=line[1], code=code)

    def show_notes(self) -> None:
        """Show all notes."""
        self._window.raise_pane("notes")
        self._window.pane("notes").setFocus()

    def go_to_note(self, note: Note) -> None:
        """Go to what a note is about."""
        if note.kind == CELL:
            if self._state.result is None or note.quantity not in {one.name for one in self._state.result.pictured()}:
                self._state.say(f"{note.quantity} is not in the shown result")
                return
            self._state.look.go_to(note.quantity, note.index)
            self._window.show_page(PICTURES)
            return
        overview = self._state.debugger.overview
        sources = () if overview is None else overview.sources
        number = next(
            (one.number for one in sources if self._state.notes.of_file(one.path).get(note.line) == note), None
        )
        if number is None:
            self._state.say("This file is not in an open recording: record the case (Ctrl+F5)")
        else:
            self._window.show_page(CODE)
            self._window.pane("source").show_line(number, note.line)

    def go_to_moment(self, step: int) -> None:
        """Go to a moment that has a note."""
        self._state.debugger.go_to(step)
        self._window.show_page(CODE)


def about(note: Note) -> str:
    """What a note is about, short."""
    if note.kind == CELL:
        return f"{note.quantity}{element_text(note.index)}"
    return f"{file_name(note.file)}, line {note.line}"
