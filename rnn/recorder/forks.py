"""A process that the code forks goes on with a copy of everything; it must not write into the recording.

Windows has no fork.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .scribe import Scribe

_running: list[Scribe] = []
_told: set[int] = set()


def _in_child() -> None:
    """The new process is not recorded; whatever of the recording it may still write goes nowhere."""
    if _running:
        sys.settrace(None)
    for scribe in _running:
        scribe.ended = True
        scribe.journal.withdraw()
    _running.clear()


def _in_parent() -> None:
    for scribe in _running:
        if id(scribe) not in _told and not scribe.ended:
            _told.add(id(scribe))
            scribe.journal.note(["remark", "the code forked; what the new process did is not recorded"])


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child, after_in_parent=_in_parent)


@contextmanager
def kept_from_forks(scribe: Scribe) -> Iterator[None]:
    """While the code runs, its forks stay away from its recording."""
    _running.append(scribe)
    try:
        yield
    finally:
        if scribe in _running:  # a fork has forgotten it
            _running.remove(scribe)
        _told.discard(id(scribe))
