"""Right values by name: everything that a correct backward pass may hold at some moment, recognised by its numbers.

A value is recognised whatever its axes are called or in which order they stand: the numbers, sorted, are compared within the
rounding noise. So rows, columns, transposes, batch first and time reversed are all the same to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import permutations
from typing import Any, Protocol

import numpy as np

from ..arrays import AnyArray, FloatArray

WEIGHT, DATA, FORWARD, GRADIENT = "weight", "data", "forward", "gradient"
PART, SUM, DERIVED, HALFWAY, STAGE = "part", "sum", "derived", "halfway", "stage"
"""Kinds of an item: parameters; x, target, h0; a, h, y; dL/d(something); one step's share of a parameter's gradient; a
parameter's gradient so far or whole; functions of one forward value (f'(a), h^2, softmax(y)); what stands in an
array between two lines that make one gradient, and is nothing by itself; the same, and so seldom what is needed that it is
never put in place of another value."""

SCALED = (GRADIENT, PART, SUM)
"""Kinds that are also recognised when they are a known number of times too large."""

COMMON = (0.0, 1.0)
"""Numbers that say nothing about where they come from."""


@dataclass(eq=False, slots=True)
class Item:
    """One right value; there are tens of thousands of them, which is why it is as plain as can be.

    Attributes:
        name: `da`, `W_hh`, `dW_hh so far`, ...
        t: step, None for what has none (weights, histories). sample: of the batch, None for all.
        value: in the program's layout. tolerance: largest difference of an entry that is still rounding.
        kind: one of the kinds above. factor: the value is this many times the quantity.
        orders: where the last axis holds the blocks of several gates, their orders in use, the value's own first.
        total, top: sum and largest of the numbers, where they are known already.
    """

    name: str
    t: int | None
    sample: int | None
    value: FloatArray
    tolerance: float
    kind: str
    factor: float = 1.0
    orders: tuple[str, ...] = ()
    total: float | None = None
    top: float | None = None

    @property
    def label(self) -> str:
        """As a person would say it."""
        text = self.name if self.factor == 1.0 else f"{self.factor:.4g} x {self.name}"
        text += "" if self.t is None else f" at t = {self.t}"
        return text if self.sample is None else f"{text}, sample {self.sample}"

    @property
    def is_share(self) -> bool:
        """Whether it is one step's own share of a parameter's gradient."""
        return self.kind == PART and self.factor == 1.0

    @property
    def names(self) -> tuple[str, str]:
        """Its name, with and without the step whose loss it comes from."""
        return self.name, self.name.partition(" at ")[0]

    def laid(self, shape: Sequence[int]) -> Iterator[Any]:
        """The value in a shape, in every sensible way: any order of its axes and, of the gates, those that are in use."""
        if self.value.size != np.prod(shape):
            return
        yield from arrangements(self.value, shape)
        if not self.orders:
            return
        own = self.orders[0]
        blocks = self.value.reshape(*self.value.shape[:-1], len(own), -1)
        for order in self.orders:
            chosen = blocks[..., [own.index(gate) for gate in order], :]
            if order != own:
                yield from arrangements(chosen.reshape(self.value.shape), shape)
            yield from arrangements(chosen, shape)

    def times(self, factor: float) -> Item:
        """The same, so many times as large."""
        return Item(
            self.name, self.t, self.sample, self.value * factor, self.tolerance * abs(factor), self.kind, factor, self.orders
        )


def _is_said(values: FloatArray) -> bool:
    """Whether the numbers tell anything: not all of them 0 or 1."""
    return bool(values.size) and not np.isin(values, COMMON).all()


class _Shelf:
    """All items of one size, known by sum and largest number: only where these agree are all numbers compared."""

    def __init__(self, factors: Sequence[float]) -> None:
        self.items: list[Item] = []
        self._factors = np.array(factors, "float64")
        self._known: tuple[FloatArray, FloatArray, FloatArray, AnyArray] | None = None
        self._scaled: dict[tuple[int, float], Item] = {}

    def add(self, item: Item) -> None:
        self.items.append(item)
        self._known = None

    def _table(self) -> tuple[FloatArray, FloatArray, FloatArray, AnyArray]:
        """Sums, largest numbers and tolerances of all items, and the numbers of those that have multiples."""
        if self._known is None:
            sums = np.array([np.sum(one.value) if one.total is None else one.total for one in self.items])
            tops = np.array([np.max(one.value) if one.top is None else one.top for one in self.items])
            limits = np.array([item.tolerance for item in self.items])
            many = [n for n, item in enumerate(self.items) if item.kind in SCALED] if len(self._factors) else []
            self._known = sums, tops, limits, np.array(many, int)
        return self._known

    def scaled(self, number: int, factor: float) -> Item:
        """An item so many times as large."""
        key = number, factor
        if key not in self._scaled:
            self._scaled[key] = self.items[number].times(factor)
        return self._scaled[key]

    def find(self, values: FloatArray) -> list[Item]:
        """Items whose sorted numbers are those of `values` (sorted), then their multiples."""
        with np.errstate(all="ignore"):
            sums, tops, limits, many = self._table()
            total, top = values.sum(), values[-1]
            # Twice what the entries may differ by leaves room for the rounding of the sums.
            far = (np.abs(sums - total) > 2 * values.size * limits) | (np.abs(tops - top) > limits)
            found = [self.items[i] for i in np.flatnonzero(~far)]
            if len(many):
                k, room = self._factors[:, None], limits[many] * self._factors[:, None]
                off = np.abs(sums[many] * k - total) > 2 * values.size * room
                off |= np.abs(tops[many] * k - top) > room
                found += [self.scaled(int(many[n]), float(self._factors[row])) for row, n in np.argwhere(~off)]
        return [item for item in found if self._same(item, values)]

    @staticmethod
    def _same(item: Item, values: FloatArray) -> bool:
        return bool((np.abs(np.sort(item.value, axis=None) - values) <= item.tolerance).all())


class Recogniser(Protocol):
    """Knows right values by their numbers.

    Attributes:
        cell: name of the network's cell. layered: whether quantities have the suffix of a layer or direction.
    """

    cell: str
    layered: bool

    def holds(self, size: int) -> bool:
        """Whether any right value has so many numbers."""

    def recognise(self, value: AnyArray) -> list[Item]:
        """Right values with exactly these numbers."""


class Library:
    """All right values of one problem."""

    def __init__(
        self, items: Iterable[Item], factors: Sequence[float] = (), cell: str = "rnn", layered: bool = False
    ) -> None:
        """Args: items: in order of preference, where several have the same numbers. factors: above 0; see `SCALED`.

        cell, layered: see `Recogniser`.
        """
        self.cell, self.layered = cell, layered
        self._shelves: dict[int, _Shelf] = {}
        self.items, self._factors = list(items), tuple(factors)
        for item in self.items:
            if item.value.size:
                self._shelves.setdefault(item.value.size, _Shelf(self._factors)).add(item)
        scale = [item.tolerance for item in self.items if item.value.size]
        self._tolerance = float(np.median(scale)) if scale else 0.0
        self._known: dict[bytes, list[Item]] = {}
        self._fitted: dict[tuple[tuple[int, ...], float], list[tuple[Item, FloatArray]]] = {}

    @cached_property
    def steps(self) -> list[int]:
        """All steps that items have, the last one first."""
        return sorted({item.t for item in self.items if item.t is not None}, reverse=True)

    @cached_property
    def share_names(self) -> list[str]:
        """Names of all shares of parameters' gradients: of steps first, then of single losses."""
        return sorted({n for item in self.items if item.is_share for n in item.names}, key=lambda n: ("loss" in n, n))

    @cached_property
    def _pool(self) -> FloatArray:
        pool = [item.value.ravel() for item in self.items if item.kind != SUM]
        return np.unique(np.concatenate(pool)) if pool else np.zeros(0)

    def holds(self, size: int) -> bool:
        """Whether any item has so many numbers."""
        return size in self._shelves

    def recognise(self, value: AnyArray) -> list[Item]:
        """Items with exactly these numbers, in any order of the axes; empty for what tells nothing (all 0 or 1)."""
        wide = np.asarray(value)
        if wide.dtype.kind not in "fiub" or not self.holds(wide.size):
            return []
        wide = np.sort(wide.astype("float64"), axis=None)
        if not np.isfinite(wide).all() or not _is_said(wide):
            return []
        key = blake2b(wide.tobytes(), digest_size=16).digest()
        if key not in self._known:
            self._known[key] = self._shelves[wide.size].find(wide)
        return self._known[key]

    def is_made_of_right_numbers(self, value: AnyArray) -> bool:
        """Whether every entry, apart from 0 and 1, is a number that occurs in some item: parts, stacks, cuts of right values."""
        wide = np.asarray(value)
        if wide.dtype.kind not in "fiub" or not wide.size:
            return wide.dtype.kind in "iub"
        numbers = np.unique(wide.astype("float64"))
        if not np.isfinite(numbers).all():
            return False
        numbers = numbers[~np.isin(numbers, COMMON)]
        if not numbers.size:
            return True
        near = self._in_pool(numbers)
        for factor in self._factors:
            if near.all():
                return True
            near |= self._in_pool(numbers / factor)
        return bool(near.all())

    def _in_pool(self, numbers: FloatArray) -> AnyArray:
        """Which numbers occur in some item."""
        place = np.searchsorted(self._pool, numbers)
        near = np.minimum(
            np.abs(self._pool[np.clip(place, 0, len(self._pool) - 1)] - numbers),
            np.abs(self._pool[np.clip(place - 1, 0, len(self._pool) - 1)] - numbers),
        )
        return np.asarray(near <= np.maximum(1e-11 * np.abs(numbers), min(self._tolerance, 1e-12)))

    def fitting(
        self, shape: Sequence[int], factors: Iterable[float] = (1.0,)
    ) -> list[tuple[Item, FloatArray]]:
        """Every item of the size of `shape`, laid out in that shape in every sensible way; gradients also times `factors`."""
        wanted = tuple(shape)
        return [fit for factor in sorted(factors, key=lambda k: k != 1.0) for fit in self._fitting(wanted, factor)]

    def _fitting(self, shape: tuple[int, ...], factor: float) -> list[tuple[Item, FloatArray]]:
        key, shelf = (shape, factor), self._shelves.get(int(np.prod(shape)))
        if key not in self._fitted:
            items = [] if shelf is None else shelf.items
            if factor != 1.0 and shelf is not None:
                items = [shelf.scaled(n, factor) for n, item in enumerate(items) if item.kind == GRADIENT]
            self._fitted[key] = [(item, value) for item in items for value in item.laid(shape)]
        return self._fitted[key]


def _squeezed(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(n for n in shape if n != 1)


def arrangements(value: AnyArray, shape: Sequence[int]) -> Iterator[Any]:
    """The value in a shape: by any order of its axes, with axes of length 1 anywhere, and flattened over the first ones."""
    core = value.reshape(_squeezed(value.shape))
    wanted = _squeezed(shape)
    seen: list[Any] = []
    for order in permutations(range(core.ndim)):
        turned = core.transpose(order)
        if turned.shape == wanted or (len(wanted) == 2 and turned.ndim == 3 and turned.shape[2:] == wanted[1:]):
            found = turned.reshape(tuple(shape))
            if not any(np.array_equal(found, other) for other in seen):
                seen.append(found)
                yield found
