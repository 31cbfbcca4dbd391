"""The noise floor by JAX alone, for a cell whose backward pass nobody but the user has written."""

from __future__ import annotations

import numpy as np

from ..arrays import FloatArray, Gradients, Trace
from ..noise import DRAWS, FUNCTION_ERROR, ROUNDOFF, Noise, amplitude, carried_by, jitter
from ..problem import Problem
from ..units import rms, step_rms
from .programs import gradients_at, inputs_of, run

SUMS = 3.0
"""Margin for the order of sums over time and samples, which nothing is known about here."""


def measure_by_jax(problem: Problem) -> Noise:
    """As `rnn.noise.measure`: weights, inputs and every tapped value are moved by roundings of the problem's precision."""
    wide = problem.cast("float64")
    trace, base = run(wide, None)
    size = amplitude(problem) * ROUNDOFF[problem.dtype]
    runs = [_perturbed(wide, trace, size, rng) for rng in np.random.default_rng(20141201).spawn(DRAWS)]
    with np.errstate(all="ignore"):
        whole, steps = {}, {}
        for name, value in base.named().items():
            moved = [found.named()[name] - value for found in runs]
            if name in base.steps:
                steps[name] = SUMS * np.max([step_rms(change) for change in moved], axis=0)
            else:
                measured = SUMS * float(np.max([rms(change) for change in moved]))
                whole[name] = measured if np.isfinite(measured) else float("inf")
        units = {unit.suffix: carried_by(problem, base, steps, unit) for unit in problem.network.units}
    return Noise(whole, steps, units, frozenset(), problem.dtype)


def _perturbed(problem: Problem, trace: Trace, size: float, rng: np.random.Generator) -> Gradients:
    inputs = inputs_of(problem)
    for kind in ("params", "starts"):
        inputs[kind] = {name: jitter(value, size, rng) for name, value in inputs[kind].items()}
    inputs["x"] = jitter(inputs["x"], size, rng)
    shapes = problem.network.probe_shapes(problem.sizes)
    inputs["probes"] = {name: _probe(name, shape, trace, size, rng) for name, shape in shapes.items()}
    return gradients_at(problem, inputs)


def _probe(name: str, shape: tuple[int, ...], trace: Trace, size: float, rng: np.random.Generator) -> FloatArray:
    """A rounding of what a probe is added to."""
    value = trace.y if name == "y" else trace.steps.get(name.removesuffix("_out").removesuffix("_next"))
    zero = np.zeros(shape)
    return zero if value is None else np.asarray(jitter(value, FUNCTION_ERROR * size, rng, 1.0) - value)
