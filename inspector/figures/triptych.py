"""Hand, JAX and difference as a figure: the same colours as the screen, the numbers in words below."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from inspector.picture.colours import (
    LIGHT,
    NAN_COLOUR,
    NOT_A_NUMBER,
    TOP,
    Levels,
    Range,
    finite_peak,
    table_for,
    to_indices,
)
from inspector.picture.difference import METRICS, TITLES, floor_of, has_unit, signed
from inspector.picture.pooling import level_for, pyramid
from inspector.picture.summary import badge, count, difference_badge
from inspector.picture.ticks import bar_ticks, count_ticks, short
from rnn.arrays import AnyArray
from rnn.errors import InputError
from rnn.verdict import LIMIT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PRESETS = {"one_column": 3.4, "two_columns": 7.0, "slide": 12.0}
"""Widths in inches."""

FONT_POINTS = {"one_column": 6.0, "two_columns": 8.0, "slide": 14.0}
SUFFIXES = (".png", ".pdf", ".svg", ".npz")
PANEL_SHARE = 0.222
PANEL_LEFTS = (0.065, 0.333, 0.668)
"""Width and left edges of the three pictures, as shares of the figure; the rest is for ticks and colour bars."""

CELLS_PER_INCH = 300
STYLE = {
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "bptt-inspector",
    "font.family": "DejaVu Sans",
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "mathtext.default": "regular",
}


@dataclass(frozen=True)
class FigureSpec:
    """How a figure looks.

    Attributes:
        quantity: its name. metric, range, colour_map: as on the screen.
        floor: noise of the quantity, rms. caption: a line below.
        rows, columns: names of the axes.
        preset: of `PRESETS`. dpi: of a PNG.
    """

    quantity: str
    metric: str = "difference"
    range: Range = field(default_factory=Range)
    colour_map: str = "red-blue"
    floor: float = 0.0
    caption: str = ""
    rows: str = "row"
    columns: str = "column"
    preset: str = "two_columns"
    dpi: int = 300


def _picture(axes: Axes, values: AnyArray, levels: Levels, table: AnyArray, width_inches: float) -> None:
    """Draw one matrix, pooled where it has more cells than the print can show."""
    rows, columns = values.shape
    levels_of_detail = pyramid(values)
    level = level_for(max(rows, columns) / (width_inches * CELLS_PER_INCH), len(levels_of_detail))
    image = table[to_indices(levels_of_detail[level], levels)]
    shape = rows / columns
    aspect: Literal["equal", "auto"] = "equal" if 0.5 <= shape <= 1.2 else "auto"
    axes.imshow(image, extent=(-0.5, columns - 0.5, rows - 0.5, -0.5), interpolation="nearest", aspect=aspect)
    axes.set_xticks(count_ticks(0, columns - 1, 5))
    axes.set_yticks([] if rows == 1 else count_ticks(0, rows - 1, 6))
    _mark_non_finite(axes, values)


def _mark_non_finite(axes: Axes, values: AnyArray) -> None:
    """A cross on every NaN, an arrow on every infinity, while cells are large enough to carry one."""
    if max(values.shape) > 64:
        return
    for mark, where in (("x", np.isnan(values)), ("^", values == np.inf), ("v", values == -np.inf)):
        rows, columns = np.nonzero(where)
        if len(rows):
            axes.scatter(columns, rows, marker=mark, s=12, color="#ff40ff" if mark == "x" else "#ffe600", linewidths=1)


def _bar(axes: Axes, levels: Levels, table: AnyArray) -> None:
    """The colour bar right of a picture, with the screen's ticks."""
    box = axes.inset_axes((1.06, 0.0, 0.055, 1.0))
    column = table[np.arange(TOP + 1)][:, None]
    box.imshow(column, extent=(0, 1, -1, 1), aspect="auto", origin="lower", interpolation="nearest")
    box.set_xticks([])
    ticks = bar_ticks(levels)
    box.yaxis.tick_right()
    box.set_yticks([place for place, _ in ticks], [label for _, label in ticks])
    box.tick_params(length=2, pad=1.5)


def _table(spec: FigureSpec, levels: Levels, fade_below: float) -> AnyArray:
    """The colours of one picture, NaN black as paper wants it."""
    table = table_for(spec.colour_map, LIGHT, levels, fade_below)
    table[NOT_A_NUMBER, :3] = NAN_COLOUR[LIGHT]
    return table


def _words(
    hand: AnyArray, reference: AnyArray, difference: AnyArray, spec: FigureSpec, levels: tuple[Levels, Levels]
) -> str:
    """The line below: noise, worst entry, counts."""
    parts = [spec.caption] if spec.caption else []
    size = np.abs(np.where(np.isnan(difference), np.inf, difference))
    row, column = (int(i) for i in np.unravel_index(int(np.argmax(size)), size.shape))
    if difference_badge(hand, reference):
        parts.append(difference_badge(hand, reference))
    elif has_unit(spec.metric):
        parts.append(f"largest {short(float(difference[row, column]))} at ({row}, {column})")
    if spec.floor > 0:
        parts.append(f"rounding noise {spec.floor:.1e} (rms)")
    names = ("hand", "JAX", "difference")
    for name, values, range_of in zip(
        names, (hand, reference, difference), (levels[0], levels[0], levels[1]), strict=True
    ):
        found = count(values, range_of).words()
        parts += [f"{name}: {found}"] if found else []
    return ";  ".join(parts)


