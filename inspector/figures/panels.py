"""Matrices as pictures side by side, with titles, colour bars and words: what most figures are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inspector.figures.canvas import Canvas
from inspector.figures.cells import Panel, draw_bar, draw_picture
from inspector.figures.layout import Box, Layout, Needs, bar_beside, layout, lifted, margin_of
from inspector.figures.request import PRESETS, FigureRequest
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
from inspector.picture.ticks import count_ticks

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage


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


def note_points(points: float) -> float:
    """Size of the words below."""
    return 0.92 * points


def lines_of(title: str, notes: Sequence[str], request: FigureRequest) -> tuple[list[str], list[str]]:
    """The words above, in at most three lines, and those below, as wide as there is room."""
    points, room = request.points, PRESETS[request.preset][0] - 2 * margin_of(request.preset)
    above = wrapped([plain_text(title)], room, points * 1.05)[:3] if title else []
    return above, wrapped([plain_text(part) for part in notes if part], room, note_points(points))


def draw_words(figure: Figure, of: Layout, title: Sequence[str], notes: Sequence[str], points: float) -> None:
    """The lines above and below."""
    line = LEADING * points / POINTS_PER_INCH
    for number, text in enumerate(title):
        height = (of.title - number * line) / of.height
        figure.text(of.left / of.width, height, text, va="top", ha="left", fontsize=points * 1.05)
    for number, text in enumerate(reversed(notes)):
        height = (of.notes + number * line * 0.95) / of.height
        figure.text(of.left / of.width, height, text, va="bottom", color=FAINT, fontsize=note_points(points))


def _ticks(count: int, first: int, length: float, points: float, across: bool) -> tuple[list[int], list[str]]:
    """Places and labels of whole numbers, as many as there is room for."""
    label = width_of(str(first + count - 1), points) if across else points / POINTS_PER_INCH
    most = max(1, min(8, int(length / (label + 0.7 * points / POINTS_PER_INCH))))
    numbers = count_ticks(first, first + count - 1, most)
    if len(numbers) > most + 1:
        numbers = numbers[:: -(-len(numbers) // most)]
    return [number - first for number in numbers], [str(number) for number in numbers]


def _decorate(canvas: Canvas, sheet: Sheet, number: int, of: Layout, points: float) -> None:
    """Title, ticks, and words over a picture that colours can't tell."""
    panel, box, (rows, columns) = sheet.panels[number], of.pictures[number], sheet.shape
    first = of.stacked or number == 0
    last = not of.stacked or number == len(sheet.panels) - 1
    em = points / POINTS_PER_INCH
    room = box.width + (0.5 * em if len(sheet.panels) > 1 else 0.0)
    middle = box.left + box.width / 2
    title = elided(panel.title, room, points, end=True)
    canvas.text(middle, box.bottom + box.height + 0.35 * em, title, points, ha="center", va="baseline")
    for place, label in zip(*_ticks(columns, sheet.first[1], box.width, points, True), strict=True):
        canvas.tick_below(box, (place + 0.5) / columns, label if last else "", points)
    if rows > 1:
        for place, label in zip(*_ticks(rows, sheet.first[0], box.height, points, False), strict=True):
            canvas.tick_beside(box, 1 - (place + 0.5) / rows, label if first else "", points)
    if panel.badge:
        frame = {"fc": "white", "ec": "0.7", "lw": 0.5, "pad": 2.0}
        words = elided(panel.badge, box.width, points * 0.95)
        canvas.text(middle, box.bottom + box.height / 2, words, points * 0.95, ha="center", va="center", bbox=frame)


def _name_axes(figure: Figure, sheet: Sheet, of: Layout, points: float) -> None:
    """The columns' name below every picture where there is room, else once below them all; the rows' name likewise."""
    boxes, em = of.pictures[: len(sheet.panels)], points / POINTS_PER_INCH
    below = min(box.bottom for box in boxes) - 0.45 * em - LEADING * em
    wide, high = width_of(sheet.columns, points), width_of(sheet.rows, points)
    across = boxes[-1:] if of.stacked else boxes
    if wide > across[0].width * 1.05:
        across = (Box(boxes[0].left, below, boxes[-1].left + boxes[-1].width - boxes[0].left, 0.0),)
    for box in across:
        middle = box.left + box.width / 2
        text = elided(sheet.columns, max(box.width * 1.05, 0.0), points)
        figure.text(middle / of.width, below / of.height, text, ha="center", va="top", fontsize=points)
    if sheet.shape[0] == 1 or not sheet.rows:
        return
    down = boxes if of.stacked and high <= boxes[0].height * 1.05 else (
        Box(boxes[0].left, boxes[-1].bottom, 0.0, boxes[0].bottom + boxes[0].height - boxes[-1].bottom),
    )  # fmt: skip
    for box in down:
        text = elided(sheet.rows, box.height + 2.5 * LEADING * em, points)
        place = of.rows_name / of.width, (box.bottom + box.height / 2) / of.height
        figure.text(*place, text, ha="left", va="center", rotation=90, fontsize=points)


