"""Notes: what the user writes on elements and on lines of source; each change can be undone."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from rnn.sessions.document import CELL, LINE, Note

if TYPE_CHECKING:
    from inspector.notices import Notices
    from inspector.situation import History

MOST_NOTES, MOST_LETTERS = 1000, 10_000


def same_file(one: str, other: str) -> bool:
    """Whether two paths name the same source: elsewhere its folder is another one."""
    if one == other:
        return True
    names = {path.replace("\\", "/").rpartition("/")[2] for path in (one, other)}
    return len(names) == 1 and not os.path.exists(one)


class Notes(QObject):
    """The notes of the session, in the order in which they were made; one for each element and line.

    Signals:
        changed: read `all`.
    """

    changed = Signal()

    def __init__(self, history: History, notices: Notices, parent: QObject | None = None) -> None:
        """Args: history: whose present moment holds them. notices: tell what was done."""
        super().__init__(parent)
        self._history, self._notices = history, notices

    @property
    def all(self) -> tuple[Note, ...]:
        """All notes."""
        found: tuple[Note, ...] = self._history.present.notes
        return found

    def of_cell(self, quantity: str, index: tuple[int, ...]) -> Note | None:
        """The note on an element."""
        return next((one for one in self.all if one.key == Note(CELL, "", quantity, index).key), None)

    def of_file(self, file: str) -> dict[int, Note]:
        """The notes on lines of a file, by line."""
        return {one.line: one for one in self.all if one.kind == LINE and same_file(one.file, file)}

    def put(self, note: Note) -> str:
        """Write a note, in the place of one on the same thing; an empty text takes it away. Returns what is wrong, or nothing."""
        text = note.text.strip()
        if len(text) > MOST_LETTERS:
            return f"A note holds at most {MOST_LETTERS:,} letters, this one has {len(text):,}"
        old = next((one for one in self.all if one.key == note.key), None)
        if old is None and text and len(self.all) >= MOST_NOTES:
            return f"A session holds at most {MOST_NOTES} notes; take some away first"
        made = replace(note, text=text, made=f"{datetime.now():%Y-%m-%dT%H:%M:%S}")
        if old is None:
            kept = (*self.all, made)
        else:
            kept = tuple(made if one == old else one for one in self.all)
        said = "Note taken away" if not text else "Note kept" if old is None else "Note changed"
        self._take(tuple(one for one in kept if one.text), said)
        return ""

    def remove(self, note: Note) -> None:
        """Take a note away."""
        self._take(tuple(one for one in self.all if one != note), "Note taken away; Ctrl+Z brings it back")

    def _take(self, notes: tuple[Note, ...], said: str) -> None:
        if self._history.take(notes=notes):
            self._notices.say(said)
            self.changed.emit()
