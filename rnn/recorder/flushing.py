"""Keeps the file of a recording up to date while the code is stuck: in a library, the recorder itself is never asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .scribe import Scribe

EVERY_S = 0.25
BUSY = 256
"""Code that executes more statements than this in between is not stuck: the recorder writes by itself."""


@contextmanager
def kept_up_to_date(scribe: Scribe) -> Iterator[None]:
    """While the code runs, whatever is recorded reaches the file within half a second."""
    done = threading.Event()

    def watch() -> None:
        seen = written = 0
        while not done.wait(EVERY_S) and not scribe.ended:
            steps = scribe.steps
            if steps - seen < BUSY and steps != written:
                scribe.journal.flush()
                written = steps
            seen = steps

    thread = threading.Thread(target=watch, daemon=True, name="recording")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
