"""Rows of the table of arrays: what a call can see by its own names, large containers folded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from inspector.debugger.inlines import number_text
from inspector.debugger.records import ArrayRow, Here
from rnn.beside import Beside
from rnn.errors import InputError
from rnn.recorder import Recording
from rnn.recorder.changes import Change
from rnn.recorder.expressions import Unreadable
from rnn.recorder.format import ARRAY, HANDED, OBJECTS, OTHER, OWNER, view_of
from rnn.recorder.moments import Held
from rnn.recorder.values import norm_of

FEW_ENTRIES = 8
"""Containers of up to so many entries are shown opened."""

MOST_ENTRIES = 400
"""Entries of an opened container that become rows: the first and the last ones, and those that the step touched."""

MOST_DEPTH = 3


class _Rows:
    """Makes the rows of one moment."""

    def __init__(
        self,
        recording: Recording,
        beside: Beside | None,
        here: Here,
        expanded: frozenset[str],
        touched: Mapping[str, Change],
    ) -> None:
        self._recording, self._beside, self._here = recording, beside, here
        self._expanded, self._touched = expanded, touched

    def of(self, owner: int, prefix: str, depth: int, above: frozenset[int]) -> Iterator[ArrayRow]:
        """Rows of everything in an owner that is an array, or may hold one."""
        recording, step = self._recording, self._here.step
        for key in self._keys(owner, prefix, depth):
            row = recording.binding(owner, key, step)
            if row is None or key in HANDED:
                continue
            path, kind, payload = prefix + key, int(row["kind"]), int(row["payload"])
            if kind == ARRAY:
                yield self._array(path, key, depth, payload)
            elif kind == OWNER and payload not in above and depth < MOST_DEPTH:
                yield from self._container(path, key, depth, payload, above)
            elif kind == OBJECTS:
                yield ArrayRow(path, key, depth, "unreadable", text=recording.tables.texts[payload])
            elif kind != OTHER and depth:
                value = recording.decode(kind, payload, step, key)
                yield ArrayRow(path, key, depth, "number", text=number_text(value))

    def _keys(self, owner: int, prefix: str, depth: int) -> list[str]:
        keys = self._recording.all_keys(owner)
        if not depth or len(keys) <= MOST_ENTRIES:
            return keys
        touched = [key for key in keys if prefix + key in self._touched]
        half = MOST_ENTRIES // 2
        return list(dict.fromkeys([*keys[:half], *touched, *keys[-half:]]))

    def _container(self, path: str, key: str, depth: int, owner: int, above: frozenset[int]) -> Iterator[ArrayRow]:
        recording = self._recording
        entries, kind = recording.count_keys(owner, self._here.step), recording.tables.owners[owner][1]
        if not entries:
            return
        opened = (path in self._expanded) != (entries <= FEW_ENTRIES)
        change = self._touched.get(path)
        yield ArrayRow(
            path, key, depth, "container", dtype=kind, entries=entries, expanded=opened,
            changed=None if change is None else change.changed,
        )  # fmt: skip
        if opened:
            yield from self.of(owner, path, depth + 1, above | {owner})
            return
        for touched in self._touched:  # what a step did to one of many entries is seen without opening them
            inner = touched.removeprefix(path)
            row = recording.binding(owner, inner, self._here.step) if inner != touched else None
            if row is not None and row["kind"] == ARRAY:
                yield self._array(touched, inner, depth + 1, int(row["payload"]))

    def _array(self, path: str, label: str, depth: int, payload: int) -> ArrayRow:
        recording, here = self._recording, self._here
        layout = recording.tables.layouts[view_of(payload)[1]]
        change = self._touched.get(path)
        changed = None if change is None else change.changed
        largest = float("nan") if change is None else change.largest
        try:
            norm, finite = norm_of(recording, payload, here.step)
        except (Unreadable, InputError) as error:
            return ArrayRow(path, label, depth, "unreadable", layout.shape, str(layout.dtype), text=str(error))
        judged = match = None
        if self._beside is not None:
            match = self._beside.match(here.function, path)
            if match is not None:
                judged = self._beside.judgement(recording, path, here.step, here.frame)
        return ArrayRow(
            path, label, depth, "array", layout.shape, str(layout.dtype), norm, finite,
            changed=changed, largest=largest, judged=judged, match=match,
        )  # fmt: skip


def array_rows(
    recording: Recording, beside: Beside | None, here: Here, expanded: frozenset[str], touched: Mapping[str, Change]
) -> Iterator[ArrayRow]:
    """Rows of the table of arrays, in the order in which names came up.

    Args:
        recording: to ask. beside: what JAX says, or None. here: where the user stands.
        expanded: paths of containers that are shown the other way than they come: large ones opened, small ones closed.
        touched: what the step changed, by path.
    """
    owner = recording.frame_owner(here.frame)
    return _Rows(recording, beside, here, expanded, touched).of(owner, "", 0, frozenset({owner}))


def number_texts(recording: Recording, here: Here) -> tuple[tuple[str, str], ...]:
    """Local names that stand for numbers and texts, with these."""
    owner, found = recording.frame_owner(here.frame), []
    for key in recording.keys(owner, here.step):
        row = recording.binding(owner, key, here.step)
        if key in HANDED or row["kind"] in (ARRAY, OWNER, OTHER, OBJECTS):
            continue
        value: Any = recording.decode(int(row["kind"]), int(row["payload"]), here.step, key)
        if not isinstance(value, (np.ndarray, Held)):
            found.append((key, number_text(value)))
    return tuple(found)
