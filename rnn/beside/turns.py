"""Turns: which iteration of the loop over time a step belongs to, whatever function executes it, and which t that stands for.

A loop is taken to be over time when it runs about T times; what a function does that is called in a turn belongs to that turn.
A function that is called about T times outside of such loops, as in recursion, has one turn a call.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..recorder import Recording
from ..recorder.format import LOOP_END, NO_LOOP_VALUE

UNKNOWN = -(1 << 31)
"""The t of a turn that stands for no known step."""


@dataclass(frozen=True, eq=False)
class Turns:
    """Turns of one recording.

    Attributes:
        of: (steps,) number of the turn of every step, -1 for none.
        group: (turns,) which run of which loop. place: (turns,) the how manyeth of its run, from 0.
        value: (turns,) the loop's variable, `NO_LOOP_VALUE` where it is no whole number.
        loop: (turns,) which loop, so that runs of one loop can be told to be alike.
    """

    of: Any
    group: Any
    place: Any
    value: Any
    loop: Any


class _Found:
    """Turns as they are found."""

    def __init__(self, recording: Recording) -> None:
        self.steps, self.recording = recording.steps, recording
        self.group: list[Any] = []
        self.place: list[Any] = []
        self.value: list[Any] = []
        self.loop: list[Any] = []
        self.count = self.groups = 0

    def add(self, groups: Any, values: Any, loop: int) -> int:
        """Add turns in time, each with the number of its run; returns the first one's number."""
        _, first, numbers = np.unique(groups, return_index=True, return_inverse=True)
        order = np.argsort(numbers, kind="stable")
        places = np.empty(len(numbers), np.int64)
        starts = np.flatnonzero(np.diff(numbers[order], prepend=-1))
        places[order] = np.arange(len(numbers)) - np.repeat(starts, np.diff(np.append(starts, len(numbers))))
        self.group.append(numbers + self.groups)
        self.place.append(places)
        self.value.append(values)
        self.loop.append(np.full(len(values), loop))
        self.groups += len(first)
        self.count += len(values)
        return self.count - len(values)

    def done(self, of: Any) -> Turns:
        """All of them."""
        joined = (
            np.concatenate(part) if part else np.zeros(0, np.int64)
            for part in (self.group, self.place, self.value, self.loop)
        )
        return Turns(of.astype(np.int32), *joined)


def _is_over_time(lengths: Any, steps: int) -> bool:
    """Whether most turns of a loop are of runs of about so many."""
    return bool(lengths[np.abs(lengths - steps) <= 1].sum() * 2 > lengths.sum())


def _loops(recording: Recording) -> dict[int, tuple[int, ...]]:
    """Loops (numbers of the recording) around every statement that was executed, outermost first."""
    found = {}
    for number in np.unique(recording.steps["statement"]).tolist():
        file = recording.file_of(number)
        found[number] = tuple(file.first + loop for loop in file.table.statements[number - file.first].loops)
    return found


def _own(found: _Found, loops: dict[int, tuple[int, ...]], steps: int) -> tuple[Any, Any]:
    """The turn of every step by the loops of its own call: of a loop over time, and of the innermost loop; -1 for none."""
    rows = found.steps
    joined = rows["frame"].astype(np.int64) << 32 | np.arange(len(rows))
    timed, inner = np.full(len(rows), -1), np.full(len(rows), -1)
    for loop in sorted({one for around in loops.values() for one in around}):  # outer loops come first
        heads = np.flatnonzero((rows["statement"] == loop) & (rows["flags"] & LOOP_END == 0))
        inside = np.flatnonzero(
            np.isin(rows["statement"], [number for number, around in loops.items() if loop in around])
        )
        if not len(heads) or not len(inside):
            continue
        ends = np.sort(joined[(rows["statement"] == loop) & (rows["flags"] & LOOP_END != 0)])
        runs = np.searchsorted(ends, joined[heads]) << 32 | (inner[heads] + 1)
        runs = np.unique(np.stack([rows["frame"][heads], runs]), axis=1, return_inverse=True)[1].ravel()
        first = found.add(runs, rows["loop_value"][heads], loop)
        order = np.argsort(joined[heads])
        sorted_heads = joined[heads][order]
        place = np.searchsorted(sorted_heads, joined[inside]) - 1
        good = (place >= 0) & (sorted_heads[place] >> 32 == joined[inside] >> 32)
        turn = first + order[place[good]]
        inner[inside[good]] = turn
        inner[heads] = first + np.arange(len(heads))
        if _is_over_time(np.bincount(runs), steps):
            free = timed[inside[good]] < 0
            timed[inside[good][free]] = turn[free]
            timed[heads] = np.where(timed[heads] < 0, first + np.arange(len(heads)), timed[heads])
    return timed, inner


