"""One picture with its colour bar: a matrix in the screen's colours, with marks for what colours can't tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.figures.canvas import Canvas
from inspector.figures.layout import Box
from inspector.figures.pooled import MOST_MARKS, Matrix, any_of, factors_for, image_of
from inspector.figures.style import POINTS_PER_INCH
from inspector.picture.colours import LIGHT, NAN_COLOUR, NAN_SMALL, NOT_A_NUMBER, TOP, Levels, faded, table_for
from inspector.picture.ticks import bar_ticks
from rnn.arrays import AnyArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

SMALL_CELL = 4.0
"""Points; a NaN in a smaller cell is drawn in a colour that stands out, in a larger one black with a mark."""

UNKNOWN = (205, 205, 205)
"""What is not known yet."""

NAN_MARK, INFINITY_MARK = "#ff40ff", "#ffe600"


@dataclass(frozen=True, eq=False)
class Panel:
    """One picture.

    Attributes:
        title: above it. matrix: its numbers. levels: of its colours. colour_map: name.
        fade_below: size up to which a value is drawn faded, 0 for none. beyond: instead, which entries are not faded.
        badge: words on it, for what colours can't tell. known: which rows are drawn, the others are grey; None for all.
        bar: whether it has a colour bar. ticks: of it, where not the usual.
    """

    title: str
    matrix: Matrix
    levels: Levels
    colour_map: str
    fade_below: float = 0.0
    beyond: AnyArray | None = None
    badge: str = ""
    known: AnyArray | None = None
    bar: bool = True
    ticks: tuple[tuple[float, str], ...] = ()

    @cached_property
    def bar_ticks(self) -> tuple[tuple[float, str], ...]:
        """Places (-1 to 1) and labels on its bar."""
        if self.levels.bound <= np.finfo("float64").tiny:
            return ((0.0, "0"),)  # there is nothing but zeros
        return self.ticks or tuple(bar_ticks(self.levels))

    @cached_property
    def table(self) -> AnyArray:
        """Its colours (256, 4)."""
        return table_for(self.colour_map, LIGHT, self.levels, self.fade_below)


def _mark_non_finite(axes: Axes, matrix: Matrix, box: Box, cell_points: float) -> None:
    """A cross on every NaN, an arrow on every infinity; a ring around where cells are too small to carry them."""
    if matrix.cells is None or not len(matrix.cells) or matrix.nan + matrix.infinite > MOST_MARKS:
        return
    values, shape = matrix.values[tuple(matrix.cells.T)], matrix.values.shape
    down, across = ((matrix.cells + 0.5) / shape).T
    x, y = box.left + box.width * across, box.bottom + box.height * (1 - down)
    size = float(np.clip(cell_points * 0.6, 3.0, 9.0))
    for mark, where in (("x", np.isnan(values)), ("^", values == np.inf), ("v", values == -np.inf)):
        if not where.any():
            continue
        colour = NAN_MARK if mark == "x" else INFINITY_MARK
        if cell_points < SMALL_CELL:
            ring: dict[str, Any] = {"marker": "o", "s": 16, "facecolors": "none", "linewidths": 0.9}
            axes.scatter(x[where], y[where], edgecolors="#d600d6" if mark == "x" else "#806f00", zorder=3, **ring)
        elif mark == "x":
            axes.scatter(x[where], y[where], marker=mark, s=size**2, color=colour, linewidths=max(0.6, size / 7))
        else:
            axes.scatter(x[where], y[where], marker=mark, s=size**2, color=colour, edgecolors="black", linewidths=0.4)


def _cell_points(panel: Panel, box: Box) -> float:
    """The smaller side of a cell in points."""
    rows, columns = panel.matrix.values.shape
    return POINTS_PER_INCH * float(min(box.width / columns, box.height / rows))


def picture_image(panel: Panel, box: Box, dpi: int) -> tuple[AnyArray, tuple[int, int]]:
    """Colours (rows, columns, 4) of a picture that is printed in a box, and how many cells down and across are one of them."""
    shape = panel.matrix.values.shape
    factors = factors_for((shape[0], shape[1]), (box.height * dpi, box.width * dpi))
    table = panel.table.copy()
    table[NOT_A_NUMBER, :3] = NAN_SMALL if _cell_points(panel, box) < SMALL_CELL else NAN_COLOUR[LIGHT]
    image = image_of(panel.matrix.values, panel.levels, (table, faded(table, LIGHT)), panel.beyond, factors)
    return image, factors


def hidden(image: AnyArray, known: AnyArray | None, factors: tuple[int, int]) -> AnyArray:
    """The colours with rows that are not known yet in grey."""
    if known is None:
        return image
    image = image.copy()
    image[~any_of(known[:, None], (factors[0], 1))[:, 0]] = (*UNKNOWN, 255)
    return image


def draw_picture(canvas: Canvas, panel: Panel, box: Box, dpi: int) -> AxesImage:
    """The matrix in its frame, pooled where it has more cells than dots."""
    rows, columns = panel.matrix.values.shape
    image, factors = picture_image(panel, box, dpi)
    covers = image.shape[0] * factors[0] / rows, image.shape[1] * factors[1] / columns
    drawn = canvas.image(box, hidden(image, panel.known, factors), covers)
    canvas.frame(box)
    if panel.known is None:
        _mark_non_finite(canvas.axes, panel.matrix, box, _cell_points(panel, box))
    return drawn


def draw_bar(canvas: Canvas, panel: Panel, box: Box, points: float) -> None:
    """The colour bar right of a picture, with the screen's ticks as far as there is room for them."""
    canvas.image(box, panel.table[np.arange(TOP, -1, -1)][:, None])
    canvas.frame(box)
    for place, label in thinned_ticks(panel.bar_ticks, box.height, points):
        canvas.tick_beside(box, (place + 1) / 2, label, points, right=True)


def thinned_ticks(ticks: Sequence[tuple[float, str]], height: float, points: float) -> list[tuple[float, str]]:
    """Those of a bar's ticks that don't touch each other: the ends and the middle first."""
    least = 2 * 1.02 * points / POINTS_PER_INCH / height
    order = sorted(ticks, key=lambda tick: (abs(tick[0]) not in (0.0, 1.0), -abs(tick[0])))
    kept: list[tuple[float, str]] = []
    for tick in order:
        if all(abs(tick[0] - other[0]) >= least for other in kept):
            kept.append(tick)
    return sorted(kept)
