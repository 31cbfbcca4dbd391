"""Written: files that this run of the program has made, so that only others' work is asked about before it is replaced."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

Stamp = tuple[int, int, int]


def _stamp(path: Path) -> Stamp | None:
    """What tells one state of a file from another; None where there is none that can be looked at."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class Written:
    """Remembers files as they were when they had been written."""

    def __init__(self) -> None:
        """Nothing was written yet."""
        self._stamps: dict[Path, Stamp | None] = {}
        self._watched: dict[Path, Stamp | None] = {}

    def watch(self, paths: Iterable[Path]) -> None:
        """These may be written from now on."""
        self._watched = {path.absolute(): _stamp(path) for path in paths}

    def settle(self) -> None:
        """What was to be written has been, or not: those that are others now are ours."""
        for path, before in self._watched.items():
            now = _stamp(path)
            if now != before:
                self._stamps[path] = now
        self._watched = {}

    def others(self, paths: Iterable[Path]) -> list[Path]:
        """Those that exist and are not as this program has left them: to replace them loses work."""
        found = []
        for path in paths:
            now = _stamp(path)
            if now is not None and now != self._stamps.get(path.absolute()):
                found.append(path)
        return found
