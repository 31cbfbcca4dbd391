"""The process in which `rnn.testing` checks a case: reads a request from a folder, leaves answer and result there."""

from __future__ import annotations

import json
import os
import shlex
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .cases import Case, read_case
from .causes import diagnosed
from .errors import InputError
from .finding_lines import finding_lines, problem_line
from .inspection import inspect_gradients
from .jobs import JobFailure, JobRunner
from .jobs.limits import limits_of
from .results import Inspection
from .saving import save_inspection
from .settings import ProblemSettings
from .settings_for import random_problems, settings_for

TOLD = frozenset({"purity", "forward", "explain", "scale", "repair", "blame", "made"})
"""Kinds of findings that a failing test tells: causes and places; what is right, laws and blind spots are left to `diagnose`."""

WORST = ("agree", "undecided", "differ")


def _settings(case: Case, given: Mapping[str, Any]) -> ProblemSettings:
    """The case's own settings with those that the test names; what the code dictates can't be changed."""
    preset = settings_for(case)
    wanted = ProblemSettings.from_json({**preset.to_json(), **given})
    return settings_for(case, wanted) if given else preset


def _results(case: Case, settings: ProblemSettings, count: int, runner: JobRunner) -> Iterator[Inspection]:
    """A result a problem; the first that differs is the last, as nothing more is needed."""
    for number, one in enumerate(random_problems(settings, count)):
        result = inspect_gradients(one, case, runner, blame=True, pure=not number)
        yield result
        if result.verdict == "differ":
            return


def _table(result: Inspection) -> list[str]:
    """A line for each gradient that is not right."""
    wrong = [report for report in result.reports() if report.wrong or report.verdict == "undecided"]
    lines = []
    for report in wrong:
        size = f", {report.ratio:.3g} x the rounding noise" if report.verdict not in ("shape", "nonfinite") else ""
        worst = "" if report.worst_index is None else f", worst at [{', '.join(map(str, report.worst_index))}]"
        note = f": {report.note}" if report.note else ""
        lines.append(f"    {report.name} {report.verdict}{size}{worst}{note}")
    return lines


def message_of(result: Inspection, path: Path, changed: Mapping[str, Any], count: int, number: int) -> str:
    """What a test that fails says.

    Args:
        result: of the problem that does not agree. path: of the case. changed: settings that the test names.
        count, number: of how many problems it is which, from 0.
    """
    which = f" (problem {number + 1} of {count})" if count > 1 else ""
    lines = [f"{path.name}: {result.headline}", problem_line(result.problem) + which]
    lines += [
        f"{one['name']}: {one['sentence']}"
        for one in result.checks
        if one["state"] == "failed" and one["name"] == "pure"
    ]
    lines += _table(result)
    lines += [line for _, line in finding_lines([one for one in result.findings if one["kind"] in TOLD])]
    lines += [f"note: {note}" for note in result.notes]
    kept = f" with {', '.join(f'{name}={value!r}' for name, value in changed.items())}" if changed else ""
    return "\n".join([*lines, f"To look into it{kept}: bptt-inspector open {shlex.quote(str(path))}"])


def _failure(error: JobFailure) -> str:
    """What is said of code that could not be run to its end."""
    parts: Sequence[str] = [str(error), *error.moment, str(error.details), str(error.output)[-2000:]]
    return "\n".join(part for part in parts if part)


def answer_to(request: Mapping[str, Any], place: Path) -> dict[str, Any]:
    """Check what is asked for; the first problem's result goes into the folder where all agree."""
    path, count = Path(str(request["case"])), int(request["problems"])
    limit = request.get("time_limit")
    try:
        case = read_case(path)
        settings = _settings(case, request["settings"])
        with JobRunner(limits_of(**({} if limit is None else {"seconds": float(limit)}))) as runner:
            results = list(_results(case, settings, count, runner))
            worst = max(results, key=lambda result: WORST.index(result.verdict))
            if worst.verdict == "agree":
                save_inspection(results[0], place / "result.bptt")
                return {"state": "agree", "message": worst.headline}
            number = results.index(worst)
            seconds = float(request["why_seconds"])
            if worst.verdict == "differ" and seconds:
                worst = diagnosed(worst, case, runner, lambda text, fraction: None, seconds=seconds)
            return {"state": "failed", "message": message_of(worst, path, request["settings"], count, number)}
    except JobFailure as error:
        return {"state": "failed", "message": _failure(error)}
    except InputError as error:
        return {"state": "input", "message": str(error)}


def _end_with_parent() -> None:
    """End this process when the one of the tests is gone: its end of the pipe closes."""
    sys.stdin.buffer.read()
    os._exit(1)


def main() -> None:
    """Answer the request in the folder that the command line names."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    place = Path(sys.argv[1])
    request = json.loads((place / "request.json").read_text(encoding="utf-8"))
    answer = answer_to(request, place)
    partial = place / "answer.partial"
    partial.write_text(json.dumps(answer), encoding="utf-8")
    partial.rename(place / "answer.json")
