"""The grid of steps as one byte a cell, at every coarseness: what stands out stays in sight however narrow a column is."""

from __future__ import annotations

import numpy as np

from inspector.debugger.records import Overview
from rnn.arrays import AnyArray

PLAIN, RIGHT, WRONG = 1, 2, 3
"""Codes of a cell; 0 was not executed. From `WRONG` on: wrong, by size. So the largest code of many is the one to show."""

LEVELS = 16
NOT_FINITE = 128
"""A bit of the code: a NaN or an infinity appeared."""

SMALL_POWER = -12
"""Relative errors from 1e-12 (and below) to 1 (and above) have shades of their own: from just above rounding to no digit right."""

HALVINGS = 2
FACTOR = 2**HALVINGS
"""Columns of one level that the next coarser one joins."""

FINEST = 2
"""Blocks that a pixel joins at least: it shows a column at most a pixel beside its place."""

Span = tuple[int, int]


def codes_of(overview: Overview) -> AnyArray:
    """A code for every cell: uint8 (rows, columns)."""
    codes = np.zeros(overview.counts.shape, np.uint8)
    for row, line in enumerate(codes):  # a row at a time: 50 million cells must not be in memory five times
        worst = overview.worst[row]
        line[overview.counts[row] > 0] = PLAIN
        line[worst == 0] = RIGHT
        wrong = np.flatnonzero(worst > 0)
        if len(wrong):
            tenth = np.log10(worst[wrong].astype(np.float64)) / -SMALL_POWER + 1
            line[wrong] = WRONG + np.rint(np.clip(tenth, 0, 1) * (LEVELS - 1)).astype(np.uint8)
        line[overview.not_finite[row]] |= NOT_FINITE
    return codes


def _joined(first: AnyArray, second: AnyArray) -> AnyArray:
    """The code to show for two: the worse of both, not finite where one of them is."""
    low = np.uint8(NOT_FINITE - 1)
    joined: AnyArray = np.maximum(first & low, second & low) | ((first | second) & np.uint8(NOT_FINITE))
    return joined


def _halved(codes: AnyArray) -> AnyArray:
    if codes.shape[1] % 2:
        codes = np.concatenate([codes, np.zeros((len(codes), 1), np.uint8)], axis=1)
    return _joined(codes[:, ::2], codes[:, 1::2])


def squeezed(codes: AnyArray, starts: AnyArray, ends: AnyArray, axis: int) -> AnyArray:
    """Codes for pixels: the cell of each, or the one to show of several.

    Args:
        codes: of cells. starts, ends: int64 (pixels,) the first cell of each pixel, and the one after its last; pixels may
            share cells. axis: 0 or 1.
    """
    if (ends - starts <= 1).all():
        return np.take(codes, starts, axis=axis)
    first, last = int(starts[0]), int(ends[-1])
    codes = codes[first:last] if axis == 0 else codes[:, first:last]
    # A cell more, because `reduceat` takes no end beyond the last one; of its results every other one is a pixel.
    codes = np.pad(codes, ((0, 1), (0, 0)) if axis == 0 else ((0, 0), (0, 1)))
    pairs = np.stack([starts, ends], axis=1).ravel() - first
    every = np.s_[::2] if axis == 0 else np.s_[:, ::2]
    low = np.maximum.reduceat(codes & np.uint8(NOT_FINITE - 1), pairs, axis=axis)[every]
    if not (codes & np.uint8(NOT_FINITE)).any():
        return np.asarray(low)
    return np.asarray(low | (np.bitwise_or.reduceat(codes, pairs, axis=axis)[every] & np.uint8(NOT_FINITE)))


class Cells:
    """Codes of all cells, and of blocks of them.

    Attributes:
        overview: the recording that they are of. codes: uint8 (rows, columns).
    """

    def __init__(self, overview: Overview) -> None:
        """Takes half a second for 50 million cells."""
        self.overview = overview
        self.codes = codes_of(overview)
        self._levels = [self.codes]
        while self._levels[-1].shape[1] > 4 * FACTOR:
            coarse = self._levels[-1]
            for _ in range(HALVINGS):
                coarse = _halved(coarse)
            self._levels.append(coarse)

    @property
    def rows(self) -> int:
        """How many there are."""
        return int(self.codes.shape[0])

    @property
    def columns(self) -> int:
        """How many there are."""
        return int(self.codes.shape[1])

    def pixels(self, rows: AnyArray, columns: AnyArray) -> AnyArray:
        """Codes for pixels: uint8 (pixels down, pixels across).

        Args:
            rows, columns: int64 (pixels + 1,) the cell at which each pixel begins, and the end of the last one.
        """
        joined = np.diff(columns)
        several = joined > 1
        narrowest = int(joined[several].min(initial=self.columns))
        level = 0
        while level + 1 < len(self._levels) and FACTOR ** (level + 1) * FINEST <= narrowest:
            level += 1
        block = FACTOR**level
        across = squeezed(self._levels[level], columns[:-1] // block, -(-columns[1:] // block), 1)
        if level and not several.all():
            across[:, ~several] = self.codes[:, columns[:-1][~several]]
        return squeezed(across, rows[:-1], np.maximum(rows[1:], rows[:-1] + 1), 0)

    def to_show(self, rows: Span, columns: Span) -> tuple[int, int] | None:
        """Of cells that share a pixel the one that it shows; where none was executed, one of the nearest row that was."""
        cut = self.codes[:, columns[0] : columns[1]]
        executed = np.flatnonzero(cut.any(axis=1))
        if not len(executed):
            return None
        if not ((executed >= rows[0]) & (executed < rows[1])).any():
            nearest = int(executed[np.abs(executed - rows[0]).argmin()])
            rows = nearest, nearest + 1
        row, column = np.unravel_index(int(cut[rows[0] : rows[1]].argmax()), (rows[1] - rows[0], cut.shape[1]))
        return rows[0] + int(row), columns[0] + int(column)


def groups_of(overview: Overview) -> AnyArray:
    """Columns at which another loop (or what is outside of loops) begins, and the end: int64 (groups + 1,)."""
    loops = overview.folded.loops
    groups: AnyArray = np.r_[0, np.flatnonzero(np.diff(loops)) + 1, len(loops)]
    return groups


def outside_of(overview: Overview) -> AnyArray:
    """Columns outside of all loops: int64 (k,). What stands there is executed once; it has to be seen all the same."""
    return np.flatnonzero(overview.folded.loops < 0)
