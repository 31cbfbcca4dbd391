"""Opened: the recording that is open, and the two threads that read it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from inspector.debugger.choosing import Choosing
from inspector.debugger.records import Overview
from inspector.debugger.searching import Searcher
from inspector.debugger.threads import Key, Worker
from inspector.debugger.viewing import Viewer
from inspector.records import Failure
from rnn.errors import InputError

if TYPE_CHECKING:
    from inspector.notices import Notices
    from rnn.beside import Beside

GROWING_MS = 400
"""How often a recording that is still being made is read again."""

EARLY_MS = 100
"""How soon it is tried again to open one whose first step is not written yet."""


class Opened(Choosing):
    """Opens recordings in the background, and reads on in those that grow.

    Values come from two threads: the viewer's (what is seen at a step) and the searcher's (everything about the whole run).

    Attributes:
        overview: the recording as a whole, None while none is open. busy: what the threads do, in words, may be empty.
        searcher: asks about the whole run, None while none is open.

    Signals:
        opening: a recording is being opened for the user to look at. busy_changed: read `busy`.
        opened_changed: another recording is open, it has grown, or JAX's values have come: read `overview`.
    """

    opening = Signal()
    opened_changed = Signal()
    busy_changed = Signal()

    def __init__(self, notices: Notices, parent: QObject | None = None) -> None:
        """Nothing is open. Args: notices: take sentences for the user."""
        super().__init__(parent)
        self._notices = notices
        self._fast, self._slow = Worker("recording: moments", self), Worker("recording: searches", self)
        self._viewer: Viewer | None = None
        self.searcher: Searcher | None = None
        self._wanted: int | None = None
        self._beside_waits = self._growing_path = self._selects = self._note = ""
        self.overview: Overview | None = None
        self.busy = ""
        self._growing = QTimer(self, interval=GROWING_MS)
        self._growing.timeout.connect(self.refresh)
        for worker in (self._fast, self._slow):
            worker.done.connect(self._on_worker_done)
            worker.failed.connect(self._on_worker_failed)

    @property
    def recording(self) -> Any:
        """The open `rnn.recorder.Recording`, None without one; in the window's thread only its columns are read."""
        return None if self._viewer is None else self._viewer.recording

    @property
    def stepping(self) -> Any:
        """`rnn.recorder.stepping.Stepping` of the open recording; there has to be one."""
        assert self._viewer is not None
        return self._viewer.stepping

    @property
    def beside(self) -> Beside | None:
        """JAX's values for the open recording, None as long as they are not known."""
        return None if self._viewer is None else self._viewer.beside

    def open(self, file: str, growing: bool = False, step: int | None = None, path: str = "") -> None:
        """Open a recording in the background.

        Args:
            file: of the recording. growing: whether its run goes on.
            step: where to go; by default where the run raised, else to the last loop's beginning.
            path: of the array to select.
        """
        self._selects, self._note = path, ""
        self._wanted, self._beside_waits, self._growing_path = step, "", file if growing else ""
        for worker in (self._fast, self._slow):
            worker.drop()
        self.say_busy(f"Opening {Path(file).name}")
        self.opening.emit()
        self._try_to_open(("open", file, growing))

    def _try_to_open(self, key: Key) -> None:
        if not key[2] or self._growing_path == key[1]:
            self._fast.ask(key, lambda: Viewer.open(key[1]))

    def _take_open(self, key: Key, viewer: Viewer) -> None:
        self.close_recording()
        self._viewer, self.searcher = viewer, Searcher(key[1])
        if self._growing_path:
            self._growing.start()
        step = viewer.first_step() if self._wanted is None else self._wanted
        self.begin(min(step, len(viewer.recording) - 1))
        self.select_array(self._selects)
        self._survey()
        if self._beside_waits:
            self.take_beside(self._beside_waits)

    def begin(self, step: int) -> None:
        """A recording is open: go to its first moment."""

    def forget(self) -> None:
        """No recording is open any more."""

    def close_recording(self) -> None:
        """Close the recording."""
        self._growing.stop()
        for worker, part in ((self._fast, self._viewer), (self._slow, self.searcher)):
            worker.drop()
            if part is not None:
                worker.ask(("close", id(part)), part.close)
        self._viewer = self.searcher = self.overview = None
        self.forget_choice()
        self.forget()
        self.opened_changed.emit()

    def take_beside(self, path: str) -> None:
        """JAX's values have come: read them, or as soon as the recording is open."""
        viewer, self._beside_waits = self._viewer, path
        if viewer is not None:
            self._fast.ask(("beside",), lambda: viewer.take_beside(path))

    def take_note(self, note: str) -> None:
        """There are no values of JAX for the open recording, and why."""
        self._note = note
        if self.overview is not None:
            self.overview = self.noted(self.overview)
            self.opened_changed.emit()

    def noted(self, overview: Overview) -> Overview:
        """An overview with the reason why there are no values of JAX, where there is one."""
        return replace(overview, note=self._note) if self._note and overview.matches is None else overview

    @Slot()
    def refresh(self) -> None:
        """Read what a run that goes on has added."""
        viewer = self._viewer
        if viewer is not None:
            self._fast.ask(("refresh",), viewer.refresh)

    def finish_growing(self, opens: bool = True) -> None:
        """The run has ended: read the rest.

        Args:
            opens: whether the recording is opened where that was not possible before its end.
        """
        self._growing.stop()
        waiting, self._growing_path = self._growing_path, ""
        if self._viewer is not None and str(self._viewer.recording.path) == waiting:
            self.refresh()
        elif waiting and opens:
            self.open(waiting)
        else:
            self.say_busy("")

    def _take_refresh(self, _: Key, grown: bool) -> None:
        if grown or not self._growing.isActive():
            self._survey()

    def _survey(self) -> None:
        searcher, viewer = self.searcher, self._viewer
        if searcher is not None and viewer is not None:
            growing = self._growing.isActive()
            self._slow.ask(("survey",), lambda: searcher.survey(viewer.beside, growing))

    def close(self) -> None:
        """End the threads."""
        self._growing.stop()
        for worker in (self._fast, self._slow):
            worker.close()

    # Answers

    def say(self, sentence: str) -> None:
        """Show a passing sentence."""
        self._notices.say(sentence)

    def say_busy(self, text: str) -> None:
        """Tell what the threads do."""
        if text != self.busy:
            self.busy = text
            self.busy_changed.emit()

    def take(self, key: Key, value: Any) -> None:
        """An answer that is none of the ones about the whole recording."""

    @Slot(object, object)
    def _on_worker_done(self, key: Key, value: Any) -> None:
        getattr(self, f"_take_{key[0]}", self.take)(key, value)
        if self._fast.is_idle and self._slow.is_idle:
            self.say_busy("")

    @Slot(object, object)
    def _on_worker_failed(self, key: Key, error: Exception) -> None:
        if key[0] == "open" and key[2] and self._growing_path == key[1]:
            QTimer.singleShot(EARLY_MS, lambda: self._try_to_open(key))  # its first step is not written yet
            return
        self.say_busy("")
        if not isinstance(error, (InputError, OSError, MemoryError)):
            raise error
        self._notices.report(Failure(str(error) or "The recording doesn't fit into memory"))
