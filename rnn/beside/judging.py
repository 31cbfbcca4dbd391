"""Judging arrays that hold one step's value, a weight's gradient in the making, or neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..blame.matching import Match, Slot, quantity_of
from ..blame.reference import is_right
from .laying import nearest, nearest_step, step_ways, ways
from .moments import Moment
from .returned import ends_wrong
from .scene import Row, Scene, difference, is_numeric, largest, offset_of, steps_named
from .turns import UNKNOWN

MULTIPLE = 1e-6
"""Relative difference up to which an array is a multiple of another; far above rounding, far below a mistake."""


def judge_steps(scene: Scene, match: Match, slots: Sequence[Slot]) -> Iterator[Row]:
    """Rows of an array that holds the value of one step."""
    offset, many = offset_of(scene, match, slots), False
    rows = []
    for slot in slots:
        moments = scene.moments.of(*slot[2:])
        many |= _is_made_often(scene, moments)
        for moment, last in scene.moments.lasts(moments):
            row = Row(moment.view, moment.step, partial=not last)
            if last:
                _judge_step(scene, match, moment, row, offset)
            rows.append(row)
    for row in rows:
        if many and row.wrong and not match.said:
            row.forget()
        yield row


def _is_made_often(scene: Scene, moments: Sequence[Moment]) -> bool:
    """Whether one statement makes several arrays in one iteration: the name goes on to other steps in a loop of its own."""
    steps, made = scene.flow.recording.steps, set()
    for step in {one.storage: one.step for one in reversed(moments) if one.written}.values():
        own = scene.turn(step), int(steps["statement"][min(step, len(steps) - 1)])
        if own[0] >= 0 and own in made:
            return True
        made.add(own)
    return False


def _judge_step(scene: Scene, match: Match, moment: Moment, row: Row, offset: int) -> None:
    value, time = scene.moments.value(moment), scene.time(moment.step)
    row.t = UNKNOWN if time == UNKNOWN else time + offset
    if not is_numeric(value) or scene.moments.is_chance(moment):
        return
    wanted = expected_step(scene, match.quantity, row.t, value)
    if wanted is not None:
        row.judge(difference(value, wanted), largest(wanted), scene.right.limit(wanted))
    if not row.right and is_right(scene.library, value, match):
        own = [one.t for one in steps_named(scene.library, value) if quantity_of(one) == match.quantity]
        row.t = own[0] if own and own[0] is not None else row.t
        row.judge(0.0, 1.0, 0.0)
    if not moment.written and scene.turn(moment.step) < 0:
        row.own = np.nan


def expected_step(scene: Scene, quantity: str, t: int, value: Any) -> Any:
    """The quantity at t in the shape of a value; the nearest step's where t is not known; None where nothing fits."""
    if t == UNKNOWN:
        whole = scene.right.whole(quantity)
        if whole is not None:
            return nearest(list(ways(whole, value.shape)), value)
        history = scene.right.history(quantity)
        closest = None if history is None else nearest_step(history, value)
        if closest is None:
            return None
        t = closest
    found = scene.right.at(quantity, t)
    return None if found is None else nearest(step_ways(np.asarray(found, "float64"), value.shape), value)


class _Sum:
    """One slot's sum as it grows."""

    def __init__(self, scene: Scene, match: Match) -> None:
        self.scene, self.match = scene, match
        self.ts: list[int] = []
        self.sum: Any = 0.0
        self.scale = 0.0
        self.rows: list[Row] = []
        self.once = True

    def restart(self) -> None:
        """The array was emptied."""
        self.ts, self.sum, self.scale = [], 0.0, 0.0

    def add(self, t: int) -> None:
        """The right addend of one step."""
        if t in self.ts:
            self.once = False
        self.ts.append(t)
        self.sum = self.sum + self.scene.right.sum_over(self.match.quantity, [t])
        self.scale = max(self.scale, self.scene.right.limit(self.sum))


def judge_sums(scene: Scene, match: Match, slots: Sequence[Slot]) -> Iterator[Row]:
    """Rows of an array in which a parameter's gradient is added up, or that holds it."""
    for slot in slots:
        own = _Sum(scene, match)
        turned: int | None = None
        for moment, last in scene.moments.lasts(scene.moments.of(*slot[2:])):
            row = Row(moment.view, moment.step, partial=not last)
            row.before = own.rows[-1] if own.rows else None
            value = scene.moments.value(moment) if last else None
            if last and value is not None and not np.any(value):
                own.restart()
                row.before = None
            elif last and value is not None and not scene.moments.is_chance(moment):
                turned = _judge_sum(own, row, value, moment, turned)
            elif not last and scene.time(moment.step) != UNKNOWN:
                row.t, row.chain = scene.time(moment.step), [*own.ts, scene.time(moment.step)]
            if last:
                own.rows.append(row)
            yield row
        _reconsider(own, scene.moments.of(*slot[2:]))


def _orientation(wanted: Any, value: Any, turned: int | None) -> int | None:
    """Which of the ways to lay out a matrix a value follows: as it did before, or else as most of its entries do."""
    laid = list(ways(wanted, value.shape))
    if not laid:
        return None
    if turned is not None and turned < len(laid):
        return turned
    best = nearest(laid, value)
    return next(n for n, one in enumerate(laid) if one is best)


def _judge_sum(own: _Sum, row: Row, value: Any, moment: Moment, turned: int | None) -> int | None:
    scene, quantity = own.scene, own.match.quantity
    t = scene.time(moment.step)
    whole = scene.right.whole(quantity)
    if t != UNKNOWN and moment.written:
        own.add(t)
        row.t, row.chain = t, tuple(own.ts)
        wanted, limit = own.sum, own.scale
    elif whole is not None:
        wanted, limit = whole, scene.right.limit(whole)
    else:
        return turned
    turned = _orientation(wanted, value, turned)
    if turned is None:
        return None
    laid = list(ways(wanted, value.shape))[turned]
    row.judge(difference(value, laid), largest(laid), limit)
    if row.wrong and is_right(scene.library, value, own.match):
        row.excuse()
    if not moment.written and scene.turn(moment.step) < 0:
        row.own = np.nan
    return turned if row.right else None


def _reconsider(own: _Sum, moments: Sequence[Moment]) -> None:
    """What was added up in an order of its own, or comes right in the end, is judged in the end only."""
    rows = [row for row in own.rows if row.judged]
    if not rows:
        return
    if ends_wrong(rows[-1], own.scene.flow.recording, own.scene.right, own.scene.returned):
        for row in rows:
            if row.excused:
                row.accuse()
    inner = [row for row in rows if row.chain is not None]
    scattered = len(moments) > 2 * max(1, len(own.rows)) or not own.once
    if rows[-1].right or (inner and not any(row.right for row in inner) and (scattered or _is_multiple(own, inner[0]))):
        for row in rows[:-1]:
            if row.wrong:
                row.forget()


def _is_multiple(own: _Sum, first: Row) -> bool:
    """Whether a sum begins as a multiple of what it should be: it may be divided in the end."""
    assert first.chain is not None
    value = np.asarray(own.scene.flow.recording.replay.view(*first.view, first.step), "float64")
    wanted = nearest(list(ways(own.scene.right.sum_over(own.match.quantity, first.chain), value.shape)), value)
    scale = float((wanted * wanted).sum())
    factor = float((wanted * value).sum()) / scale if scale > 0 else 0.0
    return factor != 0 and difference(value, factor * wanted) <= MULTIPLE * largest(value)
