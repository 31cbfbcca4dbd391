"""LineStops: the breakpoints of the shown file's lines, as the source view makes and changes them."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from inspector.debugger.debugger import Debugger
from inspector.dialogs import ask_line
from inspector.panes.debug.source_lines import Sheet
from inspector.panes.debug.source_menu import BETWEEN, breakpoint_entries, run_entries, show_menu
from inspector.panes.debug.source_words import is_special

QUESTION = "Condition, such as line 24 if t == 3 hits %10 (only 't == 3' does, too):"


class LineStops:
    """Makes breakpoints of lines. Every verb takes any line of a statement and means its first one."""

    def __init__(self, debugger: Debugger, parent: QWidget) -> None:
        """Args: debugger: whose breakpoints they are. parent: of dialogs and menus."""
        self._debugger, self._parent = debugger, parent
        self.sheet: Sheet | None = None

    def _place(self, line: int) -> tuple[int, int] | None:
        """File and first line of a line's statement; says so where there is none, as nothing would ever stop there."""
        first = None if self.sheet is None else self.sheet.first(line)
        if self.sheet is None or first is None:
            self._debugger.say(f"No statement stands in line {line}, so nothing can stop there")
            return None
        return self.sheet.source.number, first

    def toggle(self, line: int) -> None:
        """Stop at a line or no more; what was typed for it is not lost by that, but switched off and on."""
        place, stops = self._place(line), self._debugger.stops
        if place is None:
            return
        found = stops.at_line(place)
        if found is not None and is_special(found):
            stops.set_enabled(found, not found.enabled)
        else:
            stops.toggle_line(place)

    def edit(self, line: int) -> QWidget | None:
        """Ask for the condition of a line's breakpoint."""
        place, stops = self._place(line), self._debugger.stops
        if place is None:
            return None
        found, plain = stops.at_line(place), stops.line_text(place)

        def take(text: str) -> str:
            words = as_line(text, plain)
            return stops.add(words) if found is None else stops.edit(found, words)

        dialog = ask_line(self._parent, f"Stop at line {place[1]}", QUESTION, take)
        field = dialog.findChild(QLineEdit)
        assert isinstance(field, QLineEdit)
        field.setMinimumWidth(field.fontMetrics().averageCharWidth() * 60)
        field.setText(found.text if found is not None and is_special(found) else f"{plain} if ")
        return dialog

    def show_menu(self, line: int, place: QPoint) -> QMenu | None:
        """The menu of a line. Args: place: on the screen."""
        where = self._place(line)
        if where is None:
            return None
        stops = self._debugger.stops
        found = stops.at_line(where)
        entries = breakpoint_entries(
            found,
            lambda: self.toggle(line),
            lambda: self.edit(line),
            lambda: stops.set_enabled(found, not found.enabled) if found is not None else None,
            lambda: stops.remove(found) if found is not None else None,
        )
        entries += [BETWEEN, *run_entries(lambda direction: self.run_to(line, direction))]
        return show_menu(self._parent, f"Line {line}", entries, place)

    def run_to(self, line: int, direction: int) -> None:
        """Go to the next (+1) or the last (-1) time that a line is executed."""
        place = self._place(line)
        if place is not None:
            self._debugger.set_cursor(place)
            self._debugger.walk("cursor", direction)


def as_line(text: str, plain: str) -> str:
    """What was typed as a breakpoint of a line: a bare condition, or only `hits %k`, is one of this line.

    Args:
        text: as typed. plain: the line's own words, such as `line 24`.
    """
    text = text.strip().removesuffix(" if").strip()
    if not text or text == "if":
        return plain
    word = text.split()[0]
    if word == "line":
        return text
    return f"{plain} {text}" if word in ("if", "hits") else f"{plain} if {text}"
