"""Two matrices beside each other and their difference, as pictures and in words: what hand and JAX are drawn as everywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inspector.figures.cells import Panel
from inspector.figures.pooled import Matrix, matrix_of
from inspector.figures.request import FigureRequest
from inspector.picture.colours import Levels, Range
from inspector.picture.difference import (
    CLASS_LEVELS,
    CLASS_TICKS,
    METRICS,
    TITLES,
    beyond_limit,
    class_counts,
    fade_of,
    floor_of,
    has_unit,
    limit_of,
    signed,
)
from inspector.picture.summary import badge, count, difference_badge
from inspector.picture.ticks import short
from rnn.arrays import AnyArray

NAMES = {"hand": "hand", "reference": "JAX"}


@dataclass(frozen=True, eq=False)
class Pair:
    """Two matrices beside each other and their difference in a metric.

    Attributes:
        hand, reference, difference: as drawn. floor: noise of the quantity, rms. limit: up to where a difference is faded.
        raw: hand - reference, where `difference` is in another metric. request: how they are drawn. same: badge of the difference.
    """

    hand: Matrix
    reference: Matrix
    difference: Matrix
    raw: AnyArray
    floor: float
    limit: AnyArray | float
    request: FigureRequest
    same: str = ""

    @property
    def levels(self) -> tuple[Levels, Levels]:
        """Of both sides, and of the difference."""
        request = self.request
        shared = max(self.hand.peak, self.reference.peak)
        chosen = Range(request.scale, request.locked, request.value_bound, request.difference_bound)
        floor = floor_of(request.metric, self.floor, shared)
        both, own = chosen.levels(shared, self.difference.peak, floor, has_unit(request.metric))
        return both, CLASS_LEVELS if request.metric == "classes" else own

    def panels(self, names: tuple[str, ...], titles: dict[str, str]) -> tuple[Panel, ...]:
        """The pictures of some sides; of two that share their colours the second has the bar."""
        both, own = self.levels
        colours = self.request.colours
        made = []
        for name in names:
            if name == "difference":
                made.append(self._difference_panel(own, titles[name]))
                continue
            matrix = self.hand if name == "hand" else self.reference
            bar = name == "reference" or "reference" not in names
            made.append(Panel(titles[name], matrix, both, colours, badge=badge(matrix.values), bar=bar))
        return tuple(made)

    def _difference_panel(self, levels: Levels, title: str) -> Panel:
        metric, limit = self.request.metric, self.limit
        fade = fade_of(metric, limit)
        beyond = beyond_limit(self.raw, limit) if fade is None else None
        ticks = CLASS_TICKS if metric == "classes" else ()
        return Panel(title, self.difference, levels, self.request.colours, fade or 0.0, beyond, self.same, ticks=ticks)

    def notes(self, names: tuple[str, ...], largest: bool = True) -> list[str]:
        """Words below: what is largest, the noise, what is faded, how colours are scaled, what is not finite."""
        request, (both, own) = self.request, self.levels
        parts = []
        if request.statistics and largest and "difference" in names:
            parts += [self._largest()]
            parts += [f"rounding noise {self.floor:.1e} (rms)"] if self.floor > 0 else []
        if request.tolerance_note and "difference" in names:
            parts += [self._faded()]
        if request.scale_note:
            parts += [self._scales(names, both, own)]
        for name in names:
            matrix = getattr(self, name)
            said = _counted(matrix, own if name == "difference" else both)
            parts += [f"{NAMES.get(name, name)}: {said}"] if said else []
        return [part for part in parts if part]

    def _largest(self) -> str:
        if self.same:
            return f"hand and JAX: {self.same}"
        if self.request.metric == "classes":
            equal, within, beyond = class_counts(self.hand.values, self.reference.values, self.limit)
            return f"{equal} equal, {within} within, {beyond} beyond rounding"
        difference = self.difference
        if difference.nan or difference.infinite:
            assert difference.cells is not None
            row, column = (int(i) for i in difference.cells[0])
        else:
            size = np.abs(difference.values)
            row, column = (int(i) for i in np.unravel_index(int(np.argmax(size)), size.shape))
        place = f"[{row}, {column}]" if len(difference.values) > 1 else f"[{column}]"
        value = float(difference.values[row, column])
        return f"largest {TITLES[self.request.metric]}: {'NaN' if np.isnan(value) else short(value)} at {place}"

    def _faded(self) -> str:
        if self.request.metric == "classes" or self.same:
            return ""
        if self.request.tolerance is not None:
            atol, rtol = self.request.tolerance
            return f"faded: |hand - JAX| ≤ {short(atol)}" + (f" + {short(rtol)} |JAX|" if rtol else "")
        return f"faded: only rounding, |hand - JAX| ≤ {short(float(self.limit))}" if float(self.limit) > 0 else ""

    def _scales(self, names: tuple[str, ...], both: Levels, own: Levels) -> str:
        if self.request.metric == "classes" and "difference" in names:
            return f"colours of hand and JAX: {_scale(both)}" if len(names) > 1 else ""
        if both == own and "difference" in names:
            return f"colours: {_scale(own)}, one range"
        said = [("values", both)] if set(names) - {"difference"} else []
        shown = "difference" in names and self.difference.peak > 0  # of nothing but zeros there is no scale
        said += [("difference", own)] if shown else []
        if not said:
            return ""
        if len(said) == 1:
            return f"colours: {_scale(said[0][1])}"
        if both.scale == "linear":
            return "colours: linear"
        return f"colours: {both.scale}, {BEGIN[both.scale]} " + ", ".join(
            f"{short(one.linear_width)} ({name})" for name, one in said
        )


BEGIN = {"asinh": "linear below", "log": "from"}


def _scale(levels: Levels) -> str:
    if levels.scale == "linear":
        return "linear"
    return f"{levels.scale}, {BEGIN[levels.scale]} {short(levels.linear_width)}"


def _counted(matrix: Matrix, levels: Levels) -> str:
    """NaN, infinities and what is beyond the colours."""
    if not matrix.nan and not matrix.infinite and matrix.peak <= levels.bound:
        return ""
    return count(matrix.values, levels).words()


def pair_of(
    hand: AnyArray, reference: AnyArray, floor: float, request: FigureRequest, given: AnyArray | None = None
) -> Pair:
    """Both sides and their difference.

    Args:
        hand, reference: matrices of one shape. floor: noise, rms. request: metric, tolerance and colours.
        given: the difference itself, where it is not that of the two matrices.
    """
    custom = request.tolerance is not None
    atol, rtol = request.tolerance or (0.0, 0.0)
    limit = limit_of(reference, floor, custom, atol, rtol)
    raw = signed(hand, reference) if given is None else given
    if given is not None:
        shown = given
    else:
        shown = raw if request.metric == "difference" else METRICS[request.metric](hand, reference, limit)
    same = difference_badge(hand, reference) if given is None else ""
    return Pair(matrix_of(hand), matrix_of(reference), matrix_of(shown), raw, floor, limit, request, same)
