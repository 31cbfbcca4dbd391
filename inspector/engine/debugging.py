"""What the engine does for the debugger: record a case, ask JAX about a recording, run again with other values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn.errors import InputError

if TYPE_CHECKING:
    from inspector.engine.messages import Submit
    from inspector.engine.work import Answered, Say
    from rnn.blame.quantities import Truth
    from rnn.cases import Case
    from rnn.jobs import JobRunner
    from rnn.recorder import Recording


def record(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Record a case; code that raises leaves a recording all the same, and a sentence."""
    from rnn.build import build
    from rnn.cases import read_case
    from rnn.recorder import RecordingLimits
    from rnn.settings import ProblemSettings

    path = Path(str(request.extra["path"]))
    case = read_case(Path(request.case_path)) if request.case_path else None
    problem = build(ProblemSettings.from_json(dict(request.settings)), runner)
    limits = RecordingLimits(**dict(request.extra.get("limits") or {}))
    say("Recording", None, {"recording": str(path)})
    made = runner.record(case, problem, path, limits)
    found: dict[str, Any] = {"steps": made.steps, "ended": made.ended}
    if made.failure is not None:
        found["failure"] = str(made.failure)
        found |= {name: getattr(made.failure, name, "") for name in ("details", "file")}
        found["line"] = getattr(made.failure, "line", 0) or None
    return str(path), found


def beside(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """JAX's values beside a recording, and the lines to blame; a sentence where there is no reference."""
    from rnn.recorder import Recording

    recording = Recording(Path(str(request.extra["recording"])))
    try:
        return _beside(recording, request, runner, say)
    except InputError as error:
        return "", {"note": str(error)}
    finally:
        recording.close()


def _beside(recording: Recording, request: Submit, runner: JobRunner, say: Say) -> Answered:
    from rnn import oracle
    from rnn.beside import make_beside, save_beside
    from rnn.blame.quantities import Truth
    from rnn.cases.matches import keep_match, said_matches
    from rnn.whatif import recorded_case

    say("Asking JAX", None)
    case, problem = recorded_case(recording, runner)
    match = request.extra.get("match")
    if match and case is not None and not case.built_in:
        keep_match(case, str(match[0]), str(match[1]))
    truth = Truth(problem, *oracle.reference(problem))
    said = {} if case is None or case.built_in else said_matches(case)
    made = make_beside(recording, truth, case, said=said, say=say)
    findings, note = _blamed(recording, truth, case, runner if request.extra.get("may_run") else None, say)
    path = Path(str(request.extra["path"]))
    save_beside(replace(made, findings=findings, note=note), path)
    return str(path), {}


def _blamed(
    recording: Recording, truth: Truth, case: Case | None, runner: JobRunner | None, say: Say
) -> tuple[tuple[Mapping[str, Any], ...], str]:
    """Lines to blame and facts; on a problem too large to be searched, of a small one, where the code may be run."""
    from rnn.blaming import examine, is_small, locate

    if case is None or case.built_in or not recording.tables.ended or recording.tables.ended[0] != "returned":
        return (), ""
    say("Looking for the first wrong line", None)
    if is_small(truth.problem):
        located = examine(recording, truth, case)
    elif runner is None:
        return (), "the recorded problem is too large to be searched; record the case here, and a small one is tried"
    else:
        located = locate(truth.problem, case, runner)
    return located.findings(), located.note


def _edited(values: Mapping[str, float], was: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An array with other numbers at some places (`3,4`)."""
    made = np.array(was)
    for place, value in values.items():
        made[tuple(int(part) for part in place.split(",") if part)] = value
    return made


def what_if(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Run a recorded case again with other values in one array; the second run is recorded, too."""
    from rnn.beside import load_beside
    from rnn.recorder import Recording
    from rnn.whatif import recorded_case
    from rnn.whatif import what_if as run_again

    extra = request.extra
    recording = Recording(Path(str(extra["recording"])))
    step, array, values = int(extra["step"]), str(extra["array"]), extra.get("values")
    try:
        case, problem = recorded_case(recording, runner)
        if values is None:
            found = load_beside(Path(str(extra["beside"]))).reference(recording, array, step, int(extra["frame"]))
            by, value = f"JAX's {found.label}", found.value

            def replaced(was: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
                return np.asarray(value, was.dtype)
        else:
            by = "your own values"

            def replaced(was: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
                return _edited(values, was)

        say("Running again", None)
        target = Path(str(extra["path"]))
        told = run_again(runner, case, problem, recording, step, array, replaced, into=target)
    finally:
        recording.close()
    names = {name: list(getattr(told, name)) for name in ("inherited", "remaining", "broken", "notes")}
    return str(target), {"path": array, "step": step, "sentence": told.words(), "by": by, **names}
