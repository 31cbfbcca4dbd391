"""Simpler values: what an array may become, simplest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from ...arrays import AnyArray, base_of, freeze
from ...losses import LOSSES, ROWS
from ...problem import Problem

SMALL = 64
"""Up to so many entries, each is tried as 0 by itself."""

Change = tuple[str, Callable[[AnyArray], AnyArray]]


def names(problem: Problem) -> list[str]:
    """Arrays in the order in which they are made simple: first what may vanish altogether."""
    biases = [name for name in problem.parameters if name[0] in "bp"]
    matrices = [name for name in problem.parameters if name not in biases]
    return ["loss_weights", *biases, *problem.starts, "target", "x", *matrices]


def array_of(problem: Problem, name: str) -> AnyArray:
    """An array of a problem by name."""
    return problem.parameters[name] if name in problem.parameters else problem.data()[name]


def with_array(problem: Problem, name: str, value: AnyArray) -> Problem:
    """The problem with another array."""
    fixed = freeze(value, array_of(problem, name).dtype)
    if name in problem.parameters:
        return replace(problem, parameters={**problem.parameters, name: fixed})
    if name in problem.starts:
        return replace(problem, starts={**problem.starts, name: fixed})
    return replace(problem, **{name: fixed})  # type: ignore[arg-type]


def _eye(value: AnyArray) -> AnyArray:
    """Ones on the diagonal of every block that is as wide as the matrix is high, such as a gate's."""
    rows, columns = value.shape
    return np.eye(rows, columns) if columns % rows else np.tile(np.eye(rows), (1, columns // rows))


def _whole(value: AnyArray) -> AnyArray:
    """Whole numbers, at most 2 in size and none 0 that was not."""
    return np.where(value == 0, 0, np.sign(value) * np.clip(np.round(np.abs(value)), 1, 2))


def _numbers(value: AnyArray) -> Iterator[AnyArray]:
    yield np.zeros_like(value)
    yield np.ones_like(value)
    if value.ndim == 2 and min(value.shape) > 1:
        yield _eye(value)
    yield _whole(value)
    yield np.round(value)
    yield 0.5 * np.sign(value)
    yield np.round(value, 1)
    yield np.round(value, 2)


def _one_step(weights: AnyArray) -> Iterator[AnyArray]:
    """The loss at one step alone: the last one, the first one, or another."""
    steps = len(weights)
    for t in dict.fromkeys((steps - 1, 0, *range(1, steps - 1))):
        alone = np.zeros_like(weights)
        alone[t] = weights[t]
        if alone.any() and not np.array_equal(alone, weights):
            yield alone


def candidates(problem: Problem, name: str, takes_weights: bool) -> Iterator[AnyArray]:
    """What an array may become, simplest first; what it is already ends the row.

    Args: problem: that it is of. name: of the array. takes_weights: whether the code multiplies by loss_weights.
    """
    value = array_of(problem, name)
    if name == "loss_weights":
        yield from _one_step(value) if takes_weights else ()
    elif value.dtype.kind in "iu" or (name == "x" and (problem.settings.ids or problem.network.embedding)):
        yield from _ids(value)
    elif name == "target" and (LOSSES[problem.loss].targets != ROWS or problem.loss.startswith("logistic")):
        yield from (np.zeros_like(value), np.ones_like(value)) if problem.loss.startswith("logistic") else ()
    elif name == "target" and problem.loss == "upstream":
        yield from _one_step(value)
        yield from _numbers(value)
    else:
        yield from _numbers(value)


def _ids(value: AnyArray) -> Iterator[AnyArray]:
    """The same token everywhere; of one-hot rows the first."""
    alike = np.zeros_like(value)
    if value.dtype.kind not in "iu":
        alike[..., 0] = 1
    yield alike


def with_zeros(problem: Problem, name: str) -> Iterator[AnyArray]:
    """A small array with one entry more that is 0."""
    value = array_of(problem, name)
    tokens = name == "x" and (problem.settings.ids or problem.network.embedding)
    if value.size > SMALL or value.dtype.kind in "iu" or name == "loss_weights" or tokens:
        return
    if name == "target" and LOSSES[problem.loss].targets != ROWS:
        return
    for index in np.argwhere(value != 0):
        changed = np.array(value)
        changed[tuple(index)] = 0
        yield changed


def is_fixed(problem: Problem, name: str) -> bool:
    """Whether an array has the value that the case dictates: an initial state that the code takes to be 0."""
    base = base_of(name)[0]
    return name in problem.starts and (
        problem.settings.h0 == "zero" or (base == "c0" and problem.settings.c0 == "zero")
    )
