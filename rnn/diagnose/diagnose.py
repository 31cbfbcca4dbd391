"""diagnose: every search for a cause, each told as soon as it is known.

explain      which mistakes on the reference give the user's numbers
where        the first wrong line, where nobody looked yet
repair       which edit of the user's source makes every gradient right
made, right  at which steps the error is made, and what of the wrong gradients is right, and why
laws         what every correct step keeps to, and this one does not; the one search that needs no JAX
blind spots  mistakes that the user's own problem could not have shown

What edits the user's code, what works on its numbers and what reads a recording of it go side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ..cases import Case
from ..checks import takes_extra
from ..element import problem_of
from ..errors import InputError
from ..results import Inspection
from .explain import Explanation
from .finding import Finding
from .lanes import Ending, Tell, side_by_side
from .subject import Runner, Subject
from .work import STEPS, Progress, Work

LANES = (("repair",), ("explain", "made", "right", "laws", "blind_spots"), ("where",))
"""Parts that go one after the other, side by side with the others: what edits the code, works on numbers, reads a recording."""

PARTS = tuple(STEPS)


@dataclass(eq=False)
class Diagnosis:
    """What was found.

    Attributes:
        findings: in the order of `KINDS`. notes: sentences on what could not be sought. explanation: of `explain`.
    """

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    explanation: Explanation | None = None


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


def diagnose_case(
    result: Inspection, case: Case | None, runner: Runner | None, say: Progress, seconds: float | None = None,
    parts: Sequence[str] = PARTS, executor: Executor | None = None,
) -> tuple[Finding, ...]:  # fmt: skip
    """Findings about a result besides those that it has; see `diagnose`."""
    return tuple(diagnose(result, case, runner, say, seconds, parts, executor).findings)


def diagnose(
    result: Inspection, case: Case | None, runner: Runner | None, say: Progress, seconds: float | None = None,
    parts: Sequence[str] = PARTS, executor: Executor | None = None,
) -> Diagnosis:  # fmt: skip
    """Search for the cause of what is wrong in a result.

    Args:
        result: of `inspect_gradients`, or gradients that were read. case: the user's code; None where there is none.
        runner: runs the code. say: is told what is done, in this thread; one with a parameter `extra` is given
            `{"findings": [...]}`, all so far. What it raises ends the search, and all that was started for it.
        seconds: for each of the searches; by default 30 for explaining and 20 for repairing. parts: names of `PARTS`.
        executor: evaluates sets of mistakes, some hundred a task; without one processes are started where there is much to do.
    """
    ending = Ending()
    lines = list(result.findings)
    subject = replace(subject_of(result, case, runner), findings=lines, still=ending.still)
    work = Work(result, subject, lines, seconds, ending, executor)
    extra = takes_extra(say)
    if "explain" not in parts or not work.makes_sense("explain"):
        work.explained_first.set()

    def told(text: str, fraction: float | None, more: Mapping[str, Any] | None) -> None:
        if more is not None and extra:
            say(text, fraction, extra={"findings": work.findings()})
        else:
            say(text, fraction)

    cancel = getattr(runner, "cancel", None)
    with ending.calls(cancel or (lambda: None)):
        side_by_side([partial(_lane, work, [name for name in lane if name in parts]) for lane in LANES], told, ending)
    return Diagnosis(work.findings(), [*work.notes, *work.subject.notes], work.explanation)


def _lane(work: Work, names: Sequence[str], tell: Tell) -> None:
    """Some parts, one after the other."""
    for name in names:
        if not work.makes_sense(name):
            continue
        try:
            STEPS[name](work, tell)
        except InputError as error:
            work.notes.append(f"{name.replace('_', ' ')}: {error}")
        tell(TITLES[name], None, {})


TITLES = {
    "explain": "Looked for mistakes that give these numbers",
    "where": "Looked for the first wrong line",
    "repair": "Looked for an edit that makes it right",
    "made": "Looked at which steps the error is made",
    "right": "Looked at what is right",
    "laws": "Tried the laws of a backward pass",
    "blind_spots": "Looked for what this problem can't show",
}
