"""Two sets of gradients -> one report a quantity, per-step curves, and the first divergence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .arrays import AnyArray, FloatArray
from .noise import Noise
from .problem import Problem
from .results import INTERMEDIATE, PARAMETER, FirstDivergence, QuantityReport
from .stacking import REVERSE
from .units import rms, ulp_distance
from .verdict import LIMIT, Judgement, Units, judge, scalar_factor, second_opinion

CANCELS = 0.1
"""A signed sum below this share of the absolute sum hides the error."""

NO_UNITS = Units(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, bool))


@dataclass(frozen=True, eq=False)
class Comparison:
    """What comparing found.

    Attributes:
        parameters, intermediates: reports in the order of the network.
        curves: by per-step quantity: `hand`, `reference`, `difference`, `floor`, each (T,), rms over samples and units.
        first_divergence: see `FirstDivergence`.
    """

    parameters: tuple[QuantityReport, ...]
    intermediates: tuple[QuantityReport, ...]
    curves: Mapping[str, Mapping[str, FloatArray]]
    first_divergence: FirstDivergence | None


def ranges(numbers: Sequence[int]) -> str:
    """`0 to 3, 5` for 0, 1, 2, 3, 5."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in parts)


def right_lines(hand: FloatArray, reference: FloatArray, floor: float) -> str:
    """Which rows or columns of a wrong matrix are right, in words; empty where none or all are."""
    if hand.shape != reference.shape or hand.ndim != 2:
        return ""
    for axis, word in ((0, "row"), (1, "column")):
        error = rms(np.asarray(hand, "float64") - reference, (1 - axis,))
        size = rms(reference, (1 - axis,))
        right = np.flatnonzero((error <= LIMIT * floor) & (size > LIMIT * floor))
        if 0 < len(right) < len(error):
            verb = f"{word} {right[0]} is" if len(right) == 1 else f"{word}s {ranges([int(i) for i in right])} are"
            return f"{verb} right (of {len(error)} {word}s, counted from 0)"
    return ""


def factor_name(factor: float, sizes: Mapping[str, int]) -> str:
    """What a factor probably is: `-1 (the sign)`, `8 (= T)`; empty where nothing fits."""
    products: dict[str, int] = {"T": sizes["T"], "B": sizes["B"], "K": sizes["K"], "T B": sizes["T"] * sizes["B"]}
    known: dict[float, str] = {-1.0: "the sign", 2.0: "a missing 1/2", 0.5: "an extra 1/2"}
    for text, count in products.items():
        if count > 1:
            known |= {float(count): f"= {text}", 1 / count: f"= 1/({text})"}
    known |= {sizes["T"] * sizes["K"] / 2: "= T K / 2", sizes["K"] / 2: "= K/2", 2 / sizes["K"]: "= 2/K"}
    for value, text in known.items():
        if abs(factor - value) <= 1e-6 * abs(value):
            return text
    return ""


def report_of_differences(hand: FloatArray, reference: FloatArray, dtype: str) -> dict[str, Any]:
    """Fields of a `QuantityReport` about the differences of two arrays of one shape; `dtype` is that of the ULP."""
    with np.errstate(all="ignore"):
        difference = np.asarray(hand, "float64") - reference
        size = np.maximum(np.abs(hand), np.abs(reference))
        relative = np.where(size > 0, np.abs(difference) / size, 0.0)
        absolute = np.abs(difference)
        worst = int(np.argmax(np.where(np.isnan(absolute), np.inf, absolute)))
        sum_abs, sum_signed = float(absolute.sum()), float(difference.sum())
        return {
            "max_abs": float(absolute.max()),
            "sum_abs": sum_abs,
            "sum_signed": sum_signed,
            "max_rel": float(relative.max()),
            "max_ulp": float(ulp_distance(hand, reference, dtype).max()),
            "worst_index": tuple(int(i) for i in np.unravel_index(worst, absolute.shape)),
        }


def _note(judgement: Judgement, factor: float | None, sizes: Mapping[str, int]) -> str:
    if judgement.verdict != "factor" or factor is None:
        return judgement.note
    name = factor_name(factor, sizes)
    return f"{factor:.6g} times the reference" + (f" ({name})" if name else "")


@dataclass(frozen=True, eq=False)
class Sides:
    """Everything needed to judge one problem's gradients.

    Attributes:
        hand, reference: arrays by quantity; `again`: the hand-written code run in float64 (None where not needed).
        noise: in the precision of the run; `noise64`: in float64.
        sizes: T, B, D, H, K.
    """

    hand: Mapping[str, AnyArray]
    reference: Mapping[str, FloatArray]
    noise: Noise
    sizes: Mapping[str, int]
    again: Mapping[str, AnyArray] | None = None
    noise64: Noise | None = None


def needs_float64(sides: Sides) -> bool:
    """Whether a float32 run has a verdict that only float64 may speak."""
    if sides.noise.dtype == "float64":
        return False
    verdicts = {judge(name, value, sides.reference[name], sides.noise)[0].verdict for name, value in _shared(sides)}
    return bool(verdicts - {"identical", "agrees", "shape"})


def _shared(sides: Sides) -> list[tuple[str, AnyArray]]:
    return [(name, value) for name, value in sides.hand.items() if name in sides.reference]


