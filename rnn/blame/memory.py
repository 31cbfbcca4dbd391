"""Places in memory: which items of which storage a name, an entry or a view stands for."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..recorder.columns import Columns, columns_of
from ..recorder.expressions import Unreadable
from ..recorder.format import ARRAY, OWNER, view_of
from ..recorder.recording import Held
from .lookup import Lookup

if TYPE_CHECKING:
    from .flow import Flow

VIEWS = frozenset("reshape ravel transpose swapaxes squeeze flatten copy astype".split())
Items = Any
"""Numbers of items in a storage, in the shape of the view that reads or writes them."""


class Memory:
    """Places of one recording."""

    def __init__(self, flow: Flow) -> None:
        """Args: flow: that this belongs to."""
        self.flow = flow
        self._numbers: dict[tuple[int, int], Items] = {}
        self._types: dict[int, Any] = {}

    def numbers(self, storage: int, layout: int) -> Items:
        """Item numbers of a view of a storage, in the view's shape."""
        if (storage, layout) not in self._numbers:
            shape = self.flow.recording.tables.layouts[layout]
            size = max(shape.dtype.itemsize, 1)
            self._types.setdefault(storage, shape.dtype)
            count = max(1, self.flow.recording.tables.sizes[storage] // size)
            strides = tuple(8 * (stride // size) for stride in shape.strides)
            empty = not np.prod(shape.shape)
            self._numbers[storage, layout] = (
                np.empty(shape.shape, "i8")
                if empty
                else np.ndarray(shape.shape, "i8", np.arange(count, dtype="i8"), 8 * (shape.offset // size), strides)
            )
        return self._numbers[storage, layout]

    def place(self, row: Any) -> tuple[int, Items] | None:
        """Storage and item numbers of what a slot's row stands for; None where that is no array."""
        if row is None or row["kind"] != ARRAY:
            return None
        storage, layout = view_of(row["payload"])
        return storage, self.numbers(storage, layout)

    def locate(
        self, node: ast.expr, at: int, frame: int, given: dict[int, Any] | None = None
    ) -> tuple[int, Items] | None:
        """Storage and item numbers of an access expression after step `at`; None where it is no place in memory."""
        scope = self.flow.scope(at, frame)
        lookup = Lookup(scope, given or {})
        try:
            if isinstance(node, ast.Name):
                return self.place(scope.row(node.id))
            if isinstance(node, ast.Call):
                return self._through_method(node, at, frame, lookup)
            if not isinstance(node, (ast.Attribute, ast.Subscript)):
                return None
            inner = self.locate(node.value, at, frame, given)
            if isinstance(node, ast.Attribute):
                if inner is not None:
                    return (inner[0], inner[1].T) if node.attr == "T" else None
                held = lookup.evaluate(node.value)
                return (
                    self.place(self.flow.recording.binding(held.owner, f".{node.attr}", scope.at))
                    if isinstance(held, Held)
                    else None
                )
            key = lookup.evaluate(node.slice)
            if inner is not None:
                return inner[0], np.asarray(inner[1][key])
            held = lookup.evaluate(node.value)
            return self._entry(held, key, scope.at)
        except (Unreadable, IndexError, ValueError, TypeError):
            return None

    def _entry(self, held: Any, key: Any, at: int) -> tuple[int, Items] | None:
        if not isinstance(held, Held):
            return None
        return self.place(self.flow.recording.binding(held.owner, held.key_of(key), at))

    def _through_method(self, node: ast.Call, at: int, frame: int, lookup: Lookup) -> tuple[int, Items] | None:
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in VIEWS or node.keywords:
            return None
        inner = self.locate(node.func.value, at, frame)
        if inner is None or node.func.attr in ("flatten", "copy", "astype"):
            return inner
        return inner[0], getattr(inner[1], node.func.attr)(*[lookup.evaluate(part) for part in node.args])

    def item_size(self, storage: int) -> int:
        """Bytes of an item."""
        return max(1, int(self.type_of(storage).itemsize))

    def type_of(self, storage: int) -> Any:
        """Type of a storage's items, as its first view saw it."""
        if storage not in self._types:
            rows, layouts = self.slots_of(storage), self.flow.recording.tables.layouts
            self._types[storage] = layouts[view_of(rows[0]["payload"])[1]].dtype if len(rows) else np.dtype("f8")
        return self._types[storage]

    def data(self, storage: int, at: int) -> Any:
        """Items of a storage after a step, in the order of memory; raises `Unreadable`."""
        return self.flow.recording.replay.bytes_at(storage, at).view(self.type_of(storage))

    def array_slots(self) -> list[tuple[int, str, str]]:
        """(owner, key, path) of every name, entry and attribute that ever held an array; the path as it is written alone."""
        texts, rows = self.flow.recording.tables.texts, self._columns.bindings
        pairs = {(int(row["owner"]), int(row["key"])) for row in rows[rows["kind"] == ARRAY]}
        names = self._owner_names
        return [(owner, texts[key], names.get(owner, "") + texts[key]) for owner, key in sorted(pairs)]

    @cached_property
    def _owner_names(self) -> dict[int, str]:
        """A path for every container and object: the first that leads to it."""
        texts, rows = self.flow.recording.tables.texts, self._columns.bindings
        found: dict[int, str] = {}
        for row in rows[rows["kind"] == OWNER]:
            inner = int(row["payload"])
            found.setdefault(inner, found.get(int(row["owner"]), "") + texts[int(row["key"])])
        return found

    def views(self, storage: int) -> list[tuple[tuple[int, int], Items]]:
        """All views of a storage that slots stand for."""
        layouts = {view_of(row["payload"])[1] for row in self.slots_of(storage)}
        return [((storage, layout), self.numbers(storage, layout)) for layout in sorted(layouts)]

    def slots_of(self, storage: int) -> Any:
        """Rows of slots that began to stand for a view of a storage."""
        return self._columns.rows_of_storage(storage)

    def rows_named(self, key: str) -> Any:
        """Rows of all slots of one name, in time."""
        return self._columns.rows_of_key(key)

    def bindings_at(self, step: int) -> Any:
        """Rows of slots that began to stand for something else in a step."""
        return self._columns.bindings_at(step)

    @cached_property
    def _columns(self) -> Columns:
        return columns_of(self.flow.recording)


def rearranged(values: Any, items: Items, other: Items) -> Any:
    """Values that belong to items, in the order and shape of the same items seen otherwise."""
    order = np.argsort(np.ravel(items), kind="stable")
    result = np.empty(np.size(other), np.asarray(values).dtype)
    result[np.argsort(np.ravel(other), kind="stable")] = np.ravel(values)[order]
    return result.reshape(np.shape(other))
