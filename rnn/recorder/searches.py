"""The steps at which something happens: lines, writes, changes, NaN, shapes and types, growth and decay, exceptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .columns import columns_of
from .expressions import Unreadable
from .format import (
    ARRAY,
    AUDIT,
    ENTER,
    FOUND,
    MAPPING,
    NOT_FINITE,
    RAISED,
    REAL,
    RETURN_KEY,
    SCALAR,
    SCALAR_TYPES,
    SEQUENCE,
)  # fmt: skip
from .origins import writing_steps
from .places import Place, different_bits
from .recording import Recording
from .regions import written
from .timeline import Segment, changes_in, segments, value_in, versions_in
from .truths import truth_of
from .values import norm, norms_in

Beyond = Callable[[float, float], bool]
HALF, SINGLE, DOUBLE = (SCALAR + SCALAR_TYPES.index(name) for name in ("<f2", "<f4", "<f8"))


def _steps(found: Any) -> Any:
    return np.unique(np.asarray(list(found), np.int64))


def becoming_true(recording: Recording, expression: str) -> Any:
    """Steps at which an expression holds, and did not at the step before of the same call."""
    truth, previous = truth_of(recording, expression), columns_of(recording).previous
    return np.flatnonzero(truth & ~(truth[previous] & (previous >= 0)))


def raised_steps(recording: Recording) -> Any:
    """Steps whose statement raised."""
    return np.flatnonzero(recording.steps["flags"] & RAISED)


def found_steps(recording: Recording) -> Any:
    """Steps at which an audit found a change that no statement is known to have made."""
    rows = recording.replay.rows
    found = rows["step"][rows["flags"] & AUDIT != 0].astype(np.int64)
    return np.unique(np.r_[found, np.flatnonzero(recording.steps["flags"] & FOUND)])


def _by_call(recording: Recording, path: str) -> Iterator[tuple[Segment | None, Segment]]:
    """Segments of a path with the one before of the same call, or None."""
    before: Segment | None = None
    for segment in sorted(segments(recording, path), key=lambda one: (one.frame, one.first)):
        yield (before if before is not None and before.frame == segment.frame else None), segment
        before = segment


def _entered(recording: Recording, segment: Segment) -> bool:
    """Whether a segment begins with its call: it was given, and nothing in the call changed it."""
    return bool(recording.steps["flags"][min(segment.first, len(recording) - 1)] & ENTER)


def _is_other(recording: Recording, left: Segment, right: Segment) -> bool:
    """Whether a path has other bits after it began to stand for something else."""
    if left.place is None or right.place is None:
        return (left.kind, left.payload) != (right.kind, right.payload)
    if left.shape != right.shape or left.dtype != right.dtype:
        return True
    try:
        old, new = value_in(recording, left, right.first - 1), value_in(recording, right, right.first)
    except Unreadable:
        return True
    return bool(different_bits(np.asarray(old), np.asarray(new)).any())


def changed_steps(recording: Recording, path: str) -> Any:
    """Steps at which the bits of what a path stands for changed: written, or rebound to something else."""
    found: list[int] = []
    for before, segment in _by_call(recording, path):
        if not _entered(recording, segment) and (before is None or _is_other(recording, before, segment)):
            found.append(segment.first)
        found += changes_in(recording, segment)
    return _steps(found)


def _touches(recording: Recording, place: Place, step: int) -> bool:
    first, size = np.sort(place.items), place.itemsize
    for region in written(recording, recording.step(step))[0]:
        if region.storage != place.storage or not len(first):
            continue
        if region.itemsize == size and np.isin(first, region.items, assume_unique=True).any():
            return True
        if region.itemsize != size:
            starts, ends = region.items * region.itemsize, (region.items + 1) * region.itemsize
            at = np.searchsorted(ends, first * size, "right")
            inside = at < len(starts)
            if (starts[at[inside]] < (first[inside] + 1) * size).any():
                return True
    return False


def written_steps(recording: Recording, path: str) -> Any:
    """Steps that wrote what a path stands for, with other bits or the same, or rebound it."""
    found: list[int] = []
    for _, segment in _by_call(recording, path):
        if not _entered(recording, segment):
            found.append(segment.first)
        if segment.place is None:
            continue
        changed = set(changes_in(recording, segment))
        steps = writing_steps(recording, segment.place.storage)
        steps = steps[(steps > segment.first) & (steps <= segment.last)]
        found += [step for step in steps.tolist() if step in changed or _touches(recording, segment.place, step)]
    return _steps(found)


def _is_finite(recording: Recording, segment: Segment, step: int) -> bool:
    try:
        value = segment.number if segment.place is None else value_in(recording, segment, step)
    except Unreadable:
        return True
    array = np.asarray(0 if value is None else value)
    return array.dtype.kind not in "fc" or bool(np.isfinite(array).all())


def _bad_versions(recording: Recording, segment: Segment) -> Iterator[tuple[int, bool]]:
    """Steps of a segment from which on other bits hold, and whether a NaN or an infinity is among them."""
    if segment.place is None:
        yield segment.first, not _is_finite(recording, segment, segment.first)
        return
    steps, rows = versions_in(recording, segment, segment.place)
    noted = segment.whole and not (rows["sum_of_squares"] == -1.0).any()
    for step, flags in zip(steps, rows["flags"].tolist(), strict=True):
        yield step, bool(flags & NOT_FINITE) if noted else not _is_finite(recording, segment, step)


def _path_not_finite(recording: Recording, path: str) -> Any:
    found: list[int] = []
    for _, segment in _by_call(recording, path):
        before = False
        for step, bad in _bad_versions(recording, segment):
            if bad and not before:
                found.append(step)
            before = bad
    return _steps(found)


def _numbers_not_finite(recording: Recording) -> Any:
    """Steps that bound a number which is NaN or infinite; handing one on to a container or a call does not count."""
    columns = columns_of(recording)
    rows = columns.bindings
    bad = np.zeros(len(rows), bool)
    for kinds, dtype, wide in (((REAL, DOUBLE), "<f8", "<u8"), ((SINGLE,), "<f4", "<u4"), ((HALF,), "<f2", "<u2")):
        own = np.flatnonzero(np.isin(rows["kind"], kinds))
        bad[own] = ~np.isfinite(rows["payload"][own].astype(wide).view(dtype))
    rows = rows[bad]
    _, first = np.unique(rows["payload"], return_index=True)
    handed_on = np.isin(columns.kinds[rows["owner"]], (SEQUENCE, MAPPING))
    handed_on |= rows["key"] == columns.texts.get(RETURN_KEY, -1)
    inside = np.minimum(rows["step"].astype(np.int64), len(recording) - 1)
    handed_on |= recording.steps["flags"][inside] & ENTER != 0
    handed_on[first] = False
    return rows["step"][~handed_on]


def not_finite_steps(recording: Recording, path: str) -> Any:
    """Steps at which a NaN or an infinity appears: in a path, or in any array or number."""
    if path:
        return _path_not_finite(recording, path)
    columns = columns_of(recording)
    rows = columns.versions
    order = np.argsort(rows["storage"], kind="stable")
    bad = rows["flags"][order] & NOT_FINITE != 0
    same = np.r_[False, rows["storage"][order][1:] == rows["storage"][order][:-1]][: len(order)]
    appeared = bad & ~(same & np.r_[False, bad[:-1]][: len(order)])
    found = [rows["step"][order][appeared], _numbers_not_finite(recording), _unmeasured_not_finite(recording)]
    return np.unique(np.concatenate(found).astype(np.int64))


def _unmeasured_not_finite(recording: Recording) -> Any:
    """As above, for arrays of types whose finiteness the recorder does not note: complex, half and long numbers."""
    columns = columns_of(recording)
    inexact = [layout.dtype.kind in "fc" for layout in recording.tables.layouts]
    arrays = columns.bindings[columns.bindings["kind"] == ARRAY]
    arrays = arrays[np.array(inexact, bool)[(arrays["payload"] >> np.uint64(32)).astype(np.int64)]]
    numbers, where = np.unique(arrays["payload"] & np.uint64(0xFFFFFFFF), return_index=True)
    unmeasured = np.unique(columns.versions["storage"][columns.versions["sum_of_squares"] == -1.0])
    found = []
    for number in np.flatnonzero(np.isin(numbers, unmeasured)).tolist():
        storage, layout = int(numbers[number]), int(arrays["payload"][where[number]]) >> 32
        fine = True
        for step in recording.replay.versions(storage)["step"].tolist():
            try:
                now = bool(np.isfinite(recording.replay.view(storage, layout, step)).all())
            except Unreadable:
                continue
            if fine and not now:
                found.append(step)
            fine = now
    return np.array(found, np.int64)


def _differing(recording: Recording, path: str, what: str) -> Any:
    if path:
        both = [(left, right) for left, right in _by_call(recording, path) if left is not None]
        pairs = [(getattr(left, what), getattr(right, what), right.first) for left, right in both]
        return _steps(step for old, new, step in pairs if old is not None and new is not None and old != new)
    columns = columns_of(recording)
    rows = columns.bindings
    order = np.argsort(rows["owner"].astype(np.int64) << 32 | rows["key"], kind="stable")
    rows = rows[order]
    known: dict[Any, int] = {}
    numbers = [known.setdefault(getattr(layout, what), len(known)) for layout in recording.tables.layouts]
    layouts = (rows["payload"] >> np.uint64(32)).astype(np.int64)
    arrays = rows["kind"] == ARRAY
    value = np.where(arrays, np.array([*numbers, 0])[np.where(arrays, layouts, -1)], -1)
    same = (rows["owner"][1:] == rows["owner"][:-1]) & (rows["key"][1:] == rows["key"][:-1])
    other = same & arrays[1:] & arrays[:-1] & (value[1:] != value[:-1])
    return np.unique(rows["step"][1:][other]).astype(np.int64)


def shape_steps(recording: Recording, path: str) -> Any:
    """Steps at which a path, or any slot, begins to stand for an array of another shape."""
    return _differing(recording, path, "shape")


def dtype_steps(recording: Recording, path: str) -> Any:
    """Steps at which a path, or any slot, begins to stand for an array of another type."""
    return _differing(recording, path, "dtype")


def _norms(recording: Recording, path: str, limit: float) -> Iterator[tuple[int, int, float]]:
    """Call, step and norm, whenever the norm of a path may have become another one."""
    for _, segment in _by_call(recording, path):
        if segment.place is None:
            yield segment.frame, segment.first, norm(0 if segment.number is None else segment.number)
            continue
        for step, value in zip(*norms_in(recording, segment, limit), strict=True):
            yield segment.frame, step, value


def _crossings(recording: Recording, path: str, limit: float, relative: bool, beyond: Beyond) -> Any:
    """Steps at which a norm begins to be beyond a limit, or beyond a multiple of the call's first norm that is not zero."""
    found, frame, before, first = [], -1, False, 0.0
    for number, step, value in _norms(recording, path, 0.0 if relative else limit):
        if number != frame:
            frame, before, first = number, False, 0.0
        now = (first > 0.0 or not relative) and beyond(value, limit * first if relative else limit)
        if now and not before and (first > 0.0 or value != 0.0):
            found.append(step)
            before = True
        before = before and now
        first = first or (value if np.isfinite(value) else 0.0)
    return _steps(found)


def exploding_steps(recording: Recording, path: str, limit: float, relative: bool) -> Any:
    """Steps at which a norm begins to exceed a limit; NaN does."""
    return _crossings(recording, path, limit, relative, lambda value, bound: not value <= bound)


def vanishing_steps(recording: Recording, path: str, limit: float, relative: bool) -> Any:
    """Steps at which a norm begins to be below a limit; zeros before the first other value are no decay."""
    return _crossings(recording, path, limit, relative, lambda value, bound: value < bound)
