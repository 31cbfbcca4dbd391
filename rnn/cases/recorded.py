"""Calling the user's code under the recorder: runs in a job only. The built-in BPTT is recorded in the same way."""

from __future__ import annotations

import os
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from ..arrays import AnyArray
from ..errors import InputError
from ..handwritten import run_by_hand
from ..network import Network
from ..problem import Problem, remade
from ..recorder import Recorded, RecordingLimits, record
from ..recorder.change import Change
from ..settings import ProblemSettings
from .call import OURS, Request, Run, UserProblem, is_users, run_case

Stop = Callable[[str], None]

FORWARD = ("*forward*", "*fprop*", "*fwd*", "predict*")
BACKWARD = ("*backward*", "*backprop*", "*bprop*", "*bptt*", "*bwd*", "grad*", "*_grad", "*_grads", "*_gradient*")
"""How functions of a forward and of a backward pass are called, in small letters, underscores at the ends left out."""

MOST_PASSED = 30
"""Names of functions that were not followed which are told."""

CHOICES = {"forward": FORWARD, "backward": BACKWARD}
BUILT_IN_FILES = tuple(os.path.join(OURS, name) for name in ("cells", "losses", "network.py", "handwritten.py"))


class Chooser:
    """Which functions recording begins at; what they call is recorded with them.

    Attributes:
        passed: names of those that were asked about and are not chosen, in order.
    """

    def __init__(self, wanted: str) -> None:
        """Args: wanted: `forward`, `backward`, or names and patterns with `*`, separated by commas."""
        self._own = wanted not in CHOICES
        self._patterns = CHOICES.get(wanted) or tuple(part.strip() for part in wanted.split(",") if part.strip())
        self.passed: list[str] = []

    def __call__(self, name: str) -> bool:
        """Whether a function, `RNN.backward` or `backward`, is chosen."""
        short = name.rpartition(".")[2]
        names = (name, short) if self._own else (short.lower().strip("_"),)
        chosen = any(fnmatchcase(one, pattern) for one in names for pattern in self._patterns)
        told = chosen or short.startswith("<") or name in self.passed or len(self.passed) >= MOST_PASSED
        if not told:
            self.passed.append(name)
        return chosen


def _is_ours(file: str) -> bool:
    """Whether a source file belongs to the built-in BPTT."""
    return file.startswith(BUILT_IN_FILES)


def _change(frame: Request) -> Change | None:
    found = frame.header.get("change")
    return None if found is None else Change(int(found["step"]), str(found["path"]), frame.arrays["change"])


def _recorded(
    frame: Request, stop: Stop, files: Callable[[str], bool], function: Callable[..., Any], problem: Any
) -> tuple[Recorded, tuple[str, ...]]:
    """Call a function under the recorder, as the request says; raises what it raises."""
    header = frame.header
    name = os.path.basename(header["path"])
    what = "the built-in BPTT" if header["built_in"] else f"the code of {name}"
    choose = None if header["functions"] == "both" else Chooser(header["functions"])
    change = _change(frame)
    recorded = record(
        function,
        problem,
        path=header["recording"],
        files=files,
        limits=RecordingLimits(**header["limits"]),
        stop=lambda said: stop(f"{what} was stopped: {said}"),
        change=change,
        extra=header["extra"],
        functions=choose,
    )
    if change is not None and not change.made:
        raise InputError(change.refused or f"the run ended before step {change.step}; choose an earlier step")
    if recorded.error is not None:
        raise recorded.error
    return recorded, () if choose is None else tuple(choose.passed)


def record_case(frame: Request, stop: Stop) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    """Carry out one request to record a case.

    Args:
        frame: the request, with where the recording goes, its limits, and which functions are followed.
        stop: called, with words, when a limit of the recording is reached; does not come back.

    Returns:
        As `run_case`, with `ended` (why the recording ends before the code did) and `passed` (see `RecordedCase`).

    Raises:
        UserCodeError: what the user's code raised; the recording ends there.
        InputError: as `run_case`; or the change that was asked for can't be made.
    """
    if frame.header["built_in"]:
        return _record_built_in(frame, stop)
    found: list[Any] = []

    def call(run: Run, problem: UserProblem) -> Any:
        found.append(_recorded(frame, stop, is_users, run, problem))
        return found[0][0].value

    answer, arrays = run_case(frame, call)
    recorded, passed = found[0]
    return {**answer, "ended": recorded.ended, "passed": passed}, arrays


def _record_built_in(frame: Request, stop: Stop) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    recorded, passed = _recorded(frame, stop, _is_ours, run_by_hand, _problem(frame))
    trace, gradients = recorded.value
    values = {**gradients.named(), "y": trace.y, **trace.steps}
    kinds = {name: str(value.dtype) for name, value in values.items()}
    answer = {"loss": trace.loss, "purity": [], "dtypes": kinds, "sources": {}}
    return {**answer, "ended": recorded.ended, "passed": passed}, values


def _problem(frame: Request) -> Problem:
    facts, arrays = frame.header["extra"]["case"], frame.arrays
    parameters = {name[7:]: value for name, value in arrays.items() if name.startswith("params/")}
    settings = ProblemSettings.from_json(dict(facts["settings"]))
    return remade(Network.from_json(facts), parameters, arrays, facts["dtype"], settings)


__all__ = ["BACKWARD", "FORWARD", "Chooser", "record_case"]
