"""Columns over all steps and slots of a recording, built once for every length it has: the index that questions use."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from .format import ARRAY, CALL, GONE, HANDED, OWNER
from .journal import BINDINGS
from .recording import Recording
from .slots import MAX_DEPTH

MOST_NAMES = 64
"""Other names of one array that are looked up."""


class Grouped:
    """Finds the places where a number stands in a column, in their order."""

    def __init__(self, numbers: Any) -> None:
        """Args: numbers (n,): whole numbers."""
        numbers = numbers.astype(np.int64)
        self._order = np.argsort(numbers, kind="stable")
        self._sorted = numbers[self._order]

    def places(self, number: int) -> Any:
        """Places of a number (k,)."""
        first, last = np.searchsorted(self._sorted, [number, number + 1])
        return self._order[first:last]


def _latest(rows: Any, joined: Any, owners: Any, steps: Any) -> Any:
    """For each owner and step, which of the rows (ordered by owner, then step) holds; -1 where none does."""
    found = np.searchsorted(joined, owners << 32 | steps, "right") - 1
    if not len(rows):
        return found
    absent = (found < 0) | (rows["owner"][found] != owners) | (rows["kind"][found] == GONE)
    return np.where(absent, -1, found)


class Columns:
    """What is asked of the whole of a recording.

    Attributes:
        size: lengths of the tables that this was built from.
        bindings, versions: the tables' rows, in time.
        frame, owner: (n,) call and owner of the local names of every step.
        ends: (frames,) last step of every call.
        memory: what others keep for as long as the recording has this length.
    """

    def __init__(self, recording: Recording, bindings: Any) -> None:
        """Args: recording: to index; bindings: its table."""
        self.bindings, self.versions = bindings, recording.replay.rows
        self.size = _size(recording, bindings)
        self._recording, self._tables = recording, recording.tables
        steps, frames = recording.steps, recording.frames
        last = max(len(frames) - 1, 0)  # a file that is being written may have steps whose call is not there yet
        self.frame = np.minimum(steps["frame"].astype(np.int64), last)
        self.owners = frames["owner"].astype(np.int64)
        self.owner = self.owners[self.frame] if len(frames) else np.zeros(len(steps), np.int64)
        self.ends = np.full(len(frames), len(steps) - 1)
        ended = recording.returns[recording.returns["frame"] < len(frames)]
        self.ends[ended["frame"]] = np.minimum(ended["step"].astype(np.int64), len(steps) - 1)
        self.memory: dict[Any, Any] = {}

    @cached_property
    def kinds(self) -> Any:
        """(owners,) kind of every owner."""
        return np.array([kind for kind, _ in self._tables.owners], np.int64)

    @cached_property
    def texts(self) -> dict[str, int]:
        """Numbers of texts."""
        return {text: number for number, text in enumerate(self._tables.texts)}

    @cached_property
    def entry_keys(self) -> list[int]:
        """Numbers of the texts that are keys of entries of containers."""
        return [number for number, text in enumerate(self._tables.texts) if text.startswith("[")]

    @cached_property
    def frame_of(self) -> dict[int, int]:
        """Number of a call by the owner of its local names."""
        return {int(owner): frame for frame, owner in enumerate(self.owners)}

    @cached_property
    def previous(self) -> Any:
        """(n,) the step before in the same call; -1 for its first."""
        order = np.argsort(self.frame, kind="stable")
        found = np.full(len(order), -1)
        same = self.frame[order[1:]] == self.frame[order[:-1]]
        found[order[1:][same]] = order[:-1][same]
        return found

    @cached_property
    def by_statement(self) -> Grouped:
        """Steps by the number of their statement."""
        return Grouped(self._recording.steps["statement"])

    @cached_property
    def statements(self) -> Any:
        """Numbers of all statements that were executed."""
        return np.unique(self._recording.steps["statement"])

    @cached_property
    def _by_key(self) -> Grouped:
        return Grouped(self.bindings["key"])

    @cached_property
    def _by_storage(self) -> Grouped:
        arrays = self.bindings["kind"] == ARRAY
        return Grouped(np.where(arrays, (self.bindings["payload"] & np.uint64(0xFFFFFFFF)).astype(np.int64), -1))

    @cached_property
    def _by_held(self) -> Grouped:
        held = self.bindings["kind"] == OWNER
        return Grouped(np.where(held, self.bindings["payload"].astype(np.int64), -1))

    def rows_of_key(self, key: str) -> Any:
        """Rows of all slots with a key, in time."""
        number = self.texts.get(key)
        return self.bindings[:0] if number is None else self.bindings[self._by_key.places(number)]

    def rows_of_storage(self, storage: int) -> Any:
        """Rows of all slots that ever stood for an array on a storage, in time."""
        return self.bindings[self._by_storage.places(storage)]

    def rows_over(self, name: str, steps: Any, frame: int | None = None) -> tuple[Any, Any]:
        """What a name stands for at many steps.

        Args:
            name: local or global. steps: (n,). frame: whose; by default the call that executes each step.

        Returns:
            Rows of slots, and for each step which of them holds (n,); -1 where the name stands for nothing.
        """
        rows = self.rows_of_key(name)
        joined = rows["owner"].astype(np.int64) << 32 | rows["step"]
        order = np.argsort(joined, kind="stable")
        rows, joined = rows[order], joined[order]
        frames = self.frame[steps] if frame is None else np.full(len(steps), frame)
        owners = self.owners[frames]
        found = _latest(rows, joined, owners, steps)
        # A local name without a value hides the global one.
        free = ~np.isin(owners, rows["owner"])
        for file in self._tables.files:
            seen = free & (self._recording.frames["file"][frames] == file.number)
            if file.globals >= 0 and seen.any():
                found[seen] = _latest(rows, joined, np.full(int(seen.sum()), file.globals), steps[seen])
        return rows, found

    def bindings_at(self, step: int) -> Any:
        """Rows that a step wrote."""
        return self._at(self.bindings, step)

    def versions_at(self, step: int) -> Any:
        """Versions that a step made."""
        return self._at(self.versions, step)

    @staticmethod
    def _at(rows: Any, step: int) -> Any:
        first = np.searchsorted(rows["step"], np.array([step, step + 1], rows["step"].dtype))
        return rows[first[0] : first[1]]

    def globals_of(self, frame: int) -> int:
        """Owner of the global names that a call sees; -1 where there is none."""
        return int(self._tables.files[int(self._recording.frames[frame]["file"])].globals)

    def paths_of(self, storage: int, step: int, frame: int) -> list[tuple[str, int]]:
        """Paths by which a call knows a storage at a step, each with the layout of its view."""
        found = []
        for owner, key in self._slots(self._by_storage.places(storage), frame):
            row = self._recording.binding(owner, key, step)
            if row is not None and row["kind"] == ARRAY and int(row["payload"]) & 0xFFFFFFFF == storage:
                layout = int(row["payload"]) >> 32
                found += [(prefix + key, layout) for prefix in self.prefixes(owner, step, frame)]
        return found

    def prefixes(self, owner: int, step: int, frame: int, above: tuple[int, ...] = ()) -> list[str]:
        """Paths by which a call knows a container or object at a step; an empty one for its own names."""
        if owner == self.owners[frame] or owner == self.globals_of(frame):
            return [""]
        if len(above) >= MAX_DEPTH or owner in above:
            return []
        found = []
        for holder, key in self._slots(self._by_held.places(owner), frame):
            row = self._recording.binding(holder, key, step)
            if row is not None and row["kind"] == OWNER and int(row["payload"]) == owner:
                found += [prefix + key for prefix in self.prefixes(holder, step, frame, (*above, owner))]
        return found

    def _slots(self, places: Any, frame: int) -> list[tuple[int, str]]:
        """Slots among rows, without the local names of other calls."""
        rows = self.bindings[places]
        own = rows["owner"] == self.owners[frame]
        pairs = rows[own | (self.kinds[rows["owner"]] != CALL)][["owner", "key"]]
        found = dict.fromkeys((int(owner), self._tables.texts[key]) for owner, key in pairs[: 16 * MOST_NAMES].tolist())
        return [slot for slot in found if slot[1] not in HANDED][:MOST_NAMES]


def _size(recording: Recording, bindings: Any) -> tuple[int, ...]:
    return (
        len(recording.steps),
        len(recording.frames),
        len(recording.returns),
        len(bindings),
        len(recording.replay.rows),
    )


_KNOWN: WeakKeyDictionary[Recording, Columns] = WeakKeyDictionary()


def columns_of(recording: Recording) -> Columns:
    """The columns of a recording as it is now."""
    bindings = recording.table(BINDINGS)
    known = _KNOWN.get(recording)
    if known is None or known.size != _size(recording, bindings):
        known = _KNOWN[recording] = Columns(recording, bindings)
    return known
