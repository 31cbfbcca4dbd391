"""What if: at one step of a run, put other values into one array, and let the run go on.

The code runs as it is; right after the step's statement the array's contents are replaced in place, so that every name,
view and container sees them. The recording shows the replacement as a change of that step with the flag `WHAT_IF`.
"""

from __future__ import annotations

import sys
from types import FrameType, MethodType
from typing import Any

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError
from .capture import Trace, Tracer
from .expressions import Unreadable, parse_expression
from .live import SeenValues
from .looking import MISSING, is_array, is_recordable, plain_array
from .scribe import Scribe

WHAT_IF = 8
"""Flag of a version (see `format`): these values were put there by a `Change`."""


def live_array(path: str, frame: FrameType) -> Any:
    """The array that a path means in a call that is under way; raises `InputError` where it means none."""
    try:
        found = SeenValues(frame.f_locals, frame.f_globals).find(parse_expression(path))
    except Unreadable as error:
        raise InputError(f"{path!r} is no path ({error}); expected one such as dh, self.W or cache['h']") from error
    if found is MISSING:
        raise InputError(f"{path} means no array at that step; name an array that the statement's own function can see")
    if not is_array(found):
        raise InputError(
            f"{path} is {type(found).__name__} at that step; only the contents of an array can be replaced"
        )
    if not is_recordable(found):
        raise InputError(f"{path} is an array of {found.dtype}; only the contents of arrays of numbers can be replaced")
    return plain_array(found)


class Change:
    """Other values for one array after one step.

    Attributes:
        step: after which. path: of the array, as the call that executes the step sees it. value: what it shall hold.
        made: whether it was made. refused: why it could not be made; the run then goes on without being recorded.
    """

    def __init__(self, step: int, path: str, value: AnyArray) -> None:
        """Args: as the attributes."""
        self.step, self.path, self.value = step, path, np.asarray(value)
        self.made, self.refused = False, ""

    def check(self, array: AnyArray) -> None:
        """Whether the values fit an array; raises `InputError`."""
        value = self.value
        if array.shape != value.shape:
            raise InputError(f"{self.path} has the shape {array.shape} and the values have {value.shape}; give as many")
        if array.dtype != value.dtype:
            raise InputError(f"{self.path} is {array.dtype} and the values are {value.dtype}; convert them first")

    def arm(self, scribe: Scribe, tracer: Tracer) -> None:
        """Wait for the step; `record` calls this before the run."""
        follow = tracer.trace

        def hook(inner: Trace | None) -> Trace | None:
            """A call's own trace function, and a look at the step after it."""
            if inner is None or scribe.steps > self.step:
                return inner

            def trace(frame: FrameType, event: str, argument: Any) -> Trace | None:
                after = inner(frame, event, argument)
                if scribe.steps > self.step and not (self.made or self.refused):
                    self._make(scribe, frame)
                return hook(after) if scribe.steps <= self.step else after

            return trace

        def start(tracer: Tracer, frame: FrameType, event: str, argument: Any) -> Trace | None:
            inner = follow(frame, event, argument)
            if scribe.steps > self.step and not (self.made or self.refused):
                self._make(scribe, frame)
            return hook(inner)

        tracer.trace = MethodType(start, tracer)  # type: ignore[method-assign]

    def _make(self, scribe: Scribe, frame: FrameType) -> None:
        """Replace, and write it down; a refusal ends the recording, since raising here might be caught by the code."""
        try:
            array = live_array(self.path, frame)
            self.check(array)
            if not array.flags.writeable:
                raise InputError(f"{self.path} is read-only at that step; replace the array it was made from")
        except InputError as error:
            self.refused = str(error)
            sys.settrace(None)
            scribe.end("limit", f"the change after step {self.step} could not be made: {error}")
            return
        track, base = scribe.storages.track(array, self.step)
        scribe.storages.check(track, base, self.step)  # what others changed before is not ours
        np.copyto(array, self.value)
        scribe.storages.check(track, base, self.step, WHAT_IF)
        self.made = True
        scribe.journal.note(["remark", f"what if: the values of {self.path} were replaced after step {self.step}"])
        scribe.journal.note(["extra", "change", {"step": self.step, "path": self.path}])
