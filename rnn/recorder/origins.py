"""Who wrote an element of an array: its last write, and all of them, through views, aliases and rebinding."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ..errors import InputError
from .columns import columns_of
from .expressions import Unreadable
from .format import AGAIN, AUDIT, ENTER, FULL, RANGE, SPARSE, UNKNOWN
from .places import Locator, Place, counted
from .recording import Recording
from .regions import Region, Writing, writing_of, written
from .statements import Statement
from .timeline import calls_with, first_name, parse_path, segments

ANY_ENTRY = "[...]"


@dataclass(frozen=True, eq=False)
class Write:
    """One write to one element.

    Attributes:
        step: that wrote it. line, file, text: of its statement. t: its loop variable. frame: the call it belongs to.
        how: `made` (the array is new with this step), `given` (the array came in with a call: an argument or a global),
            `written`, or `found` (an audit found the change, or it lies where the statement is not known to write).
        old, new: the element before and after; None where it was not there or is not kept.
        same: whether it was written with the same bits.
        exact: whether this step did it; otherwise it was done after step `since`, and not later than this one.
        since: see there.
    """

    step: int
    line: int
    file: str
    text: str
    t: int | None
    frame: int
    how: str
    old: Any
    new: Any
    same: bool
    exact: bool
    since: int


class Element:
    """One item of a storage, and its bits at every version."""

    def __init__(self, recording: Recording, place: Place) -> None:
        """Args: recording: to ask; place: of one item."""
        self.storage, self.number = place.storage, int(place.items[0])
        self.dtype, self.size = place.dtype, place.itemsize
        self.offset = self.number * self.size
        self._recording = recording
        self.rows = recording.replay.versions(place.storage)
        self._known: dict[int, bytes | None] = {}

    def bits(self, place: int) -> bytes | None:
        """The item's bytes at a version; None where they are not kept, or before the first."""
        waiting = []
        while place >= 0 and place not in self._known:
            found = self._found(place)
            if found is not None:
                self._known[place] = found
                break
            if self.rows["kind"][place] == UNKNOWN:
                self._known[place] = None
                break
            waiting.append(place)
            place -= 1
        result = self._known[place] if place >= 0 else None
        for one in waiting:
            self._known[one] = result
        return result

    def _found(self, place: int) -> bytes | None:
        """The item's bytes where a version holds them itself; None where an earlier one does."""
        row, start, end = self.rows[place], self.offset, self.offset + self.size
        kind, read = row["kind"], self._recording.read_bytes
        if kind == FULL and end <= row["length"]:
            return read(int(row["offset"]) + start, self.size)
        first = int(row["start"])
        if kind == RANGE and (end <= first or start >= first + int(row["length"])):
            return None
        if kind == RANGE and first <= start and end <= first + int(row["length"]):
            return read(int(row["offset"]) + start - first, self.size)
        if kind == SPARSE and row["changed"]:
            count = int(row["changed"])
            size = int(row["length"]) // count - 4
            if size == self.size:
                where = np.frombuffer(read(int(row["offset"]), 4 * count), "<u4")
                at = int(np.searchsorted(where, self.number))
                if at == count or where[at] != self.number:
                    return None
                return read(int(row["offset"]) + 4 * count + at * size, size)
        if kind in (SPARSE, RANGE, AGAIN):
            try:
                return bytes(self._recording.replay.bytes_of(self.storage, place)[start:end])
            except Unreadable:
                return None
        return None

    def value(self, bits: bytes | None) -> Any:
        """The item as a number of NumPy."""
        return None if bits is None or len(bits) != self.size else np.frombuffer(bits, self.dtype)[0]

    def touched(self, region: Region) -> bool:
        """Whether a region holds the item, or a part of it."""
        if region.storage != self.storage:
            return False
        first = self.offset // region.itemsize
        last = (self.offset + self.size - 1) // region.itemsize
        at = int(np.searchsorted(region.items, first))
        return at < len(region.items) and bool(region.items[at] <= last)


def _keys(node: ast.expr) -> set[str]:
    """Keys of the slots by which a target may reach its array."""
    found: set[str] = set()
    while True:
        if isinstance(node, ast.Name):
            return found | {node.id}
        if isinstance(node, ast.Attribute):
            found.add(f".{node.attr}")
            node = node.value
        elif isinstance(node, ast.Subscript):
            found.add(ANY_ENTRY)
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func.value
        else:
            return found


_WRITTEN_KEYS: WeakKeyDictionary[Statement, frozenset[str]] = WeakKeyDictionary()


def _written_keys(statement: Statement, writing: Writing) -> frozenset[str]:
    """Keys of the slots whose arrays a statement may write in their place."""
    known = _WRITTEN_KEYS.get(statement)
    if known is None:
        goals = [goal for goal in writing.goals if goal.kind != "name" or goal.augmented]
        known = _WRITTEN_KEYS[statement] = frozenset(key for goal in goals for key in _keys(goal.node))
    return known


