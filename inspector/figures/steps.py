"""A step of a recording: the source lines around it, and the arrays of that moment beside what JAX says they should be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.debugger.written import written_paths
from inspector.figures.cells import Panel
from inspector.figures.drawing import Drawing, Source
from inspector.figures.layout import bare, margin_of
from inspector.figures.pair import pair_of
from inspector.figures.panels import Sheet, draw_words, lines_of, paint, placed_rows
from inspector.figures.pooled import matrix_of
from inspector.figures.quantity import digest
from inspector.figures.request import PRESETS, FigureRequest
from inspector.figures.source_lines import draw_source, lines_around
from inspector.figures.style import LEADING, POINTS_PER_INCH
from inspector.picture.colours import levels_for
from inspector.picture.difference import TITLES
from inspector.picture.matrix import rows_of
from inspector.picture.summary import badge
from rnn.arrays import AnyArray
from rnn.errors import InputError
from rnn.handwritten import BUILT_IN
from rnn.recorder.expressions import Unreadable
from rnn.verdict import LIMIT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rnn.recorder import Recording
    from rnn.recorder.recording import Step

AROUND = {"one_column": 3, "two_columns": 4, "slide": 3}
"""Source lines above and below the one that was executed."""

MOST_ARRAYS = {"one_column": 3, "two_columns": 4, "slide": 2}

TALLEST = 0.14
"""Of the figure's width: so high is the picture of an array at most."""

CHANGED, READ = "written", "read"


@dataclass(frozen=True, eq=False)
class Shown:
    """An array of the moment: its path, what happened to it, its value, and what it should be (None where that is unknown)."""

    path: str
    how: str
    value: AnyArray
    wanted: AnyArray | None
    label: str
    limit: float


def step_of(source: Source, request: FigureRequest) -> int:
    """The step that is meant: a given one (from the end where it is negative), the first wrong write, else the last.

    Raises:
        InputError: there is no such step.
    """
    recording = _recording(source)
    if request.step is not None:
        number = request.step + len(recording) if request.step < 0 else request.step
        recording.step(number)
        return number
    wrong = np.flatnonzero(source.beside.worst > 0) if source.beside is not None else np.zeros(0, int)
    return int(wrong[0]) if len(wrong) else len(recording) - 1


def _recording(source: Source) -> Recording:
    if source.recording is None:
        raise InputError("there is no recording; make one with 'record CASE -o FILE', or give a case")
    if not len(source.recording):
        raise InputError(f"{source.recording.path} holds no step; record it again")
    return source.recording


