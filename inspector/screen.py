"""What the screen shows now, as the request for a figure of it, and the files that it is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.engine.client import is_passing
from inspector.figures.kinds import FIGURES, ITEMISED, RECORDING, STEP
from inspector.figures.request import FigureRequest
from inspector.picture.curves import curve_names
from inspector.records import CODE, TRIPTYCH
from inspector.severity import by_severity
from rnn.errors import InputError

if TYPE_CHECKING:
    from inspector.state import State

LONGEST = 1000
"""Above so many steps the itemised matrix is that of a window around the selected one."""

COMMON = ("preset", "dpi", "font_size", "title")
"""Choices about size and words, which every kind has."""

REMEMBERED = (*COMMON, "colour_bar", "scale_note", "tolerance_note", "statistics", "panes", "rate")
"""Choices that a kind of figure keeps from one time to the next; what is drawn is what the screen shows."""

OVER_TIME = ("traces", "made")
"""Kinds that draw a quantity over the steps."""

NO_RESULT = "there is no result yet; run a check first (F5)"
NOT_ITEMISED = "compute it first (Ctrl+I)"
NOT_RECORDED = "record the case, or open a recording, first (Ctrl+F5)"


def with_look(request: FigureRequest, look: Mapping[str, Any]) -> FigureRequest:
    """The request with remembered choices; one that makes no sense (any more) is left out."""
    for name in REMEMBERED:
        if name in look:
            kept: dict[str, Any] = {name: tuple(look[name]) if isinstance(look[name], list) else look[name]}
            try:
                request = replace(request, **kept)
            except InputError:
                continue
    return request


def look_of(request: FigureRequest) -> dict[str, Any]:
    """What is remembered of a request: of a title only whether there is one."""
    values = {name: getattr(request, name) for name in REMEMBERED}
    return values | {"title": "" if request.title == "" else None}


def kind_of_screen(state: State, page: str) -> str:
    """The kind of figure that is nearest to what is shown: on the page of the code a step, else the pictures."""
    if page == CODE and state.debugger.here is not None:
        return STEP
    return state.view.mode if state.view.mode in FIGURES else TRIPTYCH  # the split view is no kind of figure


def quantities_for(state: State, kind: str) -> list[str]:
    """Names of what a kind of figure can draw, worst first."""
    result = state.result
    if result is None:
        return []
    names = [report.name for report in by_severity(result) if report.verdict != "shape"]
    curves = curve_names(result) if kind in OVER_TIME else names
    return [name for name in names if name in curves]


def request_of_screen(state: State, kind: str) -> FigureRequest:
    """What is shown, as a request: quantity, sample, metric, scale, ranges, colours, tolerance, step and array."""
    view, selection, debugger, result = state.view, state.selection, state.debugger, state.result
    quantity = selection.quantity or ""
    here = debugger.here
    shown = {
        "quantity": quantity if quantity in quantities_for(state, kind) else "",
        "sample": selection.sample,
        "at": selection.t if result is not None and int(result.problem.get("T", 1)) > LONGEST else None,
        "element": state.look.element() or "",
        "step": None if here is None else here.step,
        "arrays": (debugger.path,) if debugger.path and kind == STEP else (),
        "metric": view.metric,
        "scale": view.scale,
        "locked": view.locked,
        "value_bound": view.value_bound,
        "difference_bound": view.difference_bound,
        "colour_map": view.colour_map,
        "tolerance": (view.atol, view.rtol) if view.custom_tolerance else None,
    }
    return FigureRequest(kind, **{name: value for name, value in shown.items() if name in FIGURES[kind].options})


def files_of_screen(state: State, request: FigureRequest) -> dict[str, str]:
    """Paths of what a figure is drawn from; what is not open is left out.

    Of `result`, `itemised`, `recording` and `beside` those that the kind needs; and `given`, what a command line would name.
    """
    overview = state.debugger.overview
    recording = "" if overview is None or overview.growing else overview.path
    if recording and request.of_recording:
        given = "" if is_passing(recording) else recording
        found = {"recording": recording, "beside": state.requests.beside_path, "given": given}
    else:
        result = state.asking.result_path if state.result is not None else ""
        found = {"result": result, "given": _given(state)}
        if FIGURES[request.kind].needs == ITEMISED and state.asking.itemised is not None:
            found["itemised"] = state.asking.itemised_path
    return {name: path for name, path in found.items() if path}


def _given(state: State) -> str:
    """The user's own file that holds the shown result, or whose code it is of; empty where the result says it itself."""
    if state.result is not None and not is_passing(state.asking.result_path):
        return state.asking.result_path
    situation = state.belongs_to
    if situation is None or situation.info is None or situation.info.shipped:
        return ""
    return situation.path if Path(situation.path).is_file() else ""


def reasons(state: State) -> dict[str, str]:
    """Why a kind of figure can't be drawn now, by kind; those that can are left out."""
    found = {}
    for name, kind in FIGURES.items():
        if kind.needs == RECORDING:
            reason = "" if state.debugger.overview is not None else NOT_RECORDED
        elif state.result is None:
            reason = NO_RESULT
        elif kind.needs == ITEMISED and state.asking.itemised is None:
            reason = NOT_ITEMISED
        else:
            missing = kind.missing(state.result).rstrip(".")
            reason = missing[:1].lower() + missing[1:]
        if reason:
            found[name] = reason
    return found
