"""Arrays that are gathered from a container: the wrong piece's own writer, or who put it in the wrong place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .reading import Read

if TYPE_CHECKING:
    from .guilty import Guilty
    from .search import Search


class Gathered:
    """Looks at expressions that gather arrays."""

    def __init__(self, search: Search) -> None:
        """Args: search: that this belongs to."""
        self.search = search

    def piece(self, step: int, reads: list[Read], actual: Any, goal: Any, name: str) -> Guilty | None:
        """Where an expression only gathers arrays of a container: the wrong piece's own writer, or who put it there."""
        search = self.search
        entries = [read for read in reads if read.node is None and read.storage >= 0]
        if not entries or not actual.ndim:
            return None
        found = []
        for axis in range(actual.ndim):
            for i in range(actual.shape[axis]):
                piece, wanted = np.take(actual, i, axis), np.take(goal, i, axis)
                if search.judge.same(piece, wanted):
                    continue
                for read in entries:
                    if np.size(read.value) == piece.size and np.array_equal(np.ravel(read.value), np.ravel(piece)):
                        found.append(self._piece(step, read, wanted, name))
                        break
            if found:
                break
        real = [one for one in found if one is not None]
        return min(real, key=lambda one: one.step) if real else None

    def _piece(self, step: int, read: Read, wanted: Any, name: str) -> Guilty | None:
        search, flow = self.search, self.search.flow
        if not search.judge.misplaced(read.value, wanted):
            return search.follow(read.storage, read.items, np.reshape(wanted, np.shape(read.items)), step - 1, name)
        rows = [
            int(row["step"])
            for row in flow.memory.slots_of(read.storage)
            if flow.recording.tables.texts[int(row["key"])].startswith("[") and int(row["step"]) <= step
        ]
        return search.guilty(rows[-1] if rows else step, "placed", needed=search.judge.label(wanted), output=name)
