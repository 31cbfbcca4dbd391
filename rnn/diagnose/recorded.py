"""Recorded: the user's per-step gradients from a recording of the code, where it does not return them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from .. import oracle
from ..arrays import FloatArray
from ..beside import Beside, make_beside
from ..beside.beside import RIGHT, WRONG
from ..beside.laying import Arrangement, nearest, ways
from ..blame.matching import Match
from ..blame.quantities import Truth
from ..blame.reference import SURE
from ..blaming import LIMITS, Recorder
from ..cases import Case
from ..problem import Problem
from ..recorder import Recording
from ..recorder.expressions import Unreadable


def recorded_steps(recording: Recording, beside: Beside) -> dict[str, FloatArray]:
    """What the user's arrays held of every per-step gradient when they were complete, (T, B, n) by name.

    Args:
        recording: of the code. beside: which array stands for what, and when each was judged.

    A quantity whose array is not surely known, or of which a step is missing, is left out.
    """
    found: dict[str, FloatArray] = {}
    names = beside.right.truth.problem.network.quantities()
    for number, match in enumerate(beside.matches):
        if match.quantity not in names or match.quantity in found or not (match.said or match.certainty >= SURE):
            continue
        try:
            value = (_history if match.form == "history" else _of_steps)(recording, beside, number, match)
        except Unreadable:
            continue
        if value is not None and np.isfinite(value).all():
            found[match.quantity] = value
    return found


def recorded_values(problem: Problem, case: Case, recorder: Recorder) -> dict[str, FloatArray]:
    """Record a case on a problem and take its per-step gradients from the recording; empty where it does not run to its end."""
    truth = Truth(problem, *oracle.reference(problem, None))
    with tempfile.TemporaryDirectory(prefix="bptt-inspector-") as folder:
        made = recorder.record(case, problem, Path(folder) / "steps.rec", LIMITS)
        if made.result is None:
            return {}
        recording = Recording(made.path)
        try:
            return recorded_steps(recording, make_beside(recording, truth, case))
        finally:
            recording.close()


def _rows(beside: Beside, number: int) -> list[tuple[int, tuple[int, int], int]]:
    """(row, view, key) of all judged rows of a match, in time."""
    keys, flags = beside.rows.keys.tolist(), beside.rows.flags
    found = []
    for row, key in enumerate(beside.rows.key.tolist()):
        match, storage, layout, _ = keys[key]
        if match == number and flags[row] & (WRONG | RIGHT):
            found.append((row, (storage, layout), key))
    return sorted(found, key=lambda one: int(beside.rows.step[one[0]]))


def _value(recording: Recording, beside: Beside, row: int, view: tuple[int, int]) -> Any:
    return np.asarray(recording.replay.view(*view, int(beside.rows.step[row])), "float64")


def _history(recording: Recording, beside: Beside, number: int, match: Match) -> FloatArray | None:
    """An array that holds all steps, at its last judged moment."""
    rows = _rows(beside, number)
    wanted = beside.right.history(match.quantity)
    if not rows or wanted is None:
        return None
    row, view, key = rows[-1]
    how = beside.arrangements.get(key)
    return None if how is None else taken_back(_value(recording, beside, row, view), how, wanted.shape)


def taken_back(value: Any, how: Arrangement, shape: tuple[int, ...]) -> FloatArray | None:
    """A history as the program holds it (T, B, n), from an array in which it lies; None where a step is missing."""
    times = how.times()
    inside = (times >= 0) & (times < shape[0])
    if len(set(times[inside].tolist())) < shape[0]:
        return None
    rows = np.moveaxis(np.reshape(value, how.shape), how.axis, 0)
    core = tuple(n for n in shape[1:] if n != 1)
    turned = rows.reshape(len(rows), *(core[n] for n in how.order))
    back = turned.transpose(0, *(int(n) + 1 for n in np.argsort(how.order))).reshape(len(rows), *shape[1:])
    found = np.empty(shape)
    found[times[inside]] = back[inside]
    return found


def _of_steps(recording: Recording, beside: Beside, number: int, match: Match) -> FloatArray | None:
    """Arrays of one step each; of several values of one step the last that was judged."""
    wanted = beside.right.history(match.quantity)
    if wanted is None:
        return None
    last = {int(beside.rows.t[row]): (row, view) for row, view, _ in _rows(beside, number)}
    if not set(range(len(wanted))) <= set(last):
        return None
    found = np.empty(wanted.shape)
    numbers = np.arange(wanted[0].size).reshape(wanted[0].shape)
    for t in range(len(wanted)):
        value = _value(recording, beside, *last[t])
        laid = list(ways(wanted[t], value.shape))
        best = nearest(laid, value)
        if best is None:
            return None
        place = next(order for one, order in zip(laid, ways(numbers, value.shape), strict=True) if one is best)
        found[t].flat[place.ravel()] = value.ravel()
    return found
