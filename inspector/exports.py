"""Figures of a result: which arrays, which words, which metadata. The same function for window and command line."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from inspector.figures.triptych import FigureSpec, check_suffix, save_triptych
from inspector.picture.colours import MAPS, SCALES, Range
from inspector.picture.difference import METRICS
from inspector.picture.matrix import as_matrix
from inspector.severity import by_severity, is_per_step
from inspector.versions import version_of
from rnn.arrays import AnyArray, base_of
from rnn.container import MAGIC
from rnn.errors import InputError
from rnn.inspection import load_inspection
from rnn.results import Inspection, QuantityReport

AXES = {
    "W_xh": ("input", "hidden unit"),
    "W_hh": ("hidden unit before", "hidden unit"),
    "W_hy": ("hidden unit", "output"),
    "W_e": ("token", "input"),
}
STEP_UNITS = {"y": "output", "dy": "output", "dx": "input", "de": "input"}


def open_or_none(case: str | None) -> Inspection | None:
    """The result that a path holds, or None where it is no result file."""
    if case is None or not Path(case).is_file():
        return None
    with Path(case).open("rb") as stream:
        if stream.read(len(MAGIC)) != MAGIC:
            return None
    return load_inspection(Path(case))


def _report(result: Inspection, quantity: str | None) -> QuantityReport:
    reports = [report for report in by_severity(result) if report.verdict != "shape"]
    names = [report.name for report in reports]
    if not names:
        raise InputError("no gradient has the reference's shape, so there is nothing to draw side by side")
    if quantity is None:
        worst = next((report for report in reports if report.kind == "parameter"), reports[0])
        return worst
    if quantity not in names:
        raise InputError(
            f"{quantity} can't be drawn: it was not compared, or has another shape; there are {', '.join(names)}"
        )
    return result.report(quantity)


def _axes(report: QuantityReport, sample: int) -> tuple[str, str]:
    if is_per_step(report):
        many = f", sample {sample}" if report.shape[1] > 1 else ""
        return "step t", STEP_UNITS.get(base_of(report.name)[0], "hidden unit") + many
    name = base_of(report.name)[0]
    return AXES.get(name[1:], ("sample" if name in ("dh0", "dc0") else "row", "unit"))


def _digest(array: AnyArray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def _check_choice(what: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise InputError(f"unknown {what} {value!r}; known are {', '.join(known)}")


def _matrices(result: Inspection, report: QuantityReport, sample: int) -> tuple[AnyArray, AnyArray]:
    """Both matrices of a quantity, as they are drawn."""
    per_step = is_per_step(report)
    if per_step and not 0 <= sample < report.shape[1]:
        raise InputError(f"sample is {sample}; {report.name} has samples 0 to {report.shape[1] - 1}")
    arrays = (result.arrays.read(side) for side in result.sides(report.name))
    hand, reference = (as_matrix(array, per_step, sample) for array in arrays)
    return hand, reference


def _metadata(result: Inspection, report: QuantityReport, spec: FigureSpec, sample: int | None) -> dict[str, Any]:
    """What is put inside the file, so that the figure can be made again."""
    return {
        "program": f"bptt-inspector {version_of('bptt-inspector')}",
        "case": result.case,
        "problem": dict(result.problem),
        "settings": dict(result.settings),
        "quantity": report.name,
        "shape": list(report.shape),
        "sample": sample,
        "metric": spec.metric,
        "scale": spec.range.scale,
        "locked": spec.range.locked,
        "value_bound": spec.range.value_bound,
        "difference_bound": spec.range.difference_bound,
        "noise_floor": report.floor,
        "verdict": report.verdict,
        "versions": dict(result.versions),
    }


def export_figure(
    result: Inspection,
    quantity: str | None,
    path: Path,
    *,
    metric: str = "difference",
    scale: str = "asinh",
    locked: bool = False,
    value_bound: float | None = None,
    difference_bound: float | None = None,
    colour_map: str = "",
    sample: int = 0,
    preset: str = "two_columns",
) -> None:
    """Draw hand, JAX and difference of one quantity.

    Args:
        result: a result.
        quantity: its name; None takes the worst parameter.
        path: `.png`, `.pdf`, `.svg`, or `.npz` for the numbers.
        metric, scale, locked, value_bound, difference_bound, colour_map: as on the screen (see `ViewState`).
        sample: of a per-step quantity.
        preset: width.

    Raises:
        InputError: a name that is not there, or a file that can't be written.
    """
    check_suffix(path)
    _check_choice("metric", metric, METRICS)
    _check_choice("scale", scale, SCALES)
    report = _report(result, quantity)
    hand, reference = _matrices(result, report, sample)
    rows, columns = _axes(report, sample)
    spec = FigureSpec(
        quantity=report.name,
        metric=metric,
        range=Range(scale, locked, value_bound, difference_bound),
        colour_map=colour_map if colour_map in MAPS else next(iter(MAPS)),
        floor=report.floor,
        caption=f"{report.name}: {report.verdict}",
        rows=rows,
        columns=columns,
        preset=preset,
    )
    metadata = _metadata(result, report, spec, sample if is_per_step(report) else None)
    metadata |= {"sha256_hand": _digest(hand), "sha256_reference": _digest(reference)}
    save_triptych(hand, reference, spec, path, metadata)
