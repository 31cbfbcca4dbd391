"""Mistakes whose numbers are read off the gradients themselves: a clip, a regulariser's share, a factor that nothing names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..mistakes import Mistake
from .view import View

SAME = 1e-9
"""Relative difference up to which two numbers that were read off are the same."""

LEAST_DIGITS = 6
"""A constant that somebody typed has at most so many digits."""


def _typed(value: float) -> float | None:
    """The short number that a value is; None where it is none."""
    short = float(f"{value:.{LEAST_DIGITS}g}")
    return short if abs(short - value) <= 1e-9 * abs(value) else None


def _plateau(view: View) -> Iterator[Mistake]:
    """An elementwise clip: the largest size stands at several entries exactly."""
    parameters = [view.hand[name] for name in view.is_parameter]
    sizes = np.concatenate([np.abs(value).ravel() for value in parameters]) if parameters else np.zeros(0)
    if not sizes.size:
        return
    top = float(sizes.max())
    limit = _typed(top)
    reach = max(float(np.abs(view.reference.gradient(name, {})).max()) for name in view.is_parameter)
    alone = int((np.abs(sizes - top) <= SAME * top).sum()) < 2
    if limit is not None and limit > 0 and not (alone and reach <= limit):
        said = f"the gradients are clipped to -{limit:g} .. {limit:g}, entry by entry"
        yield Mistake("clip-entries", "", said, f"clip(d, -{limit:g}, {limit:g})", (("clip", f"value {limit!r}"),), 1)


def _norms(view: View) -> Iterator[Mistake]:
    """A clip of the norm, of all parameters' gradients together or of each."""
    norms = [float(np.linalg.norm(view.hand[name])) for name in view.is_parameter]
    if not norms:
        return
    both = (
        ("norm", float(np.linalg.norm(norms)), "all gradients together are"),
        ("norm_each", max(norms), "every gradient is"),
    )
    for kind, norm, whose in both:
        limit = _typed(norm)
        if limit:
            said = f"{whose} shrunk to the norm {limit:g}"
            yield Mistake(
                f"clip-{kind.replace('_', '-')}",
                "",
                said,
                f"d min(1, {limit:g} / |d|)",
                (("clip", f"{kind} {limit!r}"),),
                1,
            )


def _decay(view: View) -> Iterator[Mistake]:
    """A share of the parameter itself in its gradient, as weight decay adds it."""
    slots = view.reference.slots
    for name in sorted(view.is_parameter):
        parameter = np.asarray(view.problem.parameters[name[1:]], "float64")
        error = (
            view.hand[name] - view.reference.gradient(name, {}) if view.hand[name].shape == parameter.shape else None
        )
        size = float(np.vdot(parameter, parameter))
        if error is None or not size:
            continue
        share = float(np.vdot(error, parameter)) / size
        left = float(np.linalg.norm(error - share * parameter))
        short = _typed(share) if left <= 1e-7 * float(np.linalg.norm(error)) else None
        if short:
            said = f"{name} holds {short:g} times the parameter itself, as weight decay adds it"
            slot = f"returned.{name[1:]}"
            yield Mistake("weight-decay", name[1:], said, f"{name} + {short:g} {name[1:]}",
                          ((slot, f"{slots[slot]} + {short!r} * W"),), 1, name)  # fmt: skip


def common_factor(view: View) -> float | None:
    """The one factor k by which all that the code returned differs from what is right; None where there is none.

    Quantities that are 0 on both sides tell nothing.
    """
    factors = []
    for part in view.parts:
        hand, right = part.of(view.hand[part.name]), part.of(view.reference.gradient(part.name, {}))
        if hand.shape != right.shape or not np.isfinite(hand).all():
            return None
        size = float(np.vdot(right, right))
        if not size:
            if np.any(hand):
                return None
            continue
        k = float(np.vdot(hand, right)) / size
        if not np.linalg.norm(hand - k * right) <= view.limit * np.linalg.norm(hand):
            return None
        factors.append(k)
    if not factors or factors[0] == 0 or max(abs(k - factors[0]) for k in factors) > 10 * view.limit * abs(factors[0]):
        return None
    return factors[0]


def _factor(view: View) -> Iterator[Mistake]:
    k = common_factor(view)
    if k is not None and abs(k - 1) > view.limit:
        shown = _typed(k) or k
        said = f"every gradient is {shown:.6g} times what it must be"
        yield Mistake("scale-unnamed", "", said, f"dy = {shown:.6g} dy", (("dy", f"dloss * {shown!r}"),), 4)


def fitted(view: View) -> tuple[Mistake, ...]:
    """All of them that a view's gradients hint at."""
    with np.errstate(all="ignore"):
        return (*_plateau(view), *_norms(view), *_decay(view), *_factor(view))
