"""The memory of arrays while code runs: finds what changed, bit by bit, and keeps it in the journal.

An array's memory is compared as whole numbers, so that NaN equals NaN and -0.0 differs from 0.0. What is kept of a change:
all bytes, a range, single items, or nothing but "this statement was carried out again" for large `X += expression` arrays,
with the sum of the bytes as proof, and all bytes every so often. The recorder never keeps an array alive.
"""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from .format import AGAIN, AUDIT, BIRTH, FULL, MANY, NOT_FINITE, RANGE, SPARSE, UNKNOWN, VERSION_ROW, VERSIONS
from .journal import VERSIONS as VERSIONS_TABLE
from .journal import Journal

AGAIN_BYTES = 16 << 10
"""Arrays from this size on are carried out again instead of kept."""

KEYFRAME_EVERY = (16, 64)
"""All bytes are kept after this many repetitions; the second where room gets short."""

SPARSE_SHARE = 4
"""Changes kept one by one since the last whole copy may take this many times the array's own bytes."""

LARGE_SHARE = 8
"""An array of more than this part of the budget is never kept, only measured."""

STEPS_OF_SHORTAGE = (0.5, 0.75, 0.95)
"""Parts of the budget at which less is kept: rarer whole copies; large arrays at the heads of loops only; measures only."""

WORDS = (
    "whole copies of arrays that are carried out again are kept every 64 writes instead of 16",
    "arrays of 16 KiB and more are kept at the heads of loops only",
    "the budget is used up: values of arrays are no longer kept, only their size and whether they are finite",
)
BITS = {1: np.dtype("u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4"), 8: np.dtype("<u8")}

assert VERSION_ROW.size == VERSIONS.itemsize


class Track:
    """One storage that is being watched.

    Attributes:
        number: of the storage. ref: weak, to the array that owns the memory.
        order: axes from the slowest to the fastest, or None where that is the array's own order.
        bits: whole numbers of the items' size, or None where items have another size.
        last: the memory as it was when it was last looked at; None where only its sum is known.
        sum: of the memory's whole numbers, where `last` is None.
        repeats: writes since the last whole copy. sparse_bytes: bytes of changes since then.
        total: sum of squares. floating: whether there is such a thing.
        kept: whether the recording holds the values of this moment. step: of the last version.
        waiting: whether a change is still to be kept at the next head of a loop.
    """

    __slots__ = (
        "bits", "floating", "kept", "last", "nbytes", "number", "order", "ref", "repeats", "sparse_bytes", "step", "sum",
        "total", "waiting", "watched",
    )  # fmt: skip

    def __init__(self, number: int, base: Any, ref: Any) -> None:
        """Args: number: of the storage; base: the array that owns the memory; ref: a weak reference to it."""
        self.number, self.ref, self.nbytes = number, ref, base.nbytes
        self.order: tuple[int, ...] | None = None
        if not base.flags.c_contiguous:
            self.order = tuple(int(i) for i in np.argsort([-abs(s) for s in base.strides], kind="stable"))
        self.bits = BITS.get(base.itemsize)
        self.floating = base.dtype.kind == "f" and base.itemsize in (4, 8)
        self.last: Any = None
        self.sum = 0
        self.repeats = self.sparse_bytes = self.step = 0
        self.total = 0.0
        self.kept, self.waiting, self.watched = True, False, False

    def memory(self, base: Any) -> Any:
        """The array with its axes in the order of the memory."""
        return base if self.order is None else base.transpose(self.order)

    def numbers(self, base: Any) -> Any:
        """The memory as whole numbers, axes in the order of the memory."""
        memory = base if self.order is None else base.transpose(self.order)
        return memory.view(self.bits) if self.bits is not None else memory.reshape(-1).view(np.uint8)


