"""Laws of samples: they know nothing of each other, and their order means nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ...arrays import FloatArray, freeze
from ...cases.layout import is_parameter, is_state
from ...problem import Problem
from .ground import Ground, Sum, is_gradient, testable

ONE = "the code takes one sequence at a time"


def _axis(name: str) -> int:
    """The axis of the samples."""
    return 0 if is_state(name) else 1


def _picked(problem: Problem, samples: list[int]) -> Problem:
    """Some samples of a problem, in an order."""
    return replace(
        problem,
        x=freeze(problem.x[:, samples]),
        target=freeze(problem.target[:, samples]),
        loss_weights=freeze(problem.loss_weights[:, samples]),
        starts={name: freeze(value[samples]) for name, value in problem.starts.items()},
    )


def apart(ground: Ground) -> Iterator[Sum]:
    """Each sample by itself gives its own rows, and the parameters' gradients are the sum over the samples."""
    testable(not ground.one_sequence, ONE)
    whole = ground.problem
    if not ground.is_free("batch"):
        yield from _untouched(ground)
        return
    alone = [_picked(whole, [b]) for b in range(whole.sizes["B"])]
    every = [ground.values(problem) for problem in alone]
    for name, value in ground.values(whole).items():
        found = [values.get(name) for values in every]
        if any(one is None or one.ndim != value.ndim for one in found) or value.ndim < 1:
            continue
        shares = [ground.total(problem) if is_gradient(name) else 1.0 for problem in (whole, *alone)]
        parts = [share * np.asarray(one, "float64") for share, one in zip(shares[1:], found, strict=True)]
        if is_parameter(name):
            yield Sum(name, (shares[0] * np.asarray(value, "float64"), *(-part for part in parts)))
        elif all(part.shape[_axis(name)] == 1 for part in parts):
            together = np.concatenate(parts, axis=_axis(name))
            if together.shape == value.shape:
                yield Sum(name, (shares[0] * np.asarray(value, "float64"), -together))


def _untouched(ground: Ground) -> Iterator[Sum]:
    """With the first sample exchanged, the rows of the others stay what they are."""
    one, other = ground.problem, ground.other

    def mixed(first: FloatArray, second: FloatArray, axis: int) -> FloatArray:
        kept = np.arange(first.shape[axis]).reshape(*[1] * axis, -1, *[1] * (first.ndim - axis - 1)) > 0
        return freeze(np.where(kept, first, second))

    starts = {name: mixed(value, other.starts[name], 0) for name, value in one.starts.items()}
    changed = replace(one, x=mixed(one.x, other.x, 1), target=mixed(one.target, other.target, 1), starts=starts)
    after = ground.values(changed)
    for name, value in ground.values(one).items():
        if not is_parameter(name) and name in after and value.ndim > _axis(name):
            rest = [
                np.asarray(v, "float64").take(range(1, v.shape[_axis(name)]), _axis(name)) for v in (value, after[name])
            ]
            yield Sum(name, (rest[0], -rest[1]), float(np.linalg.norm(value)))


def order(ground: Ground) -> Iterator[Sum]:
    """The same samples in another order give the same sums, and the same rows in that order."""
    testable(not ground.one_sequence, ONE)
    testable(
        ground.fixed.get("counted") != "padding", "the samples have other lengths, and code may want the longest first"
    )
    one = ground.problem
    samples = np.roll(np.arange(one.sizes["B"]), 1).tolist()
    after = ground.values(_picked(one, samples))
    for name, value in ground.values(one).items():
        if name in after and after[name].shape == value.shape:
            moved = value if is_parameter(name) else value.take(samples, _axis(name))
            yield Sum(name, (np.asarray(moved, "float64"), -np.asarray(after[name], "float64")))
