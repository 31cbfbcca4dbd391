"""What happened in a run that often goes with a mistake: facts, each with its place; whether they matter, the verdict says.

They are read off the recording alone: entries that are read before any line has written them, written and never read, written
twice before they are read, changed behind another name; indices below zero; inputs, weights and caches that change; numbers of
less than the run's precision.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..recorder.expressions import Unreadable
from ..recorder.format import ARRAY, RETURNED, view_of
from .flow import Flow
from .reading import Read
from .words import place
from .writing import adds_to, targets_of

MOST_PER_KIND = 5
FRESH = ("empty", "zeros", "full(", "ones")


@dataclass(frozen=True)
class Fact:
    """Something that happened.

    Attributes:
        fact: one of `FACTS`. file, line, text: where. step, t: of the first time. count: how often.
        sentence: in words.
    """

    fact: str
    file: str
    line: int
    text: str
    step: int
    t: int | None
    count: int
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """As a finding of a result."""
        return {"kind": "dynamic", **vars(self)}


Found = Iterator[tuple[int, str]]
"""Steps, and what happened there; the first of a statement is told, with how often."""


def _reads(flow: Flow) -> Iterator[tuple[int, Read]]:
    for step in flow.executed:
        for read in flow.reads(step):
            if read.storage >= 0 and read.node is not None and read.items is not None:
                yield step, read


def unwritten(flow: Flow) -> Found:
    """An entry is read that no line has written since its array was made."""
    for step, read in _reads(flow):
        writes, items = flow.writes_before(read.storage, step), np.ravel(read.items)
        if not writes or not writes[0].born or len(items) == writes[0].items.size:
            continue
        if adds_to(flow.statement(step), read.node) or _only_named(flow, step, read):
            continue
        made = flow.statement(writes[0].step).text
        if any(word in made for word in FRESH) and not any(np.isin(w.items, items).any() for w in writes if not w.born):
            later = any(np.isin(w.items, items).any() for w in flow.writes(read.storage) if w.step >= step)
            if later or "empty" in made:
                yield (
                    step,
                    f"reads {read.text}, which no line has written yet"
                    + (" (np.empty holds anything)" if "empty" in made else ""),
                )


def _only_named(flow: Flow, step: int, read: Read) -> bool:
    """Whether a statement only gives a name to what it reads, which may be for writing it."""
    return any(isinstance(node, ast.Assign) and node.value is read.node for node in flow.statement(step).nodes)


def never_read(flow: Flow) -> Found:
    """A name is given an array that nothing reads."""
    rows = flow.recording.steps
    ends = np.flatnonzero(rows["flags"] & RETURNED)
    numbers = np.unique(rows["statement"][[*flow.executed, *ends]])
    read = {name for number in numbers for name in _names_read(flow, int(number))}
    for step in flow.executed:
        statement, file = flow.statement(step), flow.recording.step(step).file.path
        for node in statement.nodes:
            for target in node.targets if isinstance(node, ast.Assign) else []:
                if (
                    isinstance(target, ast.Name)
                    and target.id != "_"
                    and (file, statement.function, target.id) not in read
                ):
                    row = flow.scope(step, flow.frame(step)).row(target.id)
                    if row is not None and row["kind"] == ARRAY:
                        yield step, f"{target.id} is written here and never read"


def _names_read(flow: Flow, number: int) -> set[tuple[str, str, str]]:
    """(file, function, name) of what a statement reads."""
    statement, file = flow.recording.statement(number), flow.recording.file_of(number).path
    parts = [part for node in statement.nodes for part in ast.walk(node)]
    names = {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    names |= {node.target.id for node in parts if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)}
    return {(file, statement.function, name) for name in names}


def overwritten(flow: Flow) -> Found:
    """An entry of an array is written again before anything has read what was written first."""
    for storage, told in flow.told.items():
        readers = flow.readers.get(storage, [])
        for earlier, later in pairwise(told):
            if earlier.step == later.step or not np.isin(earlier.items, later.items).all():
                continue
            between = [r for r in readers if earlier.step < r[0] <= later.step and np.isin(r[1], earlier.items).any()]
            node = flow.statement(later.step).nodes[0]
            if not between and isinstance(node, ast.Assign) and flow.frame(earlier.step) == flow.frame(later.step):
                yield (
                    later.step,
                    f"writes over what line {flow.statement(earlier.step).line} wrote and nothing has read",
                )


def negative_index(flow: Flow) -> Found:
    """An index below zero counts from the end."""
    for step, read in _reads(flow):
        node = read.node
        if not isinstance(node, ast.Subscript) or isinstance(node.slice, (ast.UnaryOp, ast.Slice, ast.Constant)):
            continue
        try:
            key = flow.evaluate(node.slice, step)
            base = flow.evaluate(node.value, step)
        except Unreadable:
            continue
        keys = key if isinstance(key, tuple) else (key,)
        if isinstance(base, np.ndarray) and any(isinstance(k, (int, np.integer)) and k < 0 for k in keys):
            yield step, f"the index of {read.text} is {key}, which counts from the end"


def changed_inputs(flow: Flow) -> Found:
    """Something that came into the case from outside is changed in its place."""
    given = {view_of(row["payload"])[0] for row in flow.memory.bindings_at(0) if row["kind"] == ARRAY}
    for storage in sorted(given):
        for write in flow.writes(storage):
            if not write.born and write.items.size and write.step > 0:
                yield write.step, "changes weights or data that it was given, in their place"


def shared(flow: Flow) -> Found:
    """An array is written through one name while another name, given to the same memory, is still in use."""
    for told in flow.told.values():
        names: dict[tuple[int, str], int] = {}
        for write in told:
            statement, frame = flow.statement(write.step), flow.frame(write.step)
            for node in statement.nodes:
                for base in targets_of(node)[:1]:
                    while isinstance(base, (ast.Subscript, ast.Attribute)):
                        base = base.value
                    if isinstance(base, ast.Name):
                        names.setdefault((frame, base.id), write.step)
        by_frame: dict[int, list[tuple[str, int]]] = {}
        for (frame, name), step in names.items():
            by_frame.setdefault(frame, []).append((name, step))
        for group in by_frame.values():
            if len(group) > 1:
                first, other = group[0][0], group[1]
                yield other[1], f"{other[0]} and {first} share one array, and both are written"


def narrow(flow: Flow) -> Found:
    """Numbers of float32 or less in a run in float64."""
    for step in flow.executed:
        for row in flow.memory.bindings_at(step):
            if row["kind"] != ARRAY:
                continue
            storage, layout = view_of(row["payload"])
            dtype = flow.recording.tables.layouts[layout].dtype
            if dtype.kind == "f" and dtype.itemsize < 8 and flow.writes(storage)[0].step == step:
                yield step, f"makes {dtype} numbers in a run in float64"


FACTS: dict[str, Callable[[Flow], Found]] = {
    "read before written": unwritten,
    "written twice": overwritten,
    "never read": never_read,
    "negative index": negative_index,
    "input changed": changed_inputs,
    "shared array": shared,
    "less precision": narrow,
}
"""By name: what looks for it."""


def find_facts(flow: Flow, dtype: str = "float64") -> list[Fact]:
    """All facts of a run, at most five of a kind, in the order of `FACTS`.

    Args:
        flow: of the recording. dtype: of the run; float32 is no fact in a float32 run.
    """
    found = []
    for name, look in FACTS.items():
        if name == "less precision" and dtype != "float64":
            continue
        groups: dict[int, tuple[str, list[int]]] = {}
        for step, words in look(flow):
            statement = int(flow.recording.steps[step]["statement"])
            groups.setdefault(statement, (words, []))[1].append(step)
        for words, steps in list(groups.values())[:MOST_PER_KIND]:
            found.append(_fact(flow, name, words, steps))
    return found


def _fact(flow: Flow, name: str, words: str, steps: list[int]) -> Fact:
    first = flow.recording.step(min(steps))
    times = "" if len(steps) == 1 else f" ({len(steps)} times)"
    return Fact(
        name,
        first.file.path,
        first.line,
        first.statement.text,
        first.number,
        first.t,
        len(steps),
        f"{place(first.file.path, first.line, first.t)}: {words}{times}",
    )
