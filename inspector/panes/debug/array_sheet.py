"""Sheet: an array of any number of axes laid out as rows and columns, and the way back from a cell to an index."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnn.arrays import AnyArray

Index = tuple[int, ...]
Cell = tuple[int, int]


@dataclass(frozen=True)
class Sheet:
    """A layout: a vector is one row; of more than two axes the leading ones are counted through, or the first is held.

    Attributes:
        shape: of the array. held: index on the first axis that is shown alone, None for all of them.
    """

    shape: tuple[int, ...]
    held: int | None = None

    @staticmethod
    def of(shape: tuple[int, ...], held: int | None = None) -> Sheet:
        """The layout of a shape; only an array of three axes or more can hold its first one."""
        return Sheet(shape, min(held, shape[0] - 1) if held is not None and can_hold(shape) else None)

    @property
    def _inner(self) -> tuple[int, ...]:
        return self.shape if self.held is None else self.shape[1:]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return math.prod(self._inner[:-1])

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return self._inner[-1] if self._inner else 1

    def lay(self, array: AnyArray) -> AnyArray:
        """An array of the shape as (rows, columns)."""
        part = array if self.held is None else array[self.held]
        return np.asarray(part).reshape(self.rows, self.columns)

    def index(self, row: int, column: int) -> Index:
        """The array's index of a cell."""
        if not self.shape:
            return ()
        lead = self._inner[:-1]
        inner = tuple(int(part) for part in np.unravel_index(row, lead)) if lead else ()
        return (*(() if self.held is None else (self.held,)), *inner, column)

    def cell(self, index: Index | None) -> Cell | None:
        """The cell of an index; None outside the sheet."""
        if index is None or len(index) != len(self.shape):
            return None
        if any(not 0 <= part < size for part, size in zip(index, self.shape, strict=True)):
            return None
        if not self.shape:
            return 0, 0
        if self.held is not None:
            if index[0] != self.held:
                return None
            index = index[1:]
        lead = self._inner[:-1]
        return int(np.ravel_multi_index(index[:-1], lead)) if lead else 0, index[-1]

    def row_name(self, row: int) -> str:
        """Head of a row: its number, or the indices that it stands for."""
        if len(self.shape) < 2:
            return ""
        return ", ".join(map(str, self.index(row, 0)[:-1]))


def can_hold(shape: tuple[int, ...]) -> bool:
    """Whether entries of the first axis can be shown one by one."""
    return len(shape) > 2 and shape[0] > 0
