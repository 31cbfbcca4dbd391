"""Running sums: recognises a parameter's gradient on the way, without making the T partial sums that there may be.

A partial sum S = sum over steps of left_t^T delta_t is known by the numbers u^T S v for a few random u and v, which for all t
together cost no more than one product.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..arrays import AnyArray, FloatArray
from ..blame.library import PART, SUM, Item, Library
from ..products import Factors
from .right import Right

PAIRS = 4
"""Pairs of random vectors: one that fits by chance is unlikely, four are impossible."""

ROOM = 8.0
"""Rounding of a projection, in units of what it is expected to be."""


class Known:
    """Right values of a problem of any size, with shares of steps and running sums; recognises as `Library` does."""

    def __init__(self, library: Library, right: Right) -> None:
        """Args: library: without sums. right: values that the sums are made from."""
        self._library, self._right = library, right
        self.cell, self.layered = library.cell, library.layered
        self._tables: dict[int, list[_Projections]] = {}
        for name in right.summed():
            table = _Projections(right, name)
            self._tables.setdefault(table.size, []).append(table)

    def holds(self, size: int) -> bool:
        """Whether any right value has so many numbers."""
        return self._library.holds(size)

    def recognise(self, value: AnyArray) -> list[Item]:
        """Right values with exactly these numbers."""
        found, wide = self._library.recognise(value), np.asarray(value)
        tables = self._tables.get(wide.size, ())
        if not tables or wide.dtype.kind != "f" or not wide.any() or not np.isfinite(wide).all():
            return found
        limit = self._right.limit(wide)
        return found + [item for table in tables for item in table.find(wide.astype("float64"), limit)]


def _projected(one: Factors, u: FloatArray, v: FloatArray) -> FloatArray:
    """u^T (every step's share) v of one block, (T, pairs)."""
    if one.left is None:
        return np.asarray((u[:, 0] * (one.delta @ v.T)).sum(axis=1))
    if one.elementwise:
        return np.asarray(u[:, 0] * ((one.left * one.delta).sum(axis=1) @ v.T))
    return np.asarray(((one.left @ u.T) * (one.delta @ v.T)).sum(axis=1))


class _Projections:
    """The projections of all shares and sums of one parameter's gradient; `size` is the number of its entries."""

    def __init__(self, right: Right, name: str) -> None:
        blocks = right.factors(name)
        random = np.random.default_rng(0)
        flat = any(one.left is None or one.elementwise for one in blocks)
        rows = 1 if flat else blocks[0].left.shape[-1]  # type: ignore[union-attr]
        widths = [one.delta.shape[-1] for one in blocks]
        self._u, self._v = (random.normal(size=(PAIRS, n)) for n in (rows, sum(widths)))
        ends = np.cumsum(widths)[:-1]
        parts = zip(blocks, np.split(self._v, ends, axis=1), strict=True)
        shares = np.sum([_projected(one, self._u, v) for one, v in parts], axis=0)
        sums = np.cumsum(shares[::-1], axis=0)[::-1], np.cumsum(shares, axis=0)
        self._known = np.concatenate([shares, *sums])
        self._first = np.ascontiguousarray(self._known[:, 0])
        self._names = [f"{name}{ending}" for ending in (" of one step", " from the last step down", " up")]
        self._shape, self._steps = (rows, sum(widths)), len(shares)
        self.size = rows * sum(widths)

    def find(self, value: FloatArray, limit: float) -> Iterator[Item]:
        """Shares and sums that a value is, in either orientation."""
        for matrix in self._oriented(value):
            seen = ((self._u @ matrix) * self._v).sum(axis=1)
            room = ROOM * limit * np.sqrt(value.size)
            for place in np.flatnonzero(np.abs(self._first - seen[0]) <= room).tolist():
                if (np.abs(self._known[place] - seen) <= room).all():
                    kind, t = divmod(place, self._steps)
                    yield Item(self._names[kind], t, None, value, limit, SUM if kind else PART)

    def _oriented(self, value: FloatArray) -> Iterator[Any]:
        shape = tuple(n for n in value.shape if n != 1)
        wanted = tuple(n for n in self._shape if n != 1)
        if shape == wanted:
            yield value.reshape(self._shape)
        if len(shape) == 2 and shape == wanted[::-1]:
            yield value.reshape(shape).T
