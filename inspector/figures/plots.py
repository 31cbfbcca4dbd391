"""Curves over the steps, one plot above the other, with a legend and words that never lie on the curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.figures.layout import Box, Layout, bare, margin_of
from inspector.figures.panels import draw_words, lines_of
from inspector.figures.request import PRESETS, FigureRequest
from inspector.figures.style import BAD, FAINT, HAND, INK, LEADING, LINE, POINTS_PER_INCH, elided, widest, width_of
from inspector.picture.ticks import count_ticks
from inspector.picture.traces import SignedAxis, SizeAxis, thinned
from rnn.arrays import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_POINTS = 4000
"""Of a curve; of every run of steps the smallest and the largest stay."""

FEW = 60
"""Up to so many steps every one has a dot."""

HEIGHTS = {"one_column": 0.085, "two_columns": 0.058}
"""Height of one part of a plot, as a share of the figure's width."""


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve: its name, values (T,), colour, width in points; style: of the line, `bar` for bars, empty for dots alone.

    dots: whether every step has one.
    """

    name: str
    values: FloatArray
    colour: str
    width: float
    style: str = "-"
    dots: bool = True


@dataclass(frozen=True, eq=False)
class Plot:
    """One plot: name of the values, axis, curves, height in parts, and a step that is marked, with words."""

    name: str
    axis: SizeAxis | SignedAxis
    curves: tuple[Curve, ...]
    parts: float
    mark: tuple[int, str] | None = None


def _axes_in(figure: Figure, box: Box, of: Layout) -> Axes:
    """Axes in a box of a layout."""
    return figure.add_axes((box.left / of.width, box.bottom / of.height, box.width / of.width, box.height / of.height))


def _draw_curve(axes: Axes, curve: Curve, axis: SizeAxis | SignedAxis, scale: float) -> None:
    steps = len(curve.values)
    t, heights = thinned(np.arange(steps), axis.place(curve.values), MOST_POINTS)
    if curve.style == "bar":
        axes.vlines(t, 0.0, heights, color=curve.colour, linewidth=max(0.5, min(6.0, 150 / steps)) * scale)
        axes.axhline(0.0, color=LINE, linewidth=0.6)
    else:
        dots = "o" if curve.dots and steps <= FEW and curve.style != ":" else ""
        axes.plot(
            t, heights, linestyle=curve.style or "none", marker=dots or (None if curve.style else "o"), color=curve.colour,
            linewidth=curve.width * scale, markersize=(1.2 + curve.width) * scale, solid_capstyle="round", markeredgewidth=0,
        )  # fmt: skip
    bad = np.flatnonzero(np.isinf(curve.values) | np.isnan(curve.values) & (curve.colour == HAND))[:MOST_POINTS]
    if len(bad):
        axes.plot(bad, np.full(len(bad), axis.top), "^", color=BAD, markersize=3.5 * scale, clip_on=False)


def _draw_plot(axes: Axes, plot: Plot, height: float, request: FigureRequest, last: bool, wide: float) -> None:
    points, axis = request.points, plot.axis
    scale = (points / 8.0) ** 0.7
    steps = len(plot.curves[0].values)
    for curve in plot.curves:
        _draw_curve(axes, curve, axis, scale)
    room = 0.06 * (axis.top - axis.bottom)
    axes.set_xlim(-0.5, max(steps - 0.5, 0.5))
    axes.set_ylim(axis.bottom - room, axis.top + room)
    labels = y_labels(plot, height, points)
    axes.set_yticks([place for place, _ in labels], [label for _, label in labels])
    most = max(2, int(wide / (2.2 * width_of(str(steps), points))))
    numbers = count_ticks(0, steps - 1, min(most, 10))
    axes.set_xticks(numbers, [str(number) for number in numbers] if last else [""] * len(numbers))
    axes.tick_params(length=2, pad=1.5)
    axes.grid(axis="y", color=LINE, linewidth=0.4, alpha=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if plot.mark is not None:
        axes.axvline(plot.mark[0], color=BAD, linewidth=0.9 * scale, linestyle="--")


def y_labels(plot: Plot, height: float, points: float) -> list[tuple[float, str]]:
    """Labels of the values that don't touch each other."""
    least = 1.15 * points / POINTS_PER_INCH * (plot.axis.top - plot.axis.bottom) * 1.12 / height
    found = sorted(plot.axis.labels(max(2, int(height / (1.6 * points / POINTS_PER_INCH)))))
    kept = found[:1]
    for tick in found[1:]:
        if tick[0] - kept[-1][0] >= least:
            kept.append(tick)
    return kept


@dataclass(frozen=True)
class _Sample:
    """A sample of a line in the legend: where it begins, and its words; or words alone."""

    left: float
    text: str
    curve: Curve | None


