"""WALKS: every way to move through a recording, each in both directions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inspector.debugger.stops import neighbour
from rnn.errors import InputError

if TYPE_CHECKING:
    from inspector.debugger.debugger import Debugger

Find = Callable[["Debugger", int], int | None]


@dataclass(frozen=True)
class Walk:
    """One way to move.

    Attributes:
        find: gives the step to go to, or None. none: what to say where there is none, forward and backward.
        visit: whether it is a jump that `back` comes back from.
    """

    find: Find
    none: tuple[str, str]
    visit: bool = False


def _move(name: str) -> Find:
    """A method of `Stepping`."""

    def find(debugger: Debugger, direction: int) -> int | None:
        assert debugger.here is not None
        step: int | None = getattr(debugger.stepping, name)(debugger.here.step, direction)
        return step

    return find


def _continue(debugger: Debugger, direction: int) -> int | None:
    assert debugger.here is not None
    return neighbour(debugger.stops.steps(), debugger.here.step, direction)


def _marked(steps: str) -> Find:
    """Steps that the overview knows, by the name of its attribute."""

    def find(debugger: Debugger, direction: int) -> int | None:
        if debugger.overview is None or debugger.here is None:
            return None
        return neighbour(getattr(debugger.overview, steps), debugger.here.step, direction)

    return find


def _end(debugger: Debugger, direction: int) -> int | None:
    step: int | None = debugger.stepping.last() if direction > 0 else debugger.stepping.first()
    return step


def _cursor(debugger: Debugger, direction: int) -> int | None:
    if debugger.here is None or debugger.cursor is None:
        return None
    file, line = debugger.cursor
    found: int | None = debugger.stepping.run_to(debugger.here.step, line, file, direction)
    return found


WALKS: dict[str, Walk] = {
    "over": Walk(_move("over"), ("This is the last step", "This is the first step")),
    "into": Walk(_move("into"), ("This is the last step", "This is the first step")),
    "out": Walk(_move("out"), ("This is the outermost call", "This is the outermost call"), visit=True),
    "same_line": Walk(
        _move("same_line"), ("This line is not executed again", "This line was not executed before")
    ),
    "continue": Walk(_continue, ("No breakpoint holds after this step", "No breakpoint holds before this step"), True),
    "wrong": Walk(
        _marked("wrong_steps"), ("Nothing wrong is written after this step", "Nothing wrong is written before this step"), True
    ),
    "nan": Walk(_marked("nan_steps"), ("No NaN or infinity appears after this step", "None appears before this step"), True),
    "end": Walk(_end, ("This is the last step", "This is the first step"), True),
    "cursor": Walk(
        _cursor,
        ("The line of the cursor is not executed after this step", "The line of the cursor was not executed before"),
        True,
    ),
}  # fmt: skip
"""By name. What moves to a write of the selected array asks the recording first: `Debugger.walk_to_write`."""


def walk(debugger: Debugger, name: str, direction: int) -> str:
    """Move one way, +1 forward or -1 backward; returns what to say where that can't be done, or nothing."""
    if debugger.here is None:
        return "Open a recording first, or record the case (Ctrl+F5)"
    if name == "continue" and not debugger.stops.is_known():
        return "The breakpoints are still looked for; try again in a moment"
    if name == "wrong" and (debugger.overview is None or debugger.overview.matches is None):
        why = "" if debugger.overview is None else debugger.overview.note
        return why or "JAX was not asked about this recording yet (Ctrl+Shift+J)"
    try:
        step = WALKS[name].find(debugger, direction)
    except InputError as error:
        return str(error)
    if step is None or step == debugger.here.step:
        return WALKS[name].none[direction < 0]
    debugger.go_to(step, WALKS[name].visit)
    return ""
