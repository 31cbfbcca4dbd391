"""The hook: follows the user's functions line by line and hands every finished statement to the scribe.

`sys.settrace` is used on every version of Python, since it reports every execution of every line and leaves the code as
it is. A statement is done when the next one of its call begins; a statement of several lines is one step, comprehensions
belong to their statement, and code that is not the user's is not followed at all.
"""

from __future__ import annotations

import dis
import inspect
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from .format import ENTER, LOOP_END, NO_LOOP_VALUE, NOWHERE, RAISED, RETURNED, SUSPENDED
from .scribe import Scribe
from .slots import Owner
from .sources import CodeEntry

GENERATORS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
YIELDS = {dis.opmap[name] for name in ("YIELD_VALUE", "YIELD_FROM", "RESUME", "SEND") if name in dis.opmap}
FOLDED = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>"})
MOST_FRAMES = 5000

Trace = Callable[[FrameType, str, Any], Any]


class Call:
    """One call of a recorded function while it runs.

    Attributes:
        entry: of its code. owner: of its local names. number: of the call. depth: calls around it.
        statement: the number (in its file) of the statement under way, or -1. counts: iterations by loop.
        values: loop variables by loop. recorded: recorded calls made by the statement under way. flags: of the next step.
    """

    __slots__ = (
        "counts", "depth", "entry", "flags", "frame", "number", "owner", "recorded", "scribe", "statement", "tracer", "values",
    )  # fmt: skip

    def __init__(
        self, tracer: Tracer, frame: FrameType, entry: CodeEntry, number: int, owner: Owner, depth: int
    ) -> None:
        """Args: as the attributes; frame: Python's own."""
        self.tracer, self.scribe, self.frame = tracer, tracer.scribe, frame
        self.entry, self.number, self.owner, self.depth = entry, number, owner, depth
        self.statement, self.recorded, self.flags = -1, 0, 0
        self.counts: dict[int, int] = {}
        self.values: dict[int, int] = {}

    def trace(self, frame: FrameType, event: str, argument: Any) -> Trace:
        """Python calls this for every line, exception and return of the call."""
        if event == "line":
            line = frame.f_lineno
            number = self.entry.by_line.get(line, -1)
            if number != self.statement or number in self.entry.one_line:
                if self.statement >= 0:
                    self._finish(frame, line)
                if number >= 0:
                    self._start(frame, number)
        elif event == "return":
            self._leave(frame, argument)
        elif event == "exception":
            self._raised(argument)
        return self.trace

    def _start(self, frame: FrameType, number: int) -> None:
        for loop in self.entry.counted_at.get(number, ()):
            self.counts[loop] = self.counts.get(loop, -1) + 1  # `while True` has no header that is run again
        self.statement, self.recorded = number, 0
        plan = self.entry.plan(number)
        if plan.again is not None:
            self.scribe.before(self, frame, plan, number)

    def _finish(self, frame: FrameType, line: int, flags: int = 0) -> None:
        """The statement under way is done; the call goes on at a line, or not at all (0)."""
        number = self.statement
        flags |= self.flags
        self.flags = 0
        self.statement = -1
        body = self.entry.bodies.get(number)
        self.scribe.finish(self, frame, number)
        if body is not None:
            if body[0] <= line <= body[1]:
                self.counts[number] = self.counts.get(number, -1) + 1
                self.scribe.loop_value(self, frame, number)
            else:
                flags |= LOOP_END
            flags |= self.scribe.audit()
        self.scribe.step(self, number, flags)

    def _raised(self, argument: Any) -> None:
        kind, value = argument[0], argument[1]
        if kind in (StopIteration, GeneratorExit) or self.statement < 0:
            return
        self.flags |= RAISED
        self.scribe.exception(kind, value)

    def _leave(self, frame: FrameType, value: Any) -> None:
        code = frame.f_code
        suspended = bool(code.co_flags & GENERATORS) and code.co_code[max(frame.f_lasti, 0)] in YIELDS
        raised = bool(self.flags & RAISED)
        if not suspended:
            self.scribe.returned(self, value, raised)
        if self.statement >= 0:
            number, recorded = self.statement, self.recorded
            self._finish(frame, 0, SUSPENDED if suspended else RETURNED)
            if suspended:
                self.statement, self.recorded = number, recorded
        self.tracer.leave(self, suspended)

    def iteration(self, number: int) -> tuple[int, int]:
        """Iteration of the innermost loop around a statement, and the nearest loop variable."""
        count, value = -1, NO_LOOP_VALUE
        for loop in self.entry.around[number]:
            if count < 0 and loop in self.counts:
                count = self.counts[loop]
            if value == NO_LOOP_VALUE and loop in self.values:
                value = self.values[loop]
        return count, value


class Tracer:
    """Follows calls of the user's functions in this thread."""

    def __init__(self, scribe: Scribe) -> None:
        """Args: scribe: writes down what happens."""
        self.scribe = scribe
        self._stack: list[Call] = []
        self._sleeping: dict[FrameType, Call] = {}
        self._entries: dict[CodeType, CodeEntry | None] = {}
        self.calls = 0

    def trace(self, frame: FrameType, event: str, argument: Any) -> Trace | None:
        """Python calls this for every call of a Python function."""
        code = frame.f_code
        try:
            entry = self._entries[code]
        except KeyError:
            entry = self._entries[code] = None if code.co_name in FOLDED else self.scribe.entry(frame)
        if entry is None:
            return None
        if code.co_flags & GENERATORS:
            call = self._sleeping.pop(frame, None)
            if call is not None:
                self._stack.append(call)
                return call.trace
        return self._enter(frame, entry).trace

    def _enter(self, frame: FrameType, entry: CodeEntry) -> Call:
        parent = self._stack[-1] if self._stack else None
        if parent is not None:
            parent.recorded += 1
        owner = self.scribe.slots.call(entry.name)
        call = Call(self, frame, entry, self.calls, owner, len(self._stack))
        self.calls += 1
        self._stack.append(call)
        self.scribe.enter(call, frame, NOWHERE if parent is None else parent.number)
        if entry.definition >= 0:
            self.scribe.step(call, entry.definition, ENTER)
        return call

    def leave(self, call: Call, suspended: bool) -> None:
        """A call has ended, or a generator has given a value."""
        if call in self._stack:
            del self._stack[self._stack.index(call) :]
        if suspended:
            self._sleeping[call.frame] = call
        if not self._stack:
            self.scribe.audit_all()

    @property
    def running(self) -> bool:
        """Whether Python still calls us."""
        return getattr(sys.gettrace(), "__self__", None) is self
