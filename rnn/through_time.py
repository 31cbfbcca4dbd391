"""How the gradient fares on its way back: gain of the carry, and whether it vanishes or explodes, in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import AnyArray, FloatArray, base_of
from .results import ArraySource
from .stacking import REVERSE

VANISHES, EXPLODES, STEADY, ZERO, UNKNOWN = "vanishes", "explodes", "steady", "zero", "unknown"

FACTOR = 1e3
"""Shrinking or growing by more than this over all steps is vanishing or exploding."""

DOMINATES = 0.8
"""Share of the growth (in logarithm) that one step must have to be named as the one that explodes."""


def carry_gain(dh_next: AnyArray, dh: AnyArray) -> FloatArray:
    """|dh_next_t| / |dh_(t+1)| from sizes per step (T,): what of the gradient at t+1 arrives at t; NaN at T-1 and for 0/0."""
    gain = np.full(len(dh), np.nan)
    with np.errstate(all="ignore"):
        above, below = np.asarray(dh_next, "float64")[:-1], np.asarray(dh, "float64")[1:]
        gain[:-1] = np.where(below > 0, above / below, np.nan)
    return gain


def stored_gain(arrays: ArraySource, side: str = "reference") -> FloatArray | None:
    """The gain (T,) of one side of a result, None where it lacks what is carried.

    An LSTM carries h and c: |(dh_next_t, dc_next_t)| / |(dh_(t+1), dc_next_(t+1))|. Of several layers all are taken
    together, of two directions the forward one.
    """
    stored = set(arrays.names())
    carries = [name for name in stored if _carry(name) and not name.split("/")[1].endswith(REVERSE)]
    carries = sorted(name for name in carries if name.endswith("/reference"))
    above = [name.replace("/dh_next", "/dh") for name in carries]
    wanted = [[name.replace("/reference", f"/{side}") for name in names] for names in (carries, above)]
    if not carries or not stored.issuperset(wanted[0] + wanted[1]):
        return None
    sizes = [np.sqrt(sum(arrays.read(name).astype("float64") ** 2 for name in names)) for names in wanted]
    return carry_gain(*sizes)


def _carry(name: str) -> bool:
    """Whether a stored curve is that of something that is carried from step to step."""
    parts = name.split("/")
    return parts[0] == "steps" and base_of(parts[1])[0] in ("dh_next", "dc_next")


@dataclass(frozen=True)
class Flow:
    """What is left of a gradient on its way from step `last` back to step `first`.

    Attributes:
        verdict: `vanishes`, `explodes`, `steady`, `zero` or `unknown`.
        total: product of the gains. per_step: their geometric mean.
        first, last: the steps between which it is measured.
        step: where less than a thousandth is left (vanishes), where more than a thousand times is reached or one step
            dominates (explodes), where nothing is carried any more (zero); else None.
    """

    verdict: str
    total: float
    per_step: float
    first: int
    last: int
    step: int | None = None


def _dominating(logs: FloatArray) -> int | None:
    """The one step that has most of the growth, if there is one."""
    worst = int(np.argmax(logs))
    return worst if logs[worst] > DOMINATES * logs[logs > 0].sum() else None


def _stays(there: AnyArray) -> int:
    """The last step from which on, back to the first, it is true; true at the first."""
    not_there = np.flatnonzero(~there)
    return (int(not_there[0]) if len(not_there) else len(there)) - 1


def flow(gain: AnyArray) -> Flow:
    """What becomes of a gradient that is carried back through all steps, from the gains (T,) of `carry_gain`."""
    gain = np.asarray(gain, "float64")
    last = len(gain) - 1
    known = np.flatnonzero(np.isfinite(gain[:-1])) if last > 0 else np.zeros(0, np.intp)
    if not len(known):
        return Flow(UNKNOWN, float("nan"), float("nan"), 0, max(last, 0))
    # The longest stretch of steps, from the last one on, through which something is carried.
    end = int(known[-1]) + 1
    gaps = np.flatnonzero(~np.isfinite(gain[:end]))
    start = int(gaps[-1]) + 1 if len(gaps) else 0
    stretch = gain[start:end]
    zeros = np.flatnonzero(stretch == 0)
    if len(zeros):
        return Flow(ZERO, 0.0, 0.0, start, end, start + int(zeros[-1]))
    logs = np.log(stretch)
    total, per_step = float(np.exp(min(logs.sum(), 700.0))), float(np.exp(logs.mean()))
    left = np.cumsum(logs[::-1])[::-1]
    if total < 1 / FACTOR:
        return Flow(VANISHES, total, per_step, start, end, start + _stays(left < -np.log(FACTOR)))
    if total > FACTOR:
        one = _dominating(logs)
        step = _stays(left > np.log(FACTOR)) if one is None else one
        return Flow(EXPLODES, total, per_step, start, end, start + step)
    return Flow(STEADY, total, per_step, start, end)


def flow_words(gain: AnyArray) -> str:
    """One sentence that says what becomes of the carried gradient, with steps and sizes; empty where nothing is known."""
    found = flow(gain)
    if found.verdict == UNKNOWN:
        return ""
    if found.verdict == ZERO:
        return f"Nothing is carried from t = {(found.step or 0) + 1} to t = {found.step}: dh_next is exactly 0 there."
    total = "less than 1e-300" if found.total < 1e-300 else f"{found.total:.2g}"
    way = f"carried back from t = {found.last} to t = {found.first} it becomes {total} of itself"
    way += f", times {found.per_step:.3g} a step"
    if found.verdict == VANISHES:
        return f"The gradient vanishes: from t = {found.step} back less than a thousandth is left; {way}."
    if found.verdict == EXPLODES:
        one = _dominating(np.log(np.asarray(gain, "float64")[found.first : found.last]))
        if one is not None:
            top = float(gain[found.first + one])
            return f"The gradient explodes, above all at t = {found.step}, where it is multiplied by {top:.3g}; {way}."
        return f"The gradient explodes: from t = {found.step} back it is more than a thousand times itself; {way}."
    return f"The gradient neither vanishes nor explodes: {way}."
