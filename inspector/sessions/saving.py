"""Saving: the session's file, whether all work is in it, and the thread that writes it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from inspector.debugger.threads import Key, Worker
from inspector.records import Failure
from inspector.sessions.gather import gather, paths_of_sources, with_files
from inspector.sessions.locks import FileLock
from inspector.watching import Mark, mark_of
from rnn.errors import InputError
from rnn.sessions import KeptSource, Session, save_session

if TYPE_CHECKING:
    from inspector.notices import Notices
    from inspector.settings import Memory
    from inspector.state import State

PROGRESS_MS = 100
SAVE = "save"
CANCELLED = "Saving was cancelled; the file is as it was"


class Saving(QObject):
    """Saves the session.

    Attributes:
        path: of the session file, empty where it has none. read_only: why it can't be saved there, or empty.
        progress: 0 to 1 while it is saved, else None. sources: texts of the session's code.
        unknown: fields of a newer version. window: tells page and layout.

    Signals:
        changed: one of these, or whether the session is modified.
        path_wanted: it is to be saved and has no path yet.
    """

    changed = Signal()
    path_wanted = Signal()

    def __init__(self, state: State, memory: Memory, notices: Notices) -> None:
        """Has no file yet."""
        super().__init__(state)
        self._state, self._memory, self._notices = state, memory, notices
        self.path = self.read_only = ""
        self.progress: float | None = None
        self.sources: tuple[KeptSource, ...] = ()
        self.unknown: Mapping[str, Any] = {}
        self.window: Callable[[], Mapping[str, Any]] = dict
        self._worker = Worker("session", self)
        self._worker.done.connect(self._on_worker_done)
        self._worker.failed.connect(self._on_worker_failed)
        self._lock: FileLock | None = None
        self._mark: Mark | None = None
        self._cancelled = self._was_modified = False
        self._then: Callable[[], object] | None = None
        self._telling = QTimer(self, interval=PROGRESS_MS)
        self._telling.timeout.connect(self.changed)
        self._saved, self._saved_notes = self._work(), self._notes()

    # What there is to save

    def _notes(self) -> tuple[Any, ...]:
        """What only the user's hands could make again."""
        debugger = self._state.debugger
        visits = debugger.visits if debugger.returning is None else debugger.returning
        return self._state.notes.all, tuple(sorted(visits.notes.items()))

    def _work(self) -> tuple[Any, ...]:
        """What makes the session another one; where the user looks does not."""
        state = self._state
        result = "" if state.result is None else state.diagnosis.result_path
        return (self._notes(), state.situation, result, state.requests.recording_path, state.debugger.stops.breakpoints,
                state.own.history.entries, len(state.diagnosis.findings))  # fmt: skip

    @property
    def modified(self) -> bool:
        """Whether it is another than the one that was saved or opened."""
        return self._work() != self._saved

    @property
    def has_unsaved_notes(self) -> bool:
        """Whether notes would be lost."""
        notes = self._notes()
        return notes != self._saved_notes and any(notes)

    def _settle_saved(self) -> None:
        self._saved, self._saved_notes, self._was_modified = self._work(), self._notes(), False
        self._mark = mark_of(self.path) if self.path else None

    # Saving

    def save(self, path: str = "", then: Callable[[], object] | None = None) -> None:
        """Save in the background.

        Args:
            path: of the file; by default where it was saved before. then: done when it is saved.
        """
        target = path or self.path
        if not target:
            self._then = then
            self.path_wanted.emit()
            return
        same = bool(self.path) and os.path.realpath(target) == os.path.realpath(self.path)
        if same and self.read_only:
            self._notices.report(Failure(self.read_only, file=target))
            return
        if self.progress is not None:
            self._notices.say("It is being saved already")
            return
        if not path:
            self._then = then
        session = gather(self._state, self.window())
        paths, known, mark = paths_of_sources(self._state), self.sources, self._mark if same else None
        self._saving = self._work(), self._notes()
        self._cancelled, self.progress = False, 0.0

        def work() -> Session:
            if mark is not None and mark_of(target) not in (mark, None):
                raise InputError(
                    f"{target} was changed by another program since it was opened; save it under another name"
                )
            return save_session(with_files(session, paths, known), Path(target), self._tell)

        self._worker.ask((SAVE, target), work)
        self._telling.start()
        self.changed.emit()

    def forget_plan(self) -> None:
        """What was to be done after saving is not done any more."""
        self._then = None

    def _tell(self, fraction: float) -> None:
        """Called in the thread."""
        self.progress = fraction
        if self._cancelled:
            raise InputError(CANCELLED)

    def cancel_saving(self) -> None:
        """Stop saving; the file stays as it was."""
        self._cancelled = True

    def _take_save(self, key: Key, saved: Session) -> None:
        (work, notes), target = self._saving, str(key[1])
        self._stop_telling()
        if not self.path or os.path.realpath(target) != os.path.realpath(self.path):
            self._hold(target)
        self.path, self._saved, self._saved_notes = target, work, notes
        self._mark, self._was_modified = mark_of(target), self.modified
        self.sources = saved.case.sources if saved.case is not None else ()
        self._state.remember_file(target)
        self._notices.say(f"Saved {os.path.basename(target)}")
        self.changed.emit()
        then, self._then = self._then, None
        if then is not None:
            then()

    def _stop_telling(self) -> None:
        self._telling.stop()
        self.progress = None

    def _hold(self, path: str) -> None:
        """Lock a session file; one that another window has is only read."""
        if self._lock is not None:
            self._lock.release()
        self._lock = FileLock(self._memory.folder / "locks", Path(path))
        holder = self._lock.holder
        self.read_only = "" if holder is None else (
            f"{os.path.basename(path)} is open in another window (process {holder.pid}), so it is only read here; "
            f"save it under another name (Ctrl+Shift+S)"
        )  # fmt: skip

    def close_saving(self) -> None:
        """End the thread, and what it writes; give the file back."""
        self._stop_telling()
        self._cancelled = True
        self._worker.close()
        if self._lock is not None:
            self._lock.release()

    # The thread's answers

    @Slot(object, object)
    def _on_worker_done(self, key: Key, value: Any) -> None:
        take = getattr(self, f"_take_{key[0]}", None)
        if take is not None:
            take(key, value)

    @Slot(object, object)
    def _on_worker_failed(self, key: Key, error: Exception) -> None:
        if key[0] == SAVE:
            self._stop_telling()
            self._then = None
            self.changed.emit()
        if not isinstance(error, (InputError, OSError, MemoryError)):
            raise error
        if str(error) == CANCELLED:
            self._notices.say(CANCELLED)
        else:
            self._notices.report(Failure(str(error) or "The session doesn't fit into memory", file=str(key[1])))
