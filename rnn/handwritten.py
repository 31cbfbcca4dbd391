"""The program's own BPTT by hand: what is checked when the user has no file of their own."""

from __future__ import annotations

import numpy as np

from .arrays import Gradients, Trace
from .problem import Problem

BUILT_IN = "built-in BPTT"
"""What it is called."""


def run_by_hand(problem: Problem) -> tuple[Trace, Gradients]:
    """Forward trace and all gradients in plain NumPy, in the precision of the problem's arrays.

    Overflow is no error here: it shows as infinities in the result.
    """
    network = problem.network
    with np.errstate(all="ignore"):
        trace = network.forward(problem.parameters, problem.x, problem.h0, problem.target, problem.loss_weights)
        dy = network.loss_object.gradient(trace.y, problem.target, problem.loss_weights)
        return trace, network.backward(problem.parameters, trace, problem.x, problem.h0, dy)
