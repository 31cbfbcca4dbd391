"""Values from before a loop, read in its first iteration: a blank start, or the right thing of another step."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from .reading import Read

if TYPE_CHECKING:
    from .search import Search


class Starts:
    """Looks at what a loop starts with."""

    def __init__(self, search: Search) -> None:
        """Args: search: that this belongs to."""
        self.search = search

    def starting_value(self, step: int, read: Read) -> int | None:
        """For a whole blank array: the header of the loop that came too late, or the step that reads what nobody wrote."""
        search = self.search
        if read.storage < 0 or np.any(read.value) or not search.judge.blank(read.storage):
            return None
        writes = search.flow.writes_before(read.storage, step)
        if len(writes) != 1 or len(np.ravel(read.items)) != writes[0].items.size:
            return None
        loops = search.flow.statement(step).loops
        if not loops:
            return None
        if int(search.flow.recording.steps[step]["iteration"]) > 0:
            return step
        header = search.header_step(step, loops[-1])
        row = None if read.node is None else self.search.bindings.slot(read.node, step)
        return None if header is None or row is None or int(row["step"]) > header else header

    def starts_loop(self, step: int, read: Read) -> bool:
        """Whether a name is read in the first iteration of a loop that was given its value before the loop."""
        row = self.search.bindings.slot(read.node, step) if isinstance(read.node, ast.Name) else None
        loops = self.search.flow.statement(step).loops
        if row is None or not loops or int(self.search.flow.recording.steps[step]["iteration"]) > 0:
            return False
        header = self.search.header_step(step, loops[-1])
        rows = self.search.flow.recording.binding_rows(
            self.search.flow.recording.frame_owner(self.search.flow.frame(step)),
            read.node.id if isinstance(read.node, ast.Name) else "",
        )
        return header is not None and int(row["step"]) < header and len({int(one["step"]) for one in rows}) > 1

    def loop_came_late(self, step: int, read: Read, wanted: Any) -> int | None:
        """The header of a loop whose first iteration finds the right thing of another step in a name from before it."""
        loops = self.search.flow.statement(step).loops
        if not loops or not self.search.judge.misplaced(read.value, wanted) or not self.starts_loop(step, read):
            return None
        return self.search.header_step(step, loops[-1])
