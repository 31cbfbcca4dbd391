"""Searcher: what is asked about the whole of a recording. Works in the thread of searches, on a file handle of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from inspector.debugger.records import Hits, Origin, Overview
from inspector.debugger.surveying import survey
from rnn.beside import Beside
from rnn.errors import InputError
from rnn.recorder import Recording
from rnn.recorder.completions import completions, problem
from rnn.recorder.conditions import Condition, hits, next_hit, previous_hit
from rnn.recorder.expressions import Unreadable
from rnn.recorder.format import LOOP_END
from rnn.recorder.questions import last_write, values_over, writes

MOST_POINTS = 400
"""Points of a line of norms over time."""

MARKED = "diverges"
"""The name of the steps that wrote something that JAX says is wrong."""


class Searcher:
    """A recording, opened a second time when it is first asked for: a file handle belongs to one thread."""

    def __init__(self, path: str) -> None:
        """Args: path: of the file."""
        self._path = path
        self._recording: Recording | None = None
        self._wrong: Any = np.zeros(0, np.int64)

    @property
    def recording(self) -> Recording:
        """The recording as it is now."""
        if self._recording is None:
            self._recording = Recording(self._path)
        return self._recording

    def close(self) -> None:
        """Close the file."""
        if self._recording is not None:
            self._recording.close()

    def survey(self, beside: Beside | None, growing: bool) -> Overview:
        """The recording as a whole."""
        self.recording.refresh()
        found = survey(self.recording, beside, growing)
        self._wrong = found.wrong_steps
        return found

    def origin(self, path: str, index: tuple[int, ...], step: int, frame: int) -> Origin:
        """Who wrote an element, seen from a step."""
        recording = self.recording
        try:
            last = last_write(recording, path, index, step, frame)
            return Origin(path, index, step, tuple(writes(recording, path, index, frame)), last)
        except (Unreadable, InputError) as error:
            return Origin(path, index, step, note=str(error))

    def write(self, path: str, element: tuple[int, ...] | None, step: int, frame: int, direction: int) -> int | None:
        """The next (+1) or previous (-1) step that writes an element, or any part of an array where there is none."""
        recording = self.recording
        try:
            if element is None:
                condition = Condition("written", path=path)
                return (next_hit if direction > 0 else previous_hit)(recording, condition, step)
            steps = [one.step for one in writes(recording, path, element, frame)]
            later = [one for one in steps if one > step]
            earlier = [one for one in steps if one < step]
            return min(later, default=None) if direction > 0 else max(earlier, default=None)
        except (InputError, Unreadable):
            return None

    def norms(self, path: str, frame: int) -> tuple[Any, Any]:
        """Norms of a path at the beginning of every iteration of a call, or at its steps where it has no loop."""
        recording = self.recording
        steps = np.flatnonzero((recording.steps["frame"] == frame) & (recording.steps["flags"] & LOOP_END == 0))
        iterations = recording.steps["iteration"][steps]
        last = np.r_[iterations[1:] != iterations[:-1], True] if len(steps) else np.zeros(0, bool)
        ends = steps[last]
        if len(ends) > MOST_POINTS:
            ends = ends[np.linspace(0, len(ends) - 1, MOST_POINTS).astype(int)]
        try:
            return ends, values_over(recording, path, ends, frame)
        except (Unreadable, InputError):
            return ends, np.full(len(ends), np.nan)

    def completions(self, text: str) -> list[str]:
        """What a condition that is being typed can become."""
        return completions(self.recording, text)

    def hits(self, text: str, log: str) -> Hits:
        """Where a condition holds, and a value at each hit; or why that makes no sense."""
        recording = self.recording
        try:
            condition = Condition.parse(text)
            if condition.kind == "marked":
                condition = condition.with_marks(self._wrong)
            steps = hits(recording, condition)
            values = values_over(recording, log, steps) if log else None
            return Hits(steps, values, "" if len(steps) else problem(recording, condition))
        except (InputError, Unreadable) as error:
            return Hits(np.zeros(0, np.int64), None, str(error))


__all__ = ["MARKED", "Searcher"]
