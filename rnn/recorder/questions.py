"""What a recording answers: what a step changed, who wrote an element, where a line ran, how a value went on, who shares memory.

    changes(recording, step)                        everything the step changed, by path
    changed_items(recording, "dWhh", step)          before, after, and which elements differ in their bits
    last_write(recording, "dWhh", (3, 4), step)     who wrote this element last
    writes(recording, "dWhh", (3, 4))               everybody who wrote it
    executions(recording, 24)                       steps that executed line 24
    values_over(recording, "dh", steps)             a number for each step: the value, or an array's norm
    shared_names(recording, step)                   paths that share memory

`recording` may still be growing; every answer is about what it holds now.
"""

from __future__ import annotations

from typing import Any

from .changes import Change, ChangedItems, changed_items, changes
from .columns import columns_of
from .format import SUSPENDED
from .origins import Write, last_write, writes
from .recording import Recording
from .sharing import Shared, shared_names
from .values import values_over

__all__ = [
    "Change", "ChangedItems", "Shared", "Write", "changed_items", "changes", "executions", "last_write", "shared_names",
    "values_over", "writes",
]  # fmt: skip


def executions(recording: Recording, line: int, file: str = "") -> Any:
    """Steps, ascending, that executed a line; a generator's `yield` counts once, when it gives its value.

    Args:
        recording: to ask. line: number of the line. file: end of the file's name, where several were recorded.
    """
    steps = recording.statement_steps(line, file)
    suspended = recording.steps["flags"] & SUSPENDED != 0
    if not suspended.any():
        return steps
    previous = columns_of(recording).previous[steps]
    statement = recording.steps["statement"]
    again = (previous >= 0) & suspended[previous] & (statement[previous] == statement[steps])
    return steps[~again]
