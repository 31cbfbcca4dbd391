"""Matrices as pictures side by side, with titles, colour bars and words: what most figures are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from inspector.figures.layout import Box, Layout, Needs, layout
from inspector.figures.pooled import MOST_MARKS, Matrix, factors_for, image_of
from inspector.figures.request import FigureRequest
from inspector.figures.style import (
    FAINT,
    LEADING,
    POINTS_PER_INCH,
    elided,
    plain_text,
    settings,
    widest,
    width_of,
    wrapped,
)
from inspector.picture.colours import LIGHT, NAN_COLOUR, NAN_SMALL, NOT_A_NUMBER, TOP, Levels, faded, table_for
from inspector.picture.ticks import bar_ticks, count_ticks
from rnn.arrays import AnyArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SMALL_CELL = 4.0
"""Points; a NaN in a smaller cell is drawn in a colour that stands out, in a larger one black with a mark."""

NAN_MARK, INFINITY_MARK = "#ff40ff", "#ffe600"


@dataclass(frozen=True, eq=False)
class Panel:
    """One picture.

    Attributes:
        title: above it. matrix: its numbers. levels: of its colours. colour_map: name.
        fade_below: size up to which a value is drawn faded, 0 for none. beyond: instead, which entries are not faded.
        badge: words on it, for what colours can't tell. bar: whether it has a colour bar. ticks: of it, where not the usual.
    """

    title: str
    matrix: Matrix
    levels: Levels
    colour_map: str
    fade_below: float = 0.0
    beyond: AnyArray | None = None
    badge: str = ""
    bar: bool = True
    ticks: tuple[tuple[float, str], ...] = ()

    @cached_property
    def bar_ticks(self) -> tuple[tuple[float, str], ...]:
        """Places (-1 to 1) and labels on its bar."""
        return self.ticks or tuple(bar_ticks(self.levels))

    @cached_property
    def table(self) -> AnyArray:
        """Its colours (256, 4)."""
        return table_for(self.colour_map, LIGHT, self.levels, self.fade_below)


@dataclass(frozen=True, eq=False)
class Sheet:
    """Pictures of one shape, and the words around them.

    Attributes:
        panels: from left to right. rows, columns: names of the axes; first: numbers of the first row and column.
        title: lines above. notes: parts of the words below.
    """

    panels: tuple[Panel, ...]
    rows: str
    columns: str
    first: tuple[int, int] = (0, 0)
    title: str = ""
    notes: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.panels[0].matrix.values.shape
        return rows, columns


def axes_in(figure: Figure, box: Box, of: Layout) -> Axes:
    """Axes in a box of a layout."""
    place = (box.left / of.width, box.bottom / of.height, box.width / of.width, box.height / of.height)
    return figure.add_axes(place)


def note_points(points: float) -> float:
    """Size of the words below."""
    return 0.92 * points


def draw_words(figure: Figure, of: Layout, title: Sequence[str], notes: Sequence[str], points: float) -> None:
    """The lines above and below."""
    line = LEADING * points / POINTS_PER_INCH
    for number, text in enumerate(title):
        height = (of.title - number * line) / of.height
        figure.text(of.left / of.width, height, text, va="top", ha="left", fontsize=points * 1.05)
    for number, text in enumerate(reversed(notes)):
        height = (of.notes + number * line * 0.95) / of.height
        figure.text(of.left / of.width, height, text, va="bottom", color=FAINT, fontsize=note_points(points))


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


def _draw_picture(axes: Axes, panel: Panel, box: Box, dpi: int) -> None:
    """The matrix, pooled where it has more cells than dots."""
    values = panel.matrix.values
    rows, columns = values.shape
    cell_points = POINTS_PER_INCH * min(box.width / columns, box.height / rows)
    factors = factors_for((rows, columns), (box.height * dpi, box.width * dpi))
    table = panel.table.copy()
    table[NOT_A_NUMBER, :3] = NAN_SMALL if cell_points < SMALL_CELL else NAN_COLOUR[LIGHT]
    image = image_of(values, panel.levels, (table, faded(table, LIGHT)), panel.beyond, factors)
    right, bottom = image.shape[1] * factors[1] - 0.5, image.shape[0] * factors[0] - 0.5
    axes.imshow(image, extent=(-0.5, right, bottom, -0.5), interpolation="nearest", aspect="auto")
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    _mark_non_finite(axes, panel.matrix, cell_points)


def _ticks(count: int, first: int, length: float, points: float, across: bool) -> tuple[list[int], list[str]]:
    """Places and labels of whole numbers, as many as there is room for."""
    label = width_of(str(first + count - 1), points) if across else points / POINTS_PER_INCH
    most = max(1, min(8, int(length / (label + 0.7 * points / POINTS_PER_INCH))))
    numbers = count_ticks(first, first + count - 1, most)
    if len(numbers) > most + 1:
        numbers = numbers[:: -(-len(numbers) // most)]
    return [number - first for number in numbers], [str(number) for number in numbers]


def _draw_bar(figure: Figure, panel: Panel, box: Box, of: Layout, points: float) -> None:
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


def _decorate(axes: Axes, sheet: Sheet, number: int, of: Layout, points: float) -> None:
    """Title, axis names, ticks, and words over a picture that colours can't tell."""
    panel, box, (rows, columns) = sheet.panels[number], of.pictures[number], sheet.shape
    first = of.stacked or number == 0
    last = not of.stacked or number == len(sheet.panels) - 1
    room = box.width + (0.8 * points / POINTS_PER_INCH if len(sheet.panels) > 1 else 0.0)
    axes.set_title(elided(panel.title, room, points), fontsize=points, pad=0.35 * points)
    across, down = (
        _ticks(columns, sheet.first[1], box.width, points, True),
        _ticks(rows, sheet.first[0], box.height, points, False),
    )
    axes.set_xticks(across[0], across[1] if last else [""] * len(across[0]))
    axes.set_yticks(down[0] if rows > 1 else [], (down[1] if first else [""] * len(down[0])) if rows > 1 else [])
    axes.tick_params(length=2, pad=1.5)
    if panel.badge:
        frame = {"fc": "white", "ec": "0.7", "lw": 0.5, "pad": 2.0}
        axes.text(
            0.5, 0.5, elided(panel.badge, box.width, points * 0.95), transform=axes.transAxes, ha="center", va="center",
            bbox=frame, fontsize=points * 0.95,
        )  # fmt: skip


