"""What is right about a value: which quantity it is, and whether other statements make right use of it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import base_of
from ..recorder.expressions import Unreadable
from ..recorder.format import ARRAY, view_of
from .flow import Flow
from .library import DATA, FORWARD, GRADIENT, HALFWAY, PART, STAGE, SUM, WEIGHT, Item, Library
from .reading import Read
from .writing import out_nodes, targets_of

CLOSE = {"float64": 1e-7, "float32": 1e-3}
"""Relative difference, in units of the largest entry wanted, up to which two values are the same."""

ALIKE = {
    **dict.fromkeys(("h", "the previous h", "h0", "h0 and h"), "h"),
    **dict.fromkeys(("c", "the previous c", "c0", "c0 and c"), "c"),
    "dh0 and dh_next": "dh_next",
    "dc0 and dc_next": "dc_next",
}
"""Names of right values, without the suffix of their layer, that are of one kind."""


def species(item: Item) -> str:
    """What kind of thing an item is, whatever its step: the same for h at any t and h0."""
    return species_of(item.name)


def species_of(name: str) -> str:
    """What kind of thing a right value is, by its name."""
    start = name.partition(" of all steps")[0]
    base, suffix = base_of(start)
    return ALIKE[base] + suffix if base in ALIKE else start


def close(wanted: Any, found: Any, limit: float) -> Any:
    """Which entries agree, in units of the wanted array's largest entry."""
    a, b = np.asarray(found, "float64"), np.asarray(wanted, "float64")
    scale = float(np.max(np.abs(b))) if b.size else 0.0
    with np.errstate(all="ignore"):
        return np.abs(a - b) <= limit * max(scale, 1e-300)


