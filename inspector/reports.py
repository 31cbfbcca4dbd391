"""A result as JSON: the schema that the README documents."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnn.errors import InputError
from rnn.results import Inspection, QuantityReport

if TYPE_CHECKING:
    from rnn.descent import Descent
    from rnn.itemised import Itemised

Table = Iterable[Sequence[Any]]

PARAMETER_FIELDS = (
    "name",
    "shape",
    "verdict",
    "note",
    "floor",
    "ratio",
    "max_abs",
    "sum_abs",
    "sum_signed",
    "cancels",
    "max_rel",
    "max_ulp",
    "worst_index",
    "factor",
    "factor_residual",
    "sides_with",
)
INTERMEDIATE_FIELDS = (*PARAMETER_FIELDS, "first_wrong_t")


def plain(value: Any) -> Any:
    """The value as strict JSON: tuples become lists; NaN and infinities, which JSON can't write, become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def _report(report: QuantityReport, fields: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(report, name) for name in fields}
    if report.verdict == "shape":
        values["hand_shape"] = report.hand_shape
    return values


def _problem(result: Inspection) -> dict[str, Any]:
    return dict(result.problem)


def flow_json(result: Inspection) -> dict[str, Any] | None:
    """What becomes of JAX's gradient on its way back; None where the result lacks it."""
    from rnn.through_time import flow, flow_words, stored_gain

    gain = stored_gain(result.arrays)
    return None if gain is None else {**vars(flow(gain)), "sentence": flow_words(gain)}


def to_json(result: Inspection, all_results: Sequence[Inspection] = ()) -> dict[str, Any]:
    """The document for one result; with several, `problems` lists every one in a line.

    Args:
        result: the one that is written out (the worst).
        all_results: all of them, when there was more than one.
    """
    first = result.first_divergence
    document: dict[str, Any] = {
        "verdict": result.verdict,
        "headline": result.headline,
        "case": result.case,
        "problem": {**_problem(result), "flow": flow_json(result)},
        "parameters": [_report(report, PARAMETER_FIELDS) for report in result.parameters],
        "intermediates": [_report(report, INTERMEDIATE_FIELDS) for report in result.intermediates],
        "forward": [_report(report, INTERMEDIATE_FIELDS) for report in result.forward],
        "truth": result.truth,
        "labels": list(result.side_names),
        "checks": [dict(check) for check in result.checks],
        "first_divergence": None if first is None else {"quantity": first.quantity, "t": first.t, "index": first.index},
        "findings": list(result.findings),
        "notes": list(result.notes),
        "loss": {"hand": result.loss_hand, "reference": result.loss_reference},
        "versions": dict(result.versions),
    }
    if len(all_results) > 1:
        document["problems"] = [
            {"problem": _problem(one), "verdict": one.verdict, "wrong": [r.name for r in one.reports() if r.wrong]}
            for one in all_results
        ]
    return dict(plain(document))


def problem_row(result: Inspection) -> dict[str, Any]:
    """One of many problems in a row: settings, sizes, overall verdict, verdict by quantity, largest ratio to the noise."""
    return dict(
        plain(
            {
                "settings": dict(result.settings),
                "sizes": {letter: result.problem[letter] for letter in "TBDHK"},
                "verdict": result.verdict,
                "verdicts": {report.name: report.verdict for report in result.reports()},
                "ratio": max((report.ratio for report in result.reports()), default=0.0),
                "headline": result.headline,
            }
        )
    )


def error_json(sentence: str, checks: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The document for a check that could not be made: every field of a result, empty, the sentence, and what was checked."""
    return {
        "verdict": "error",
        "headline": sentence,
        "case": None,
        "problem": None,
        "parameters": [],
        "intermediates": [],
        "forward": [],
        "truth": "jax",
        "labels": ["hand", "JAX"],
        "checks": plain(checks),
        "first_divergence": None,
        "findings": [],
        "notes": [],
        "loss": {"hand": None, "reference": None},
        "versions": {},
        "error": sentence,
    }


def descent_json(found: Descent) -> dict[str, Any]:
    """The document for a descent."""
    from rnn.descent import descent_words

    curves = {name: getattr(found, name).tolist() for name in ("loss_hand", "loss_reference", "loss_said", "distance")}
    return dict(
        plain(
            {
                "sentence": descent_words(found),
                "rate": found.rate,
                "steps": len(found.distance) - 1,
                "matrices_only": found.matrices_only,
                **curves,
                "distances": {name: values.tolist() for name, values in found.distances.items()},
                "notes": list(found.notes),
            }
        )
    )


def descent_table(found: Descent) -> Table:
    """A heading, and a row for every step of a descent."""
    parts = {f"distance_{name}": values for name, values in found.distances.items()}
    columns = {name: getattr(found, name) for name in ("loss_hand", "loss_reference", "loss_said", "distance")} | parts
    yield ("step", *columns)
    for step, row in enumerate(zip(*columns.values(), strict=True)):
        yield (step, *map(float, row))


def itemised_table(found: Itemised) -> Table:
    """The reference's matrix, with its steps: t in the first row, s in the first column."""
    steps = [found.first + i for i in range(len(found.reference))]
    yield ("s \\ t", *steps)
    for s, row in zip(steps, found.reference, strict=True):
        yield (s, *map(float, row))


def write_csv(table: Table, path: Path) -> None:
    """Write rows as CSV, numbers to their last digit; raises `InputError` where that fails."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(table)
    _write(stream.getvalue(), path)


def _write(text: str, path: Path) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} could not be written: {error.strerror}; choose another place") from error


def write_json(document: Mapping[str, Any], target: str) -> None:
    """Write a document to a file, or to standard output for `-`; raises `InputError` where that fails."""
    text = json.dumps(document, indent=1, allow_nan=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
        return
    _write(text, Path(target))
