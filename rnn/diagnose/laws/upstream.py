"""Laws of the gradient from above: a backward pass is linear in it, and 0 where it is 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ...arrays import freeze
from ...losses import LOSSES
from ...problem import Problem
from .ground import Ground, NotTestable, Sum, testable


def linear(ground: Ground) -> Iterator[Sum]:
    """Four targets, of which two add up to what the others do; so must their gradients."""
    third, fourth = ground.exchanged
    testable(ground.steps > 1 or ground.squared, "the problem has one step")
    for name, (a, b, c, d) in ground.gradients(ground.problem, ground.second, third, fourth):
        yield Sum(name, (a, b, -c, -d))


IGNORED = "the code does not take loss_weights, or takes no notice of them"


def _check_weights(ground: Ground, changed: Problem) -> None:
    """Raise `NotTestable` unless other loss_weights change something: many a case says nothing of them and counts all steps."""
    testable("counted" not in ground.fixed, IGNORED)
    found = ground.gradients(ground.problem, changed)
    testable(any(not np.array_equal(before, after) for _, (before, after) in found), IGNORED)


def _silent(ground: Ground) -> Problem:
    """A problem on which dL/dy is 0."""
    problem = ground.problem
    if problem.loss == "upstream":
        return ground.with_target(np.zeros_like(problem.target))
    if ground.squared:
        return ground.with_target(ground.output)
    if LOSSES[problem.loss].mean:
        raise NotTestable("no target makes the gradient of this loss 0, and a mean needs something that counts")
    silent = replace(problem, loss_weights=freeze(np.zeros_like(problem.loss_weights)))
    _check_weights(ground, silent)
    return silent


def zero(ground: Ground) -> Iterator[Sum]:
    """Where dL/dy is 0, every gradient is."""
    silent = _silent(ground)
    for name, (there, usual) in ground.gradients(silent, ground.problem):
        yield Sum(name, (there,), float(np.linalg.norm(usual)))


def weighted(ground: Ground) -> Iterator[Sum]:
    """The loss of the early steps and that of the late ones add up to the loss; so must the gradients.

    Only where the code multiplies by loss_weights itself. A mean is a sum again once it is multiplied by what it is divided by.
    """
    testable("counted" not in ground.fixed, IGNORED)
    testable(ground.steps > 1, "the problem has one step")
    early = (np.arange(ground.steps) < ground.early)[:, None]
    whole = ground.problem
    parts = [
        replace(whole, loss_weights=freeze(np.where(early == kept, whole.loss_weights, 0))) for kept in (True, False)
    ]
    _check_weights(ground, parts[0])
    totals = [ground.total(problem) for problem in (whole, *parts)]
    for name, found in ground.gradients(whole, *parts):
        yield Sum(name, tuple(sign * n * g for sign, n, g in zip((1, -1, -1), totals, found, strict=True)))
