"""Right values of a problem by name and step: what the oracle says, each computed when it is first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..arrays import FloatArray
from ..blame.quantities import RELATIVE, Truth, per_step
from ..products import factors_of, record_lookup
from ..units import rms


class Right:
    """What JAX says of one problem.

    Attributes:
        truth: the problem, the oracle's trace and gradients. steps: T. sure: tolerance relative to the root mean square.
    """

    def __init__(self, truth: Truth) -> None:
        """Args: truth: of the problem."""
        self.truth, self.steps = truth, int(truth.problem.sizes["T"])
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
            return {name: value for name, _, value in per_step(self.truth)}

    def before_first(self, name: str) -> FloatArray | None:
        """(B, n) of a quantity at t = -1: h0, and its gradient."""
        if name == "h":
            return self.truth.problem.h0
        return self.truth.gradients.starts.get("dh0") if name in ("dh", "dh_next") else None

    def at(self, name: str, t: int) -> FloatArray | None:
        """(B, n) of a quantity at a step; None where it has none."""
        history = self.history(name)
        if history is None or t < -1 or t >= self.steps:
            return None
        return self.before_first(name) if t == -1 else history[t]

    def whole(self, name: str) -> FloatArray | None:
        """A weight, or its whole gradient, or what else has no step."""
        problem, gradients = self.truth.problem, self.truth.gradients
        known = {**problem.starts, "loss_weights": problem.loss_weights, **gradients.starts}
        return {**known, **problem.parameters, **gradients.parameters}.get(name)

    @cached_property
    def _shares(self) -> dict[str, tuple[FloatArray | None, FloatArray]]:
        problem = self.truth.problem
        record = record_lookup(self.truth.trace.steps, problem.x)
        found = factors_of(problem.network, record, self.truth.gradients.steps.__getitem__, problem.starts)
        return {f"d{name}": (blocks[0].left, blocks[0].delta) for name, blocks in found.items() if len(blocks) == 1}

    def summed(self) -> list[str]:
        """Gradients that are sums over steps."""
        return list(self._shares)

    def factors(self, name: str) -> tuple[FloatArray | None, FloatArray]:
        """(T, B, n) and (T, B, m) whose outer products add up to a gradient; (None, delta) for that of a bias."""
        return self._shares[name]

    def sum_over(self, name: str, ts: Sequence[int]) -> FloatArray:
        """What steps add to a parameter's gradient, together: one product."""
        left, delta = self.factors(name)
        chosen = np.asarray(ts, np.int64)
        rows = delta[chosen].reshape(-1, delta.shape[-1]).astype("float64")
        if left is None:
            return np.asarray(rows.sum(axis=0))
        return np.asarray(left[chosen].reshape(-1, left.shape[-1]).astype("float64").T @ rows)
