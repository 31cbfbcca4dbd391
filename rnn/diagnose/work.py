"""Work: the parts of a diagnosis, what they share, and how what they find is put together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np

from ..checks import FAILED
from ..headline import is_another_function, is_unknown_cell
from ..noise import Noise, measure
from ..results import Inspection
from .blind_spots import blind_spots
from .explain import EXPLAINED, Explanation, Spread, explain, explain_findings
from .finding import EXPLAIN, KINDS, PURITY, SCALE, Finding, finding
from .lanes import Ending, Tell
from .laws import laws
from .made import made_findings
from .repair import in_jobs, repair
from .right import right_findings
from .subject import Subject

Progress = Callable[..., None]

HEAD_START_S = 1.0
"""So long reading a recording, which takes seconds for an LSTM, waits for what is mostly known sooner."""

EXPLAIN_S, REPAIR_S = 30.0, 20.0
"""Seconds that the two searches may take; they go on at the same time."""


@dataclass(eq=False)
class Work:
    """What the parts of a diagnosis share; they may run in several threads.

    Attributes:
        result: that is looked at. subject: the same as the searches want it.
        lines: findings of the subject, which grow by the lines that `where` blames: a repair that is still sought looks there.
        seconds: for each search. ending: of all. executor: for sets of mistakes.
        explanation: of the part `explain`. notes: on what could not be sought.
        explained_first: set when `explain` is over, or is not wanted; `where` lets it go first.
    """

    result: Inspection
    subject: Subject
    lines: list[Finding]
    seconds: float | None
    ending: Ending
    executor: Executor | None = None
    explanation: Explanation | None = None
    notes: list[str] = field(default_factory=list)
    explained_first: threading.Event = field(default_factory=threading.Event)
    _known: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    _explaining: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def noise(self) -> Noise:
        """Of the problem, measured once: on a large one that takes seconds."""
        return measure(self.subject.problem)

    def makes_sense(self, name: str) -> bool:
        """Whether a part has anything to look for here."""
        wrong, known = self.result.verdict == "differ", not is_unknown_cell(self.result)
        if name == "blind_spots":
            return known
        if name == "laws":
            return self.subject.can_run and (wrong or not known)
        runs = name not in ("where", "repair") or self.subject.can_run
        return wrong and known and runs and not is_another_function(self.result)

    def keep(self, part: str, found: Iterable[Finding]) -> None:
        """What a part has found, in place of what it had found before."""
        self._known[part] = tuple(found)

    def explained(self) -> None:
        """Tell the explanation in words, with its line where one is known by now."""
        with self._explaining:
            if self.explanation is not None:
                self.keep("explain", explain_findings(self.explanation, self.subject.case, self.subject.findings))

    def findings(self) -> list[Finding]:
        """All findings so far, in the order of `KINDS`."""
        known = dict(self._known)
        repairs = known.get("repair", ())
        known["explain"] = tuple(_with_line(one, repairs) for one in known.get("explain", ()))
        every = [*purity_findings(self.result), *(one for name in STEPS for one in known.get(name, ()))]
        return sorted(every, key=lambda one: KINDS.index(one["kind"]))


def purity_findings(result: Inspection) -> list[dict[str, Any]]:
    """What the check of purity found, as findings."""
    for check in result.checks:
        if check["name"] == "pure" and check["state"] == FAILED:
            return [finding(PURITY, str(line), certain=True) for line in check["details"] or [check["sentence"]]]
    return []


def _with_line(one: Finding, repairs: Sequence[Finding]) -> Finding:
    """Mistakes stand where their repair is made: all of one kind at its one line, of several the one whose line is not known."""
    if one["kind"] not in (EXPLAIN, SCALE) or not repairs:
        return one
    places = {(edit["file"], edit["line"]) for edit in repairs[0]["edits"]}
    told = one["mistakes"]
    if len({mistake["id"] for mistake in told}) > 1:
        taken = {(mistake.get("file"), mistake.get("line")) for mistake in told}
        if len(places) != len(told) or len(places - taken) != 1:
            return one
        places -= taken
        told = [mistake for mistake in told if "line" not in mistake]
    if len(places) != 1 or not told:
        return one
    file, line = places.pop()
    placed = [{**mistake, "file": file, "line": line} if mistake in told else mistake for mistake in one["mistakes"]]
    first = {name: placed[0][name] for name in ("file", "line") if name in placed[0]}
    return {**one, **first, "mistakes": placed}


# The parts


def _explain(work: Work, tell: Tell) -> None:
    try:
        with Spread(work.executor) as spread, work.ending.calls(spread.end):
            found = explain(work.subject, tell, EXPLAIN_S if work.seconds is None else work.seconds, spread)
    finally:
        work.explained_first.set()
    if found.note and found.view is None:
        work.notes.append(f"mistakes were not sought: {found.note}")
    work.explanation = found
    work.explained()


def _where(work: Work, tell: Tell) -> None:
    """Lines to blame; what was explained is told again with its line."""
    from ..blaming import Recorder, locate

    subject = work.subject
    if any(one["kind"] == "blame" for one in subject.findings) or not isinstance(subject.runner, Recorder):
        return
    assert subject.case is not None
    tell("Looking for the first wrong line", None)
    with work.ending.calls(work.explained_first.set):
        work.explained_first.wait(HEAD_START_S)
    work.ending.still()
    told = locate(subject.problem, subject.case, subject.runner).findings()
    work.lines.extend(told)
    work.keep("where", told)
    work.explained()


def _repair(work: Work, tell: Tell) -> None:
    subject, started = work.subject, time.monotonic()

    def told(text: str, fraction: float | None, extra: Mapping[str, Any] | None = None) -> None:
        if extra is not None:
            work.keep("repair", [extra["finding"]])
        tell(text, fraction, extra)

    seconds = REPAIR_S if work.seconds is None else work.seconds
    made = repair(subject, told, seconds, make_trier=partial(in_jobs, ending=work.ending))
    if not made and not subject.notes:
        subject.notes.append(f"no repair was found within {time.monotonic() - started:.0f} s")
    work.keep("repair", made)


def _made(work: Work, tell: Tell) -> None:
    work.keep("made", made_findings(work.subject.problem, work.subject.values, work.noise))


def _right(work: Work, tell: Tell) -> None:
    known = work.explanation
    edits = known.edits if known is not None and known.status == EXPLAINED else None
    with np.errstate(all="ignore"):
        work.keep("right", right_findings(work.subject.problem, work.subject.values, edits, work.noise))


def _laws(work: Work, tell: Tell) -> None:
    work.keep("laws", laws(work.subject, tell))


def _blind_spots(work: Work, tell: Tell) -> None:
    subject = work.subject
    returned = [name for name in subject.values if name in subject.reference]

    def tick() -> None:
        tell("Looking for what this problem can't show", None)

    work.keep("blind_spots", blind_spots(subject.problem, returned, subject.case, tick=tick))


STEPS: Mapping[str, Callable[[Work, Tell], None]] = {
    "explain": _explain,
    "where": _where,
    "repair": _repair,
    "made": _made,
    "right": _right,
    "laws": _laws,
    "blind_spots": _blind_spots,
}
"""What is done in each part."""
