"""Rounding or mistake: the verdict on one quantity from the measured noise floor.

    s_t = max(noise_t / |g_t|, what is inherited from step t + 1)    relative noise, see `noise`
    F_t = max(noise_t, s_t |g_t|, u |g_t|, tiny)                     floor
    q_t = |hand_t - g_t| / F_t                                       at most 10: rounding

|.| is the root mean square over a unit: one time step of a per-step quantity, or a whole parameter. Where s_t
reaches a tenth, the precision cannot tell. What float32 calls wrong is run again in float64 on the same numbers:
rounding shrinks by 2^29 there, a mistake stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import AnyArray, FloatArray, base_of
from .noise import BLIND, ROUNDOFF, TINY, Noise
from .stacking import REVERSE
from .units import rms, same_bits, step_rms

LIMIT = 10.0
"""Largest ratio to the floor that is still rounding; correct code reaches 8 at most."""

SHRINKS, STAYS = 1e6, 1e4
"""err32 / err64 from which an error is rounding, and up to which it is real."""


@dataclass(frozen=True, eq=False)
class Units:
    """One quantity, unit by unit (steps, or a single unit for a parameter).

    Attributes:
        error, size, floor: rms of the difference, rms of the reference, noise floor; each (n,).
        blind: where the noise is too large to judge.
    """

    error: FloatArray
    size: FloatArray
    floor: FloatArray
    blind: AnyArray

    @property
    def wrong(self) -> AnyArray:
        """Units that differ; NaN errors count as wrong."""
        return ~(self.error <= LIMIT * self.floor) & ~self.blind

    @property
    def ratio(self) -> FloatArray:
        """Error over floor (n,)."""
        result: FloatArray = self.error / self.floor
        return result


def measure_units(name: str, hand: FloatArray, reference: FloatArray, noise: Noise) -> Units:
    """Errors, sizes and floors of one quantity; hand and reference have the same shape."""
    per_step = name in noise.steps
    measure = step_rms if per_step else (lambda array: np.atleast_1d(rms(array)))
    with np.errstate(all="ignore"):
        error, size = measure(np.asarray(hand, "float64") - reference), measure(reference)
    measured = noise.steps[name] if per_step else np.array([noise.whole[name]])
    roundoff, tiny = ROUNDOFF[noise.dtype], TINY[noise.dtype]
    with np.errstate(all="ignore"):
        relative = np.where(size > tiny / roundoff, measured / size, 0.0)
    relative = np.where(np.isfinite(relative), relative, np.inf)
    # dy and dh_out come straight from the output of their own step: nothing is carried into them.
    inherited = inherited_noise(name, noise)
    carried = inherited is not None
    grown = relative if inherited is None else np.fmax(relative, inherited)
    with np.errstate(all="ignore"):
        floor = np.fmax.reduce(
            [measured, np.where(size > 0, grown * size, 0.0), roundoff * size, np.full_like(size, tiny)]
        )
    # Two results that agree to half the digits do agree, whatever the noise would have excused.
    # Where something carried was mere noise at a later step, an exact 0 further back is noise as well.
    blind = (grown >= BLIND) & (carried | (size > 0)) & ~(error <= np.sqrt(roundoff) * size) | ~np.isfinite(size)
    return Units(error, size, np.where(np.isfinite(floor), floor, np.finfo("float64").max), blind)


def inherited_noise(name: str, noise: Noise) -> FloatArray | None:
    """Relative noise that a quantity inherits from what is carried, by step or for a whole; None where nothing is carried."""
    base, suffix = base_of(name)
    start = name not in noise.steps and base in ("dh0", "dc0")
    if start:
        return noise.carried[suffix][-1:] if suffix.endswith(REVERSE) else noise.carried[suffix][:1]
    if name not in noise.steps or base == "dy" or (base == "dh_out" and not suffix):
        return None
    if suffix in noise.carried and base != "dh_out":
        return noise.carried[suffix]
    # What goes into a layer, or out of the network, comes from all units above it.
    return np.asarray(np.max(list(noise.carried.values()), axis=0))


@dataclass(frozen=True)
class Judgement:
    """A verdict of `rnn.results.VERDICTS`, with a remark in words and the wrong units (steps)."""

    verdict: str
    note: str = ""
    wrong_units: tuple[int, ...] = ()


def scalar_factor(hand: FloatArray, reference: FloatArray) -> tuple[float | None, float | None]:
    """Best k in hand = k reference and the relative residual; None where one is zero, not finite, or of one entry."""
    u, g = np.asarray(hand, "float64").ravel(), np.asarray(reference, "float64").ravel()
    if np.count_nonzero(g) < 2 or not np.any(u) or not (np.isfinite(u).all() and np.isfinite(g).all()):
        return None, None
    scale_u, scale_g = float(np.abs(u).max()), float(np.abs(g).max())
    u, g = u / scale_u, g / scale_g
    ratio = float(u @ g / (g @ g))
    residual = float(np.linalg.norm(u - ratio * g) / np.linalg.norm(u))
    return ratio * (scale_u / scale_g), residual


def _is_factor(hand: FloatArray, reference: FloatArray, units: Units) -> bool:
    """Whether hand is a multiple of the reference to within its own noise."""
    factor, _ = scalar_factor(hand, reference)
    if not factor or not np.isfinite(factor):
        return False
    scale = max(1.0, abs(factor))
    with np.errstate(all="ignore"):
        rest = np.asarray(hand, "float64") - factor * reference
    size = step_rms(rest) if len(units.error) == len(rest) and rest.ndim == 3 else np.atleast_1d(rms(rest))
    return bool(np.all((size <= LIMIT * scale * units.floor) | units.blind))


def _shape_note(hand: AnyArray, reference: FloatArray) -> str:
    found = f"found the shape {hand.shape}, expected {reference.shape}"
    if hand.ndim == 2 and hand.shape == reference.shape[::-1]:
        close = np.allclose(hand.T, reference, rtol=1e-5, atol=1e-5 * float(rms(reference)))
        return found + (": transposed, the values agree" if close else ": transposed?")
    return found


def _difference_note(hand: FloatArray, reference: FloatArray, units: Units, noise: Noise) -> str:
    if not np.any(hand):
        return "all zero"
    square = reference.ndim == 2 and reference.shape[0] == reference.shape[1]
    if square and float(rms(hand.T - reference)) <= LIMIT * float(units.floor.max()):
        return "its transpose agrees: transposed"
    relative = float(rms(np.asarray(hand, "float64") - reference)) / max(float(rms(reference)), TINY["float64"])
    if noise.dtype == "float64" and relative <= 10 * ROUNDOFF["float32"]:
        return "the error has the size of float32 rounding: does the code drop to float32 somewhere?"
    return ""


def judge(name: str, hand: AnyArray, reference: FloatArray, noise: Noise) -> tuple[Judgement, Units | None]:
    """The verdict in the precision of the run, before any second opinion."""
    if hand.shape != reference.shape:
        return Judgement("shape", _shape_note(hand, reference)), None
    units = measure_units(name, hand, reference, noise)
    finite_hand, finite_reference = np.isfinite(hand).all(), np.isfinite(reference).all()
    if not finite_reference:
        return Judgement("undecided", "the reference itself is not finite: the gradient overflows float64"), units
    if not finite_hand and name in noise.overflows:
        return Judgement("undecided", f"overflows {noise.dtype}; not a mistake by itself"), units
    if not finite_hand:
        bad = ~np.isfinite(hand.reshape(len(units.error), -1)).all(axis=1)
        return Judgement("nonfinite", count_note(hand), tuple(int(i) for i in np.flatnonzero(bad))), units
    if same_bits(np.asarray(hand), reference.astype(hand.dtype)):
        return Judgement("identical"), units
    wrong = tuple(int(i) for i in np.flatnonzero(units.wrong))
    if not wrong:
        if units.blind.any():
            note = f"the rounding noise of {noise.dtype} reaches {BLIND:.0%} of the gradient or more"
            return Judgement("undecided", note), units
        return Judgement("agrees", f"{np.max(units.ratio):.2g} x the rounding noise"), units
    if _is_factor(hand, reference, units):
        return Judgement("factor", "", wrong), units
    return Judgement("differs", _difference_note(hand, reference, units, noise), wrong), units


def count_note(hand: AnyArray) -> str:
    """How many entries are not finite."""
    nans, infinities = int(np.isnan(hand).sum()), int(np.isinf(hand).sum())
    return f"{nans} NaN, {infinities} Inf of {hand.size}"


def second_opinion(
    name: str, first: Judgement, narrow: AnyArray, wide: AnyArray | None, reference: FloatArray, noise: Noise
) -> Judgement:
    """What the same code, run in float64 on the same numbers, makes of a float32 verdict.

    Args:
        name: the quantity.
        first: the verdict in float32.
        narrow, wide: what the code returned in float32 and in float64 (None where that run failed).
        reference: the float64 reference.
        noise: the noise floor in float64.
    """
    if first.verdict in ("identical", "agrees", "shape"):
        return first
    if wide is None or wide.shape != reference.shape:
        return Judgement(
            "undecided", f"{first.note or 'differs in float32'}; the float64 run gave no answer", first.wrong_units
        )
    again, _ = judge(name, wide, reference, noise)
    if again.verdict in ("identical", "agrees"):
        return Judgement("agrees", "rounding: agrees in float64 on the same numbers")
    if not np.isfinite(narrow).all() or again.verdict in ("nonfinite", "undecided"):
        return again
    error_narrow, error_wide = (float(rms(np.asarray(a, "float64") - reference)) for a in (narrow, wide))
    shrink = error_narrow / error_wide if error_wide else np.inf
    if shrink >= SHRINKS:
        return Judgement("agrees", f"rounding: the error shrinks by {shrink:.1g} in float64")
    if shrink > STAYS:
        return Judgement("undecided", f"the error is {error_narrow:.1e} in float32 and {error_wide:.1e} in float64")
    return again if again.verdict == "factor" or first.verdict != "factor" else first
