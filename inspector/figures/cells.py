"""One picture with its colour bar: a matrix in the screen's colours, with marks for what colours can't tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from inspector.figures.layout import Box, Layout
from inspector.figures.pooled import MOST_MARKS, Matrix, any_of, factors_for, image_of
from inspector.figures.style import POINTS_PER_INCH
from inspector.picture.colours import LIGHT, NAN_COLOUR, NAN_SMALL, NOT_A_NUMBER, TOP, Levels, faded, table_for
from inspector.picture.ticks import bar_ticks
from rnn.arrays import AnyArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
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


def axes_in(figure: Figure, box: Box, of: Layout) -> Axes:
    """Axes in a box of a layout."""
    place = (box.left / of.width, box.bottom / of.height, box.width / of.width, box.height / of.height)
    return figure.add_axes(place)


def _mark_non_finite(axes: Axes, matrix: Matrix, cell_points: float) -> None:
    """A cross on every NaN, an arrow on every infinity; a ring around where cells are too small to carry them."""
    if matrix.cells is None or not len(matrix.cells) or matrix.nan + matrix.infinite > MOST_MARKS:
        return
    values = matrix.values[tuple(matrix.cells.T)]
    size = float(np.clip(cell_points * 0.6, 3.0, 9.0))
    for mark, where in (("x", np.isnan(values)), ("^", values == np.inf), ("v", values == -np.inf)):
        rows, columns = matrix.cells[where].T
        if not len(rows):
            continue
        colour = NAN_MARK if mark == "x" else INFINITY_MARK
        if cell_points < SMALL_CELL:
            ring = {"marker": "o", "s": 16, "facecolors": "none", "linewidths": 0.9, "clip_on": False}
            axes.scatter(columns, rows, edgecolors="#d600d6" if mark == "x" else "#806f00", **ring)  # type: ignore[arg-type]
        elif mark == "x":
            axes.scatter(columns, rows, marker=mark, s=size**2, color=colour, linewidths=max(0.6, size / 7))
        else:
            axes.scatter(columns, rows, marker=mark, s=size**2, color=colour, edgecolors="black", linewidths=0.4)


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
    if panel.known is not None:
        image[~any_of(panel.known[:, None], (factors[0], 1))[:, 0]] = (*UNKNOWN, 255)
    return image, factors


def draw_picture(axes: Axes, panel: Panel, box: Box, dpi: int) -> AxesImage:
    """The matrix, pooled where it has more cells than dots."""
    rows, columns = panel.matrix.values.shape
    image, factors = picture_image(panel, box, dpi)
    right, bottom = image.shape[1] * factors[1] - 0.5, image.shape[0] * factors[0] - 0.5
    drawn = axes.imshow(image, extent=(-0.5, right, bottom, -0.5), interpolation="nearest", aspect="auto")
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    if panel.known is None:
        _mark_non_finite(axes, panel.matrix, _cell_points(panel, box))
    return drawn


def draw_bar(figure: Figure, panel: Panel, box: Box, of: Layout, points: float) -> None:
    """The colour bar right of a picture, with the screen's ticks as far as there is room for them."""
    axes = axes_in(figure, box, of)
    column = panel.table[np.arange(TOP + 1)][:, None]
    axes.imshow(column, extent=(0, 1, -1, 1), aspect="auto", origin="lower", interpolation="nearest")
    axes.set_xticks([])
    ticks = thinned_ticks(panel.bar_ticks, box.height, points)
    axes.yaxis.tick_right()
    axes.set_yticks([place for place, _ in ticks], [label for _, label in ticks])
    axes.tick_params(length=2, pad=1.5)


def thinned_ticks(ticks: Sequence[tuple[float, str]], height: float, points: float) -> list[tuple[float, str]]:
    """Those of a bar's ticks that don't touch each other: the ends and the middle first."""
    least = 2 * 1.02 * points / POINTS_PER_INCH / height
    order = sorted(ticks, key=lambda tick: (abs(tick[0]) not in (0.0, 1.0), -abs(tick[0])))
    kept: list[tuple[float, str]] = []
    for tick in order:
        if all(abs(tick[0] - other[0]) >= least for other in kept):
            kept.append(tick)
    return sorted(kept)
