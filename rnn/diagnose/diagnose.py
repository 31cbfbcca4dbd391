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
from dataclasses import dataclass, field
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
from .finding import KINDS, PURITY, Finding, finding
from .laws import laws
from .made import made_findings
from .repair import repair
from .right import right_findings
from .subject import Runner, Subject

Progress = Callable[..., None]

EXPLAIN_S, REPAIR_S = 10.0, 20.0
"""Seconds that the two searches may take."""

PARTS = ("explain", "repair", "made", "right", "laws", "blind_spots")


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
    tell = _Telling(say, found)
    subject = subject_of(result, case, runner)
    found.add(purity_findings(result))
    wrong = result.verdict == "differ"
    alien = is_another_function(result)
    steps: dict[str, Callable[[], Iterable[Finding]]] = {
        "explain": lambda: _explained(subject, tell, found, seconds) if wrong and not _unknown(result) else (),
        "repair": lambda: (
            _repaired(subject, tell, seconds) if wrong and subject.can_run and not _unknown(result) else ()
        ),
        "made": lambda: made_findings(subject.problem, subject.values) if wrong and not _unknown(result) else (),
        "right": lambda: _right(subject, found) if wrong and not _unknown(result) else (),
        "laws": lambda: laws(subject, tell) if subject.can_run and (wrong or is_unknown_cell(result)) else (),
        "blind_spots": lambda: _blind(subject, result) if not _unknown(result) else (),
    }
    for name in PARTS:
        if name not in parts or (alien and name in ("explain", "repair", "made", "right")):
            continue
        try:
            found.add(steps[name]())
        except InputError as error:
            found.notes.append(f"{name.replace('_', ' ')}: {error}")
        tell.known(TITLES[name])
    found.notes += subject.notes
    return found


TITLES = {
    "explain": "Looked for mistakes that give these numbers",
    "repair": "Looked for an edit that makes it right",
    "made": "Looked at which steps the error is made",
    "right": "Looked at what is right",
    "laws": "Tried the laws of a backward pass",
    "blind_spots": "Looked for what this problem can't show",
}


def _unknown(result: Inspection) -> bool:
    return is_unknown_cell(result)


def _explained(subject: Subject, tell: _Telling, found: Diagnosis, seconds: float | None) -> Iterable[Finding]:
    limit = EXPLAIN_S if seconds is None else seconds / 3
    found.explanation = explain(subject, tell, limit)
    if found.explanation.note and found.explanation.view is None:
        found.notes.append(f"mistakes were not sought: {found.explanation.note}")
    return explain_findings(found.explanation, subject.case, subject.findings)


def _repaired(subject: Subject, tell: _Telling, seconds: float | None) -> Iterable[Finding]:
    started = time.monotonic()
    limit = REPAIR_S if seconds is None else 2 * seconds / 3
    made = repair(subject, tell, limit)
    if not made and not subject.notes:
        subject.notes.append(f"no repair was found within {time.monotonic() - started:.0f} s")
    return made


def _right(subject: Subject, found: Diagnosis) -> Iterable[Finding]:
    known = found.explanation
    edits = known.edits if known is not None and known.status == EXPLAINED else None
    with np.errstate(all="ignore"):
        return right_findings(subject.problem, subject.values, edits)


def _blind(subject: Subject, result: Inspection) -> Iterable[Finding]:
    returned = [name for name in subject.values if name in subject.reference]
    return blind_spots(subject.problem, returned, subject.case)
