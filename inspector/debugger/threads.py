"""Worker: one thread that does what was asked last, so that the window never waits for a recording."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

Job = Callable[[], Any]
Key = tuple[Any, ...]


class Worker(QObject):
    """Does jobs one after another; of several with the same key only the newest one.

    Signals:
        done: (key, value) of a job; nothing of a job that was replaced or dropped meanwhile.
        failed: (key, exception) of a job that raised.
    """

    done = Signal(object, object)
    failed = Signal(object, object)
    _finished = Signal(object, int, object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        """Args: name: of the thread, which starts with the first job."""
        super().__init__(parent)
        self._name = name
        self._wake = threading.Condition()
        self._jobs: dict[Key, tuple[int, Job]] = {}
        self._numbers: dict[Key, int] = {}
        self._number = 0
        self._closed = False
        self._thread: threading.Thread | None = None
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)

    def ask(self, key: Key, job: Job) -> None:
        """Put a job in, in the place of a waiting one with the same key."""
        with self._wake:
            if self._closed:
                return
            self._number += 1
            self._jobs[key] = self._number, job
            self._numbers[key] = self._number
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            self._wake.notify()

    def drop(self, kind: str = "") -> None:
        """Forget what was asked for (all, or all keys that begin with `kind`); a running job's answer is not heard."""
        with self._wake:
            for key in [key for key in self._numbers if not kind or key[0] == kind]:
                self._jobs.pop(key, None)
                del self._numbers[key]

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked for that was not answered."""
        return not self._numbers

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._jobs and not self._closed:
                    self._wake.wait()
                if self._closed:
                    return
                key = next(iter(self._jobs))
                number, job = self._jobs.pop(key)
            value = error = None
            try:
                value = job()
            except Exception as raised:  # whatever it is, the window hears of it and the thread lives on
                error = raised
            try:
                self._finished.emit(key, number, value, error)
            except RuntimeError:
                return  # the window has gone meanwhile

    @Slot(object, int, object, object)
    def _on_finished(self, key: Key, number: int, value: Any, error: Exception | None) -> None:
        if self._numbers.get(key) != number:
            return
        del self._numbers[key]
        if error is None:
            self.done.emit(key, value)
        else:
            self.failed.emit(key, error)

    def close(self) -> None:
        """End the thread; it finishes what it does."""
        with self._wake:
            self._closed = True
            self._jobs.clear()
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()
