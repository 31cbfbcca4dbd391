"""Laws of memory: the last loss reaches the first step where the state is carried, and no step but its own where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ...arrays import FloatArray, base_of, freeze
from ...cases.layout import is_state
from ...problem import Problem
from .ground import Ground, Sum, is_per_step, testable

SHUT = -60.0
"""A pre-activation at which a sigmoid is 0 in any precision."""

ABOVE = ("dy", "dh_out")
"""Per-step gradients that come from the step's own loss alone."""


def _last_changed(ground: Ground, problem: Problem) -> Problem:
    """The problem with another target at the last step."""
    target = np.array(problem.target)
    if target.dtype.kind in "iu":
        target[-1] = (target[-1] + 1) % problem.sizes["K"]
    elif problem.loss.startswith("logistic"):
        target[-1] = 1 - target[-1]
    else:
        target[-1] = ground.other.target[-1]
    return replace(problem, target=freeze(target))


def _marked(problem: Problem, step: int) -> Problem:
    """The problem with its first input, or token, at one step alone and nothing else there: a row of dW_xh tells of that step."""
    x = np.array(problem.x)
    if problem.settings.ids:
        x[:, :, 1] += x[:, :, 0]
    x[:, :, 0] = 0
    x[step] = 0
    x[step, :, 0] = 1
    return replace(problem, x=freeze(x))


def _check(ground: Ground) -> None:
    testable(ground.steps > 1, "the problem has one step")
    testable(ground.problem.loss == "upstream" or ground.problem.sizes["K"] > 1 or ground.squared, "there is one class")
    testable(bool(ground.problem.loss_weights[-1].any()), "the last step does not count")


def _first_row(name: str, problem: Problem) -> bool:
    """Whether the gradient's first row belongs to the marked input."""
    first = problem.network.units[0].suffix
    return name == "dW_e" if problem.network.embedding else name == f"dW_xh{first}" and problem.x.shape[2] > 1


def reach(ground: Ground) -> Iterator[Sum]:
    """The loss of the last step changes what the first step gets."""
    _check(ground)
    network = ground.problem.network
    testable(not network.bidirectional, "in a network that reads both ways the last loss reaches the first step anyway")
    testable(ground.problem.settings.truncation is None, "the gradient is truncated")
    testable(network.activation != "relu", "through a ReLU the gradient may be 0")
    testable(network.cell != "own", "a cell of your own may forget")
    one = _marked(ground.problem, 0)
    for name, pair in ground.gradients(one, _last_changed(ground, one)):
        first, second = (_of_the_first_step(name, value, one) for value in pair)
        if first is not None and second is not None and first.size:
            lost = np.array([float(np.array_equal(first, second))])
            yield Sum(name, (lost,), 1.0)


def _of_the_first_step(name: str, value: FloatArray, problem: Problem) -> FloatArray | None:
    if is_per_step(name) and base_of(name)[0] not in ABOVE:
        return np.asarray(value[0])
    if is_state(name):
        return value
    return np.asarray(value[0]) if _first_row(name, problem) else None


def _shut(problem: Problem) -> Problem:
    """The problem with all that carries a state closed: W_hh and peepholes 0, and the gate of the old state shut."""
    cell, size = problem.network.cell_object, problem.sizes["H"]
    gate, to = {"lstm": ("f", SHUT), "gru": ("z", SHUT if dict(problem.network.options).get("update") != "new" else -SHUT)}.get(
        problem.cell, ("", 0.0)
    )  # fmt: skip
    changed = {}
    for name, value in problem.parameters.items():
        base = base_of(name)[0]
        if base == "W_hh" or base.startswith("p_"):
            value = np.zeros_like(value)
        elif gate and base == cell.bias_names[0]:
            k = cell.gates.index(gate)
            value = np.array(value)
            value[k * size : (k + 1) * size] = to
        changed[name] = freeze(value)
    return replace(problem, parameters=changed)


def closed(ground: Ground) -> Iterator[Sum]:
    """Where nothing is carried forward, the loss of the last step changes nothing but what that step gets."""
    _check(ground)
    problem = ground.problem
    testable(problem.cell in ("rnn", "lstm", "gru"), "its memory can't be closed")
    gated = bool(problem.network.cell_object.gates)
    bias = problem.network.cell_object.bias_names[0] + problem.network.units[0].suffix
    testable(not gated or bias in problem.parameters, "a gate can't be shut without a bias")
    one = _shut(_marked(problem, ground.steps - 1))
    for name, (first, second) in ground.gradients(one, _last_changed(ground, one)):
        scale = float(np.linalg.norm(first) + np.linalg.norm(second))
        if is_per_step(name) and base_of(name)[0] not in ("dh_next", "dc_next"):
            yield Sum(name, (first[:-1], -second[:-1]), scale)
        elif _first_row(name, problem):
            yield Sum(name, (first[1:], -second[1:]), scale)
