"""Where the truth about a case comes from: JAX on the declared network, JAX on the user's own step, or the code's own loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from . import oracle
from .arrays import AnyArray, FloatArray, Gradients, Trace
from .by_differences import SENTENCE, compare_by_differences
from .cases import Case
from .compare import Comparison
from .errors import InputError
from .noise import Noise, measure
from .problem import Problem


@runtime_checkable
class Truths(Protocol):
    """The port to truths that need the user's code: a job."""

    def truth(self, case: Case, problem: Problem) -> tuple[Trace, Gradients, Noise, Mapping[str, FloatArray]]:
        """JAX on the user's own step, and the noise of its forward pass."""

    def differences(self, case: Case, problem: Problem) -> tuple[Mapping[str, FloatArray], Mapping[str, FloatArray]]:
        """Slopes of the user's own loss, and their errors."""


@dataclass(frozen=True, eq=False)
class Truth:
    """What is taken for right.

    Attributes:
        trace, gradients: of the problem. floor: measures the noise of a problem.
        ahead: noise of the forward pass, where the program itself can't measure it.
        ours: whether the program itself knows the equations, so that central differences of them can be asked.
    """

    trace: Trace
    gradients: Gradients
    floor: Callable[[Problem], Noise]
    ours: bool
    ahead: Mapping[str, FloatArray] | None = None


def _port(runner: object) -> Truths:
    if not isinstance(runner, Truths):
        raise InputError("this case brings its own truth, and nothing was given to compute it with")
    return runner


def jax_truth(problem: Problem, case: Case | None, runner: object, say: Callable[[str], None]) -> Truth:
    """JAX on the declared network, or in a job on the step that the case declares.

    Raises:
        InputError: the step raises or makes what can't be used; says so with its line.
    """
    if problem.cell != "own" or case is None:
        return Truth(*oracle.reference(problem, say), measure, True)
    port = _port(runner)
    trace, gradients, noise, ahead = port.truth(case, problem)

    def floor(one: Problem) -> Noise:
        return noise if one is problem else port.truth(case, one)[2]

    return Truth(trace, gradients, floor, False, ahead)


def differences_truth(
    problem: Problem, case: Case, runner: object, hand: Mapping[str, AnyArray], loss: float | None
) -> tuple[tuple[Trace, Gradients], Comparison, tuple[str, ...]]:
    """Central differences of the code's own loss as truth, what comparing with them gives, and notes for the user."""
    if problem.dtype != "float64":
        raise InputError("central differences of a float32 loss tell nothing; run the case in float64")
    slopes, errors = _port(runner).differences(case, problem)
    comparison, notes = compare_by_differences(problem, hand, slopes, errors)
    sizes = problem.sizes
    y = hand.get("y", np.full((sizes["T"], sizes["B"], sizes["K"]), np.nan))
    starts, parameters = (
        {name: value for name, value in slopes.items() if name[1:] in known}
        for known in (problem.starts, problem.parameters)
    )
    steps = {name: value for name, value in slopes.items() if name == "dx"}
    trace = Trace({}, y, float("nan") if loss is None else loss)
    return (trace, Gradients(parameters, steps, starts)), comparison, (SENTENCE, *notes)
