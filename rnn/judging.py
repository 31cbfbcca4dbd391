"""Hand against reference with everything a verdict may need: the noise, a second run in float64, central differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from .arrays import AnyArray, FloatArray, Gradients
from .checks import Progress
from .compare import Comparison, compare_on
from .noise import Noise, measure
from .numerical import sides_with
from .problem import Problem
from .results import PARAMETER, QuantityReport

THIRD_OPINION_LIMIT = 200_000
"""Steps times samples up to which central differences are asked by themselves; each costs four forward passes."""

Values = Mapping[str, AnyArray]


def _third_opinion(
    reports: tuple[QuantityReport, ...],
    hand: Values,
    reference: Mapping[str, FloatArray],
    problem: Problem,
    say: Progress,
) -> tuple[QuantityReport, ...]:
    """Ask central differences about every quantity that is called wrong."""
    if problem.sizes["T"] * problem.sizes["B"] > THIRD_OPINION_LIMIT:
        return reports
    asked = []
    for report in reports:
        if report.wrong and report.verdict != "shape":
            say(f"Asking central differences about {report.name}", None)
            rng = np.random.default_rng(7)
            if problem.settings.clip is not None and report.kind == PARAMETER:
                asked.append(report)  # what is clipped is no derivative any more
                continue
            side = sides_with(problem, report.name, hand[report.name], reference[report.name], rng)
            report = replace(report, sides_with=side)
        asked.append(report)
    return tuple(asked)


def with_loss(noise: Noise, lost: Mapping[str, float]) -> Noise:
    """The noise floor of whole gradients, raised by what was lost before they could be compared."""
    return replace(noise, whole={name: size + lost.get(name, 0.0) for name, size in noise.whole.items()})


def judged(
    problem: Problem,
    hand: Values,
    gradients: Gradients,
    again: Callable[[Problem], Values] | None,
    say: Progress,
    lost: Mapping[str, float] | None = None,
    floor: Callable[[Problem], Noise] = measure,
    third: bool = True,
) -> Comparison:
    """Compare hand and JAX, and ask for what a verdict needs besides.

    Args:
        problem: that both ran on. hand: what the hand-written code returned. gradients: the reference.
        again: runs the hand-written code on another problem; None where it can't do another precision. say: is told what is being done.
        floor: measures the noise of a problem. third: whether central differences of the forward pass can be asked.
        lost: by name, what hand's gradients lost before they could be compared: those of code that only updates weights.
    """

    def in_float64() -> tuple[Mapping[str, AnyArray], Noise]:
        assert again is not None
        say("Running again in float64", 0.7)
        wide = problem.cast("float64")
        return again(wide), with_loss(floor(wide), lost or {})

    say("Measuring the rounding noise", 0.6)
    named = gradients.named()
    found = compare_on(problem, hand, named, with_loss(floor(problem), lost or {}), in_float64 if again else None)
    if not third:
        return found
    return replace(
        found,
        parameters=_third_opinion(found.parameters, hand, named, problem, say),
        intermediates=_third_opinion(found.intermediates, hand, named, problem, say),
    )
