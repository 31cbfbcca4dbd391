"""METRICS: the ways to look at hand against reference."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from inspector.picture.colours import Levels
from rnn.arrays import AnyArray, FloatArray
from rnn.units import ulp_distance
from rnn.verdict import LIMIT


def signed(hand: AnyArray, reference: AnyArray) -> FloatArray:
    """hand - reference, in float64."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.asarray(hand, "float64") - np.asarray(reference, "float64"))


def absolute(hand: AnyArray, reference: AnyArray) -> FloatArray:
    """|hand - reference|."""
    return np.asarray(np.abs(signed(hand, reference)))


def relative(hand: AnyArray, reference: AnyArray) -> FloatArray:
    """(hand - reference) / max(|hand|, |reference|): -2 to 2, 0 where both are 0."""
    size = np.maximum(np.abs(np.asarray(hand, "float64")), np.abs(np.asarray(reference, "float64")))
    with np.errstate(all="ignore"):
        return np.asarray(np.where(size == 0, 0.0, signed(hand, reference) / size))


def ulp(hand: AnyArray, reference: AnyArray) -> FloatArray:
    """Signed distance in units in the last place of hand's own precision."""
    dtype = "float32" if np.asarray(hand).dtype == np.float32 else "float64"
    return np.asarray(np.sign(signed(hand, reference)) * ulp_distance(hand, reference, dtype))


def classes(hand: AnyArray, reference: AnyArray, limit: AnyArray | float) -> FloatArray:
    """0 where the two are equal, +-1 where they differ by at most `limit`, +-2 beyond it; NaN where either is one."""
    difference = signed(hand, reference)
    return np.asarray(np.sign(difference) * (1.0 + beyond_limit(difference, limit)))


METRICS: dict[str, Callable[[AnyArray, AnyArray, AnyArray | float], FloatArray]] = {
    "difference": lambda hand, reference, limit: signed(hand, reference),
    "absolute": lambda hand, reference, limit: absolute(hand, reference),
    "relative": lambda hand, reference, limit: relative(hand, reference),
    "ulp": lambda hand, reference, limit: ulp(hand, reference),
    "classes": classes,
}
"""By name: hand, reference, and up to where a difference is unimportant (one number, or one for every entry)."""

TITLES = {
    "difference": "hand - JAX",
    "absolute": "|hand - JAX|",
    "relative": "relative",
    "ulp": "ULP",
    "classes": "classes",
}

CLASS_TICKS = (
    (-1.0, "below"),
    (-0.5, "within"),
    (0.0, "equal"),
    (0.5, "within"),
    (1.0, "above"),
)
"""Places and labels on the bar of the classes."""

CLASS_LEVELS = Levels(2.0, 1.0, "linear")


def class_counts(hand: AnyArray, reference: AnyArray, limit: AnyArray | float) -> tuple[int, int, int]:
    """How many entries are equal, differ by at most `limit`, and differ by more (or by a NaN)."""
    difference = signed(hand, reference)
    with np.errstate(invalid="ignore"):
        within = int((np.abs(difference) <= limit).sum())
    equal = int((difference == 0).sum())
    return equal, within - equal, int(difference.size) - within


def limit_of(reference: AnyArray, floor: float, custom: bool, atol: float, rtol: float) -> AnyArray | float:
    """Up to where |hand - reference| is unimportant: ten noise floors, or `atol + rtol |reference|` of the user's own."""
    if not custom:
        return LIMIT * floor
    return atol if rtol == 0 else np.asarray(atol + rtol * np.abs(np.asarray(reference, "float64")))


def has_unit(metric: str) -> bool:
    """Whether the metric is in the gradient's own unit, so that a limit on the difference is a limit on its colours."""
    return metric in ("difference", "absolute")


def fade_of(metric: str, limit: AnyArray | float) -> float | None:
    """Size up to which a difference in a metric is drawn faded; None where that is told of every entry by its limit."""
    if metric == "classes":
        return 1.0
    return float(limit) if has_unit(metric) and np.ndim(limit) == 0 else None


def beyond_limit(difference: AnyArray, limit: AnyArray | float) -> AnyArray:
    """Which differences are important: larger than the limit, or a NaN."""
    with np.errstate(invalid="ignore"):
        return np.asarray(~(np.abs(difference) <= limit))


def floor_of(metric: str, floor: float, peak: float) -> float:
    """The noise floor in a metric's own unit, for the linear part of the asinh scale; 0 where it has none."""
    if metric in ("difference", "absolute"):
        return floor
    if metric == "relative":
        return floor / peak if peak > 0 else 0.0
    return 1.0