def _legend(plot: Plot, width: float, points: float, marked: bool) -> list[list[_Sample]]:
    """Lines of the legend, each from left to right, as wide as there is room."""
    em = points / POINTS_PER_INCH
    lines: list[list[_Sample]] = [[]]
    left = 0.0
    entries: list[tuple[str, Curve | None]] = [(curve.name, curve) for curve in plot.curves]
    if plot.mark is not None and marked:
        entries.append((plot.mark[1], None))
    for text, curve in entries:
        text = elided(text, width - 2.4 * em, points)
        taken = 2.4 * em + width_of(text, points) + 1.2 * em
        if lines[-1] and left + taken - 1.2 * em > width:
            lines.append([])
            left = 0.0
        lines[-1].append(_Sample(left, text, curve))
        left += taken
    return lines


def _draw_legend(figure: Figure, lines: Sequence[Sequence[_Sample]], box: Box, of: Layout, points: float) -> None:
    from matplotlib.lines import Line2D

    em, line, scale = points / POINTS_PER_INCH, LEADING * points / POINTS_PER_INCH, (points / 8.0) ** 0.7
    for number, samples in enumerate(lines):
        middle = (box.bottom + box.height + (len(lines) - number - 0.5) * line + 0.1 * em) / of.height
        for sample in samples:
            start, end, curve = box.left + sample.left, box.left + sample.left + 1.9 * em, sample.curve
            colour, width, style = (BAD, 0.9, "--") if curve is None else (curve.colour, curve.width, curve.style)
            if style == "":
                dot: dict[str, Any] = {"marker": "o", "markersize": 2.3 * scale, "markeredgewidth": 0}
                figure.add_artist(Line2D([(start + end) / 2 / of.width], [middle], color=colour, **dot))
            else:
                shape, thick = ("-", 4.0) if style == "bar" else (style, width)
                across = [start / of.width, end / of.width]
                figure.add_artist(Line2D(across, [middle] * 2, color=colour, linewidth=thick * scale, linestyle=shape))
            words: dict[str, Any] = {
                "va": "center_baseline",
                "color": INK if curve is not None else FAINT,
                "fontsize": 0.95 * points,
            }
            figure.text((end + 0.45 * em) / of.width, middle, sample.text, **words)


def draw_plots(plots: Sequence[Plot], steps: str, title: str, notes: Sequence[str], request: FigureRequest) -> Figure:
    """The figure of some plots over the same steps.

    Args:
        plots: from above. steps: name of the axis below. title: above, may be empty. notes: words below. request: how it looks.
    """
    from matplotlib.figure import Figure

    points = request.points
    width, fixed = PRESETS[request.preset]
    em, line = points / POINTS_PER_INCH, LEADING * points / POINTS_PER_INCH
    margin = margin_of(request.preset)
    above, below = lines_of(title, notes, request)
    labels = max(widest((label for _, label in plot.axis.labels(100)), points) for plot in plots)
    left = margin + line + labels + 0.7 * em
    wide = width - left - margin - 0.6 * em
    # What the marked step means is said once.
    legends = [_legend(plot, wide, points, number == 0) for number, plot in enumerate(plots)]
    top = margin + len(above) * line + (0.3 * line if above else 0.0)
    foot = margin + len(below) * line * 0.95 + (0.5 * line if below else 0.0) + 2 * line + 0.5 * em
    heads = [len(legend) * line + 0.35 * em for legend in legends]
    gaps = 0.5 * line * (len(plots) - 1)
    parts = sum(plot.parts for plot in plots)
    if fixed is None:
        each = HEIGHTS[request.preset] * width
        height = top + foot + sum(heads) + gaps + each * parts
    else:
        height, each = fixed, (fixed - top - foot - sum(heads) - gaps) / parts
    of = bare(request.preset, height)
    figure = Figure(figsize=(width, height), layout=None)
    edge = height - top
    for number, plot in enumerate(plots):
        edge -= heads[number]
        box = Box(left, edge - each * plot.parts, wide, each * plot.parts)
        edge = box.bottom - 0.5 * line
        _draw_plot(_axes_in(figure, box, of), plot, box.height, request, number == len(plots) - 1, wide)
        _draw_legend(figure, legends[number], box, of, points)
        place = margin / width, (box.bottom + box.height / 2) / height
        figure.text(*place, elided(plot.name, box.height, points), rotation=90, ha="left", va="center", fontsize=points)
    figure.text(
        (left + wide / 2) / width,
        (edge + 0.5 * line - line - 0.45 * em) / height,
        steps,
        ha="center",
        va="top",
        fontsize=points,
    )
    draw_words(figure, of, above, below, points)
    return figure
