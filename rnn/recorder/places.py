"""Which items of which storage an expression means: the places behind values, so that views and aliases come out right."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .expressions import Evaluator, Unreadable
from .format import ARRAY, OWNER
from .recording import Held, Recording, Scope
from .storages import BITS

MOST_ITEMS = 1 << 25
"""Items of an array that are numbered; a larger one can't be asked by element."""

MOST_CACHED_ITEMS = 1 << 20
TRANSPOSED = ("T", "mT")
VIEWS = frozenset({"reshape", "ravel", "transpose", "swapaxes", "squeeze", "diagonal", "view"})
"""Methods of an array that may give a view of it."""


@dataclass(frozen=True, eq=False)
class Place:
    """Items of a storage.

    Attributes:
        storage: number of the storage.
        numbers: which items, in the shape of the value (int64); item n begins at byte n * itemsize.
        dtype: of the value.
    """

    storage: int
    numbers: Any
    dtype: np.dtype[Any]

    @property
    def items(self) -> Any:
        """The numbers as a row (n,)."""
        return np.asarray(self.numbers).reshape(-1)

    @property
    def itemsize(self) -> int:
        """Bytes of an item."""
        return int(self.dtype.itemsize)


@lru_cache(maxsize=8)
def _counted_cached(count: int) -> Any:
    numbers = np.arange(count)
    numbers.flags.writeable = False
    return numbers


def counted(count: int) -> Any:
    """0, 1, 2, ... (count,), read-only; raises `Unreadable` for too many."""
    if count > MOST_ITEMS:
        raise Unreadable(f"an array of {count:,} items is too large to be asked by element")
    return _counted_cached(count) if count <= MOST_CACHED_ITEMS else np.arange(count)


def size_of(recording: Recording, storage: int) -> int:
    """Bytes of a storage; raises `Unreadable` where the recording was cut short before they were told."""
    if storage >= len(recording.tables.sizes):
        raise Unreadable("the array itself is not in the recording any more; it was cut short")
    return recording.tables.sizes[storage]


