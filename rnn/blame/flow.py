"""Where values come from and go to in a recording: what a statement reads, which items it writes, who wrote them last."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..recorder.expressions import Unreadable, dotted_name
from ..recorder.format import ARRAY, ENTER, LOOP_END, OWNER, RETURN_KEY
from ..recorder.plans import HARMLESS, make_plan
from ..recorder.recording import Held, Recording
from ..recorder.statements import COMPREHENSIONS, Statement
from .lookup import Lookup

MOST_ENTRIES = 256
VIEWS = frozenset("reshape ravel transpose swapaxes squeeze flatten copy astype".split())
Items = Any
"""Numbers of items in a storage, in the shape of the view that reads or writes them."""


@dataclass(frozen=True, eq=False)
class Read:
    """An array that a statement reads.

    Attributes:
        node: the expression; None for an entry of a container that is read as a whole.
        text: of it. value: before the statement. storage, items: where it stands; -1 for what stands nowhere.
        call: number of the recorded call whose value it is, or -1.
    """

    node: ast.expr | None
    text: str
    value: Any
    storage: int = -1
    items: Items = None
    call: int = -1


@dataclass(frozen=True, eq=False)
class Write:
    """Items that a step wrote. `born`: the memory came into being there."""

    step: int
    items: Items
    born: bool = False


class _Remembering:
    """A scope whose names are looked up once."""

    def __init__(self, scope: Any) -> None:
        self._scope, self._values = scope, {}
        self.at, self.frame, self.row = scope.at, scope.frame, scope.row
        self.attribute, self.item, self.function = scope.attribute, scope.item, scope.function

    def name(self, name: str) -> Any:
        """The value of a name."""
        if name not in self._values:
            self._values[name] = self._scope.name(name)
        return self._values[name]


class Flow:
    """Reads and writes of one recording."""

    def __init__(self, recording: Recording) -> None:
        """Args: recording: finished."""
        self.recording = recording
        self._numbers: dict[tuple[int, int], Items] = {}
        self._types: dict[int, Any] = {}
        self._calls: dict[int, dict[int, int]] = {}
        self._given: dict[int, dict[int, Any]] = {}
        self._scopes: dict[tuple[int, int], Any] = {}
        self._writes: dict[int, list[Write]] = {}
        self._reads: dict[int, list[Read]] = {}

    @cached_property
    def _steps_of(self) -> dict[int, Any]:
        frames = self.recording.steps["frame"]
        return {int(frame): np.flatnonzero(frames == frame) for frame in np.unique(frames)}

    def previous(self, step: int) -> int:
        """The step before this one in the same call; -1 for the first."""
        own = self._steps_of[self.frame(step)]
        place = int(np.searchsorted(own, step)) - 1
        return int(own[place]) if place >= 0 else -1

    def frame(self, step: int) -> int:
        """The call that executes a step."""
        return int(self.recording.steps[step]["frame"])

    def statement(self, step: int) -> Statement:
        """The statement of a step."""
        return self.recording.statement(int(self.recording.steps[step]["statement"]))

    def children(self, step: int) -> list[int]:
        """Recorded calls that the statement of a step made, in order."""
        frames, frame = self.recording.frames, self.frame(step)
        own = (frames["parent"] == frame) & (frames["call_step"] > self.previous(step)) & (frames["call_step"] <= step)
        return [int(number) for number in np.flatnonzero(own)]

    def calls(self, step: int) -> dict[int, int]:
        """Recorded calls by the `id` of the syntax node that made them."""
        if step not in self._calls:
            waiting, found = self.children(step), {}
            nodes = [node for one in self.statement(step).nodes for node in _calls_in_order(one)] if waiting else []
            for node in nodes:
                name = dotted_name(node.func).rpartition(".")[2]
                for child in waiting:
                    called = self.call_name(child)
                    if called == name or (called == "__init__") or (not name) or not self._known(name, waiting):
                        found[id(node)] = child
                        waiting.remove(child)
                        break
            self._calls[step] = found
        return self._calls[step]

    def _known(self, name: str, waiting: list[int]) -> bool:
        """Whether some waiting call bears a name; a variable that holds a function bears another."""
        return name in HARMLESS or any(self.call_name(child) == name for child in waiting)

    def call_name(self, call: int) -> str:
        """The function's own name."""
        return self.recording.tables.texts[int(self.recording.frames[call]["name"])].rpartition(".")[2]

    def call_value(self, call: int) -> Any:
        """What a call returned; raises `Unreadable`."""
        return self.recording.returned(call)

    def given(self, step: int) -> dict[int, Any]:
        """Values of the recorded calls in a statement, by node."""
        if step not in self._given:
            values = self._given[step] = {}
            for node, call in self.calls(step).items():
                try:
                    values[node] = self.call_value(call)
                except Unreadable:
                    continue
        return self._given[step]

    def scope(self, at: int, frame: int) -> Any:
        """Names as a call sees them after a step."""
        key = (max(at, 0), frame)
        if key not in self._scopes:
            self._scopes[key] = _Remembering(self.recording.scope(*key))
        return self._scopes[key]

    def evaluate(self, node: ast.expr, step: int, given: dict[int, Any] | None = None) -> Any:
        """An expression of a step's statement, before the statement; raises `Unreadable`."""
        values = {**self.given(step), **given} if given else self.given(step)
        return Lookup(self.scope(step - 1, self.frame(step)), values).evaluate(node)

    def numbers(self, storage: int, layout: int) -> Items:
        """Item numbers of a view of a storage, in the view's shape."""
        if (storage, layout) not in self._numbers:
            shape = self.recording.tables.layouts[layout]
            size = max(shape.dtype.itemsize, 1)
            self._types.setdefault(storage, shape.dtype)
            count = max(1, self.recording.tables.sizes[storage] // size)
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
        storage, layout = int(row["payload"]) & 0xFFFFFFFF, int(row["payload"]) >> 32
        return storage, self.numbers(storage, layout)

    def locate(
        self, node: ast.expr, at: int, frame: int, given: dict[int, Any] | None = None
    ) -> tuple[int, Items] | None:
        """Storage and item numbers of an access expression after step `at`; None where it is no place in memory."""
        scope = self.scope(at, frame)
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
                    self.place(self.recording.binding(held.owner, f".{node.attr}", scope.at))
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
        if isinstance(key, (int, np.integer)):
            key = int(key)
            if key < 0 and held.recording.tables.owners[held.owner][0] == 3:
                key += len(held.keys())
        return self.place(self.recording.binding(held.owner, f"[{key!r}]", at))

    def _through_method(self, node: ast.Call, at: int, frame: int, lookup: Lookup) -> tuple[int, Items] | None:
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in VIEWS or node.keywords:
            return None
        inner = self.locate(node.func.value, at, frame)
        if inner is None or node.func.attr in ("flatten", "copy", "astype"):
            return inner
        return inner[0], getattr(inner[1], node.func.attr)(*[lookup.evaluate(part) for part in node.args])

    def reads(self, step: int, node: ast.AST | None = None) -> list[Read]:
        """Arrays that a statement, or a part of it, reads."""
        if node is None and step in self._reads:
            return self._reads[step]
        found: list[Read] = []
        given = self.given(step)
        roots: list[ast.AST] = [node] if node is not None else list(values_of(self.statement(step)))
        for root in roots:
            self._visit(root, step, given, found)
        if node is None:
            self._reads[step] = found
        return found

    @cached_property
    def readers(self) -> dict[int, list[tuple[int, Any, str]]]:
        """By storage: the steps that read it, with the items and the expression."""
        found: dict[int, list[tuple[int, Any, str]]] = {}
        for step in range(len(self.recording)):
            if int(self.recording.steps[step]["flags"]) & (LOOP_END | ENTER):
                continue
            for read in self.reads(step):
                if read.storage >= 0 and read.node is not None:
                    found.setdefault(read.storage, []).append((step, np.ravel(read.items), read.text))
        return found

    def _visit(self, node: ast.AST, step: int, given: dict[int, Any], found: list[Read]) -> None:
        if id(node) in given:
            self._call_read(node, step, given[id(node)], found)
        elif isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            if not self._access(node, step, given, found):
                for child in ast.iter_child_nodes(node):
                    if not (isinstance(node, ast.Subscript) and child is node.slice):
                        self._visit(child, step, given, found)
        elif isinstance(node, ast.IfExp):
            self._visit(self._taken(node, step), step, given, found)
        elif isinstance(node, COMPREHENSIONS):
            for generator in node.generators:
                self._visit(generator.iter, step, given, found)
        elif isinstance(node, ast.Call):
            parts = [*node.args, *(word.value for word in node.keywords if word.arg != "out")]
            for part in ([node.func.value] if isinstance(node.func, ast.Attribute) else []) + parts:
                self._visit(part, step, given, found)
        else:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self._visit(child, step, given, found)

    def _taken(self, node: ast.IfExp, step: int) -> ast.expr:
        """The branch of a conditional expression that was evaluated; the first where that can't be told."""
        try:
            return node.body if self.evaluate(node.test, step) else node.orelse
        except Unreadable:
            return node.body

    def _access(self, node: ast.expr, step: int, given: dict[int, Any], found: list[Read]) -> bool:
        """Take an access expression as a read; False where it is none and its parts have to be looked at."""
        frame = self.frame(step)
        if isinstance(node, ast.Attribute) and node.attr == "T":
            return False
        try:
            value = Lookup(self.scope(step - 1, frame), given).evaluate(node)
        except Unreadable:
            return False
        if isinstance(value, np.ndarray):
            place = self.locate(node, step - 1, frame, given)
            if place is not None and place[1].size == value.size:
                found.append(Read(node, ast.unparse(node), value, place[0], place[1].reshape(value.shape)))
            else:
                found.append(Read(node, ast.unparse(node), value))
        elif isinstance(value, Held):
            found.extend(self.entries(value, ast.unparse(node), step - 1))
        return True

    def entries(self, held: Held, text: str, at: int, depth: int = 0) -> Iterator[Read]:
        """The arrays in a container."""
        for key in held.keys()[:MOST_ENTRIES]:
            row = self.recording.binding(held.owner, key, at)
            place = self.place(row)
            if place is not None:
                value = self.recording.decode(ARRAY, int(row["payload"]), at, key)
                yield Read(None, text + key, value, *place)
            elif row is not None and row["kind"] == OWNER and depth < 2:
                yield from self.entries(Held(self.recording, int(row["payload"]), at), text + key, at, depth + 1)

    def _call_read(self, node: ast.AST, step: int, value: Any, found: list[Read]) -> None:
        call = self.calls(step)[id(node)]
        text = f"{self.call_name(call)}(...)"
        if isinstance(value, np.ndarray):
            place = self.place(self.recording.binding(self.recording.frame_owner(call), RETURN_KEY, step))
            found.append(
                Read(node if isinstance(node, ast.expr) else None, text, value, *(place or (-1, None)), call=call)
            )
        elif isinstance(value, Held):
            found.extend(replace(read, call=call) for read in self.entries(value, text, step))

    def adds_in_pairs(self, steps: int) -> bool:
        """Whether some sum inside two loops has more addends than there are time steps: over pairs of steps, then."""
        numbers, counts = np.unique(self.recording.steps["statement"], return_counts=True)
        for number, count in zip(numbers, counts, strict=True):
            statement = self.recording.statement(int(number))
            if statement.kind == "augment" and len(statement.loops) > 1 and count > steps:
                return True
        return False

    @cached_property
    def told(self) -> dict[int, list[Write]]:
        """Items that statements are known to write from their source, by storage: also where no bit changed."""
        found: dict[int, list[Write]] = {}
        plans: dict[int, Any] = {}
        rows = self.recording.steps
        for step in np.flatnonzero((rows["flags"] & (LOOP_END | ENTER)) == 0):
            number = int(rows[step]["statement"])
            if number not in plans:
                statement, file = self.recording.statement(number), self.recording.file_of(number)
                plan = make_plan(statement, file.aliases) if statement.nodes else None
                targets = [] if plan is None else [t for t in plan.targets if t.kind == "item" or t.augmented]
                outs = [word.value for call in out_calls(statement) for word in call.keywords if word.arg == "out"]
                plans[number] = [*(_target_node(target) for target in targets), *outs]
            for node in plans[number]:
                place = self.locate(node, int(step) - 1, self.frame(int(step)), self.given(int(step)))
                if place is not None:
                    found.setdefault(place[0], []).append(Write(int(step), place[1]))
        return found

    def writes(self, storage: int) -> list[Write]:
        """All writes of a storage in time: what changed bits, and what statements are known to have written."""
        if storage not in self._writes:
            self._writes[storage] = self._all_writes(storage)
        return self._writes[storage]

    def _all_writes(self, storage: int) -> list[Write]:
        rows = self.recording.replay.versions(storage)
        found: list[Write] = []
        before: Any = None
        for place, row in enumerate(rows):
            try:
                data = self.recording.replay.bytes_of(storage, place)
            except Unreadable:
                before = None
                continue
            size = self.item_size(storage)
            if before is None or len(before) != len(data):
                found.append(Write(int(row["step"]), np.arange(len(data) // size), born=place == 0))
            else:
                changed = (data.reshape(-1, size) != before.reshape(-1, size)).any(axis=1)
                found.append(Write(int(row["step"]), np.flatnonzero(changed)))
            before = data
        told = {write.step: write for write in self.told.get(storage, [])}
        merged = [write for write in found if write.born or write.step not in told]
        return sorted([*merged, *told.values()], key=lambda write: (write.step, not write.born))

    def item_size(self, storage: int) -> int:
        """Bytes of an item."""
        return max(1, self.type_of(storage).itemsize)

    def type_of(self, storage: int) -> Any:
        """Type of a storage's items, as its first view saw it."""
        if storage not in self._types:
            rows = self._all_bindings
            own = rows[(rows["kind"] == ARRAY) & ((rows["payload"] & np.uint64(0xFFFFFFFF)) == storage)]
            layout = int(own[0]["payload"]) >> 32 if len(own) else None
            self._types[storage] = np.dtype("f8") if layout is None else self.recording.tables.layouts[layout].dtype
        return self._types[storage]

    def data(self, storage: int, at: int) -> Any:
        """Items of a storage after a step, in the order of memory; raises `Unreadable`."""
        return self.recording.replay.bytes_at(storage, at).view(self.type_of(storage))

    def views(self, storage: int) -> list[tuple[tuple[int, int], Items]]:
        """All views of a storage that slots stand for."""
        layouts = {int(row["payload"]) >> 32 for row in self.slots_of(storage)}
        return [((storage, layout), self.numbers(storage, layout)) for layout in sorted(layouts)]

    def slots_of(self, storage: int) -> Any:
        """Rows of slots that began to stand for a view of a storage."""
        rows = self._all_bindings
        return rows[(rows["kind"] == ARRAY) & ((rows["payload"] & np.uint64(0xFFFFFFFF)) == storage)]

    def bindings_at(self, step: int) -> Any:
        """Rows of slots that began to stand for something else in a step."""
        rows = self._all_bindings
        return rows[rows["step"] == step]

    @cached_property
    def _all_bindings(self) -> Any:
        from ..recorder.journal import BINDINGS

        return self.recording.table(BINDINGS)


def same_place(one: Read, storage: int, items: Items) -> bool:
    """Whether a read is of exactly these items, in any order."""
    return (
        one.storage == storage
        and one.items is not None
        and np.size(one.items) == np.size(items)
        and np.array_equal(np.sort(np.ravel(one.items)), np.sort(np.ravel(items)))
    )


def rearranged(values: Any, items: Items, other: Items) -> Any:
    """Values that belong to items, in the order and shape of the same items seen otherwise."""
    order = np.argsort(np.ravel(items), kind="stable")
    result = np.empty(np.size(other), np.asarray(values).dtype)
    result[np.argsort(np.ravel(other), kind="stable")] = np.ravel(values)[order]
    return result.reshape(np.shape(other))


def _target_node(target: Any) -> ast.expr:
    if target.kind == "name":
        return ast.Name(target.name, ast.Load())
    if target.kind == "attribute":
        return ast.Attribute(target.root, target.name, ast.Load())
    return ast.Subscript(target.root, target.key, ast.Load())


def out_calls(statement: Statement) -> list[ast.Call]:
    """Calls in a statement that are told where to put their result: `np.dot(a, b, out=c)`."""
    return [
        part
        for node in statement.nodes
        if isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign, ast.Return)) and node.value is not None
        for part in ast.walk(node.value)
        if isinstance(part, ast.Call) and any(word.arg == "out" for word in part.keywords)
    ]


def _calls_in_order(node: ast.AST) -> Iterator[ast.Call]:
    """Calls in the order in which Python makes them: arguments first."""
    if isinstance(node, (ast.Lambda, ast.FunctionDef, ast.ClassDef)):
        return
    if isinstance(node, (ast.For, ast.While, ast.If, ast.With)):
        parts: list[ast.AST] = (
            [node.iter] if isinstance(node, ast.For) else [node.test] if not isinstance(node, ast.With) else []
        )
    else:
        parts = list(ast.iter_child_nodes(node))
    for part in parts:
        yield from _calls_in_order(part)
    if isinstance(node, ast.Call):
        yield node


def values_of(statement: Statement) -> Iterator[ast.expr]:
    """Expressions whose values a statement takes in, without the places it writes."""
    for node in statement.nodes:
        if isinstance(node, ast.AugAssign):
            yield node.target
            yield node.value
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.Return, ast.Expr)):
            if node.value is not None:
                yield node.value
        elif isinstance(node, (ast.If, ast.While, ast.Assert)):
            yield node.test
        elif isinstance(node, ast.For):
            yield node.iter
