"""Judging arrays that hold all steps: entry by entry, each at its last write in its iteration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..blame.matching import Match, Slot
from ..blame.reference import is_right
from .laying import Arrangement, arrangement_for, lay_history
from .moments import Moment
from .right import Right
from .scene import Row, Scene, is_numeric

NEVER = np.iinfo(np.int64).max


def judge_histories(
    scene: Scene, match: Match, slots: Sequence[Slot], found: dict[tuple[int, int], Arrangement]
) -> Iterator[Row]:
    """Rows of an array that holds all steps; `found` takes up how each view is arranged."""
    for slot in slots:
        views: dict[tuple[int, int], list[Moment]] = {}
        for moment in scene.moments.of(*slot[2:]):
            views.setdefault(moment.view, []).append(moment)
        for view, moments in views.items():
            value = scene.moments.value(moments[-1])
            if not is_numeric(value):
                continue
            how = arrangement_for(scene.right, match.quantity, value)
            if how is not None:
                found[view] = how
                yield from _History(scene, match, moments, how, value).rows()


class _History:
    """One view of a history and what was written into it."""

    def __init__(self, scene: Scene, match: Match, moments: list[Moment], how: Arrangement, value: Any) -> None:
        self.scene, self.match, self.moments = scene, match, moments
        self.wanted = lay_history(scene.right, match.quantity, how, value.shape).ravel()
        self.entry = entry_of_items(how, value.shape)
        self.limits, self.scales = _by_entry(scene.right, self.wanted, self.entry, how)
        self.known = known_entries(scene.right, how)
        numbers = np.ravel(scene.flow.memory.numbers(*moments[0].view))
        self._where = np.full(int(numbers.max()) + 1, -1)
        self._where[numbers] = np.arange(len(numbers))
        self._whole = np.arange(len(numbers))
        self.errors = np.zeros(len(self.limits))
        self.judged = np.zeros(len(self.limits), bool)
        self.itemsize = value.itemsize
        with np.errstate(all="ignore"):
            self.ends_right = np.abs(np.ravel(value) - self.wanted) <= self.limits[self.entry]

    def _written(self, moment: Moment) -> Any:
        """Places in the flattened view that a moment wrote."""
        items = self.scene.moments.touched(moment, self.itemsize)
        if items is None or not moment.written:
            return self._whole
        places = self._where[items[items < len(self._where)]]
        return places[places >= 0]

    def rows(self) -> Iterator[Row]:
        """A row for every moment."""
        written = [self._written(moment) for moment in self.moments]
        partial, later = self._times(written)
        for moment, places, unfinished, again in zip(self.moments, written, partial, later, strict=True):
            row = Row(moment.view, moment.step)
            value = self.scene.moments.value(moment)
            if value is not None and np.any(value) and not self.scene.moments.is_chance(moment):
                row.partial = len(places) > 0 and bool(unfinished.all())
                self._judge(row, np.ravel(value), places[~unfinished], again[~unfinished], moment)
            yield row

    def _times(self, written: list[Any]) -> tuple[list[Any], list[Any]]:
        """For every place that a moment wrote: whether its iteration writes it again, and whether a later one does."""
        following = np.full(len(self._whole), NEVER)
        passes = [self.scene.moments.pass_of(one.step) for one in self.moments]
        numbers = {one: n for n, one in enumerate(dict.fromkeys(passes))}
        partial, later = [], []
        for own, places in zip(reversed(passes), reversed(written), strict=True):
            partial.append(following[places] == numbers[own])
            later.append(following[places] != NEVER)
            following[places] = numbers[own]
        return partial[::-1], later[::-1]

    def _judge(self, row: Row, value: Any, places: Any, again: Any, moment: Moment) -> None:
        with np.errstate(all="ignore"):
            far = np.abs(value[places].astype("float64") - self.wanted[places])
        far = np.nan_to_num(far, nan=np.inf, posinf=np.inf)
        entries = self.entry[places]
        wrong = (far > self.limits[entries]) & self.known[entries] & ~(again & self.ends_right[places])
        keep = self.known[entries] & ((far <= self.limits[entries]) | wrong)
        if wrong.any() and self._is_excused(value, places, wrong, again, moment):
            keep &= ~wrong
        self._take(far[keep], entries[keep])
        if not self.judged.any():
            return
        row.judge(*self._summed(self.judged))
        row.wrong = bool((self.errors > self.limits)[self.judged].any())
        row.right = not row.wrong
        own = np.unique(entries[keep])
        row.own = np.nan
        if len(own) and (moment.written or self.scene.turn(moment.step) >= 0):
            error, scale, _ = self._summed(own)
            bad = bool((self.errors > self.limits)[own].any())
            row.own = (error / scale if scale > 0 else np.inf) if bad else 0.0

    def _take(self, far: Any, entries: Any) -> None:
        """The error of an entry is that of its places written last."""
        fresh = np.zeros(len(self.errors))
        np.maximum.at(fresh, entries, far)
        touched = np.unique(entries)
        self.errors[touched] = fresh[touched]
        self.judged[touched] = True

    def _summed(self, chosen: Any) -> tuple[float, float, float]:
        return float(self.errors[chosen].max()), float(self.scales[chosen].max()), float(self.limits[chosen].max())

    def _is_excused(self, value: Any, places: Any, wrong: Any, again: Any, moment: Moment) -> bool:
        """Whether what is not right yet is no mistake: something right that a later iteration goes on with."""
        outside = self.scene.turn(moment.step) < 0
        if len(places) == len(self._whole) and is_right(self.scene.library, value, self.match):
            return bool(again[wrong].all()) or not self._mostly(value)
        if not again[wrong].all():
            return False
        return outside or bool(self.scene.library.recognise(value[places]))

    def _mostly(self, value: Any) -> bool:
        """Whether most of an array is right."""
        return bool((np.abs(value - self.wanted) <= self.limits[self.entry]).mean() > 0.5)


def entry_of_items(how: Arrangement, shape: Sequence[int]) -> Any:
    """Which entry of the axis of the time every number of a flattened array belongs to (n,)."""
    axes = [1] * len(how.shape)
    axes[how.axis] = how.shape[how.axis]
    return np.broadcast_to(np.arange(how.shape[how.axis]).reshape(axes), how.shape).reshape(tuple(shape)).ravel()


def known_entries(right: Right, how: Arrangement) -> Any:
    """Which entries stand for a step (entries,)."""
    ts = how.times()
    return (ts >= 0) & (ts < right.steps)


def _by_entry(right: Right, wanted: Any, entry: Any, how: Arrangement) -> tuple[Any, Any]:
    """Of every entry: what is still rounding, and the largest number."""
    count = how.shape[how.axis]
    sizes = np.bincount(entry, minlength=count)
    squares = np.bincount(entry, weights=wanted**2, minlength=count)
    scales = np.zeros(count)
    np.maximum.at(scales, entry, np.abs(wanted))
    return right.relative * np.sqrt(squares / np.maximum(sizes, 1)), scales
