"""Preparing three pictures in a thread: metric, pyramids, what stands out. The window only draws what is ready."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from inspector.panes.heatmap.layer import Layer
from inspector.panes.heatmap.triptych import Layers
from inspector.picture.colours import Range, peak_and_finite
from inspector.picture.difference import (
    CLASS_LEVELS,
    CLASS_TICKS,
    METRICS,
    TITLES,
    beyond_limit,
    fade_of,
    floor_of,
    has_unit,
    limit_of,
    signed,
)
from inspector.picture.pooling import BLOCK_CELLS, any_pyramid, pyramid
from inspector.picture.summary import badge, difference_badge
from inspector.records import ViewState
from rnn.arrays import AnyArray

_THREAD = ThreadPoolExecutor(1, "pictures")
"""One thread for all: more would only take turns, and would make the window stutter."""


@dataclass(frozen=True)
class Wish:
    """What of the view needs the numbers to be gone through again."""

    metric: str
    custom: bool
    atol: float
    rtol: float

    @staticmethod
    def of(view: ViewState) -> Wish:
        """The part of a view that is more than colours."""
        custom = view.custom_tolerance
        return Wish(view.metric, custom, view.atol if custom else 0.0, view.rtol if custom else 0.0)


@dataclass(frozen=True, eq=False)
class Stack:
    """One matrix with its pyramid, its largest finite magnitude, words on it, and counts of NaN and infinities."""

    pyramid: tuple[AnyArray, ...]
    peak: float
    badge: str
    nan: int
    infinite: int


@dataclass(frozen=True, eq=False)
class Prepared:
    """Everything about three pictures that does not depend on colours.

    Attributes:
        hand, reference, difference: of one shape. metric: of the difference.
        floor: noise in the metric's unit. limit: up to where a difference is drawn faded, 0 where `exceeds` says it.
        exceeds: which differences are important, as a pyramid; None where `limit` says it.
        classes: how many entries are equal, within the limit, beyond it. rows: per row 0, 1 or 2 for its worst class.
        gates: letters of blocks of columns.
    """

    hand: Stack
    reference: Stack
    difference: Stack
    metric: str
    floor: float
    limit: float
    exceeds: tuple[AnyArray, ...] | None
    classes: tuple[int, int, int]
    rows: AnyArray
    gates: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Order:
    """What is to be prepared.

    Attributes:
        number: of the order; only the newest is answered.
        hand, reference: matrices of one shape. wish: metric and tolerance. floor: noise of the quantity, rms.
        given: the difference itself, where it is not that of the two matrices (norms of a difference).
        gates: letters of blocks of columns.
    """

    number: int
    hand: AnyArray
    reference: AnyArray
    wish: Wish
    floor: float
    given: AnyArray | None = None
    gates: tuple[str, ...] = ()


def _stack(array: AnyArray, words: str) -> Stack:
    values = np.asarray(array, "float64")
    peak, finite = peak_and_finite(values)
    nan, infinite = (0, 0) if finite else (int(np.isnan(values).sum()), int(np.isinf(values).sum()))
    return Stack(pyramid(values), peak, words, nan, infinite)


def _classed(raw: AnyArray, limit: AnyArray | float) -> tuple[tuple[int, int, int], AnyArray]:
    """How many differences are none, within the limit and beyond it; and the worst class of every row, 0 to 2.

    A few rows at a time, which stay in the processor's cache through all passes over them.
    """
    different = important = 0
    rows = np.zeros(len(raw), np.uint8)
    step = max(1, BLOCK_CELLS // max(raw.shape[1], 1))
    for start in range(0, len(raw), step):
        part = raw[start : start + step]
        within = limit[start : start + step] if isinstance(limit, np.ndarray) and np.ndim(limit) else limit
        beyond = beyond_limit(part, within)
        differs = part != 0  # as a NaN does
        different += int(np.count_nonzero(differs))
        important += int(np.count_nonzero(beyond))
        rows[start : start + step] = differs.any(axis=1).astype(np.uint8) + beyond.any(axis=1)
    return (int(raw.size) - different, different - important, important), rows


def prepare(order: Order) -> Prepared:
    """Metric, pyramids and classes of the three pictures."""
    wish, hand, reference = order.wish, order.hand, order.reference
    limit = limit_of(reference, order.floor, wish.custom, wish.atol, wish.rtol)
    raw = signed(hand, reference) if order.given is None else order.given
    plain = order.given is not None or wish.metric == "difference"
    shown = raw if plain else METRICS[wish.metric](hand, reference, limit)
    counts, rows = _classed(raw, limit)
    words = difference_badge(hand, reference) if order.given is None else ""
    if not words and counts[2] == 0 and counts[1]:
        words = "within tolerance" if wish.custom else "only rounding"
    stacks = _stack(hand, badge(hand)), _stack(reference, badge(reference)), _stack(shown, words)
    uniform = fade_of(wish.metric, limit)
    exceeds = any_pyramid(beyond_limit(raw, limit), len(stacks[2].pyramid)) if uniform is None else None
    floor = floor_of(wish.metric, order.floor, max(stacks[0].peak, stacks[1].peak))
    return Prepared(*stacks, wish.metric, floor, uniform or 0.0, exceeds, counts, rows, order.gates)


def range_of(view: ViewState) -> Range:
    """What the view says about the colours' ranges."""
    return Range(view.scale, view.locked, view.value_bound, view.difference_bound)


