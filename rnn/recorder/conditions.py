"""Conditions for stops, found on a recording without running anything, in both directions, with the number of hits.

A condition is typed in this language (`Condition.parse`; `str` gives it back):

    line 24                       every execution of a line; `line 24 in model.py` where several files were recorded
    t == 412                      an expression begins to hold, for the names of the call that executes the step
    written dWhh                  memory of a path was written, with other bits or the same, or the path was rebound
    changed dWhh                  ... and its bits are others now; `changed dWhh[3, 4]` for one element. That it begins to
                                  be there counts, except where it is given to a call
    nan, nan dh                   a NaN or an infinity appears, anywhere or in a path
    shape, shape dh               a path begins to stand for an array of another shape
    dtype, dtype dh               ... of another type
    exploding dh 1e3              its norm begins to exceed 1000; `1e3x`: 1000 times the call's first norm
    vanishing dh 1e-6             its norm begins to be below; `1e-6x` as above
    raised                        a statement raised
    found                         an audit found a change that no statement is known to have made
    marked NAME                   steps told from outside

Each may be followed by `if EXPRESSION` (it holds at that step too) and by `hits %10`, `hits >=5`, `hits ==3`: which of the
hits count. The state of a step is the state after its statement.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..errors import InputError
from . import searches
from .columns import columns_of
from .conditions_text import HITS, Typed, plain_expression, plain_path, read_condition
from .questions import executions
from .recording import Recording
from .truths import holds_at


def _number(value: float) -> str:
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)


@dataclass(frozen=True)
class Condition:
    """When to stop.

    Attributes:
        kind: one of `CONDITIONS`.
        line, file: of a line; the end of the file's name is enough.
        expression: that has to hold too; for the kind `expression`, the condition itself.
        path: that is watched; empty for any.
        limit: of a norm. relative: whether it is a multiple of the call's first norm.
        hits: which of the hits count, such as `%10`; empty for all.
        name: of marked steps. marks: these steps.
    """

    kind: str
    line: int = 0
    file: str = ""
    expression: str = ""
    path: str = ""
    limit: float | None = None
    hits: str = ""
    marks: tuple[int, ...] = field(default=(), repr=False)
    relative: bool = False
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read what was typed.

        Raises:
            InputError: says what was found, what was expected, and what to do.
        """
        return cls(**read_condition(text, CONDITIONS))

    def __str__(self) -> str:
        kind = CONDITIONS[self.kind]
        words = [self.expression] if self.kind == "expression" else [self.kind]
        if kind.typed.line:
            words += [str(self.line), *(["in", self.file] if self.file else [])]
        words += [self.path] if self.path else []
        words += [_number(self.limit) + "x" * self.relative] if self.limit is not None else []
        words += [self.name] if self.name else []
        words += ["if", self.expression] if self.expression and self.kind != "expression" else []
        return " ".join([*words, *(["hits", self.hits] if self.hits else [])])

    def with_marks(self, steps: Any) -> Condition:
        """The same, of these steps: what they are is known to whoever marks them."""
        return replace(self, marks=tuple(int(step) for step in np.unique(np.asarray(steps, np.int64))))


@dataclass(frozen=True)
class ConditionKind:
    """One kind of condition.

    Attributes:
        label: for a menu. example: as it is typed. typed: what follows its word. find: its steps, ascending.
    """

    label: str
    example: str
    typed: Typed
    find: Callable[[Recording, Condition], Any]


def _marked(recording: Recording, condition: Condition) -> Any:
    steps = np.unique(np.array(condition.marks, np.int64))
    return steps[(steps >= 0) & (steps < len(recording))]


def _limit(condition: Condition) -> float:
    if condition.limit is None:
        raise InputError(f"{condition.kind!r} has no limit; type one, such as '{CONDITIONS[condition.kind].example}'")
    return condition.limit


