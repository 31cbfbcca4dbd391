"""Session: everything a session file holds, as plain records; arrays and recordings stay in the files they are read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FORMAT = (1, 0)
"""Major and minor version. A newer minor one adds fields, which are kept when the session is saved again; a session of a
newer major one is only read."""

LABEL = b"SESSION"
"""Stands behind the magic of the container, so that a session is told from a result by its first bytes."""

KIND = "session"

CELL, LINE = "cell", "line"
"""What a note is about."""


@dataclass(frozen=True)
class Note:
    """A note of the user's on an element of a quantity, or on a line of source.

    Attributes:
        kind: `cell` or `line`. text: of the note.
        quantity, index: of a cell: `dW_hh` and the element's index into its array.
        file, line: of a line: path of its file and number, from 1. code: the line's text when the note was made.
        made: when, as ISO 8601.
    """

    kind: str
    text: str
    quantity: str = ""
    index: tuple[int, ...] = ()
    file: str = ""
    line: int = 0
    code: str = ""
    made: str = ""

    @property
    def key(self) -> tuple[Any, ...]:
        """What it is about: there is one note for each."""
        return (self.kind, self.quantity, self.index, self.file, self.line)

    @property
    def sentence(self) -> str:
        """What it is about and says, on one line."""
        name = self.file.replace("\\", "/").rpartition("/")[2]
        about = f"{self.quantity}{list(self.index)}" if self.kind == CELL else f"{name}, line {self.line}"
        return f"Your note on {about}: {' '.join(self.text.split())}"


@dataclass(frozen=True)
class KeptSource:
    """A source file: its path where it was saved, that path as seen from the session file, SHA-256 and text."""

    path: str
    text: str
    sha256: str = ""
    relative: str = ""


@dataclass(frozen=True)
class KeptCase:
    """The case that was checked.

    Attributes:
        name: an example's name, or the path as the user gave it. path: of its file. relative: as seen from the session file.
        sha256: of the file. title, declared: what the window shows. fixed: settings that its code dictates.
        built_in: whether it has no code of its own. sources: its file, and those that it imports, as far as they are known.
    """

    name: str
    path: str
    sha256: str = ""
    relative: str = ""
    title: str = ""
    declared: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    built_in: bool = False
    sources: tuple[KeptSource, ...] = ()


@dataclass(frozen=True)
class KeptResult:
    """A result.

    Attributes:
        file: where it is read from, as `rnn.inspection.load_inspection` takes it. stale: whether the code has changed since.
    """

    file: str
    stale: bool = False


@dataclass(frozen=True)
class KeptRecording:
    """A recording and where the user stood in it.

    Attributes:
        file: as `rnn.recorder.Recording` takes it. beside: JAX's values for it, empty for none; note: why there are none.
        of_problem: whether it is of the session's problem. step: where the user stood. array: path of the selected array.
        visits, place: visited steps, and which of them is the present one. notes: on moments, by step.
    """

    file: str
    beside: str = ""
    note: str = ""
    of_problem: bool = False
    step: int = 0
    array: str = ""
    visits: tuple[int, ...] = ()
    place: int = -1
    notes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class KeptBreakpoint:
    """A breakpoint: its condition, whether it stops, and an expression to note at every hit."""

    text: str
    enabled: bool = True
    log: str = ""


@dataclass(frozen=True)
class KeptRun:
    """An earlier run: what it found, as `inspector.verdict_history.Verdict` has it; `result` as `KeptResult.file`, or empty."""

    number: int
    at: str
    path: str
    verdict: str
    files: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] | None = None
    wrong: tuple[str, ...] = ()
    compared: int = 0
    quantity: str = ""
    t: int | None = None
    headline: str = ""
    result: str = ""
    changes: str = ""
    runs: int = 1


@dataclass(frozen=True)
class Session:
    """What a session file holds.

    Attributes:
        settings: `ProblemSettings` as JSON. case: None for the program's own BPTT.
        result: the shown one, or None. recordings: open ones. runs: earlier runs of the code, oldest first.
        findings: why it is wrong, as far as it was `searched`. notes, breakpoints: the user's.
        matches: which array of the code stands for which quantity, as the user said.
        window: selection, view, page and layout; only the window reads it.
        saved: when, as ISO 8601. program: versions of the program and its libraries.
        unknown: fields of a newer version, kept.
        problems: what could not be read, in sentences. read_only: why it can't be saved again, or empty. Both are not saved.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    case: KeptCase | None = None
    result: KeptResult | None = None
    recordings: tuple[KeptRecording, ...] = ()
    runs: tuple[KeptRun, ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()
    searched: bool = False
    notes: tuple[Note, ...] = ()
    breakpoints: tuple[KeptBreakpoint, ...] = ()
    matches: Mapping[str, str] = field(default_factory=dict)
    window: Mapping[str, Any] = field(default_factory=dict)
    saved: str = ""
    program: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    read_only: str = ""


NOT_SAVED = ("unknown", "problems", "read_only")