def layers_of(prepared: Prepared, view: ViewState) -> Layers:
    """The three pictures with their colours.

    Hand and reference share one symmetric range; the difference has its own, or theirs where the range is locked.
    The asinh scale of hand and reference is linear up to a thousandth of the range, that of the difference up to the
    noise floor: so what can be seen there matters.
    """
    shared = max(prepared.hand.peak, prepared.reference.peak)
    peak, same_unit = prepared.difference.peak, has_unit(prepared.metric)
    both, own = range_of(view).levels(shared, peak, prepared.floor, same_unit)
    ticks: tuple[tuple[float, str], ...] = ()
    if prepared.metric == "classes":
        own, ticks = CLASS_LEVELS, CLASS_TICKS
    hand, reference, difference = prepared.hand, prepared.reference, prepared.difference
    gates = prepared.gates
    return Layers(
        Layer(hand.pyramid, both, badge=hand.badge, gates=gates),
        Layer(reference.pyramid, both, badge=reference.badge, gates=gates),
        Layer(difference.pyramid, own, prepared.limit, difference.badge, prepared.exceeds, ticks, gates),
        tuple(
            max(one.peak - level.bound, 0.0) > 0 for one, level in ((hand, both), (reference, both), (difference, own))
        ),
        TITLES[prepared.metric].upper(),
        prepared.rows,
    )


class Preparer(QObject):
    """Prepares pictures in a thread; an older order is dropped.

    Signals:
        ready: `Prepared` of the newest order.
    """

    ready = Signal(object)
    _prepared = Signal(int, object)

    def __init__(self, parent: QObject) -> None:
        """Args: parent: owns it."""
        super().__init__(parent)
        self._newest = 0
        self._prepared.connect(self._on_prepared)

    def order(self, **wanted: Any) -> None:
        """Order pictures: the fields of `Order` but the number."""
        self._newest += 1
        _THREAD.submit(self._work, Order(self._newest, **wanted))

    def drop(self) -> None:
        """Let go of what was ordered."""
        self._newest += 1

    def _work(self, order: Order) -> None:
        """In the thread."""
        if order.number != self._newest:
            return
        prepared = prepare(order)
        try:
            self._prepared.emit(order.number, prepared)
        except RuntimeError:
            return  # the pane has gone meanwhile

    @Slot(int, object)
    def _on_prepared(self, number: int, prepared: Prepared) -> None:
        if number == self._newest:
            self.ready.emit(prepared)
