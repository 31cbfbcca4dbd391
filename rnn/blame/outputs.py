"""What a statement put where: the expression behind items that a step wrote."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ..recorder.expressions import Unreadable
from ..recorder.format import ARRAY, view_of
from ..recorder.statements import Statement
from .flow import Flow
from .judge import Judge
from .writing import out_nodes, targets_of

Output = tuple[int, ast.expr, Any, bool]
"""A step, the expression, item numbers in its value's shape, and whether an index says where it went."""


class Outputs:
    """Finds expressions behind written items."""

    def __init__(self, flow: Flow, judge: Judge) -> None:
        """Args: flow, judge: of the search."""
        self.flow, self.judge = flow, judge

    def of(self, step: int, storage: int) -> Output | None:
        """The expression whose value a step put into a storage."""
        statement, frame = self.flow.statement(step), self.flow.frame(step)
        given = self.flow.given(step)
        for node in statement.nodes:
            if isinstance(node, ast.AugAssign):
                place = self.flow.locate(node.target, step - 1, frame, given)
                if place is not None and place[0] == storage:
                    return step, ast.copy_location(ast.BinOp(node.target, node.op, node.value), node), place[1], False
            for target, value in pairs(node):
                if isinstance(target, ast.Subscript):
                    place = self.flow.locate(target, step - 1, frame, given)
                    if place is not None and place[0] == storage:
                        return step, value, place[1], True
        for call, target in out_nodes(statement):
            place = self.flow.locate(target, step - 1, frame, given)
            if place is not None and place[0] == storage:
                plain = ast.Call(call.func, call.args, [word for word in call.keywords if word.arg != "out"])
                return step, ast.copy_location(plain, call), place[1], False
        return self._born(step, storage)

    def puts_out(self, step: int, storage: int, items: Any) -> bool:
        """Whether a statement is told to put its result just there: `np.divide(g, n, out=g)`."""
        for _, target in out_nodes(self.flow.statement(step)):
            place = self.flow.locate(target, step - 1, self.flow.frame(step), self.flow.given(step))
            if place is not None and place[0] == storage and np.array_equal(np.ravel(place[1]), np.ravel(items)):
                return True
        return False

    def layout(self, step: int, storage: int) -> int | None:
        """The largest view of a storage among the slots bound in a step."""
        best, size = None, -1
        for row in self.flow.memory.bindings_at(step):
            known, layout = view_of(row["payload"])
            if row["kind"] == ARRAY and known == storage:
                count = int(np.prod(self.flow.recording.tables.layouts[layout].shape))
                if count > size:
                    best, size = layout, count
        return best

    def _made(self, step: int, storage: int) -> tuple[Any, Any] | None:
        """Item numbers and values of that largest view; None where there is none."""
        layout = self.layout(step, storage)
        if layout is None:
            return None
        shaped = self.flow.numbers(storage, layout)
        try:
            return shaped, self.flow.data(storage, step)[shaped]
        except Unreadable:
            return None

    def _giving(self, nodes: Iterable[ast.expr], at: int, actual: Any) -> ast.expr | None:
        """The first of some expressions in a step's statement that gives a value."""
        for node in nodes:
            try:
                value = self.flow.evaluate(node, at)
            except Unreadable:
                continue
            if isinstance(value, np.ndarray) and value.shape == actual.shape and self.judge.same(value, actual):
                return node
        return None

    def _born(self, step: int, storage: int) -> Output | None:
        """A storage that came into being: which part of the statement made it."""
        made = self._made(step, storage)
        if made is None:
            return None
        nodes = list(value_nodes(self.flow.statement(step)))
        node = self._giving(nodes, step, made[1]) or (nodes[0] if len(nodes) == 1 else None)
        return None if node is None else (step, node, made[0], False)

    def argument(self, step: int, storage: int) -> Output | None:
        """An array that was made in the brackets of the call that a step enters."""
        found = self.caller(step)
        if found is None:
            return None
        (parent, call), made = found, self._made(step, storage)
        if made is None:
            return None
        node = self._giving([*call.args, *(word.value for word in call.keywords)], parent, made[1])
        return None if node is None else (parent, node, made[0], False)

    def alias_of_target(self, step: int, storage: int) -> int | None:
        """Where the name through which a step writes a storage was given to an array that has another name already."""
        frame = self.flow.frame(step)
        for node in self.flow.statement(step).nodes:
            for base in targets_of(node):
                while isinstance(base, ast.Subscript):
                    base = base.value
                if not isinstance(base, ast.Name):
                    continue
                row = self.flow.scope(step - 1, frame).row(base.id)
                if row is None or row["kind"] != ARRAY or view_of(row["payload"])[0] != storage:
                    continue
                at, first = int(row["step"]), self.flow.writes(storage)[0].step
                if at > first and not self.flow.enters(at):
                    return at
        return None

    def caller(self, step: int) -> tuple[int, ast.Call] | None:
        """The step of the caller whose statement made the call that a step belongs to, and the call's node."""
        recording, frame = self.flow.recording, self.flow.frame(step)
        parent = int(recording.frames[frame]["parent"])
        if parent >= len(recording.frames):
            return None
        own = self.flow.steps_of(parent)
        later = own[own >= int(recording.frames[frame]["call_step"])]
        if not len(later):
            return None
        at = int(later[0])
        calls = self.flow.calls(at)
        for root in self.flow.statement(at).nodes:
            for node in ast.walk(root):
                if calls.get(id(node)) == frame and isinstance(node, ast.Call):
                    return at, node
        return None

    def misused(self, step: int) -> int | None:
        """The caller of a helper that other statements call rightly, and this one never; None for any other function."""
        recording, frame = self.flow.recording, self.flow.frame(step)
        found = self.caller(step)
        if found is None:
            return None
        frames, own = recording.frames, int(recording.steps[found[0]]["statement"])
        right: dict[int, bool] = {}
        for other in np.flatnonzero(frames["name"] == frames[frame]["name"]):
            place = self.flow.steps_of(int(other))
            caller = self.caller(int(place[-1])) if len(place) else None
            if caller is None:
                continue
            try:
                value = recording.returned(int(other))
            except Unreadable:
                continue
            if self.flow.call_name(self.flow.frame(caller[0])) == self.flow.call_name(frame):
                return None  # it calls itself
            number = int(recording.steps[caller[0]]["statement"])
            good = isinstance(value, np.ndarray) and bool(self.judge.names(value))
            right[number] = right.get(number, False) or good
        others = [good for number, good in right.items() if number != own]
        return found[0] if others and all(others) and not right.get(own, True) else None

    def adds(self, step: int) -> bool:
        """Whether a statement adds to, or takes from, what it writes."""
        return any(
            isinstance(node, ast.AugAssign) and isinstance(node.op, (ast.Add, ast.Sub))
            for node in self.flow.statement(step).nodes
        )

    def skipped(self, step: int) -> int | None:
        """An `if` of the same iteration that kept back a statement which in other iterations writes the same place."""
        recording, statement = self.flow.recording, self.flow.statement(step)
        if not statement.loops:
            return None
        own = target_names(statement)
        file = recording.file_of(int(recording.steps[step]["statement"]))
        start, end = self._iteration(step, statement.loops[-1])
        here = set(recording.steps["statement"][start:end].tolist())
        for other in file.table.statements:
            number = file.first + other.number
            if other.loops != statement.loops or number in here or not (target_names(other) & own):
                continue
            if not _adds(other):
                continue
            if not (recording.steps["statement"] == number).any():
                continue
            for one in file.table.statements:
                if (
                    one.kind == "if"
                    and file.first + one.number in here
                    and _holds(one, other)
                    and not _holds(one, statement)
                ):
                    found = np.flatnonzero(recording.steps["statement"][start:end] == file.first + one.number)
                    return int(start + found[0])
        return None

    def kept_back(self, storage: int, at: int) -> int | None:
        """An `if` that kept back the statement which adds to other parts of an array, after it did so for the last time."""
        recording = self.flow.recording
        for write in reversed([w for w in self.flow.writes(storage) if not w.born and w.step <= at]):
            statement = self.flow.statement(write.step)
            file = recording.file_of(int(recording.steps[write.step]["statement"]))
            for one in file.table.statements:
                if one.kind == "if" and statement.nodes and _holds(one, statement):
                    runs = np.flatnonzero(recording.steps["statement"] == file.first + one.number)
                    later = runs[runs > write.step]
                    return int(later[0]) if len(later) else int(runs[0]) if len(runs) else None
        return None

    def _iteration(self, step: int, loop: int) -> tuple[int, int]:
        """First step of the iteration of a loop that a step belongs to, and the one after its last."""
        heads = self.flow.header_runs(step, loop)
        before, after = heads[heads <= step], heads[heads > step]
        return (int(before[-1]) if len(before) else 0), (int(after[0]) if len(after) else len(self.flow.recording))


