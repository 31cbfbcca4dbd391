"""What statements write: from the bits that changed, and from the source where the same bits were written again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..recorder.expressions import Unreadable
from ..recorder.plans import make_plan
from ..recorder.statements import Statement
from .memory import Items

if TYPE_CHECKING:
    from .flow import Flow


@dataclass(frozen=True, eq=False)
class Write:
    """Items that a step wrote. `born`: the memory came into being there."""

    step: int
    items: Items
    born: bool = False


def targets_of(node: ast.stmt) -> list[ast.expr]:
    """What an assignment assigns to; empty for what is no assignment."""
    return node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []


def makes_empty(statement: Statement) -> bool:
    """Whether a statement only sets memory aside, whose contents are by chance."""
    calls = (node for part in statement.nodes for node in ast.walk(part) if isinstance(node, ast.Call))
    names = (call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "") for call in calls)
    return any(name in ("empty", "empty_like") for name in names)


def adds_to(statement: Statement, target: ast.expr | None) -> bool:
    """Whether a statement changes just this expression in its place, as in `target += ...`."""
    return any(isinstance(node, ast.AugAssign) and node.target is target for node in statement.nodes)


def out_nodes(statement: Statement) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Calls in a statement that are told where to put their result, each with that place: `np.dot(a, b, out=c)`."""
    for node in statement.nodes:
        if isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign, ast.Return)) and node.value is not None:
            for call in ast.walk(node.value):
                if isinstance(call, ast.Call):
                    yield from ((call, word.value) for word in call.keywords if word.arg == "out")


class Writes:
    """Writes of one recording."""

    def __init__(self, flow: Flow) -> None:
        """Args: flow: that this belongs to."""
        self.flow = flow
        self._writes: dict[int, list[Write]] = {}

    @cached_property
    def told(self) -> dict[int, list[Write]]:
        """Items that statements are known to write from their source, by storage: also where no bit changed."""
        found: dict[int, list[Write]] = {}
        plans: dict[int, Any] = {}
        rows = self.flow.recording.steps
        for step in self.flow.executed:
            number = int(rows[step]["statement"])
            if number not in plans:
                statement, file = self.flow.recording.statement(number), self.flow.recording.file_of(number)
                plan = make_plan(statement, file.aliases) if statement.nodes else None
                targets = [] if plan is None else [t for t in plan.targets if t.kind == "item" or t.augmented]
                outs = (place for _, place in out_nodes(statement))
                plans[number] = [*(target.node() for target in targets), *outs]
            for node in plans[number]:
                place = self.flow.memory.locate(node, step - 1, self.flow.frame(step), self.flow.given(step))
                if place is not None:
                    found.setdefault(place[0], []).append(Write(step, place[1]))
        return found

    def of(self, storage: int) -> list[Write]:
        """All writes of a storage in time: what changed bits, and what statements are known to have written."""
        if storage not in self._writes:
            self._writes[storage] = self._all_writes(storage)
        return self._writes[storage]

    def _all_writes(self, storage: int) -> list[Write]:
        rows = self.flow.recording.replay.versions(storage)
        found: list[Write] = []
        before: Any = None
        for place, row in enumerate(rows):
            try:
                data = self.flow.recording.replay.bytes_of(storage, place)
            except Unreadable:
                before = None
                continue
            size = self.flow.memory.item_size(storage)
            if before is None or len(before) != len(data):
                found.append(Write(int(row["step"]), np.arange(len(data) // size), born=place == 0))
            else:
                changed = (data.reshape(-1, size) != before.reshape(-1, size)).any(axis=1)
                found.append(Write(int(row["step"]), np.flatnonzero(changed)))
            before = data
        told = {write.step: write for write in self.told.get(storage, [])}
        merged = [write for write in found if write.born or write.step not in told]
        return sorted([*merged, *told.values()], key=lambda write: (write.step, not write.born))
