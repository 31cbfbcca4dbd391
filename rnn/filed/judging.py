"""The verdict on one pair of arrays of two files, and its report."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import AnyArray, FloatArray
from ..compare import CANCELS, report_of_differences, right_lines
from ..results import INTERMEDIATE, PARAMETER, QuantityReport
from ..units import rms, same_bits, step_rms
from ..verdict import LIMIT, count_note, scalar_factor
from .relations import factor_words, relation
from .rounding import CERTAIN, FLOOR_ROUNDINGS, ROUNDINGS, Rule

NARROW_LEAST = 2.0**-32
"""Relative difference of one entry that float64 does not make and float32 mostly does."""

Curves = dict[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Judged:
    """One quantity: its report, curves over the steps where it has some, and in words how both sides are related."""

    report: QuantityReport
    curves: Curves
    related: str = ""


def _floors(name: str, first: AnyArray, second: AnyArray, rule: Rule, per_step: bool) -> tuple[FloatArray, ...]:
    """Error, size and floor, by step or as one number each, as arrays (n,)."""
    measure = step_rms if per_step else (lambda array: np.atleast_1d(rms(array)))
    with np.errstate(all="ignore"):
        error = measure(np.asarray(first, "float64") - np.asarray(second, "float64"))
        size = np.fmax(measure(first), measure(second))
        floor = np.fmax(FLOOR_ROUNDINGS * rule.roundoff(name) * rule.amplification * size, rule.tiny(name))
    return error, size, floor


def _is_everywhere(first: AnyArray, second: AnyArray) -> bool:
    """Whether most entries differ by more than float64 rounds: a run in float32 would leave hardly any of them alone."""
    size = np.maximum(np.abs(first), np.abs(second))
    return bool(np.mean(np.abs(first - second)[size > 0] > NARROW_LEAST * size[size > 0]) > 0.5)


def _verdict(
    name: str, first: AnyArray, second: AnyArray, measures: tuple[FloatArray, ...], rule: Rule
) -> tuple[str, str]:
    """Verdict and note where both sides are finite and of one shape; measures as of `_floors`."""
    error, size, floor = measures
    with np.errstate(all="ignore"):
        ratio = error / floor
    worst = float(np.max(ratio))
    if worst <= LIMIT:
        return "agrees", f"the difference is {float(np.max(error / np.fmax(size, rule.tiny(name)))):.1g} of it"
    kind = rule.types[name]
    relative = float(np.max(np.where(size > 0, error / np.where(size > 0, size, 1.0), 0.0)))
    if worst <= LIMIT * CERTAIN:
        return "undecided", (
            f"a relative difference of {relative:.1g} may be a mistake or the rounding of {kind} in a network that "
            f"amplifies it; {advice(kind)}"
        )
    if kind == "float64" and relative <= LIMIT**2 * ROUNDINGS["float32"] and _is_everywhere(first, second):
        return "undecided", "the difference has the size of float32 rounding: was one of them computed in float32?"
    beside = LIMIT * FLOOR_ROUNDINGS * rule.roundoff(name) * rule.amplification * rule.largest
    if float(np.max(size)) <= beside:
        return "undecided", (
            f"both are {float(np.max(size)) / rule.largest:.1g} of the largest gradient, which may be rounding "
            f"of terms that cancel; {advice(kind)}"
        )
    return "differs", "" if np.any(first) and np.any(second) else "all zero in one of them"


def advice(kind: str) -> str:
    """What would decide it."""
    more = "" if kind == "float64" else "save both in float64, or "
    return f"{more}give the problem (--weights, --data), so that the rounding can be measured"


def _non_finite(first: AnyArray, second: AnyArray, labels: tuple[str, str]) -> str:
    """What is not finite on which side; empty where all is, or where the same entries are the same."""
    sides = zip(labels, (first, second), strict=True)
    return "; ".join(f"{label} has {count_note(side)}" for label, side in sides if not np.isfinite(side).all())


def _shape_words(first: AnyArray, second: AnyArray, name: str, rule: Rule, per_step: bool) -> tuple[str, str]:
    """The note on two shapes, and how they are related where that is proved."""
    found = f"found the shape {first.shape}, the other has {second.shape}"
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        return found, ""
    related = relation(first, second, lambda a, b: _agree(name, a, b, rule), per_step)
    if related is not None:
        words = related.words + ("" if related.factor == 1.0 else f", {related.factor:.6g} times the other")
        return f"{found}: {words}, the values agree", words
    if first.ndim == second.ndim == 1 or first.size != second.size:
        return found, ""
    same = _agree(name, first.reshape(-1), second.reshape(-1), rule)
    return (f"{found}: the same numbers in another shape", "in another shape") if same else (found, "")


def _agree(name: str, first: FloatArray, second: FloatArray, rule: Rule) -> bool:
    error, _, floor = _floors(name, first, second, rule, False)
    return bool(np.all(error <= LIMIT * floor))


def judged(
    name: str, first: AnyArray, second: AnyArray, rule: Rule, sizes: dict[str, int], labels: tuple[str, str]
) -> Judged:
    """Compare one quantity of both files.

    Args:
        name: of the quantity. first, second: its arrays; of three axes only where these are time, sample and unit.
        rule: of rounding. sizes: T and B where they are known, for the name of a factor. labels: of both files.
    """
    per_step = second.ndim == 3
    kind = INTERMEDIATE if per_step else PARAMETER
    if first.shape != second.shape:
        note, related = _shape_words(first, second, name, rule, per_step)
        return Judged(QuantityReport(name, kind, second.shape, first.shape, "shape", note), {}, related)
    if not first.size:
        return Judged(QuantityReport(name, kind, second.shape, first.shape, "identical"), {})
    error, size, floor = _floors(name, first, second, rule, per_step)
    statistics = report_of_differences(first, second, "float32" if rule.types[name] != "float64" else "float64")
    report = QuantityReport(name, kind, second.shape, first.shape, "identical", **statistics)
    curves = _curves(first, second, error, floor) if per_step else {}
    narrow = min(first.dtype, second.dtype, key=lambda dtype: dtype.itemsize)
    if same_bits(first.astype(narrow, copy=False), second.astype(narrow, copy=False)):
        return Judged(report, curves)
    odd = _non_finite(first, second, labels)
    if odd:
        bad = ~(np.isfinite(first) & np.isfinite(second)).reshape(len(second), -1).all(axis=1)
        since = int(np.flatnonzero(bad)[-1]) if per_step else None
        report = replace(report, verdict="nonfinite", note=odd, first_wrong_t=since)
        return Judged(report, curves)
    with np.errstate(all="ignore"):
        ratio = error / floor
    worst = int(np.argmax(ratio))
    verdict, note = _verdict(name, first, second, (error, size, floor), rule)
    report = replace(report, verdict=verdict, note=note, floor=float(floor[worst]), ratio=float(ratio[worst]))
    if verdict == "agrees" or float(ratio[worst]) <= LIMIT * CERTAIN:
        return Judged(report, curves)
    return _related(report, curves, first, second, rule, sizes, ratio)


def _related(
    report: QuantityReport,
    curves: Curves,
    first: AnyArray,
    second: AnyArray,
    rule: Rule,
    sizes: dict[str, int],
    ratio: FloatArray,
) -> Judged:
    """A report on what differs for sure, with what is proved of it."""
    per_step, name = bool(curves), report.name
    factor, residual = scalar_factor(first, second)
    report = replace(report, factor=factor, factor_residual=residual)
    wrong = np.flatnonzero(~(ratio <= LIMIT * CERTAIN))
    report = replace(report, first_wrong_t=int(wrong[-1])) if per_step and len(wrong) else report
    related = relation(first, second, lambda a, b: _agree(name, a, b, rule), per_step)
    if related is None:
        rows = "" if per_step else right_lines(first, second, report.floor)
        small = abs(report.sum_signed) < CANCELS * report.sum_abs
        return Judged(replace(report, rows_right=rows, cancels=report.verdict == "differs" and small), curves)
    named = factor_words(related.factor, sizes)
    words = [related.words] if related.words else []
    if related.factor != 1.0:
        words.append(f"{related.factor:.6g} times the other" + (f" ({named})" if named else ""))
    said = ", ".join(words)
    verdict = "differs" if related.words else "factor"
    note = f"{said}: with that the values agree" if related.words else said
    return Judged(replace(report, verdict=verdict, note=note), curves, said)


def _curves(first: AnyArray, second: AnyArray, error: FloatArray, floor: FloatArray) -> Curves:
    return {"hand": step_rms(first), "reference": step_rms(second), "difference": error, "floor": floor}
