"""A result with the causes of what is wrong in it: lines to blame, and what a diagnosis finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

from .cases import Case
from .checks import Progress
from .diagnose.subject import Runner
from .headline import why_sentence
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


def with_why(result: Inspection) -> Inspection:
    """A result that was diagnosed afterwards, whose last check says what came of it."""
    state, sentence = why_sentence(result, True)
    checks = [one for one in result.checks if one["name"] != "why"]
    return replace(result, checks=(*checks, {"name": "why", "state": state, "sentence": sentence, "details": []}))


def with_told(result: Inspection, findings: Sequence[Mapping[str, Any]], remarks: Iterable[str]) -> Inspection:
    """A result with the findings that a window or a session has, where there are some, and with remarks of the user's."""
    told = with_why(replace(result, findings=tuple(findings))) if findings else result
    return replace(told, notes=(*result.notes, *remarks))
