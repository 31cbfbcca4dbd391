"""The hook: follows the user's functions line by line and hands every finished statement to the scribe.

`sys.settrace` is used on every version of Python, since it reports every execution of every line and leaves the code as
it is. A statement is done when the next one of its call begins; a statement of several lines is one step, comprehensions
belong to their statement, and code that is not the user's is not followed at all.
"""

from __future__ import annotations

import ast
import dis
import inspect
import sys
import threading
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from .format import ENTER, LOOP_END, NO_LOOP_VALUE, NOWHERE, RAISED, RETURNED, SUSPENDED
from .scribe import Scribe
from .slots import Owner
from .sources import FOLDED, CodeEntry
from .statements import COMPREHENSIONS

GENERATORS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
YIELDS = {dis.opmap[name] for name in ("YIELD_VALUE", "YIELD_FROM", "RESUME", "SEND") if name in dis.opmap}
RETURNS = [dis.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR") if name in dis.opmap]
MOST_FRAMES = 5000
"""Calls inside one another that are followed."""

DEEP, HEADROOM = 64, 80
"""From so many calls inside one another on, a call is followed only where Python allows so many more: the recorder's own."""

UNSEEN, IGNORED = object(), object()

ENDS = (StopIteration, StopAsyncIteration)
ITERATING = (ast.For, ast.AsyncFor, *COMPREHENSIONS, ast.YieldFrom, ast.Await)

Trace = Callable[[FrameType, str, Any], Any]


class Call:
    """One call of a recorded function while it runs.

    Attributes:
        entry: of its code. owner: of its local names. number: of the call. depth: calls around it.
        statement: the number (in its file) of the statement under way, or -1. offset: of its first instruction.
        counts: iterations by loop. values: loop variables by loop. recorded: recorded calls made by the statement under way.
        flags: of the next step. slept: where a generator last gave a value. strange: whether unseen code has made the call.
        early: where a `+=` writes, found before its calls were made. forms, loose: see `Touch`.
    """

    __slots__ = (
        "code", "counts", "depth", "early", "entry", "flags", "forms", "loose", "number", "offset", "owner", "recorded", "scribe",
        "slept", "statement", "strange", "tracer", "values",
    )  # fmt: skip

    def __init__(self, tracer: Tracer, code: CodeType, entry: CodeEntry, number: int, owner: Owner, depth: int) -> None:
        """Args: as the attributes; code: Python's own."""
        self.tracer, self.scribe, self.code = tracer, tracer.scribe, code
        self.entry, self.number, self.owner, self.depth = entry, number, owner, depth
        self.statement, self.recorded, self.flags, self.offset, self.forms = -1, 0, 0, 0, 0
        self.slept, self.strange = -1, False
        self.early: Any = None
        self.loose: list[Any] = []
        self.counts: dict[int, int] = {}
        self.values: dict[int, int] = {}

    def trace(self, frame: FrameType, event: str, argument: Any) -> Trace | None:
        """Python calls this for every line, exception and return of the call."""
        try:
            if event == "line":
                line = frame.f_lineno
                number = self.entry.by_line.get(line, -1)
                if number != self.statement or self._begins_anew(frame, number):
                    if self.statement >= 0:
                        self._finish(frame, line)
                    if number >= 0:
                        self._start(frame, number)
            elif event == "return":
                self._leave(frame, argument)
            elif event == "exception":
                self._raised(argument)
        except Exception as error:
            self.tracer.fail(error)
            return None
        return self.trace

    def _begins_anew(self, frame: FrameType, number: int) -> bool:
        """Whether a line event inside the statement under way is another execution of it."""
        if number < 0:
            return False
        entry = self.entry
        return number in entry.one_line or number in entry.renewed or frame.f_lasti <= self.offset

    def _start(self, frame: FrameType, number: int) -> None:
        entry = self.entry
        if entry.counted_at:
            for loop in entry.counted_at.get(number, ()):
                self.counts[loop] = self.counts.get(loop, -1) + 1  # `while True` has no header that is run again
        self.statement, self.recorded, self.offset = number, 0, frame.f_lasti
        plan = entry.plan(number)
        if plan.early or self.scribe.storages.epoch != self.scribe.storages.settled:
            self.scribe.before(self, frame, plan)

    def _finish(self, frame: FrameType, line: int, flags: int = 0) -> None:
        """The statement under way is done; the call goes on at a line, or not at all (0)."""
        number, entry, scribe = self.statement, self.entry, self.scribe
        flags |= self.flags
        self.flags = 0
        self.statement = -1
        plan = entry.plan(number)
        scribe.finish(self, frame, plan, number, bool(flags & RAISED))
        body = entry.bodies.get(number)
        if body is not None:
            if body[0] <= line <= body[1]:
                self.counts[number] = self.counts.get(number, -1) + 1
                scribe.loop_value(self, plan, number)
            else:
                flags |= LOOP_END
            flags |= scribe.audit()
        scribe.step(self, number, flags)

    def _raised(self, argument: Any) -> None:
        kind, value = argument[0], argument[1]
        if self.statement < 0 or kind is GeneratorExit or (kind in ENDS and self._iterates()):
            return
        self.flags |= RAISED
        self.scribe.exception(kind, value)

    def _iterates(self) -> bool:
        """Whether the statement under way may see the end of an iterator as Python's loops do, and go on."""
        nodes = self.entry.file.table.statements[self.statement].nodes
        return not nodes or any(isinstance(part, ITERATING) for node in nodes for part in ast.walk(node))

    def _leave(self, frame: FrameType, value: Any) -> None:
        code = self.code
        generator = bool(code.co_flags & GENERATORS)
        done = code.co_code[max(frame.f_lasti, 0)] if generator or value is None else RETURNS[0]
        suspended = generator and done in YIELDS
        self.scribe.returned(self, value, done not in RETURNS, suspended)
        if self.statement >= 0:
            number, recorded, offset = self.statement, self.recorded, self.offset
            self._finish(frame, 0, SUSPENDED if suspended else RETURNED)
            if suspended:
                self.statement, self.recorded, self.offset = number, recorded + 1, offset
        if not suspended and self.scribe.storages.epoch != self.scribe.storages.settled:
            self.scribe.leave(frame)
        self.slept = frame.f_lasti
        self.tracer.leave(self, frame, suspended)

    def iteration(self, number: int) -> tuple[int, int]:
        """Iteration of the innermost loop around a statement, and the nearest loop variable."""
        count, value = -1, NO_LOOP_VALUE
        for loop in self.entry.around[number]:
            if count < 0 and loop in self.counts:
                count = self.counts[loop]
            if value == NO_LOOP_VALUE and loop in self.values:
                value = self.values[loop]
        return count, value

    def defining(self, name: str) -> Call | None:
        """The nearest call under way whose own local a free name is."""
        above = self.code.co_qualname
        for call in reversed(self.tracer._stack):
            inside = above.startswith(call.code.co_qualname + ".<locals>.")
            if call is not self and inside and name in call.code.co_cellvars:
                return call
        return None


def _has_room(left: int = HEADROOM) -> None:
    if left:
        _has_room(left - 1)


class Tracer:
    """Follows calls of the user's functions in this thread."""

    def __init__(self, scribe: Scribe) -> None:
        """Args: scribe: writes down what happens."""
        self.scribe = scribe
        self._stack: list[Call] = []
        self._sleeping: dict[int, Call] = {}
        self._known: dict[int, Any] = {}
        self._codes: dict[tuple[CodeType, str, int], Any] = {}
        self._kept: list[CodeType] = []  # so that their ids stay their own
        self.too_deep = False
        self.failure: Exception | None = None
        self.calls = 0

    def trace(self, frame: FrameType, event: str, argument: Any) -> Trace | None:
        """Python calls this for every call of a Python function."""
        code = frame.f_code
        entry: Any = self._known.get(id(code))
        if entry is IGNORED:
            return None
        try:
            if entry is None:
                entry = self._learn(frame, code)
            if entry is UNSEEN:
                self.scribe.unsure()
            if entry is UNSEEN or entry is IGNORED:
                return None
            if entry.file.owner.value is not frame.f_globals:
                entry = self._learn(frame, code)  # the same code, with other globals
            if code.co_flags & GENERATORS and (call := self._woken(frame)) is not None:
                return call.trace
            return None if self._is_too_deep() else self._enter(frame, entry).trace
        except Exception as error:
            self.fail(error)
            return None

    def _learn(self, frame: FrameType, code: CodeType) -> Any:
        """What is to be done about a code object that was not met before."""
        # Functions of equal code are told apart by their file and globals, which are not compared.
        key = code, code.co_filename, id(frame.f_globals)
        entry = self._codes.get(key)
        if entry is None:
            found = None if code.co_name in FOLDED else self.scribe.entry(frame)
            entry = found if found is not None else IGNORED if self.scribe.sources.is_pure(frame) else UNSEEN
            self._codes[key] = entry
            if code.co_filename == threading.__file__ and code.co_name == "start":
                self.scribe.alone = False
        self._known[id(code)] = entry
        self._kept.append(code)
        return entry

    def _woken(self, frame: FrameType) -> Call | None:
        """The call of a generator that goes on."""
        call = self._sleeping.pop(id(frame), None)
        if call is None or call.code is not frame.f_code or frame.f_lasti < call.slept:
            return None  # another generator at the place of one that was given up
        call.depth = len(self._stack)
        if self._stack:
            self._stack[-1].recorded += 1
        self._stack.append(call)
        return call

    def _is_too_deep(self) -> bool:
        depth = len(self._stack)
        if depth < DEEP:
            return False
        try:
            _has_room()
            if depth < MOST_FRAMES:
                return False
        except RecursionError:
            pass
        self.scribe.unsure()
        if not self.too_deep:
            self.too_deep = True
            words = f"calls are nested too deeply: from {depth} calls inside one another on they are not recorded"
            self.scribe.journal.note(["remark", words])
        return True

    def _enter(self, frame: FrameType, entry: CodeEntry) -> Call:
        parent = self._stack[-1] if self._stack else None
        if parent is not None:
            parent.recorded += 1
        else:
            self.scribe.unsure()  # what ran since the last recorded call is unknown
        owner = self.scribe.slots.call(entry.name)
        call = Call(self, frame.f_code, entry, self.calls, owner, len(self._stack))
        self.calls += 1
        call.strange = not self.scribe.sources.is_known(frame.f_back)
        self._stack.append(call)
        self.scribe.enter(call, frame, NOWHERE if parent is None else parent.number)
        if entry.definition >= 0:
            self.scribe.step(call, entry.definition, ENTER)
        return call

    def leave(self, call: Call, frame: FrameType, suspended: bool) -> None:
        """A call has ended, or a generator has given a value."""
        if call in self._stack:
            del self._stack[self._stack.index(call) :]
        if suspended:
            self._sleeping[id(frame)] = call
        else:
            self.scribe.left(call)
        if call.strange:
            self.scribe.unsure()  # and now it goes on
        if not self._stack:
            self.scribe.audit_all()

    def fail(self, error: Exception) -> None:
        """The recorder itself failed: the recording ends, once there is room to do so; the code goes on unharmed."""
        if not self.too_deep or not isinstance(error, RecursionError):
            sys.settrace(None)
            self.failure = error

    @property
    def running(self) -> bool:
        """Whether Python still calls us."""
        return getattr(sys.gettrace(), "__self__", None) is self