def _paths(recording: Recording, one: Step, wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Arrays that are drawn, with what happened to them."""
    from rnn.recorder.questions import changes
    from rnn.recorder.reads import read_regions

    written = written_paths(recording, one.number, changes(recording, one.number))
    if wanted:
        yield from ((path, CHANGED if path in written else "") for path in wanted)
        return
    yield from ((path, CHANGED) for path in written)
    reads = [read.text for read in read_regions(recording, one.number) if read.value.size > 1]
    # A part of what is written says least: it has been seen already.
    parts = {path: any(path.startswith(other) for other in written) for path in reads if path not in written}
    yield from ((path, READ) for path in sorted(parts, key=parts.__getitem__))


def _shown(source: Source, one: Step, wanted: Sequence[str], most: int) -> Iterator[Shown]:
    recording, beside = _recording(source), source.beside
    count = 0
    for path, how in _paths(recording, one, wanted):
        if count == most and not wanted:
            return
        try:
            value = np.asarray(recording.value(path, one.number, one.frame))
        except (Unreadable, InputError) as error:
            if wanted:
                raise InputError(f"{path} can't be had at step {one.number}: {error}") from error
            continue
        if value.dtype.kind not in "fiub" or not value.size:
            if wanted:
                raise InputError(
                    f"{path} at step {one.number} has the type {value.dtype} and {value.size} numbers; expected an array of numbers"
                )
            continue
        count += 1
        yield (
            _beside(source, Shown(path, how, value, None, "", 0.0), one)
            if beside is not None
            else Shown(path, how, value, None, "", 0.0)
        )


def _beside(source: Source, shown: Shown, one: Step) -> Shown:
    """The same with what JAX says."""
    assert source.beside is not None and source.recording is not None
    try:
        found = source.beside.reference(source.recording, shown.path, one.number, one.frame)
    except (Unreadable, InputError):
        return shown
    if found.value.shape != shown.value.shape:
        return shown
    judged = source.beside.judgement(source.recording, shown.path, one.number, one.frame)
    how = ", ".join(
        part for part in (shown.how, "not finished" if judged is not None and judged.partial else "") if part
    )
    return Shown(shown.path, how, shown.value, found.value, found.label, source.beside.right.limit(found.value))


def _sheet(shown: Shown, request: FigureRequest) -> Sheet:
    """Value, JAX and difference of one array; the value alone where it stands for nothing."""
    name = shown.path + (f" ({shown.how})" if shown.how else "")
    value = rows_of(np.asarray(shown.value, "float64"))
    if shown.wanted is None:
        matrix = matrix_of(value)
        levels = levels_for(request.value_bound or matrix.peak, 0.0, request.scale)
        return Sheet((Panel(name, matrix, levels, request.colours, badge=badge(value)),), "", "")
    pair = pair_of(value, rows_of(shown.wanted), shown.limit / LIMIT, request)
    titles = {
        "hand": name,
        "reference": f"JAX: {shown.label}",
        "difference": TITLES[request.metric].replace("hand", "value"),
    }
    return Sheet(pair.panels(tuple(name for name in titles if name in (request.panes or titles)), titles), "", "")


def step(source: Source, request: FigureRequest) -> Drawing:
    """The moment after a step.

    Raises:
        InputError: no recording, no such step, or an array that is not there.
    """
    recording = _recording(source)
    one = recording.step(step_of(source, request))
    found = list(_shown(source, one, request.arrays, MOST_ARRAYS[request.preset]))
    time = f", t = {one.t}" if one.t is not None else ""
    file = Path(one.file.path).name
    title = f"{file}, line {one.line}{time}, after step {one.number} of {len(recording) - 1}"
    title = title if request.title is None else request.title
    notes = list(_notes(source, found, request))
    numbers = {_key(shown.path, number): shown.value for number, shown in enumerate(found)}
    numbers |= {
        f"{_key(shown.path, number)}_reference": shown.wanted
        for number, shown in enumerate(found)
        if shown.wanted is not None
    }
    about = {
        "step": one.number, "file": file, "line": one.line, "t": one.t, "text": one.statement.text,
        "source_sha256": one.file.digest, "case": _case_name(recording),
        "seed": _facts(recording).get("settings", {}).get("seed"), "problem": _facts(recording).get("sizes"),
    }  # fmt: skip
    return Drawing(
        lambda: _draw(one, [_sheet(shown, request) for shown in found], title, notes, request),
        numbers,
        lambda: {**about, "sha256": {name: digest(values) for name, values in numbers.items()}},
        f"{Path(file).stem}_line_{one.line}_step_{one.number}",
    )


def _facts(recording: Recording) -> dict[str, Any]:
    facts = recording.tables.extra.get("case")
    return dict(facts) if isinstance(facts, Mapping) else {}


def _case_name(recording: Recording) -> str:
    """As a result names its case: by the file without its folder and suffix."""
    facts = _facts(recording)
    return Path(str(facts["path"])).stem if facts.get("path") else BUILT_IN if facts else ""


def _key(path: str, number: int) -> str:
    """A name for a file of numbers."""
    return (
        "".join(letter if letter.isalnum() or letter == "_" else "_" for letter in path).strip("_") or f"array_{number}"
    )


def _notes(source: Source, found: Iterable[Shown], request: FigureRequest) -> Iterator[str]:
    known = list(found)
    if not known:
        yield "The line reads and writes no array."
    if source.beside is None:
        yield "JAX's values are not known here: the recording is of no case, or the case has changed since."
    elif request.statistics:
        for shown in known:
            if shown.wanted is None:
                yield f"{shown.path} stands for none of JAX's quantities"
                continue
            with np.errstate(all="ignore"):
                error = np.abs(np.asarray(shown.value, "float64") - shown.wanted)
            largest = float(np.max(np.where(np.isnan(error), np.inf, error)))
            yield f"{shown.path}: " + ("as JAX says" if largest <= shown.limit else f"off by up to {largest:.3g}")


def _draw(one: Step, sheets: Sequence[Sheet], title: str, notes: Sequence[str], request: FigureRequest) -> Figure:
    from matplotlib.figure import Figure

    points, (width, fixed) = request.points, PRESETS[request.preset]
    line = LEADING * points / POINTS_PER_INCH
    margin = margin_of(request.preset)
    above, below = lines_of(title, notes, request)
    source = lines_around(one, AROUND[request.preset])
    code = 0.92 * points
    head = margin + len(above) * line + 0.3 * line + len(source.lines) * line * 0.92 + 0.6 * line
    foot = margin + len(below) * line * 0.95 + (0.4 * line if below else 0.0)
    room = None if fixed is None or not sheets else (fixed - head - foot) / len(sheets)
    parts = placed_rows(sheets, request, TALLEST * width, room)
    height = fixed or head + foot + sum(part.of.height for part in parts)
    figure = Figure(figsize=(width, height), layout=None)
    of = bare(request.preset, height)
    draw_words(figure, of, above, below, points)
    draw_source(figure, source, height - margin - len(above) * line - 0.3 * line, of, code)
    edge = height - head
    for part in parts:
        edge -= part.of.height
        paint(figure, part.lifted(edge, height), request)
    return figure
