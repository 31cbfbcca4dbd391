"""What a path stands for over time: one segment for every array it means, in every call that has its first name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..parsing import parse_eval
from .columns import Columns, columns_of
from .expressions import Unreadable
from .format import AGAIN, ARRAY, CALL, GLOBALS, GONE, INTEGER, MANY, REAL, SCALAR, SCALAR_TYPES, TRUTH
from .live import plain_value
from .places import Locator, Place, different_bits, is_whole, place_of
from .recording import Recording


@dataclass(frozen=True, eq=False)
class Segment:
    """What a path stands for during some steps.

    Attributes:
        frame: the call whose names are meant. first, last: steps, both included.
        kind, payload: of the slot, see `format`; those of an array's own slot where the path is a part of it.
        place: the items, where the path means an array or part of one. whole: whether those are all of its storage.
    """

    frame: int
    first: int
    last: int
    kind: int
    payload: int
    place: Place | None
    whole: bool

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Shape of the array; None where it is none."""
        return None if self.place is None else np.shape(self.place.numbers)

    @property
    def dtype(self) -> np.dtype[Any] | None:
        """Type of the array or of a number of NumPy; None for anything else."""
        if self.place is not None:
            return self.place.dtype
        return np.dtype(SCALAR_TYPES[self.kind - SCALAR]) if self.kind >= SCALAR else None

    @property
    def number(self) -> Any:
        """The number or truth; None where it is none."""
        return (
            plain_value(self.kind, self.payload) if self.kind in (INTEGER, REAL, TRUTH) or self.kind >= SCALAR else None
        )


def first_name(node: ast.expr) -> str:
    """The name that a path begins with; empty where it is no path."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def parse_path(path: str) -> ast.expr:
    """A path as a tree; raises `Unreadable` where it is none."""
    try:
        node = parse_eval(path.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f"{path[:60]!r} is no path") from error
    if not first_name(node):
        raise Unreadable(
            f"{path[:60]!r} is no path; expected a name, an attribute or an entry, such as dh or cache['h'][0]"
        )
    return node


def calls_with(recording: Recording, name: str) -> list[tuple[int, int, int, Any]]:
    """Every call that has a name: its number, the first and last step at which it can, and the slot's rows in time."""
    columns = columns_of(recording)
    rows, found = columns.rows_of_key(name), []
    order = np.argsort(rows["owner"], kind="stable")
    owners = rows["owner"][order]
    starts = [0, *(np.flatnonzero(owners[1:] != owners[:-1]) + 1), len(owners)] if len(owners) else [0]
    for start, end in pairwise(starts):
        owner, own = int(owners[start]), rows[order[start:end]]
        kind = recording.tables.owners[owner][0]
        if kind == CALL and owner in columns.frame_of:
            frame = columns.frame_of[owner]
            found.append((frame, int(own["step"][0]), int(columns.ends[frame]), own))
        elif kind == GLOBALS:
            files = [file.number for file in recording.tables.files if file.globals == owner]
            frames = np.flatnonzero(np.isin(recording.frames["file"], files))
            if len(frames):
                found.append((int(frames[0]), int(own["step"][0]), len(recording) - 1, own))
    return sorted(found, key=lambda one: one[:2])


def segments(recording: Recording, path: str, frame: int | None = None) -> list[Segment]:
    """What a path stands for over time, call by call.

    Args:
        recording: to ask. path: `dh`, `self.W`, `cache[t]['h'][0]`, ... frame: one call; by default all.

    Raises:
        Unreadable: it is no path.
    """
    columns = columns_of(recording)
    known: list[Segment] | None = columns.memory.get(("segments", path, frame))
    if known is None:
        node, known = parse_path(path), []
        for number, first, last, rows in calls_with(recording, first_name(node)):
            if frame is None or frame == number:
                simple = isinstance(node, ast.Name)
                known += (
                    _of_name(recording, number, last, rows)
                    if simple
                    else _of_path(recording, node, number, first, last)
                )
        columns.memory["segments", path, frame] = known
    return known


def _of_name(recording: Recording, frame: int, last: int, rows: Any) -> Iterator[Segment]:
    ends = [*(rows["step"][1:].astype(np.int64) - 1), last]
    for row, end in zip(rows.tolist(), ends, strict=True):
        _, _, step, kind, payload = row
        if kind != GONE and step <= end:
            yield _segment(recording, frame, step, int(end), kind, payload, None)


def _segment(
    recording: Recording, frame: int, first: int, last: int, kind: int, payload: int, place: Place | None
) -> Segment:
    whole = False
    if kind == ARRAY and place is None:
        try:
            place = place_of(recording, payload & 0xFFFFFFFF, payload >> 32)
            whole = is_whole(recording, payload & 0xFFFFFFFF, payload >> 32)
        except Unreadable:
            kind, place = GONE, None
    return Segment(frame, first, last, kind, payload, place, whole)


