"""Names that share memory: views of one another, aliases, arrays that overlap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .expressions import Unreadable
from .format import HANDED
from .places import Place, place_of
from .recording import Recording

Named = tuple[str, Place]


@dataclass(frozen=True)
class Shared:
    """Paths whose arrays have items in common; text: in words."""

    paths: tuple[str, ...]
    text: str


def _entry_text(large: Named, small: Named) -> str:
    """`dh[3]` where that is what the smaller array shows of the larger one; otherwise the larger one's path."""
    numbers, items = np.asarray(large[1].numbers), np.sort(small[1].items)
    if large[1].itemsize == small[1].itemsize and numbers.ndim and 0 < items.size < numbers.size:
        rows = numbers.reshape(len(numbers), -1)
        for number in np.flatnonzero((rows == items[0]).any(axis=1)).tolist():
            if np.array_equal(np.sort(rows[number]), items):
                return f"{large[0]}[{number}]"
    return large[0]


def _overlap(left: Place, right: Place) -> bool:
    if left.itemsize == right.itemsize:
        return bool(np.intersect1d(left.items, right.items).size)
    first, second = (np.unique(one.items[:, None] * one.itemsize + np.arange(one.itemsize)) for one in (left, right))
    return bool(np.intersect1d(first, second).size)


def _groups(named: list[Named]) -> list[list[Named]]:
    """Arrays that overlap, directly or through others."""
    groups: list[list[Named]] = []
    for one in named:
        touching = [group for group in groups if any(_overlap(one[1], other[1]) for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([*(other for group in touching for other in group), one])
    return [group for group in groups if len(group) > 1]


def _shared(group: list[Named]) -> Shared:
    largest = max(group, key=lambda one: np.size(one[1].numbers))
    others = [one for one in group if one is not largest]
    last = _entry_text(largest, others[0]) if len(others) == 1 else largest[0]
    words = f"{', '.join(one[0] for one in others)} and {last} share memory"
    return Shared(tuple(path for path, _ in group), words)


def shared_names(recording: Recording, step: int, frame: int | None = None) -> list[Shared]:
    """Groups of paths that share memory, as "dhnext and dh[3] share memory".

    Args:
        recording: to ask. step: after which. frame: whose names are meant; by default the call that executes the step.
    """
    storages: dict[int, list[tuple[str, int]]] = {}
    for path, payload in recording.arrays(step, frame):
        if path not in HANDED:
            storages.setdefault(payload & 0xFFFFFFFF, []).append((path, payload >> 32))
    found = []
    for storage, paths in storages.items():
        named = []
        for path, layout in paths if len(paths) > 1 else ():
            try:
                named.append((path, place_of(recording, storage, layout)))
            except Unreadable:
                continue
        found += [_shared(group) for group in _groups(named)]
    return found
