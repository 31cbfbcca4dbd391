"""Watching: files on disk, and whether somebody saved, replaced or removed them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot
from shiboken6 import delete

SETTLE_MS = 150
"""A save is looked at this long after the last sign of it: editors write in steps, and several files at once."""

GONE_MS = 1000
"""A file that is away for so long was removed; editors put another in its place sooner."""

POLL_MS = 2000
"""Where the system tells of no changes, as on some network drives, files are looked at this often."""

Mark = tuple[int, int]
"""Age in ns and bytes."""


def mark_of(path: str) -> Mark | None:
    """Age and size of a file, None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


class Watching(QObject):
    """Watches files by their names, whatever file bears the name at the time.

    Signals (with the paths, a frozenset):
        changed: files hold something else than before. gone: files are no longer there.
    """

    changed = Signal(object)
    gone = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Watches nothing yet."""
        super().__init__(parent)
        self._marks: dict[str, Mark | None] = {}
        self._away: set[str] = set()
        self._told: set[str] = set()
        self._watcher: QFileSystemWatcher | None = None
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.look)
        self._late = QTimer(self, singleShot=True, interval=GONE_MS)
        self._late.timeout.connect(self._on_late)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self.look)

    @property
    def files(self) -> tuple[str, ...]:
        """What is watched."""
        return tuple(self._marks)

    def marks(self) -> dict[str, Mark]:
        """What the watched files bore when they were last looked at, those that are there."""
        return {path: mark for path, mark in self._marks.items() if mark is not None}

    def watch(self, marks: Mapping[str, Mark]) -> None:
        """Watch these files and no others; one that bears another mark by now has changed."""
        self._marks = dict(marks)
        self._away &= set(marks)
        self._told &= set(marks)
        if not marks:
            self._end()
            return
        wanted = {*marks, *(os.path.dirname(path) for path in marks)}
        unwanted = self._known() - wanted
        if self._watcher is not None and unwanted:
            self._watcher.removePaths(sorted(unwanted))
        self._add()
        self._settle.start()

    def _end(self) -> None:
        """Let go of what the system lends for watching, at once: it belongs to this thread."""
        for timer in (self._settle, self._late, self._poll):
            timer.stop()
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            delete(watcher)

    def _known(self) -> set[str]:
        """Files and folders of which the system tells."""
        watcher = self._watcher
        return set() if watcher is None else {*watcher.files(), *watcher.directories()}

    def take_as_known(self, paths: Iterable[str]) -> None:
        """What these files hold now is no news."""
        for path in paths:
            if path in self._marks:
                self._marks[path] = mark_of(path)

    def _add(self) -> None:
        """Watch what is there; a file that replaced another is not watched by itself."""
        if self._watcher is None:
            self._watcher = QFileSystemWatcher(self)
            self._watcher.fileChanged.connect(self._on_sign)
            self._watcher.directoryChanged.connect(self._on_folder_sign)
        places = {*self._marks, *(os.path.dirname(path) for path in self._marks)}
        missing = [path for path in sorted(places - self._known()) if os.path.exists(path)]
        if missing and self._watcher.addPaths(missing) and not self._poll.isActive():
            self._poll.start()

    @Slot(str)
    def _on_sign(self, path: str) -> None:
        self._settle.start()

    @Slot(str)
    def _on_folder_sign(self, path: str) -> None:
        """Other files may come and go there all the time: that must not put off the look."""
        if not self._settle.isActive():
            self._settle.start()

    @Slot()
    def look(self) -> None:
        """Look at all files now."""
        changed = set()
        if not self._marks:
            return
        for path, before in self._marks.items():
            now = mark_of(path)
            if now is None:
                self._away.add(path)
                continue
            self._away.discard(path)
            self._told.discard(path)
            if now != before:
                self._marks[path] = now
                changed.add(path)
        self._add()
        if self._away - self._told and not self._late.isActive():
            self._late.start()
        if changed:
            self.changed.emit(frozenset(changed))

    @Slot()
    def _on_late(self) -> None:
        """What was away and still is was removed; what comes back has changed, whatever it holds."""
        gone = {path for path in self._away - self._told if mark_of(path) is None}
        self._told |= gone
        for path in gone:
            self._marks[path] = None
        if gone:
            self.gone.emit(frozenset(gone))
