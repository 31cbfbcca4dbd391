"""Counting what the levels pane shows, in a thread: histograms, classes, the marked region."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from inspector.picture.colours import finite_peak, levels_for
from inspector.picture.difference import METRICS, class_counts, floor_of, limit_of
from inspector.picture.statistics import RegionStatistics, histogram, region_statistics
from inspector.pictures import Picture
from inspector.records import ViewState
from rnn.arrays import FloatArray

_THREAD = ThreadPoolExecutor(1, "levels")


@dataclass(frozen=True, eq=False)
class Counted:
    """What was counted.

    Attributes:
        number: of the order. values, differences: histograms on their scales, up to `peaks`. floor: in the metric's unit.
        classes: how many entries are equal, within tolerance, beyond it. region: statistics of the marked one, or None.
    """

    number: int
    values: tuple[FloatArray, FloatArray]
    differences: tuple[FloatArray]
    peaks: tuple[float, float]
    floor: float
    classes: tuple[int, int, int]
    region: RegionStatistics | None


def count_all(number: int, picture: Picture, view: ViewState, floor: float, region: Any) -> Counted:
    """Everything the pane shows, in the thread."""
    assert picture.hand is not None and picture.reference is not None
    hand, reference = picture.hand, picture.reference
    limit = limit_of(reference, floor, view.custom_tolerance, view.atol, view.rtol)
    difference = METRICS[view.metric](hand, reference, limit)
    shared, peak = max(finite_peak(hand), finite_peak(reference)), finite_peak(difference)
    floor = floor_of(view.metric, floor, shared)
    axis, own = levels_for(shared, 0.0, view.scale), levels_for(peak, floor, view.scale)
    statistics = None if region is None else region_statistics(hand, reference, region)
    counts = histogram(hand, axis), histogram(reference, axis)
    classes = class_counts(hand, reference, limit)
    return Counted(number, counts, (histogram(difference, own),), (shared, peak), floor, classes, statistics)


class Counter(QObject):
    """Counts in a thread; an older order is dropped."""

    counted = Signal(object)
    _done = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._newest = 0
        self._done.connect(self._on_done)

    def order(self, picture: Picture, view: ViewState, floor: float, region: Any) -> None:
        """Count anew."""
        self._newest += 1
        _THREAD.submit(self._work, self._newest, picture, view, floor, region)

    def _work(self, number: int, *order: Any) -> None:
        if number == self._newest:
            counted = count_all(number, *order)
            try:
                self._done.emit(counted)
            except RuntimeError:
                return  # the pane has gone meanwhile

    @Slot(object)
    def _on_done(self, counted: Counted) -> None:
        if counted.number == self._newest:
            self.counted.emit(counted)