def _decorate(axes: Axes, title: str, words: str, spec: FigureSpec) -> None:
    """Title, axis name, ticks, and words over a picture that colours can't tell."""
    axes.set_title(title, fontsize=FONT_POINTS[spec.preset] * 1.05, pad=4)
    axes.set_xlabel(spec.columns, labelpad=2)
    axes.tick_params(length=2, pad=1.5)
    if words:
        box = {"fc": "white", "ec": "0.7", "lw": 0.5}
        axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", bbox=box)


def _empty(spec: FigureSpec, shape: tuple[int, ...]) -> tuple[Figure, list[Axes]]:
    """A figure of the preset's width with three axes of the matrix's proportions."""
    from matplotlib.figure import Figure

    width = PRESETS[spec.preset]
    tall = min(max(shape[0] / shape[1], 0.45), 1.2)
    height = width * PANEL_SHARE * tall + width * 0.125
    figure = Figure(figsize=(width, height), layout=None)
    bottom, top = 0.09 * width / height, 1 - 0.035 * width / height
    return figure, [figure.add_axes((left, bottom, PANEL_SHARE, top - bottom)) for left in PANEL_LEFTS]


def _shown(hand: AnyArray, reference: AnyArray, spec: FigureSpec) -> AnyArray:
    """The difference in the figure's metric."""
    return METRICS[spec.metric](hand, reference, LIMIT * spec.floor)


def draw(hand: AnyArray, reference: AnyArray, spec: FigureSpec) -> Figure:
    """The figure, ready to be printed.

    Args:
        hand, reference: matrices of one shape.
        spec: how it looks.
    """
    import matplotlib

    arrays = np.asarray(hand, "float64"), np.asarray(reference, "float64"), _shown(hand, reference, spec)
    shared = max(finite_peak(arrays[0]), finite_peak(arrays[1]))
    floor = floor_of(spec.metric, spec.floor, shared)
    both, own = spec.range.levels(shared, finite_peak(arrays[2]), floor, has_unit(spec.metric))
    fade = LIMIT * spec.floor * has_unit(spec.metric)
    if spec.metric == "classes":
        own, fade = Levels(2.0, 1.0, "linear"), 1.0
    levels = both, both, own
    tables = [_table(spec, one, below) for one, below in zip(levels, (0.0, 0.0, fade), strict=True)]
    titles = (f"{spec.quantity}, hand", f"{spec.quantity}, JAX", TITLES[spec.metric])
    words = (badge(arrays[0]), badge(arrays[1]), difference_badge(hand, reference))
    with matplotlib.rc_context({**STYLE, "font.size": FONT_POINTS[spec.preset]}):
        figure, panes = _empty(spec, hand.shape)
        for i, axes in enumerate(panes):
            _picture(axes, arrays[i], levels[i], tables[i], PRESETS[spec.preset] * PANEL_SHARE)
            _decorate(axes, titles[i], words[i], spec)
        panes[0].set_ylabel(spec.rows if hand.shape[0] > 1 else "", labelpad=2)
        _bar(panes[1], levels[1], tables[1])
        _bar(panes[2], levels[2], tables[2])
        size = FONT_POINTS[spec.preset] * 0.92
        figure.text(
            PANEL_LEFTS[0], 0.015, _words(*arrays, spec, (both, levels[2])), va="bottom", color="0.25", fontsize=size
        )
        return figure


def _printed(figure: Figure, suffix: str, spec: FigureSpec, metadata: Mapping[str, Any]) -> bytes:
    """The file's bytes; the same input gives the same bytes: no dates, fixed salts."""
    import matplotlib

    text = json.dumps(metadata, sort_keys=True)
    fields: dict[str, dict[str, Any]] = {
        ".png": {"Software": "bptt-inspector", "Description": text},
        ".pdf": {"Creator": "bptt-inspector", "Subject": text, "CreationDate": None, "ModDate": None, "Producer": None},
        ".svg": {"Creator": "bptt-inspector", "Description": text, "Date": None},
    }
    target = io.BytesIO()
    with matplotlib.rc_context({**STYLE, "font.size": FONT_POINTS[spec.preset]}):
        figure.savefig(target, format=suffix[1:], dpi=spec.dpi, metadata=fields[suffix])
    return target.getvalue()


def _numbers(hand: AnyArray, reference: AnyArray, spec: FigureSpec, metadata: Mapping[str, Any]) -> bytes:
    target = io.BytesIO()
    shown = _shown(hand, reference, spec)
    # The difference is always there; another metric stands beside it under its own name.
    more: dict[str, Any] = {} if spec.metric == "difference" else {spec.metric: shown}
    np.savez(
        target,
        hand=hand,
        reference=reference,
        difference=signed(hand, reference),
        metadata=np.array(json.dumps(metadata, sort_keys=True)),
        **more,
    )
    return target.getvalue()


def check_suffix(path: Path) -> str:
    """The suffix in lower case; raises `InputError` for one that is not drawn."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            f"{path.name} ends in {suffix or 'nothing'}; figures are {', '.join(SUFFIXES)} (.npz holds the numbers)"
        )
    return suffix


def save_triptych(
    hand: AnyArray, reference: AnyArray, spec: FigureSpec, path: Path, metadata: Mapping[str, Any]
) -> None:
    """Draw and write, whole or not at all.

    Args:
        hand, reference: matrices of one shape.
        spec: how it looks.
        path: `.png`, `.pdf`, `.svg`, or `.npz` for the numbers.
        metadata: put inside the file.

    Raises:
        InputError: an unknown suffix, or a file that can't be written.
    """
    suffix = check_suffix(path)
    data = (
        _numbers(hand, reference, spec, metadata)
        if suffix == ".npz"
        else _printed(draw(hand, reference, spec), suffix, spec, metadata)
    )
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise InputError(
            f"{path} could not be written: {error.strerror or error}; choose another place or make room"
        ) from error
