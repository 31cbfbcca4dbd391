"""Following only some functions: those that are chosen, and whatever they call."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType, MethodType
from typing import Any

from .capture import Trace, Tracer


def follow_only(tracer: Tracer, files: Callable[[str], bool], functions: Callable[[str], bool]) -> None:
    """From now on begin to follow only at chosen functions.

    Args:
        tracer: that would follow all.
        files: whether a file (its name) is followed.
        functions: whether a function (its qualified name) of such a file is chosen.
    """
    follow = tracer.trace
    known: dict[CodeType, bool] = {}

    def trace(tracer: Tracer, frame: FrameType, event: str, argument: Any) -> Trace | None:
        code = frame.f_code
        if not tracer._stack:  # no followed function calls this one
            chosen = known.get(code)
            if chosen is None:
                name = code.co_qualname.replace(".<locals>", "")
                chosen = known[code] = files(code.co_filename) and functions(name)
            if not chosen:
                return None
        return follow(frame, event, argument)

    # A method of this tracer, by which it tells whether Python still calls it.
    tracer.trace = MethodType(trace, tracer)  # type: ignore[method-assign]
