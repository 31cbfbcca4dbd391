"""What stands at the ends of source lines: what each statement of the present iteration wrote."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from inspector.debugger.records import Inline
from inspector.debugger.written import written_paths
from rnn.beside import Beside
from rnn.recorder import Recording
from rnn.recorder.changes import Change
from rnn.recorder.expressions import Unreadable
from rnn.recorder.format import ENTER
from rnn.recorder.moments import Held
from rnn.recorder.questions import changes
from rnn.recorder.values import norm

KEPT_STEPS = 4096
MOST_STATEMENTS = 80
"""Statements of one iteration whose values are shown: those nearest to where the user stands."""

MOST_THINGS = 3


@dataclass(frozen=True)
class Lines:
    """See `records.Moment`."""

    inline: dict[int, tuple[Inline, ...]] = field(default_factory=dict)
    ran: frozenset[int] = frozenset()
    loop_lines: tuple[int, int] = (0, 0)


def shape_text(shape: tuple[int, ...]) -> str:
    """`64x64`; `scalar` for an array without axes."""
    return "x".join(map(str, shape)) or "scalar"


def number_text(value: Any) -> str:
    """A number, a truth, None or a text, short."""
    if isinstance(value, (float, np.floating)):
        return f"{value:.6g}"
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return text if len(text) <= 40 else text[:37] + "..."


class Inlines:
    """Makes and remembers the texts at line ends: what a step wrote never changes."""

    def __init__(self, recording: Recording, beside: Beside | None) -> None:
        """Args: as `Viewer`."""
        self._recording, self._beside = recording, beside
        self._known: OrderedDict[int, tuple[Inline, ...]] = OrderedDict()

    def of(self, around: Any, step: int, file: int) -> Lines:
        """The lines of an iteration.

        Args:
            around: its steps. step: up to which they have been executed. file: whose lines are meant.
        """
        recording = self._recording
        steps = [int(one) for one in around]
        done = [one for one in steps if one <= step][-MOST_STATEMENTS:]
        inline: dict[int, tuple[Inline, ...]] = {}
        ran, ends = set(), set()
        for number in np.unique(recording.steps["statement"][np.asarray(around, np.int64)]).tolist():
            statement = recording.statement(number)
            if recording.file_of(number).number == file:
                ran.add(statement.line)
                ends.add(statement.end_line)
        for number in done:
            one = recording.step(number)
            if one.file.number == file:
                inline[one.line] = self.written(number) or inline.get(one.line, ())
        return Lines(inline, frozenset(ran), self._range(step, ran, ends))

    def _range(self, step: int, ran: set[int], ends: set[int]) -> tuple[int, int]:
        """Lines of the innermost loop around a step; outside of loops those from the first to the last that ran."""
        one = self._recording.step(step)
        loops = (*one.statement.loops, *([one.statement.number] if one.statement.is_loop else []))
        if loops:
            header = one.file.table.statements[loops[-1]]
            return header.line, max(header.body[1], header.end_line)
        return (min(ran), max(ends)) if ran else (0, 0)

    def written(self, step: int) -> tuple[Inline, ...]:
        """What one step wrote."""
        known = self._known.get(step)
        if known is None:
            known = self._known[step] = self._make(step)
            if len(self._known) > KEPT_STEPS:
                self._known.popitem(last=False)
        return known

    def _make(self, step: int) -> tuple[Inline, ...]:
        recording = self._recording
        one = recording.step(step)
        if one.flags & ENTER:
            return ()
        changed, found = changes(recording, step), []
        by_path = {change.path: change for change in changed}
        for path in written_paths(recording, step, changed)[:MOST_THINGS]:
            try:
                value = recording.value(path, step, one.frame)
            except Unreadable:
                continue  # it is gone with this step
            found.append(self._inline(path, by_path.get(path), value, step, one.frame))
        return tuple(found)

    def _inline(self, path: str, change: Change | None, value: Any, step: int, frame: int) -> Inline:
        if isinstance(value, Held):
            return Inline(path, f"{value.type} of {len(value.keys()):,}")
        if not isinstance(value, np.ndarray):
            return Inline(path, number_text(value))
        words = f"({shape_text(value.shape)}) norm {norm(value):.3g}"
        if change is None:
            words += ", nothing changed"
        elif change.what != "rebound" and change.changed >= 0:
            words += f", {change.changed:,} changed"
        judged = self._judged(path, step, frame)
        if judged is None or judged.partial:
            return Inline(path, words)
        return Inline(path, words, judged.relative if judged.wrong else None, True)

    def _judged(self, path: str, step: int, frame: int) -> Any:
        if self._beside is None:
            return None
        try:
            return self._beside.judgement(self._recording, path, step, frame)
        except Unreadable:
            return None
