"""Which items of which arrays a step wrote, according to its source and the recorded values; `reads` says what it read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from .expressions import FUNCTIONS, Unreadable, dotted_name, numpy_name
from .format import ARRAY, RAISED, SUSPENDED
from .places import TRANSPOSED, Locator, Place, before, counted, size_of
from .plans import Plan, make_plan
from .reads import Read, read_regions
from .recording import Recording, Step
from .statements import Statement, expressions_of, walk_expression
from .tables import File

__all__ = ["Goal", "Read", "Region", "Writing", "read_regions", "writing_of", "written", "written_regions"]


@dataclass(frozen=True, eq=False)
class Region:
    """Items that a statement wrote.

    Attributes:
        storage: number of the storage.
        items: numbers of the items, ascending (n,); item n begins at byte n * itemsize.
        itemsize: bytes of an item.
        node: the target in the source.
        text: of the target, as a path.
    """

    storage: int
    items: Any
    itemsize: int
    node: ast.expr
    text: str


@dataclass(frozen=True, eq=False)
class Goal:
    """A place in the source that a statement writes.

    Attributes:
        kind: `name`, `slot` (an attribute or entry, which may turn out to be a part of an array) or `memory` (what a call
            writes into). node, text: in the source. augmented: written with `+=` or the like.
    """

    kind: str
    node: ast.expr
    text: str
    augmented: bool = False


@dataclass(frozen=True, eq=False)
class Writing:
    """What a statement writes: its plan, its goals, and whether it is nothing but one statement."""

    plan: Plan
    goals: tuple[Goal, ...]
    single: bool


_WRITINGS: WeakKeyDictionary[Statement, Writing] = WeakKeyDictionary()


def _call_goals(call: ast.Call, file: File) -> Iterator[ast.expr]:
    """Places that a call writes all of: `out=`, outputs given by place, `a.fill(0)`, `np.add.at(a, i, b)`."""
    known = numpy_name(dotted_name(call.func), file.aliases)
    words = {word.arg: word.value for word in call.keywords}
    if "where" in words:
        return
    out = words.get("out")
    if out is not None:
        yield from out.elts if isinstance(out, ast.Tuple) else [out]
    inputs = getattr(FUNCTIONS.get(known), "nin", None)
    if inputs is not None:
        yield from call.args[inputs:]
    elif known == "numpy.copyto" and call.args:
        yield call.args[0]
    elif known.endswith(".at") and len(call.args) > 1:
        yield ast.Subscript(call.args[0], call.args[1], ast.Store())
    elif not known and isinstance(call.func, ast.Attribute) and call.func.attr == "fill":
        yield call.func.value


def writing_of(statement: Statement, file: File) -> Writing:
    """What a statement of a file writes according to its source."""
    known = _WRITINGS.get(statement)
    if known is not None:
        return known
    plan, goals = make_plan(statement, file.aliases), []
    for target in plan.targets:
        node = target.node()
        goals.append(Goal("name" if target.kind == "name" else "slot", node, ast.unparse(node), target.augmented))
    for call in _calls(statement):
        goals += [Goal("memory", node, ast.unparse(node)) for node in _call_goals(call, file)]
    single = len(statement.nodes) == 1 and not statement.one_line
    known = _WRITINGS[statement] = Writing(plan, tuple(goals), single)
    return known


def _calls(statement: Statement) -> Iterator[ast.Call]:
    for node in statement.parts():
        for expression in expressions_of(node):
            yield from (part for part in walk_expression(expression) if isinstance(part, ast.Call))


class _Writer:
    """Evaluates the goals of one step."""

    def __init__(self, recording: Recording, step: Step, single: bool) -> None:
        self._recording, self._step = recording, step
        after = recording.scope(step.number, step.frame)
        self._after, self._locators = Locator(after), [Locator(after)]
        start = before(recording, step.number)
        if single and start >= 0:
            # Indices and masks mean what they were before; where several statements share a line that is not known.
            self._locators.insert(0, Locator(recording.scope(start, step.frame)))

    def place(self, goal: Goal) -> Place | None:
        """The place that a goal means, or None."""
        if goal.kind == "name":
            return self._slot(goal)
        part = isinstance(goal.node, ast.Subscript) or goal.kind == "memory" or _is_view(goal.node)
        for locator in self._locators if part else ():
            try:
                place = locator.locate(goal.node)
                if goal.kind == "memory" or _lies_in_array(locator, goal.node):
                    return place if isinstance(place, Place) else None
                break
            except Unreadable:
                continue
        return self._slot(goal) if goal.kind == "slot" else None

    def _slot(self, goal: Goal) -> Place | None:
        """All of an array that was born here, or what `+=` wrote in its place."""
        row = self._after.row(goal.node)
        if row["kind"] != ARRAY:
            return None
        place = self._after.described(row)
        assert isinstance(place, Place)
        versions = self._recording.replay.versions(place.storage)
        if len(versions) and versions["step"][0] == self._step.number:
            count = size_of(self._recording, place.storage) // max(place.itemsize, 1)
            return Place(place.storage, counted(count), place.dtype)
        return place if goal.augmented else None


def _is_view(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in (*TRANSPOSED, "flat")


def _lies_in_array(locator: Locator, node: ast.expr) -> bool:
    """Whether an attribute or entry is a part of an array, and no slot."""
    return isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(locator.locate(node.value), Place)


def _ascending(items: Any) -> Any:
    """Each item once, in order; most regions are in order already."""
    return items if (items[1:] > items[:-1]).all() else np.unique(items)


def written(recording: Recording, one: Step) -> tuple[list[Region], bool]:
    """As `written_regions`, and whether the statement can have written nothing else: no call hides anything."""
    writing = writing_of(one.statement, one.file)
    all_known = not writing.plan.called and bool(one.statement.nodes)
    if one.flags & (RAISED | SUSPENDED) or not writing.goals:
        return [], all_known and not one.raised
    writer, found = _Writer(recording, one, writing.single), []
    for goal in writing.goals:
        try:
            place = writer.place(goal)
        except Unreadable:
            all_known = all_known and goal.kind == "name"
            continue
        if place is not None and place.items.size:
            found.append(Region(place.storage, _ascending(place.items), place.itemsize, goal.node, goal.text))
    return found, all_known


def written_regions(recording: Recording, step: int) -> list[Region]:
    """Every place in the memory of arrays that a step's statement wrote, with other bits or the same.

    Told from the source: names with `+=`, entries, attributes, `out=` and the like, and arrays that are new with this step.
    What a call changes behind the source's back is not among them, nor is what can't be evaluated.

    Args:
        recording: to ask. step: number of the step.
    """
    return written(recording, recording.step(step))[0]
