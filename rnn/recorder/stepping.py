"""Where to go from a step: over, into and out of calls, along a line, to an iteration; and the calls around a step.

The step of a statement comes after all steps of the calls that it makes, and its depth is the number of calls around it.
So the first step after (before) a step that is not deeper belongs to the same call, or the call is over (begins). Far
searches pass over blocks of steps of which little is remembered: no answer walks through the whole recording.

A generator's call goes on where it slept; whoever makes it go on has called it. Its `yield` counts as executed when it
gives its value, not when it goes on.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

import numpy as np

from .format import ENTER, LOOP_END, NO_LOOP_VALUE, SUSPENDED
from .recording import Recording
from .scanning import Blocks, Search, keys_of, statements_in
from .statements import Statement, constant_loop


@dataclass(frozen=True)
class Call:
    """A call under way.

    Attributes:
        frame: number of the call. function: its qualified name. file: number of its file.
        line: of its statement under way; None where the recording ends before that is known.
        step: one in this call to go to. t: the loop's variable there, where it is a whole number.
    """

    frame: int
    function: str
    file: int
    line: int | None
    step: int
    t: int | None


class Stepping:
    """Ways through a recording, finished or growing. Every answer is a step, or None where there is no such step.

    A `direction` is 1 (forward in time) or -1.
    """

    def __init__(self, recording: Recording) -> None:
        """Args: recording: to walk through."""
        self.recording, self._search = recording, Search(recording)

    def first(self) -> int | None:
        """The first step."""
        return 0 if len(self.recording) else None

    def last(self) -> int | None:
        """The last step there is."""
        return len(self.recording) - 1 if len(self.recording) else None

    def into(self, step: int, direction: int) -> int | None:
        """The next step in time, in a call or after it; backward: the one before, at the end of a call or before it."""
        return step + direction if 0 <= step + direction < len(self.recording) else None

    def over(self, step: int, direction: int) -> int | None:
        """The next step of the same call; where there is none, as `out`."""
        found = self._in_call(step, direction)
        return self.out(step, direction) if found is None else found

    def out(self, step: int, direction: int) -> int | None:
        """The statement that made this call, done; backward: the caller's last step before the call."""
        depth = self._number(step, "depth")
        return self._shallow(step, direction, depth - 1) if depth else None

    def same_line(self, step: int, direction: int) -> int | None:
        """The next execution of the same statement: in the same call, or, where there is none left, anywhere."""
        number, frame = self._number(step, "statement"), self._number(step, "frame")
        found = self._executed(number, self._rest(step, direction), direction, frame)
        return self._executed(number, self._ahead(step, direction), direction) if found is None else found

    def run_to(self, step: int, line: int, file: int, direction: int) -> int | None:
        """The next execution of a line of a file (its number); any line of a statement counts as the statement."""
        one = self.recording.tables.files[file]
        number = one.table.by_line.get(line)
        return None if number is None else self._executed(one.first + number, self._ahead(step, direction), direction)

    def at_t(self, step: int, t: int) -> int | None:
        """Where the loop variable is t: the nearest execution of this statement, or the function's first step, or any."""
        size, number = len(self.recording), self._number(step, "statement")
        own = np.zeros(statements_in(self.recording), bool)
        own[number] = True
        after = self._with_t(own, (step, size), 1, t)
        before = self._with_t(own, (0 if after is None else max(0, 2 * step - after + 1), step), -1, t)
        if before is not None or after is not None:
            return after if before is None else before
        file, statement = self.recording.file_of(number), self.recording.statement(number)
        alike = [one.function == statement.function for one in file.table.statements]
        own[file.first : file.first + len(alike)] = alike
        found = self._with_t(own, (0, size), 1, t)
        return self._with_t(np.ones_like(own), (0, size), 1, t) if found is None else found

    def next_marker(self, step: int) -> tuple[int, int] | None:
        """File (its number) and line of the statement that is executed next: one that makes calls stands before them."""
        after = self.into(step, 1)
        if after is None:
            return None
        depth, new = self._number(step, "depth"), self._number(after, "depth")
        found: int | None = after
        if new > depth:
            found = self._shallow(after, 1, depth)
        elif self._number(after, "flags") & ENTER or (new == depth and not self._same_frame(step, after)):
            found = self._shallow(after, 1, new - 1)
        one = self.recording.step(after if found is None else found)
        return one.file.number, one.line

    def stack(self, step: int) -> tuple[Call, ...]:
        """The calls under way at a step, innermost first."""
        calls = [self._call(step, step)]
        behind: int | None = step
        here, ahead = step, step
        while depth := self._number(here, "depth"):
            before = None if behind is None else self._shallow(behind, -1, depth - 1)
            after = self._shallow(ahead, 1, depth - 1)
            if after is not None and (before is None or self._number(after, "depth") > self._number(before, "depth")):
                here = ahead = after  # a call without a step of its own before
            elif before is not None:
                here = behind = before
            else:
                break
            known = after is not None and self._same_frame(here, after)
            ahead = after if after is not None and known else ahead
            calls.append(self._call(here, after if known else None))
        return tuple(calls)

    def iteration_steps(self, step: int) -> Any:
        """All steps (k,) of this call in the present iteration of its innermost loop, from its header to the next one.

        A header that finds something belongs to the iteration that it begins, one that finds nothing more does not.
        Outside of loops: the call's steps that are in no loop.
        """
        one, frame = self.recording.step(step), self._number(step, "frame")
        begins = one.statement.is_loop and not one.flags & LOOP_END
        loops = (*one.statement.loops, one.statement.number) if begins else one.statement.loops
        table = one.file.table.statements
        if not loops or one.flags & ENTER:  # the loops around a `def` are not those of the call
            return self._outside(step)
        loop = table[loops[-1]]
        inside = np.zeros(2 * statements_in(self.recording), bool)
        for other in table:
            if loop.number in other.loops:
                inside[2 * (one.file.first + other.number) :][:2] = True
        begin = 2 * (one.file.first + beginning(loop, table))
        inside[begin] = False
        span = self._whole(step)
        first = self._search.find(
            lambda rows: (rows["frame"] == frame) & (keys_of(rows) == begin), (span[0], step + 1), -1,
            lambda blocks: blocks.present[:, begin] & (blocks.frame <= frame),
        )  # fmt: skip
        last = self._search.find(
            lambda rows: (rows["frame"] == frame) & ~inside[keys_of(rows)], (step + 1, span[1]), 1,
            lambda blocks: blocks.frame <= frame,
        )  # fmt: skip
        span = span[0] if first is None else first, span[1] if last is None else last
        return self._search.all(lambda rows: rows["frame"] == frame, span, lambda blocks: blocks.frame <= frame)

    def _outside(self, step: int) -> Any:
        """Steps (k,) of a step's call that are in none of its loops."""
        one, span, frame = self.recording.step(step), self._whole(step), self._number(step, "frame")
        name = self.recording.tables.texts[self.recording.frames["name"][frame]]
        names = {name} if one.flags & ENTER else {name, one.statement.function}
        own = [other for other in one.file.table.statements if not other.loops and other.function in names]
        keys = [2 * (one.file.first + other.number) + other.is_loop for other in own]
        if self._number(span[0], "flags") & ENTER:
            keys.append(2 * self._number(span[0], "statement"))
        wanted = np.zeros(2 * statements_in(self.recording), bool)
        wanted[keys] = True
        return self._search.all(
            lambda rows: (rows["frame"] == frame) & wanted[keys_of(rows)], span,
            lambda blocks: blocks.present[:, keys].any(1) & (blocks.frame <= frame),
        )  # fmt: skip

    def _number(self, step: int, name: str) -> int:
        return int(self.recording.steps[name][step])

    def _same_frame(self, one: int, other: int) -> bool:
        return self._number(one, "frame") == self._number(other, "frame")

    def _ahead(self, step: int, direction: int) -> tuple[int, int]:
        return (step + 1, len(self.recording)) if direction > 0 else (0, step)

    def _whole(self, step: int) -> tuple[int, int]:
        """First step of a step's call, and the one after its last."""
        frame, returns = self._number(step, "frame"), self.recording.returns
        first = min(int(self.recording.frames["call_step"][frame]), step)
        start, size = bisect_left(returns, step, key=lambda row: row["step"]), 64
        while start < len(returns):
            found = np.flatnonzero(returns["frame"][start : start + size] == frame)
            if len(found):
                return first, min(int(returns["step"][start + found[0]]) + 1, len(self.recording))
            start, size = start + size, 4 * size
        return first, len(self.recording)

    def _rest(self, step: int, direction: int) -> tuple[int, int]:
        """What of a step's call is ahead."""
        first, last = self._whole(step)
        return (step + 1, last) if direction > 0 else (first, step)

    def _shallow(self, step: int, direction: int, depth: int) -> int | None:
        """The next step with no more than so many calls around it."""
        return self._search.find(
            lambda rows: rows["depth"] <= depth, self._ahead(step, direction), direction,
            lambda blocks: blocks.depth <= depth,
        )  # fmt: skip

    def _in_call(self, step: int, direction: int) -> int | None:
        """The next step of the same call."""
        frame, found = self._number(step, "frame"), self._shallow(step, direction, self._number(step, "depth"))
        if found is not None and self._number(found, "frame") == frame:
            return found
        slept = self._number(step, "flags") & SUSPENDED if direction > 0 else found is not None
        span = self._rest(step, direction) if slept else (0, 0)
        return self._search.find(
            lambda rows: rows["frame"] == frame, span, direction, lambda blocks: blocks.frame <= frame
        )

    def _executed(self, number: int, span: tuple[int, int], direction: int, frame: int | None = None) -> int | None:
        """The first execution of a statement in a span, in a call or in any."""

        def test(rows: Any) -> Any:
            found = keys_of(rows) == 2 * number
            return found if frame is None else found & (rows["frame"] == frame)

        def may(blocks: Blocks) -> Any:
            present = blocks.present[:, 2 * number]
            return present if frame is None else present & (blocks.frame <= frame)

        found = self._search.find(test, span, direction, may)
        while found is not None and self._goes_on(found):
            span = (found + 1, span[1]) if direction > 0 else (span[0], found)
            found = self._search.find(test, span, direction, may)
        return found

    def _goes_on(self, step: int) -> bool:
        """Whether a step is only the rest of a `yield` that has given its value before."""
        before = self._in_call(step, -1)
        if before is None or not self._number(before, "flags") & SUSPENDED:
            return False
        return self._number(before, "statement") == self._number(step, "statement")

    def _with_t(self, own: Any, span: tuple[int, int], direction: int, t: int) -> int | None:
        """The first step in a span whose statement is one of some, (statements,) bool, and whose loop variable is t."""
        keys = 2 * np.flatnonzero(own)

        def test(rows: Any) -> Any:
            return (rows["loop_value"] == t) & own[rows["statement"]] & (rows["flags"] & LOOP_END == 0)

        def may(blocks: Blocks) -> Any:
            least, most = blocks.range_of(int(keys[0]) // 2) if len(keys) == 1 else (blocks.least, blocks.most)
            found = (least <= t) & (most >= t)
            found[found] = blocks.present[found][:, keys].any(1)
            return found

        return self._search.find(test, span, direction, may)

    def _call(self, step: int, at: int | None) -> Call:
        frame = self.recording.frames[self._number(step, "frame")]
        value = self._number(step if at is None else at, "loop_value")
        line = None if at is None else self.recording.step(at).line
        name, t = self.recording.tables.texts[frame["name"]], None if value == NO_LOOP_VALUE else value
        return Call(self._number(step, "frame"), name, int(frame["file"]), line, step, t)


def beginning(loop: Statement, table: list[Statement]) -> int:
    """Number of the statement whose execution begins an iteration: the header, or the body's first of a `while True`."""
    if loop.one_line or not constant_loop(loop.nodes[0]):
        return loop.number
    return next((other.number for other in table[loop.number :] if loop.number in other.loops), loop.number)