@dataclass(frozen=True, eq=False)
class Placed:
    """A sheet with where everything stands, and the lines above and below."""

    sheet: Sheet
    of: Layout
    title: Sequence[str]
    notes: Sequence[str]

    def lifted(self, by: float, height: float) -> Placed:
        """The same as a part of a higher figure."""
        return replace(self, of=lifted(self.of, by, height))


def _bar_labels(panel: Panel, request: FigureRequest) -> float | None:
    """Width of the labels of a picture's colour bar; None for no bar."""
    return widest((label for _, label in panel.bar_ticks), request.points) if panel.bar and request.colour_bar else None


def _row_labels(sheet: Sheet, points: float) -> float:
    return width_of(str(sheet.first[0] + sheet.shape[0] - 1), points) if sheet.shape[0] > 1 else 0.0


def placed(sheet: Sheet, request: FigureRequest) -> Placed:
    """Where everything of a sheet stands."""
    points = request.points
    title, notes = lines_of(sheet.title, sheet.notes, request)
    needs = Needs(
        sheet.shape,
        _row_labels(sheet, points),
        sheet.shape[0] > 1 and bool(sheet.rows),
        tuple(_bar_labels(panel, request) for panel in sheet.panels),
        bool(sheet.columns),
        title_lines=len(title),
        note_lines=len(notes),
    )
    return Placed(sheet, layout(needs, request.preset, points), title, notes)


def placed_rows(sheets: Sequence[Sheet], request: FigureRequest, tallest: float, room: float | None) -> list[Placed]:
    """Several sheets one below the other with their pictures in columns; a sheet of fewer pictures leaves columns empty.

    Args:
        sheets: without words around them. request: how they look. tallest: height of a picture in inches, at most.
        room: the height in inches that there is for each of them.
    """
    points, slots = request.points, max((len(sheet.panels) for sheet in sheets), default=1)
    full = [sheet for sheet in sheets if len(sheet.panels) == slots]
    labels = [[_bar_labels(sheet.panels[slot], request) for sheet in full] for slot in range(slots)]
    bars = tuple(max((one for one in column if one is not None), default=None) for column in labels)
    ticks = max((_row_labels(sheet, points) for sheet in sheets), default=0.0)
    found = []
    for sheet in sheets:
        needs = Needs(sheet.shape, ticks, False, bars, False, stacks=False, tallest=tallest)
        of = layout(needs, request.preset, points, room)
        if len(sheet.panels) < slots and of.bars[0] is None and request.colour_bar:
            of = replace(of, bars=(bar_beside(of.pictures[0], points), *of.bars[1:]))
        found.append(Placed(sheet, of, (), ()))
    return found


def paint(figure: Figure, one: Placed, request: FigureRequest) -> list[AxesImage]:
    """Draw a sheet into a figure; returns the images of its pictures."""
    of, points = one.of, request.points
    canvas, images = Canvas(figure, of), []
    for number, panel in enumerate(one.sheet.panels):
        box, bar = of.pictures[number], of.bars[number]
        images.append(draw_picture(canvas, panel, box, request.dpi))
        _decorate(canvas, one.sheet, number, of, points)
        if bar is not None:
            draw_bar(canvas, panel, bar, points)
    canvas.finish()
    _name_axes(figure, one.sheet, of, points)
    draw_words(figure, of, one.title, one.notes, points)
    return images


def draw_sheet(sheet: Sheet, request: FigureRequest) -> Figure:
    """The figure of some pictures."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(settings(request.points)):
        one = placed(sheet, request)
        figure = Figure(figsize=(one.of.width, one.of.height), layout=None)
        paint(figure, one, request)
    return figure
