"""A result whose truth are central differences of the code's own loss: no equations of the program take part."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .arrays import AnyArray, FloatArray
from .compare import Comparison, Sides, compare
from .noise import Noise
from .numerical import MARGIN
from .problem import Problem
from .units import rms
from .verdict import LIMIT

KINK = 1e-3
"""Estimated relative error from which an entry lies at a kink of the loss and says nothing."""

JUMP = 100.0
"""Times its estimated error: as far from the slope as an entry at a kink can rightly be."""

SENTENCE = "truth: central differences of the code's own loss; without JAX, what is between the steps is not compared"


def compare_by_differences(
    problem: Problem, hand: Mapping[str, AnyArray], slopes: Mapping[str, FloatArray], errors: Mapping[str, FloatArray]
) -> tuple[Comparison, tuple[str, ...]]:
    """Compare what the code returned with slopes of its own loss, entry by entry.

    Args:
        problem: that both are of. hand: by name, in the program's layout. slopes, errors: by the same names.

    Returns:
        The comparison, and notes about entries that lie at a kink; there the slope is taken for the code's value.
    """
    reference, floors, notes = {}, {}, []
    for name, slope in slopes.items():
        error = np.array(errors[name])
        size = float(rms(slope))
        kinks = error > KINK * max(size, float(np.abs(slope).max()) * 1e-3, 1e-12)
        own = hand.get(name)
        if own is not None and own.shape == slope.shape:
            kinks &= np.abs(own - slope) <= JUMP * error
            if kinks.any():
                slope = np.where(kinks, own, slope)
                count = f"{int(kinks.sum())} of {kinks.size}"
                notes.append(f"{name}: {count} entries lie at a kink of the loss and are not judged")
        reference[name] = slope
        calm = error[~kinks]
        floors[name] = MARGIN / LIMIT * float(rms(calm)) if calm.size else float("inf")
    noise = Noise(floors, {}, {unit.suffix: np.zeros(1) for unit in problem.network.units}, frozenset(), problem.dtype)
    parameters = [f"d{name}" for name in problem.parameters]
    return compare(Sides(hand, reference, noise, problem.sizes), (), parameters), tuple(notes)
