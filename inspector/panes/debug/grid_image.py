"""The grid of steps as an image: colours by code, a cross on what is wrong, hatching where a value is not finite."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtGui import QImage

from inspector.panes.debug.axis import Axis
from inspector.panes.debug.grid_cells import LEVELS, NOT_FINITE, PLAIN, RIGHT, WRONG, Cells
from inspector.panes.debug.shades import blend
from inspector.theme import Theme
from rnn.arrays import AnyArray

PARTED = 5
"""Pixels of a cell from which lines part the cells."""

CROSSED = 11
"""Pixels of a cell from which wrong cells bear a cross; narrower ones have the colour only."""

HATCH = 6
"""Pixels from line to line of the hatching."""


def plain_shade(theme: Theme) -> str:
    """Executed, not judged."""
    return blend(theme.faint, theme.base, 0.26)


def right_shade(theme: Theme) -> str:
    """As JAX says."""
    return blend(theme.good, theme.base, 0.34)


def wrong_shade(theme: Theme, level: int) -> str:
    """Wrong, by size from 0."""
    return blend(theme.bad, theme.base, 0.42 + 0.58 * level / (LEVELS - 1))


def _pixel(colour: str) -> int:
    return 0xFF000000 | int(colour[1:], 16)


@lru_cache(maxsize=4)
def shades(theme: Theme) -> AnyArray:
    """Pixel of every code, without its bit of what is not finite: uint32 (128,)."""
    table = np.full(NOT_FINITE, _pixel(theme.base), np.uint32)
    table[PLAIN], table[RIGHT] = _pixel(plain_shade(theme)), _pixel(right_shade(theme))
    for level in range(LEVELS):
        table[WRONG + level] = _pixel(wrong_shade(theme, level))
    return table


def _centred(edges: AnyArray, axis: Axis, ratio: float) -> AnyArray:
    """How far each pixel of the screen is from its cell's middle."""
    middles = axis.places(edges[:-1] + 0.5) * ratio
    return np.floor(np.arange(len(edges) - 1) - middles + 0.5)


def _crosses(across: AnyArray, down: AnyArray, ratio: float) -> AnyArray:
    """Which pixels a cross in the middle of every cell takes."""
    arm, apart = round(2.5 * ratio), np.abs(across)[None, :] - np.abs(down)[:, None]
    taken: AnyArray = (np.abs(apart) < ratio * 0.8) & (np.abs(across) <= arm)[None, :]
    return taken


def _spread(codes: AnyArray, pooled: AnyArray) -> AnyArray:
    """Give what is wrong or not finite the pixels beside it: one of a thousand would hardly be seen. Only pooled pixels change."""
    found = codes.copy()
    for shown, beside in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[:, :-1], np.s_[:, 1:])):
        other = codes[beside]
        stands_out = (other >= WRONG) & (other > found[shown]) & pooled[beside[1]] & pooled[shown[1]]
        found[shown][stands_out] = other[stands_out]
    return found


def cells_image(cells: Cells, rows: Axis, columns: Axis, ratio: float, theme: Theme) -> QImage:
    """The cells in sight.

    Args:
        rows, columns: what is in sight. ratio: pixels of the screen to one of the window.
    """
    down, across = rows.edges(ratio), columns.edges(ratio)
    codes = cells.pixels(down, across)
    if columns.scale * ratio < 1:
        codes = _spread(codes, np.diff(across) > 1)
    low = codes & np.uint8(NOT_FINITE - 1)
    image = shades(theme)[low]
    if min(rows.scale, columns.scale) >= CROSSED:
        crosses = _crosses(_centred(across, columns, ratio), _centred(down, rows, ratio), ratio)
        image[crosses & (low >= WRONG)] = _pixel(theme.base)
    odd = codes >= NOT_FINITE
    if odd.any():
        hatched = columns.scale * ratio >= HATCH / 2
        # In columns of a pixel hatching would leave hardly a dot of a cell.
        slope = np.arange(codes.shape[1]) if hatched else np.zeros(codes.shape[1], np.int64)
        lines = np.add.outer(np.arange(len(codes)), slope) // max(round(ratio), 1)
        image[odd & (lines % HATCH < (2 if hatched else HATCH - 2))] = _pixel(theme.text)
    # Lines part the cells where there is room; without rows' lines a column of equal cells would be one block.
    for axis, edges, place in ((columns, across, np.s_[:, 1:]), (rows, down, np.s_[1:, :])):
        if axis.scale >= PARTED:
            parting = np.flatnonzero(np.diff(edges[:-1]))
            image[place][(slice(None), parting) if axis is columns else parting] = _pixel(theme.base)
    image = np.ascontiguousarray(image)
    height, width = image.shape
    # `copy`, because Qt does not keep the array alive.
    return QImage(image.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
