"""Moments: when the slots of a recording got other arrays, or their arrays other contents, at a cost that a long run allows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..blame.flow import Flow
from ..blame.matching import Slot, spread
from ..blame.writing import makes_empty
from ..recorder import Recording
from ..recorder.expressions import Unreadable
from ..recorder.format import ARRAY, CALL, GLOBALS, HANDED, OWNER, RANGE, SPARSE, view_of
from .turns import Turns

MOST_DEPTH = 2
"""Containers in containers that are opened."""

LARGE_ITEMS = 1 << 14
SAMPLED, SAMPLED_LARGE = 200, 6
"""How many values of a slot are looked at to tell what it is; few of arrays with more items than `LARGE_ITEMS`."""


@dataclass(frozen=True)
class Moment:
    """A slot's value from a step on.

    Attributes:
        step: at which it became so. storage, layout: of the view. place: which version of the storage.
        written: whether the version was written in this very step.
    """

    step: int
    storage: int
    layout: int
    place: int
    written: bool

    @property
    def view(self) -> tuple[int, int]:
        """Storage and layout."""
        return self.storage, self.layout


class Moments:
    """Moments of one recording."""

    def __init__(self, flow: Flow, turns: Turns) -> None:
        """Args: flow: of a finished recording. turns: of its steps."""
        self.flow, self.recording, self.turns = flow, flow.recording, turns
        self._steps: dict[int, list[int]] = {}
        self._told: dict[int, dict[int, Any]] = {}
        self._empty: dict[int, bool] = {}

    def told(self, storage: int) -> dict[int, Any]:
        """Items that statements are known to write from their source, by step: also where no bit changed."""
        if storage not in self._told:
            self._told[storage] = {one.step: one.items for one in self.flow.told.get(storage, ())}
        return self._told[storage]

    def version_steps(self, storage: int) -> list[int]:
        """Steps of all versions of a storage, in time."""
        if storage not in self._steps:
            self._steps[storage] = self.recording.replay.versions(storage)["step"].tolist()
        return self._steps[storage]

    def of(self, owner: int, key: str) -> list[Moment]:
        """All moments of a slot, in time."""
        rows, found = self.recording.binding_rows(owner, key), []
        starts = [*rows["step"].tolist(), len(self.recording) + 1]
        for number, (kind, payload) in enumerate(zip(rows["kind"].tolist(), rows["payload"].tolist(), strict=True)):
            if kind != ARRAY:
                continue
            storage, layout = view_of(payload)
            steps, start = self.version_steps(storage), starts[number]
            place = bisect_right(steps, start) - 1
            if place >= 0:
                found.append(Moment(start, storage, layout, place, steps[place] == start))
            later = {one for one in self.told(storage) if start < one < starts[number + 1]}
            later.update(steps[place + 1 : bisect_right(steps, starts[number + 1] - 1)])
            for step in sorted(later):
                found.append(Moment(step, storage, layout, bisect_right(steps, step) - 1, True))
        return found

    def is_chance(self, moment: Moment) -> bool:
        """Whether an array was only set aside, so that its numbers are by chance."""
        if moment.place > 0 or moment.step >= len(self.recording):
            return False
        number = int(self.recording.steps["statement"][moment.step])
        if number not in self._empty:
            self._empty[number] = makes_empty(self.recording.statement(number))
        return self._empty[number]

    def pass_of(self, step: int) -> tuple[int, int]:
        """What a last write is last in: the turn, or else the call."""
        last = min(step, len(self.turns.of) - 1)
        turn = int(self.turns.of[last])
        return (turn, -1) if turn >= 0 else (-1, self.flow.frame(last))

    def lasts(self, moments: Sequence[Moment]) -> Iterator[tuple[Moment, bool]]:
        """Moments, each with whether it is the last of its iteration."""
        passes = [self.pass_of(one.step) for one in moments]
        for one, own, following in zip(moments, passes, [*passes[1:], None], strict=True):
            yield one, own != following

    def sampled(self, _: Flow, owner: int, key: str) -> list[tuple[int, Any]]:
        """Some moments for `match_slots`, spread over the run: the last of their iterations."""
        found = [one for one, last in self.lasts(self.of(owner, key)) if last]
        layouts = self.recording.tables.layouts
        large = any(np.prod(layouts[layout].shape) > LARGE_ITEMS for layout in {one.layout for one in found})
        chosen = [found[place] for place in spread(len(found), SAMPLED_LARGE if large else SAMPLED)]
        return [(one.step, self.recording.binding(owner, key, one.step)) for one in chosen]

    def value(self, moment: Moment) -> Any:
        """The array at a moment; None where its values were not kept."""
        try:
            return self.recording.replay.view(moment.storage, moment.layout, moment.step)
        except Unreadable:
            return None

    def touched(self, moment: Moment, itemsize: int) -> Any:
        """Numbers of the items (n,) that were written in a moment; None for all."""
        told = self.told(moment.storage).get(moment.step)
        if told is not None:
            return np.ravel(told)
        return self._changed(moment.storage, moment.place, itemsize)

    def _changed(self, storage: int, place: int, itemsize: int) -> Any:
        row = self.recording.replay.versions(storage)[place]
        if row["kind"] == RANGE:
            start, length = int(row["start"]), int(row["length"])
            return np.arange(start // itemsize, -(-(start + length) // itemsize))
        if row["kind"] == SPARSE:
            count = int(row["changed"])
            raw = self.recording.read_bytes(int(row["offset"]), int(row["length"]))
            return np.frombuffer(raw, "<u4", count).astype(np.int64)
        if place == 0:
            return None
        replay = self.recording.replay
        try:
            pair = [replay.bytes_of(storage, one).reshape(-1, itemsize) for one in (place - 1, place)]
        except Unreadable:
            return None
        return np.flatnonzero((pair[0] != pair[1]).any(axis=1))


def slots_of(recording: Recording) -> Iterator[Slot]:
    """Every slot that may hold an array, once: a name, an entry or an attribute, by the first path that leads to it."""
    opened: dict[int, int] = {}
    told: set[tuple[int, str]] = set()

    def inside(function: str, prefix: str, owner: int, depth: int) -> Iterator[Slot]:
        if opened.get(owner, MOST_DEPTH + 1) <= depth:
            return
        opened[owner] = depth
        for key in recording.all_keys(owner):
            if key in HANDED:
                continue
            rows = recording.binding_rows(owner, key)
            kinds = rows["kind"].tolist()
            if ARRAY in kinds and (owner, key) not in told:
                told.add((owner, key))
                yield function, prefix + key, owner, key
            if depth < MOST_DEPTH and OWNER in kinds:
                for inner in sorted({int(payload) for payload in rows["payload"][rows["kind"] == OWNER]}):
                    if recording.tables.owners[inner][0] not in (CALL, GLOBALS):
                        yield from inside(function, prefix + key, inner, depth + 1)

    for frame in reversed(range(len(recording.frames))):
        name = recording.tables.texts[int(recording.frames[frame]["name"])]
        yield from inside(name, "", recording.frame_owner(frame), 0)
