"""METRICS: the ways to look at hand against reference."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnn.arrays import AnyArray, FloatArray
from rnn.units import ulp_distance


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


METRICS: dict[str, Callable[[AnyArray, AnyArray], FloatArray]] = {
    "difference": signed,
    "absolute": absolute,
    "relative": relative,
    "ulp": ulp,
}

TITLES = {"difference": "hand - JAX", "absolute": "|hand - JAX|", "relative": "relative", "ulp": "ULP"}


def unimportant(hand: AnyArray, reference: AnyArray, floor: float) -> AnyArray:
    """Where the difference is at most ten noise floors: rounding, to be drawn faded."""
    from rnn.verdict import LIMIT

    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(signed(hand, reference)) <= LIMIT * floor)


def floor_of(metric: str, floor: float, peak: float) -> float:
    """The noise floor in a metric's own unit, for the linear part of the asinh scale; 0 where it has none."""
    if metric in ("difference", "absolute"):
        return floor
    if metric == "relative":
        return floor / peak if peak > 0 else 0.0
    return 1.0
