"""Laws between gradients: a bias and W_hh are weights like those of the input, and x dx = W dW."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ...arrays import FloatArray, freeze
from ...handwritten import forward
from ...problem import Problem
from .ground import Ground, NotTestable, Sum, testable
from .steps import first_steps
from .units import OWN


def _suffix(ground: Ground) -> str:
    """Of the forward unit that reads x."""
    return ground.problem.network.units[0].suffix


def _with_one(ground: Ground) -> Problem:
    """A problem in which the first number that the cell reads is 1 at every step; with token ids the sum of all is."""
    problem = ground.problem
    if problem.network.embedding:
        rows = np.array(problem.parameters["W_e"])
        rows[:, 0] = 1
        return replace(problem, parameters={**problem.parameters, "W_e": freeze(rows)})
    if problem.settings.ids:
        return problem
    x = np.array(problem.x)
    x[..., 0] = 1
    return replace(problem, x=freeze(x))


def _same_clip(ground: Ground, problem: Problem) -> dict[str, FloatArray]:
    """Gradients as they came: a clip of entries, or a common one, is the same for both sides."""
    clip = problem.settings.clip
    testable(clip is None or clip[0] != "norm_each", "every gradient is clipped by its own norm")
    values = ground.result(problem).values
    return {name: np.asarray(value, "float64") for name, value in values.items() if np.isfinite(value).all()}


def bias(ground: Ground) -> Iterator[Sum]:
    """A bias is the weight of an input that is always 1."""
    testable(ground.problem.cell != "own", OWN)
    suffix = _suffix(ground)
    names = [f"d{one}{suffix}" for one in ground.problem.network.cell_object.bias_names]
    testable(names[0][1:] in ground.problem.parameters, "the network has no biases")
    problem = _with_one(ground)
    tokens = problem.settings.ids and not problem.network.embedding
    testable(not (tokens and problem.settings.clip), "the gradients are clipped")
    values = _same_clip(ground, problem)
    weights = values.get(f"dW_xh{suffix}")
    if weights is None or weights.ndim != 2:
        raise NotTestable("the code does not return dW_xh")
    row = weights.sum(axis=0) if tokens else weights[0]
    width = len(row) if ground.problem.cell != "gru" else len(row) // 3 * 2  # b_hn is inside the reset gate's product
    for name in names:
        value = values.get(name)
        if value is not None and value.shape == row.shape:
            kept = len(row) if name == names[0] else width
            yield Sum(name, (value[:kept], -row[:kept]))


def _repeating(ground: Ground) -> Problem:
    """A problem whose first input is the first hidden unit of the step before."""
    problem = ground.problem
    suffix = _suffix(ground)
    x = np.array(problem.x)
    x[0, :, 0] = problem.h0[:, 0]
    for t in range(ground.steps - 1):
        x[t + 1, :, 0] = forward(replace(problem, x=freeze(x))).steps["h" + suffix][t, :, 0]
    made = replace(problem, x=freeze(x))
    ground.trace_of(made, "h" + suffix)  # raises where the code's h is another
    return made


def state(ground: Ground) -> Iterator[Sum]:
    """W_hh is the weight of an input that is the state of the step before."""
    problem = ground.problem
    testable(problem.cell != "own", OWN)
    testable(not problem.settings.ids and not problem.network.embedding, "the inputs are tokens")
    values = _same_clip(ground, _repeating(ground))
    suffix = _suffix(ground)
    inner, outer = (values.get(f"{name}{suffix}") for name in ("dW_xh", "dW_hh"))
    if inner is None or outer is None or inner.ndim != 2 or outer.shape != problem.parameters[f"W_hh{suffix}"].shape:
        raise NotTestable("the code does not return dW_xh and dW_hh")
    width = inner.shape[1] if problem.cell != "gru" else inner.shape[1] // 3 * 2  # the candidate reads r h
    yield Sum(f"dW_hh{suffix}", (outer[0, :width], -inner[0, :width]))


def _of_inputs(ground: Ground) -> Iterator[Sum]:
    """For every input the sums of x dx and of W_xh dW_xh."""
    problem, values = ground.problem, ground.values(ground.problem)
    lowest = [unit.suffix for unit in problem.network.units if unit.layer == 0]
    names = [f"W_xh{suffix}" for suffix in lowest]
    if problem.settings.ids or any(f"d{name}" not in values for name in ("x", *names)):
        return
    sums = [-(problem.parameters[n] * np.asarray(values[f"d{n}"], "float64")).sum(axis=1) for n in names]
    terms = problem.x * np.asarray(values["dx"], "float64")
    scale = float(np.linalg.norm(np.abs(terms).sum(axis=(0, 1)))) + float(sum(np.linalg.norm(one) for one in sums))
    yield Sum("dx", (terms.sum(axis=(0, 1)), *sums), scale)


def _of_the_state(ground: Ground) -> Iterator[Sum]:
    """On a problem of one step, for every hidden unit the sums of h0 dh0 and of W_hh dW_hh."""
    problem = ground.problem
    plain = problem.cell in ("rnn", "lstm") and problem.network.layers * problem.network.directions == 1
    if not plain or ground.fixed.get("h0") == "zero" or not ground.is_free("steps") or ground.last_only:
        return
    one = first_steps(problem, 1)
    values = ground.values(one)
    if "dh0" in values and "dW_hh" in values:
        terms = problem.h0 * np.asarray(values["dh0"], "float64")
        other = (problem.parameters["W_hh"] * np.asarray(values["dW_hh"], "float64")).sum(axis=1)
        scale = float(np.linalg.norm(np.abs(terms).sum(axis=0))) + float(np.linalg.norm(other))
        yield Sum("dh0", (terms.sum(axis=0), -other), scale)


def product(ground: Ground) -> Iterator[Sum]:
    """The loss knows x and W_xh by their products alone, so that the sums of x dx and of W dW are equal; so with h0 and W_hh."""
    testable(ground.problem.cell != "own", OWN)
    yield from _of_inputs(ground)
    yield from _of_the_state(ground)
