"""The bytes of a storage at any step: from whole copies, ranges, single items, and statements carried out again."""

from __future__ import annotations

import ast
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError
from .expressions import IN_PLACE, Evaluator, Unreadable
from .format import AGAIN, ARRAY, FULL, RANGE, SPARSE, UNKNOWN
from .rows import RowsByKey
from .tracks import checksum

if TYPE_CHECKING:
    from .journal import JournalReader
    from .recording import Recording

CACHE_BYTES = 128 << 20
CACHED_BYTES = 4 << 10
"""Whole copies from this size on are kept in memory after they were read."""

KEEP_EVERY = 4
"""Of a row of statements carried out again, so many steps apart the results are proved and kept in memory."""


class Replay:
    """Reconstructs storages; keeps what was made lately.

    Attributes:
        rows: of all versions, in time.
    """

    def __init__(self, recording: Recording) -> None:
        """Args: recording: whose arrays these are."""
        self._recording = recording
        self._versions: RowsByKey | None = None
        self._cache: OrderedDict[tuple[int, int], Any] = OrderedDict()
        self._held = 0
        self._journal: JournalReader | None = None

    def index(self, rows: Any, journal: JournalReader) -> None:
        """Take in the table of versions."""
        self._journal = journal
        self.rows = rows
        if self._versions is None or len(rows) != len(self._versions.rows):
            self._versions = RowsByKey(rows["storage"], rows)

    def versions(self, storage: int) -> Any:
        """All rows of a storage, in time."""
        assert self._versions is not None
        return self._versions.of(storage)

    def place(self, storage: int, step: int) -> int:
        """Which of a storage's versions holds after a step; -1 before the first."""
        assert self._versions is not None
        return self._versions.place(storage, step)

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
        rows = self.versions(storage)
        kinds = rows["kind"][: place + 1].tolist()
        start, data = place, None
        while data is None and kinds[start] not in (FULL, UNKNOWN):
            start -= 1
            if start < 0:
                raise InputError(f"{self._recording.path} is altered: a first value is missing; record it again")
            data = self._cache.get((storage, start))
        if data is None:
            data = self._whole(rows[start])
            if data.nbytes >= CACHED_BYTES:
                self._keep((storage, start), data)
        if start == place:
            return data
        data, unproved = data.copy(), False
        for number in range(start + 1, place + 1):
            self._apply(data, rows[number])
            unproved |= kinds[number] == AGAIN
            if unproved and (number == place or kinds[number + 1] != AGAIN or not number % KEEP_EVERY):
                self._prove(data, rows[number])
                unproved = False
                if number < place and data.nbytes >= CACHED_BYTES:
                    self._keep((storage, number), _frozen(data.copy()))
        self._keep((storage, place), _frozen(data))
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

    def _apply(self, data: Any, row: Any) -> None:
        """Bring the bytes forward by one version."""
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
        """Carry the statement out again on the values before it."""
        recording, step = self._recording, int(row["step"])
        statement = recording.statement(int(row["start"]))
        node = statement.nodes[0] if statement.nodes else None
        if not isinstance(node, ast.AugAssign) or type(node.op) not in IN_PLACE or not 0 < step < len(recording.steps):
            raise InputError(
                f"{recording.path} is altered: step {step} is no statement to carry out again; record it again"
            )
        array = self._target(node, step, data)
        scope = recording.scope(step - 1, int(recording.steps[step]["frame"]))
        try:
            with np.errstate(all="ignore"):
                result = IN_PLACE[type(node.op)](array, Evaluator(scope).evaluate(node.value))
        except (ValueError, TypeError, ArithmeticError) as error:
            raise Unreadable(f"line {statement.line} could not be carried out again: {error}") from error
        if result is not array:
            raise Unreadable(f"line {statement.line} made another array when it was carried out again at step {step}")

    def _prove(self, data: Any, row: Any) -> None:
        """The sum that was taken while the code ran proves what was carried out again since the last whole copy."""
        if checksum(data) != int(row["offset"]):
            line = self._recording.statement(int(row["start"])).line
            raise Unreadable(
                f"line {line} gave other bits when it was carried out again for step {int(row['step'])}; record it with "
                "RecordingLimits(exact=True)"
            )

    def _target(self, node: ast.AugAssign, step: int, data: Any) -> Any:
        """The array that the statement writes, on bytes that can be written."""
        recording = self._recording
        row = slot_row(recording, node.target, step)
        if row is not None and row["kind"] == ARRAY:
            shape = recording.tables.layouts[int(row["payload"]) >> 32]
            if shape.offset == 0 and int(np.prod(shape.shape)) * shape.dtype.itemsize == len(data):
                return np.ndarray(shape.shape, shape.dtype, data, 0, shape.strides)
        raise Unreadable(f"the array written at step {step} is not known")


def _frozen(data: Any) -> Any:
    data.flags.writeable = False
    return data


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
            return recording.binding(held.owner, held.key_of(key), step)
    except (Unreadable, AttributeError):
        return None
    return None
