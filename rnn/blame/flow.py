"""Where values come from and go to in a recording: what a statement reads, which items it writes, who wrote them last."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from ..recorder.expressions import Unreadable, dotted_name, numpy_name
from ..recorder.format import ENTER, LOOP_END, view_of
from ..recorder.plans import HARMLESS
from ..recorder.recording import Held, Recording
from ..recorder.statements import Statement
from .lambdas import called_lambdas
from .lookup import Lookup
from .memory import Items, Memory
from .reading import Read, Reads
from .writing import Write, Writes

Place = tuple[int, Items] | None
"""A storage and the numbers of items in it."""


class _Remembering:
    """A scope whose names are looked up once."""

    def __init__(self, scope: Any) -> None:
        self._scope = scope
        self._values: dict[str, Any] = {}
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
        self.memory, self._reading, self._writing = Memory(self), Reads(self), Writes(self)
        self._calls: dict[int, dict[int, int]] = {}
        self._given: dict[int, dict[int, Any]] = {}
        self._scopes: dict[tuple[int, int], Any] = {}
        self._lambdas: dict[int, dict[int, ast.Lambda]] = {}

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

    def enters(self, step: int) -> bool:
        """Whether a step does nothing but enter a function."""
        return bool(int(self.recording.steps[step]["flags"]) & ENTER)

    @cached_property
    def executed(self) -> list[int]:
        """Steps that execute a statement: no function is entered there, no loop ended."""
        return [int(step) for step in np.flatnonzero(self.recording.steps["flags"] & (LOOP_END | ENTER) == 0)]

    def header_runs(self, step: int, loop: int) -> Any:
        """The runs of a loop's header in the call that executes a step, in time; the loop by its number in the file."""
        steps = self.recording.steps
        file = self.recording.file_of(int(steps[step]["statement"]))
        return np.flatnonzero((steps["frame"] == self.frame(step)) & (steps["statement"] == file.first + loop))

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
            aliases = self.recording.file_of(int(self.recording.steps[step]["statement"])).aliases
            nodes = [node for node in nodes if not numpy_name(dotted_name(node.func), aliases)]
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

    def given(self, step: int) -> dict[int, Any]:
        """Values of the recorded calls in a statement, by node."""
        if step not in self._given:
            values = self._given[step] = {}
            for node, call in self.calls(step).items():
                try:
                    values[node] = self.recording.returned(call)
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
        return Lookup(self.scope(step - 1, self.frame(step)), values, self.lambdas(step)).evaluate(node)

    def lambdas(self, step: int) -> dict[int, ast.Lambda]:
        """Which lambda of the file a call in a statement calls: the one that gives what the statement gave."""
        number = int(self.recording.steps[step]["statement"])
        if number not in self._lambdas:
            self._lambdas[number] = {}  # while they are tried
            self._lambdas[number] = called_lambdas(self, step)
        return self._lambdas[number]

    def reads(self, step: int, node: ast.AST | None = None) -> list[Read]:
        """Arrays that a statement, or a part of it, reads."""
        return self._reading.of(step, node)

    @property
    def readers(self) -> dict[int, list[tuple[int, Any, str]]]:
        """By storage: the steps that read it, with the items and the expression."""
        return self._reading.readers

    def entries(self, held: Held, text: str, at: int) -> Iterator[Read]:
        """The arrays in a container."""
        return self._reading.entries(held, text, at)

    def writes(self, storage: int) -> list[Write]:
        """All writes of a storage in time."""
        return self._writing.of(storage)

    def writes_before(self, storage: int, step: int) -> list[Write]:
        """Writes of a storage before a step, in time."""
        return [write for write in self.writes(storage) if write.step < step] if storage >= 0 else []

    def touching(self, storage: int, items: Items, at: int) -> list[Write]:
        """Writes of a storage up to a step, that step's own included, that touch some of the items."""
        return [write for write in self.writes(storage) if write.step <= at and np.isin(write.items, items).any()]

    @property
    def told(self) -> dict[int, list[Write]]:
        """What statements are known to write from their source, by storage."""
        return self._writing.told

    def locate(self, node: ast.expr, at: int, frame: int, given: dict[int, Any] | None = None) -> Place:
        """Storage and item numbers of an access expression after step `at`; None where it is no place in memory."""
        return self.memory.locate(node, at, frame, given)

    def place(self, row: Any) -> Place:
        """Storage and item numbers of what a slot's row stands for; None where that is no array."""
        return self.memory.place(row)

    def value(self, row: Any, step: int) -> Any:
        """The array that a slot's row stands for, as it is after a step; raises `Unreadable`."""
        return self.recording.replay.view(*view_of(row["payload"]), step)

    def numbers(self, storage: int, layout: int) -> Items:
        """Item numbers of a view of a storage, in the view's shape."""
        return self.memory.numbers(storage, layout)

    def data(self, storage: int, at: int) -> Any:
        """Items of a storage after a step, in the order of memory; raises `Unreadable`."""
        return self.memory.data(storage, at)

    def steps_of(self, frame: int) -> Any:
        """All steps of a call."""
        return self._steps_of.get(frame, np.zeros(0, int))

    def adds_in_pairs(self, steps: int, parts: int = 1) -> bool:
        """Whether some sum inside two loops has more addends than there are time steps: over pairs of steps, then.

        Args: steps: T. parts: gates times layers, which a loop may go over as well; with more than one only a loop counts
            whose variable has more values than that.
        """
        rows = self.recording.steps
        numbers, counts = np.unique(rows["statement"], return_counts=True)
        for number, count in zip(numbers, counts, strict=True):
            statement = self.recording.statement(int(number))
            if statement.kind == "augment" and len(statement.loops) > 1 and count > steps:
                values = np.unique(rows["loop_value"][rows["statement"] == number])
                if parts == 1 or len(values) > parts:
                    return True
        return False


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
