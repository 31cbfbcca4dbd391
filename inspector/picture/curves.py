"""What the trace draws: norms of a gradient, one unit of it, or the gain of the carried gradient; all over t."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.picture.colours import levels_for
from inspector.picture.traces import SignedAxis, SizeAxis
from rnn.arrays import AnyArray, FloatArray, base_of
from rnn.results import Inspection
from rnn.verdict import LIMIT

if TYPE_CHECKING:
    from rnn.history import History

NORM, UNIT, GAIN = "norm", "unit", "gain"
CARRIED = ("dh", "dh_next", "da")
"""Gradients of which a trace shows how they vanish or explode."""

KINDS = {NORM: "norm", UNIT: "picked unit", GAIN: "carry gain"}

NO_CURVES = {
    NORM: "The code returned no per-step gradient: there is nothing over time.",
    UNIT: "Pick a cell (Alt+Down): its value at every step, or what every step contributes to it, is drawn here.",
    GAIN: "This result holds no dh and dh_next.",
}
"""Why there are none, by kind."""


NEGLIGIBLE = 1e-12
"""Of the largest value: what is smaller in a curve beside the two sides stands where a zero does, and stretches no axis."""


@dataclass(frozen=True, eq=False)
class Beside:
    """A curve beside the two sides: its name, its values (T,), and the role of its colour; it is dotted or has dots."""

    name: str
    values: FloatArray
    role: str
    dotted: bool = True


@dataclass(frozen=True, eq=False)
class Curves:
    """Two sides over t, and what stands beside them.

    Attributes:
        what: before the values in the legend. reference, hand: (T,); hand None where the code returned nothing.
        relative: |hand - reference| / the larger (T,), None without hand. limit: what of it may be rounding, or None.
        beside: at most two more curves. signed: whether values have signs.
        words: a sentence about the whole, may be empty. root: of how many entries a norm is: a root mean square times it.
    """

    what: str
    reference: FloatArray
    hand: FloatArray | None = None
    relative: FloatArray | None = None
    limit: FloatArray | None = None
    beside: tuple[Beside, ...] = ()
    signed: bool = False
    words: str = ""
    root: float = 1.0

    def axis(self) -> SizeAxis | SignedAxis:
        """The axis that all of them fit on."""
        shown = [side for side in (self.hand, self.reference) if side is not None]
        if not self.signed:
            top = max((float(side[np.isfinite(side)].max(initial=0.0)) for side in shown), default=0.0)
            more = (np.where(one.values > NEGLIGIBLE * top, one.values, 0.0) for one in self.beside)
            return SizeAxis(*shown, *more)
        finite = np.concatenate([np.abs(side[np.isfinite(side)]) for side in shown])
        return SignedAxis(levels_for(float(finite.max()) if finite.size else 0.0))


def _relative(hand: AnyArray | None, reference: AnyArray) -> FloatArray | None:
    if hand is None:
        return None
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(hand), np.abs(reference))
        return np.asarray(np.where(size > 0, np.abs(np.asarray(hand, "float64") - reference) / size, 0.0))


def curve_names(result: Inspection) -> list[str]:
    """Per-step quantities that have curves: gradients in backward order, those returned first; then the forward pass."""
    stored = [name for name in result.arrays.names() if name.startswith("steps/")]
    both = [name.split("/")[1] for name in stored if name.endswith("/hand")]
    return (
        both
        + [name.split("/")[1] for name in stored if name.endswith("/reference") and name.split("/")[1] not in both]
        + [
            name.split("/")[1]
            for name in result.arrays.names()
            if name.startswith("forward/") and name.endswith("/hand")
        ]
    )


def norm_curves(result: Inspection, name: str) -> Curves:
    """Euclidean norm over samples and units of a per-step gradient."""
    kinds = {kind: result.curve(name, kind) for kind in ("hand", "reference", "difference", "floor")}
    stored = set(result.arrays.names())
    root = float(np.sqrt(np.prod(result.arrays.shape(result.sides(name)[1])[1:])))
    read = {kind: root * result.arrays.read(path) for kind, path in kinds.items() if path in stored}
    words = _fate(result) if base_of(name)[0] in CARRIED else ""
    if "hand" not in read:
        return Curves(f"|{name}|", read["reference"], words=words, root=root)
    with np.errstate(all="ignore"):
        size = np.maximum(read["hand"], read["reference"])
        relative = np.where(size > 0, read["difference"] / size, 0.0)
        limit = np.where(size > 0, LIMIT * read["floor"] / size, np.nan)
    return Curves(f"|{name}|", read["reference"], read["hand"], relative, limit, words=words, root=root)


def _fate(result: Inspection) -> str:
    """Whether the gradient vanishes or explodes on its way back, in words; empty where it does neither."""
    from rnn.through_time import STEADY, flow, flow_words, stored_gain

    gain = stored_gain(result.arrays)
    return "" if gain is None or flow(gain).verdict == STEADY else flow_words(gain)


def with_made(curves: Curves, finding: Mapping[str, Any] | None) -> Curves:
    """The same beside what each step made of the error, and what it inherited from the steps after it, as norms as well."""
    told = {} if finding is None else dict(finding.get("curves") or {})
    kept = {name: curves.root * np.asarray(told.get(name, ()), "float64") for name in ("made", "inherited")}
    if any(values.shape != curves.reference.shape for values in kept.values()):
        return curves
    made = Beside("made", kept["made"], "difference", dotted=False)
    return replace(curves, beside=(made, Beside("inherited (dotted)", kept["inherited"], "difference")))


def unit_curves(history: History | None) -> Curves | None:
    """One entry over time, or the contribution of every step to an entry."""
    if history is None:
        return None
    place = ",".join(map(str, history.index))
    what = f"{history.name}[{place}]"
    relative = _relative(history.hand, history.reference)
    return Curves(what, history.reference, history.hand, relative, signed=True, words=history.note)


def gain_curves(result: Inspection, jacobian: tuple[int, Any] | None) -> Curves | None:
    """Carry gain |dh_next_t| / |dh_(t+1)|; beside it the spectral norm of the step that carries it, where it is known."""
    from rnn.through_time import flow_words, stored_gain

    reference, hand = (stored_gain(result.arrays, side) for side in ("reference", "hand"))
    if reference is None:
        return None
    beside: tuple[Beside, ...] = ()
    if jacobian is not None:
        bound = np.append(np.asarray(jacobian[1], "float64")[1:], np.nan)
        beside = (Beside(f"at most (sample {jacobian[0]})", bound, "good"),)
    words = flow_words(reference)
    return Curves("|dh_next| / |dh after|", reference, hand, _relative(hand, reference), None, beside, words=words)


def same(first: tuple[object, ...], second: tuple[object, ...]) -> bool:
    """Whether two lists of what is drawn hold the same objects, or the same words."""
    pairs = zip(first, second, strict=False)
    return len(first) == len(second) and all(a is b or (isinstance(a, str) and a == b) for a, b in pairs)
