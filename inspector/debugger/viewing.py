"""Viewer: what can be seen at one step of a recording. Works in the thread of moments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from inspector.debugger.inlines import Inlines
from inspector.debugger.records import ArrayRow, Detail, Here, Moment
from inspector.debugger.rows import array_rows, number_texts
from inspector.debugger.written import written_paths
from rnn.beside import Beside, load_beside
from rnn.errors import InputError
from rnn.recorder import Recording
from rnn.recorder.changes import changed_items
from rnn.recorder.expressions import Unreadable
from rnn.recorder.format import ENTER, LOOP_END, RAISED, RETURNED
from rnn.recorder.places import before
from rnn.recorder.questions import changes
from rnn.recorder.stepping import Stepping
from rnn.recorder.summary import function_of


class Viewer:
    """A recording, JAX's values beside it where they are known, and what is remembered about steps.

    Attributes:
        recording, stepping: of the file. beside: what JAX says, or None.
    """

    def __init__(self, recording: Recording, beside: Beside | None) -> None:
        """Args: recording: with at least one step. beside: JAX's values for it."""
        self.recording, self.beside = recording, beside
        self.stepping = Stepping(recording)
        self._inlines = Inlines(recording, beside)

    @classmethod
    def open(cls, path: str, beside: str = "") -> Viewer:
        """Open a recording; raises `InputError` where it can't be opened, or holds no step."""
        recording = Recording(path)
        if not len(recording):
            why = "; ".join([recording.ended, *recording.tables.remarks]).strip("; ")
            recording.close()
            raise InputError(f"{Path(path).name} holds no step" + (f": {why}" if why else "; record it again"))
        return cls(recording, load_beside(Path(beside)) if beside else None)

    def close(self) -> None:
        """Close the file."""
        self.recording.close()

    def take_beside(self, path: str) -> None:
        """Read JAX's values."""
        self.beside = load_beside(Path(path))
        self._inlines = Inlines(self.recording, self.beside)

    def refresh(self) -> bool:
        """Read what has been added; whether anything was."""
        grown = self.recording.refresh()
        if grown:
            self.stepping = Stepping(self.recording)
        return grown

    def first_step(self) -> int:
        """Where a recording opens: where it raised; else at the last loop's beginning, which is most often the backward's."""
        steps = self.recording.steps
        raised = np.flatnonzero(steps["flags"] & RAISED)
        ended = self.recording.tables.ended
        if len(raised) and ended is not None and ended[0] == "raised":
            # The innermost call raises first; the calls around it raise after it.
            last = int(raised[-1])
            while (raised == last - 1).any() and steps["depth"][last - 1] > steps["depth"][last]:
                last -= 1
            return last
        if ended is None or ended[0] == "limit":
            return len(steps) - 1
        headers = np.flatnonzero((steps["iteration"] == 0) & (steps["flags"] & (LOOP_END | ENTER) == 0))
        starts = headers[np.isin(steps["statement"][headers], self._loops())]
        return int(starts[-1]) if len(starts) else 0

    def _loops(self) -> list[int]:
        found = []
        for file in self.recording.tables.files:
            found += [file.first + one.number for one in file.table.statements if one.is_loop and not one.loops]
        return found

    def moment(self, here: Here, expanded: frozenset[str]) -> Moment:
        """What can be seen at a step; what can't be read is said."""
        try:
            return self._moment(here, expanded)
        except (InputError, OSError, Unreadable) as error:
            return Moment(here, stack=tuple(self.stepping.stack(here.step)), error=str(error))

    def _moment(self, here: Here, expanded: frozenset[str]) -> Moment:
        recording, step = self.recording, here.step
        changed = changes(recording, step)
        touched = {one.path: one for one in changed}
        for one in changed:
            for path in one.also:
                touched.setdefault(path, one)
        around = self.stepping.iteration_steps(step)
        lines = self._inlines.of(around, step, here.file)
        rows = tuple(array_rows(recording, self.beside, here, expanded, touched))
        arrays = {row.path for row in rows if row.kind == "array"}
        return Moment(
            here,
            rows=rows,
            written=tuple(path for path in written_paths(recording, step, changed) if path in arrays),
            inline=lines.inline,
            ran=lines.ran,
            loop_lines=lines.loop_lines,
            stack=tuple(self.stepping.stack(step)),
            numbers=number_texts(recording, here),
            raised=self._raised(here),
        )

    def _raised(self, here: Here) -> str:
        if not here.raised:
            return ""
        found = [one for one in self.recording.tables.exceptions if one.step == here.step]
        return f"{found[-1].type}: {found[-1].text}".rstrip(": ") if found else "an exception"

    def detail(self, here: Here, path: str) -> Detail | None:
        """One array at a step, whole; None without a path."""
        if not path:
            return None
        try:
            return self._detail(here, path)
        except (InputError, OSError, Unreadable) as error:
            return Detail(here.step, path, note=str(error))

    def _detail(self, here: Here, path: str) -> Detail:
        recording, beside, step = self.recording, self.beside, here.step
        since = before(recording, step)
        items = changed_items(recording, path, step, here.frame, since=since)
        reference = increment = judged = worst = None
        note = "JAX was not asked about this recording yet" if beside is None else ""
        if beside is not None:
            try:
                reference = beside.reference(recording, path, step, here.frame)
                increment = beside.increment(recording, path, step, here.frame)
                judged = beside.judgement(recording, path, step, here.frame)
                worst = furthest(items.after, reference.value)
            except Unreadable as error:
                note = str(error)
        return Detail(step, path, items.after, items.before, items.mask, reference, increment, judged, worst, note)


def furthest(value: Any, reference: Any) -> tuple[int, ...] | None:
    """Index of the entry that differs most, NaN first; None where nothing differs or shapes do."""
    if np.shape(value) != np.shape(reference) or not np.size(value):
        return None
    with np.errstate(all="ignore"):
        apart = np.abs(np.asarray(value, "float64") - np.asarray(reference, "float64"))
    apart = np.where(np.isnan(apart), np.inf, apart)
    if not apart.any():
        return None
    return tuple(int(part) for part in np.unravel_index(int(np.argmax(apart)), apart.shape))


def here_of(viewer: Viewer, number: int) -> Here:
    """Where a step is; reads no values, so that the window's own thread may ask."""
    recording = viewer.recording
    one = recording.step(number)
    flags = one.flags
    return Here(
        number,
        one.file.number,
        one.line,
        one.statement.end_line,
        one.statement.text,
        function_of(recording, one.frame),
        one.frame,
        one.depth,
        one.t,
        one.iteration,
        viewer.stepping.next_marker(number),
        bool(flags & RAISED),
        bool(flags & LOOP_END),
        bool(flags & ENTER),
        bool(flags & RETURNED),
    )


__all__ = ["ArrayRow", "Viewer", "furthest", "here_of"]