def _report(name: str, kind: str, sides: Sides) -> tuple[QuantityReport, Units]:
    hand, reference = sides.hand[name], sides.reference[name]
    judgement, units = judge(name, hand, reference, sides.noise)
    if sides.noise64 is not None:
        again = None if sides.again is None else sides.again.get(name)
        judgement = second_opinion(name, judgement, hand, again, reference, sides.noise64)
    if units is None:
        return QuantityReport(name, kind, reference.shape, hand.shape, judgement.verdict, judgement.note), NO_UNITS
    worst = int(np.argmax(np.nan_to_num(units.ratio, nan=np.inf)))
    factor, residual = scalar_factor(hand, reference)
    statistics = report_of_differences(hand, reference, sides.noise.dtype)
    wrong = judgement.verdict in ("factor", "differs", "nonfinite")
    cancels = wrong and abs(statistics["sum_signed"]) < CANCELS * statistics["sum_abs"]
    per_step = name in sides.noise.steps
    return QuantityReport(
        name,
        kind,
        reference.shape,
        hand.shape,
        judgement.verdict,
        _note(judgement, factor, sides.sizes),
        floor=float(units.floor[worst]),
        ratio=float(units.ratio[worst]),
        cancels=cancels,
        factor=factor,
        factor_residual=residual,
        first_wrong_t=_first_wrong(name, judgement.wrong_units) if per_step and wrong else None,
        rows_right=right_lines(hand, reference, float(units.floor[worst])) if wrong and not per_step else "",
        **statistics,
    ), units


def _first_wrong(name: str, steps: Sequence[int]) -> int | None:
    """The step that a backward pass comes to first: the last one, of a reverse direction the first one."""
    return None if not steps else min(steps) if name.endswith(REVERSE) else max(steps)


def divergence_at(name: str, t: int, hand: AnyArray, reference: AnyArray) -> FirstDivergence:
    """The divergence of a quantity at a step, where in it the error is largest."""
    with np.errstate(all="ignore"):
        error = np.abs(np.asarray(hand[t], "float64") - reference[t])
    index = np.unravel_index(int(np.argmax(np.where(np.isnan(error), np.inf, error))), error.shape)
    return FirstDivergence(name, t, tuple(int(i) for i in index))


def _divergence(reports: Sequence[QuantityReport], sides: Sides, order: Sequence[str]) -> FirstDivergence | None:
    """The latest wrong step; within it, the quantity that the backward pass makes first."""
    wrong = [report for report in reports if report.first_wrong_t is not None and report.name in order]
    if not wrong:
        return None
    steps = sides.sizes["T"]

    def made(report: QuantityReport) -> tuple[int, int]:
        """When a backward pass makes it."""
        t = report.first_wrong_t or 0
        return steps - 1 - t if report.name.endswith(REVERSE) else t, -list(order).index(report.name)

    first = max(wrong, key=made)
    assert first.first_wrong_t is not None
    return divergence_at(first.name, first.first_wrong_t, sides.hand[first.name], sides.reference[first.name])


def _curves(name: str, sides: Sides, units: Units) -> dict[str, FloatArray]:
    axes = tuple(range(1, sides.reference[name].ndim))
    return {
        "hand": rms(sides.hand[name], axes),
        "reference": units.size,
        "difference": units.error,
        "floor": units.floor,
    }


def compare_on(
    problem: Problem,
    hand: Mapping[str, AnyArray],
    reference: Mapping[str, FloatArray],
    noise: Noise,
    again: Callable[[], tuple[Mapping[str, AnyArray], Noise]] | None,
) -> Comparison:
    """Compare two sides of a problem; a float32 disagreement is run again in float64 on the same numbers.

    Args:
        problem: that both sides were run on. hand, reference: arrays by quantity. noise: of the problem.
        again: runs hand's side in float64, if it is needed, and gives its arrays and the noise there; None where the code
            knows no float64, so that the verdict in float32 stands.
    """
    sides = Sides(hand, reference, noise, problem.sizes)
    if again is not None and needs_float64(sides):
        values, noise64 = again()
        sides = replace(sides, again=values, noise64=noise64)
    parameters = [f"d{name}" for name in problem.network.parameter_shapes(problem.sizes, biases=True)]
    return compare(sides, problem.network.quantities(), parameters)


def compare(sides: Sides, order: Sequence[str], parameters: Sequence[str]) -> Comparison:
    """Compare everything that the hand-written code returned.

    Args:
        sides: both sets of gradients and the noise.
        order: per-step quantities in backward order.
        parameters: names of the parameters' gradients, in the network's order.
    """
    names = [name for name, _ in _shared(sides)]
    first = [_report(name, PARAMETER, sides)[0] for name in parameters if name in names]
    second, curves = [], {}
    ends = [name for name in sides.reference if name not in order and name not in parameters]
    for name in (*order, *ends):
        if name in names:
            report, units = _report(name, INTERMEDIATE, sides)
            second.append(report)
            if name in sides.noise.steps and units is not NO_UNITS:
                curves[name] = _curves(name, sides, units)
    return Comparison(tuple(first), tuple(second), curves, _divergence(second, sides, order))
