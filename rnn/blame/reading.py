"""What statements read: arrays by the expressions that reach them, taken apart as far as the recording can tell."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..recorder.expressions import Unreadable
from ..recorder.format import OWNER, RETURN_KEY
from ..recorder.recording import Held
from ..recorder.statements import COMPREHENSIONS, Statement
from .lookup import Lookup
from .memory import Items

if TYPE_CHECKING:
    from .flow import Flow

MOST_ENTRIES = 256


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


def same_place(one: Read, storage: int, items: Items) -> bool:
    """Whether a read is of exactly these items, in any order."""
    return (
        one.storage == storage
        and one.items is not None
        and np.size(one.items) == np.size(items)
        and np.array_equal(np.sort(np.ravel(one.items)), np.sort(np.ravel(items)))
    )


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


def _base(node: ast.expr) -> ast.expr:
    """What is indexed, under all indices."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node


class Reads:
    """Reads of one recording."""

    def __init__(self, flow: Flow) -> None:
        """Args: flow: that this belongs to."""
        self.flow = flow
        self._reads: dict[int, list[Read]] = {}

    def of(self, step: int, node: ast.AST | None = None) -> list[Read]:
        """Arrays that a statement, or a part of it, reads."""
        if node is None and step in self._reads:
            return self._reads[step]
        found: list[Read] = []
        given = self.flow.given(step)
        roots: list[ast.AST] = [node] if node is not None else list(values_of(self.flow.statement(step)))
        for root in roots:
            self._visit(root, step, given, found)
        if node is None:
            self._reads[step] = found
        return found

    @cached_property
    def readers(self) -> dict[int, list[tuple[int, Any, str]]]:
        """By storage: the steps that read it, with the items and the expression."""
        found: dict[int, list[tuple[int, Any, str]]] = {}
        for step in self.flow.executed:
            for read in self.of(step):
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
            inner: list[Read] = []
            for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
                self._visit(part, step, given, inner)
            found += [read for read in inner if read.node is None]
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
            return node.body if self.flow.evaluate(node.test, step) else node.orelse
        except Unreadable:
            return node.body

    def _access(self, node: ast.expr, step: int, given: dict[int, Any], found: list[Read]) -> bool:
        """Take an access expression as a read; False where it is none and its parts have to be looked at."""
        frame = self.flow.frame(step)
        if isinstance(node, ast.Attribute) and node.attr == "T":
            return False
        try:
            value = Lookup(self.flow.scope(step - 1, frame), given).evaluate(node)
        except Unreadable:
            return False
        if isinstance(value, np.ndarray):
            place = self.flow.memory.locate(node, step - 1, frame, given)
            if place is not None and place[1].size == value.size:
                found.append(Read(node, ast.unparse(node), value, place[0], place[1].reshape(value.shape)))
            elif isinstance(node, ast.Subscript) and isinstance(_base(node), ast.Call) and id(_base(node)) not in given:
                return False  # a part of what is made here
            else:
                found.append(Read(node, ast.unparse(node), value))
        elif isinstance(value, Held):
            found.extend(self.entries(value, ast.unparse(node), step - 1))
        elif isinstance(value, list) and isinstance(node, ast.Subscript):
            return self._access(node.value, step, given, found)  # a part of a list
        return True

    def entries(self, held: Held, text: str, at: int, depth: int = 0) -> Iterator[Read]:
        """The arrays in a container."""
        for key in held.keys()[:MOST_ENTRIES]:
            row = self.flow.recording.binding(held.owner, key, at)
            place = self.flow.memory.place(row)
            if place is not None:
                yield Read(None, text + key, self.flow.value(row, at), *place)
            elif row is not None and row["kind"] == OWNER and depth < 2:
                yield from self.entries(Held(self.flow.recording, int(row["payload"]), at), text + key, at, depth + 1)

    def _call_read(self, node: ast.AST, step: int, value: Any, found: list[Read]) -> None:
        call = self.flow.calls(step)[id(node)]
        text = f"{self.flow.call_name(call)}(...)"
        if isinstance(value, np.ndarray):
            place = self.flow.memory.place(
                self.flow.recording.binding(self.flow.recording.frame_owner(call), RETURN_KEY, step)
            )
            storage, items = place or (-1, None)
            found.append(Read(node if isinstance(node, ast.expr) else None, text, value, storage, items, call))
        elif isinstance(value, Held):
            found.extend(replace(read, call=call) for read in self.entries(value, text, step))
