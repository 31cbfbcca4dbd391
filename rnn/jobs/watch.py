"""Watch: calls when a job takes too long in all, or is silent for too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import IO


class Watch:
    """Runs from when it is made until it is stopped, in a thread of its own; calls at most once."""

    def __init__(self, wall_s: float, silence_s: float | None, late: Callable[[str], None]) -> None:
        """Args: wall_s: in all. silence_s: since the last touch, from the first one on; None is no limit.

        late: is told what went wrong, as `did not finish within 3 s`.
        """
        self._wall_s, self._silence_s, self._late = wall_s, silence_s, late
        self._started = time.monotonic()
        self._touched: float | None = None
        self._stopped = threading.Event()
        threading.Thread(target=self._wait, daemon=True).start()

    def touch(self) -> None:
        """There was a sign of life."""
        self._touched = time.monotonic()

    def stop(self) -> None:
        """Call no more."""
        self._stopped.set()

    def _ends(self) -> tuple[float, str]:
        """When it is too late, if nothing is heard until then, and why."""
        ends = [(self._started + self._wall_s, f"did not finish within {self._wall_s:g} s")]
        if self._silence_s is not None and self._touched is not None:
            ends.append((self._touched + self._silence_s, f"came no further for {self._silence_s:g} s"))
        return min(ends)

    def _wait(self) -> None:
        # Before the first touch nobody knows yet when silence will be too long.
        longest = self._wall_s if self._silence_s is None else self._silence_s
        while not self._stopped.is_set():
            end, why = self._ends()
            left = end - time.monotonic()
            if left <= 0:
                self._late(why)
                return
            self._stopped.wait(min(left, longest))


class Watched:
    """A stream whose every piece is a sign of life; for `read_frame`."""

    def __init__(self, stream: IO[bytes], watch: Watch) -> None:
        """Args: as the names say."""
        self._stream, self._watch = stream, watch

    def read(self, count: int) -> bytes:
        """Read at most so many bytes."""
        data = self._stream.read(count)
        self._watch.touch()
        return data
