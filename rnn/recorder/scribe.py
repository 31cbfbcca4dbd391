"""Writes down what every finished statement did: the meeting place of hook, slots, storages and journal."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np

from .format import ARRAY, AUDIT, FOUND, FRAME_ROW, NO_LOOP_VALUE, OWNER, RETURN_KEY, RETURN_ROW, SEQUENCE, STEP_ROW
from .journal import FRAMES, RETURNS, STEPS, Journal
from .live import LiveResolver, SeenValues, entry, gives_the_same
from .limits import RecordingLimits
from .plans import Plan, Target
from .slots import MISSING, Owner, Slots, instance_dict
from .sources import CodeEntry, Sources, Wanted
from .storages import AGAIN_BYTES, Storages

if TYPE_CHECKING:
    from .capture import Call

LOOK_EVERY = 256
"""Steps between two looks at the clock and the limits."""

FLUSH_S = 0.25
STEP_CREDIT, ARRAY_COST, BYTE_COST = 4.0, 3.0, 1.25e-4
"""Audits: microseconds that a step earns, and what looking at an array costs (each, and per byte). About a fifth of the time."""

MOST_TOUCHED = 64
"""Arrays that are compared because a call might have changed them; what it misses the audits find."""

MOST_WATCHED = 8


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
        self._limits, self._stop = limits, stop
        self._rows = self.journal.table(STEPS)
        self.steps = 0
        self._start = time.perf_counter_ns()
        self._flushed = time.perf_counter()
        self._credit = 0.0
        self._queue: list[Any] = []
        self._watched: list[Any] = []
        self._proved: set[int] = set()
        self._refused: set[int] = set()
        self.ended = False

    def entry(self, frame: FrameType) -> CodeEntry | None:
        """What is known of a frame's code; None where it is not the user's."""
        return self.sources.entry(frame)

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

    def returned(self, call: Call, value: Any, raised: bool) -> None:
        """A call ends with a value, or by an exception."""
        self.slots.step = self.steps
        if not raised:
            self.slots.bind(call.owner, RETURN_KEY, value)
        self.journal.table(RETURNS).extend(RETURN_ROW.pack(call.number, self.steps))

    def exception(self, kind: type[BaseException], value: Any) -> None:
        """The statement under way raised; no text of the user's own exception class is asked for."""
        arguments = getattr(value, "args", ()) if kind.__module__ == "builtins" else ()
        text = ", ".join(str(part) for part in arguments if type(part) in (str, int, float))
        self.journal.note(["exception", self.steps, kind.__qualname__, text[:500]])

    def output(self, stream: str, text: str) -> None:
        """Something was printed."""
        self.journal.note(["output", self.steps, stream, text])

    def step(self, call: Call, number: int, flags: int) -> None:
        """Write the row of a finished statement."""
        count, value = call.iteration(number)
        self._rows += STEP_ROW.pack(
            call.entry.file.first + number, call.number, count, value, min(call.depth, 0xFFFF), flags,
            time.perf_counter_ns() - self._start,
        )  # fmt: skip
        self.steps += 1
        self._credit += STEP_CREDIT
        if not self.steps % LOOK_EVERY:
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
        words = words or (f"the recording could not be written: {self.journal.full}" if self.journal.full else "")
        if words and not self.ended:
            self.end("limit", words)
            self._stop(words)

    def end(self, how: str, words: str = "") -> None:
        """Finish the recording."""
        if not self.ended:
            self.ended = True
            self.journal.note(["ended", how, words])
            self.journal.finish({"kind": "recording"})

    def loop_value(self, call: Call, frame: FrameType, number: int) -> None:
        """Remember a loop's variable where it is a whole number."""
        for target in call.entry.plan(number).targets:
            if target.kind == "name":
                value = frame.f_locals.get(target.name)
                if type(value) is int or isinstance(value, np.integer):
                    small = -(1 << 63) < int(value) < 1 << 63
                    call.values[number] = int(value) if small else NO_LOOP_VALUE
                    return
        call.values[number] = NO_LOOP_VALUE

    def before(self, call: Call, frame: FrameType, plan: Plan, number: int) -> None:
        """A statement that can be carried out again is about to run."""
        if call.entry.file.first + number not in self._proved or plan.again is None:
            return
        array = SeenValues(frame.f_locals, frame.f_globals).find(plan.again.target)
        if isinstance(array, np.ndarray) and array.nbytes >= AGAIN_BYTES:
            track, base = self.storages.track(array, self.steps)
            self.storages.before_again(track, base, max(self.steps - 1, 0))

    def finish(self, call: Call, frame: FrameType, number: int) -> None:
        """A statement is done: look at all that it can have written."""
        plan = call.entry.plan(number)
        self.slots.step = self.steps
        names = frame.f_locals
        if plan.everything:
            self._everything(call, names)
        elif plan.targets or plan.touched or plan.deleted:
            seen = SeenValues(names, frame.f_globals)
            if plan.touched and call.recorded < plan.calls:
                for node in plan.touched:
                    self._touch(seen.find(node), [MOST_TOUCHED])
            for target in plan.targets:
                self._target(call, plan, target, seen, number)
            for target in plan.deleted:
                self._deleted(call, target, seen)
        for track in self._watched:
            base = self.storages.live(track)
            if base is not None:
                self.storages.check(track, base, self.steps)

    def _everything(self, call: Call, names: Any) -> None:
        for name, value in list(names.items()):
            self._touch(value, [MOST_TOUCHED])
            self.slots.bind(call.owner, name, value)

    def _touch(self, value: Any, left: list[int], depth: int = 0) -> None:
        """Compare what lies in a value; `left` counts down how many arrays may be looked at."""
        if value is MISSING or left[0] <= 0 or depth > 3:
            return
        if isinstance(value, np.ndarray):
            if not value.dtype.hasobject and value.dtype.names is None:
                left[0] -= 1
                track, base = self.storages.track(value, self.steps)
                self.storages.check(track, base, self.steps)
            return
        owner = self.slots.known_owner(value)
        if owner is None:
            return
        self.slots.rescan(owner)
        self._touch_slots(owner, left, depth)

    def _touch_slots(self, owner: Owner, left: list[int], depth: int) -> None:
        for kind, payload in list(owner.known.values()):
            if left[0] <= 0:
                return
            if kind == ARRAY:
                left[0] -= 1
                self._check_number(payload & 0xFFFFFFFF)
            elif kind == OWNER:
                self._touch(self.slots.by_number[payload].value, left, depth + 1)

    def _check_number(self, number: int, flags: int = 0) -> bool:
        track = self.slots.tracks[number]
        base = self.storages.live(track)
        return base is not None and self.storages.check(track, base, self.steps, flags)

    def _target(self, call: Call, plan: Plan, target: Target, seen: SeenValues, number: int) -> None:
        if target.kind == "name":
            value = seen.local(target.name)
            owner = call.owner
            if value is MISSING:
                value, owner = seen.find(target.root), call.entry.file.owner
            if value is MISSING:
                self.slots.unbind(call.owner, target.name)
                return
            self._written(call, plan, target, value, number)
            self.slots.bind(owner, target.name, value)
            return
        root = seen.find(target.root)
        if root is MISSING:
            return
        if target.kind == "attribute":
            self._attribute(call, plan, target, root, number)
        elif isinstance(root, np.ndarray):
            self._part(root, seen.key(target.key) if target.key is not None else MISSING)
        else:
            self._item(call, plan, target, root, seen, number)

    def _written(self, call: Call, plan: Plan, target: Target, value: Any, number: int) -> None:
        """A slot was written: where its array may have changed in its place, compare it."""
        if not isinstance(value, np.ndarray) or value.dtype.hasobject or value.dtype.names is not None:
            return
        if not target.augmented and not plan.calls:
            return
        track, base = self.storages.track(value, self.steps)
        statement = call.entry.file.first + number
        if plan.again is not None and base is value and value.nbytes >= AGAIN_BYTES and statement not in self._refused:
            if statement in self._proved or self._prove(call, plan, track, base, statement):
                self.storages.again(track, base, self.steps, statement)
                return
        self.storages.check(track, base, self.steps)

    def _prove(self, call: Call, plan: Plan, track: Any, base: Any, statement: int) -> bool:
        """Try, once, whether carrying the statement out again from what is recorded gives the same bits."""
        if track.last is None or track.order is not None or track.bits is None or not track.kept or plan.again is None:
            return False
        resolver = LiveResolver(self.slots, (call.owner, call.entry.file.owner), call.entry.file.aliases)
        before = track.last.view(base.dtype).copy()
        same = gives_the_same(plan.again, before, base, resolver)
        (self._proved if same else self._refused).add(statement)
        if same:
            self.storages.check(track, base, self.steps)
        return False

    def _part(self, array: Any, key: Any) -> None:
        """`array[key]` was written."""
        if array.dtype.hasobject or array.dtype.names is not None:
            return
        track, base = self.storages.track(array, self.steps)
        plain = array if type(array) is np.ndarray else np.ndarray.view(array, np.ndarray)
        if key is MISSING or not self.storages.check_region(track, base, plain, key, self.steps):
            self.storages.check(track, base, self.steps)

    def _owner_of(self, value: Any) -> Owner | None:
        owner = self.slots.known_owner(value)
        if owner is None:
            self.slots.describe(value, 1)
            owner = self.slots.known_owner(value)
        return owner

    def _attribute(self, call: Call, plan: Plan, target: Target, root: Any, number: int) -> None:
        slots = instance_dict(root)
        owner = self._owner_of(root)
        if owner is None or slots is None or target.name not in slots:
            self._touch(root, [MOST_TOUCHED])
            return
        self._written(call, plan, target, slots[target.name], number)
        self.slots.bind(owner, f".{target.name}", slots[target.name])

    def _item(self, call: Call, plan: Plan, target: Target, root: Any, seen: SeenValues, number: int) -> None:
        owner = self._owner_of(root)
        key = seen.key(target.key) if target.key is not None else MISSING
        value = entry(root, key)
        if owner is None or value is MISSING:
            self._touch(root, [MOST_TOUCHED])
            return
        if owner.kind == SEQUENCE and isinstance(key, int) and key < 0:
            key += list.__len__(root) if issubclass(type(root), list) else tuple.__len__(root)
        self._written(call, plan, target, value, number)
        self.slots.bind(owner, self.slots.key_of(key), value)

    def _deleted(self, call: Call, target: Target, seen: SeenValues) -> None:
        if target.kind == "name":
            self.slots.unbind(call.owner, target.name)
            return
        root = seen.find(target.root)
        owner = None if root is MISSING or isinstance(root, np.ndarray) else self.slots.known_owner(root)
        if owner is not None and target.kind == "attribute":
            self.slots.unbind(owner, f".{target.name}")
        elif owner is not None:
            self.slots.rescan(owner)

    def audit(self) -> int:
        """At the head of a loop: look for changes that no statement is known to have made."""
        self.storages.keep_waiting(self.steps)
        flags = 0
        if self._credit > 200.0:
            self._credit = 200.0
        while self._credit > 0:
            if not self._queue:
                self._queue = list(self.storages.by_id.values())
                if not self._queue:
                    break
            track = self._queue.pop()
            self._credit -= ARRAY_COST + BYTE_COST * track.nbytes
            base = self.storages.live(track)
            if base is not None and self.storages.check(track, base, self.steps, AUDIT):
                flags = FOUND
                if track not in self._watched and len(self._watched) < MOST_WATCHED:
                    self._watched.append(track)
        return flags

    def audit_all(self) -> None:
        """At the end: look at everything."""
        for track in list(self.storages.by_id.values()):
            base = self.storages.live(track)
            if base is not None:
                self.storages.check(track, base, max(self.steps - 1, 0), AUDIT)
