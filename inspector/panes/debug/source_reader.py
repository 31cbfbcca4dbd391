"""Reader: how the source is read: the size of its letters, going to a line, and the user's own editor."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QWidget

from inspector import dialogs
from inspector.debugger.debugger import Debugger
from inspector.debugger.records import Source
from inspector.panes.debug import own_editor
from inspector.panes.debug.common import NO_RECORDING
from inspector.panes.debug.source_editor import SourceEditor

SMALLEST_POINTS, LARGEST_POINTS = 6.0, 40.0


def fixed_points() -> float:
    """Size of the letters of fixed width elsewhere, in points."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).pointSizeF()


class Reader:
    """Verbs on the shown text that change nothing in the debugger."""

    def __init__(self, debugger: Debugger, editor: SourceEditor, parent: QWidget) -> None:
        """Args: debugger: that says what was done, and has the memory. editor: with the text. parent: of dialogs."""
        self._debugger, self._editor, self._parent = debugger, editor, parent

    def ask_line(self) -> QWidget | None:
        """Ask for a line to go to."""
        if self._editor.look.sheet is None:
            self._debugger.say(NO_RECORDING)
            return None
        last = self._editor.look.sheet.line_at(self._editor.blockCount() - 1)
        return dialogs.ask_line(self._parent, "Go to line", f"Line, 1 to {last}:", self.go_to_line)

    def go_to_line(self, text: str) -> str:
        """Put the cursor on the line that was typed; returns what is wrong with it, or nothing."""
        sheet = self._editor.look.sheet
        line = int(text) if text.strip().isdecimal() and len(text) < 10 else 0
        if sheet is None or not self._editor.places.block(line).isValid():
            last = 0 if sheet is None else sheet.line_at(self._editor.blockCount() - 1)
            return f"{text.strip() or 'Nothing'} is no line of this file; type a number from 1 to {last}"
        self._editor.go_to(line)
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)
        return ""

    def open_in_editor(self, source: Source | None) -> None:
        """Open a file at the cursor's line in the user's own editor."""
        if source is None:
            self._debugger.say(NO_RECORDING)
            return
        said = own_editor.open_in_editor(source.path, self._editor.cursor_line())
        self._debugger.say(said + ("; it has changed since it was recorded" if source.changed else ""))

    def zoom_in(self) -> None:
        """Larger letters."""
        self.zoom(1)

    def zoom_out(self) -> None:
        """Smaller letters."""
        self.zoom(-1)

    def zoom_reset(self) -> None:
        """Letters as large as elsewhere."""
        self.zoom(-self._debugger.memory.source_zoom())

    def zoom(self, points: int) -> None:
        """Letters larger by so many points, also by none to take the remembered size."""
        own = fixed_points()
        wanted = min(max(own + self._debugger.memory.source_zoom() + points, SMALLEST_POINTS), LARGEST_POINTS)
        self._debugger.memory.set_source_zoom(round(wanted - own))
        self._editor.set_points(wanted)
