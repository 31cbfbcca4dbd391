"""What a picture can't show by colour, in words and counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inspector.picture.colours import Levels
from rnn.arrays import AnyArray


@dataclass(frozen=True)
class Counts:
    """Entries that are not finite, or outside the range of the colours."""

    nan: int
    infinite: int
    outside: int

    def words(self) -> str:
        """`2 NaN, 1 Inf, 5 out of range`, or empty."""
        parts = [(self.nan, "NaN"), (self.infinite, "Inf"), (self.outside, "out of range")]
        return ", ".join(f"{count} {word}" for count, word in parts if count)


def count(array: AnyArray, levels: Levels) -> Counts:
    """Count what the colours can't tell."""
    values = np.asarray(array, "float64")
    with np.errstate(invalid="ignore"):
        beyond = int(np.count_nonzero(np.abs(values) > levels.bound))
    if np.isfinite(values).all():
        return Counts(0, 0, beyond)
    infinite = int(np.count_nonzero(np.isinf(values)))
    return Counts(int(np.count_nonzero(np.isnan(values))), infinite, beyond - infinite)


FEW = 4096
"""Entries that are looked at before all are: most pictures have no badge."""


def badge(array: AnyArray) -> str:
    """`all zero`, `all equal`, `all NaN`, or empty."""
    values = np.asarray(array)
    if values.size == 0:
        return "empty"
    flat = values.ravel()
    if len(flat) > FEW and not np.isnan(flat[0]) and (flat[:FEW] != flat[0]).any():
        return ""  # what the first entries deny, the others can't mend
    if np.isnan(values).all():
        return "all NaN"
    if not values.any():
        return "all zero"
    return f"all equal: {flat[0]:.4g}" if values.size > 1 and bool((values == flat[0]).all()) else ""


def difference_badge(hand: AnyArray, reference: AnyArray) -> str:
    """`bit-identical` where no entry differs, or empty."""
    first, second = (np.ravel(np.asarray(side)[:1])[:FEW] for side in (hand, reference))
    if not (np.array_equal(first, second) or np.isnan(first).any() or np.isnan(second).any()):
        return ""
    left, right = (np.ascontiguousarray(side, "float64").view("int64") for side in (hand, reference))
    if np.array_equal(left, right):
        return "bit-identical"
    return "equal (but for signs of 0)" if np.array_equal(hand, reference) else ""
