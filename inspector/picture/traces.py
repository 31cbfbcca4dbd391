"""Curves over time on a logarithmic axis that shows a true zero as zero: a band of its own, one decade below the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inspector.picture.colours import Levels, position
from inspector.picture.ticks import bar_ticks, short
from rnn.arrays import AnyArray, FloatArray

MOST_DECADES = 40
"""A curve that falls further is cut there and counts as zero on the axis; its numbers stay exact elsewhere."""

ROOM_BESIDE_ZERO = 5
"""Labels for which there has to be room, so that 2 and 5 are written between decades that stand above a zero."""


@dataclass(frozen=True)
class LogAxis:
    """Where values stand.

    Attributes:
        low, high: decades (powers of ten) between which positive values lie.
    """

    low: int
    high: int

    @property
    def zero(self) -> float:
        """The height of a true zero."""
        return self.low - 1.0

    def place(self, values: AnyArray) -> FloatArray:
        """Heights; 0 at `zero`, NaN and infinities NaN (they are marked, not drawn)."""
        wide = np.asarray(values, "float64")
        with np.errstate(all="ignore"):
            height = np.where(wide > 0, np.log10(wide), self.zero)
            height = np.where(wide > 0, np.maximum(height, self.low - 0.5), height)
        return np.asarray(np.where(np.isfinite(wide), height, np.nan))

    def ticks(self, most: int = 5) -> list[tuple[float, str]]:
        """Height and label of a few decades, and of zero; within two decades of 2 and 5 as well."""
        if self.high - self.low <= 2 and most >= 3:
            numbers = [factor * 10.0**power for power in range(self.low, self.high) for factor in (1, 2, 5)]
            chosen = [*numbers, 10.0**self.high]
            return [(self.zero, "0")] + [(float(np.log10(number)), short(number)) for number in chosen]
        step = max(1, -(-(self.high - self.low) // most))
        return [(self.zero, "0")] + [(float(power), f"1e{power}") for power in range(self.low, self.high + 1, step)]


def log_axis(*curves: AnyArray) -> LogAxis:
    """An axis for all finite values of some curves."""
    values = np.concatenate([np.asarray(curve, "float64").ravel() for curve in curves]) if curves else np.zeros(0)
    positive = values[np.isfinite(values) & (values > 0)]
    if not positive.size:
        return LogAxis(-1, 0)
    high = int(np.ceil(np.log10(positive.max())))
    low = int(np.floor(np.log10(positive.min())))
    return LogAxis(max(low, high - MOST_DECADES), max(high, low + 1))


class SignedAxis:
    """Where signed values stand: as on a colour bar, -1 to 1."""

    def __init__(self, levels: Levels) -> None:
        """Args: levels: bound and scale."""
        self._levels = levels
        self.bottom, self.top = -1.0, 1.0

    def place(self, values: AnyArray) -> FloatArray:
        """Heights; NaN and infinities NaN."""
        heights = position(values, self._levels)
        return np.where(np.isfinite(heights), heights, np.nan)

    def labels(self, most: int) -> list[tuple[float, str]]:
        """Height and label of a few values."""
        ticks = bar_ticks(self._levels)
        return ticks if most >= len(ticks) else [ticks[0], ticks[len(ticks) // 2], ticks[-1]]


class SizeAxis:
    """Where sizes stand: by decade; a true zero, where there is one, below them all."""

    def __init__(self, *curves: AnyArray) -> None:
        """Args: curves: that have to fit on it; NaN and infinities don't count."""
        self._axis = log_axis(*curves)
        self._zero = any(bool((np.asarray(curve) == 0).any()) for curve in curves)
        self.bottom = self._axis.zero if self._zero else float(self._axis.low)
        self.top = float(self._axis.high)

    def place(self, values: AnyArray) -> FloatArray:
        """Heights; NaN and infinities NaN."""
        return self._axis.place(values)

    def labels(self, most: int) -> list[tuple[float, str]]:
        """Decades, and zero where there is one; what lies between them only where there is room beside the zero."""
        if self._zero and most < ROOM_BESIDE_ZERO:
            most = min(most, 2)
        return self._axis.ticks(most)[0 if self._zero else 1 :]


def thinned(t: AnyArray, values: AnyArray, most: int) -> tuple[AnyArray, AnyArray]:
    """At most about `most` points: of every run of steps its smallest and its largest stay, so that no spike is lost."""
    if len(values) <= most:
        return t, values
    block = -(-2 * len(values) // most)
    whole = len(values) // block * block
    rows = values[:whole].reshape(-1, block)
    filled_low, filled_high = np.where(np.isnan(rows), np.inf, rows), np.where(np.isnan(rows), -np.inf, rows)
    starts = np.arange(len(rows)) * block
    pairs = np.sort(np.stack([starts + filled_low.argmin(1), starts + filled_high.argmax(1)], 1), axis=1).ravel()
    chosen = np.unique(np.concatenate([pairs, np.arange(whole, len(values))]))
    return t[chosen], values[chosen]
