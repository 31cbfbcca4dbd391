"""Writes down what every finished statement did: the meeting place of hook, slots, storages and journal."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np

from .audits import Audits
from .format import FRAME_ROW, NO_LOOP_VALUE, RETURN_KEY, RETURN_ROW, STEP_ROW, YIELD_KEY
from .journal import FRAMES, RETURNS, STEPS, Journal
from .limits import RecordingLimits
from .live import plain_value
from .looking import MISSING, MODULE_OF, NAME_OF, STRANGE_KEYS
from .plans import Plan
from .slots import Slots
from .sources import CodeEntry, Sources, Wanted
from .storages import Storages
from .writes import Writes

if TYPE_CHECKING:
    from .capture import Call

LOOK_EVERY = 256
"""Steps between two looks at the clock and the limits."""

FLUSH_S = 0.25
FIRST_AUDIT_NS = 50_000_000


class Scribe:
    """Takes down one run."""

    def __init__(self, path: Path, wanted: Wanted, limits: RecordingLimits, stop: Callable[[str], None]) -> None:
        """Start a recording.

        Args:
            path: of the recording.
            wanted: whether code of a file (its name) is the user's.
            limits: when to stop.
            stop: called when a limit is reached, with words.
        """
        self.journal = Journal(path)
        self.storages = Storages(self.journal, limits.bytes)
        self.slots = Slots(self.journal, self.storages)
        self.sources = Sources(self.journal, self.slots, wanted)
        self.audits = Audits(self.slots, self.storages)
        self.writes = Writes(self.slots, self.storages, self.sources, self.audits, limits.exact)
        STRANGE_KEYS.clear()  # ids of dicts of an earlier run, which may be others by now
        self._limits, self._stop = limits, stop
        self._steps = self.journal.table(STEPS)
        self.steps = 0
        self._start = time.perf_counter_ns()
        self._flushed = time.perf_counter()
        self._auditing = 0
        self.ended = False
        self.alone = True  # until a thread is started

    def entry(self, frame: FrameType) -> CodeEntry | None:
        """What is known of a frame's code; None where it is not the user's."""
        return self.sources.entry(frame)

    def unsure(self) -> None:
        """Code that is not recorded runs, and may write anything."""
        self.storages.unsure(self.steps)

    def enter(self, call: Call, frame: FrameType, parent: int) -> None:
        """A recorded function begins: its arguments, and the global names it uses."""
        self.slots.step = self.steps
        file, line = call.entry.file.number, call.entry.line
        self.journal.table(FRAMES).extend(
            FRAME_ROW.pack(call.owner.number, self.slots.text(call.entry.name), file, line, parent, self.steps)
        )
        for name, value in frame.f_locals.items():
            self.slots.bind(call.owner, name, value)
        self.sources.bind_globals(call.entry, frame)
        if self.storages.epoch_step == self.steps:
            self.audits.near(call.owner, self.steps)

    def returned(self, call: Call, value: Any, raised: bool, suspended: bool) -> None:
        """A call ends with a value, or by an exception; or a generator gives a value and sleeps."""
        self.slots.step = self.steps
        if suspended:
            self.slots.bind(call.owner, YIELD_KEY, value)
            return
        if not raised:
            self.slots.bind(call.owner, RETURN_KEY, value)
        self.journal.table(RETURNS).extend(RETURN_ROW.pack(call.number, self.steps))

    def left(self, call: Call) -> None:
        """Nothing more will be written of a call."""
        self.slots.drop(call.owner)

    def exception(self, kind: type[BaseException], value: Any) -> None:
        """The statement under way raised; no text of the user's own exception class is asked for."""
        arguments = getattr(value, "args", ()) if MODULE_OF(kind) == "builtins" else ()
        text = ", ".join(str(part) for part in arguments if type(part) in (str, int, float))
        self.journal.note(["exception", self.steps, str(NAME_OF(kind)), text[:500]])

    def output(self, stream: str, text: str) -> None:
        """Something was printed."""
        self.journal.note(["output", self.steps, stream, text])

    def before(self, call: Call, frame: FrameType, plan: Plan) -> None:
        """A statement begins."""
        self.slots.step = max(self.steps - 1, 0)
        self.writes.before(call, plan, frame, self.steps)

    def finish(self, call: Call, frame: FrameType, plan: Plan, number: int, raised: bool) -> None:
        """A statement is done: find what it has written."""
        self.slots.step = self.steps
        self.writes.finish(call, plan, number, frame, raised)

    def leave(self, frame: FrameType) -> None:
        """The names of a call are about to go."""
        self.slots.step = max(self.steps - 1, 0)
        self.writes.leave(frame.f_locals, self.slots.step)

    def audit(self) -> int:
        """At the head of a loop: look for changes that no statement is known to have made."""
        self.slots.step = self.steps
        self.storages.keep_waiting(self.steps)
        return self.audits.some(self.steps)

    def audit_all(self) -> None:
        """When no recorded call is under way any more: look at everything, for a fifth of the time at most."""
        self.slots.step = max(self.steps - 1, 0)
        start = time.perf_counter_ns()
        if self._auditing < FIRST_AUDIT_NS or 5 * self._auditing < start - self._start:
            self.audits.all(self.slots.step)
            self._auditing += time.perf_counter_ns() - start
        else:
            self.audits.some(self.slots.step)

    def step(self, call: Call, number: int, flags: int) -> None:
        """Write the row of a finished statement."""
        count, value = call.iteration(number)
        self._steps += STEP_ROW.pack(
            call.entry.file.first + number, call.number, count, value, min(call.depth, 0xFFFF), flags,
            time.perf_counter_ns() - self._start,
        )  # fmt: skip
        self.steps += 1
        self.audits.earn()
        if not self.alone:
            self.storages.unsure(self.steps)
        if not self.steps % LOOK_EVERY or self.steps >= self._limits.steps:
            self._look()

    def _look(self) -> None:
        """Flush now and then; stop where a limit is reached."""
        now = time.perf_counter()
        if not self.steps % 4096 or now - self._flushed > FLUSH_S:
            self.journal.flush()
            self._flushed = now
        words = self._limits.reached(
            self.steps, (time.perf_counter_ns() - self._start) / 1e9, self.journal.bytes_written
        )
        if self.journal.full:
            words = f"the recording could not be written: {self.journal.full}; make room and record again"
        if words and not self.ended:
            self.stop("limit", words)

    def stop(self, how: str, words: str) -> None:
        """End the recording before the code is done."""
        if not self.ended:
            self.end(how, words)
            self._stop(words)

    def end(self, how: str, words: str = "") -> None:
        """Finish the recording."""
        if not self.ended:
            self.ended = True
            self.journal.note(["ended", how, words])
            self.journal.finish({"kind": "recording"})

    def loop_value(self, call: Call, plan: Plan, number: int) -> None:
        """Remember a loop's variable where it is a whole number."""
        for target in plan.targets:
            if target.kind == "name" and target.given:
                found = call.owner.known.get(target.name)  # it was bound just now
                value: Any = MISSING if found is None else plain_value(*found)
                if type(value) is int or issubclass(type(value), np.integer):
                    call.values[number] = int(value)
                    return
        call.values[number] = NO_LOOP_VALUE
