"""Truncated backpropagation, as a problem of its own: every window of steps is one more sample of a shorter problem.

A gradient that is cut after K steps is the exact gradient of a network whose windows begin at fixed states. So the
hand-written loop, JAX, the noise floor and central differences need to know nothing of truncation: they are run on the
windows, and what comes out is put back to the steps it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .arrays import AnyArray, FloatArray, Gradients, Trace, freeze
from .errors import InputError
from .problem import Problem
from .stacking import state_of

SLIDING, CHUNKED = "sliding", "chunked"
KINDS = (SLIDING, CHUNKED)
"""Each loss reaches back K steps, its own counted; or the carry is cut every K steps."""


@dataclass(frozen=True, eq=False)
class Windows:
    """A truncated problem as windows.

    Attributes:
        problem: the windows (K, n B), without truncation. steps, batch: T and B of the whole problem.
        index: (K, n) the step that each row of a window is. real: (K, n) whether there is such a step.
        begins: (n,) whether a window begins at the initial state.
    """

    problem: Problem
    steps: int
    batch: int
    index: AnyArray
    real: AnyArray
    begins: AnyArray

    def gather(self, found: Gradients) -> Gradients:
        """The gradients of the whole problem from those of the windows."""
        steps = {name: self._back(value) for name, value in found.steps.items()}
        starts = {name: self._begun(value) for name, value in found.starts.items()}
        return Gradients(found.parameters, steps, starts)

    def _back(self, value: FloatArray) -> FloatArray:
        length, count = self.index.shape
        parts = value.reshape(length, count, self.batch, value.shape[-1])
        out = np.zeros((self.steps, self.batch, value.shape[-1]), value.dtype)
        np.add.at(out, self.index[self.real], parts[self.real])
        return out

    def _begun(self, value: FloatArray) -> FloatArray:
        parts = value.reshape(-1, self.batch, value.shape[-1])[self.begins]
        return np.asarray(parts.sum(axis=0))

    def spread(self, name: str, value: FloatArray) -> FloatArray:
        """A direction of one quantity of the whole problem, as a direction of the windows."""
        if name in {f"d{start}" for start in self.problem.starts}:
            parts = np.where(self.begins[:, None, None], value, 0.0)
            return np.asarray(parts.reshape(-1, value.shape[-1]))
        if value.ndim != 3:
            return value
        parts = np.where(self.real[:, :, None, None], value[self.index], 0.0)
        return np.asarray(parts.reshape(len(self.index), -1, value.shape[-1]))


def _plan(kind: str, length: int, steps: int) -> tuple[AnyArray, AnyArray, AnyArray]:
    """First step of every window, the step of each of its rows, and which rows' losses count in it."""
    rows = np.arange(length)[:, None]
    if kind == CHUNKED:
        first = np.arange(0, steps, length)
        index = first + rows
        return first, index, index < steps
    last = np.arange(steps)
    first = np.maximum(last - length + 1, 0)
    index = first + rows
    return first, index, index == last


def windows_of(problem: Problem, trace: Trace) -> Windows:
    """The windows of a truncated problem.

    Args:
        problem: with `settings.truncation`. trace: of its whole forward pass, which the windows begin from.
    """
    assert problem.settings.truncation is not None
    kind, wanted = problem.settings.truncation
    steps, batch = problem.sizes["T"], problem.sizes["B"]
    first, index, counted = _plan(kind, min(wanted, steps), steps)
    real = index < steps
    inside = np.minimum(index, steps - 1)

    def cut(array: AnyArray) -> AnyArray:
        parts = array[inside]
        return freeze(parts.reshape(len(index), -1, *array.shape[2:]))

    weights = np.where(counted[:, :, None], problem.loss_weights[inside], 0).reshape(len(index), -1)
    starts = {}
    for name, value in problem.starts.items():
        states = np.concatenate([value[None], trace.steps[state_of(name)].astype(value.dtype)])
        starts[name] = freeze(states[first].reshape(-1, value.shape[-1]))
    part = replace(
        problem,
        x=cut(problem.x),
        target=cut(problem.target),
        loss_weights=freeze(weights, problem.loss_weights.dtype),
        starts=starts,
        settings=replace(problem.settings, truncation=None, clip=None),
    )
    return Windows(part, steps, batch, inside, real, first == 0)


def through_windows(problem: Problem, trace: Trace, run: Callable[[Problem], Gradients]) -> Gradients:
    """Gradients of a truncated problem, by a function that gives those of a problem without truncation."""
    windows = windows_of(problem, trace)
    return windows.gather(run(windows.problem))


def check_truncation(kind: str, length: int) -> None:
    """Raise `InputError` for a truncation that is none."""
    if kind not in KINDS or type(length) is not int or length < 1:
        raise InputError(
            f"truncation is {(kind, length)!r}; expected ('sliding', K) or ('chunked', K) with K of at least 1"
        )
