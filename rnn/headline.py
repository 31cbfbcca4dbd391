"""What a result says in words: the overall verdict, the headline, the remark on the forward pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .arrays import AnyArray, Trace, base_of
from .problem import Problem
from .results import FirstDivergence, QuantityReport
from .units import rms

FORWARD_LIMIT = {"float64": 1e-6, "float32": 1e-3}
"""Relative difference of outputs from which two forward passes are different functions, not roundings."""

MOST_NAMES = 4
"""Longer lists of names are counted instead."""


def overall(reports: Sequence[QuantityReport]) -> str:
    """`differ` where anything is wrong, else `undecided` where anything is, else `agree`."""
    if any(report.wrong for report in reports):
        return "differ"
    return "undecided" if any(report.verdict == "undecided" for report in reports) else "agree"


def _names(reports: Sequence[QuantityReport]) -> str:
    names = [report.name for report in reports]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def headline(reports: Sequence[QuantityReport], first: FirstDivergence | None, sizes: Mapping[str, int]) -> str:
    """One or two sentences: what is wrong, what is right, from which step on."""
    wrong = [report for report in reports if report.wrong]
    undecided = [report for report in reports if report.verdict == "undecided"]
    if not wrong and not undecided:
        same = all(report.verdict == "identical" for report in reports)
        return "All gradients are bit-identical." if same else "All gradients agree within rounding."
    if not wrong:
        what = _names(undecided) if len(undecided) <= MOST_NAMES else f"{len(undecided)} of {len(reports)} gradients"
        return f"No gradient is called wrong, but {what} cannot be judged: {undecided[0].note}."
    parameters = [report for report in reports if report.kind == "parameter"]
    bad = [report for report in parameters if report.wrong] or wrong
    good = [report for report in parameters if report.verdict in ("identical", "agrees")]
    sentence = f"{_names(bad)} {'is' if len(bad) == 1 else 'are'} wrong"
    sentence += f"; {_names(good)} {'is' if len(good) == 1 else 'are'} right." if good else "."
    factors = {report.note for report in bad if report.verdict == "factor"}
    if len(factors) == 1 and all(report.verdict == "factor" for report in bad):
        sentence += f" Hand is {factors.pop()}."
    if first is not None:
        last = sizes["T"] - 1
        where = "already at the last step" if first.t == last else f"the {last - first.t} later steps are right"
        if last - first.t == 1:
            where = "the last step is right"
        sentence += f" Walking back from the last step, {first.quantity} differs first at t = {first.t} ({where})."
    return sentence


def overflow_note(trace: Trace) -> tuple[str, ...]:
    """Where the reference's own forward pass leaves the range of float64."""
    states = [value for name, value in trace.steps.items() if base_of(name)[0] == "h"]
    bad = ~np.all([np.isfinite(value).all(axis=(1, 2)) for value in states], axis=0)
    if not bad.any():
        return ()
    return (
        f"the forward pass overflows: h is not finite from step t = {int(np.argmax(bad))} on; use smaller weights or fewer steps",
    )


def forward_note(values: Mapping[str, AnyArray], loss: float | None, trace: Trace, problem: Problem) -> tuple[str, ...]:
    """A remark where the code's own forward pass computes something else: its gradient is then of another function."""
    if overflow_note(trace):
        return overflow_note(trace)
    limit = FORWARD_LIMIT[problem.dtype]
    for name, reference in {**trace.steps, "y": trace.y}.items():
        found = values.get(name)
        if found is None:
            continue
        if found.shape != reference.shape:
            return (f"the code's {name} has the shape {found.shape}, the declared network's {reference.shape}",)
        gap, size = float(rms(np.asarray(found, "float64") - reference)), float(rms(reference))
        if not gap <= limit * max(size, limit):
            return (
                f"the forward passes differ: {name} is off by {gap:.2g} (its size is {size:.2g}), so these are gradients "
                "of another function; check cell, activation and layout in the declaration",
            )
    if loss is not None and not abs(loss - trace.loss) <= limit * max(abs(trace.loss), limit):
        return (
            f"the losses differ: the code's is {loss:.9g}, the declared one {trace.loss:.9g}; check the loss declared",
        )
    return ()
