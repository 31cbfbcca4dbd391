"""What the equations of a backward pass see besides what they make: arrays of the forward pass, parameters, sizes, helpers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import FloatArray, Trace
from ..cells import ACTIVATIONS
from ..losses import one_hot
from ..problem import Problem
from ..stacking import Unit, flipped
from .equations import HELPERS

Names = dict[str, Any]


def _sizes(problem: Problem, whole: Problem) -> Names:
    """The sizes; those a mean divides by are of the whole problem, whatever windows it is cut into."""
    divisors = {"n_steps": whole.sizes["T"], "n_samples": whole.sizes["B"]}
    return {**problem.sizes, **divisors, "counted": float(whole.loss_weights.sum())}


def _before(problem: Problem, trace: Trace, unit: Unit, state: str) -> FloatArray:
    """A state (T, B, H) as every step finds it, in the order of the steps."""
    start = problem.starts[f"{state}0{unit.suffix}"][None]
    kept = flipped(trace.steps[state + unit.suffix], unit.reverse)
    found: FloatArray = flipped(np.concatenate([start, kept[:-1]]), unit.reverse)
    return found


def head_names(problem: Problem, whole: Problem, trace: Trace) -> Names:
    """What output layer and loss see. Args: whole: the problem that this one is the windows of."""
    network, loss = problem.network, problem.network.loss_object
    top = network.units[-network.directions :]
    share = loss.share(problem.loss_weights)
    target = problem.target
    if target.ndim == 2:
        target = one_hot(target, problem.sizes["K"])
    slope = loss.slope(trace.y, problem.target)
    # The output after the loss's own nonlinearity: what a cross-entropy subtracts the target from.
    out = slope + target if network.loss.startswith(("softmax", "logistic")) else trace.y
    states: Names = {"h": network.seen(trace, problem.x, network.layers)}
    states["h_prev"] = np.concatenate([_before(problem, trace, unit, "h") for unit in top], axis=-1)
    if "a" + top[0].suffix in trace.steps:
        states["a"] = np.concatenate([trace.steps["a" + unit.suffix] for unit in top], axis=-1)
    return {
        **HELPERS, **_sizes(problem, whole), **problem.parameters, "x": problem.x, "y": trace.y, **states,
        "dloss": loss.gradient(trace.y, problem.target, problem.loss_weights), "share": share, "target": target, "out": out,
        "unit": 2.0 / problem.sizes["K"] if network.loss == "mean_squared_error" else 1.0,
        "slope_of_loss": slope, "max_share": float(share.max()),
    }  # fmt: skip


def cached(problem: Problem, trace: Trace, unit: Unit) -> Names:
    """What the forward pass left of every step, in the unit's own order of the steps."""
    network = problem.network
    before = {f"{name}_prev": _before(problem, trace, unit, name) for name in network.cell_object.carried}
    below = network.seen(trace, problem.x, unit.layer)
    found: Names = flipped({**unit.own(trace.steps), **before, "x": below}, unit.reverse)
    return found


def unit_names(problem: Problem, whole: Problem, unit: Unit) -> Names:
    """A unit's parameters and their blocks, the sizes and the helpers."""
    network, cell = problem.network, problem.network.cell_object
    params = unit.own(problem.parameters)
    blocks: Names = {}
    for k, gate in enumerate(cell.gates):
        part = slice(k * problem.sizes["H"], (k + 1) * problem.sizes["H"])
        blocks |= {f"W_h{gate}": params["W_hh"][:, part], f"W_x{gate}": params["W_xh"][:, part]}
    options = {name: option for name, option in network.options if isinstance(option, float)}
    fixed = {
        "leak": getattr(cell, "leak", 0.0),
        **options,
        "f1": ACTIVATIONS[network.activation].slope,
        "act": network.activation,
    }
    return {**HELPERS, **_sizes(problem, whole), **fixed, **params, **blocks}
