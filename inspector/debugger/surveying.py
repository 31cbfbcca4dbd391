"""Survey: a recording as a whole, for the panes that show all of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from inspector.debugger.records import Alert, Line, Overview, Printed, Source
from rnn.beside import Beside
from rnn.recorder import Recording
from rnn.recorder.folding import fold
from rnn.recorder.format import ENTER, FOUND, LOOP_END, RAISED
from rnn.recorder.searches import not_finite_steps
from rnn.recorder.summary import place

MOST_ALERTS = 200
MOST_PRINTED = 5000


def sources_of(recording: Recording) -> tuple[Source, ...]:
    """The recorded files."""
    changed, found = set(recording.changed_since()), []
    for file in recording.tables.files:
        table = file.table
        firsts = {line: table.statements[number].line for line, number in table.by_line.items()}
        lasts = {one.line: one.end_line for one in table.statements}
        found.append(Source(file.number, file.path, table.text, table.problem, file.path in changed, firsts, lasts))
    return tuple(found)


def _by_line(recording: Recording, rows: Any, values: Any) -> dict[Line, Any]:
    """Values of statements (numbers of the recording) by file and line; of several on a line the largest."""
    found: dict[Line, Any] = {}
    for number, value in zip(rows.tolist(), values.tolist(), strict=True):
        file = recording.file_of(number)
        line = file.number, file.table.statements[number - file.first].line
        found[line] = max(found.get(line, value), value)
    return found


def hits_of(recording: Recording) -> dict[Line, int]:
    """How often every line was executed; the end of a loop is not counted."""
    rows = recording.steps[recording.steps["flags"] & LOOP_END == 0]["statement"]
    numbers, counts = np.unique(rows, return_counts=True)
    return _by_line(recording, numbers, counts)


def _worst_steps(recording: Recording, beside: Beside | None) -> Any:
    """Largest relative error of what each step wrote (n,), NaN where nothing is judged: who is given wrong values, wrote none."""
    steps = recording.steps
    worst = np.full(len(steps), np.nan, np.float32)
    if beside is not None:
        count = min(len(steps), len(beside.worst))
        worst[:count] = beside.worst[:count]
        worst[steps["flags"] & ENTER != 0] = np.nan
    return worst


def _worst_lines(recording: Recording, worst: Any) -> dict[Line, float]:
    known = np.flatnonzero(~np.isnan(worst))
    numbers, where = np.unique(recording.steps["statement"][known], return_inverse=True)
    largest = np.zeros(len(numbers))
    np.maximum.at(largest, where, worst[known])
    return _by_line(recording, numbers, largest)


def _diverging(recording: Recording, worst: Any) -> Iterator[Alert]:
    """The first wrong step of every line that ever wrote something wrong."""
    wrong = np.flatnonzero(np.nan_to_num(worst) > 0)
    seen: set[int] = set()
    _, firsts = np.unique(recording.steps["statement"][wrong], return_index=True)
    for step in np.sort(wrong[firsts]).tolist():
        one = recording.step(step)
        if one.statement.number in seen:
            continue
        seen.add(one.statement.number)
        t = "" if one.t is None else f" at t = {one.t}"
        error = float(worst[step])
        yield Alert("diverges", f"line {one.line} first writes a wrong value{t} (relative {error:.2g})", step)


def _alerts(recording: Recording, worst: Any, nan: Any) -> Iterator[Alert]:
    tables = recording.tables
    if recording.ended:
        raised = np.flatnonzero(recording.steps["flags"] & RAISED)
        last = int(raised[-1]) if len(raised) else len(recording) - 1
        yield Alert("ended", recording.ended, last)
    for path in recording.changed_since():
        yield Alert("changed", f"{Path(path).name} has changed since it was recorded; the text that ran is shown")
    yield from _diverging(recording, worst)
    if len(nan):
        first = int(nan[0])
        yield Alert("nan", f"a NaN or an infinity first appears in {place(recording, first)}", first)
    for one in tables.exceptions:
        where = f" in {place(recording, one.step)}" if one.step < len(recording) else ""
        yield Alert("raised", f"{one.type}{where}" + (f": {one.text}" if one.text else ""), one.step)
    found = np.flatnonzero(recording.steps["flags"] & FOUND)
    if len(found):
        words = f"{len(found):,} changes that no recorded statement made; the first one was found here"
        yield Alert("found", words, int(found[0]))
    for step, text in tables.weaker:
        yield Alert("weaker", f"less exact from step {step:,} on: {text}", step)
    for remark in tables.remarks:
        yield Alert("remark", remark)


def title_of(recording: Recording) -> str:
    """What was recorded, for the user."""
    case = recording.tables.extra.get("case")
    name = case.get("name") if isinstance(case, dict) else None
    return str(name or recording.tables.run[0])


def survey(recording: Recording, beside: Beside | None, growing: bool) -> Overview:
    """The recording as a whole, with what JAX says of it where that is known."""
    steps, folded = recording.steps, fold(recording)
    nan = not_finite_steps(recording, "")
    marks = np.zeros(len(steps), bool)
    marks[nan[nan < len(steps)]] = True
    worst = _worst_steps(recording, beside)
    raised = np.flatnonzero(steps["flags"] & RAISED)
    ended = recording.tables.ended
    alerts = list(_alerts(recording, worst, nan))
    return Overview(
        path=str(recording.path),
        title=title_of(recording),
        ended="" if growing else recording.ended,
        steps=len(steps),
        growing=growing,
        sources=sources_of(recording),
        hits=hits_of(recording),
        folded=folded,
        counts=folded.counts(),
        not_finite=folded.any(marks),
        worst=folded.worst(worst),
        line_worst=_worst_lines(recording, worst),
        nan_steps=nan,
        wrong_steps=np.flatnonzero(np.nan_to_num(worst) > 0),
        alerts=tuple(alerts[:MOST_ALERTS]),
        printed=tuple(Printed(one.step, one.stream, one.text) for one in recording.tables.outputs[:MOST_PRINTED]),
        raised_step=int(raised[-1]) if len(raised) and ended is not None and ended[0] == "raised" else -1,
        matches=None if beside is None else beside.matches,
        findings=() if beside is None else beside.findings,
        note="" if beside is None else beside.note,
    )