CONDITIONS: dict[str, ConditionKind] = {
    "line": ConditionKind(
        "Line", "line 24", Typed(line=True), lambda r, c: executions(r, c.line, c.file)
    ),
    "expression": ConditionKind(
        "Expression begins to hold", "t == 412", Typed(), lambda r, c: searches.becoming_true(r, c.expression)
    ),
    "written": ConditionKind(
        "Written", "written dWhh", Typed(path=True, needs_path=True), lambda r, c: searches.written_steps(r, c.path)
    ),
    "changed": ConditionKind(
        "Changed", "changed dWhh[3, 4]", Typed(path=True, needs_path=True), lambda r, c: searches.changed_steps(r, c.path)
    ),
    "nan": ConditionKind(
        "NaN or infinity appears", "nan dh", Typed(path=True), lambda r, c: searches.not_finite_steps(r, c.path)
    ),
    "shape": ConditionKind(
        "Shape changed", "shape dh", Typed(path=True), lambda r, c: searches.shape_steps(r, c.path)
    ),
    "dtype": ConditionKind(
        "Type changed", "dtype dh", Typed(path=True), lambda r, c: searches.dtype_steps(r, c.path)
    ),
    "exploding": ConditionKind(
        "Norm exceeds", "exploding dh 1e3", Typed(path=True, needs_path=True, limit=True),
        lambda r, c: searches.exploding_steps(r, c.path, _limit(c), c.relative),
    ),
    "vanishing": ConditionKind(
        "Norm falls below", "vanishing dh 1e-6", Typed(path=True, needs_path=True, limit=True),
        lambda r, c: searches.vanishing_steps(r, c.path, _limit(c), c.relative),
    ),
    "raised": ConditionKind("Raised", "raised", Typed(), lambda r, c: searches.raised_steps(r)),
    "found": ConditionKind("Change found by audit", "found", Typed(), lambda r, c: searches.found_steps(r)),
    "marked": ConditionKind("Marked", "marked divergence", Typed(name=True), _marked),
}  # fmt: skip
"""Every kind of condition, by the word it is typed with."""


def _counted(steps: Any, hits: str) -> Any:
    """The hits that count, told by their numbers from 1."""
    if not hits:
        return steps
    parts = HITS.fullmatch(hits)
    if parts is None or (parts[1] == "%" and int(parts[2]) == 0):
        raise InputError(f"hits {hits!r} is no filter; expected %10, >=5, ==3 or the like")
    numbers, limit = np.arange(1, len(steps) + 1), int(parts[2])
    chosen = {
        "%": numbers % max(limit, 1) == 0, ">=": numbers >= limit, "<=": numbers <= limit, ">": numbers > limit,
        "<": numbers < limit, "==": numbers == limit, "": numbers == limit,
    }  # fmt: skip
    return steps[chosen[parts[1]]]


def hits(recording: Recording, condition: Condition) -> Any:
    """All steps at which a condition stops, ascending, int64 (k,); kept until the recording grows.

    Args:
        recording: to search, finished or not. condition: what for.

    Raises:
        InputError: the condition makes no sense.
    """
    memory = columns_of(recording).memory
    key = ("hits", condition)
    if key not in memory:
        if condition.kind not in CONDITIONS:
            raise InputError(f"{condition.kind!r} is no kind of condition; expected one of {', '.join(CONDITIONS)}")
        plain_path(condition.path)
        if condition.expression or condition.kind == "expression":
            plain_expression(condition.expression)
        # Of a recording that was cut short there may be names without a single step.
        nothing = np.zeros(0, np.int64)
        steps = CONDITIONS[condition.kind].find(recording, condition) if len(recording) else nothing
        if condition.expression and condition.kind != "expression":
            steps = steps[holds_at(recording, condition.expression, steps)]
        found = _counted(steps, condition.hits).astype(np.int64)
        found.flags.writeable = False
        memory[key] = found
    return memory[key]


def next_hit(recording: Recording, condition: Condition, step: int) -> int | None:
    """The first step after `step` at which a condition stops, or None."""
    found = hits(recording, condition)
    place = bisect_right(found, step)
    return int(found[place]) if place < len(found) else None


def previous_hit(recording: Recording, condition: Condition, step: int) -> int | None:
    """The last step before `step` at which a condition stops, or None."""
    found = hits(recording, condition)
    place = bisect_left(found, step)
    return int(found[place - 1]) if place else None
