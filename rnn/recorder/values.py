"""One number for the value of a path at many steps: the value itself, or the norm of an array."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np

from .columns import columns_of
from .expressions import Evaluator, Unreadable, parse_expression
from .format import ARRAY, NOT_FINITE, RANGE, SPARSE, view_of
from .live import plain_value
from .places import is_whole
from .recording import Recording
from .timeline import Segment, value_in, versions_in

ROUNDING = 1e-8
"""Sums of squares that were brought up to date from single items are trusted to this part of the largest one so far."""


def norm(value: Any) -> float:
    """The 2-norm of an array, the absolute value of a number; NaN for anything else."""
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        return float("nan")
    flat = array.reshape(-1).astype(np.complex128 if array.dtype.kind == "c" else np.float64)
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(np.abs(flat) ** 2)))


def norms_in(recording: Recording, segment: Segment, limit: float) -> tuple[list[int], list[float]]:
    """Norms of a segment's array: the steps from which on each holds, and the norms (NaN where it can't be had).

    Args:
        recording: to ask. segment: of an array. limit: near it, sums of squares are computed anew.
    """
    assert segment.place is not None
    steps, rows = versions_in(recording, segment, segment.place)
    totals = rows["sum_of_squares"].astype(float)
    if segment.whole and len(rows) and segment.place.dtype.kind == "f" and not (totals == -1.0).any():
        # A sum that overflowed says nothing about the norm.
        doubtful = ~np.isfinite(totals)
        known = np.where(doubtful, 0.0, totals)
        near = np.abs(known - limit * limit) <= ROUNDING * np.maximum.accumulate(known)
        doubtful |= near & np.isin(rows["kind"], (RANGE, SPARSE))
        norms = np.sqrt(np.maximum(known, 0.0))
    else:
        doubtful, norms = np.ones(len(rows), bool), np.zeros(len(rows))
    for number in np.flatnonzero(doubtful).tolist():
        try:
            norms[number] = norm(value_in(recording, segment, steps[number]))
        except Unreadable:
            norms[number] = float("nan")
    return steps, norms.tolist()


def norm_of(recording: Recording, payload: int, step: int) -> tuple[float | None, bool]:
    """The 2-norm of the array that a slot's payload stands for, None where it has none, and whether it is finite.

    Args:
        recording: to ask. payload: of a slot, see `format`. step: after which.

    Raises:
        Unreadable: the array's bytes are not kept.
    """
    storage, layout = view_of(payload)
    place = recording.replay.place(storage, step)
    if recording.tables.layouts[layout].dtype.kind not in "biufc":
        return None, True
    if place >= 0 and is_whole(recording, storage, layout):
        row = recording.replay.versions(storage)[place]
        total = float(row["sum_of_squares"])
        if np.isfinite(total) and total >= 0.0:
            return float(np.sqrt(total)), not row["flags"] & NOT_FINITE
    value = recording.replay.view(storage, layout, step)
    return norm(value), value.dtype.kind not in "fc" or bool(np.isfinite(value).all())


def _array_norm(recording: Recording, payload: int, place: int) -> float:
    """The norm of an array at one of its storage's versions; NaN where it has none."""
    if place < 0:
        return float("nan")
    try:
        found, _ = norm_of(recording, payload, int(recording.replay.versions(view_of(payload)[0])[place]["step"]))
    except Unreadable:
        return float("nan")
    return float("nan") if found is None else found


def _name_over(recording: Recording, name: str, steps: Any, frame: int | None) -> Any:
    rows, places = columns_of(recording).rows_over(name, steps, frame)
    kinds, payloads = rows["kind"].tolist(), rows["payload"].tolist()
    found, known = np.full(len(steps), np.nan), {}
    for number, (step, place) in enumerate(zip(steps.tolist(), places.tolist(), strict=True)):
        if place < 0:
            continue
        kind, payload = kinds[place], payloads[place]
        key: tuple[int, ...] = (kind, payload)
        if kind == ARRAY:
            key = kind, payload, recording.replay.place(view_of(payload)[0], step)
        if key not in known:
            value = _array_norm(recording, *key[1:]) if len(key) == 3 else plain_value(kind, payload)
            known[key] = _number(value)
        found[number] = known[key]
    return found


def _number(value: Any) -> float:
    if isinstance(value, (bool, int, float, np.number, np.bool_)) and not isinstance(value, np.complexfloating):
        return float(value)
    return norm(value) if isinstance(value, (np.ndarray, np.generic, complex)) else float("nan")


def values_over(recording: Recording, path: str, steps: Sequence[int] | Any, frame: int | None = None) -> Any:
    """A number for each of many steps: the value of a path where it is a number, its 2-norm where it is an array.

    Norms of whole arrays come from the recording's sums of squares, correct to about 1e-8 of the largest so far.

    Args:
        recording: to ask. path: a path or expression. steps: (n,).
        frame: whose names are meant; by default those of the call that executes each step.

    Returns:
        float64 (n,), NaN where there is no such value.
    """
    wanted, node = np.asarray(steps, np.int64), parse_expression(path)
    if isinstance(node, ast.Name):
        return _name_over(recording, node.id, wanted, frame)
    found = np.full(len(wanted), np.nan)
    for number, step in enumerate(wanted.tolist()):
        try:
            with np.errstate(all="ignore"):
                found[number] = _number(Evaluator(recording.scope(step, frame)).evaluate(node))
        except Unreadable:
            continue
    return found
