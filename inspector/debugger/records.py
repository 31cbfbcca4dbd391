"""The frozen records that the debugger's panes draw: a recording as a whole, one moment of it, one array, who wrote an element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnn.arrays import AnyArray
    from rnn.beside import Judgement, Reference
    from rnn.blame.matching import Match
    from rnn.recorder.folding import Folded
    from rnn.recorder.origins import Write
    from rnn.recorder.stepping import Call

Line = tuple[int, int]
"""Number of a file, and a line of it from 1."""

VALUE, CHANGE, REFERENCE, DIFFERENCE = "value", "change", "reference", "difference"
DETAIL_MODES = {VALUE: "Value", CHANGE: "Change", REFERENCE: "JAX", DIFFERENCE: "Difference"}
DETAIL_METRICS = {"difference": "d", "absolute": "|d|", "relative": "relative", "ulp": "ULP"}
"""How a difference is measured in the array detail; names of `inspector.picture.difference.METRICS`."""


PLAY_SPEEDS = {4: "4 a second", 10: "10 a second", 30: "30 a second", 60: "60 a second"}
"""Moves a second while a key is held, with their texts."""


@dataclass(frozen=True)
class Source:
    """A recorded source file: number, path, and the text that ran.

    Attributes:
        number, path, text: of the file; an empty text where there is no source.
        problem: why there is no source, in words. changed: whether the file on disk is another one now, or gone.
        first_lines: for every line of a statement, the statement's first line.
        last_lines: by a statement's first line, its last one.
    """

    number: int
    path: str
    text: str
    problem: str = ""
    changed: bool = False
    first_lines: Mapping[int, int] = field(default_factory=dict)
    last_lines: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Alert:
    """Something about the run that the user should know.

    Attributes:
        kind: `diverges`, `nan`, `raised`, `found`, `weaker`, `ended`, `changed` or `remark`.
        text: one sentence. step: where it is seen, -1 for none.
    """

    kind: str
    text: str
    step: int = -1


@dataclass(frozen=True)
class Printed:
    """A piece of output: after which step, on which stream, what."""

    step: int
    stream: str
    text: str


@dataclass(frozen=True, eq=False)
class Overview:
    """A recording as a whole; another object whenever it has grown, or JAX's values have come.

    Attributes:
        path: its file. title: what was recorded, for the user. ended: why it ended early, in words; empty where it did not.
        steps: how many there are. growing: whether its run goes on.
        sources: its files. hits: how often each line was executed (a statement's first line).
        folded: the run as a grid, iterations by statements. counts, not_finite, worst: of its cells (rows, columns): how
            often executed, whether a NaN or an infinity appeared there, largest relative error (NaN where nothing is judged).
        line_worst: largest relative error that each line ever made; only lines that were judged; 0 where always right.
        nan_steps: steps (k,) at which a NaN or an infinity appears. wrong_steps: steps (k,) that wrote something wrong.
        alerts, printed: lists for the panes. raised_step: the last step that raised out of the run, or -1.
        matches: the user's arrays that stand for quantities; None as long as JAX was not asked, or can't be.
        findings: lines to blame and facts, as `rnn.blaming.Located.findings`. note: why there are none, or no reference.
    """

    path: str
    title: str
    ended: str
    steps: int
    growing: bool
    sources: tuple[Source, ...]
    hits: Mapping[Line, int]
    folded: Folded
    counts: AnyArray
    not_finite: AnyArray
    worst: AnyArray
    line_worst: Mapping[Line, float]
    nan_steps: AnyArray
    wrong_steps: AnyArray
    alerts: tuple[Alert, ...]
    printed: tuple[Printed, ...]
    raised_step: int = -1
    matches: tuple[Match, ...] | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Here:
    """Where the user stands: known at once, before any value is read.

    Attributes:
        step: the statement that was just executed. file, line, end_line: where it stands. text: of the statement.
        function, frame, depth: of the call. t: the loop's variable where it is a whole number. iteration: of the loop, -1
            outside. upcoming: the statement that comes next in time, None at the end.
        raised, loop_ended, entered, returned: what else the step is.
    """

    step: int
    file: int
    line: int
    end_line: int
    text: str
    function: str
    frame: int
    depth: int
    t: int | None
    iteration: int
    upcoming: Line | None
    raised: bool = False
    loop_ended: bool = False
    entered: bool = False
    returned: bool = False


@dataclass(frozen=True, eq=False)
class ArrayRow:
    """One row of the table of arrays.

    Attributes:
        path: as an expression of the call, `hs[3]`. label: its last part, as shown under its container. depth: of nesting.
        kind: `array`, `container` (a dict, list, tuple or object; `entries` says how many), `number` or `unreadable`.
        shape, dtype, norm, finite: of an array; norm is its 2-norm, None where there is none. text: of a number; why unreadable.
        changed: items that the step changed, None where it did not touch the array; -1 where they can't be counted.
        largest: largest |change|. judged: how it compares with what it should be, None where it stands for no quantity.
        match: which quantity it stands for, None for none. expanded: whether a container's entries follow as rows.
    """

    path: str
    label: str
    depth: int
    kind: str
    shape: tuple[int, ...] = ()
    dtype: str = ""
    norm: float | None = None
    finite: bool = True
    text: str = ""
    entries: int = 0
    changed: int | None = None
    largest: float = float("nan")
    judged: Judgement | None = None
    match: Match | None = None
    expanded: bool = False


@dataclass(frozen=True)
class Inline:
    """What stands at a line's end: one thing that its statement wrote in this iteration.

    Attributes:
        name: `dWhh`, `hs[3]`. text: `(64,64) norm 3.21, 4096 changed`, or a number. wrong: relative error where it is
            wrong, None where it is right or not judged. judged: whether it was judged at all.
    """

    name: str
    text: str
    wrong: float | None = None
    judged: bool = False


@dataclass(frozen=True, eq=False)
class Moment:
    """What can be seen at one step.

    Attributes:
        here: where. rows: of the table of arrays. inline: by first line of a statement in `here.file`, what it wrote in this
            iteration. ran: first lines of the statements that this iteration executed, before the step or after it.
        loop_lines: first and last line of what `ran` is about; lines in it that did not run are drawn grey.
        stack: calls, innermost first. numbers: names that stand for numbers and texts. raised: what was raised here.
        error: why the values can't be read, in one sentence; empty where they can.
        written: paths of arrays that the step wrote, with other bits or the same.
    """

    here: Here
    rows: tuple[ArrayRow, ...] = ()
    inline: Mapping[int, tuple[Inline, ...]] = field(default_factory=dict)
    ran: frozenset[int] = frozenset()
    loop_lines: tuple[int, int] = (0, 0)
    stack: tuple[Call, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    raised: str = ""
    error: str = ""
    written: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Detail:
    """One array at one step, whole.

    Attributes:
        step, path: which. value: the array; None where it can't be had (`note` says why). before: as it was before the step,
            None where it was not there or of another shape. mask: which items the step changed.
        reference: what it should be, or None. increment: of a sum, (label, what this step added, what it should add) or None.
        judged: see `ArrayRow`. worst: index of the entry furthest from the reference, None without one.
        note: why there is no reference, or no value.
    """

    step: int
    path: str
    value: AnyArray | None = None
    before: AnyArray | None = None
    mask: AnyArray | None = None
    reference: Reference | None = None
    increment: tuple[str, AnyArray, AnyArray] | None = None
    judged: Judgement | None = None
    worst: tuple[int, ...] | None = None
    note: str = ""


@dataclass(frozen=True, eq=False)
class Origin:
    """Who wrote an element.

    Attributes:
        path, index, step: which element (index () for a number), seen from where. writes: all of them in time.
        last: the one whose value holds at `step`, None where it was not written yet. note: why nothing is known.
    """

    path: str
    index: tuple[int, ...]
    step: int
    writes: tuple[Write, ...] = ()
    last: Write | None = None
    note: str = ""


@dataclass(frozen=True)
class Breakpoint:
    """Where to stop: a condition as it is typed (see `rnn.recorder.conditions`).

    Attributes:
        text: the condition. enabled: whether it stops. log: an expression whose value at every hit is a column of the list of
            hits; empty for none.
    """

    text: str
    enabled: bool = True
    log: str = ""


@dataclass(frozen=True, eq=False)
class Hits:
    """Where a condition holds: steps (k,), ascending; values (k,) of its log expression; or why it makes no sense."""

    steps: AnyArray
    values: AnyArray | None = None
    problem: str = ""


@dataclass(frozen=True, eq=False)
class WhatIf:
    """What came of other values in one array.

    Attributes:
        path, step: which array, after which step. sentence: what became right, what stayed wrong. notes: what makes it
            doubtful. inherited, remaining, broken: names of quantities. recording: file of the second run. by: where the
            values came from, in words.
    """

    path: str
    step: int
    sentence: str
    by: str
    inherited: tuple[str, ...] = ()
    remaining: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    recording: str = ""
