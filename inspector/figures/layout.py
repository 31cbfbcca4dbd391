"""Where pictures, colour bars and words stand, in inches: from the widths of the words, so that nothing overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inspector.figures.request import PRESETS
from inspector.figures.style import LEADING, POINTS_PER_INCH

MARGIN = 0.05
TALLEST = 1.5
"""A picture is at most so high, in its widths; and a single one in a wide column at most so wide."""

SQUARE = (0.45, 1.6)
"""Rows over columns between which cells are drawn as squares."""

STRIP = 1 / 3
"""Below this shape pictures stand one above the other."""

THICKEST = 0.16
"""Of a strip's width: so high is it at most."""

LARGEST_SHARE = 0.62
"""Of the figure's width, for one picture alone."""


@dataclass(frozen=True)
class Box:
    """A rectangle in inches from the lower left corner of the figure."""

    left: float
    bottom: float
    width: float
    height: float


@dataclass(frozen=True)
class Needs:
    """What has to fit beside and between pictures, in inches.

    Attributes:
        shape: rows and columns of a picture. ticks: width of the labels of the rows. row_name: whether the rows have a name.
        bars: of every picture, the width of the labels of its colour bar; None for no bar.
        column_name, titles: whether the columns have a name, and pictures titles.
        title_lines, note_lines: lines of words above and below.
        stacks: whether flat pictures stand one above the other. tallest: height of a picture at most, where that is little;
            then all of them are as wide as there is room.
    """

    shape: tuple[int, int]
    ticks: float
    row_name: bool
    bars: tuple[float | None, ...]
    column_name: bool = True
    titles: bool = True
    title_lines: int = 0
    note_lines: int = 0
    stacks: bool = True
    tallest: float | None = None


@dataclass(frozen=True)
class Layout:
    """Where everything stands.

    Attributes:
        width, height: of the figure in inches. pictures: their boxes. bars: boxes of their colour bars, or None.
        stacked: whether pictures stand one above the other. equal: whether cells are squares.
        title, notes: the upper edge of the words above, and the lower edge of those below; left: where they begin.
        rows_name: left edge of the name of the rows.
    """

    width: float
    height: float
    pictures: tuple[Box, ...]
    bars: tuple[Box | None, ...]
    stacked: bool
    equal: bool
    left: float
    title: float
    notes: float
    rows_name: float


def margin_of(preset: str) -> float:
    """What stays free at the edges of a figure, in inches: more on a slide."""
    return MARGIN if PRESETS[preset][1] is None else 4 * MARGIN


def bare(preset: str, height: float) -> Layout:
    """A layout of words above and below alone, for what is placed by itself."""
    margin = margin_of(preset)
    return Layout(PRESETS[preset][0], height, (), (), True, False, margin, height - margin, margin, margin)


def _bar_width(em: float) -> float:
    return max(0.055, 0.8 * em)


def _beside(bar: float | None, em: float) -> float:
    """What a colour bar takes right of its picture."""
    return 0.0 if bar is None else 0.55 * em + _bar_width(em) + 0.5 * em + bar


def lifted(of: Layout, by: float, height: float) -> Layout:
    """A layout as a part of a higher figure, so far above its lower edge."""

    def up(box: Box) -> Box:
        return replace(box, bottom=box.bottom + by)

    return replace(
        of,
        height=height,
        pictures=tuple(up(box) for box in of.pictures),
        bars=tuple(None if box is None else up(box) for box in of.bars),
        title=of.title + by,
        notes=of.notes + by,
    )


def layout(needs: Needs, preset: str, points: float, fixed: float | None = None) -> Layout:
    """Place everything.

    Args:
        needs: what has to fit. preset: of `PRESETS`. points: size of the words.
        fixed: the height in inches that there is, where it is not the preset's.
    """
    em, line = points / POINTS_PER_INCH, LEADING * points / POINTS_PER_INCH
    width, whole = PRESETS[preset]
    fixed = fixed or whole
    margin = margin_of(preset)
    left = margin + needs.ticks + 0.6 * em + (line if needs.row_name else 0.0)
    above = margin + needs.title_lines * line + (0.35 * line if needs.title_lines else 0.0)
    below = margin + needs.note_lines * line * 0.95 + (0.5 * line if needs.note_lines else 0.0)
    axis = line + 0.45 * em + (line if needs.column_name else 0.0)
    head = line if needs.titles else 0.3 * em
    ratio, count = needs.shape[0] / needs.shape[1], len(needs.bars)
    stacked = needs.stacks and ratio < STRIP and count > 1
    room = None if fixed is None else fixed - above - below
    place = _stacked if stacked else _side_by_side
    pictures, bars, equal = place(needs, (width, left, margin), (em, head, axis), room)
    inner = max(-box.bottom for box in pictures)
    height = fixed or above + below + inner + axis
    top = height - above
    moved = tuple(replace(box, bottom=box.bottom + top) for box in pictures)
    moved_bars = tuple(None if box is None else replace(box, bottom=box.bottom + top) for box in bars)
    name = min(box.left for box in moved) - (left - margin)
    return Layout(width, height, moved, moved_bars, stacked, equal, margin, height - margin, margin, name)