def _name_axes(figure: Figure, sheet: Sheet, of: Layout, points: float) -> None:
    """The columns' name below every picture where there is room, else once below them all; the rows' name likewise."""
    boxes, em = of.pictures, points / POINTS_PER_INCH
    below = min(box.bottom for box in boxes) - 0.45 * em - LEADING * em
    wide, high = width_of(sheet.columns, points), width_of(sheet.rows, points)
    across = boxes[-1:] if of.stacked else boxes
    if wide > across[0].width * 1.05:
        across = (Box(boxes[0].left, below, boxes[-1].left + boxes[-1].width - boxes[0].left, 0.0),)
    for box in across:
        middle = box.left + box.width / 2
        text = elided(sheet.columns, max(box.width * 1.05, 0.0), points)
        figure.text(middle / of.width, below / of.height, text, ha="center", va="top", fontsize=points)
    if sheet.shape[0] == 1:
        return
    down = boxes if of.stacked and high <= boxes[0].height * 1.05 else (
        Box(boxes[0].left, boxes[-1].bottom, 0.0, boxes[0].bottom + boxes[0].height - boxes[-1].bottom),
    )  # fmt: skip
    for box in down:
        text = elided(sheet.rows, max(box.height * 1.2, 3 * em), points)
        place = of.rows_name / of.width, (box.bottom + box.height / 2) / of.height
        figure.text(*place, text, ha="left", va="center", rotation=90, fontsize=points)


def draw_sheet(sheet: Sheet, request: FigureRequest) -> Figure:
    """The figure of some pictures."""
    import matplotlib
    from matplotlib.figure import Figure

    points = request.points
    with matplotlib.rc_context(settings(points)):
        of, title, notes = laid_out(sheet, request)
        figure = Figure(figsize=(of.width, of.height), layout=None)
        for number, (panel, box) in enumerate(zip(sheet.panels, of.pictures, strict=True)):
            axes = axes_in(figure, box, of)
            _draw_picture(axes, panel, box, request.dpi)
            _decorate(axes, sheet, number, of, points)
            bar = of.bars[number]
            if bar is not None:
                _draw_bar(figure, panel, bar, of, points)
        _name_axes(figure, sheet, of, points)
        draw_words(figure, of, title, notes, points)
    return figure


def laid_out(sheet: Sheet, request: FigureRequest) -> tuple[Layout, list[str], list[str]]:
    """Where everything stands, and the lines above and below."""
    from inspector.figures.request import PRESETS

    points, width = request.points, PRESETS[request.preset][0]
    rows, columns = sheet.shape
    bars = [
        widest((label for _, label in panel.bar_ticks), points) if panel.bar and request.colour_bar else None
        for panel in sheet.panels
    ]
    inner = width - 0.1 if PRESETS[request.preset][1] is None else width - 0.4
    title = wrapped([plain_text(sheet.title)], inner, points * 1.05)[:3] if sheet.title else []
    notes = wrapped([plain_text(part) for part in sheet.notes], inner, note_points(points))
    needs = Needs(
        (rows, columns),
        width_of(str(sheet.first[0] + rows - 1), points) if rows > 1 else 0.0,
        rows > 1,
        tuple(bars),
        title_lines=len(title),
        note_lines=len(notes),
    )
    return layout(needs, request.preset, points), title, notes
