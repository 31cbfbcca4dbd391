"""Zooming out without hiding: of every block the entry of largest magnitude is kept, with its sign; a NaN wins."""

from __future__ import annotations

import numpy as np

from rnn.arrays import AnyArray

LEAST_SIDE = 64
BLOCK_CELLS = 1 << 19
"""Cells that are gone through at once: 4 MiB stay in the cache through all passes; smaller pieces let threads wait for each other."""


def _stronger(x: AnyArray, y: AnyArray) -> AnyArray:
    """Elementwise the one of larger magnitude; a NaN on either side stays."""
    with np.errstate(invalid="ignore"):
        return np.where((np.abs(y) > np.abs(x)) | np.isnan(y), y, x)


def halved(array: AnyArray) -> AnyArray:
    """Half the rows and columns (rounded up); an odd last line stands for itself."""
    rows = max(2, 2 * (BLOCK_CELLS // max(array.shape[1], 1) // 2))
    if len(array) <= rows:
        return _halved(array)
    result = np.empty(((array.shape[0] + 1) // 2, (array.shape[1] + 1) // 2), array.dtype)
    for start in range(0, len(array), rows):
        result[start // 2 : (start + rows) // 2] = _halved(array[start : start + rows])
    return result


def _halved(array: AnyArray) -> AnyArray:
    """The same, of rows that fit the processor's cache together with all that is made of them."""
    if array.shape[0] > 1:
        if array.shape[0] % 2:
            array = np.concatenate([array, array[-1:]])
        array = _stronger(array[0::2], array[1::2])
    if array.shape[1] > 1:
        if array.shape[1] % 2:
            array = np.concatenate([array, array[:, -1:]], axis=1)
        array = _stronger(array[:, 0::2], array[:, 1::2])
    return array


def pyramid(array: AnyArray) -> tuple[AnyArray, ...]:
    """The array, and its halvings down to about 64 on the longer side."""
    levels = [array]
    while max(levels[-1].shape) > LEAST_SIDE:
        levels.append(halved(levels[-1]))
    return tuple(levels)


def level_for(cells_per_pixel: float, count: int) -> int:
    """Which level to draw when one pixel covers so many cells: the coarsest that still has a cell a pixel."""
    if not cells_per_pixel > 1:
        return 0
    return min(int(np.ceil(np.log2(cells_per_pixel))), count - 1)


def any_pyramid(flags: AnyArray, count: int) -> tuple[AnyArray, ...]:
    """Flags and their halvings, `count` in all: a block is flagged where any of its cells is."""
    levels = [flags]
    while len(levels) < count:
        flags = levels[-1]
        for axis in (0, 1):
            if flags.shape[axis] > 1:
                if flags.shape[axis] % 2:
                    flags = np.concatenate([flags, np.take(flags, [-1], axis)], axis)
                flags = np.logical_or(*((flags[0::2], flags[1::2]) if axis == 0 else (flags[:, 0::2], flags[:, 1::2])))
        levels.append(flags)
    return tuple(levels)