def _of_path(recording: Recording, node: ast.expr, frame: int, first: int, last: int) -> Iterator[Segment]:
    """Looked up at every step at which something in the path may have begun to stand for something else."""
    points = np.unique(slot_rows(columns_of(recording), node)["step"].astype(np.int64))
    points = points[(points > first) & (points <= last)]
    points = np.r_[first, points]
    before: Segment | None = None
    for start, end in zip(points.tolist(), [*(points[1:] - 1).tolist(), last], strict=True):
        found = _at(recording, node, frame, start, end)
        if before is not None and found is not None and _same(before, found):
            before = Segment(frame, before.first, end, found.kind, found.payload, found.place, found.whole)
            continue
        if before is not None:
            yield before
        before = found
    if before is not None:
        yield before


def _same(left: Segment, right: Segment) -> bool:
    if left.last + 1 != right.first or (left.kind, left.payload) != (right.kind, right.payload):
        return False
    return left.place is None or right.place is None or np.array_equal(left.place.numbers, right.place.numbers)


def _at(recording: Recording, node: ast.expr, frame: int, start: int, end: int) -> Segment | None:
    locator = Locator(recording.scope(start, frame))
    try:
        row = locator.row(node)
        return _segment(recording, frame, start, end, int(row["kind"]), int(row["payload"]), None)
    except Unreadable:
        pass
    try:
        place = locator.locate(node)
    except Unreadable:
        return None
    return _segment(recording, frame, start, end, ARRAY, place.storage, place) if isinstance(place, Place) else None


def _keys_of(node: ast.expr) -> tuple[set[str], bool]:
    """Keys of the slots that a path goes through, and whether entries are among them that only their moment tells."""
    keys, open_ended = set(), False
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            keys.add(part.id)
        elif isinstance(part, ast.Attribute):
            keys.add(f".{part.attr}")
        elif isinstance(part, ast.Subscript) and not isinstance(part.slice, ast.Slice):
            try:
                key = ast.literal_eval(part.slice)
                keys.add(f"[{key!r}]")
                open_ended |= isinstance(key, int) and key < 0  # counted from the end of a list that may grow
            except ValueError:
                open_ended = True
    return keys, open_ended


def slot_rows(columns: Columns, node: ast.expr) -> Any:
    """Rows, in time, of all slots that an expression may go through, whoever they belong to."""
    keys, open_ended = _keys_of(node)
    numbers = [columns.texts[key] for key in keys if key in columns.texts]
    if open_ended:
        numbers += columns.entry_keys
    return columns.bindings[np.isin(columns.bindings["key"], numbers)]


def value_in(recording: Recording, segment: Segment, step: int) -> Any:
    """The array that a segment's place holds at a step; raises `Unreadable`."""
    place = segment.place
    if place is None:
        raise Unreadable("no array")
    if segment.kind == ARRAY and segment.whole:
        return recording.replay.view(place.storage, segment.payload >> 32, step)
    return items_at(recording, place, step)


def items_at(recording: Recording, place: Place, step: int) -> Any:
    """The items of a place at a step, in its shape; raises `Unreadable`."""
    return _items(recording.replay.bytes_at(place.storage, step), place)


def _items(data: Any, place: Place) -> Any:
    return data[: len(data) // place.itemsize * place.itemsize].view(place.dtype)[place.numbers]


def versions_in(recording: Recording, segment: Segment, place: Place) -> tuple[list[int], Any]:
    """Steps of a segment from which on its storage may hold other bits, and the rows of these versions."""
    replay = recording.replay
    first, last = (max(replay.place(place.storage, step), 0) for step in (segment.first, segment.last))
    rows = replay.versions(place.storage)[first : last + 1]
    return [segment.first, *rows["step"][1:].tolist()][: len(rows)], rows


def changes_in(recording: Recording, segment: Segment) -> list[int]:
    """Steps within a segment, after its first, at which the bits of its items changed."""
    if segment.place is None:
        return []
    rows = recording.replay.versions(segment.place.storage)
    first = recording.replay.place(segment.place.storage, segment.first) + 1
    last = recording.replay.place(segment.place.storage, segment.last) + 1
    found = []
    for number in range(max(first, 1), last):
        row = rows[number]
        certain = segment.whole and row["kind"] != AGAIN and row["changed"] != MANY
        certain = certain or (segment.whole and _sums_differ(rows, number))
        if certain or _differs(recording, segment.place, number):
            found.append(int(row["step"]))
    return found


def _sums_differ(rows: Any, number: int) -> bool:
    """Whether the sums that prove two repetitions tell already that the bits are others."""
    both = rows["kind"][number] == AGAIN and rows["kind"][number - 1] == AGAIN
    return bool(both and rows["offset"][number] != rows["offset"][number - 1])


def _differs(recording: Recording, place: Place, number: int) -> bool:
    try:
        data = [recording.replay.bytes_of(place.storage, one) for one in (number - 1, number)]
    except Unreadable:
        return True
    if len(data[0]) != len(data[1]):
        return True
    return bool(different_bits(*(np.asarray(_items(one, place)) for one in data)).any())
