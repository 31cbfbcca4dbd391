"""What statements write: from the bits that changed, and from the source where the same bits were written again."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..recorder.expressions import Unreadable
from ..recorder.format import ENTER, LOOP_END
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
        for step in np.flatnonzero((rows["flags"] & (LOOP_END | ENTER)) == 0):
            number = int(rows[step]["statement"])
            if number not in plans:
                statement, file = self.flow.recording.statement(number), self.flow.recording.file_of(number)
                plan = make_plan(statement, file.aliases) if statement.nodes else None
                targets = [] if plan is None else [t for t in plan.targets if t.kind == "item" or t.augmented]
                outs = [word.value for call in out_calls(statement) for word in call.keywords if word.arg == "out"]
                plans[number] = [*(_target_node(target) for target in targets), *outs]
            for node in plans[number]:
                place = self.flow.memory.locate(
                    node, int(step) - 1, self.flow.frame(int(step)), self.flow.given(int(step))
                )
                if place is not None:
                    found.setdefault(place[0], []).append(Write(int(step), place[1]))
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
