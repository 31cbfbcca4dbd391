"""Curves over the steps: norms of both sides, where an error is made, the carry gain, one entry's history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inspector.figures.drawing import Drawing, Source
from inspector.figures.plots import Curve, Plot, draw_plots
from inspector.figures.quantity import digest
from inspector.figures.request import FigureRequest
from inspector.figures.style import DIFFERENCE, FAINT, HAND, JAX
from inspector.picture.colours import levels_for
from inspector.picture.curves import Curves, curve_names, gain_curves, norm_curves, unit_curves, with_made
from inspector.picture.side_words import short_label
from inspector.picture.traces import SignedAxis, SizeAxis
from inspector.severity import by_severity, is_per_step
from rnn.arrays import AnyArray, FloatArray, base_of
from rnn.errors import InputError
from rnn.results import FORWARD, Inspection

if TYPE_CHECKING:
    from rnn.history import History

FAVOURITE = "dh"


def quantity_of(result: Inspection, wanted: str) -> str:
    """The per-step quantity whose curves are drawn; where none is named the worst, else dh.

    Raises:
        InputError: it has no curves.
    """
    known = curve_names(result)
    if not known:
        raise InputError("the result has no quantity with a value at every step; return dh or da of every step")
    if wanted:
        if wanted not in known:
            raise InputError(f"{wanted} has no curve over the steps; there are {', '.join(known)}")
        return wanted
    wrong = [report.name for report in by_severity(result) if report.wrong and report.name in known]
    usual = [name for name in known if base_of(name)[0] == FAVOURITE]
    return next(iter((*wrong, *usual, *known)))


def _plots(curves: Curves, mark: tuple[int, str] | None, values: str, names: tuple[str, str]) -> list[Plot]:
    """The two sides above, their relative difference below."""
    first, second = map(short_label, names)
    sides = [Curve(second, curves.reference, JAX, 2.6)]
    sides += [] if curves.hand is None else [Curve(first, curves.hand, HAND, 1.1)]
    for one in curves.beside:
        colour = FAINT if one.role == "good" else DIFFERENCE
        sides.append(
            Curve(one.name.replace(" (dotted)", ""), one.values, colour, 1.1, ":" if one.dotted else "", not one.dotted)
        )
    plots = [Plot(values, curves.axis(), tuple(sides), 3.0, mark)]
    if curves.relative is not None:
        below = [Curve("relative difference", curves.relative, DIFFERENCE, 1.4)]
        below += [] if curves.limit is None else [Curve("rounding", curves.limit, FAINT, 0.9, "--")]
        plots.append(Plot("relative", SizeAxis(*(one.values for one in below)), tuple(below), 2.0, mark))
    return plots


def _first_wrong(result: Inspection, name: str) -> tuple[int, str] | None:
    """Where a quantity begins to be wrong, and what is said there."""
    report = next((one for one in result.pictured() if one.name == name), None)
    if report is None or report.first_wrong_t is None:
        return None
    return report.first_wrong_t, f"wrong from t = {report.first_wrong_t} {'on' if report.kind == FORWARD else 'back'}"


def _numbers(curves: Curves) -> dict[str, AnyArray]:
    found = {"hand": curves.hand, "reference": curves.reference, "relative": curves.relative, "rounding": curves.limit}
    found |= {one.name.partition(" ")[0]: one.values for one in curves.beside}
    return {name: values for name, values in found.items() if values is not None}


def _counted(curves: Sequence[tuple[str, FloatArray | None]]) -> list[str]:
    """Steps whose value is no number, in words: they can't be drawn."""
    said = []
    for name, values in curves:
        bad = np.zeros(0, int) if values is None else np.flatnonzero(~np.isfinite(values))
        if values is not None and len(bad):
            said.append(f"{name}: not finite at {len(bad)} of {len(values)} steps, t = {bad[0]} to {bad[-1]}")
    return said


def _about(result: Inspection, name: str) -> dict[str, object]:
    """What is said inside the file."""
    found: dict[str, object] = {"quantity": name}
    stored = set(result.arrays.names())
    for side, path in zip(("hand", "reference"), result.sides(name), strict=True):
        if path in stored:
            found[f"sha256_{side}"] = digest(result.arrays.read(path))
    report = next((one for one in result.pictured() if one.name == name), None)
    if report is not None:
        found |= {"noise_floor": report.floor, "verdict": report.verdict, "shape": list(report.shape)}
    return found


@dataclass(frozen=True, eq=False)
class _Told:
    """What one figure of curves says: its curves, the name of the values, the title and words below."""

    curves: Curves
    values: str
    title: str
    words: tuple[str, ...] = ()


