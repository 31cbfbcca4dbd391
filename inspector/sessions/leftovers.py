"""Leftovers: keeps what the window works on, in a thread of its own, and offers what a crash has left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from inspector.debugger.threads import Key, Worker
from inspector.records import Failure
from inspector.sessions.autosaves import Autosaves, Left
from rnn.container_writer import sweep
from rnn.errors import InputError
from rnn.jobs.alive import is_running
from rnn.sessions import Session

if TYPE_CHECKING:
    from inspector.notices import Notices

Made = tuple[Callable[[], Session], Mapping[str, Any]]
"""Makes the session that is kept; title, path and number of notes."""


class Leftovers(QObject):
    """What is kept for a crash, and what one has left.

    Attributes:
        left: what is offered now, or None.

    Signals:
        changed: something else is offered, or nothing.
        taken: (`Left`, `Session`) the user goes on with it.
    """

    changed = Signal()
    taken = Signal(object, object)

    def __init__(self, folder: Path, notices: Notices, parent: QObject) -> None:
        """Args: folder: of the autosaves of all windows."""
        super().__init__(parent)
        self._notices, self._autosaves = notices, Autosaves(folder)
        self._worker = Worker("session: kept", self)
        self._worker.done.connect(self._on_worker_done)
        self._worker.failed.connect(self._on_worker_failed)
        self._all: list[Left] = []
        self._said = False

    @property
    def left(self) -> Left | None:
        """The newest that is offered."""
        return self._all[0] if self._all else None

    @property
    def is_keeping(self) -> bool:
        """Whether anything was kept."""
        return self._autosaves.own is not None

    def start(self, folders: Iterable[Path]) -> None:
        """Look for what a crash has left, and sweep what it has left of saving in some folders."""
        places = set(folders)

        def look() -> list[Left]:
            for folder in places:
                sweep(folder, is_running)
            return self._autosaves.left()

        self._worker.ask(("look",), look)

    def keep(self, make: Callable[[], Session], about: Mapping[str, Any]) -> None:
        """Keep a session; of several that wait only the newest."""
        self._worker.ask(("keep",), lambda: self._autosaves.write(make(), about))

    def take(self) -> None:
        """Go on with what is offered."""
        left = self.left
        if left is not None:
            self._worker.ask(("take", left), lambda: self._autosaves.take(left))
            self._next()

    def discard(self) -> None:
        """Throw away what is offered."""
        left = self.left
        if left is not None:
            self._worker.ask(("discard", left), lambda: self._autosaves.discard(left))
            self._next()

    def _next(self) -> None:
        self._all = self._all[1:]
        self.changed.emit()

    def close(self, last: Made | None) -> None:
        """The window ends. Args: last: what is kept for the next start; None keeps nothing."""
        self._worker.close()
        if last is not None:
            with suppress(InputError):
                self._autosaves.write(last[0](), last[1])
        self._autosaves.close(keep=last is not None)

    @Slot(object, object)
    def _on_worker_done(self, key: Key, value: Any) -> None:
        if key[0] == "look":
            self._all = value
            self.changed.emit()
        elif key[0] == "take":
            self.taken.emit(key[1], value)

    @Slot(object, object)
    def _on_worker_failed(self, key: Key, error: Exception) -> None:
        if not isinstance(error, (InputError, OSError, MemoryError)):
            raise error
        if key[0] != "keep" or not self._said:  # that nothing can be kept is said once
            self._said = self._said or key[0] == "keep"
            self._notices.report(Failure(str(error)))
