"""A time limit on the user's code inside the job, and a note outside of it of what is being run."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, Protocol

from .names import NOTE

AGAIN_S = 0.05
"""Code that swallowed what ends it is told again after this time."""

MOST_SWALLOWED = 6
"""Code that swallows this many is ended with its process."""


class TooLong(BaseException):
    """The code took too long. No `Exception`, so that the code's own `except Exception` lets it pass."""


class Note:
    """A few bytes that outlive the process: a file of the parent's, in memory, so that no limit on files applies."""

    def __init__(self, path: str) -> None:
        """Args: path: of the file, which is there and as long as a note."""
        descriptor = os.open(path, os.O_RDWR)
        try:
            self._memory = mmap.mmap(descriptor, NOTE.size)
        finally:
            os.close(descriptor)

    def write(self, number: int, late: bool = False) -> None:
        """Say what is being run."""
        self._memory[:] = NOTE.pack(number, late)

    def close(self) -> None:
        """Let go of the file."""
        self._memory.close()


class AbstractAlarm(Protocol):
    """What rings; in a job the platform's."""

    def start(self, after_s: float, every_s: float) -> None:
        """Ring after a time, then at an interval."""

    def stop(self) -> None:
        """Ring no more."""


class Limited:
    """Ends code that takes too long.

    Attributes:
        note: what is being run. running: its number.
    """

    def __init__(self, make_alarm: Callable[[Callable[[], None]], AbstractAlarm], note: Note) -> None:
        """Args: make_alarm: makes an alarm of what it shall call. note: as the attribute."""
        self.note, self.running = note, 0
        self._alarm, self._on, self._swallowed = make_alarm(self._ring), False, 0

    def _ring(self) -> None:
        if not self._on:
            return
        self._swallowed += 1
        if self._swallowed > MOST_SWALLOWED:
            self._end()
        raise TooLong

    def _end(self) -> NoReturn:
        self.note.write(self.running, late=True)
        os._exit(0)

    def start(self, number: int) -> None:
        """Say what is run from now on."""
        self.running = number
        self.note.write(number)

    @contextmanager
    def to(self, seconds: float) -> Iterator[None]:
        """Raise `TooLong` in the block after some seconds."""
        try:
            try:
                self._swallowed, self._on = 0, True
                self._alarm.start(seconds, AGAIN_S)
                yield
            finally:
                self._on = False
                self._alarm.stop()
        except TooLong:
            self._on = False  # it may have rung just before that was said above
            self._alarm.stop()
            raise