def _call_turns(found: _Found, steps: int) -> Any:
    """(frames,) a turn of its own for every call of a function that is called about T times; -1 for the others."""
    frames = found.recording.frames
    turns = np.full(len(frames), -1)
    for name in np.unique(frames["name"]):
        calls = np.flatnonzero(frames["name"] == name)
        if abs(len(calls) - steps) <= 1 and steps > 2:
            first = found.add(np.zeros(len(calls), np.int64), np.full(len(calls), NO_LOOP_VALUE), -1 - int(name))
            turns[calls] = first + np.arange(len(calls))
    return turns


def find_turns(recording: Recording, steps: int) -> Turns:
    """The turn of every step of a recording.

    Args:
        recording: of any code. steps: T of the problem.
    """
    found, rows = _Found(recording), recording.steps
    timed, inner = _own(found, _loops(recording), steps)
    called = _called_in(recording, timed, _call_turns(found, steps))[rows["frame"]]
    turn = np.where(timed >= 0, timed, called)
    return found.done(np.where(turn >= 0, turn, inner))


def _called_in(recording: Recording, timed: Any, by_call: Any) -> Any:
    """(frames,) the turn in which every call was made, or that it is itself; -1 for none.

    Args:
        timed: (steps,) turns of loops over time, by the loops of a step's own call. by_call: see `_call_turns`.
    """
    frames, rows = recording.frames, recording.steps
    own_steps = {int(frame): np.flatnonzero(rows["frame"] == frame) for frame in np.unique(frames["parent"])}
    found = by_call.copy()
    for frame, (name, parent, call) in enumerate(frames[["name", "parent", "call_step"]].tolist()):
        recursive = parent < frame and frames["name"][parent] == name and by_call[frame] >= 0
        if parent >= frame or recursive:  # nobody's call, or a turn of its own
            continue
        own = own_steps[parent]
        place = int(np.searchsorted(own, call))
        turn = int(timed[own[place]]) if place < len(own) else -1
        outer = turn if turn >= 0 else int(found[parent])
        found[frame] = outer if outer >= 0 else by_call[frame]
    return found


def times_of(turns: Turns, votes: dict[int, Counter[int]], steps: int) -> Any:
    """Which t every turn stands for (turns,), `UNKNOWN` where nothing says it.

    In a run t goes up or down by one a turn, or is the loop's variable plus a number: what most votes agree with. A run
    without votes is like others of its loop, or else t is the loop's variable.

    Args:
        turns: of the recording. votes: weight of every t by turn, from values that are right. steps: T.
    """
    result = np.full(len(turns.group), UNKNOWN, np.int64)
    members: dict[int, list[int]] = defaultdict(list)
    for turn, group in enumerate(turns.group.tolist()):
        members[group].append(turn)
    rules: dict[int, Counter[tuple[str, int]]] = defaultdict(Counter)
    waiting: list[list[int]] = []
    for own in members.values():
        tally = _tally(turns, own, votes)
        if tally:
            rule, weight = tally.most_common(1)[0]
            rules[int(turns.loop[own[0]])][rule] += weight
            _apply(turns, own, rule, result)
        else:
            waiting.append(own)
    for own in waiting:
        alike = rules[int(turns.loop[own[0]])]
        if alike:
            _apply(turns, own, alike.most_common(1)[0][0], result)
        elif (turns.value[own] != NO_LOOP_VALUE).all() and ((turns.value[own] >= 0) & (turns.value[own] < steps)).all():
            _apply(turns, own, ("value", 0), result)
    result[(result < 0) | (result >= steps)] = UNKNOWN
    return result


def _tally(turns: Turns, own: list[int], votes: dict[int, Counter[int]]) -> Counter[tuple[str, int]]:
    """How many votes of a run each rule agrees with; rules that are preferred come first."""
    found: dict[str, Counter[int]] = {"value": Counter(), "down": Counter(), "up": Counter()}
    for turn in own:
        place, value = int(turns.place[turn]), int(turns.value[turn])
        for t, weight in votes.get(turn, {}).items():
            if value != NO_LOOP_VALUE:
                found["value"][t - value] += weight
            found["down"][t + place] += weight
            found["up"][t - place] += weight
    return Counter({(kind, number): weight for kind, counted in found.items() for number, weight in counted.items()})


def _apply(turns: Turns, own: list[int], rule: tuple[str, int], result: Any) -> None:
    kind, number = rule
    base = turns.value[own] if kind == "value" else turns.place[own] * (-1 if kind == "down" else 1)
    result[own] = number + base
