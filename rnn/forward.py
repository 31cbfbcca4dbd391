"""The user's forward pass against the reference's: one report a quantity, in the order in which a forward pass makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .arrays import AnyArray, FloatArray, Trace, base_of
from .handwritten import forward
from .noise import BLIND, ROUNDOFF
from .problem import Problem
from .results import FORWARD, QuantityReport
from .stacking import REVERSE
from .units import step_rms

LIMIT = {"float64": 1e-6, "float32": 1e-3}
"""Relative difference from which two forward passes are different functions, not roundings."""

NOISE_MARGIN, NOISE_RUNS, ROUNDINGS = 100.0, 4, 4.0
"""Runs with everything off by a few roundings; a difference up to so many times what that changes is none."""

STATES = ("h", "c")

RATIO = 10.0
"""Reports give differences in floors, of which ten are rounding: a floor is a tenth of the limit."""

LOSS = "loss"
SAME_STEPS = "all its steps are equal, as if one array had been appended again and again"


@dataclass(frozen=True, eq=False)
class Forward:
    """What comparing the forward passes found.

    Attributes:
        reports: of kind `forward`, in the order of the pass. curves: by quantity: hand, reference, difference, floor (T,).
        first: the first wrong one, None where all agree. note: why nothing could be compared, empty where it could.
    """

    reports: tuple[QuantityReport, ...]
    curves: Mapping[str, Mapping[str, FloatArray]]
    first: QuantityReport | None = None
    note: str = ""


def overflow_note(trace: Trace) -> tuple[str, ...]:
    """Where the reference's own forward pass leaves the range of float64."""
    for name, value in trace.steps.items():
        if base_of(name)[0] == "h" and not (good := np.isfinite(value).all(axis=(1, 2))).all():
            t = int(np.argmin(good))
            return (
                f"the forward pass overflows: {name} is not finite from step t = {t} on; use smaller weights or fewer steps",
            )
    return ()


def forward_values(trace: Trace) -> dict[str, AnyArray]:
    """Everything per step that a forward pass makes, in its order: pre-activations, gates, states, y."""
    return {**trace.steps, "y": trace.y}


def compare_forward(
    values: Mapping[str, AnyArray],
    loss: float | None,
    trace: Trace,
    problem: Problem,
    noise: Mapping[str, FloatArray] | None = None,
) -> Forward:
    """Compare what the user's forward pass returned with the reference's.

    Args: values: by name, in the program's layout. loss: None where none was returned. trace: the reference's. problem: of both.
        noise: as `forward_noise` measures it, where the program can't.
    """
    overflow = overflow_note(trace)
    if overflow:
        return Forward((), {}, None, overflow[0])
    known = forward_values(trace)
    shared = [name for name in known if name in values]
    reports, curves = [], {}
    for name in shared:
        hand, reference = np.asarray(values[name]), known[name]
        if hand.shape != reference.shape:
            note = f"found the shape {hand.shape}, expected {reference.shape}"
            reports.append(QuantityReport(name, FORWARD, reference.shape, hand.shape, "shape", note))
            continue
        limit = _limits(reference, problem.dtype)
        if not (_gap(hand, reference) <= limit).all():  # not a number is no agreement
            noise = forward_noise(problem) if noise is None else noise
            limit = np.maximum(limit, NOISE_MARGIN * noise[name])
        report, curves[name] = _report(name, hand, reference, limit)
        reports.append(report)
    if loss is not None:
        report = _loss_report(loss, trace, problem, 0.0)
        if report.wrong:
            noise = forward_noise(problem) if noise is None else noise
            report = _loss_report(loss, trace, problem, NOISE_MARGIN * float(noise[LOSS][0]))
        reports.append(report)
    first = next((report for report in reports if report.wrong), None)
    note = "" if reports else "the code returned nothing of its forward pass; return y, h or loss to have it compared"
    return Forward(tuple(reports), curves, first, note)


def _gap(hand: AnyArray, reference: AnyArray) -> FloatArray:
    with np.errstate(all="ignore"):
        return step_rms(np.asarray(hand, "float64") - reference)


def _limits(reference: AnyArray, dtype: str) -> FloatArray:
    """Differences (T,) up to which a step agrees."""
    limit = LIMIT[dtype]
    size: FloatArray = np.maximum(step_rms(reference), limit)
    return limit * size


def forward_noise(problem: Problem) -> dict[str, FloatArray]:
    """What a few roundings of everything change in each quantity, (T,): a forward pass may amplify them beyond measure.

    Where they have changed a good part of a state, rounding decides: infinite there and at all steps behind.
    """
    wide, size = problem.cast("float64"), ROUNDINGS * ROUNDOFF[problem.dtype]
    with np.errstate(all="ignore"):
        trace = forward(wide)
        runs = [forward(problem)] if problem.dtype != "float64" else []
        runs += [_moved(wide, size, rng) for rng in np.random.default_rng(20141202).spawn(NOISE_RUNS)]
        base, others = forward_values(trace), [forward_values(run) for run in runs]
        found: dict[str, FloatArray] = {
            name: np.max([_gap(other[name], value) for other in others], axis=0) for name, value in base.items()
        }
        found[LOSS] = np.max([[abs(run.loss - trace.loss)] for run in runs], axis=0)
    states = [name for name in base if base_of(name)[0] in STATES]
    lost = np.any([~(NOISE_MARGIN * found[name] <= BLIND * step_rms(base[name])) for name in states], axis=0)
    blind = np.full_like(lost, lost.any()) if problem.network.bidirectional else np.maximum.accumulate(lost)
    found |= {name: np.where(blind, np.inf, found[name]) for name in base}
    return found if np.isfinite(found[LOSS]).all() and not blind.any() else {**found, LOSS: np.full(1, np.inf)}


