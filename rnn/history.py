"""How one entry of a gradient came about over time: what every step contributes, by hand and by JAX."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from .arrays import FloatArray, base_of
from .blocks import blocks
from .network import Network
from .products import delta_name, left_name
from .results import ArraySource, Inspection
from .verdict import LIMIT

PARTS = {"dh": ("dh_out", "dh_next")}
"""Per-step gradients that are a sum of others."""


@dataclass(frozen=True, eq=False)
class History:
    """One entry over time.

    Attributes:
        name, index: which entry.
        hand, reference: (T,) the entry's value at every step, or, for a parameter, every step's contribution to it;
            hand is None where the code returned nothing to tell it from.
        parts: more of the reference's curves by name (`dh_out`, `dh_next` for dh).
        note: what the curves can't show, in a sentence, or empty.
    """

    name: str
    index: tuple[int, ...]
    hand: FloatArray | None
    reference: FloatArray
    parts: Mapping[str, FloatArray] = field(default_factory=dict)
    note: str = ""


def _column(arrays: ArraySource, name: str, like: str, sample: int, unit: int) -> FloatArray | None:
    """One unit of one sample over time (T,), None where the array is not there or has another shape than `like`."""
    if not {name, like} <= set(arrays.names()):
        return None
    shape = arrays.shape(like)
    if arrays.shape(name) != shape or len(shape) != 3 or not (sample < shape[1] and unit < shape[2]):
        return None
    pieces = [arrays.read(name, start, stop)[:, sample, unit] for start, stop in blocks(arrays, name)]
    return np.concatenate(pieces).astype("float64")


@dataclass(frozen=True)
class _Sum:
    """Where one entry of a parameter's gradient is summed from.

    Attributes:
        left: name of the stored array on the left, with its unit; None for a bias. start: name of the initial state where
            the array is the state of the step before, else empty. delta: name of the delta; `unit`: of it.
        turned: whether the direction is the reverse one.
    """

    left: tuple[str, int] | None
    start: str
    delta: str
    unit: int
    turned: bool


def _sum_of(network: Network, arrays: ArraySource, name: str, index: tuple[int, ...]) -> _Sum:
    """Where one entry of a parameter is summed from."""
    parts = network.products()[name]
    hidden = arrays.shape(f"reference/{delta_name(*parts[0])}")[-1]
    unit, product = parts[index[-1] // hidden if len(parts) > 1 else 0]
    column = index[-1] % hidden
    names, row = left_name(network, unit, product), index[-1] if product.elementwise else index[0]
    left = None
    for one in names:
        stored = "data/x" if one == "x" else f"trace/{one}"
        width = arrays.shape(stored)[-1]
        if row < width:
            left = (stored, row)
            break
        row -= width
    suffix = unit.suffix if unit is not None else ""
    start = f"data/{product.left}0{suffix}" if product.before else ""
    return _Sum(left, start, delta_name(unit, product), column, unit is not None and unit.reverse)


def _left(arrays: ArraySource, place: _Sum, start: int, stop: int) -> FloatArray | float:
    """The left factor of a sum for one input unit: (t, B)."""
    if place.left is None:
        return 1.0
    name, unit = place.left
    if not place.start:
        return np.asarray(arrays.read(name, start, stop)[:, :, unit], "float64")
    first, steps = arrays.read(place.start)[None], arrays.shape(name)[0]
    if place.turned:
        last = first if stop == steps else arrays.read(name, stop, stop + 1)
        rows = np.concatenate([arrays.read(name, start + 1, max(start + 1, stop)), last])
    else:
        before = first if start == 0 else arrays.read(name, start - 1, start)
        rows = np.concatenate([before, arrays.read(name, start, max(start, stop - 1))])
    return np.asarray(rows[:, :, unit], "float64")


def _shares(arrays: ArraySource, side: str, place: _Sum) -> Iterator[FloatArray]:
    """What every step of every sample adds to one entry, (t, B) by t; nothing where the side has no such delta."""
    name, shape = f"{side}/{place.delta}", arrays.shape(f"reference/{place.delta}")
    if name not in set(arrays.names()) or arrays.shape(name) != shape:
        return
    with np.errstate(all="ignore"):
        for start, stop in blocks(arrays, name):
            rows = np.asarray(arrays.read(name, start, stop)[:, :, place.unit], "float64")
            yield np.asarray(_left(arrays, place, start, stop) * rows)


def _contributions(arrays: ArraySource, side: str, place: _Sum) -> FloatArray | None:
    """What every step adds to one entry, (T,); None where the side has no such delta."""
    pieces = [rows.sum(axis=1) for rows in _shares(arrays, side, place)]
    return np.concatenate(pieces) if pieces else None


def element_shares(result: Inspection, side: str, name: str, index: tuple[int, ...]) -> FloatArray | None:
    """What every step of every sample adds to one entry of a parameter's gradient, (T, B); None where it is not known.

    Args:
        result: with its arrays. side: `hand` or `reference`. name, index: of the entry.
    """
    if f"weights/{name[1:]}" not in set(result.arrays.names()):
        return None
    place = _sum_of(Network.from_json(result.problem), result.arrays, name[1:], index)
    if f"reference/{place.delta}" not in set(result.arrays.names()):
        return None
    pieces = list(_shares(result.arrays, side, place))
    return np.concatenate(pieces) if pieces else None


def _sum_note(result: Inspection, name: str, index: tuple[int, ...], hand: FloatArray | None, delta: str) -> str:
    """Whether hand's own contributions add up to hand's own entry."""
    if hand is None:
        return f"The code returned no {delta}, so hand's share of every step is not known."
    report = next((one for one in result.parameters if one.name == name), None)
    if report is None or report.verdict == "shape" or not np.isfinite(hand).all():
        return ""
    with np.errstate(over="ignore"):
        entry, total = float(result.arrays.read(f"hand/{name}")[index]), float(hand.sum())
    size = max(abs(entry), abs(total), float(np.abs(hand).max(initial=0.0)))
    digits = 1e-4 if result.problem.get("dtype") == "float32" else 1e-9
    if not np.isfinite(entry + total) or abs(entry - total) <= max(digits * size, LIMIT * report.floor):
        return ""
    place = ",".join(map(str, index))
    return (
        f"Hand's own {delta} add up to {total:.6g} here, and its {name}[{place}] is {entry:.6g}: "
        f"the sum over steps is wrong, not only what is summed."
    )


def element_history(result: Inspection, name: str, index: tuple[int, ...]) -> History | None:
    """The history of one entry of a quantity.

    For a parameter the contribution of step t is the sum over samples of left[t, b, i] * delta[t, b, j], with the
    reference's forward values on both sides and each side's own delta. For anything else per step it is the entry
    of that sample and unit at every step.

    Args:
        result: with its arrays. name: of the quantity. index: into its array; its step is ignored.

    Returns:
        None for what has no history (dh0), what the network or the array does not have, or where the result lacks the arrays.
    """
    arrays, stored = result.arrays, set(result.arrays.names())
    if base_of(name)[0] in ("dh0", "dc0"):
        return None
    if f"weights/{name[1:]}" not in stored:
        if len(index) != 3:
            return None
        sample, unit = index[1], index[2]
        own, like = result.sides(name)
        reference = _column(arrays, like, like, sample, unit)
        if reference is None:
            return None
        hand = _column(arrays, own, like, sample, unit)
        base, suffix = base_of(name)
        parts = [part + suffix for part in PARTS.get(base, ())]
        columns = {part: _column(arrays, f"reference/{part}", f"reference/{part}", sample, unit) for part in parts}
        return History(name, index, hand, reference, {part: c for part, c in columns.items() if c is not None})
    shape = arrays.shape(f"weights/{name[1:]}")
    if len(index) != len(shape) or any(not 0 <= one < size for one, size in zip(index, shape, strict=True)):
        return None  # an entry of a result of before, whose sizes were others
    place = _sum_of(Network.from_json(result.problem), arrays, name[1:], index)
    if f"reference/{place.delta}" not in stored:
        return None
    reference = _contributions(arrays, "reference", place)
    hand = _contributions(arrays, "hand", place)
    if reference is None:
        return None
    return History(name, index, hand, reference, note=_sum_note(result, name, index, hand, place.delta))
