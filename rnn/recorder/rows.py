"""Rows of a table by a key, in time."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np


class RowsByKey:
    """Finds the row of a key that holds at a step: one sort when it is made, a bisection for every question.

    Attributes:
        rows: of the table, by key and then in time.
    """

    def __init__(self, keys: Any, rows: Any) -> None:
        """Args: keys (n,): whole numbers; rows (n,): of a table with a column `step`."""
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        self.rows = rows[order]
        self._steps = np.ascontiguousarray(self.rows["step"])
        starts: Any = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
        starts = np.concatenate([np.zeros(min(len(keys), 1), np.int64), starts])
        ends = np.append(starts[1:], len(keys))
        self._places = dict(
            zip(ordered[starts].tolist(), zip(starts.tolist(), ends.tolist(), strict=True), strict=len(keys) > 0)
        )

    def keys(self) -> list[int]:
        """All keys, in order."""
        return list(self._places)

    def of(self, key: int) -> Any:
        """All rows of a key, in time."""
        start, end = self._places.get(key, (0, 0))
        return self.rows[start:end]

    def place(self, key: int, step: int) -> int:
        """Which of a key's rows holds after a step; -1 before the first."""
        start, end = self._places.get(key, (0, 0))
        place: int = bisect_right(self._steps, step, start, end) - 1 - start
        return place

    def at(self, key: int, step: int) -> Any:
        """The row of a key that holds after a step, or None."""
        start, end = self._places.get(key, (0, 0))
        place = bisect_right(self._steps, step, start, end) - 1
        return self.rows[place] if place >= start and end else None
