"""A result with the causes of what is wrong in it: lines to blame, and what a diagnosis finds."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace

from .cases import Case
from .checks import Progress
from .diagnose.subject import Runner
from .problem import Problem
from .results import Inspection


def blamed(result: Inspection, problem: Problem, case: Case, runner: Runner | None) -> Inspection:
    """The result with what is known about the lines that are to blame."""
    from .blaming import Recorder, locate

    if not isinstance(runner, Recorder):
        return result
    located = locate(problem, case, runner)
    notes = (*result.notes, located.note) if located.note else result.notes
    return replace(result, findings=(*result.findings, *located.findings()), notes=notes)


CHECKED = ("blame", "dynamic", "forward")
"""Kinds of findings of a check, which a diagnosis adds to; the others it makes anew."""


def diagnosed(
    result: Inspection,
    case: Case | None,
    runner: Runner | None,
    say: Progress,
    executor: Executor | None = None,
    seconds: float | None = None,
) -> Inspection:
    """The result with what a diagnosis finds, before the lines to blame; the arguments are those of `diagnose`."""
    from .diagnose.diagnose import diagnose

    made = diagnose(result, case, runner, say, seconds, executor=executor)
    known = [one for one in result.findings if one["kind"] in CHECKED]
    return replace(result, findings=(*made.findings, *known), notes=(*result.notes, *made.notes))
