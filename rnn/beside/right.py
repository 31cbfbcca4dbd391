"""Right values of a problem by name and step: what the oracle says, each computed when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..arrays import FloatArray, base_of
from ..blame.packing import STEMS, Packing, assembled, plain_packing
from ..blame.quantities import RELATIVE, Truth, per_step
from ..products import Factors, factors_of, record_lookup, side_by_side
from ..units import rms

Blocks = tuple[Factors, ...]
"""Side by side along the last axis."""


class Right:
    """What JAX says of one problem.

    Attributes:
        truth: the problem, the oracle's trace and gradients. steps: T. sure: tolerance relative to the root mean square.
        packing: how the user's code packs gates and stacks inputs; what is packed has the surest of its orders.
    """

    def __init__(self, truth: Truth, packing: Packing | None = None) -> None:
        """Args: truth: of the problem. packing: of the code; by default the program's own."""
        self.truth, self.steps = truth, int(truth.problem.sizes["T"])
        self.packing = plain_packing(truth.problem.network) if packing is None else packing
        self.relative = RELATIVE[truth.problem.dtype]

    def limit(self, value: Any) -> float:
        """Largest difference of an entry that is still rounding."""
        with np.errstate(all="ignore"):
            return self.relative * float(rms(np.asarray(value, "float64"))) if np.size(value) else 0.0

    def history(self, name: str) -> FloatArray | None:
        """(T, B, n) of a quantity that has a value at every step; None for any other."""
        gradients, trace = self.truth.gradients.steps, self.truth.trace
        if name in gradients:
            return gradients[name]
        if name in trace.steps:
            return trace.steps[name]
        if name in ("y", "x"):
            return trace.y if name == "y" else self.truth.problem.x
        return self._others.get(name)

    @cached_property
    def _others(self) -> dict[str, FloatArray]:
        with np.errstate(all="ignore"):
            return {one.name: one.value for one in per_step(self.truth, self.packing)}

    @cached_property
    def judged(self) -> frozenset[str]:
        """Quantities whose arrays are judged; others only have a reference."""
        packed = ("a", "da", "da_h", "gates", "dgates") if self.packing.orders else ()
        suffixes = [unit.suffix for unit in self.truth.problem.network.units]
        together = {name + suffix for name in packed for suffix in suffixes}
        named = {*self.truth.gradients.named(), *self.truth.trace.steps, *self._shares, *together, "y"}
        return frozenset(named - {"e"})

    def before_first(self, name: str) -> FloatArray | None:
        """(B, n) of a quantity at t = -1: h0, c0, and their gradients."""
        (base, suffix), gradients = base_of(name), self.truth.gradients.starts
        if base in ("h", "c"):
            return self.truth.problem.starts.get(f"{base}0{suffix}")
        state = base.removeprefix("d").removesuffix("_next")
        return gradients.get(f"d{state}0{suffix}") if base.startswith("d") and state in ("h", "c") else None

    def at(self, name: str, t: int) -> FloatArray | None:
        """(B, n) of a quantity at a step; None where it has none."""
        history = self.history(name)
        if history is None or t < -1 or t >= self.steps:
            return None
        return self.before_first(name) if t == -1 else history[t]

    def whole(self, name: str) -> FloatArray | None:
        """A weight, or its whole gradient, or what else has no step."""
        return self._wholes.get(name)

    @cached_property
    def _wholes(self) -> dict[str, FloatArray]:
        problem, gradients = self.truth.problem, self.truth.gradients
        found: dict[str, FloatArray] = {**problem.starts, "loss_weights": problem.loss_weights, **gradients.starts}
        for name, value, _ in assembled(problem.network, self.packing, problem.parameters):
            found.setdefault(name, value)
        own = {name[1:]: value for name, value in gradients.parameters.items()}
        for name, value, _ in assembled(problem.network, self.packing, own):
            found.setdefault(f"d{name}", value)
        return found

    @cached_property
    def _shares(self) -> dict[str, Blocks]:
        """Blocks of all gradients that are sums over steps, by every name that the user's code may have for them."""
        problem = self.truth.problem
        record = record_lookup(self.truth.trace.steps, problem.x)
        own = factors_of(problem.network, record, self.truth.gradients.steps.__getitem__, problem.starts)
        found: dict[str, Blocks] = {}
        for name, blocks in own.items():
            for called, one in self._called(name, blocks):
                found.setdefault(f"d{called}", one)
        for stack in self.packing.stacks:
            for unit in problem.network.units:
                parts = {letter: own.get(name + unit.suffix) for letter, name in ROWS.items()}
                stacked = _stacked(parts, stack)
                for called, one in self._called(f"W{unit.suffix}", stacked) if stacked else ():
                    found.setdefault(f"d{called}", one)
        return found

    def _called(self, name: str, blocks: Blocks) -> Iterator[tuple[str, Blocks]]:
        """A parameter in the user's order of gates, of some gates, and of one."""
        (base, suffix), gates = base_of(name), "".join(self.truth.problem.network.cell_object.gates)
        stem = STEMS.get(base, "W_" if base == "W" else "")
        if not stem or len(blocks) != len(gates):
            yield name, blocks
            return
        for number, order in enumerate(self.packing.groups(self.truth.problem.network)):
            chosen = tuple(blocks[gates.index(gate)] for gate in order)
            yield (name if not number else stem + order + suffix), chosen
        for gate, block in zip(gates, blocks, strict=True):
            yield stem + gate + suffix, (block,)

    def summed(self) -> list[str]:
        """Gradients that are sums over steps."""
        return list(self._shares)

    def factors(self, name: str) -> Blocks:
        """Blocks whose products over steps and samples, side by side, add up to a gradient."""
        return self._shares[name]

    def sum_over(self, name: str, ts: Sequence[int]) -> FloatArray:
        """What steps add to a parameter's gradient, together: one product for every block."""
        chosen = np.asarray(ts, np.int64)
        blocks = tuple(
            Factors(
                None if one.left is None else one.left[chosen].astype("float64"),
                one.delta[chosen].astype("float64"),
                one.elementwise,
            )
            for one in self._shares[name]
        )
        return side_by_side(blocks, Factors.total)


ROWS = {"x": "W_xh", "h": "W_hh", "1": "b_h"}
"""Parameters that are rows of a stacked matrix, by letter."""


def _stacked(parts: dict[str, Blocks | None], stack: str) -> Blocks:
    """Blocks of the gradient of one matrix on [x, h]; nothing where a part is not there or has another delta."""
    rows = [parts[letter] for letter in stack]
    known = [row for row in rows if row is not None]
    if len(known) < len(rows):
        return ()
    found = []
    for column in zip(*known, strict=True):
        delta = column[0].delta
        if any(one.delta is not delta and not np.array_equal(one.delta, delta) for one in column):
            return ()
        ones = np.ones((*delta.shape[:2], 1), delta.dtype)
        left = np.concatenate([ones if one.left is None else one.left for one in column], axis=-1)
        found.append(Factors(left, delta))
    return tuple(found)
