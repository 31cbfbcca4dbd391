"""What the engine does about a wrong result: search for the cause, run a repair, write a minimal case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.reports import plain

if TYPE_CHECKING:
    from inspector.engine.messages import Submit
    from inspector.engine.work import Answered, Say
    from rnn.cases import Case
    from rnn.diagnose.finding import Finding
    from rnn.diagnose.subject import Subject
    from rnn.jobs import JobRunner
    from rnn.results import Inspection

NOT_WRITTEN = "repaired, not written"


def _result(request: Submit) -> Inspection:
    from rnn.inspection import load_inspection

    return load_inspection(Path(str(request.extra["result"])))


def _case(request: Submit) -> Case | None:
    from rnn.cases import read_case

    return read_case(Path(request.case_path)) if request.case_path else None


def as_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as a message carries them."""
    return [dict(plain(one)) for one in findings]


def diagnose(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Search for the cause of a wrong result; without a case only its numbers are used."""
    from rnn.diagnose.diagnose import diagnose_case

    def told(text: str, fraction: float | None = None, extra: Mapping[str, Any] | None = None) -> None:
        say(text, fraction, {"findings": as_json(extra["findings"])} if extra and "findings" in extra else None)

    told("Looking for the cause")
    found = diagnose_case(_result(request), _case(request), runner, told)
    return "", {"findings": as_json(found)}


def repaired(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Check a case with edits that stand in no file, and write the result file that `extra` names."""
    from rnn.cases.edited import SourceEdit
    from rnn.inspection import inspect_gradients, save_inspection
    from rnn.jobs import EditedRunner
    from rnn.settings import ProblemSettings

    settings, target = ProblemSettings.from_json(dict(request.settings)), Path(str(request.extra["path"]))
    edits: Iterable[Mapping[str, Any]] = request.extra["edits"]
    made = tuple(SourceEdit(str(one["file"]), int(one["start"]), int(one["end"]), str(one["now"])) for one in edits)
    with EditedRunner(runner, made) as edited:
        result = inspect_gradients(settings, request.case_path, edited, say, blame=False)
    say("Storing the result", None)
    save_inspection(replace(result, case=f"{result.case} ({NOT_WRITTEN})"), target)
    return str(target), {}


def subject_of(result: Inspection, case: Case | None, runner: JobRunner) -> Subject:
    """What the searches start from, read from a result."""
    from rnn.diagnose.subject import Subject
    from rnn.element import problem_of

    sides: dict[str, dict[str, Any]] = {"hand": {}, "handtrace": {}, "reference": {}}
    for path in result.arrays.names():
        side, _, name = path.partition("/")
        if side in sides:
            sides[side][name] = result.arrays.read(path)
    values = {**sides["handtrace"], **sides["hand"]}
    return Subject(problem_of(result), values, sides["reference"], case, runner if case else None, result.findings)


def minimal(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Shrink the case while what is wrong stays wrong, and write it into the folder `folder` as files of its own."""
    from rnn.diagnose.minimal import write_minimal

    folder = Path(str(request.extra["folder"]))
    say("Making the case smaller", None)
    subject = subject_of(_result(request), _case(request), runner)
    files = write_minimal(subject, folder, say)
    return str(folder), {"files": [str(path) for path in files], "notes": list(subject.notes)}