def writing_steps(recording: Recording, storage: int) -> Any:
    """Steps, ascending, that may have written a storage: those that changed it, and those whose source may write it."""
    columns = columns_of(recording)
    known = columns.memory.get(("writers", storage))
    if known is None:
        numbers = np.unique(columns.rows_of_storage(storage)["key"])
        texts = [recording.tables.texts[number] for number in numbers]
        slots = {ANY_ENTRY if text.startswith("[") else text for text in texts}
        found = [recording.replay.versions(storage)["step"].astype(np.int64)]
        for number in columns.statements.tolist():
            file = recording.file_of(number)
            statement = file.table.statements[number - file.first]
            if slots & _written_keys(statement, writing_of(statement, file)):
                found.append(columns.by_statement.places(number))
        known = columns.memory["writers", storage] = np.unique(np.concatenate(found))
    return known


def write_at(recording: Recording, element: Element, step: int) -> Write | None:
    """What a step did to an element; None where it did not write it."""
    rows = element.rows
    first, end = np.searchsorted(rows["step"], np.array([step, step + 1], rows["step"].dtype)).tolist()
    if not end:
        return None
    one = recording.step(min(step, len(recording) - 1))
    old, new = element.bits(first - 1), element.bits(end - 1)
    changed = first < end and (old != new or new is None)
    born = first == 0
    regions, all_known = written(recording, one)
    covered = any(element.touched(region) for region in regions)
    if not (born or changed or covered):
        return None
    how, since = "written", step
    audited = rows[first:end]["flags"] & AUDIT != 0
    if born:
        how = "given" if one.flags & ENTER else "made"
    elif not covered and (all_known or audited.any()):
        how = "found"
        since = int(rows["since"][first]) if audited.any() else int(rows["step"][first - 1])
    return Write(
        step, one.line, one.file.path, one.statement.text, one.t, one.frame, how, element.value(old), element.value(new),
        not born and old == new and new is not None, how != "found", since,
    )  # fmt: skip


def element_of(recording: Recording, path: str, index: Any, step: int, frame: int | None) -> Element:
    """The item that a path and an index mean at a step.

    Raises:
        Unreadable: the path means no array there. InputError: the index means no single item of it.
    """
    place = Locator(recording.scope(step, frame)).locate(parse_path(path))
    if not isinstance(place, Place):
        raise Unreadable(f"{path} is no array")
    shape = np.shape(place.numbers)
    try:
        number = np.asarray(place.numbers)[index]
    except (IndexError, TypeError, ValueError):
        number = counted(0)
    if np.ndim(number):
        raise InputError(f"{path} has the shape {shape}; {index!r} is no single element of it, choose one inside")
    return Element(recording, Place(place.storage, number, place.dtype))


def last_write(recording: Recording, path: str, index: Any, step: int, frame: int | None = None) -> Write | None:
    """Who wrote an element last, seen from the end of a step; asked again with `write.step - 1`, who did before that.

    Args:
        recording: to ask. path: of the array. index: of the element, a number or tuple. step: until which, included.
        frame: whose names are meant; by default those of the call that executes the step.

    Returns:
        The write; None where the path stood for no array yet.

    Raises:
        InputError: the index lies outside of the array.
    """
    try:
        element = element_of(recording, path, index, step, frame)
    except Unreadable:
        return None
    return _last(recording, element, step)


def _last(recording: Recording, element: Element, step: int) -> Write | None:
    steps = writing_steps(recording, element.storage)
    for number in steps[: np.searchsorted(steps, step, "right")][::-1].tolist():
        write = write_at(recording, element, number)
        if write is not None:
            return write
    return None


def writes(recording: Recording, path: str, index: Any, frame: int | None = None) -> list[Write]:
    """All writes to an element, in time, of every array that the path stood for.

    Args:
        recording: to ask. path: of the array. index: of the element; where an array is too small for it, that one has no
            such element.
        frame: whose names are meant; by default the outermost call that has the path's first name.

    Raises:
        Unreadable: it is no path.
    """
    if frame is None:
        calls = calls_with(recording, first_name(parse_path(path)))
        frame = min((number for number, *_ in calls), default=0)
    found: dict[int, Write] = {}
    ends: dict[tuple[int, int], tuple[Element, int]] = {}
    for segment in segments(recording, path, frame):
        if segment.place is None:
            continue
        try:
            number = np.asarray(segment.place.numbers)[index]
        except (IndexError, TypeError, ValueError):
            continue
        if not np.ndim(number):
            element = Element(recording, Place(segment.place.storage, number, segment.place.dtype))
            ends[element.storage, element.offset] = (element, segment.last)
    for element, last in ends.values():
        steps = writing_steps(recording, element.storage)
        for step in steps[: np.searchsorted(steps, last, "right")].tolist():
            write = write_at(recording, element, step)
            if write is not None:
                found[step] = write
    return [found[step] for step in sorted(found)]
