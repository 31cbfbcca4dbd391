"""Writes down the versions of storages, and keeps less of them as the room runs out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .format import AGAIN, AUDIT, BIRTH, FULL, MANY, NOT_FINITE, RANGE, SPARSE, UNKNOWN, VERSION_ROW, VERSIONS
from .journal import VERSIONS as VERSIONS_TABLE
from .journal import Journal
from .tracks import Track

AGAIN_BYTES = 16 << 10
"""Arrays from this size on are carried out again instead of kept."""

KEYFRAME_EVERY = (20, 64, 256)
"""All bytes are kept after this many repetitions; the others where room gets short."""

SPARSE_SHARE = 4
"""Changes kept one by one since the last whole copy may take this many times the array's own bytes."""

STEPS_OF_SHORTAGE = (0.5, 0.75, 0.95)
"""Parts of the budget at which less is kept: rarer whole copies; large arrays at the heads of loops only; measures only."""

WORDS = (
    "whole copies of arrays that are carried out again are kept every 64 writes instead of 20",
    "arrays of 16 KiB and more are kept at the heads of loops only, those carried out again every 256 writes",
    "the budget is used up: values of arrays are no longer kept, only their size and whether they are finite",
)

assert VERSION_ROW.size == VERSIONS.itemsize


class Keeper:
    """Keeps versions.

    Attributes:
        budget: bytes the recording may have. shortage: how many of `WORDS` are true.
    """

    def __init__(self, journal: Journal, budget: int) -> None:
        """Args: journal: where they go; budget: in bytes."""
        self._journal, self.budget = journal, budget
        self._rows = journal.table(VERSIONS_TABLE)
        self.shortage = 0
        self._waiting: list[Track] = []

    def row(
        self, track: Track, step: int, kind: int, flags: int, changed: int, offset: int, length: int, start: int
    ) -> None:
        """Write one version."""
        since = track.seen if flags & AUDIT else 0
        track.seen = step
        total = track.total if track.floating else -1.0
        self._rows += VERSION_ROW.pack(track.number, step, kind, flags, changed, offset, length, start, since, total)

    def finite(self, track: Track, base: Any) -> int:
        """Whether anything is not finite; the sum of squares says so, unless it overflowed."""
        if not track.floating or track.total - track.total == 0.0:
            return 0
        return 0 if np.isfinite(base).all() else NOT_FINITE

    def unknown(self, track: Track, step: int, flags: int) -> None:
        """The values are not kept."""
        track.kept = False
        length = track.nbytes if flags & BIRTH else 0
        self.row(track, step, UNKNOWN, flags, MANY, 0, length, 0)

    def full(self, track: Track, base: Any, step: int, flags: int, changed: int = MANY, now: bool = False) -> None:
        """Keep all bytes, where there is room; `track.last` holds them, or the array itself does.

        Args: track, base, step: as everywhere; flags, changed: of the version; now: not to be put off to a loop's head.
        """
        flags |= self.finite(track, base)
        big = track.nbytes >= AGAIN_BYTES
        crowded = not flags & BIRTH and self._journal.bytes_written + track.nbytes > self.budget
        put_off = self.shortage == 2 and big and not now and not flags & BIRTH
        if self.shortage >= 3 or crowded or put_off:
            if not track.waiting:
                track.waiting = True
                self._waiting.append(track)
            self.unknown(track, step, flags)
            return
        whole: Any = track.last if track.last is not None else np.ascontiguousarray(track.items(base))
        data = memoryview(whole).cast("B")
        track.repeats = track.sparse_bytes = 0
        track.kept = True
        self.row(track, step, FULL, flags, changed, self._journal.add(data), len(data), 0)
        self._look_at_room(step)

    def _look_at_room(self, step: int) -> None:
        used = self._journal.bytes_written
        while self.shortage < 3 and used > STEPS_OF_SHORTAGE[self.shortage] * self.budget:
            self._journal.note(["weaker", step, WORDS[self.shortage]])
            self.shortage += 1

    def part(self, track: Track, step: int, flags: int, numbers: Any, start: int, changed: int) -> None:
        """Keep a range of numbers (flat) from a byte on."""
        data = numbers.tobytes()
        track.sparse_bytes += len(data)
        self.row(track, step, RANGE, flags, changed, self._journal.add(data), len(data), start)
        self._look_at_room(step)

    def items(self, track: Track, step: int, flags: int, where: Any, numbers: Any) -> None:
        """Keep single items: their places among the items, and their numbers."""
        data = where.astype("<u4").tobytes() + numbers.tobytes()
        track.sparse_bytes += len(data)
        self.row(track, step, SPARSE, flags, len(where), self._journal.add(data), len(data), 0)
        self._look_at_room(step)

    def takes_parts(self, track: Track, length: int) -> bool:
        """Whether a change of so many bytes is kept as such, rather than the whole array."""
        if not track.kept or self.shortage >= 2 or track.nbytes // track.bits.itemsize >= MANY:
            return False
        return bool(length < track.nbytes and track.sparse_bytes + length <= SPARSE_SHARE * track.nbytes)

    def again(self, track: Track, base: Any, step: int, statement: int) -> None:
        """Keep that a statement is to be carried out again; now and then all bytes."""
        track.repeats += 1
        if not track.kept or self.shortage >= 3 or track.repeats >= KEYFRAME_EVERY[self.shortage]:
            self.full(track, base, step, 0)
        else:
            self.row(track, step, AGAIN, self.finite(track, base), MANY, track.sum, 0, statement)

    def keep_waiting(self, step: int, live: Callable[[Track], Any]) -> None:
        """At the head of a loop: keep what was put off for want of room."""
        if not self._waiting or self.shortage >= 3:
            return
        waiting, self._waiting = self._waiting, []
        for track in waiting:
            track.waiting = False
            base = live(track)
            if base is not None:
                self.full(track, base, step, 0, now=True)
