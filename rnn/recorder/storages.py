"""The memory of arrays while code runs: finds what changed, bit by bit, and when it can have happened.

An array's memory is compared as whole numbers, so that NaN equals NaN and -0.0 differs from 0.0. What a statement writes is
compared when it is done. Code that can't be seen into (a library's, another thread's) may have written anything: from then
on every storage is in doubt until it has been compared, and a change that is found in such a storage carries the flag
`AUDIT` and the last step at which it was as recorded, unless the unseen code ran in this very step. The recorder never keeps
an array alive by itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .borrowed import Borrowed, apart
from .format import AUDIT, BIRTH
from .journal import Journal
from .keeping import AGAIN_BYTES, Keeper
from .looking import plain_array
from .owners import Owner
from .tracks import BITS, Reference, Track, checksum, count_nonzero, owner_of, sum_of_squares

MOST_DOUBTS = 20
"""Arrays given up in doubt that are mentioned one by one."""

LARGE_SHARE = 8
"""An array of more than this part of the budget is never kept."""

NOBODY = frozenset({"an object that can be referred to weakly, and is no array"})

__all__ = ["AGAIN_BYTES", "BITS", "Storages", "Track"]


class Storages:
    """All storages of a run.

    Attributes:
        by_id, by_number: storages whose arrays are there.
        epoch: how often unseen code may have written anything. epoch_step: in which step. settled: after which none is in doubt.
    """

    def __init__(self, journal: Journal, budget: int) -> None:
        """Args: journal: where changes go; budget: bytes the recording may have."""
        self._journal, self.budget = journal, budget
        self.keeper = Keeper(journal, budget)
        self.by_id: dict[int, Track] = {}
        self.by_number: dict[int, Track] = {}
        self._gone: list[Reference] = []
        self._borrowed = Borrowed()
        self._count = self._doubts = 0
        self.epoch, self.epoch_step, self._before_step, self.settled = 0, -1, 0, 0

    def unsure(self, step: int) -> None:
        """In a step that is not done yet, code that can't be seen into runs."""
        self.forget()
        if self.epoch_step != step:
            self.epoch_step, self._before_step = step, self.epoch
        self.epoch += 1

    def _since_last_step(self, epoch: int, step: int) -> bool:
        """Whether all unseen code since an epoch ran in a step."""
        return self.epoch_step == step and epoch >= self._before_step

    def track(self, array: Any, step: int) -> tuple[Track, Any]:
        """The track of an array's memory, and the plain array that owns it; new memory is kept whole."""
        base = array if type(array) is np.ndarray and array.base is None else owner_of(array)
        track = self.by_id.get(id(base))
        if track is not None and track.ref() is base:
            return track, base if type(base) is np.ndarray else plain_array(base)
        return self._new(base, plain_array(base), step)

    def known(self, array: Any) -> Track | None:
        """The track of an array's memory, or None."""
        base = owner_of(array)
        track = self.by_id.get(id(base))
        return track if track is not None and track.ref() is base else None

    def loosen(self, track: Track) -> None:
        """Hold not even a weak reference for a while: NumPy resizes no array that has one."""
        del self.by_id[track.ref.key]
        track.ref = Reference(NOBODY)

    def fasten(self, track: Track, array: Any) -> None:
        """An array that was loosened is found again."""
        track.ref = Reference(array, self._gone.append)
        track.ref.key = id(array)
        self.by_id[track.ref.key] = track

    def live(self, track: Track) -> Any:
        """The plain array that owns a storage, or None where it is gone."""
        base = track.ref()
        if type(base) is np.ndarray:
            return base
        return None if base is None or base is NOBODY else plain_array(base)

    def forget(self) -> None:
        """Let go of the storages whose arrays are gone."""
        while self._gone:
            reference = self._gone.pop()
            track = self.by_id.get(reference.key)
            if track is not None and track.ref is reference:
                del self.by_id[reference.key]
                del self.by_number[track.number]
                if track.epoch != self.epoch and track.kept and not track.large:
                    self._lost(track)
                self._borrowed.forget(track)

    def _lost(self, track: Track) -> None:
        """An array is gone before it could be compared, after unseen code had run."""
        self._doubts += 1
        if self._doubts <= MOST_DOUBTS:
            what = (
                f"an array of {track.nbytes:,} bytes was given up after unseen code had run: it may have changed unseen"
            )
            more = "; there may be others" if self._doubts == MOST_DOUBTS else ""
            self._journal.note(["weaker", track.seen, f"{what} between step {track.seen} and its end{more}"])

    def _new(self, base: Any, plain: Any, step: int) -> tuple[Track, Any]:
        self.forget()
        reference = Reference(base, self._gone.append)
        reference.key = id(base)
        track = Track(self._count, plain, reference)
        self._count += 1
        self.by_id[reference.key] = self.by_number[track.number] = track
        track.epoch = self.epoch
        why = self._problem(track, plain)
        if why:
            track.large = True
            self._journal.note(["weaker", step, f"an array of shape {plain.shape} {why}: its values are not kept"])
            self.keeper.unknown(track, step, BIRTH)
            return track, plain
        track.last = track.numbers(plain).copy()
        track.measure(plain)
        self.keeper.full(track, plain, step, BIRTH)
        self._borrowed.look(track, base, plain, self.by_number, self.live)
        return track, plain

    def _problem(self, track: Track, plain: Any) -> str:
        if plain.dtype.hasobject or not plain.dtype.itemsize:
            return f"holds items of type {plain.dtype}"
        if not track.memory(plain).flags.c_contiguous:
            return "is not contiguous"
        return f"has {plain.nbytes:,} bytes" if plain.nbytes > self.budget // LARGE_SHARE else ""

    def is_fresh(self, seen: Track | Owner, step: int) -> bool:
        """Whether a change found now can only have been made in this step."""
        return seen.epoch == self.epoch or self._since_last_step(seen.epoch, step)

    def check(self, track: Track, base: Any, step: int, flags: int = 0) -> bool:
        """Compare all of an array's memory with what it was and keep what changed; whether anything did.

        Args: track, base: as `track` gives them; step: that is being finished; flags: `AUDIT` where no statement writes it.
        """
        if flags & AUDIT:
            if track.epoch != self.epoch and self._since_last_step(track.epoch, step):
                flags &= ~AUDIT
        elif not self.is_fresh(track, step) and not track.large:
            flags |= AUDIT
        track.epoch = self.epoch
        if track.large:
            changed = not flags & AUDIT
            if changed:
                self.keeper.unknown(track, step, flags)
        elif track.has_changed_form(base):
            changed = self._reshaped(track, base, step, flags)
        elif track.last is None:
            changed = self._check_sum(track, base, step, flags)
        else:
            changed = self._compare(track, base, step, flags)
        if changed and track.shared is not None:
            self._check_shared(track, step)
        track.seen = step
        return changed

    def _compare(self, track: Track, base: Any, step: int, flags: int) -> bool:
        numbers = track.numbers(base)
        different = track.last != numbers
        changed = int(count_nonzero(different))
        if not changed:
            return False
        if 3 * changed < 2 * len(different) and self._keep_parts(track, base, numbers, different, changed, step, flags):
            return True
        track.last[...] = numbers
        track.measure(base)
        self.keeper.full(track, base, step, flags, changed)
        return True

    def _keep_parts(
        self, track: Track, base: Any, numbers: Any, different: Any, changed: int, step: int, flags: int
    ) -> bool:
        """Keep a range or single items; False where a whole copy is better."""
        where = np.flatnonzero(different)
        first, end = int(where[0]), int(where[-1]) + 1
        size = numbers.itemsize
        ranged = (end - first) * size <= changed * (size + 4)
        if not self.keeper.takes_parts(track, (end - first) * size if ranged else changed * (size + 4)):
            return False
        track.last[first:end] = numbers[first:end]
        track.measure(base)
        flags |= self.keeper.finite(track, base)
        if ranged:
            self.keeper.part(track, step, flags, numbers[first:end], first * size, changed)
        else:
            self.keeper.items(track, step, flags, where, numbers[where])
        return True

    def _reshaped(self, track: Track, base: Any, step: int, flags: int) -> bool:
        """The array was given another size or type in its place."""
        track.learn(base)
        why = self._problem(track, base)
        if why:
            track.large, track.last = True, None
            self._journal.note(["weaker", step, f"an array of shape {base.shape} {why}: its values are not kept"])
            self.keeper.unknown(track, step, flags)
            return True
        track.last = track.numbers(base).copy()
        track.total = 0.0
        track.measure(base)
        self.keeper.full(track, base, step, flags)
        return True

    def _check_sum(self, track: Track, base: Any, step: int, flags: int) -> bool:
        numbers = track.numbers(base)
        if checksum(numbers) == track.sum:
            return False
        track.last = numbers.copy()
        track.measure(base)
        self.keeper.full(track, base, step, flags)
        return True

    def _check_shared(self, track: Track, step: int) -> None:
        """Another array with the same memory changed with this one."""
        with apart(track) as others:
            for one in others:
                base = self.live(one)
                if base is not None:
                    self.check(one, base, step)

    def check_region(self, track: Track, base: Any, region: Any, step: int) -> bool:
        """After a view of the memory was written: compare only that; False where the whole has to be looked at.

        Args: track, base: as `track` gives them; region: a plain view of `base`; step: that is being finished.
        """
        if (
            track.last is None
            or track.shared is not None
            or track.has_changed_form(base)
            or 2 * region.size > base.size
        ):
            return False
        if not region.size:
            return True
        found = track.region(region, base)
        if found is None or not self.is_fresh(track, step):
            return False
        last, start = found
        numbers = region.view(track.bits)
        different = last != numbers
        changed = int(count_nonzero(different))
        if not changed:
            return True
        whole = region.flags.c_contiguous
        if not self.keeper.takes_parts(track, region.nbytes if whole else changed * (region.itemsize + 4)):
            return False
        total = self._moved_total(track, region, last)
        last[...] = numbers
        track.total = total
        if total - total != 0.0:
            track.measure(base)
        flags = self.keeper.finite(track, base)
        if whole:
            self.keeper.part(track, step, flags, numbers, start, changed)
        else:
            places = sum(
                (axis * (stride // region.itemsize) for axis, stride in zip(np.nonzero(different), region.strides)),
                np.full(changed, start // region.itemsize, np.int64),
            )
            self.keeper.items(track, step, flags, places, numbers[different])
        return True

    def _moved_total(self, track: Track, region: Any, last: Any) -> float:
        """The sum of squares after a region changed, from what it was; NaN where it has to be found anew."""
        if not track.floating:
            return 0.0
        new, old = region.view(track.dtype).reshape(-1), last.view(track.dtype).reshape(-1)
        total = track.total + sum_of_squares(new) - sum_of_squares(old)
        return total if total >= 0.0 else float("nan")

    def again(self, track: Track, base: Any, step: int, statement: int) -> None:
        """A statement that can be carried out again has written the array: keep the sum, and now and then all bytes."""
        track.last = None
        track.epoch, track.seen = self.epoch, step
        track.sum = checksum(track.numbers(base))
        track.measure(base)
        self.keeper.again(track, base, step, statement)

    def keep_waiting(self, step: int) -> None:
        """At the head of a loop: keep what was put off for want of room."""
        self.keeper.keep_waiting(step, self.live)
