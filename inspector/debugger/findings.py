"""Where a finding stands in the open recording: the step of a blamed line, and the array that it writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.debugger.stops import neighbour

if TYPE_CHECKING:
    from inspector.debugger.debugger import Debugger


def step_of(debugger: Debugger, finding: Mapping[str, Any]) -> int | None:
    """The step of a finding; where it names none of this recording, its line's execution at its `t`.

    A finding that was made on another problem goes to the line's first wrong execution, or its first.
    """
    recording, overview = debugger.recording, debugger.overview
    if recording is None or overview is None:
        return None
    step = finding.get("step")
    if not finding.get("problem") and isinstance(step, int) and 0 <= step < len(recording):
        return step
    line, path = int(finding.get("line") or 0), str(finding.get("file", ""))
    executions = recording.statement_steps(line, path)
    if not len(executions):
        return None
    t = None if finding.get("problem") else finding.get("t")
    at_t = None if t is None else next((step for step in map(int, executions) if recording.step(step).t == t), None)
    if at_t is not None:
        return at_t
    wrong = executions[np.isin(executions, overview.wrong_steps)]
    return int(wrong[0]) if len(wrong) else int(executions[0])


def first_wrong(debugger: Debugger) -> int | None:
    """The first step that writes something wrong."""
    return None if debugger.overview is None else neighbour(debugger.overview.wrong_steps, -1, 1)
