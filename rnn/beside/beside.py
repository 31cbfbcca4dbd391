"""Beside: JAX's values beside a recording, for whoever looks at one moment of it."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from ..arrays import FloatArray
from ..blame.lookup import Lookup
from ..blame.matching import Match, general_path
from ..recorder import Recording
from ..recorder.expressions import Unreadable, parse_expression
from ..recorder.format import ARRAY, view_of
from ..recorder.places import Locator
from .laying import Arrangement, arrangement_for, lay_history, nearest, nearest_step, step_ways, ways
from .records import Judgement, Reference
from .right import Right
from .scene import difference
from .turns import UNKNOWN

WRONG, PARTIAL, RIGHT = 1, 2, 4
"""Flags of a row."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Judged versions of all arrays, by key and in time.

    Attributes:
        key: (rows,) number of the key: what a storage's view stands for. step, t, start, stop, before, flags: (rows,) whole
            numbers; `start:stop` is a part of `chain`, the steps that a sum has taken in; `before` is a row or -1.
        error, relative: (rows,) see `Judgement`.
        chain: (n,) steps.
        keys: (keys, 4) match, storage, layout, first row.
    """

    key: Any
    step: Any
    t: Any
    start: Any
    stop: Any
    before: Any
    flags: Any
    error: Any
    relative: Any
    chain: Any
    keys: Any


@dataclass(frozen=True)
class _Found:
    """A path at a step: the syntax of the whole and of the array in it, its view, its match."""

    node: ast.expr
    base: ast.expr
    view: tuple[int, int]
    bound: int
    match: Match
    number: int


@lru_cache(maxsize=512)
def _parsed(path: str) -> ast.expr:
    return parse_expression(path)


@dataclass(frozen=True, eq=False)
class Beside:
    """JAX's values beside one recording.

    Attributes:
        right: values by name. matches: the user's arrays that stand for quantities, the surest first.
        rows: judged versions. arrangements: of histories, by key. turn: (steps,) the iteration of every step, -1 for none.
        times: (turns,) t that an iteration stands for.
        worst: (steps,) float32, largest relative error of what a step wrote and was judged; 0 where that is right, NaN where
            nothing was judged.
        findings: blames and facts, as `Located.findings` gives them. note: why no line is named, or there is no reference.
    """

    right: Right
    matches: tuple[Match, ...]
    rows: Rows
    arrangements: Mapping[int, Arrangement]
    turn: Any
    times: Any
    worst: FloatArray
    findings: tuple[Mapping[str, Any], ...] = ()
    note: str = ""

    @cached_property
    def _numbers(self) -> dict[tuple[str, str], int]:
        """Numbers of matches by function and path."""
        return {(one.function, one.path): number for number, one in reversed(list(enumerate(self.matches)))}

    @cached_property
    def _by_path(self) -> dict[str, int]:
        return {one.path: number for number, one in reversed(list(enumerate(self.matches)))}

    @cached_property
    def _keys(self) -> dict[tuple[str, str, int, int], tuple[int, int, int]]:
        """Number of the key, first and last row, by quantity, form and view."""
        found, keys = {}, self.rows.keys.tolist()
        ends = [*(key[3] for key in keys[1:]), len(self.rows.key)]
        for number, ((match, storage, layout, first), end) in enumerate(zip(keys, ends, strict=True)):
            one = self.matches[match]
            found[one.quantity, one.form, storage, layout] = number, first, end
        return found

    @cached_property
    def _row_steps(self) -> list[int]:
        steps: list[int] = self.rows.step.tolist()
        return steps

    def _number(self, function: str, path: str) -> int:
        wanted = general_path(path)
        return self._numbers.get((function, wanted), self._by_path.get(wanted, -1))

    def match(self, function: str, path: str) -> Match | None:
        """The match of a path, seen from a function."""
        number = self._number(function, path)
        return None if number < 0 else self.matches[number]

    def _find(self, recording: Recording, path: str, step: int, frame: int | None) -> _Found:
        """What a path means; raises `Unreadable`."""
        node = base = _parsed(path)
        scope = recording.scope(step, frame)
        function = recording.tables.texts[int(recording.frames[scope.frame]["name"])]
        while True:
            try:
                row = Locator(scope).row(base)
                break
            except Unreadable:
                inner = base.func if isinstance(base, ast.Call) else getattr(base, "value", None)
                if not isinstance(inner, ast.expr):
                    raise
                base = inner
        if row["kind"] != ARRAY:
            raise Unreadable(f"{ast.unparse(base)} is no array at step {step}; only an array has a reference")
        number = self._number(function, path if base is node else ast.unparse(base))
        if number < 0:
            raise Unreadable(f"{ast.unparse(base)} stands for none of JAX's quantities; say which one it is")
        return _Found(node, base, view_of(row["payload"]), int(row["step"]), self.matches[number], number)

    def _row(self, found: _Found, step: int) -> int:
        """Number of the row that holds at a step; -1 where there is none."""
        key = self._keys.get((found.match.quantity, found.match.form, *found.view))
        if key is None:
            return -1
        place = bisect_right(self._row_steps, step, key[1], key[2]) - 1
        return place if place >= key[1] else -1

    def judgement(self, recording: Recording, path: str, step: int, frame: int | None = None) -> Judgement | None:
        """How far the array that a path holds at a step is from what it should be; None where that is not judged."""
        try:
            found = self._find(recording, path, step, frame)
        except Unreadable:
            return None
        row = self._row(found, step)
        if row < 0:
            return None
        flags, at = int(self.rows.flags[row]), self._row_steps[row]
        if flags & PARTIAL:
            return Judgement(float("nan"), float("nan"), False, at, partial=True)
        if not flags & (WRONG | RIGHT):
            return None
        return Judgement(float(self.rows.error[row]), float(self.rows.relative[row]), bool(flags & WRONG), at)

    def reference(self, recording: Recording, path: str, step: int, frame: int | None = None) -> Reference:
        """What the array, or the part of it, that a path holds at a step should be; raises `Unreadable` with a sentence."""
        found = self._find(recording, path, step, frame)
        actual = recording.replay.view(*found.view, step)
        label, value = self._whole(recording, found, step, actual)
        if value is None:
            raise Unreadable(
                f"{ast.unparse(found.base)} has the shape {actual.shape}, and {found.match.quantity} none that fits; "
                "correct the match"
            )
        if found.base is not found.node:
            scope = recording.scope(step, frame)
            value = np.asarray(Lookup(scope, {id(found.base): value}, {}).evaluate(found.node))
        return Reference(label, np.array(value, "float64"), found.match)

    def _whole(self, recording: Recording, found: _Found, step: int, actual: Any) -> tuple[str, Any]:
        match, row = found.match, self._row(found, step)
        if match.form == "history":
            return f"{match.quantity} of all steps", self._history(found, actual)
        if match.form == "sum" and row >= 0 and self.rows.stop[row] > 0:
            ts = self._chain(row)
            value = nearest(list(ways(self.right.sum_over(match.quantity, ts), actual.shape)), actual)
            return f"{match.quantity} so far (t = {_span(ts)})", value
        whole = self.right.whole(match.quantity)
        if whole is not None:
            return match.quantity, nearest(list(ways(np.asarray(whole, "float64"), actual.shape)), actual)
        return self._step(recording, found, row, step, actual)

    def _chain(self, row: int) -> list[int]:
        ts: list[int] = self.rows.chain[self.rows.start[row] : self.rows.stop[row]].tolist()
        return ts

    def _history(self, found: _Found, actual: Any) -> Any:
        key = self._keys.get((found.match.quantity, found.match.form, *found.view))
        how = None if key is None else self.arrangements.get(key[0])
        how = how or arrangement_for(self.right, found.match.quantity, actual)
        return None if how is None else lay_history(self.right, found.match.quantity, how, actual.shape)

    def _step(self, recording: Recording, found: _Found, row: int, step: int, actual: Any) -> tuple[str, Any]:
        name = found.match.quantity
        t = int(self.rows.t[row]) if row >= 0 else UNKNOWN
        if t == UNKNOWN:
            t = self._t_of(recording, found, step, actual)
        if t == UNKNOWN:
            raise Unreadable(f"{ast.unparse(found.base)} holds {name}, of which step can't be told at step {step}")
        value = self.right.at(name, t)
        laid = [] if value is None else step_ways(np.asarray(value, "float64"), actual.shape)
        return f"{name} at t = {t}" if t >= 0 else f"{name} before the first step", nearest(laid, actual)

    def _t_of(self, recording: Recording, found: _Found, step: int, actual: Any) -> int:
        """Which step's value is meant: that of which the array is a right one, else that of the iteration that wrote it."""
        history = self.right.history(found.match.quantity)
        if history is None:
            return UNKNOWN
        for t in (nearest_step(history, actual), -1):
            value = None if t is None else self.right.at(found.match.quantity, t)
            laid = [] if value is None else step_ways(value, actual.shape)
            if t is not None and any(difference(actual, one) <= self.right.limit(value) for one in laid):
                return t
        rows = recording.replay.versions(found.view[0])
        place = recording.replay.place(found.view[0], step)
        turn = self.turn[min(max(found.bound, int(rows[place]["step"])), len(self.turn) - 1)]
        return UNKNOWN if turn < 0 else int(self.times[turn])

    def increment(
        self, recording: Recording, path: str, step: int, frame: int | None = None
    ) -> tuple[str, Any, Any] | None:
        """What an iteration added to a sum: a label, by hand (after - before), and as it should be.

        None for what is no sum, and where the step's iteration did not add to it.
        """
        try:
            found = self._find(recording, path, step, frame)
        except Unreadable:
            return None
        row = self._row(found, step)
        if found.match.form != "sum" or row < 0 or self.rows.t[row] == UNKNOWN or not self._is_now(row, step):
            return None
        t, before, name = int(self.rows.t[row]), int(self.rows.before[row]), found.match.quantity
        after = np.asarray(recording.replay.view(*found.view, step), "float64")
        added = after - self._value_of(recording, before) if before >= 0 else after
        wanted = nearest(list(ways(self.right.sum_over(name, [t]), after.shape)), added)
        return None if wanted is None else (f"{name} of step t = {t}", added, wanted)

    def _is_now(self, row: int, step: int) -> bool:
        last = len(self.turn) - 1
        return bool(self.turn[min(self._row_steps[row], last)] == self.turn[min(step, last)])

    def _value_of(self, recording: Recording, row: int) -> Any:
        """What the array of a row held."""
        _, storage, layout, _ = self.rows.keys[self.rows.key[row]].tolist()
        return np.asarray(recording.replay.view(storage, layout, self._row_steps[row]), "float64")


def _span(ts: list[int]) -> str:
    """`4 .. 3`; `4` for one."""
    return str(ts[0]) if len(ts) == 1 else f"{ts[0]} .. {ts[-1]}"
