"""Recording a case in a job: a fresh process each time, whose recording stands however it ends."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from ..cases import Case, RecordedCase
from ..container import DTYPES, MAGIC
from ..errors import InputError
from ..problem import Problem
from ..recorder import Recording, RecordingLimits
from ..recorder.change import Change
from ..recorder.summary import place
from .frames import Frame
from .job import Job, JobFailure
from .limits import Limits
from .requests import Asked, case_facts, case_request, case_result

GRACE_S = 5.0
"""A job is killed when it is this late, seconds: stuck inside a library, it can't look at the clock."""


def job_limits(limits: Limits, recording: RecordingLimits) -> Limits:
    """A job's limits, with room for a recording."""
    room = None if limits.file_bytes is None else max(limits.file_bytes, 2 * recording.bytes)
    return replace(limits, file_bytes=room)


def check_place(path: Path) -> bool:
    """Whether a recording can be written to a path; raises `InputError` where not, returns whether a file is there.

    An old recording is written over; any other file is not.
    """
    try:
        old = path.exists()
        if old and not path.is_file():
            raise InputError(f"{path} is no ordinary file; choose another place for the recording")
        with path.open("ab"):
            pass
        if old and path.stat().st_size:
            with path.open("rb") as stream:
                if stream.read(len(MAGIC)) != MAGIC:
                    raise InputError(f"{path} is there already and is no recording; choose another name")
        return old
    except OSError as error:
        raise InputError(f"{path} could not be written: {error.strerror or error}; choose another place") from error


def check_limits(limits: RecordingLimits) -> None:
    """Raises `InputError` for limits that leave no room for anything."""
    for name, value, least in (("steps", limits.steps, 1), ("seconds", limits.seconds, 0), ("bytes", limits.bytes, 1)):
        if not value >= least or value != value or (name == "seconds" and not value):
            raise InputError(f"the limit of {name} is {value}; expected a number above 0")


def _asked(case: Case | None, problem: Problem, path: Path, limits: RecordingLimits, functions: str) -> Asked:
    header, arrays = case_request(case, problem)
    header |= {
        "operation": "record_case",
        "recording": str(path),
        "limits": asdict(limits),
        "functions": functions,
        "extra": {"case": case_facts(header, case, problem, functions)},
    }
    return header, arrays


def _with_change(asked: Asked, change: Change | None) -> Asked:
    header, arrays = asked
    if change is None:
        return header, arrays
    if change.value.dtype.newbyteorder("<").str not in DTYPES:
        raise InputError(f"the values for {change.path} are {change.value.dtype}; expected whole or floating numbers")
    said = {"step": change.step, "path": change.path}
    return {**header, "change": said}, {**arrays, "change": np.ascontiguousarray(change.value)}


def _failed(path: Path, failure: JobFailure) -> RecordedCase:
    """A run that did not return: its recording up to there, and a sentence that says where that is."""
    try:
        recording = Recording(path)
    except InputError:
        raise failure from None
    steps, ended = len(recording), recording.ended
    ran = recording.tables.ended is not None and recording.tables.ended[0] in ("raised", "returned")
    if steps and not ran:
        last = recording.step(steps - 1)
        said = f"{failure}; the recording holds {steps:,} steps and opens at the last, {place(recording, steps - 1)}"
        failure = JobFailure(said, failure.details, last.file.path, last.line)
    recording.close()
    return RecordedCase(None, path, steps, ended or str(failure), failure)


def _result(path: Path, frame: Frame, output: str) -> RecordedCase:
    recording = Recording(path)
    steps = len(recording)
    recording.close()
    ended, passed = str(frame.header["ended"]), tuple(frame.header["passed"])
    return RecordedCase(case_result(frame, output), path, steps, ended, passed=passed)


def record_in(
    job: Job,
    case: Case | None,
    problem: Problem,
    path: Path,
    limits: RecordingLimits,
    functions: str = "both",
    change: Change | None = None,
) -> RecordedCase:
    """Record a case in a job that was just started; see `JobRunner.record`."""
    header, arrays = _with_change(_asked(case, problem, path, limits, functions), change)
    what = "the built-in BPTT" if case is None or case.built_in else f"the code of {case.path.name}"
    if not header["built_in"]:
        job.request({**header, "operation": "load_case"}, what=what)
    job.limits = replace(job.limits, wall_s=limits.seconds + GRACE_S)
    try:
        frame, output = job.request(header, arrays, what)
    except JobFailure as failure:
        return _failed(path, failure)
    return _result(path, frame, output)
