"""The bytes of a storage at any step: from whole copies, ranges, single items, and statements carried out again."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError
from .expressions import IN_PLACE, Evaluator, Unreadable
from .format import AGAIN, ARRAY, FULL, RANGE, SPARSE, UNKNOWN, VERSIONS
from .tables import groups

if TYPE_CHECKING:
    from .journal import JournalReader
    from .recording import Recording

CACHE_BYTES = 128 << 20
MOST_VIEW_ITEMS = 1 << 33


class Replay:
    """Reconstructs storages; keeps what was made lately."""

    def __init__(self, recording: Recording) -> None:
        """Args: recording: whose arrays these are."""
        self._recording = recording
        self._versions: dict[int, tuple[Any, Any]] = {}
        self._cache: OrderedDict[tuple[int, int], Any] = OrderedDict()
        self._held = 0
        self._journal: JournalReader | None = None

    def index(self, rows: Any, journal: JournalReader) -> None:
        """Take in the table of versions."""
        self._journal = journal
        self._versions = {key: (rows["step"][places], rows[places]) for key, places in groups(rows["storage"])}
        self.rows = rows

    def versions(self, storage: int) -> Any:
        """All rows of a storage, in time."""
        entry = self._versions.get(storage)
        return np.zeros(0, VERSIONS) if entry is None else entry[1]

    def place(self, storage: int, step: int) -> int:
        """Which of a storage's versions holds after a step; -1 before the first."""
        entry = self._versions.get(storage)
        return -1 if entry is None else bisect_right(entry[0], step) - 1

    def view(self, storage: int, layout: int, step: int) -> Any:
        """An array on a storage at a step, read-only; raises `Unreadable`."""
        if layout >= len(self._recording.tables.layouts):
            raise InputError(f"{self._recording.path} is altered: there is no layout {layout}; record it again")
        shape = self._recording.tables.layouts[layout]
        data = self.bytes_at(storage, step)
        try:
            if not np.prod(shape.shape, dtype=float):
                return np.empty(shape.shape, shape.dtype)
            return np.ndarray(shape.shape, shape.dtype, data, shape.offset, shape.strides)
        except (ValueError, TypeError, MemoryError) as error:
            raise InputError(
                f"{self._recording.path} is altered: a view does not fit its array; record it again"
            ) from error

    def bytes_at(self, storage: int, step: int) -> Any:
        """All bytes of a storage after a step (n,), read-only; raises `Unreadable` where they are not kept."""
        place = self.place(storage, step)
        if place < 0:
            raise Unreadable(f"the array was not there yet at step {step}")
        return self.bytes_of(storage, place)

    def bytes_of(self, storage: int, place: int) -> Any:
        """All bytes of one version."""
        known = self._cache.get((storage, place))
        if known is not None:
            self._cache.move_to_end((storage, place))
            return known
        rows = self._versions[storage][1]
        start, data = place, None
        while rows["kind"][start] not in (FULL, UNKNOWN):
            start -= 1
            if start < 0:
                raise InputError(f"{self._recording.path} is altered: a first value is missing; record it again")
            data = self._cache.get((storage, start))
            if data is not None:
                break
        if data is None:
            data = self._whole(rows[start])
        elif start == place:
            return data
        data = data.copy()
        for number in range(start + 1, place + 1):
            data = self._applied(data, rows[number])
        data.flags.writeable = False
        self._keep((storage, place), data)
        return data

    def _keep(self, key: tuple[int, int], data: Any) -> None:
        self._cache[key] = data
        self._held += data.nbytes
        while self._held > CACHE_BYTES and len(self._cache) > 1:
            _, old = self._cache.popitem(last=False)
            self._held -= old.nbytes

    def _read(self, row: Any) -> Any:
        assert self._journal is not None
        return np.frombuffer(self._journal.array_bytes(int(row["offset"]), int(row["length"])), np.uint8)

    def _whole(self, row: Any) -> Any:
        if row["kind"] == UNKNOWN:
            raise Unreadable(f"the values were not kept at step {int(row['step'])}, for want of room")
        return self._read(row)

    def _applied(self, data: Any, row: Any) -> Any:
        """The bytes after one more version."""
        kind = row["kind"]
        if kind == RANGE:
            start, piece = int(row["start"]), self._read(row)
            if start + len(piece) > len(data):
                raise InputError(f"{self._recording.path} is altered: a range leaves its array; record it again")
            data[start : start + len(piece)] = piece
        elif kind == SPARSE:
            self._scatter(data, row)
        elif kind == AGAIN:
            self._again(data, row)
        return data

    def _scatter(self, data: Any, row: Any) -> None:
        count = int(row["changed"])
        raw = self._read(row)
        size = len(raw) // count - 4 if count else 0
        where = raw[: 4 * count].view("<u4")
        if (
            size <= 0
            or len(raw) != count * (4 + size)
            or len(data) % size
            or (count and where.max() >= len(data) // size)
        ):
            raise InputError(f"{self._recording.path} is altered: an item leaves its array; record it again")
        data.reshape(-1, size)[where] = raw[4 * count :].reshape(count, size)

    def _again(self, data: Any, row: Any) -> None:
        """Carry the statement out again on the values before it; its sum proves the result."""
        recording, step = self._recording, int(row["step"])
        statement = recording.statement(int(row["start"]))
        node = statement.nodes[0] if statement.nodes else None
        if not isinstance(node, ast.AugAssign) or type(node.op) not in IN_PLACE or not 0 < step < len(recording.steps):
            raise InputError(
                f"{recording.path} is altered: step {step} is no statement to carry out again; record it again"
            )
        array = self._target(node, step, int(row["storage"]), data)
        scope = recording.scope(step - 1, int(recording.steps[step]["frame"]))
        try:
            with np.errstate(all="ignore"):
                result = IN_PLACE[type(node.op)](array, Evaluator(scope).evaluate(node.value))
        except (ValueError, TypeError, ArithmeticError) as error:
            raise Unreadable(f"line {statement.line} could not be carried out again: {error}") from error
        bits = np.dtype(f"<u{array.itemsize}") if array.itemsize in (1, 2, 4, 8) else np.dtype("u1")
        if result is not array or int(np.add.reduce(data.view(bits), dtype=np.uint64)) != int(row["offset"]):
            raise Unreadable(
                f"line {statement.line} gave other bits when it was carried out again at step {step}; record it exactly "
                "with a larger budget"
            )

    def _target(self, node: ast.AugAssign, step: int, storage: int, data: Any) -> Any:
        """The array that the statement writes, on bytes that can be written."""
        recording = self._recording
        for layout in self._layouts_of(node, step):
            shape = recording.tables.layouts[layout]
            if shape.offset == 0 and int(np.prod(shape.shape)) * shape.dtype.itemsize == len(data):
                return np.ndarray(shape.shape, shape.dtype, data, 0, shape.strides)
        raise Unreadable(f"the array written at step {step} is not known")

    def _layouts_of(self, node: ast.AugAssign, step: int) -> list[int]:
        row = slot_row(self._recording, node.target, step)
        return [int(row["payload"]) >> 32] if row is not None and row["kind"] == ARRAY else []


def slot_row(recording: Recording, node: ast.expr, step: int) -> Any:
    """The row of the slot that a name, an attribute or an entry of a container means at a step, or None."""
    scope = recording.scope(step)
    if isinstance(node, ast.Name):
        return scope.row(node.id)
    try:
        if isinstance(node, ast.Attribute):
            held = Evaluator(scope).evaluate(node.value)
            return recording.binding(held.owner, f".{node.attr}", step)
        if isinstance(node, ast.Subscript):
            held, key = Evaluator(scope).evaluate(node.value), Evaluator(scope).evaluate(node.slice)
            return recording.binding(held.owner, f"[{key!r}]", step)
    except (Unreadable, AttributeError):
        return None
    return None