Placed = tuple[tuple[Box, ...], tuple[Box | None, ...], bool]


def bar_beside(box: Box, points: float) -> Box:
    """The box of a colour bar right of a picture."""
    em = points / POINTS_PER_INCH
    return Box(box.left + box.width + 0.55 * em, box.bottom, _bar_width(em), box.height)


def _bars(pictures: Sequence[Box], needs: Needs, em: float) -> tuple[Box | None, ...]:
    return tuple(
        None if bar is None else bar_beside(box, em * POINTS_PER_INCH)
        for box, bar in zip(pictures, needs.bars, strict=True)
    )


def _height(width: float, ratio: float, least: float) -> tuple[float, bool]:
    """Height of a picture of a width, and whether its cells are squares."""
    equal = SQUARE[0] <= ratio <= SQUARE[1]
    return max(width * (ratio if equal else min(max(ratio, SQUARE[0]), TALLEST)), least), equal


def _side_by_side(
    needs: Needs, across: tuple[float, float, float], sizes: tuple[float, float, float], room: float | None
) -> Placed:
    """Pictures from left to right; bottoms count down from the upper edge of the pictures' part."""
    (width, left, margin), (em, head, axis) = across, sizes
    count, ratio = len(needs.bars), needs.shape[0] / needs.shape[1]
    gap = 1.3 * em
    taken = sum(_beside(bar, em) for bar in needs.bars) + gap * (count - 1) + left + margin
    each = (width - taken) / count
    if count == 1:
        each = min(each, LARGEST_SHARE * width)
    strip = count == 1 and ratio < STRIP
    if needs.tallest is not None:
        most = needs.tallest if room is None else max(min(needs.tallest, room - head - axis), em)
        height = max(min(each * ratio, most), min(2 * em, most))
        pictures = _row(needs, (each, height, head + height), left, gap, em)
        return pictures, _bars(pictures, needs, em), False
    if strip:
        each = width - taken
    height, equal = (
        (max(min(each * ratio, THICKEST * each), 3.6 * em), False) if strip else _height(each, ratio, 3.6 * em)
    )
    if room is not None and height > room - head - axis:
        height = room - head - axis
        each = height / ratio if equal else each
    spare = width - taken - each * count
    start = left + (spare / 2 if room is not None or count == 1 else 0.0)
    drop = head + height if room is None else head + height + max(room - head - axis - height, 0.0) / 2
    pictures = _row(needs, (each, height, drop), start, gap, em)
    return pictures, _bars(pictures, needs, em), equal


def _row(needs: Needs, size: tuple[float, float, float], start: float, gap: float, em: float) -> tuple[Box, ...]:
    """Pictures of one size (width, height, and how far down their lower edges are) from left to right."""
    each, height, drop = size
    pictures = []
    for bar in needs.bars:
        pictures.append(Box(start, -drop, each, height))
        start += each + _beside(bar, em) + gap
    return tuple(pictures)


def _stacked(
    needs: Needs, across: tuple[float, float, float], sizes: tuple[float, float, float], room: float | None
) -> Placed:
    """Pictures one above the other, all with room for the widest bar; only the last one has words below."""
    (width, left, margin), (em, head, axis) = across, sizes
    count, ratio = len(needs.bars), needs.shape[0] / needs.shape[1]
    each = width - left - margin - max(_beside(bar, em) for bar in needs.bars)
    height, gap = max(min(each * ratio, THICKEST * each), 3.6 * em), 0.8 * em
    if room is not None:
        height = max((room - axis - gap * (count - 1)) / count - head, 2 * em)
        height = min(height, each / 6)
    pictures, top = [], 0.0
    for _ in needs.bars:
        pictures.append(Box(left, top - head - height, each, height))
        top -= head + height + gap
    return tuple(pictures), _bars(pictures, needs, em), False
