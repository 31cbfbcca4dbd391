"""SessionKeeper: the file that the window's work is saved in, whether it is, and what is kept of it meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal, Slot

from inspector.debugger.threads import Key
from inspector.records import Offer
from inspector.sessions.autosaves import Left
from inspector.sessions.gather import gather, paths_of_sources, with_files
from inspector.sessions.leftovers import Leftovers
from inspector.sessions.restore import restore
from inspector.sessions.saving import Saving
from rnn.sessions import Session, load_session

if TYPE_CHECKING:
    from inspector.notices import Notices
    from inspector.settings import Memory
    from inspector.state import State

SETTLES_MS = 2000
"""A change is kept so long after it at the latest."""


@dataclass(frozen=True)
class Unsaved:
    """Notes would be lost: what is about to be done, in words, and how it is done."""

    words: str
    then: Callable[[], object]


class SessionKeeper(Saving):
    """Saves, opens and keeps the session.

    Attributes (see also `Saving`):
        leftovers: what is kept for a crash, and what one has left.
        unsaved: what waits for an answer about notes that are not saved, or None.
        missing: why its code can't be run here, or empty. untrusted: its code is here and nobody has agreed to run it.

    Signals:
        restored: a session is shown; page and layout, to be taken over by the window.
        file_wanted: the user wants to say where the code is.
    """

    restored = Signal(object)
    file_wanted = Signal()

    def __init__(self, state: State, memory: Memory, notices: Notices) -> None:
        """Joined by `State`; nothing is kept before `start`."""
        super().__init__(state, memory, notices)
        self.missing, self._case_path, self.untrusted = "", "", False
        self.unsaved: Unsaved | None = None
        self.leftovers = Leftovers(memory.folder / "sessions", notices, self)
        self.leftovers.changed.connect(self.changed)
        self.leftovers.taken.connect(self._on_left_taken)
        self._started = False
        self._settles = QTimer(self, singleShot=True, interval=SETTLES_MS)
        self._settles.timeout.connect(self._on_settled)
        debugger = state.debugger
        for signal in (state.settings_changed, state.result_changed, state.notes.changed, state.diagnosis.changed,
                       state.own.history.changed, debugger.opened_changed, debugger.stops_changed, debugger.visits_changed,
                       state.selection_changed, state.view_changed):  # fmt: skip
            signal.connect(self._on_state_changed)

    @property
    def offer(self) -> Offer | None:
        """What can be done where the code is not here."""
        return Offer("Choose the file...", "Say where the code of this session is", self.file_wanted.emit)

    @Slot()
    def _on_state_changed(self) -> None:
        modified = self.modified
        if modified != self._was_modified or (self.missing and not self._is_session_case()):
            self._was_modified = modified
            if not self._is_session_case():
                self.missing, self.untrusted = "", False
            self.changed.emit()
        if self._started and not self._settles.isActive():
            self._settles.start()

    def _is_session_case(self) -> bool:
        return bool(self._case_path == self._state.case_path)

    # Opening

    def ask_first(self, words: str, then: Callable[[], object]) -> bool:
        """Do something that takes the present session's place, unless notes would be lost: then it is asked; whether it was done.

        Args:
            words: what is about to be done: `open other.bptt`. then: does it.
        """
        if self.has_unsaved_notes:
            self.unsaved = Unsaved(words, then)
            self.changed.emit()
            return False
        then()
        return True

    def answer_unsaved(self, save: bool, go_on: bool) -> None:
        """The user's answer about notes that are not saved."""
        unsaved, self.unsaved = self.unsaved, None
        if unsaved is not None and save:
            self.save(then=unsaved.then)
        elif unsaved is not None and go_on:
            self._saved_notes = self._notes()
            unsaved.then()
        self.changed.emit()

    def open(self, path: str) -> None:
        """Open a session in the background; nothing of it is run."""
        self.ask_first(f"open {os.path.basename(path)}", lambda: self._open(path))

    def _open(self, path: str) -> None:
        self._notices.say(f"Opening {os.path.basename(path)}")
        self._worker.ask(("open", path), lambda: load_session(Path(path)))

    def _take_open(self, key: Key, session: Session) -> None:
        path = str(key[1])
        self._show(session, path, Path(os.path.realpath(path)).parent)
        self._state.remember_file(path)
        self._notices.say(f"Opened {os.path.basename(path)}")

    def _show(self, session: Session, path: str, folder: Path, own: bool = False) -> None:
        problems = restore(self._state, session, folder, self._memory, own)
        case, info = session.case, self._state.case_info
        self.sources = () if case is None else case.sources
        self.unknown, self.path, self.unsaved = session.unknown, path, None
        self.missing, self.untrusted, self._case_path = "", False, self._state.case_path
        if case is not None and info is not None and info.needs_trust:
            name = os.path.basename(info.path)
            if not os.path.isfile(info.path):
                self.missing = f"The code of this session, {name}, is not on this machine; what was recorded is shown, running needs it"
            self.untrusted = not self.missing and not self._memory.trusts(info.digest)
        if path:
            self._hold(path)
            self.read_only = self.read_only or session.read_only
        self._settle_saved()
        self.restored.emit(session.window)
        if problems:
            self._notices.note(f"Not all of the session could be read. {problems[0]}", "\n".join(problems))
        self.changed.emit()

    def locate(self, path: str) -> None:
        """Say where the code of this session is."""
        if self._state.adopt(path):
            self.missing, self.untrusted, self._case_path = "", False, self._state.case_path
            self.changed.emit()

    # Kept for a crash

    def start(self) -> None:
        """Keep from here on what is done, and look for what a crash has left."""
        self._started = True
        self._settles.start()  # there may be something already
        self.leftovers.start([Path(path).parent for path in self._memory.recent()])

    def take_left(self) -> None:
        """Go on with what a crash has left."""
        left = self.leftovers.left
        if left is not None:
            self.ask_first(f"restore {left.title or 'what was left'}", self.leftovers.take)

    @Slot(object, object)
    def _on_left_taken(self, left: Left, session: Session) -> None:
        self._show(session, left.path, Path(left.path).parent if left.path else left.folder, own=True)
        self._saved = self._saved_notes = ()  # what was restored is saved nowhere
        self._was_modified, self._mark = True, None
        self._notices.say("Restored what was not saved")
        self.changed.emit()

    @Slot()
    def _on_settled(self) -> None:
        if self._work() == self._saved and self._state.result is None and not self.leftovers.is_keeping:
            return
        self.leftovers.keep(*self._kept())

    def _kept(self) -> tuple[Callable[[], Session], dict[str, Any]]:
        """Makes what is kept, in the background; and what is said of it."""
        state = self._state
        session, paths, known = gather(state, self.window()), paths_of_sources(state), self.sources
        notes = len(session.notes) + sum(len(one.notes) for one in session.recordings)
        title = state.case_info.title if state.case_info else "the built-in BPTT"
        return lambda: with_files(session, paths, known), {"title": title, "path": self.path, "notes": notes}

    def close(self) -> None:
        """The program ends: what was kept goes, unless notes would go with it."""
        keep, self._started = self.has_unsaved_notes and self._started, False
        self._settles.stop()
        self.close_saving()
        self.leftovers.close(self._kept() if keep else None)
