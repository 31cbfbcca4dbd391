"""Scene: what reasons for what is right are looked for in, and which entries are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..arrays import AnyArray, FloatArray, base_of
from ..noise import Noise
from ..problem import Problem
from ..stacking import Unit
from ..units import rms, step_rms
from ..verdict import LIMIT, measure_units
from .made import Made, made_here
from .reference import Reference
from .shares import Block
from .subject import RESIDUAL, Values


@dataclass(eq=False)
class Scene:
    """What reasons are looked for in.

    Attributes:
        problem, reference: with its trace. values: what the code returned. truth: of all gradients. noise: of the problem.
        inferred: per-step gradients that follow from others that were returned.
    """

    problem: Problem
    reference: Reference
    values: Values
    truth: Mapping[str, FloatArray]
    noise: Noise
    inferred: dict[str, AnyArray] = field(default_factory=dict)
    _books: dict[str, Made | None] = field(default_factory=dict)

    def books(self, unit: Unit) -> Made | None:
        """Where the errors of a unit were made."""
        if unit.suffix not in self._books:
            self._books[unit.suffix] = made_here(self.problem, self.values, unit, self.noise, self.reference)
        return self._books[unit.suffix]

    def unit_of(self, name: str) -> Unit | None:
        """The unit whose steps a per-step gradient follows; None of the output's, and of what two directions give."""
        base, suffix = base_of(name)
        units = self.problem.network.units
        own = [unit for unit in units if unit.suffix == suffix]
        if base in ("dx", "de"):
            own = [unit for unit in units if unit.layer == 0]
        elif base in ("dy", "dh_out"):
            own = [unit for unit in units if base == "dh_out" and unit.layer == own[0].layer + 1]
        return own[0] if len(own) == 1 else None

    def last(self, unit: Unit) -> int:
        """The step at which the unit's backward pass begins."""
        return 0 if unit.reverse else self.problem.sizes["T"] - 1

    def nothing_carried(self, unit: Unit) -> AnyArray:
        """(T, B, H) whether nothing is carried to an entry in truth."""
        carries = [self.truth[f"d{state}_next{unit.suffix}"] for state in self.problem.network.cell_object.carried]
        return np.asarray(np.all([carry == 0 for carry in carries], axis=0))


def limits(scene: Scene, name: str) -> FloatArray:
    """Root mean square error of a step (T,) that is still rounding."""
    truth = scene.truth[name]
    floor = measure_units(name, truth, truth, scene.noise).floor
    return np.asarray(np.fmax(LIMIT * floor, RESIDUAL[scene.problem.dtype] * step_rms(truth)))


def wrong_cells(scene: Scene, name: str, value: FloatArray) -> AnyArray:
    """(T, B) where a per-step gradient is wrong."""
    error = rms(value - scene.truth[name], (2,))
    return np.asarray(error > limits(scene, name)[:, None] * np.sqrt(value.shape[1]))


def wrong_entries(scene: Scene, name: str, value: FloatArray) -> AnyArray:
    """(T, B, n) where it is."""
    most = limits(scene, name)[:, None, None] * np.sqrt(value[0].size)
    return np.asarray(np.abs(value - scene.truth[name]) > most)


def inferred(scene: Scene, name: str, blocks: Sequence[Block]) -> dict[str, AnyArray]:
    """Deltas that follow from a gradient: where every input comes once, row t of dW_xh is da_t.

    Taken only where the gradient of the bias, summed from the same deltas, confirms it.
    """
    first, hand = blocks[0], scene.values.get(name)
    left, unit = first.left, first.unit
    bias = None if unit is None else scene.values.get(f"db_h{unit.suffix}", scene.values.get(f"db_xh{unit.suffix}"))
    if hand is None or left is None or unit is None or bias is None or first.sum.left != "x" or hand.ndim != 2:
        return {}
    if hand.shape != scene.truth[name].shape or any(block.hand_delta is not None for block in blocks):
        return {}
    flat = left.reshape(-1, left.shape[-1]) != 0
    if not ((flat.sum(axis=1) == 1).all() and (flat.sum(axis=0) <= 1).all()):
        return {}
    rows = np.argmax(flat, axis=1)
    deltas = np.asarray(hand, "float64")[rows] / left.reshape(-1, left.shape[-1])[np.arange(len(rows)), rows][:, None]
    size = RESIDUAL[scene.problem.dtype] * float(np.abs(deltas).sum())
    if bias.shape != deltas.shape[1:] or not np.all(np.abs(deltas.sum(axis=0) - bias) <= size):
        return {}
    whole = deltas.reshape(*left.shape[:2], -1)
    return {block.quantity: whole[..., block.columns] for block in blocks}