def _drawing(result: Inspection, name: str, told: _Told, request: FigureRequest, file: str) -> Drawing:
    title = told.title if request.title is None else request.title
    mark = _first_wrong(result, name) if told.curves.signed is False else None
    curves = told.curves
    notes = [*told.words] if request.statistics else []
    notes += _counted(list(zip(map(short_label, result.side_names), (curves.hand, curves.reference), strict=True)))
    plots = _plots(curves, mark, told.values, result.side_names)
    return Drawing(
        lambda: draw_plots(plots, "step t", title, notes, request),
        _numbers(curves),
        lambda: _about(result, name),
        file,
    )


def traces(source: Source, request: FigureRequest) -> Drawing:
    """Norms of both sides at every step and their relative difference; or the gain with which the gradient is carried.

    Raises:
        InputError: a quantity without curves.
    """
    result = source.checked
    if request.curve == "gain":
        curves = gain_curves(result, None)
        if curves is None:
            raise InputError(
                "the carry gain is known of dh and dh_next of every step only; the reference lacks them here"
            )
        told = _Told(curves, "gain", f"Carry gain |dh_next| / |dh| of {result.case}", (curves.words,))
        return _drawing(result, FAVOURITE, told, request, "carry_gain")
    name = quantity_of(result, request.quantity)
    curves = norm_curves(result, name)
    told = _Told(curves, f"|{name}|", f"{name} of {result.case} over time", (curves.words,))
    return _drawing(result, name, told, request, f"{name}_over_time")


def made(source: Source, request: FigureRequest) -> Drawing:
    """Both sides of dh, beside how much of the error every step makes and how much it inherits from later ones.

    Raises:
        InputError: no step makes an error, or it can't be told.
    """
    result = source.checked
    found = {str(one["quantity"]): one for one in result.findings if one.get("kind") == "made" and "quantity" in one}
    if not found:
        raise InputError(
            "no step was found that makes an error of its own: the gradients agree, or the code returns no dh of every step"
        )
    name = request.quantity or next(iter(found))
    if name not in found:
        raise InputError(f"where the error of {name} is made is not known; it is of {', '.join(found)}")
    curves = with_made(norm_curves(result, name), found[name])
    words = str(found[name].get("sentence", ""))
    told = _Told(curves, f"|{name}|", f"Where the error of {name} is made, {result.case}", (words,))
    return _drawing(result, name, told, request, f"{name}_made")


def _default_element(result: Inspection) -> str:
    for report in by_severity(result):
        if (
            report.worst_index is not None
            and report.verdict != "shape"
            and (report.kind == "parameter" or is_per_step(report))
        ):
            return f"{report.name}[{','.join(map(str, report.worst_index))}]"
    raise InputError("no entry differs; say which one is meant with --of dW_hh[3,4]")


def history(source: Source, request: FigureRequest) -> Drawing:
    """One entry over time, or what every step contributes to it: both sides, and their difference as bars.

    Raises:
        InputError: an entry that is not there or has no history.
    """
    from rnn.element import parse_element
    from rnn.history import element_history

    result = source.checked
    text = request.element or _default_element(result)
    name, index = parse_element(text, result)
    found = element_history(result, name, index)
    curves = unit_curves(found)
    if found is None or curves is None:
        raise InputError(
            f"{text} has no history over the steps; choose an entry of a parameter or of a per-step gradient"
        )
    title = f"{curves.what} of {result.case} over time" if request.title is None else request.title
    difference = None if found.hand is None else np.asarray(found.hand, "float64") - found.reference
    plots = _history_plots(found, difference)
    notes = ([curves.words] if request.statistics and curves.words else []) + _counted(
        [("hand", found.hand), ("JAX", found.reference)]
    )
    numbers = {"hand": found.hand, "reference": found.reference, "difference": difference}
    return Drawing(
        lambda: draw_plots(plots, "step t", title, notes, request),
        {key: value for key, value in numbers.items() if value is not None},
        lambda: {**_about(result, name), "index": list(index)},
        f"{name}_{'_'.join(map(str, index))}_over_time",
    )


def _history_plots(found: History, difference: FloatArray | None) -> list[Plot]:
    def signed(*values: FloatArray | None) -> SignedAxis:
        sizes = [np.abs(one[np.isfinite(one)]) for one in values if one is not None]
        return SignedAxis(levels_for(max((float(one.max(initial=0.0)) for one in sizes), default=0.0)))

    sides = [Curve("JAX", found.reference, JAX, 2.6)]
    sides += [] if found.hand is None else [Curve("hand", found.hand, HAND, 1.1)]
    plots = [Plot("value", signed(found.hand, found.reference), tuple(sides), 3.0)]
    if difference is not None:
        bars = (Curve("hand - JAX", difference, DIFFERENCE, 1.0, "bar"),)
        plots.append(Plot("difference", signed(difference), bars, 1.6))
    return plots