@dataclass(frozen=True, eq=False)
class Judge:
    """Judges values of one recording by one library.

    Attributes:
        limit: see `CLOSE`. factors: multiples of a gradient that count as right in this code: 1, and where it divides at the
            end, what it divides by.
    """

    flow: Flow
    library: Library
    limit: float
    factors: set[float]

    def same(self, found: Any, wanted: Any) -> bool:
        """Whether two arrays agree within rounding."""
        return np.shape(found) == np.shape(wanted) and bool(np.all(close(wanted, found, self.limit)))

    def same_numbers(self, found: Any, wanted: Any) -> bool:
        """Whether two arrays hold the same numbers, in any order."""
        if np.size(found) != np.size(wanted):
            return False
        return self.same(np.sort(np.ravel(found)), np.sort(np.ravel(wanted)))

    def names(self, value: Any) -> list[Item]:
        """What a value is; empty where it is nothing right."""
        found = self.library.recognise(value)
        return [item for item in found if item.factor in self.factors and item.kind not in (HALFWAY, STAGE)]

    def allow(self, wanted: Any) -> None:
        """What is wanted says by how much the code's own gradients may be larger."""
        items = self.library.recognise(wanted)
        if items and not any(item.factor in self.factors for item in items):
            self.factors.add(items[0].factor)

    def label(self, value: Any) -> str:
        """The first of its names."""
        items = self.names(value)
        return items[0].label if items else "0" if np.size(value) and not np.any(value) else ""

    def misplaced(self, value: Any, wanted: Any) -> bool:
        """Whether a value is the wanted quantity of another step or sample."""
        found, needed = self.names(value), self.names(wanted)
        return bool({species(item) for item in found if item.kind != WEIGHT} & {species(item) for item in needed})

    def doubt(self, read: Read, step: int) -> int:
        """How likely an array is the wrong one: 4 unwritten, 3 unknown numbers, 2 zeros, 1 right, 0 a weight."""
        if self.unwritten(read, step):
            return 4
        items = self.names(read.value)
        if items:
            return 0 if items[0].kind == WEIGHT else 1
        if not np.any(read.value):
            return 2
        return 1 if self.library.is_made_of_right_numbers(read.value) else 3

    def blank(self, storage: int) -> bool:
        """Whether an array was made of zeros, or of nothing, to be filled."""
        writes = self.flow.writes(storage)
        if not writes or not writes[0].born:
            return False
        text = self.flow.statement(writes[0].step).text
        if "empty" in text or "zeros" in text or "full(" in text:
            return True
        try:
            return not self.flow.data(storage, writes[0].step).any() and not self.flow.reads(writes[0].step)
        except Unreadable:
            return False

    def unwritten(self, read: Read, step: int) -> bool:
        """Whether a part of an array is read that no line has written since the array was made, blank."""
        if read.storage < 0 or read.items is None or not self.blank(read.storage):
            return False
        writes = self.flow.writes_before(read.storage, step)
        items = np.ravel(read.items)
        if not writes or len(items) == writes[0].items.size:
            return False  # a whole blank array is a starting value
        return not any(np.isin(write.items, items).any() for write in writes if not write.born)

    def output_is_right(self, step: int, storage: int) -> bool:
        """Whether a step made something right out of what it read of a storage: not counting mere names for it."""
        if self.flow.children(step):
            return False
        for row in self.flow.memory.bindings_at(step):
            if row["kind"] != ARRAY or view_of(row["payload"])[0] == storage:
                continue
            first = self.flow.writes(view_of(row["payload"])[0])[:1]
            if first and first[0].step == step:
                value = self.flow.value(row, step)
                if any(item.kind in (GRADIENT, PART, SUM) for item in self.names(value)):
                    return True
        return self._written_right(step, storage)

    def _written_right(self, step: int, storage: int) -> bool:
        statement, frame = self.flow.statement(step), self.flow.frame(step)
        for node in statement.nodes:
            for target in [*targets_of(node), *(place for _, place in out_nodes(statement))]:
                if isinstance(node, ast.Assign) and isinstance(target, ast.Name):
                    continue  # the name is given to another array
                place = self.flow.locate(target, step - 1, frame)
                if place is None or place[0] == storage:
                    continue
                try:
                    after = self.flow.data(place[0], step)[place[1]].astype("float64")
                    before = self.flow.data(place[0], step - 1)[place[1]]
                except (Unreadable, IndexError):
                    continue
                if any(self._is_made(value, step, storage) for value in (after, after - before)):
                    return True
        return False

    def _is_made(self, value: Any, step: int, storage: int) -> bool:
        """Whether a value is a gradient that a step made out of what it read of a storage."""
        kinds = {item.kind for item in self.names(value)}
        return bool(kinds & {PART, SUM}) or (GRADIENT in kinds and not self._only_adds(value, step, storage))

    def _only_adds(self, added: Any, step: int, storage: int) -> bool:
        """Whether a statement adds just what it reads of a storage, so that what it adds says nothing about its use."""
        reads = [read for read in self.flow.reads(step) if read.storage == storage]
        return any(self.same_numbers(read.value, added) for read in reads)

    def used_rightly(self, read: Read, step: int, by_name: bool = False) -> bool:
        """Whether another statement makes something right out of the same numbers (under the same name, where asked)."""
        if read.storage < 0 or read.items is None:
            return False
        items = np.ravel(read.items)
        writes = [w.step for w in self.flow.writes(read.storage) if np.isin(w.items, items).any()]
        start = max((w for w in writes if w < step), default=-1)
        end = min((w for w in writes if w > step), default=len(self.flow.recording))
        own = self.flow.statement(step)
        for other, found, text in self.flow.readers.get(read.storage, []):
            if by_name and text != read.text:
                continue
            if start < other <= end and other != step and self.flow.statement(other) is not own:
                if np.isin(found, items).any() and self.output_is_right(other, read.storage):
                    return True
        return False

    def is_right_forward(self, step: int, read: Read) -> bool:
        """Whether a value of the forward pass is read that is right as such, under a name that always means the same."""
        items = self.names(read.value)
        kinds = {item.kind for item in items}
        if not kinds & {FORWARD, DATA, WEIGHT} or GRADIENT in kinds:
            return False
        if not isinstance(read.node, ast.Name):
            return True
        recording = self.flow.recording
        rows = recording.binding_rows(recording.frame_owner(self.flow.frame(step)), read.node.id)
        return len({int(recording.steps[int(row["step"])]["statement"]) for row in rows}) < 2
