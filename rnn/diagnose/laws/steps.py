"""Laws of time: a gradient looks only back, and a sequence may be cut anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ...arrays import FloatArray, base_of, freeze
from ...cases.layout import is_parameter
from ...problem import Problem
from .ground import SEEDS, Ground, NotTestable, Sum, is_per_step, testable

BOTH_WAYS = "a network that reads both ways looks into both directions of time"


def _check_steps(ground: Ground) -> None:
    testable(ground.steps > 1, "the problem has one step")
    testable(not ground.last_only, "the loss looks at the last step alone, after which nothing comes")


def _of_later_steps(ground: Ground, first: Problem, second: Problem) -> Iterator[Sum]:
    """What two targets that differ in early steps alone give for the late steps; of two directions only the top forward one."""
    network = ground.problem.network
    own = network.top.suffix
    for name, (b, c) in ground.gradients(first, second):
        base, suffix = base_of(name)
        seen = not network.bidirectional or name == "dy" or (suffix == own and base not in ("dx", "de"))
        if is_per_step(name) and seen and b.shape == c.shape and len(b) == ground.steps:
            scale = float(np.linalg.norm(b) + np.linalg.norm(c))
            yield Sum(name, (b[ground.early :], -c[ground.early :]), scale, ground.early)


def back(ground: Ground) -> Iterator[Sum]:
    """What early losses give does not reach later steps, and does not depend on the inputs there."""
    _check_steps(ground)
    third = ground.exchanged[0]
    yield from _of_later_steps(ground, ground.second, third)
    if ground.problem.network.bidirectional:
        return
    late = (np.arange(ground.steps) >= ground.early)[:, None, None]
    x = freeze(np.where(late, ground.other.x, ground.problem.x))
    changed = [replace(problem, x=x) for problem in (ground.second, third)]
    for name, (b, c, b_later, c_later) in ground.gradients(ground.second, third, *changed):
        yield Sum(name, (b, -c, -b_later, c_later))


def _steps(problem: Problem, kept: slice) -> Problem:
    """Some steps of a problem, from the same initial state."""
    x, target, weights = (freeze(array[kept]) for array in (problem.x, problem.target, problem.loss_weights))
    return replace(problem, x=x, target=target, loss_weights=weights)


def first_steps(problem: Problem, steps: int) -> Problem:
    """A problem that ends after its first steps."""
    return _steps(problem, slice(steps))


def tail(ground: Ground) -> Iterator[Sum]:
    """What early losses give is the same on a problem that ends after them."""
    _check_steps(ground)
    testable(not ground.problem.network.bidirectional, BOTH_WAYS)
    testable(ground.is_free("steps"), "the case fixes T")
    pair = ground.second, ground.exchanged[0]
    short = [first_steps(problem, ground.early) for problem in pair]
    whole, less = ground.total(pair[0]), ground.total(short[0])
    for name, (b, c, b_short, c_short) in ground.gradients(*pair, *short):
        if is_per_step(name):
            b, c = b[: ground.early], c[: ground.early]
        if b.shape == b_short.shape:
            yield Sum(name, (whole * b, -whole * c, -less * b_short, less * c_short))


def _check_cut(ground: Ground) -> None:
    problem, network = ground.problem, ground.problem.network
    testable(ground.squared and problem.loss != "mean_squared_error", "no target gives a dL/dh that is wanted")
    testable(network.layers * network.directions == 1, "there are several layers or directions")
    testable(tuple(problem.starts) == ("h0",), "more than h is carried from step to step")
    testable(problem.settings.truncation is None, "the gradient is truncated, so that the cut would be one more")
    testable(ground.fixed.get("h0") != "zero" and ground.steps > 1 and ground.is_free("steps"), "h0 or T is fixed")
    testable(not ground.last_only, "the loss looks at the last step alone")


def _wide(ground: Ground) -> Problem:
    """A problem with at least as many outputs as hidden units, so that some dL/dy gives any dL/dh."""
    if not ground.problem.network.output_layer:
        return ground.problem
    problem = ground.subject.other(SEEDS[0], hidden=3, outputs=4)
    testable(problem.sizes["K"] >= problem.sizes["H"], "there are fewer outputs than hidden units")
    return problem


def _with_above(problem: Problem, dh: FloatArray) -> Problem:
    """With so much more dL/dh at the last step."""
    network, weights = problem.network, np.asarray(problem.loss_weights[-1], "float64")[:, None]
    testable(bool(np.all(weights > 0)), "a sample does not count at the cut")
    dy = dh @ np.linalg.pinv(np.asarray(problem.parameters["W_hy"], "float64")).T if network.output_layer else dh
    above = np.array(problem.target)
    above[-1] += dy / weights if problem.loss == "upstream" else -dy / weights
    return replace(problem, target=freeze(above, problem.target.dtype))


def cut(ground: Ground) -> Iterator[Sum]:
    """A sequence in two halves: the second from the state that the first leaves, the first with the dh0 of the second above it."""
    _check_cut(ground)
    whole, n = _wide(ground), ground.early
    values = ground.values(whole)
    h = values["h"] if "h" in values else ground.trace_of(whole, "h")
    second = replace(_steps(whole, slice(n, None)), starts={"h0": freeze(h[n - 1], whole.dtype)})
    handed = ground.values(second).get("dh0")
    if handed is None:
        raise NotTestable("the code does not return dh0")
    first = _with_above(first_steps(whole, n), np.asarray(handed, "float64"))
    for name, (all_of_it, early, late) in ground.gradients(whole, first, second):
        if is_parameter(name) and base_of(name)[0] not in ("dW_hy", "db_y"):
            yield Sum(name, (all_of_it, -early, -late))
        elif name in ("dh", "da", "dx"):
            yield Sum(name, (all_of_it, -np.concatenate([early, late])))
        elif name == "dh0":
            yield Sum(name, (all_of_it, -early))