class Storages:
    """All storages of a run."""

    def __init__(self, journal: Journal, budget: int) -> None:
        """Args: journal: where changes go; budget: bytes the recording may have."""
        self._journal, self.budget = journal, budget
        self._rows = journal.table(VERSIONS_TABLE)
        self.by_id: dict[int, Track] = {}
        self._count = 0
        self.shortage = 0
        self.found: list[tuple[int, int]] = []
        self._waiting: list[Track] = []

    def track(self, array: Any, step: int) -> tuple[Track, Any]:
        """The track of an array's memory, and the array that owns it; new memory is kept whole."""
        base = array
        while (below := base.base) is not None and isinstance(below, np.ndarray):
            base = below
        # A subclass may define what comparing means; its plain view shares the memory.
        plain = base if type(base) is np.ndarray else np.ndarray.view(base, np.ndarray)
        track = self.by_id.get(id(base))
        return (track if track is not None else self._new(base, plain, step)), plain

    def live(self, track: Track) -> Any:
        """The array that owns a storage, or None where it is gone."""
        base = track.ref()
        return base if base is None or type(base) is np.ndarray else np.ndarray.view(base, np.ndarray)

    def _new(self, base: Any, plain: Any, step: int) -> Track:
        key, tracks = id(base), self.by_id

        def gone(_: Any) -> None:
            track = tracks.pop(key, None)
            if track is not None:
                track.last = None

        track = Track(self._count, plain, weakref.ref(base, gone))
        self._count += 1
        tracks[key] = track
        self._journal.note(["storage", track.number, track.nbytes])
        contiguous = track.memory(plain).flags.c_contiguous
        large = track.nbytes > self.budget // LARGE_SHARE
        if not contiguous or large:
            track.kept = False
            why = "is not contiguous" if not contiguous else f"has {track.nbytes} bytes"
            self._journal.note(["weaker", step, f"an array of shape {plain.shape} {why}: its values are not kept"])
            track.sum = self._sum(track, plain) if contiguous else 0
            self._row(track, step, UNKNOWN, BIRTH, MANY, 0, 0, 0)
            return track
        track.last = track.numbers(plain).copy()
        if track.floating:
            self._measure(track, plain)
        self._full(track, plain, step, BIRTH, MANY, 0)
        return track

    def _sum(self, track: Track, base: Any) -> int:
        return int(np.add.reduce(track.numbers(base), axis=None, dtype=np.uint64))

    def _measure(self, track: Track, base: Any) -> None:
        flat = track.memory(base).reshape(-1)
        track.total = float(np.dot(flat, flat))

    def _flags(self, track: Track, base: Any) -> int:
        """Whether anything is not finite; the sum of squares says so, unless it overflowed."""
        if not track.floating or track.total - track.total == 0.0:
            return 0
        return 0 if np.isfinite(track.memory(base)).all() else NOT_FINITE

    def _row(
        self, track: Track, step: int, kind: int, flags: int, changed: int, offset: int, length: int, start: int
    ) -> None:
        since = 0
        if flags & AUDIT:
            since = track.step
            self.found.append((track.number, step))
        track.step = step
        total = track.total if track.floating else -1.0
        self._rows += VERSION_ROW.pack(track.number, step, kind, flags, changed, offset, length, start, since, total)

    def _full(self, track: Track, base: Any, step: int, flags: int, changed: int, extra: int) -> None:
        """Keep all bytes, where there is room."""
        flags |= self._flags(track, base) | extra
        if self.shortage >= 3 or (self.shortage == 2 and track.nbytes >= AGAIN_BYTES and not flags & BIRTH):
            track.kept = False
            if not track.waiting:
                track.waiting = True
                self._waiting.append(track)
            self._row(track, step, UNKNOWN, flags, changed, 0, 0, 0)
            return
        data = track.memory(base).tobytes()
        track.repeats = track.sparse_bytes = 0
        track.kept = True
        self._row(track, step, FULL, flags, changed, self._journal.add(data), len(data), 0)
        self._look_at_room(step)

    def _look_at_room(self, step: int) -> None:
        used = self._journal.bytes_written
        while self.shortage < 3 and used > STEPS_OF_SHORTAGE[self.shortage] * self.budget:
            self._journal.note(["weaker", step, WORDS[self.shortage]])
            self.shortage += 1

    def check(self, track: Track, base: Any, step: int, flags: int = 0) -> bool:
        """Compare all of an array's memory with what it was and keep what changed; whether anything did."""
        if track.last is None:
            return self._check_sum(track, base, step, flags)
        numbers = track.numbers(base)
        if numbers.shape != track.last.shape or numbers.dtype != track.last.dtype:
            return self._reshaped(track, base, step, flags)
        different = track.last != numbers
        changed = int(np.count_nonzero(different))
        if not changed:
            return False
        items = different.size
        if 3 * changed < 2 * items and self._keep_parts(track, base, different.reshape(-1), changed, step, flags):
            track.last[...] = numbers
            return True
        track.last[...] = numbers
        if track.floating:
            self._measure(track, base)
        self._full(track, base, step, flags, changed, 0)
        return True

    def _reshaped(self, track: Track, base: Any, step: int, flags: int) -> bool:
        """The array was given another shape or type in its place."""
        fresh = Track(track.number, base, track.ref)
        track.order, track.bits, track.nbytes, track.floating = fresh.order, fresh.bits, fresh.nbytes, fresh.floating
        track.last = track.numbers(base).copy()
        track.total = 0.0
        if track.floating:
            self._measure(track, base)
        self._full(track, base, step, flags, MANY, 0)
        return True

    def _check_sum(self, track: Track, base: Any, step: int, flags: int) -> bool:
        if not track.kept and track.nbytes > self.budget:
            return False  # even reading it takes longer than the code itself
        total = self._sum(track, base)
        if total == track.sum:
            return False
        track.sum = total
        if track.floating:
            self._measure(track, base)
        if track.nbytes > self.budget // LARGE_SHARE:
            self._row(track, step, UNKNOWN, flags | self._flags(track, base), MANY, 0, 0, 0)
        else:
            self._full(track, base, step, flags, MANY, 0)
        return True

    def _keep_parts(self, track: Track, base: Any, different: Any, changed: int, step: int, flags: int) -> bool:
        """Keep a range or single items; False where a whole copy is better."""
        if not track.kept or self.shortage >= 2:
            return False
        where = np.flatnonzero(different)
        first, end = int(where[0]), int(where[-1]) + 1
        flat = track.numbers(base).reshape(-1)
        size = flat.itemsize
        ranged = (end - first) * size <= changed * (size + 4)
        length = (end - first) * size if ranged else changed * (size + 4)
        if track.sparse_bytes + length > SPARSE_SHARE * track.nbytes or length >= track.nbytes or len(flat) >= MANY:
            return False
        track.sparse_bytes += length
        if track.floating:
            self._measure_part(track, base, where)
        flags |= self._flags(track, base)
        if ranged:
            data = flat[first:end].tobytes()
            self._row(track, step, RANGE, flags, changed, self._journal.add(data), length, first * size)
        else:
            data = where.astype("<u4").tobytes() + flat[where].tobytes()
            self._row(track, step, SPARSE, flags, changed, self._journal.add(data), length, 0)
        self._look_at_room(step)
        return True

    def _measure_part(self, track: Track, base: Any, where: Any) -> None:
        """Bring the sum of squares up to date from the items that changed."""
        new = track.memory(base).reshape(-1)[where]
        old = track.last.reshape(-1)[where].view(new.dtype)
        total = track.total + float(np.dot(new, new)) - float(np.dot(old, old))
        track.total = total if total - total == 0.0 and total >= 0.0 else float("nan")
        if track.total != track.total:
            self._measure(track, base)

    def check_region(self, track: Track, base: Any, array: Any, key: Any, step: int) -> bool:
        """After `array[key] = ...`: compare only that; False where the whole has to be looked at."""
        if track.last is None or track.bits is None or not track.kept or self.shortage >= 2 or track.order is not None:
            return False
        region = array[key]
        if type(region) is not np.ndarray or not region.flags.c_contiguous or 2 * region.size > base.size:
            return False
        start = region.__array_interface__["data"][0] - base.__array_interface__["data"][0]
        first, size = start // base.itemsize, region.size
        if not size or start % base.itemsize or track.sparse_bytes + region.nbytes > SPARSE_SHARE * track.nbytes:
            return False
        numbers, last = region.reshape(-1).view(track.bits), track.last.reshape(-1)[first : first + size]
        changed = int(np.count_nonzero(numbers != last))
        if not changed:
            return True
        track.sparse_bytes += region.nbytes
        if track.floating:
            self._measure_part(track, base, slice(first, first + size))
        last[...] = numbers
        data = numbers.tobytes()
        flags = self._flags(track, base)
        self._row(track, step, RANGE, flags, changed, self._journal.add(data), len(data), start)
        self._look_at_room(step)
        return True

    def before_again(self, track: Track, base: Any, step: int) -> None:
        """Just before a statement is carried out whose effect will not be kept: has anybody changed the array?"""
        if track.last is None and track.kept:
            self._check_sum(track, base, step, AUDIT)

    def again(self, track: Track, base: Any, step: int, statement: int) -> None:
        """A statement that can be carried out again has written the array: keep the sum, and now and then all bytes."""
        track.last = None
        track.sum = self._sum(track, base)
        if track.floating:
            self._measure(track, base)
        track.repeats += 1
        every = KEYFRAME_EVERY[min(self.shortage, 1)]
        if track.repeats >= every or not track.kept or self.shortage >= 2:
            self._full(track, base, step, 0, MANY, 0)
            return
        self._row(track, step, AGAIN, self._flags(track, base), MANY, track.sum, 0, statement)

    def keep_waiting(self, step: int) -> None:
        """At the head of a loop: keep what was put off for want of room."""
        if not self._waiting or self.shortage >= 3:
            return
        waiting, self._waiting = self._waiting, []
        self.shortage, shortage = 1, self.shortage
        for track in waiting:
            track.waiting = False
            base = self.live(track)
            if base is not None:
                self._full(track, base, step, 0, MANY, 0)
        self.shortage = max(self.shortage, shortage)
