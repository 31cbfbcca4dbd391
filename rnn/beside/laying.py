"""Laying out: right values in the shape of an array of the user's, whatever the order of its axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from ..arrays import FloatArray, base_of
from ..blame.reference import CARRIES
from .right import Right


def _squeezed(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(n for n in shape if n != 1)


def ways(value: Any, shape: Sequence[int]) -> Iterator[Any]:
    """The value in a shape, in every order of its axes that fits; axes of length 1 don't count."""
    core = np.reshape(value, _squeezed(np.shape(value)))
    for order in permutations(range(core.ndim)):
        turned = core.transpose(order)
        if turned.shape == _squeezed(shape):
            yield turned.reshape(tuple(shape))


def nearest(laid: Sequence[Any], actual: Any) -> Any:
    """Of several arrays the one that most entries of another agree with, and of these the closest; None of none."""
    if len(laid) < 2:
        return laid[0] if laid else None

    def closeness(one: Any) -> tuple[int, float]:
        with np.errstate(all="ignore"):
            far = float(np.nan_to_num(np.abs(one - actual), nan=np.inf).max()) if np.size(actual) else 0.0
            return int(np.isclose(one, actual, rtol=1e-6, atol=0).sum()), -far

    return max(laid, key=closeness)


def step_ways(value: FloatArray, shape: Sequence[int]) -> list[Any]:
    """A step's value (B, n) in a shape; where that has no room for the batch, every sample's own."""
    found = list(ways(value, shape))
    if found or len(value) < 2:
        return found
    return [laid for sample in value for laid in ways(sample, shape)]


def nearest_step(history: FloatArray, actual: Any) -> int | None:
    """The step of a history (T, B, n) whose value, or one sample's, an array is closest to; None where none fits."""
    samples = [history] if list(ways(history[0], np.shape(actual))) else list(np.moveaxis(history, 1, 0))
    value, found = np.reshape(actual, _squeezed(np.shape(actual))), []
    for one in samples:
        core = one.reshape(len(one), *_squeezed(one.shape[1:]))
        for order in permutations(range(1, core.ndim)):
            turned = core.transpose(0, *order)
            if turned.shape[1:] == value.shape:
                with np.errstate(all="ignore"):
                    far = np.abs(turned - value).reshape(len(one), -1).max(axis=1)
                place = int(np.argmin(np.nan_to_num(far, nan=np.inf)))
                found.append((float(far[place]), place))
    return min(found)[1] if found else None


@dataclass(frozen=True)
class Arrangement:
    """How the steps of a history lie in an array.

    Attributes:
        shape: of the array, with time and batch apart where they share an axis. axis: of the time.
        first: t of entry 0. stride: 1, or -1 where time is reversed. order: of the axes of one step's value.
    """

    shape: tuple[int, ...]
    axis: int
    first: int
    stride: int
    order: tuple[int, ...]

    def times(self) -> Any:
        """t of every entry of the axis of the time; may lie outside of 0 ... T - 1."""
        return self.first + self.stride * np.arange(self.shape[self.axis])


def lay_history(right: Right, name: str, how: Arrangement, shape: Sequence[int]) -> FloatArray:
    """A whole history as an array holds it; 0 in entries that stand for no step, the start in the one before the first."""
    history, start, ts = right.history(name), right.before_first(name), how.times()
    assert history is not None
    rest = how.shape[: how.axis] + how.shape[how.axis + 1 :]

    def one(values: Any) -> Any:
        core = values.reshape(len(values), *_squeezed(values.shape[1:]))
        return core.transpose(0, *(n + 1 for n in how.order)).reshape(len(values), *rest)

    found = np.zeros((len(ts), *rest))
    inside = (ts >= 0) & (ts < right.steps)
    found[inside] = one(history)[ts[inside]]
    # In some codes h[-1], Python's last entry, is h0.
    outside = (ts < 0) | (ts >= right.steps) if base_of(name)[0] in ("h", "c") else ts < 0
    if start is not None and outside.any():
        found[outside] = one(start[None])
    return np.ascontiguousarray(np.moveaxis(found, 0, how.axis)).reshape(tuple(shape))


def _firsts(length: int, steps: int, name: str) -> list[int]:
    """Which t entry 0 may stand for, the likeliest first."""
    if length == steps + 1:
        return [-1, 0] if base_of(name)[0] in ("h", "c", *CARRIES) else [0, -1]
    return [0] if length == steps else [0, 1]


def _shapes(shape: tuple[int, ...], steps: int, batch: int) -> Iterator[tuple[int, ...]]:
    yield shape
    for length in (steps, steps + 1, steps - 1):
        if batch > 1 and shape and shape[0] == length * batch:
            yield length, batch, *shape[1:]
            yield batch, length, *shape[1:]


def _arrangements(right: Right, name: str, shape: tuple[int, ...]) -> Iterator[Arrangement]:
    history = right.history(name)
    assert history is not None
    core = _squeezed(history.shape[1:])
    for whole in _shapes(shape, right.steps, history.shape[1]):
        for axis, length in enumerate(whole):
            rest = _squeezed(whole[:axis] + whole[axis + 1 :])
            if abs(length - right.steps) > 1 or length < 1:
                continue
            for order in permutations(range(len(core))):
                if tuple(core[n] for n in order) != rest:
                    continue
                for first in _firsts(length, right.steps, name):
                    yield Arrangement(whole, axis, first, 1, order)
                for first in _firsts(length, right.steps, name):
                    yield Arrangement(whole, axis, first + length - 1, -1, order)


def arrangement_for(right: Right, name: str, value: Any) -> Arrangement | None:
    """The arrangement in which most of an array's entries are right, the plainest where several are; None where none fits."""
    shape = tuple(np.shape(value))
    found = list(_arrangements(right, name, shape)) if right.history(name) is not None else []
    if len(found) < 2:
        return found[0] if found else None

    def agreeing(how: Arrangement) -> int:
        with np.errstate(all="ignore"):
            close = np.isclose(lay_history(right, name, how, shape), value, rtol=1e-6, atol=0)
        return int((close & (value != 0)).sum())

    return max(found, key=agreeing)
