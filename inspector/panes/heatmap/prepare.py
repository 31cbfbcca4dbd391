"""Preparing three pictures in a thread: metric, levels, pyramids. The window only draws what is ready."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from inspector.panes.heatmap.layer import Layer
from inspector.panes.heatmap.triptych import Layers
from inspector.picture.colours import finite_peak, levels_for
from inspector.picture.difference import METRICS, TITLES, floor_of
from inspector.picture.pooling import pyramid
from inspector.picture.summary import badge, count, difference_badge
from rnn.arrays import AnyArray
from rnn.verdict import LIMIT

_THREAD = ThreadPoolExecutor(1, "pictures")
"""One thread for all: more would only take turns, and would make the window stutter."""


@dataclass(frozen=True, eq=False)
class Order:
    """What is to be prepared.

    Attributes:
        number: of the order; only the newest is answered.
        hand, reference: matrices of one shape.
        metric, scale, locked: as the view wants them.
        floor: noise of the quantity, rms.
    """

    number: int
    hand: AnyArray
    reference: AnyArray
    metric: str
    scale: str
    locked: bool
    floor: float


def prepare(order: Order) -> Layers:
    """Metric, levels and pyramids of the three pictures.

    Hand and reference share one symmetric range; the difference has its own, or theirs where the range is locked.
    The asinh scale of hand and reference is linear up to a thousandth of the range, that of the difference up to the
    noise floor: so what can be seen there matters.
    """
    hand, reference = np.asarray(order.hand, "float64"), np.asarray(order.reference, "float64")
    difference = METRICS[order.metric](order.hand, order.reference)
    shared = max(finite_peak(hand), finite_peak(reference))
    both = levels_for(shared, 0.0, order.scale)
    peak = finite_peak(difference)
    floor = floor_of(order.metric, order.floor, shared)
    own = both if order.locked and order.metric in ("difference", "absolute") else levels_for(peak, floor, order.scale)
    fade = LIMIT * floor if order.metric in ("difference", "absolute") else 0.0
    words = difference_badge(order.hand, order.reference)
    if not words and order.metric in ("difference", "absolute") and peak <= fade:
        words = "only rounding"
    layers = (Layer(pyramid(hand), both, badge=badge(hand)), Layer(pyramid(reference), both, badge=badge(reference)))
    counts = tuple(count(array, levels) for array, levels in ((hand, both), (reference, both), (difference, own)))
    return Layers(*layers, Layer(pyramid(difference), own, fade, words), counts, TITLES[order.metric].upper())  # type: ignore[arg-type]


class Preparer(QObject):
    """Prepares pictures in a thread; an older order is dropped.

    Signals:
        ready: `Layers` of the newest order.
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
        layers = prepare(order)
        try:
            self._prepared.emit(order.number, layers)
        except RuntimeError:
            return  # the pane has gone meanwhile

    @Slot(int, object)
    def _on_prepared(self, number: int, layers: Layers) -> None:
        if number == self._newest:
            self.ready.emit(layers)
