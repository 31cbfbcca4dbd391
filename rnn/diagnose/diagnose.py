"""diagnose: every search for a cause, in order, each told as soon as it is known.

explain      which mistakes on the reference give the user's numbers
repair       which edit of the user's source makes every gradient right
made, right  at which steps the error is made, and what of the wrong gradients is right, and why
laws         what every correct step keeps to, and this one does not; the one search that needs no JAX
blind spots  mistakes that the user's own problem could not have shown
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..cases import Case
from ..checks import FAILED, takes_extra
from ..element import problem_of
from ..errors import InputError
from ..headline import is_another_function, is_unknown_cell
from ..results import Inspection
from .blind_spots import blind_spots
from .explain import EXPLAINED, Explanation, explain, explain_findings
from .finding import EXPLAIN, KINDS, PURITY, SCALE, Finding, finding
from .laws import laws
from .made import made_findings
from .repair import repair
from .right import right_findings
from .subject import Runner, Subject

Progress = Callable[..., None]

EXPLAIN_S, REPAIR_S = 10.0, 20.0
"""Seconds that the two searches may take."""

PARTS = ("explain", "where", "repair", "made", "right", "laws", "blind_spots")


@dataclass(eq=False)
class Diagnosis:
    """What is known so far.

    Attributes:
        findings: in the order of `KINDS`. notes: sentences on what could not be sought. explanation: of `explain`.
    """

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    explanation: Explanation | None = None

    def add(self, more: Iterable[Finding]) -> None:
        """Findings more, each in its place."""
        kept = [*self.findings, *more]
        self.findings = sorted(kept, key=lambda one: KINDS.index(one["kind"]))


class _Telling:
    """Passes progress on, with all findings so far where the listener takes them."""

    def __init__(self, say: Progress, found: Diagnosis) -> None:
        self._say, self._found = say, found
        self._takes = takes_extra(say)

    def __call__(self, text: str, fraction: float | None, extra: Mapping[str, Any] | None = None) -> None:
        more = extra.get("finding") if extra else None
        if self._takes and more is not None:
            self._say(text, fraction, extra={"findings": [*self._found.findings, more]})
        else:
            self._say(text, fraction)

    def known(self, text: str) -> None:
        """Tell all findings so far."""
        if self._takes:
            self._say(text, None, extra={"findings": list(self._found.findings)})
        else:
            self._say(text, None)


def subject_of(result: Inspection, case: Case | None, runner: Runner | None) -> Subject:
    """What a result is about, as the searches want it.

    Args:
        result: with the arrays of both sides. case: the user's code, None where there are only gradients. runner: of the code.
    """
    names = list(result.arrays.names())
    values, reference = (
        {name.partition("/")[2]: result.arrays.read(name) for name in names if name.startswith(f"{side}/")}
        for side in ("hand", "reference")
    )
    own = case if case is not None and not case.built_in else None
    return Subject(problem_of(result), values, reference, own, runner if own is not None else None, result.findings)


def purity_findings(result: Inspection) -> list[dict[str, Any]]:
    """What the check of purity found, as findings."""
    for check in result.checks:
        if check["name"] == "pure" and check["state"] == FAILED:
            return [finding(PURITY, str(line), certain=True) for line in check["details"] or [check["sentence"]]]
    return []


def diagnose_case(
    result: Inspection, case: Case | None, runner: Runner | None, say: Progress, seconds: float | None = None,
    parts: Sequence[str] = PARTS,
) -> tuple[Finding, ...]:  # fmt: skip
    """Findings about a result besides those that it has; see `diagnose`."""
    return tuple(diagnose(result, case, runner, say, seconds, parts).findings)


def diagnose(
    result: Inspection, case: Case | None, runner: Runner | None, say: Progress, seconds: float | None = None,
    parts: Sequence[str] = PARTS,
) -> Diagnosis:  # fmt: skip
    """Search for the cause of what is wrong in a result.

    Args:
        result: of `inspect_gradients`, or gradients that were read. case: the user's code; None where there is none.
        runner: runs the code. say: is told what is done; one with a parameter `extra` is given `{"findings": [...]}`,
            all so far. What it raises ends the search.
        seconds: for both searches together; by default 10 for explaining and 20 for repairing. parts: names of `PARTS`.
    """
    found = Diagnosis()
    work = _Work(result, subject_of(result, case, runner), _Telling(say, found), found, seconds)
    found.add(purity_findings(result))
    for name in PARTS:
        if name not in parts or not work.makes_sense(name):
            continue
        try:
            STEPS[name](work)
        except InputError as error:
            found.notes.append(f"{name.replace('_', ' ')}: {error}")
        work.tell.known(TITLES[name])
    found.notes += work.subject.notes
    return found


@dataclass(eq=False)
class _Work:
    """What the steps of a diagnosis share."""

    result: Inspection
    subject: Subject
    tell: _Telling
    found: Diagnosis
    seconds: float | None

    def makes_sense(self, name: str) -> bool:
        """Whether a part has anything to look for here."""
        wrong, known = self.result.verdict == "differ", not is_unknown_cell(self.result)
        if name == "blind_spots":
            return known
        if name == "laws":
            return self.subject.can_run and (wrong or not known)
        runs = name not in ("where", "repair") or self.subject.can_run
        return wrong and known and runs and not is_another_function(self.result)


def _explain(work: _Work) -> None:
    found, subject = work.found, work.subject
    found.explanation = explain(subject, work.tell, EXPLAIN_S if work.seconds is None else work.seconds / 3)
    if found.explanation.note and found.explanation.view is None:
        found.notes.append(f"mistakes were not sought: {found.explanation.note}")
    found.add(explain_findings(found.explanation, subject.case, subject.findings))


def _where(work: _Work) -> None:
    """Lines to blame; what was explained is told again with its line."""
    from ..blaming import Recorder, locate

    subject, found = work.subject, work.found
    if any(one["kind"] == "blame" for one in subject.findings) or not isinstance(subject.runner, Recorder):
        return
    assert subject.case is not None
    work.tell("Looking for the first wrong line", None)
    told = locate(subject.problem, subject.case, subject.runner).findings()
    work.subject = replace(subject, findings=(*subject.findings, *told))
    found.add(told)
    if found.explanation is not None:
        found.findings = [one for one in found.findings if one["kind"] not in (EXPLAIN, SCALE)]
        found.add(explain_findings(found.explanation, subject.case, work.subject.findings))


def _repair(work: _Work) -> None:
    subject, found = work.subject, work.found
    started = time.monotonic()
    made = repair(subject, work.tell, REPAIR_S if work.seconds is None else 2 * work.seconds / 3)
    if not made and not subject.notes:
        subject.notes.append(f"no repair was found within {time.monotonic() - started:.0f} s")
    found.add(made)
    found.findings = [_with_line(one, made) for one in found.findings]


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


def _made(work: _Work) -> None:
    work.found.add(made_findings(work.subject.problem, work.subject.values))


def _right(work: _Work) -> None:
    known = work.found.explanation
    edits = known.edits if known is not None and known.status == EXPLAINED else None
    with np.errstate(all="ignore"):
        work.found.add(right_findings(work.subject.problem, work.subject.values, edits))


def _laws(work: _Work) -> None:
    work.found.add(laws(work.subject, work.tell))


def _blind_spots(work: _Work) -> None:
    subject = work.subject
    returned = [name for name in subject.values if name in subject.reference]
    work.found.add(blind_spots(subject.problem, returned, subject.case))


STEPS: Mapping[str, Callable[[_Work], None]] = {
    "explain": _explain,
    "where": _where,
    "repair": _repair,
    "made": _made,
    "right": _right,
    "laws": _laws,
    "blind_spots": _blind_spots,
}
"""What is done in each part."""

TITLES = {
    "explain": "Looked for mistakes that give these numbers",
    "where": "Looked for the first wrong line",
    "repair": "Looked for an edit that makes it right",
    "made": "Looked at which steps the error is made",
    "right": "Looked at what is right",
    "laws": "Tried the laws of a backward pass",
    "blind_spots": "Looked for what this problem can't show",
}
