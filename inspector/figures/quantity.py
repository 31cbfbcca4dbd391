"""One quantity's two sides and their difference, as pictures: the same colours as on the screen."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from inspector.figures.drawing import Drawing, Source
from inspector.figures.pair import Pair, pair_of
from inspector.figures.panels import Sheet, draw_sheet
from inspector.figures.request import PANES, FigureRequest
from inspector.picture.difference import TITLES
from inspector.picture.matrix import as_matrix
from inspector.picture.side_words import short_label, sided
from inspector.severity import by_severity, is_per_step
from rnn.arrays import AnyArray, base_of
from rnn.errors import InputError
from rnn.results import Inspection, QuantityReport

AXES = {
    "W_xh": ("input", "hidden unit"),
    "W_hh": ("hidden unit before", "hidden unit"),
    "W_hy": ("hidden unit", "output"),
    "W_e": ("token", "input"),
}
STEP_UNITS = {"y": "output", "dy": "output", "dx": "input", "de": "input"}


def report_of(result: Inspection, quantity: str) -> QuantityReport:
    """The report of a quantity that can be drawn; of the worst parameter where none is named."""
    reports = [report for report in by_severity(result) if report.verdict != "shape"]
    names = [report.name for report in reports]
    if not names:
        raise InputError("no gradient has the reference's shape, so there is nothing to draw side by side")
    if not quantity:
        return next((report for report in reports if report.kind == "parameter"), reports[0])
    if quantity not in names:
        raise InputError(
            f"{quantity} can't be drawn: it was not compared, or has another shape; there are {', '.join(names)}"
        )
    return result.report(quantity)


def axes_of(report: QuantityReport, sample: int) -> tuple[str, str]:
    """Names of rows and columns."""
    if is_per_step(report):
        many = f", sample {sample}" if report.shape[1] > 1 else ""
        return "step t", STEP_UNITS.get(base_of(report.name)[0], "hidden unit") + many
    name = base_of(report.name)[0]
    return AXES.get(name[1:], ("sample" if name in ("dh0", "dc0") else "row", "unit"))


def sides_of(result: Inspection, report: QuantityReport, sample: int) -> tuple[AnyArray, AnyArray]:
    """Both matrices of a quantity, as they are drawn, in their own precision."""
    per_step = is_per_step(report)
    if per_step and not 0 <= sample < report.shape[1]:
        raise InputError(f"sample is {sample}; {report.name} has samples 0 to {report.shape[1] - 1}")
    arrays = (result.arrays.read(side) for side in result.sides(report.name))
    hand, reference = (as_matrix(array, per_step, sample) for array in arrays)
    return hand, reference


def digest(array: AnyArray) -> str:
    """SHA-256 of an array's bytes, row by row."""
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()


VERDICTS = {"identical": "bit-identical", "agrees": "agrees up to rounding", "nonfinite": "not finite"}


def title_of(result: Inspection, report: QuantityReport, request: FigureRequest) -> str:
    """The generated title, or the one that is asked for."""
    if request.title is not None:
        return request.title
    return f"{report.name} of {result.case}: {VERDICTS.get(report.verdict, report.verdict)}"


def drawing(source: Source, request: FigureRequest, names: tuple[str, ...]) -> Drawing:
    """Some of hand, reference and difference of one quantity.

    Raises:
        InputError: a quantity, sample or pane that is not there.
    """
    result = source.checked
    report = report_of(result, request.quantity)
    hand, reference = sides_of(result, report, request.sample)
    pair = pair_of(hand, reference, report.floor, request)
    first, second = result.side_names
    titles = {
        "hand": short_label(first),
        "reference": "differences" if result.truth == "differences" else short_label(second),
        "difference": sided(TITLES[request.metric], result.side_names),
    }
    if request.title == "":
        titles |= {names[0]: f"{report.name}, {titles[names[0]]}"}
    rows, columns = axes_of(report, request.sample)
    sheet = Sheet(
        pair.panels(names, titles),
        rows,
        columns,
        title=title_of(result, report, request),
        notes=tuple(sided(note, result.side_names) for note in pair.notes(names)),
    )
    # The difference is always there; another metric stands beside it under its own name.
    more = {} if request.metric == "difference" else {request.metric: pair.difference.values}
    return Drawing(
        lambda: draw_sheet(sheet, request),
        {"hand": hand, "reference": reference, "difference": pair.raw, **more},
        lambda: about_pair(pair, report, request, hand, reference),
        report.name,
    )


def about_pair(
    pair: Pair, report: QuantityReport, request: FigureRequest, hand: AnyArray, reference: AnyArray
) -> dict[str, Any]:
    """What is said of two sides inside the file."""
    both, own = pair.levels
    return {
        "quantity": report.name,
        "shape": list(report.shape),
        "sample": request.sample if is_per_step(report) else None,
        "verdict": report.verdict,
        "noise_floor": report.floor,
        "metric": request.metric,
        "levels": {name: vars(one) for name, one in (("values", both), ("difference", own))},
        "sha256_hand": digest(hand),
        "sha256_reference": digest(reference),
    }


def triptych(source: Source, request: FigureRequest) -> Drawing:
    """Hand, JAX and their difference, or those of them that are asked for."""
    return drawing(source, request, tuple(name for name in PANES if name in (request.panes or PANES)))


def single(name: str, source: Source, request: FigureRequest) -> Drawing:
    """One of them alone."""
    return drawing(source, request, (name,))
