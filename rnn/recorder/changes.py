"""What a step changed: by path, and element by element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .columns import Columns, columns_of
from .expressions import NUMBERS, Unreadable
from .format import ARRAY, AUDIT, BIRTH, GONE, HANDED, NOWHERE
from .places import different_bits
from .recording import Recording
from .regions import written_regions

MOST_CHANGES = 1000
"""Slots of one step that are reported; a step that fills a list of more has its first ones told."""


@dataclass(frozen=True, eq=False)
class Change:
    """Something that a step changed.

    Attributes:
        path: by which the call knows it. frame: the call; where the step's own has no name for it, one that called it.
        what: `rebound`, `written` (in its place), `gone`, or `found by audit`.
        changed: number of items whose bits differ; -1 where that is not known.
        largest: largest absolute difference, NaN where there is nothing to compare with or a value is NaN.
        also: other paths of the call that show the change.
        since: of a change found by audit: it happened after this step; otherwise the step itself.
    """

    path: str
    frame: int
    what: str
    changed: int
    largest: float
    also: tuple[str, ...]
    since: int


@dataclass(frozen=True, eq=False)
class ChangedItems:
    """An array before and after a step.

    Attributes:
        before: None where it was not there, or of another shape. after: read-only, like `before`.
        mask: True where the bits differ; everywhere where there is no `before` or the type is another.
    """

    before: Any
    after: Any
    mask: Any


def _measure(old: Any, new: Any) -> tuple[int, float]:
    """How many items differ in their bits, and the largest absolute difference."""
    if not isinstance(new, NUMBERS):
        return 1, float("nan")
    after = np.asarray(new)
    if not isinstance(old, NUMBERS):
        return int(after.size), float("nan")
    left = np.asarray(old)
    if left.shape != after.shape:
        return int(after.size), float("nan")
    count = int(after.size) if left.dtype != after.dtype else int(np.count_nonzero(different_bits(left, after)))
    if not after.size or left.dtype.kind not in "biufc" or after.dtype.kind not in "biufc":
        return count, 0.0 if not after.size else float("nan")
    wide = np.complex128 if "c" in left.dtype.kind + after.dtype.kind else np.float64
    with np.errstate(all="ignore"):
        # Equal infinities differ by nothing; their difference would be NaN.
        apart = np.where(left == after, 0.0, np.abs(after.astype(wide) - left.astype(wide)))
    return count, float(apart.max())


def _try_slot(recording: Recording, owner: int, key: str, step: int) -> Any:
    try:
        return recording.slot(owner, key, step)
    except Unreadable:
        return None


def _lineage(recording: Recording, frame: int) -> list[int]:
    """A call and those around it, inner first."""
    found: list[int] = []
    while frame != NOWHERE and frame < len(recording.frames) and frame not in found:
        found.append(frame)
        frame = int(recording.frames[frame]["parent"])
    return found


def _rebound(recording: Recording, columns: Columns, step: int, lineage: list[int]) -> list[Change]:
    found = []
    for owner, key, _, kind, payload in columns.bindings_at(step)[:MOST_CHANGES].tolist():
        text = recording.tables.texts[key]
        if text in HANDED:
            continue
        for frame in lineage:
            prefixes = columns.prefixes(owner, step, frame)
            if prefixes:
                break
        else:
            continue
        count, largest, also = 1, float("nan"), [prefix + text for prefix in prefixes[1:]]
        if kind != GONE:
            old, new = (_try_slot(recording, owner, text, at) for at in (step - 1, step))
            count, largest = _measure(old, new)
        if kind == ARRAY:
            also += [path for path, _ in columns.paths_of(payload & 0xFFFFFFFF, step, frame)]
        path = prefixes[0] + text
        others = tuple(name for name in dict.fromkeys(also) if name != path)
        found.append(Change(path, frame, "gone" if kind == GONE else "rebound", count, largest, others, step))
    return found


def _written(recording: Recording, columns: Columns, step: int, lineage: list[int]) -> list[Change]:
    """Storages that changed in their place."""
    rows = columns.versions_at(step)
    targets = [region.text for region in written_regions(recording, step)] if len(rows) else []
    found = []
    for storage in dict.fromkeys(rows["storage"][rows["flags"] & BIRTH == 0].tolist()):
        own = rows[rows["storage"] == storage]
        if (own["flags"] & BIRTH).any():
            continue
        audited = own[own["flags"] & AUDIT != 0]
        for frame in lineage:
            measured = []
            for path, layout in columns.paths_of(storage, step, frame):
                try:
                    arrays = [recording.replay.view(storage, layout, at) for at in (step - 1, step)]
                    count, largest = _measure(*arrays)
                except Unreadable:
                    count, largest = -1, float("nan")
                if count:
                    measured.append((not any(text.startswith(path) for text in targets), path, count, largest))
            if measured:
                break
        else:
            continue
        measured.sort(key=lambda one: one[0])
        _, path, count, largest = measured[0]
        what, since = ("found by audit", int(audited["since"][0])) if len(audited) else ("written", step)
        others = tuple(dict.fromkeys(one[1] for one in measured[1:] if one[1] != path))
        found.append(Change(path, frame, what, count, largest, others, since))
    return found


def changes(recording: Recording, step: int) -> list[Change]:
    """Everything that a step changed, by path: first what now stands for something else, then what was written.

    Args:
        recording: to ask. step: number of the step; raises `InputError` where there is no such step.
    """
    columns, lineage = columns_of(recording), _lineage(recording, recording.step(step).frame)
    found = _rebound(recording, columns, step, lineage)
    told = {(one.frame, one.path) for one in found}
    return found + [one for one in _written(recording, columns, step, lineage) if (one.frame, one.path) not in told]


def _array(recording: Recording, path: str, step: int, frame: int) -> Any:
    value = recording.value(path, step, frame)
    if not isinstance(value, NUMBERS):
        raise Unreadable(f"{path} is no array and no number at step {step}")
    array = np.asarray(value)
    array.flags.writeable = False
    return array


def changed_items(
    recording: Recording, path: str, step: int, frame: int | None = None, since: int | None = None
) -> ChangedItems:
    """What a step did to an array, element by element and bit by bit: NaN equals NaN, -0.0 differs from 0.0.

    Args:
        recording: to ask. path: a path or expression. step: after which.
        frame: whose names are meant; by default those of the call that executes the step.
        since: compared with the state after this step; by default the one before. Where the statement called recorded
            functions, `places.before` says what it found itself.

    Raises:
        Unreadable: there is no array or number after the step.
    """
    frame = recording.step(step).frame if frame is None else frame
    after = _array(recording, path, step, frame)
    try:
        old = _array(recording, path, step - 1 if since is None else since, frame)
    except Unreadable:
        old = None
    if old is None or old.shape != after.shape:
        return ChangedItems(None, after, np.ones(after.shape, bool))
    mask = np.ones(after.shape, bool) if old.dtype != after.dtype else different_bits(old, after)
    return ChangedItems(old, after, mask)
