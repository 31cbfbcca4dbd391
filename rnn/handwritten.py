"""The program's own BPTT by hand: what is checked when the user has no file of their own."""

from __future__ import annotations

import numpy as np

from .arrays import Gradients, Trace
from .clipping import clipped
from .problem import Problem
from .truncation import through_windows

BUILT_IN = "built-in BPTT"
"""What it is called."""


def run_by_hand(problem: Problem) -> tuple[Trace, Gradients]:
    """Forward trace and all gradients in plain NumPy, in the precision of the problem's arrays.

    Overflow is no error here: it shows as infinities in the result.
    """
    with np.errstate(all="ignore"):
        trace = forward(problem)
        if problem.settings.truncation is None:
            found = backward(problem, trace)
        else:
            found = through_windows(problem, trace, lambda part: backward(part, forward(part)))
        return trace, clipped(found, problem.settings.clip)


def forward(problem: Problem) -> Trace:
    """The forward pass of a problem."""
    return problem.network.forward(problem.parameters, problem.x, problem.starts, problem.target, problem.loss_weights)


def backward(problem: Problem, trace: Trace) -> Gradients:
    """The whole backward pass, whatever truncation and clip are set."""
    network = problem.network
    dy = network.loss_object.gradient(trace.y, problem.target, problem.loss_weights)
    return network.backward(problem.parameters, trace, problem.x, problem.starts, dy)
