"""The right values of a problem: what the forward pass, JAX's gradient and sums of their products hold at every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import FloatArray, Gradients, Trace
from ..cells.activations import ACTIVATIONS
from ..losses import IDS, LOSSES
from ..problem import Problem
from ..products import Factors, factors_of, record_lookup, side_by_side
from ..units import rms
from .library import DATA, DERIVED, FORWARD, GRADIENT, HALFWAY, PART, SUM, WEIGHT, Item, Library

MOST_LOSSES = 12
"""Steps up to which the gradient is taken apart by the step whose loss it comes from."""

RELATIVE = {"float64": 1e-9, "float32": 2e-4}
"""Rounding that a right value may carry, in units of its own size (root mean square)."""


ON_THE_WAY = frozenset({"h^2", "1 - h", "dh h", "softmax(y) - target", "sigmoid(y) - target", "y - target"})
"""Derived values that a backward pass makes; the others of `_derived` belong to a forward pass."""


@dataclass(frozen=True, eq=False)
class Truth:
    """What a problem's right values are made from: the problem, the oracle's trace and gradients."""

    problem: Problem
    trace: Trace
    gradients: Gradients


Make = Callable[[str, int | None, int | None, FloatArray, str], Item]
"""Makes an item from its name, step, sample, value and kind."""

Steps = list[tuple[str, str, FloatArray]]
"""Name, kind and (T, B, ...) of everything that has a value at every step."""


def _tolerance(value: FloatArray, dtype: str) -> float:
    return RELATIVE[dtype] * float(rms(value)) if value.size else 0.0


def per_step(truth: Truth) -> Iterator[tuple[str, str, FloatArray]]:
    """See `Steps`."""
    problem, trace = truth.problem, truth.trace
    a, h, y = trace.steps["a"], trace.steps["h"], trace.y
    before = np.concatenate([problem.h0[None], h[:-1]])
    slope = ACTIVATIONS[problem.activation].slope(a, h)
    for name in ("dh", "da", "dh_next", "dh_out", "dy", "dx"):
        if name in truth.gradients.steps:
            yield name, GRADIENT, truth.gradients.steps[name]
    yield "h", FORWARD, h
    yield "the previous h", FORWARD, before
    yield "a", FORWARD, a
    yield "y", FORWARD, y
    yield "x", DATA, problem.x
    yield "f'(a)", DERIVED, slope
    for name, value in _derived(problem, a, h, y, before, truth.gradients.steps["dh"]):
        yield name, HALFWAY if name == "dh h" else DERIVED if name in ON_THE_WAY else FORWARD, value


def _derived(
    problem: Problem, a: FloatArray, h: FloatArray, y: FloatArray, before: FloatArray, dh: FloatArray
) -> Iterator[tuple[str, FloatArray]]:
    """Values that people compute on the way."""
    with np.errstate(all="ignore"):
        yield "h^2", h * h
        yield "1 - h", 1 - h
        yield "dh h", dh * h
        yield "x W_xh", problem.x @ problem.parameters["W_xh"]
        yield "h W_hh", before @ problem.parameters["W_hh"]
        if "b_h" in problem.parameters:
            yield "x W_xh + b_h", problem.x @ problem.parameters["W_xh"] + problem.parameters["b_h"]
        yield "x W_xh + h W_hh", problem.x @ problem.parameters["W_xh"] + before @ problem.parameters["W_hh"]
        if problem.network.output_layer:
            yield "h W_hy", h @ problem.parameters["W_hy"]
        shifted = np.exp(y - y.max(-1, keepdims=True))
        softmax = shifted / shifted.sum(-1, keepdims=True)
        yield "softmax(y)", softmax
        yield "exp(y)", np.exp(y)
        yield "exp(y - max)", shifted
        yield "exp(-a)", np.exp(-a)
        yield "log softmax(y)", np.log(softmax)
        yield "sigmoid(y)", 1 / (1 + np.exp(-y))
    target = problem.target
    rows = target
    if target.ndim == 2:
        rows = np.eye(problem.sizes["K"])[target]
        yield "softmax(y) - target", softmax - rows
    elif LOSSES[problem.loss].targets != IDS:
        yield "y - target", y - rows
        yield "softmax(y) - target", softmax - rows
        yield "sigmoid(y) - target", 1 / (1 + np.exp(-y)) - rows
    yield "target", np.asarray(rows, "float64")


def _parts(truth: Truth) -> Iterator[tuple[str, FloatArray]]:
    """Every step's share (T, ...) of every parameter's gradient."""
    problem = truth.problem
    record = record_lookup(truth.trace.steps, problem.x)
    found = factors_of(problem.network, record, truth.gradients.steps.__getitem__, problem.starts)
    for name, blocks in found.items():
        if name in problem.parameters or name.startswith("b"):
            yield name, side_by_side(blocks, Factors.shares)


def _maker(dtype: str) -> Make:
    def item(name: str, t: int | None, sample: int | None, value: FloatArray, kind: str) -> Item:
        wide = np.asarray(value, "float64")
        return Item(name, t, sample, wide, _tolerance(wide, dtype), kind)

    return item


def _items(truth: Truth, pairs: bool) -> Iterator[Item]:
    item, problem = _maker(truth.problem.dtype), truth.problem
    steps = list(per_step(truth))
    yield from _steps_and_weights(truth, steps, item)
    yield from _jacobians(truth, item)
    yield from _starts(truth, item)
    for name, parts in _parts(truth):
        for t in reversed(range(len(parts))):
            yield item(f"d{name} of one step", t, None, parts[t], PART)
        later, earlier = np.cumsum(parts[::-1], axis=0)[::-1], np.cumsum(parts, axis=0)
        for t in range(len(parts)):
            yield item(f"d{name} from the last step down", t, None, later[t], SUM)
            yield item(f"d{name} up", t, None, earlier[t], SUM)
    yield from _histories(problem, truth.trace.steps["h"], steps, item)
    if pairs:
        yield from _single_losses(truth, item)


def _steps_and_weights(truth: Truth, steps: Steps, item: Make) -> Iterator[Item]:
    """Parameters and their whole gradients, and what there is at every step."""
    problem, batch = truth.problem, truth.problem.sizes["B"]
    for name, value in problem.parameters.items():
        yield item(name, None, None, value, WEIGHT)
    for name, value in truth.gradients.parameters.items():
        yield item(name, None, None, value, SUM)
    for name, kind, values in steps:
        for t in reversed(range(len(values))):
            yield item(name, t, None, values[t], kind)
            for b in range(batch if 1 < batch <= 8 else 0):
                yield item(name, t, b, values[t, b], kind)


def _starts(truth: Truth, item: Make) -> Iterator[Item]:
    problem = truth.problem
    yield item("h0", None, None, problem.h0, DATA)
    yield item("loss_weights", None, None, problem.loss_weights, DATA)
    for name, value in truth.gradients.starts.items():
        yield item(name, None, None, value, GRADIENT)


def _jacobians(truth: Truth, make: Make) -> Iterator[Item]:
    """dh_t / dh_(t-1) and diag(f'(a_t)) of every step, for single sequences."""
    problem = truth.problem
    slope = ACTIVATIONS[problem.activation].slope(truth.trace.steps["a"], truth.trace.steps["h"])
    if problem.sizes["B"] > 1:
        return
    for t in reversed(range(len(slope))):
        yield make("dh_t/dh_(t-1)", t, None, slope[t, 0][:, None] * problem.parameters["W_hh"].T, DERIVED)
        yield make("diag f'(a)", t, None, np.diag(slope[t, 0]), DERIVED)


def _single_losses(truth: Truth, make: Make) -> Iterator[Item]:
    """What the loss of one step alone sends back: da, and its shares of the parameters' gradients."""
    problem, dy = truth.problem, truth.gradients.steps.get("dy", truth.gradients.steps["dh_out"])
    if problem.sizes["T"] > MOST_LOSSES or problem.sizes["B"] > 1:
        return
    for s in range(problem.sizes["T"]):
        one = np.zeros_like(dy)
        one[s] = dy[s]
        if not one.any():
            continue
        found = problem.network.backward(problem.parameters, truth.trace, problem.x, problem.starts, one)
        alone = Truth(problem, truth.trace, found)
        for t in range(s + 1):  # at t = s it is the local part of da
            yield make(f"da from the loss at {s}", t, None, found.steps["da"][t], GRADIENT)
        for name, parts in _parts(alone):
            if name in ("W_xh", "W_hh", "b_h"):
                for t in range(s + 1):
                    yield make(f"d{name} of one step, from the loss at {s}", t, None, parts[t], PART)
                yield make(f"d{name} of one loss", s, None, parts.sum(axis=0), PART)


def _histories(problem: Problem, hidden: FloatArray, steps: Steps, make: Make) -> Iterator[Item]:
    """Whole sequences, and those without their first or last step."""
    for name, kind, values in steps:
        yield make(f"{name} of all steps", None, None, values, kind)
        if len(values) > 1:
            yield make(f"{name} of all steps but the last", None, None, values[:-1], kind)
            yield make(f"{name} of all steps but the first", None, None, values[1:], kind)
        for b in range(values.shape[1] if 1 < values.shape[1] <= 8 else 0):
            yield make(f"{name} of all steps", None, b, values[:, b], kind)
    h0 = problem.h0[None]
    yield make("h0 and h of all steps", None, None, np.concatenate([h0, hidden]), FORWARD)
    yield make("h of all steps and h0", None, None, np.concatenate([hidden, h0]), FORWARD)
    yield make("h of all steps and 0", None, None, np.concatenate([hidden, np.zeros_like(h0)]), FORWARD)


def natural_factors(sizes: Mapping[str, int], total_weight: float) -> list[float]:
    """Factors by which people's intermediate gradients differ from dL/d(anything): means taken early or late."""
    counts = {
        float(n)
        for n in (
            sizes["T"],
            sizes["B"],
            sizes["K"],
            sizes["T"] * sizes["B"],
            sizes["T"] * sizes["B"] * sizes["K"],
            total_weight,
        )
    }
    counts |= {n * sizes["K"] for n in tuple(counts)} | {2.0}
    counts |= {n / 2 for n in tuple(counts)}
    return sorted({value for n in counts if n not in (0.0, 1.0) for value in (n, 1 / n)} - {1.0})


def make_library(truth: Truth, factors: tuple[float, ...] = (), pairs: bool = False) -> Library:
    """All right values of a problem.

    Args:
        truth: the problem and the oracle's answer.
        factors: gradients are also recognised when they are so many times too large; see `natural_factors`.
        pairs: whether the code adds up over pairs of steps, so that what one loss alone sends back is right, too.
    """
    items = list(_items(truth, pairs))
    scaled = [
        replace(item, value=item.value * k, tolerance=item.tolerance * abs(k), factor=k)
        for k in factors
        for item in items
        if item.kind in (GRADIENT, PART, SUM)
    ]
    return Library([*items, *scaled])


def make_lean_library(truth: Truth) -> Library:
    """Right values of a problem of any size: all but single steps' shares and partial sums, whose number is T times H^2."""
    make, steps = _maker(truth.problem.dtype), list(per_step(truth))
    found = [*_steps_and_weights(truth, steps, make), *_starts(truth, make)]
    return Library([*found, *_histories(truth.problem, truth.trace.steps["h"], steps, make)])
