"""compare_files: two files of gradients, neither of which is known to be right, as one result that every pane can show."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..arrays import AnyArray, FloatArray
from ..checks import FAILED, OK, SKIPPED, UNKNOWN, Checks, Progress
from ..compare import divergence_at
from ..errors import InputError
from ..headline import overall
from ..problem_files import FileReader
from ..results import FILES, FirstDivergence, Inspection, QuantityReport
from ..spill import kept
from ..weights.base import shown
from .judging import Judged, judged
from .pairing import Pair, Pairing, paired, shown_name
from .rounding import ROUNDINGS, Rule, precision_of, rule_of

STEP = re.compile(r"d(?:dh_(?:out|next)|[hacyxe]|[ac]_\w+|[hc]_(?:out|next))(?:\.\w+)*", re.ASCII)
"""Names of gradients that there is one of for every step: `dh`, `da`, `da_i`, `dh_next`, `dx`."""

MOST_NAMES = 6
AXES = "DHK"


def file_labels(first: Path, second: Path) -> tuple[str, str]:
    """What two files are called beside each other: their names, with their folders where these are the same."""
    names = first.name, second.name
    if names[0] != names[1]:
        return names
    names = f"{first.absolute().parent.name}/{first.name}", f"{second.absolute().parent.name}/{second.name}"
    return names if names[0] != names[1] else (str(first), str(second))


def _numbers(arrays: Mapping[str, AnyArray]) -> dict[str, AnyArray]:
    """The arrays of real numbers; whole numbers as float64."""
    found = {}
    for name, value in arrays.items():
        if value.dtype.kind in "iu":
            value = value.astype("float64")
        if value.dtype.kind == "f":
            found[name] = np.atleast_1d(value)
    return found


def _in_form(array: AnyArray, stepwise: bool) -> AnyArray:
    """(T, B, H) for what there is one of for every step, a matrix or a vector for everything else."""
    if stepwise:
        return array if array.ndim == 3 else array[:, None, :]
    return array if array.ndim <= 2 else array.reshape(array.shape[0], -1)


def _stepwise(name: str, first: AnyArray, second: AnyArray) -> bool:
    return bool(STEP.fullmatch(name)) and first.ndim == second.ndim and first.ndim in (2, 3)


def _sizes(second: Mapping[str, AnyArray]) -> dict[str, int]:
    """T and B of what there is one of for every step, where all say the same."""
    shapes = {value.shape[:2] for value in second.values() if value.ndim == 3}
    return dict(zip("TB", next(iter(shapes)), strict=True)) if len(shapes) == 1 else {}


def _said(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(map(shown, names[:MOST_NAMES])) + more


def _notes(pairing: Pairing, labels: tuple[str, str], rule: Rule) -> tuple[str, ...]:
    notes = [
        f"only in {label}, and not compared: {_said(names)}"
        for label, names in zip(labels, (pairing.only_first, pairing.only_second), strict=True)
        if names
    ]
    other = [
        f"{one.name} is {shown(one.first)} and {shown(one.second)}" for one in pairing.pairs if one.first != one.second
    ]
    notes += [f"by their names: {'; '.join(other[:MOST_NAMES])}"] if other else []
    kind = rule.coarsest
    amplified = (
        "" if rule.amplification < 2 else f" times {rule.amplification:.2g}, by which the largest gradient is larger"
    )
    notes.append(
        f"without the problem the rounding noise can't be measured; a relative difference up to {rule.visible():.1g} is taken "
        f"for rounding (100 roundings of {kind}{amplified}), so a smaller mistake would not be seen"
    )
    return tuple(notes)


def _first(
    found: Sequence[Judged], first: Mapping[str, AnyArray], second: Mapping[str, AnyArray]
) -> FirstDivergence | None:
    """The latest step that differs, of quantities of every step."""
    wrong = [one.report for one in found if one.report.first_wrong_t is not None and one.report.wrong]
    if not wrong:
        return None
    latest = max(wrong, key=lambda report: report.first_wrong_t or 0)
    t = latest.first_wrong_t or 0
    return divergence_at(latest.name, t, first[latest.name], second[latest.name])


def _names(names: Sequence[str]) -> str:
    if len(names) > MOST_NAMES:
        return f"{len(names)} gradients"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _headline(found: Sequence[Judged], first: FirstDivergence | None) -> str:
    reports = [one.report for one in found]
    wrong = [one for one in found if one.report.wrong]
    right = [report.name for report in reports if report.verdict in ("identical", "agrees")]
    unsure = [report for report in reports if report.verdict == "undecided"]
    if not wrong and not unsure:
        same = all(report.verdict == "identical" for report in reports)
        return (
            "All gradients of both files are bit-identical."
            if same
            else "All gradients of both files agree within rounding."
        )
    if not wrong:
        verb = "is" if len(unsure) == 1 else "are"
        return f"No gradient differs for sure, but {_names([one.name for one in unsure])} {verb} undecided: {unsure[0].note}."
    said = f"{_names([one.report.name for one in wrong])} {'differs' if len(wrong) == 1 else 'differ'}"
    said += f"; {_names(right)} {'agrees' if len(right) == 1 else 'agree'}." if right else "."
    related = {one.related for one in wrong}
    if len(related) == 1 and "" not in related:
        said += (
            f" The first file's is {related.pop()}."
            if len(wrong) == 1
            else f" Each of the first file's is {related.pop()}."
        )
    if first is not None:
        said += f" Walking back from the last step, {first.quantity} differs first at t = {first.t}."
    return said


def _checks(verdict: str, found: Sequence[Judged], say: Progress) -> Checks:
    checks = Checks(say)
    for name in ("runs", "pure", "forward"):
        checks.add(name, SKIPPED, "two files are compared, and no code is run")
    count = len(found)
    wrong = [f"{one.report.name}: {one.report.verdict}" for one in found if one.report.wrong]
    words = {
        "agree": f"{count} of {count} agree within rounding",
        "undecided": "without the problem it can't be told whether all agree",
        "differ": f"{len(wrong)} of {count} differ",
    }
    checks.add("gradients", {"agree": OK, "differ": FAILED}.get(verdict, UNKNOWN), words[verdict], wrong)
    checks.rest_skipped("there is no code to look into; with the problem, diagnose --gradients names mistakes")
    return checks


def _problem(second: Mapping[str, AnyArray], sizes: Mapping[str, int], rule: Rule) -> dict[str, Any]:
    """What is known of the problem: sizes."""
    found: dict[str, Any] = {"T": sizes.get("T", 1), "B": sizes.get("B", 1), **dict.fromkeys(AXES, 0)}
    if "dW_xh" in second and second["dW_xh"].ndim == 2:
        found["D"] = int(second["dW_xh"].shape[0])
    dtype = "float64" if rule.coarsest == "float64" else "float32"
    return {**found, "cell": "", "activation": "", "loss": "", "seed": 0, "dtype": dtype, "output_layer": False}


def _arrays(
    found: Sequence[Judged], first: Mapping[str, AnyArray], second: Mapping[str, AnyArray]
) -> dict[str, FloatArray]:
    arrays: dict[str, FloatArray] = {}
    for one in found:
        name = one.report.name
        arrays |= {f"hand/{name}": first[name], f"reference/{name}": np.asarray(second[name], "float64")}
        arrays |= {f"steps/{name}/{kind}": values for kind, values in one.curves.items()}
    return arrays


def _pairs(sides: Sequence[Mapping[str, AnyArray]], labels: tuple[str, str]) -> Pairing:
    """Which array is which."""
    pairing = paired(*sides)
    if not pairing.pairs and all(len(side) == 1 for side in sides):  # of files without names, such as .npy
        [first], [second] = sides
        pairing = Pairing((Pair(shown_name(first), first, second),), (), ())
    if not pairing.pairs:
        raise InputError(
            f"{labels[0]} and {labels[1]} have no array in common: {_said(list(sides[0])) or 'none'} against "
            f"{_said(list(sides[1])) or 'none'}; give both the same names, or usual ones like dW_hh and weight_hh_l0.grad"
        )
    return pairing


def _chosen(pairing: Pairing, wanted: Sequence[str]) -> Pairing:
    """Only the pairs that are wanted."""
    if not wanted:
        return pairing
    chosen = tuple(one for one in pairing.pairs if {one.name, one.first, one.second}.intersection(wanted))
    missing = [name for name in wanted if not any(name in (one.name, one.first, one.second) for one in chosen)]
    if missing:
        known = ", ".join(one.name for one in pairing.pairs[:12])
        raise InputError(f"{shown(missing[0])} is not in both files; compared are {known}")
    return Pairing(chosen, (), ())


def _in_one_layout(first: Mapping[str, AnyArray], second: dict[str, AnyArray]) -> bool:
    """Turn the second's matrices where all that are not square lie the other way round; whether that was so."""
    pairs = [(first[name], second[name]) for name in first if first[name].ndim == second[name].ndim == 2]
    telling = [(one, other) for one, other in pairs if one.shape[0] != one.shape[1]]
    if not telling or any(one.shape != other.shape[::-1] for one, other in telling):
        return False
    for name, value in second.items():
        if value.ndim == 2:
            second[name] = np.ascontiguousarray(value.T)
    return True


