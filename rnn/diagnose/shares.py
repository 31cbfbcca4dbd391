"""Shares: what every step of every sample adds to a parameter's gradient, by hand and by the reference.

By hand they are known where the code's own per-step gradient on the right of the sum is, or where a set of mistakes explains
the code: then even a sum that is itself wrong is taken apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..arrays import FloatArray
from ..products import delta_name, factors_of, record_lookup
from ..stacking import Unit, flipped
from .equations import value
from .reference import Edits, Reference
from .slots import Sum, sums_of
from .subject import Values


@dataclass(frozen=True, eq=False)
class Block:
    """One block of a parameter's gradient, with both sides of its sum in the order of the steps.

    Attributes:
        sum: which block. unit: whose. quantity: the per-step gradient on the right, `da_f.1`. columns: of the whole gradient.
        left, delta: of the reference, (T, B, n) and (T, B, m); left is None for a bias.
        hand_left, hand_delta: by hand; hand_delta is None where it is not known.
        elementwise: whether they are multiplied entry by entry. how: the code's own sum where it is not the right one.
    """

    sum: Sum
    quantity: str
    columns: slice
    left: FloatArray | None
    delta: FloatArray
    hand_left: FloatArray | None
    hand_delta: FloatArray | None
    elementwise: bool
    how: str = ""
    _names: Mapping[str, Any] = field(default_factory=dict)

    @property
    def unit(self) -> Unit | None:
        """Whose; None of the embedding and the output layer."""
        return self.sum.unit

    def of_steps(self, hand: bool) -> FloatArray:
        """What each step adds: (T, n, m), (T, m) without rows."""
        if hand and self.how:
            made = [self._masked(np.arange(len(self.delta)) == t) for t in range(len(self.delta))]
            return np.asarray(flipped(np.stack(made), self.unit is not None and self.unit.reverse))
        left, delta = self._side(hand)
        if left is None:
            return np.asarray(delta.sum(axis=1))
        return np.asarray(np.einsum("tbi,tbi->ti" if self.elementwise else "tbi,tbj->tij", left, delta))

    def of_samples(self, row: int | None, column: int, hand: bool) -> FloatArray:
        """What each step of each sample adds to one entry, (T, B); the column counts inside the block."""
        if hand and self.how:
            return self._entry(row, column)
        left, delta = self._side(hand)
        if left is None:
            return np.asarray(delta[:, :, column])
        return np.asarray(left[:, :, column if row is None else row] * delta[:, :, column])

    def _side(self, hand: bool) -> tuple[FloatArray | None, FloatArray]:
        if not hand:
            return self.left, self.delta
        assert self.hand_delta is not None
        return self.hand_left, self.hand_delta

    def _masked(self, steps: Any, samples: Any = slice(None)) -> FloatArray:
        """The code's own sum with all deltas but some set to 0, in the order of the unit's own steps."""
        delta = self._names["delta"]
        kept = np.zeros_like(delta)
        kept[steps, samples] = delta[steps, samples]
        return np.asarray(value(self.how, {**self._names, "delta": kept}))

    def _entry(self, row: int | None, column: int) -> FloatArray:
        steps, batch = self.delta.shape[:2]
        place = (column,) if row is None else (row, column)
        made = [[float(self._masked(t, b)[place]) for b in range(batch)] for t in range(steps)]
        return np.asarray(flipped(np.array(made), self.unit is not None and self.unit.reverse))


def blocks_of(reference: Reference, values: Values, edits: Edits | None = None) -> dict[str, tuple[Block, ...]]:
    """The blocks of all parameters' gradients by name (`dW_hh`).

    Args:
        reference: of the problem. values: what the code returned. edits: a set of mistakes that gives the code's numbers; None
            where none is known.
    """
    problem = reference.problem
    right = reference.gradients()
    record = record_lookup(reference.trace.steps, problem.x)
    factors = factors_of(problem.network, record, right.__getitem__, problem.starts)
    products = problem.network.products()
    found: dict[str, tuple[Block, ...]] = {}
    for name, sums in sums_of(problem.network, tuple(problem.parameters)).items():
        made, start = [], 0
        for block, (unit, product), one in zip(sums, products[name], factors[name], strict=True):
            quantity, width = delta_name(unit, product), one.delta.shape[-1]
            hand = _hand(reference, block, quantity, values, edits)
            columns = slice(start, start + width)
            own_left = one.left if hand.get("left") is None else hand["left"]
            made.append(
                Block(block, quantity, columns, one.left, one.delta, own_left, hand["delta"], one.elementwise,
                      hand["how"], hand["names"])
            )  # fmt: skip
            start += width
        found[f"d{name}"] = tuple(made)
    return found


def _hand(reference: Reference, block: Sum, quantity: str, values: Values, edits: Edits | None) -> dict[str, Any]:
    """The code's own delta, and where mistakes are known also its left side and its sum."""
    plain: dict[str, Any] = {"delta": None, "how": "", "names": {}}
    if edits is None:
        value = values.get(quantity)
        shape = (*reference.problem.x.shape[:2], -1)
        if value is not None and value.ndim == 3 and value.shape[:2] == shape[:2] and np.isfinite(value).all():
            plain["delta"] = np.asarray(value, "float64")
        return plain
    slots = {kind: block.slot(kind) for kind in ("left", "delta", "sum")}
    edited = {kind for kind, slot in slots.items() if slot in edits}
    if not edited:
        return {**plain, "delta": reference.gradient(quantity, edits)}
    if edits.get("truncation", reference.slots["truncation"]):
        return plain
    names = reference.sides(block, edits)
    turned = block.unit is not None and block.unit.reverse
    whole = np.shape(names["delta"])[:2] == reference.problem.x.shape[:2]
    return {
        "delta": flipped(np.asarray(names["delta"]), turned) if whole else None,
        "left": flipped(np.asarray(names["left"]), turned) if "left" in edited else None,
        "how": edits[slots["sum"]] if "sum" in edited and whole else "",
        "names": names,
    }
