"""The requests of a search for repairs: get ready once, then candidates, some at a time."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...arrays import AnyArray
from ...errors import InputError
from ..call import Request, UserCodeError, guarded
from ..edited import from_json
from ..loading import is_users
from .attempts import Attempts, allowed, silently
from .guard import Guard
from .limited import AbstractAlarm, Limited, Note
from .loaded import Program
from .posed import Part, Posed

Answer = tuple[dict[str, Any], Mapping[str, AnyArray]]

_ready: list[Attempts] = []
"""Of this process, which serves one search."""


def prepare(
    frame: Request,
    make_alarm: Callable[[Callable[[], None]], AbstractAlarm],
    more_memory_at_most: Callable[[int], None],
) -> Answer:
    """Load a case, run it as it is on the problems, and keep all that candidates need.

    Args:
        frame: `cases`, the headers of requests to run the case on each problem; arrays `0/run/...` of these, `0/truth/...`
            to compare with; `tolerance` by name, one mapping a problem; `note`, the path of a file for notes; `memory`, the
            bytes that candidates may use beyond what is used then.
        make_alarm, more_memory_at_most: of the platform.

    Returns:
        `texts` of the user's files by path, `residuals` of the code as it is by problem, `writes`, `allowed` seconds.

    Raises:
        UserCodeError: what the user's code raised.
        InputError: the code can't be run again and again.
    """
    warnings.simplefilter("ignore")
    header, path = frame.header, Path(frame.header["cases"][0]["path"])
    guard = Guard(is_users)
    limited = Limited(make_alarm, Note(header["note"]))
    with silently():
        try:
            attempts = _measured(frame, path, guard, limited)
        except (UserCodeError, InputError) as error:
            if guard.refused:
                raise InputError(f"repairs can't be tried: {guard.refused}, which is not done meanwhile") from error
            raise
    attempts.program.settle(guard.opened)
    more_memory_at_most(int(header["memory"]))
    _ready[:] = [attempts]
    found = {"texts": dict(attempts.program.texts), "residuals": [one.before for one in attempts.problems]}
    return {**found, "writes": list(guard.writes.values()), "allowed": attempts.allowed_s}, {}


def _measured(frame: Request, path: Path, guard: Guard, limited: Limited) -> Attempts:
    """The program loaded, and run as it is on all problems, until it is known that it can be run again and again."""
    start, guard.loading = time.perf_counter(), True
    with guard.watching():
        program = guarded(lambda: Program(path, frame.header["cases"][0]["digest"]), f"loading {path.name}")
    guard.loading = False
    attempts = Attempts(program, [_posed(frame, k) for k in range(len(frame.header["cases"]))], guard, limited)
    attempts.loading_s = allowed(time.perf_counter() - start)
    for problem in attempts.problems:
        guarded(lambda one=problem: attempts.first(one), f"run() of {path.name}", problem.steps)
    program.keep_state()
    for problem in attempts.problems:
        guarded(lambda one=problem: attempts.measure(one), f"running {path.name} again", problem.steps)
    return attempts


def _posed(frame: Request, number: int) -> Posed:
    """One of the problems of a request."""
    mine = {name: value for name, value in frame.arrays.items() if name.startswith(f"{number}/")}
    run, truth = (
        {name.removeprefix(start): value for name, value in mine.items() if name.startswith(start)}
        for start in (f"{number}/run/", f"{number}/truth/")
    )
    return Posed(Part(frame.header["cases"][number], run), truth, frame.header["tolerance"][number])


def attempt_some(frame: Request, can_answer: Callable[[], bool]) -> Answer:
    """Try candidates one after another until some time is over.

    Args:
        frame: `candidates`, `seconds`; `careful`, whether it is looked after each of them whether it spoiled the process;
            `thorough`, whether each runs on all problems, whatever came of it on the first.
        can_answer: whether the way to the parent is still open; without it the process ends.

    Returns:
        `tried`: what `Attempts.attempt` gives, of the first so many; `spoiled`: whether the process is of no more use. Then
        `tried` ends with the one that spoiled it, or is empty where that is not known.
    """
    attempts, tried, careful = _ready[0], list[dict[str, Any]](), bool(frame.header["careful"])
    end = time.perf_counter() + float(frame.header["seconds"])
    with silently():
        for number, candidate in enumerate(frame.header["candidates"]):
            attempts.limited.start(number)
            tried.append(attempts.attempt(from_json(candidate), bool(frame.header["thorough"])))
            if not can_answer():
                os._exit(1)
            if careful and attempts.spoiled():
                return {"tried": tried, "spoiled": True}, {}
            if time.perf_counter() > end:
                break
        spoiled = not careful and attempts.spoiled()
    return {"tried": [] if spoiled else tried, "spoiled": spoiled}, {}
