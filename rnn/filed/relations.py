"""How two arrays that differ are related: by a factor, a transpose, another order of gates, time run the other way round.

A relation is named only where it is proved: with it the two agree within what rounding may do, without it they do not.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..arrays import AnyArray, FloatArray
from ..units import rms
from ..verdict import scalar_factor

GATES = (4, 3)
"""Numbers of gates that people put side by side: of an LSTM and of a GRU."""

LEAST_BLOCK = 2
"""A permutation of single numbers proves little."""


@dataclass(frozen=True)
class Relation:
    """What makes the first of two arrays the second.

    Attributes:
        words: of the way it lies, `transposed`, empty where it lies the same way. factor: first = factor * that of the second.
    """

    words: str = ""
    factor: float = 1.0


Same = Callable[[FloatArray, FloatArray], bool]
"""Whether two arrays of one shape agree within rounding."""


def _turned(array: FloatArray, shape: tuple[int, ...], per_step: bool) -> Iterator[tuple[str, FloatArray]]:
    """The array as it lies, and the other ways round in which it has a shape."""
    if array.shape == shape:
        yield "", array
    if array.ndim == 2 and array.shape[::-1] == shape:
        yield "transposed", array.T
    if per_step and array.ndim == 3:
        if array.shape == shape:
            yield "with time the other way round", array[::-1]
        if (array.shape[1], array.shape[0], array.shape[2]) == shape:
            yield "with time and samples exchanged", array.swapaxes(0, 1)


def gate_order(first: FloatArray, second: FloatArray, same: Same) -> str:
    """`gates in the order 0, 1, 3, 2` where blocks of the first are those of the second, one by one; else empty."""
    for axis, count in itertools.product(range(second.ndim - 1, -1, -1), GATES):
        width = second.shape[axis] // count if second.shape[axis] % count == 0 else 0
        if width * second.size // max(1, second.shape[axis]) < LEAST_BLOCK or not width:
            continue
        ours, theirs = (np.split(side, count, axis=axis) for side in (first, second))
        order = [[k for k, block in enumerate(theirs) if same(one, block)] for one in ours]
        if all(len(one) == 1 for one in order) and len({one[0] for one in order}) == count:
            found = [one[0] for one in order]
            if found != sorted(found):
                return f"with its gates in another order: its gates 0 to {count - 1} are the other's {', '.join(map(str, found))}"
    return ""


def _factor(first: FloatArray, second: FloatArray, same: Same) -> float | None:
    """k where the first is k times the second within rounding, and is not 1."""
    k, _ = scalar_factor(first, second)
    if k is None or not np.isfinite(k) or k == 0 or np.count_nonzero(second) < LEAST_BLOCK:
        return None
    return k if same(first / k, second) else None


def _scale(first: FloatArray, second: FloatArray) -> float | None:
    size, other = float(rms(first)), float(rms(second))
    return size / other if size > 0 and other > 0 else None


def relation(first: AnyArray, second: AnyArray, same: Same, per_step: bool = False) -> Relation | None:
    """What makes the first the second; None where nothing that is known does.

    Args:
        first, second: arrays that differ, finite. same: whether two arrays of one shape agree within rounding.
        per_step: whether the axes are time, sample and unit.
    """
    wide, other = np.asarray(first, "float64"), np.asarray(second, "float64")
    if not wide.size or not np.any(wide) or not np.any(other):
        return None
    ways = list(_turned(wide, other.shape, per_step))
    for words, turned in ways:
        if words and same(turned, other):
            return Relation(words)
    for words, turned in ways:
        k = _factor(turned, other, same)
        if k is not None:
            return Relation(words, k)
    if per_step:
        return None
    size = _scale(wide, other)
    for k in (1.0, *(() if size is None else (size, -size))):
        for words, turned in ways:
            order = gate_order(turned / k, other, same)
            if order:
                return Relation(f"{words}, {order}" if words else order, k)
    return None


def factor_words(k: float, sizes: dict[str, int]) -> str:
    """What a factor probably is, in words; empty where nothing fits."""
    known: dict[float, str] = {-1.0: "the sign", 2.0: "a missing or an extra 1/2", 0.5: "a missing or an extra 1/2"}
    for letter, size in sizes.items():
        if size > 1:
            known |= {float(size): f"= {letter}", 1 / size: f"= 1/{letter}"}
    for value, text in known.items():
        if abs(k - value) <= 1e-5 * abs(value):
            return text
    for value, text in ((abs(k), "a sum"), (1 / abs(k), "a mean")):
        whole = round(value)
        if whole >= 2 and abs(value - whole) <= 1e-5 * whole:
            return f"{text} where the other has {'a mean' if text == 'a sum' else 'a sum'} over {whole}?"
    return ""