def _holds(one: Statement, other: Statement) -> bool:
    """Whether an `if` has another statement among its own."""
    node = one.nodes[0]
    return any(inner is mine for inner in ast.walk(node) for mine in other.nodes)


def _adds(statement: Statement) -> bool:
    """Whether a statement adds to what it writes."""
    own = target_names(statement)
    for node in statement.nodes:
        if isinstance(node, ast.AugAssign):
            return True
        if isinstance(node, ast.Assign) and any(
            ast.unparse(part) in own for part in ast.walk(node.value) if isinstance(part, ast.expr)
        ):
            return True
    return False


def target_names(statement: Statement) -> set[str]:
    """Names, attributes and arrays that a statement writes, as text without indices."""
    found = set()
    for node in statement.nodes:
        for target, _ in pairs(node):
            found.add(ast.unparse(target.value if isinstance(target, ast.Subscript) else target))
        if isinstance(node, ast.AugAssign):
            found.add(ast.unparse(node.target.value if isinstance(node.target, ast.Subscript) else node.target))
    return found


def pairs(node: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets and values of an assignment, pair by pair."""
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        if isinstance(target, (ast.Tuple, ast.List)) and isinstance(node.value, (ast.Tuple, ast.List)):
            if len(target.elts) == len(node.value.elts):
                yield from zip(target.elts, node.value.elts, strict=True)
                continue
        yield target, node.value


def value_nodes(statement: Statement) -> Iterator[ast.expr]:
    """Expressions of a statement whose value may be what it made."""
    for node in statement.nodes:
        value = getattr(node, "value", None)
        if isinstance(value, ast.expr):
            yield from _parts(value)


def _parts(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, (ast.Tuple, ast.List)):
        for part in value.elts:
            yield from _parts(part)
    elif isinstance(value, ast.Yield):
        if value.value is not None:
            yield from _parts(value.value)
    elif isinstance(value, ast.Dict):
        for part in value.values:
            yield from _parts(part)
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict":
        for word in value.keywords:
            yield from _parts(word.value)
    elif (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr in ("append", "insert")
    ):
        yield from _parts(value.args[-1])
    else:
        yield value