def compare_files(
    first: Path, second: Path, reader: FileReader, progress: Progress | None = None, quantities: Sequence[str] = ()
) -> Inspection:
    """Compare two files of gradients with each other.

    Args:
        first, second: of any format that weights are read from; arrays by name. reader: reads files. progress: is told what is
            being done. quantities: only these, by the names of the result or of a file; empty takes all.

    Returns:
        A result whose `truth` is `files`: the second file's arrays stand in the place of the reference.

    Raises:
        InputError: a file can't be read, or the two have no array in common.
    """
    say: Progress = progress or (lambda text, fraction: None)
    labels = file_labels(first, second)
    sides, stored = [], []
    for number, path in enumerate((first, second)):
        say(f"Reading {labels[number]}", 0.1 + 0.3 * number)
        listing = reader.list_weights(path)
        sides.append(_numbers(reader.read_weights(path)))
        stored.append({name: entry.dtype for name, entry in listing.entries.items()})
    pairing = _pairs(sides, labels)
    chosen = _chosen(pairing, quantities)
    say("Comparing", 0.7)
    both: tuple[dict[str, AnyArray], dict[str, AnyArray]] = ({}, {})
    types, whole = {}, set()
    for one in pairing.pairs:
        raw = sides[0][one.first], sides[1][one.second]
        kinds = [precision_of(raw[k], stored[k].get(name, "")) for k, name in enumerate((one.first, one.second))]
        types[one.name] = max(kinds, key=ROUNDINGS.__getitem__)
        stepwise = _stepwise(one.name, *raw)
        whole |= set() if stepwise else {one.name}
        for side, array in zip(both, raw, strict=True):
            side[one.name] = _in_form(array, stepwise)
    turned = _in_one_layout(*both)
    rule, sizes = rule_of(*both, types, frozenset(whole)), _sizes(both[1])
    found = [judged(one.name, both[0][one.name], both[1][one.name], rule, sizes, labels) for one in chosen.pairs]
    notes = [f"the matrices of {labels[1]} lie the other way round and were turned"] if turned else []
    return _result(found, both, (*notes, *_notes(chosen, labels, rule)), labels, rule, sizes, say)


def _result(
    found: Sequence[Judged],
    both: tuple[Mapping[str, AnyArray], Mapping[str, AnyArray]],
    notes: tuple[str, ...],
    labels: tuple[str, str],
    rule: Rule,
    sizes: Mapping[str, int],
    say: Progress,
) -> Inspection:
    """Everything in one record."""
    reports: list[QuantityReport] = [one.report for one in found]
    verdict, first = overall(reports), _first(found, *both)
    checks = _checks(verdict, found, say)
    return Inspection(
        verdict=verdict,
        headline=_headline(found, first),
        case=f"{labels[0]} against {labels[1]}",
        problem=_problem(both[1], sizes, rule),
        settings={},
        parameters=tuple(report for report in reports if report.kind == "parameter"),
        intermediates=tuple(report for report in reports if report.kind != "parameter"),
        first_divergence=first,
        arrays=kept(_arrays(found, *both)),
        checks=checks.known(),
        truth=FILES,
        notes=notes,
        versions={"python": platform.python_version(), "numpy": np.__version__},
        labels=labels,
    )
