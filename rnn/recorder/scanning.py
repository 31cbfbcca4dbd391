"""Finds steps by what stands in their rows: near ones directly, far ones by what is remembered of blocks of steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .format import LOOP_END, NO_LOOP_VALUE
from .recording import Recording

BLOCK = 4096
NEAR = 4 * BLOCK
"""So many steps are looked at before blocks are asked."""

Test = Callable[[Any], Any]
"""Which of some steps' rows (k,) are meant: bool (k,)."""


class Blocks:
    """What every whole block of steps holds; grows with the recording.

    Attributes:
        depth, frame: (blocks,) least of the block. least, most: (blocks,) of the loop variable.
        present: (blocks, 2 statements) whether a key is there; see `keys_of`.
    """

    def __init__(self) -> None:
        self.depth, self.frame, self.least, self.most = (np.zeros(0, np.int64) for _ in range(4))
        self.present = np.zeros((0, 0), bool)
        self._ranges: dict[int, tuple[Any, Any]] = {}
        self._steps: Any = None

    def refresh(self, steps: Any, statements: int) -> None:
        """Add the blocks that are whole by now."""
        self._steps = steps
        if self.present.shape[1] < 2 * statements:
            self.present = np.pad(self.present, ((0, 0), (0, 2 * statements - self.present.shape[1])))
        for first in range(len(self.depth) * BLOCK, len(steps) // BLOCK * BLOCK, 256 * BLOCK):
            self._add(steps[first : min(first + 256 * BLOCK, len(steps) // BLOCK * BLOCK)].reshape(-1, BLOCK))

    def range_of(self, statement: int) -> tuple[Any, Any]:
        """Least and largest loop variable of a statement's steps, (blocks,) each: an inner loop's would hide the outer's."""
        none = np.zeros(0, np.int64)
        least, most = self._ranges.get(statement, (none, none))
        for first in range(len(least), len(self.depth), 256):
            last = min(first + 256, len(self.depth))
            rows = self._steps[first * BLOCK : last * BLOCK].reshape(-1, BLOCK)
            own, value = rows["statement"] == statement, rows["loop_value"]
            least = np.r_[least, np.where(own, value, np.iinfo(np.int64).max).min(1)]
            most = np.r_[most, np.where(own, value, NO_LOOP_VALUE).max(1)]
        self._ranges[statement] = least, most
        return least, most

    def _add(self, rows: Any) -> None:
        value = np.ascontiguousarray(rows["loop_value"])
        present = np.zeros((len(rows), self.present.shape[1]), bool)
        present[np.arange(len(rows))[:, None], keys_of(rows)] = True
        self.depth = np.r_[self.depth, rows["depth"].min(1)]
        self.frame = np.r_[self.frame, rows["frame"].min(1)]
        self.most = np.r_[self.most, value.max(1)]
        value[value == NO_LOOP_VALUE] = np.iinfo(np.int64).max
        self.least = np.r_[self.least, value.min(1)]
        self.present = np.r_[self.present, present]


def keys_of(rows: Any) -> Any:
    """Statement and whether its loop ended, as one number."""
    return rows["statement"].astype(np.int64) * 2 + (rows["flags"] & LOOP_END != 0)


May = Callable[[Blocks], Any]
"""Which blocks may hold what is looked for: bool (blocks,)."""


class Search:
    """Finds steps by what stands in their rows."""

    def __init__(self, recording: Recording) -> None:
        """Args: recording: to search; may grow."""
        self.recording, self._blocks = recording, Blocks()

    def find(self, test: Test, span: tuple[int, int], direction: int, may: May) -> int | None:
        """The first step, in a direction, of a span [first, last) for which a test holds."""
        steps, (first, last), size = self.recording.steps, span, 64
        while first < last and size <= NEAR:
            start, stop = (first, min(first + size, last)) if direction > 0 else (max(last - size, first), last)
            found = np.flatnonzero(test(steps[start:stop]))
            if len(found):
                return start + int(found[0 if direction > 0 else -1])
            first, last, size = (stop, last, 4 * size) if direction > 0 else (first, start, 4 * size)
        for start, stop in self._parts((first, last), direction, may):
            found = np.flatnonzero(test(steps[start:stop]))
            if len(found):
                return start + int(found[0 if direction > 0 else -1])
        return None

    def all(self, test: Test, span: tuple[int, int], may: May) -> Any:
        """All steps (k,) of a span for which a test holds, ascending."""
        steps = self.recording.steps
        parts = [span] if span[1] - span[0] <= NEAR else self._parts(span, 1, may)
        found = [start + np.flatnonzero(test(steps[start:stop])) for start, stop in parts]
        return np.concatenate([np.zeros(0, np.int64), *found])

    def _parts(self, span: tuple[int, int], direction: int, may: May) -> Iterable[tuple[int, int]]:
        """Blocks of a span that may hold something, in a direction."""
        first, last = span
        if first >= last:
            return ()
        self._blocks.refresh(self.recording.steps, statements_in(self.recording))
        begin, end = first // BLOCK, (last - 1) // BLOCK + 1
        wanted = np.ones(end - begin, bool)
        known = may(self._blocks)[begin:end]
        wanted[: len(known)] = known
        found = (begin + np.flatnonzero(wanted))[::direction].tolist()
        return ((max(first, n * BLOCK), min(last, (n + 1) * BLOCK)) for n in found)


def statements_in(recording: Recording) -> int:
    """How many statements the files of a recording have."""
    last = recording.tables.files[-1] if recording.tables.files else None
    return 0 if last is None else last.first + len(last.table.statements)