def place_of(recording: Recording, storage: int, layout: int) -> Place:
    """The place of a view; raises `Unreadable` where its items can't be numbered."""
    shape = recording.tables.layouts[layout]
    size = shape.dtype.itemsize
    if not size or not all(shape.shape):
        return Place(storage, np.zeros(shape.shape, np.int64), shape.dtype)
    strides = [stride if length > 1 else 0 for stride, length in zip(shape.strides, shape.shape, strict=True)]
    if shape.offset % size or any(stride % size for stride in strides):
        raise Unreadable("the view does not lie on whole items")
    reach = shape.offset + size + sum(max(s, 0) * (n - 1) for s, n in zip(strides, shape.shape, strict=True))
    count = max(size_of(recording, storage), reach) // size
    try:
        steps = tuple(stride // size * 8 for stride in strides)
        return Place(
            storage, np.ndarray(shape.shape, np.int64, counted(count), shape.offset // size * 8, steps), shape.dtype
        )
    except ValueError as error:
        raise Unreadable("the view leaves its array") from error


def is_whole(recording: Recording, storage: int, layout: int) -> bool:
    """Whether a view shows every item of its storage once; raises `Unreadable` as `size_of`."""
    shape = recording.tables.layouts[layout]
    count = int(np.prod(shape.shape))
    spread = sum(s * (n - 1) for s, n in zip(shape.strides, shape.shape, strict=True) if n > 1)
    size = shape.dtype.itemsize
    return (
        shape.offset == 0
        and count * size == size_of(recording, storage)
        and (not count or spread == (count - 1) * size)
    )


def entry_row(held: Held, key: Any) -> Any:
    """The row of an entry of a container; raises `Unreadable` where there is none."""
    return slot_of(held, held.key_of(key))


def slot_of(held: Held, key: str) -> Any:
    """The row of a slot; raises `Unreadable` where there is none."""
    row = held.recording.binding(held.owner, key, held.step)
    if row is None:
        raise Unreadable(f"{key} is not there at step {held.step}")
    return row


class Locator:
    """Finds the places of expressions as a call sees them at a step."""

    def __init__(self, scope: Scope) -> None:
        """Args: scope: the call's names."""
        self._scope, self._evaluator = scope, Evaluator(scope)

    def locate(self, node: ast.expr) -> Place | Held:
        """The place of an array or of items of one, or a container; raises `Unreadable` for anything else."""
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in VIEWS:
            return self._view(node, node.func)
        if isinstance(node, ast.Attribute) and node.attr in (*TRANSPOSED, "flat"):
            inner = self.locate(node.value)
            if isinstance(inner, Place):
                numbers = inner.numbers.reshape(-1) if node.attr == "flat" else getattr(inner.numbers, node.attr)
                return Place(inner.storage, numbers, inner.dtype)
        return self.described(self.row(node))

    def row(self, node: ast.expr) -> Any:
        """The row of the slot that a name, an attribute or an entry means; raises `Unreadable` where there is none."""
        if isinstance(node, ast.Name):
            row = self._scope.row(node.id)
            if row is None:
                raise Unreadable(f"{node.id} has no value at step {self._scope.at}")
            return row
        if isinstance(node, ast.Attribute):
            return slot_of(self._held(node.value, node), f".{node.attr}")
        if isinstance(node, ast.Subscript):
            return entry_row(self._held(node.value, node), self._evaluator.evaluate(node.slice))
        raise Unreadable(f"{ast.unparse(node)} is no place")

    def _held(self, node: ast.expr, whole: ast.expr) -> Held:
        held = self.locate(node)
        if not isinstance(held, Held):
            raise Unreadable(f"{ast.unparse(whole)} is no slot")
        return held

    def described(self, row: Any) -> Place | Held:
        """What a row stands for."""
        if row["kind"] == ARRAY:
            payload = int(row["payload"])
            return place_of(self._scope.recording, payload & 0xFFFFFFFF, payload >> 32)
        if row["kind"] == OWNER:
            return Held(self._scope.recording, int(row["payload"]), self._scope.at)
        raise Unreadable("no array and no container stands there")

    def _subscript(self, node: ast.Subscript) -> Place | Held:
        inner, key = self.locate(node.value), self._evaluator.evaluate(node.slice)
        if isinstance(inner, Held):
            return self.described(entry_row(inner, key))
        try:
            return Place(inner.storage, inner.numbers[key], inner.dtype)
        except (IndexError, TypeError, ValueError) as error:
            raise Unreadable(f"{ast.unparse(node)}: {error}") from error

    def _view(self, node: ast.Call, method: ast.Attribute) -> Place:
        inner = self.locate(method.value)
        arguments = [self._evaluator.evaluate(part) for part in node.args]
        if not isinstance(inner, Place) or node.keywords or (method.attr == "view" and arguments):
            raise Unreadable(f"{ast.unparse(node)} is no view")
        try:
            numbers = getattr(inner.numbers, method.attr)(*arguments)
        except (TypeError, ValueError, IndexError) as error:
            raise Unreadable(f"{ast.unparse(node)}: {error}") from error
        if not np.may_share_memory(numbers, inner.numbers):
            raise Unreadable(f"{ast.unparse(node)} is a copy")
        return Place(inner.storage, numbers, inner.dtype)


def before(recording: Recording, step: int) -> int:
    """The step whose state a statement found: the last one that does not belong to a call made in it; -1 at the start."""
    depths = recording.steps["depth"]
    last, size = step, 64
    while last > 0:
        first = max(0, last - size)
        found = np.flatnonzero(depths[first:last] <= depths[step])
        if len(found):
            return first + int(found[-1])
        last, size = first, 4 * size
    return -1


def different_bits(left: Any, right: Any) -> Any:
    """Where two arrays of one shape and type differ in their bits: NaN equals NaN, -0.0 differs from 0.0."""
    size = right.itemsize
    if size in BITS:
        return left.view(BITS[size]) != right.view(BITS[size])
    flat = [np.ascontiguousarray(one).reshape(-1).view(np.uint8).reshape(*right.shape, size) for one in (left, right)]
    return (flat[0] != flat[1]).any(axis=-1)
