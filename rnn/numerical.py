"""Central differences of the forward pass: the third opinion, which trusts neither backward pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .arrays import FloatArray
from .handwritten import forward
from .noise import ROUNDOFF
from .problem import Problem
from .stacking import scan_rows
from .truncation import windows_of

STEP = ROUNDOFF["float64"] ** (1 / 3)
"""Where truncation (h^2) and cancellation (u / h) are in balance for values of size 1."""

MARGIN = 10.0
"""A side agrees when it is within this many estimated errors of the difference quotient."""


@dataclass(frozen=True)
class Slope:
    """A directional derivative by central differences, with its estimated error (same unit)."""

    value: float
    error: float


def quotients(losses: Mapping[int, float], width: float) -> tuple[float, float, float]:
    """A slope from the losses at -2, -1, 1 and 2 widths.

    Returns:
        The slope without its error of second order, the distance of the two difference quotients, and their rounding.
    """
    fine, coarse = (losses[1] - losses[-1]) / (2 * width), (losses[2] - losses[-2]) / (4 * width)
    rounding = 8 * ROUNDOFF["float64"] * max(abs(value) for value in losses.values()) / width
    return (4 * fine - coarse) / 3, abs(fine - coarse), rounding


def loss_at(problem: Problem, moved: Mapping[str, FloatArray]) -> float:
    """The loss in float64 with some quantities moved.

    Args:
        problem: a float64 problem.
        moved: by gradient name: `dW_hh` moves W_hh, `dx` x, `dh0` h0, `da` the pre-activations (T, B, H) and so on.
    """
    network, sizes = problem.network, problem.sizes
    params, starts = (
        {name: value + moved.get(f"d{name}", 0.0) for name, value in arrays.items()}
        for arrays in (problem.parameters, problem.starts)
    )
    zero = {name: np.broadcast_to(0.0, shape) for name, shape in network.probe_shapes(sizes).items()}
    probes = {name: moved.get(f"d{name}", value) for name, value in zero.items()}
    _, y = network.run(params, problem.x + moved.get("dx", 0.0), starts, probes, np, scan_rows)
    return float(network.loss_object.value(y, problem.target, problem.loss_weights, np))


def slope(problem: Problem, name: str, direction: FloatArray) -> Slope:
    """dL along a direction of one quantity, from two step widths (their difference estimates the error).

    Args:
        problem: the problem; its numbers are widened to float64.
        name: a gradient's name.
        direction: of the quantity's shape; any length.
    """
    wide = problem.cast("float64")
    if wide.settings.truncation is not None:
        windows = windows_of(wide, forward(wide))
        wide, direction = windows.problem, windows.spread(name, direction)
    width = STEP / max(float(np.abs(direction).max()), np.finfo("float64").tiny)
    with np.errstate(all="ignore"):
        losses = {k: loss_at(wide, {name: k * width * direction}) for k in (-2, -1, 1, 2)}
        value, apart, rounding = quotients(losses, width)
        return Slope(value, apart / 3 + rounding)


def element(problem: Problem, name: str, index: tuple[int, ...], shape: tuple[int, ...]) -> Slope:
    """dL/d(one entry)."""
    direction = np.zeros(shape)
    direction[index] = 1.0
    return slope(problem, name, direction)


def sides_with(problem: Problem, name: str, hand: FloatArray, reference: FloatArray, rng: np.random.Generator) -> str:
    """Whose gradient central differences confirm: `reference`, `hand`, `both` (can't tell them apart) or `neither`.

    Asked first along a random direction, and where that cannot tell them apart, along their own difference.
    """
    hand = np.asarray(hand, "float64")
    if not np.isfinite(hand).all():
        return "reference"
    gap = hand - reference
    largest = float(np.abs(gap).max())
    directions = [rng.standard_normal(reference.shape)] + ([gap / largest] if largest > 0 else [])
    answer = "both"
    for direction in directions:
        measured = slope(problem, name, direction)
        if not np.isfinite(measured.value):
            return "both"
        near = [
            abs(float((side * direction).sum()) - measured.value) <= MARGIN * measured.error
            for side in (hand, reference)
        ]
        answer = {(True, True): "both", (True, False): "hand", (False, True): "reference"}.get(
            (near[0], near[1]), "neither"
        )
        if answer != "both":
            return answer
    return answer
