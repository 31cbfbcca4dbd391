"""The oracle: the same equations under JAX. The only room that imports JAX, and it does so late.

`import rnn.oracle` costs nothing; JAX is loaded by the first call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..arrays import FloatArray, Gradients, Trace
from ..clipping import clipped
from ..handwritten import forward
from ..noise import Noise
from ..problem import Problem
from ..truncation import through_windows

Say = Callable[[str], None]


def reference(problem: Problem, say: Say | None = None) -> tuple[Trace, Gradients]:
    """Loss, forward trace and all gradients of a problem by JAX, in float64.

    Args:
        problem: with the truncation and the clip of its settings; its numbers are taken as they are (float32 is
            widened exactly).
        say: told when a program has to be compiled for new sizes.

    Raises:
        InputError: when JAX runs out of memory.
    """
    from .programs import run

    if problem.settings.truncation is None:
        trace, gradients = run(problem, say)
    else:
        wide = problem.cast("float64")
        trace = forward(wide)
        gradients = through_windows(wide, trace, lambda part: run(part, say)[1])
    return trace, clipped(gradients, problem.settings.clip)


def noise_of(problem: Problem) -> Noise:
    """The noise floor of a network that has no backward pass by hand: JAX itself with every number perturbed."""
    from .perturbed import measure_by_jax

    return measure_by_jax(problem)


def step_jacobian_norms(problem: Problem, sample: int, steps: Sequence[int]) -> FloatArray:
    """Spectral norm of dh_t/dh_(t-1) for one sample, at each of some steps; at t = 0 with respect to h0.

    Raises:
        InputError: no such sample or step.
    """
    from .jacobian import step_jacobian_norms as norms

    return norms(problem, sample, steps)


def versions() -> dict[str, str]:
    """Versions and device of the oracle."""
    from .setup import jax

    return {"jax": jax.__version__, "device": str(jax.devices()[0])}
