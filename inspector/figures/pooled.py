"""Images of matrices for print: never more cells than dots, and no NaN, infinity or largest value lost by that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inspector.picture.colours import Levels, peak_and_finite, to_indices
from rnn.arrays import AnyArray


def _blocks(array: AnyArray, factor: int, axis: int, by: np.ufunc) -> AnyArray:
    """The extreme of every block of `factor` lines along an axis; the last block may be smaller. A NaN wins."""
    if factor == 1:
        return array
    length = array.shape[axis]
    whole = length // factor * factor
    head, tail = (array[:whole], array[whole:]) if axis == 0 else (array[:, :whole], array[:, whole:])
    split = (-1, factor, array.shape[1]) if axis == 0 else (array.shape[0], -1, factor)
    found = by.reduce(head.reshape(split), axis=axis + 1)
    if whole == length:
        return np.asarray(found)
    return np.concatenate([found, by.reduce(tail, axis=axis, keepdims=True)], axis=axis)


def pooled(values: AnyArray, factors: tuple[int, int]) -> AnyArray:
    """Of every block of cells the entry of largest magnitude, with its sign; a NaN wins, an infinity over every number.

    Args:
        values: (rows, columns). factors: rows and columns of a block.
    """
    if factors == (1, 1):
        return values
    high, low = values, values
    for axis, factor in enumerate(factors):
        high, low = _blocks(high, factor, axis, np.maximum), _blocks(low, factor, axis, np.minimum)
    with np.errstate(invalid="ignore"):
        return np.where(-low > high, low, high)


def any_of(flags: AnyArray, factors: tuple[int, int]) -> AnyArray:
    """Whether any cell of a block is flagged."""
    for axis, factor in enumerate(factors):
        flags = _blocks(flags, factor, axis, np.logical_or)
    return flags


def factors_for(shape: tuple[int, int], dots: tuple[float, float]) -> tuple[int, int]:
    """The smallest blocks with which there are at most as many cells as dots; dots: down and across."""
    down, across = (max(1, -(-cells // max(1, int(room)))) for cells, room in zip(shape, dots, strict=True))
    return down, across


@dataclass(frozen=True, eq=False)
class Matrix:
    """One matrix and what is known of all its entries.

    Attributes:
        values: (rows, columns) in float64. peak: largest finite magnitude.
        nan, infinite: how many there are. cells: (n, 2) of the first of them, in reading order.
    """

    values: AnyArray
    peak: float
    nan: int = 0
    infinite: int = 0
    cells: AnyArray | None = None


MOST_MARKS = 400
"""So many NaN and infinities are marked one by one."""


def matrix_of(array: AnyArray) -> Matrix:
    """Look through a matrix once."""
    values = np.asarray(array, "float64")
    peak, finite = peak_and_finite(values)
    if finite:
        return Matrix(values, peak)
    nan = np.isnan(values)
    bad = nan | np.isinf(values)
    count = int(np.count_nonzero(nan))
    return Matrix(values, peak, count, int(np.count_nonzero(bad)) - count, np.argwhere(bad)[:MOST_MARKS])


def image_of(
    values: AnyArray,
    levels: Levels,
    tables: tuple[AnyArray, AnyArray],
    beyond: AnyArray | None,
    factors: tuple[int, int],
) -> AnyArray:
    """Colours (rows, columns, 4) of a matrix, pooled.

    Args:
        values: (rows, columns). levels: of the colours. factors: as of `pooled`.
        tables: colours (256, 4), and the faded ones. beyond: which entries are not faded; None takes the first table for all.
    """
    index = to_indices(pooled(values, factors), levels)
    if beyond is None:
        return np.asarray(tables[0][index])
    return np.asarray(np.where(any_of(beyond, factors)[..., None], tables[0][index], tables[1][index]))
