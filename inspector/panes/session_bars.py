"""Bars about the session: what a crash has left, code that is not here, saving that goes on, notes that would be lost."""

from __future__ import annotations

import os
import time

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QProgressBar, QWidget

from inspector.panes.bars import Bar
from inspector.pictures import Pictures
from inspector.sessions.autosaves import Left
from inspector.state import State

SAID_AFTER = 0.02
"""A saving that has come so far before it is looked at is too quick to be told of."""


def ago(seconds: float) -> str:
    """How long ago, in words."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // size)
        if count >= 1:
            return f"{count} {word}{'s' * (count != 1)} ago"
    return "just now"


def left_words(left: Left, now: float) -> str:
    """What a crash has left, in a sentence."""
    name = os.path.basename(left.path) if left.path else left.title or "a session"
    notes = f", with {left.notes} note{'s' * (left.notes != 1)}" if left.notes else ""
    return f"The program ended before {name} was saved; it was kept {ago(now - left.at)}{notes}."


class LeftBar(Bar):
    """Offers what a crash has left."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the session by itself."""
        super().__init__("Left by a crash", parent)
        self._keeper = state.session
        self.restore = self.add_button("Restore", "Go on where it ended; nothing is run", self._keeper.take_left)
        self.discard = self.add_button("Discard", "Throw it away for good", self._keeper.leftovers.discard)
        self._keeper.changed.connect(self.synchronize)
        state.view_changed.connect(self.synchronize)

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the model."""
        left = self._keeper.leftovers.left
        self.say("" if left is None else left_words(left, time.time()), False)


class UnsavedBar(Bar):
    """Asks before notes are lost."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the session by itself."""
        super().__init__("Notes that are not saved", parent)
        self._keeper = state.session
        self.save = self.add_button("Save", "Save the session first, then go on", lambda: self._answer(True, True))
        self.lose = self.add_button("Don't save", "Go on; the notes are lost", lambda: self._answer(False, True))
        self.stay = self.add_button("Cancel", "Stay here", lambda: self._answer(False, False))
        self._keeper.changed.connect(self.synchronize)
        state.view_changed.connect(self.synchronize)

    def _answer(self, save: bool, go_on: bool) -> None:
        self._keeper.answer_unsaved(save, go_on)

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the model; what is new is ready to be answered by Enter."""
        unsaved, was_shown = self._keeper.unsaved, not self.isHidden()
        self.say("" if unsaved is None else f"Your notes are not saved. Save them before you {unsaved.words}?", False)
        if unsaved is not None and not was_shown:
            self.save.setFocus()


class SessionBar(Bar):
    """Says that the session is being saved, is only read here, or that its code is not here or not yet trusted."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the session by itself."""
        super().__init__("Session", parent)
        self._state, self._keeper = state, state.session
        self._dismissed = ""
        self._progress = QProgressBar(self)
        self._progress.setAccessibleName("How much is saved")
        self._progress.setFixedWidth(160)
        self._row.addWidget(self._progress)
        self._cancel = self.add_button("Cancel", "Stop saving; the file stays as it was", self._keeper.cancel_saving)
        self._source = self.add_button("Show source", "Read the code as the session holds it", self.toggle_details)
        self._choose = self.add_button("Choose the file...", "Say where the code is on this machine", self._keeper.file_wanted)
        self._close = self.add_button("Dismiss", "Take the message away", self._on_close_clicked)
        self._keeper.changed.connect(self.synchronize)
        state.view_changed.connect(self.synchronize)

    @Slot()
    def _on_close_clicked(self) -> None:
        self._dismissed = self._words()
        self.synchronize()

    def _words(self) -> str:
        keeper = self._keeper
        name = os.path.basename(self._state.case_path)
        parts = [keeper.read_only, keeper.missing]
        if keeper.untrusted:
            parts.append(f"The code of this session, {name}, is not yet trusted; nothing of it was run")
        return " ".join(f"{one}." for one in parts if one)

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the model."""
        keeper, words = self._keeper, self._words()
        saving = keeper.progress is not None and keeper.progress < 1
        about_code = bool(keeper.missing or keeper.untrusted)
        self._progress.setVisible(saving)
        self._progress.setValue(round(100 * (keeper.progress or 0.0)))
        self._cancel.setVisible(saving)
        self._source.setVisible(not saving and about_code and bool(keeper.sources))
        self._choose.setVisible(not saving and bool(keeper.missing))
        self._close.setVisible(not saving)
        text = "\n\n".join(f"# {one.path}\n{one.text}" for one in keeper.sources) if about_code else ""
        shown = "Saving the session" if saving else "" if words == self._dismissed else words
        self.say(shown, False, text)
