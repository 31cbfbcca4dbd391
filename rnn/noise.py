"""The measured noise floor: how far correct code may stray at this very point, for this very network.

A correct gradient, by hand or by autodiff, is the exact gradient of a network whose numbers and intermediate
values are perturbed by a few roundings. So the reference loop is run again with everything perturbed by random
roundings of the precision in question, and what that changes is the floor. A formula could not know how the
network amplifies them: at a recurrent scale of 3 the float32 noise can reach the size of the gradient itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from .arrays import FloatArray, Gradients, Trace, base_of
from .clipping import NORM, VALUE, factors
from .handwritten import forward, run_by_hand
from .problem import Problem
from .products import factors_of, record_lookup, side_by_side
from .stacking import Unit
from .truncation import through_windows
from .units import rms, step_rms

DRAWS = 4
"""Perturbed runs. One alone let 64 of 36,894 correct time steps alarm, four none."""

SUMMATION_SHARE = 0.1
"""A sum of n terms errs by at most n u sum |terms|; ten floors (the limit of `agrees`) make exactly that bound."""

FUNCTION_ERROR = 4.0
"""Accuracy of elementary functions in roundings: XLA's tanh and NumPy's differ by up to four units in the last place."""

BLIND = 0.1
"""Relative noise from which a precision cannot judge."""

CARRY_MARGIN = 10.0
"""What is carried counts this much more than its measured size when its noise is passed on."""

ROUNDOFF = {"float64": 2.0**-53, "float32": 2.0**-24}
TINY = {"float64": float(np.finfo("float64").tiny), "float32": float(np.finfo("float32").tiny)}


@dataclass(frozen=True, eq=False)
class Noise:
    """Rounding noise by quantity, root mean square, in the quantity's unit.

    Attributes:
        whole: of a parameter's gradient or `dh0`, one number.
        steps: of a per-step gradient, (T,).
        carried: relative noise (T,) of what a unit carries (dL/dh, dL/dc), by the unit's suffix; everything behind inherits it.
        overflows: quantities that are not finite in the precision of the run although they are in float64.
        dtype: the precision.
    """

    whole: Mapping[str, float]
    steps: Mapping[str, FloatArray]
    carried: Mapping[str, FloatArray]
    overflows: frozenset[str]
    dtype: str


def amplitude(problem: Problem) -> float:
    """Perturbation in roundings: the error of a dot product of n terms grows like sqrt(n)."""
    return float(np.sqrt(1 + max(problem.sizes[name] for name in "DHK") / 16))


def jitter(array: FloatArray, size: float, rng: np.random.Generator, least: float = 0.0) -> FloatArray:
    """The array, each entry moved by a half to a whole of `size` times the larger of its own magnitude and `least`.

    Never by less: beside a gate that has saturated, 1 - o is a few roundings, and a small move of o would round to none.
    """
    draw = rng.uniform(-1, 1, array.shape)
    moved: FloatArray = array + size * (draw + np.sign(draw)) / 2 * np.maximum(np.abs(array), least)
    return moved


def _perturbed(problem: Problem, size: float, rng: np.random.Generator) -> Gradients:
    """The gradient of a network whose every number is off by a few roundings."""
    if problem.settings.truncation is not None:
        return through_windows(problem, forward(problem), lambda part: _perturbed(part, size, rng))
    network = problem.network
    params, starts = (
        {name: jitter(value, size, rng) for name, value in arrays.items()}
        for arrays in (problem.parameters, problem.starts)
    )
    x = jitter(problem.x, size, rng)
    trace = network.forward(params, x, starts, problem.target, problem.loss_weights)
    least = 1.0 if network.cell_object.saturates else 0.0
    steps = {name: jitter(value, FUNCTION_ERROR * size, rng, least) for name, value in trace.steps.items()}
    loss = network.loss_object
    term = loss.magnitude(trace.y, problem.target) * loss.share(problem.loss_weights)
    dy = (
        loss.gradient(trace.y, problem.target, problem.loss_weights)
        + FUNCTION_ERROR * size * rng.uniform(-1, 1, term.shape) * term
    )
    return network.backward(params, Trace(steps, trace.y, trace.loss), x, starts, dy)


def _summation(problem: Problem, trace: Trace, gradients: Gradients) -> dict[str, float]:
    """Rounding of the sums over t and b by parameter gradient: n u sum |terms|, times the share."""
    scale = SUMMATION_SHARE * problem.sizes["T"] * problem.sizes["B"] * ROUNDOFF[problem.dtype]
    result = {}
    record = record_lookup(trace.steps, problem.x)
    found = factors_of(problem.network, record, gradients.steps.__getitem__, problem.starts)
    for name, blocks in found.items():
        result[f"d{name}"] = scale * float(rms(side_by_side(blocks, lambda block: block.absolute().total())))
    return result


def _unjudged(
    problem: Problem, trace: Trace, gradients: Gradients, carried: Mapping[str, FloatArray]
) -> dict[str, float]:
    """What of each parameter's gradient is summed from steps that can't be judged, where there are such steps.

    Sums of noise are noise: without this a parameter would be judged by four draws where its every share is beyond them.
    """
    if not any((noise >= BLIND).any() for noise in carried.values()):
        return {}
    network, found = problem.network, {}

    def weighed(name: str) -> FloatArray:
        suffix = base_of(name)[1]
        every = np.max(list(carried.values()), axis=0)
        noise = np.zeros(len(every)) if name == "dy" else carried.get(suffix, every)
        return gradients.steps[name] * np.where(noise >= BLIND, noise, 0.0)[:, None, None]

    blocks = factors_of(network, record_lookup(trace.steps, problem.x), weighed, problem.starts)
    for name, parts in blocks.items():
        if name in problem.parameters:
            found[f"d{name}"] = float(rms(side_by_side(parts, lambda block: block.absolute().total())))
    return found


def measure(problem: Problem) -> Noise:
    """Measure the noise floor of a problem in its own precision."""
    wide = problem.cast("float64")
    clip, wide = wide.settings.clip, replace(wide, settings=replace(wide.settings, clip=None))
    trace, base = run_by_hand(wide)
    size = amplitude(problem) * ROUNDOFF[problem.dtype]
    runs = []
    with np.errstate(all="ignore"):
        for rng in np.random.default_rng(20141201).spawn(DRAWS):
            runs.append(_perturbed(wide, size, rng))
        overflows: set[str] = set()
        if problem.dtype != "float64":
            narrow = run_by_hand(replace(problem, settings=wide.settings))[1]
            runs.append(narrow)
            finite = {name for name, value in base.named().items() if np.isfinite(value).all()}
            overflows = {
                name for name, value in narrow.named().items() if name in finite and not np.isfinite(value).all()
            }
        sums = _summation(problem, trace, base)
        whole, steps = {}, {}
        for name, value in base.named().items():
            moved = [run.named()[name] - value for run in runs if name not in overflows or run is not runs[-1]]
            if name in base.steps:
                steps[name] = np.max([step_rms(change) for change in moved], axis=0)
            else:
                measured = float(np.max([rms(change) for change in moved]))
                # A perturbed run that overflows tells that nothing is known, not that there is no noise.
                whole[name] = max(sums.get(name, 0.0), measured) if np.isfinite(measured) else float("inf")
    if clip is not None:
        whole = _clipped(whole, base.parameters, clip)
    units = {unit.suffix: carried_by(problem, base, steps, unit) for unit in problem.network.units}
    for name, part in _unjudged(problem, trace, base, units).items():
        whole[name] = max(whole[name], part)
    return Noise(whole, steps, units, frozenset(overflows), problem.dtype)


def _clipped(
    whole: Mapping[str, float], parameters: Mapping[str, FloatArray], clip: tuple[str, float]
) -> dict[str, float]:
    """The floors of clipped gradients: a norm clip shrinks the noise, and passes the noise of the norm to all of them."""
    shrink = factors(parameters, clip)
    found = {name: value * shrink.get(name, 1.0) for name, value in whole.items()}
    if clip[0] == VALUE:
        return found
    noise = {name: whole[name] * np.sqrt(value.size) for name, value in parameters.items()}
    norms = {name: float(np.linalg.norm(value)) for name, value in parameters.items()}
    groups = [list(parameters)] if clip[0] == NORM else [[name] for name in parameters]
    for names in groups:
        total = float(np.linalg.norm([norms[name] for name in names]))
        relative = float(np.linalg.norm([noise[name] for name in names])) / total if total else 0.0
        for name in (one for one in names if shrink[one] < 1.0):
            found[name] += relative * shrink[name] * float(rms(parameters[name]))
    return found


def carried_by(problem: Problem, base: Gradients, steps: Mapping[str, FloatArray], unit: Unit) -> FloatArray:
    """Relative noise s (T,) of what one unit carries: the largest over its states, and it only grows on its way back."""
    states = problem.network.cell_object.carried
    found = [_carried_state(problem, base, steps, unit, f"d{state}") for state in states]
    return np.asarray(np.max(found, axis=0))


def _carried_state(
    problem: Problem, base: Gradients, steps: Mapping[str, FloatArray], unit: Unit, name: str
) -> FloatArray:
    """Relative noise s (T,) of dL/dh, walking back: s_t = max(noise_t / |dh_t|, s_{t+1} |dh_next_t| / |dh_t|), at most 1.

    Noise only grows on its way back, so four draws that happen to cancel at one step don't make it smaller. It counts
    for as much as what is carried counts beside the fresh gradient from the output. A gradient that is exactly 0 where
    the noise is not is noise altogether.
    """
    least = TINY[problem.dtype] / ROUNDOFF[problem.dtype]
    whole, arriving = name + unit.suffix, f"{name}_next{unit.suffix}"
    size, carry = step_rms(base.steps[whole]), step_rms(base.steps[arriving]) + steps[arriving]
    with np.errstate(all="ignore"):
        own = np.where(size > least, steps[whole] / size, steps[whole] > least)
        weight = np.where(size > least, CARRY_MARGIN * carry / size, 1.0)
    own, weight = (np.fmin(np.nan_to_num(values, nan=1.0), 1.0) for values in (own, weight))
    result, later = np.empty(len(own)), 0.0
    for t in range(len(own)) if unit.reverse else reversed(range(len(own))):
        later = max(float(own[t]), later * float(weight[t]))
        result[t] = later
    return result