def _moved(problem: Problem, size: float, rng: np.random.Generator) -> Trace:
    """A run with every number off by a few roundings."""

    def moved(array: AnyArray) -> AnyArray:
        made: AnyArray = array + size * rng.uniform(-1, 1, array.shape) * np.abs(array)
        return made

    parameters = {name: moved(value) for name, value in problem.parameters.items()}
    starts = {name: moved(value) for name, value in problem.starts.items()}
    return problem.network.forward(parameters, moved(problem.x), starts, problem.target, problem.loss_weights)


def _report(
    name: str, hand: AnyArray, reference: AnyArray, limit: FloatArray
) -> tuple[QuantityReport, Mapping[str, FloatArray]]:
    gap, floor = _gap(hand, reference), limit / RATIO
    wrong = np.flatnonzero(~((gap <= limit) | np.isinf(limit)))
    with np.errstate(all="ignore"):
        difference = np.asarray(hand, "float64") - reference
        size = np.maximum(np.abs(hand), np.abs(reference))
        relative = np.where(size > 0, np.abs(difference) / size, 0.0)
        ratio = np.where(np.isinf(limit), 0.0, np.nan_to_num(gap / floor, nan=np.inf))
    absolute = np.where(np.isnan(difference), np.inf, np.abs(difference))
    worst = int(np.argmax(absolute))
    where, lost = max if name.endswith(REVERSE) else min, bool(np.isinf(limit).any())
    with np.errstate(all="ignore"):
        sums = float(absolute.sum()), float(np.nan_to_num(difference).sum())
    equal = (
        len(hand) > 1 and len(wrong) and bool((hand == hand[:1]).all()) and not bool((reference == reference[:1]).all())
    )
    note = SAME_STEPS if equal else f"from t = {int(np.argmax(np.isinf(limit)))} on rounding decides" if lost else ""
    report = QuantityReport(
        name, FORWARD, reference.shape, hand.shape, "differs" if len(wrong) else "agrees", note,
        floor=float(floor[int(np.argmax(ratio))]), ratio=float(ratio.max()), max_abs=float(absolute.max()),
        sum_abs=sums[0], sum_signed=sums[1], max_rel=float(np.nan_to_num(relative, nan=2.0).max()),
        worst_index=tuple(int(i) for i in np.unravel_index(worst, absolute.shape)),
        first_wrong_t=int(where(wrong)) if len(wrong) else None,
    )  # fmt: skip
    return report, {"hand": step_rms(hand), "reference": step_rms(reference), "difference": gap, "floor": floor}


def _loss_report(loss: float, trace: Trace, problem: Problem, noise: float) -> QuantityReport:
    gap, size = abs(loss - trace.loss), max(abs(loss), abs(trace.loss))
    limit = LIMIT[problem.dtype] * max(abs(trace.loss), LIMIT[problem.dtype])
    # A loss may be a small difference of large terms, or a sum over states that have drifted by rounding.
    terms = problem.sizes["T"] * problem.sizes["K"] * ROUNDOFF[problem.dtype] * _loss_terms(trace, problem)
    limit = max(limit, 16 * terms, noise)
    agrees = bool(gap <= limit or np.isinf(limit))
    return QuantityReport(
        LOSS, FORWARD, (), (), "agrees" if agrees else "differs", floor=limit / RATIO,
        ratio=0.0 if np.isinf(limit) else float(gap / limit * RATIO),
        max_abs=float(gap), sum_abs=float(gap), sum_signed=float(loss - trace.loss),
        max_rel=float(gap / size) if size else 0.0, worst_index=(),
    )  # fmt: skip


def _loss_terms(trace: Trace, problem: Problem) -> float:
    """The size of what a loss adds up."""
    loss = problem.network.loss_object
    with np.errstate(all="ignore"):
        entries = np.abs(loss.entries(trace.y, problem.target, np))
        total = float((entries * loss.share(problem.loss_weights)[:, :, 0]).sum())
    return total if np.isfinite(total) else 0.0


def first_words(forward: Forward, trace: Trace, loss: float | None) -> str:
    """What is wrong first, with sizes; empty where nothing is."""
    first = forward.first
    if first is None:
        return ""
    if first.name == LOSS:
        return f"the code's loss is {loss:.9g}, the declared one {trace.loss:.9g}"
    if first.verdict == "shape":
        return f"the code's {first.name} has the shape {first.hand_shape}, the declared network's {first.shape}"
    t = first.first_wrong_t or 0
    off, size = (float(forward.curves[first.name][kind][t]) for kind in ("difference", "reference"))
    note = f"; {first.note}" if first.note else ""
    return f"{first.name} is off by {off:.2g} at t = {t} (its size there is {size:.2g}){note}"
