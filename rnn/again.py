"""What running the user's code again shows: inputs changed in place, state between calls, chance, lost digits.

first     the run that is judged (it has been made already)
watched   the same once more, in the same process, under watch      differs: state or chance
fresh     the same in processes of their own, only where it does    like each other: state, else chance
moved     other weights, in the same process                        not different at all: state

Weights that a loop updates show only where they are changed in place; a name that is bound to new ones inside the loop
shows in the gradients alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from .arrays import AnyArray, freeze_all
from .cases import Case, CaseResult, WatchedCase
from .checks import FAILED, OK, SKIPPED, UNKNOWN
from .errors import InputError
from .problem import Problem
from .units import rms

SLOW_S = 10.0
"""A run that takes longer is not made again."""

BRISK_S = 2.0
"""A run that takes longer is not made again with other weights."""

SAME = {"float64": 1e-9, "float32": 1e-3}
"""Relative difference up to which two runs of the same code are the same: libraries may sum in another order."""

MOST_NAMES = 4


@runtime_checkable
class Watching(Protocol):
    """The port to user code that can watch it: in the program a `rnn.jobs.JobRunner`."""

    def run(self, case: Case, problem: Problem) -> CaseResult:
        """Run a case where it ran before."""

    def watch(self, case: Case, problem: Problem) -> WatchedCase:
        """The same, watched."""

    def run_fresh(self, case: Case, problem: Problem) -> CaseResult:
        """Run a case in a process of its own."""


@dataclass(frozen=True)
class Purity:
    """What was found.

    Attributes:
        state: of the check, see `rnn.checks`. findings: sentences, what matters most first. sentence: of the check.
    """

    state: str
    sentence: str
    findings: tuple[str, ...] = ()


def check_purity(case: Case, problem: Problem, first: CaseResult, runner: object) -> Purity:
    """Look whether a case's code is pure.

    Args:
        case: the user's code. problem: that it was run on. first: what it gave.
        runner: the port to user code; one that cannot watch leaves what the first run showed.

    Raises:
        Whatever cancels a run.
    """
    if not isinstance(runner, Watching):
        return _said(
            _inputs(first.purity, {}) + _kinds(first, problem.dtype), SKIPPED, "nothing was there to watch it with"
        )
    if first.elapsed_s > SLOW_S:
        words = f"a run takes {first.elapsed_s:.0f} s, so it was not made again; a smaller problem is"
        return _said(_inputs(first.purity, {}) + _kinds(first, problem.dtype), UNKNOWN, words)
    try:
        watched = runner.watch(case, problem)
    except InputError as error:
        return _said([f"the code runs once and fails when it is run again: {error}"])
    found = _inputs(watched.result.purity, watched.written) + [str(one["sentence"]) for one in watched.found]
    found += _kinds(first, problem.dtype) + _defaults(watched)
    if not alike(first, watched.result, problem.dtype):
        found.append(_state_or_chance(case, problem, first, watched, runner))
    elif first.elapsed_s <= BRISK_S and _asks_for_weights(problem) and _stale(case, problem, first, runner):
        found.append(
            "run() gives the same numbers for other weights: it computes with something that an earlier call, or the "
            "file itself, left behind, not with problem.params"
        )
    return _said(found)


def _said(found: Sequence[str], state: str = OK, words: str = "") -> Purity:
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        return Purity(FAILED, found[0] + more, tuple(found))
    return Purity(state, words or "inputs and weights stay as they are, and a second run gives the same numbers")


def _inputs(names: Sequence[str], written: Mapping[str, Any]) -> list[str]:
    """A sentence about inputs that were changed in place."""
    if not names:
        return []
    place = f" at {Path(written['file']).name}, line {written['line']}{written['step']}" if written else ""
    inner = any(name.startswith("params") for name in names)
    later = "the gradient is then one of weights that move" if inner else "later uses of them see other numbers"
    return [f"the code changes its inputs in place: {', '.join(names)}{place}; {later}"]


def _kinds(first: CaseResult, dtype: str) -> list[str]:
    """Sentences about what was returned with fewer digits than the run has."""
    kinds = {name: kind for name, kind in (first.dtypes or {}).items() if name in first.values}
    narrow = [name for name, kind in kinds.items() if dtype == "float64" and kind in ("float32", "float16")]
    whole = [name for name, kind in kinds.items() if kind.startswith(("int", "uint")) and np.any(first.values[name])]
    said = []
    if narrow:
        said.append(
            f"{', '.join(narrow)} came back as {kinds[narrow[0]]} from a run in float64: half the digits are lost"
        )
    if whole:
        said.append(f"{', '.join(whole)} came back as {kinds[whole[0]]}: fractions were cut off")
    return said


def _defaults(watched: WatchedCase) -> list[str]:
    return [
        f"the default argument {one['name']} ({one['place']}, line {one['line']}) is changed by a call and kept for the "
        "next one: make it None and create it inside"
        for one in watched.lasting
        if one["kind"] == "default"
    ]


def alike(one: CaseResult, other: CaseResult, dtype: str) -> bool:
    """Whether two runs gave the same numbers, to rounding."""
    if set(one.values) != set(other.values) or (one.loss is None) != (other.loss is None):
        return False
    if one.loss is not None and other.loss is not None and not _near(np.array(one.loss), np.array(other.loss), dtype):
        return False
    return all(_near(value, other.values[name], dtype) for name, value in one.values.items())


def _near(a: AnyArray, b: AnyArray, dtype: str) -> bool:
    if a.shape != b.shape:
        return False
    if np.array_equal(a, b, equal_nan=True):
        return True
    with np.errstate(all="ignore"):
        gap = np.asarray(a, "float64") - np.asarray(b, "float64")
        return bool(float(rms(gap)) <= SAME[dtype] * float(rms(a)))


def _differing(one: CaseResult, other: CaseResult, dtype: str) -> str:
    names = [
        name
        for name, value in one.values.items()
        if name not in other.values or not _near(value, other.values[name], dtype)
    ]
    shown = names[:MOST_NAMES] or ["loss"]
    return ", ".join(shown) + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")


def _state_or_chance(case: Case, problem: Problem, first: CaseResult, watched: WatchedCase, runner: Watching) -> str:
    """Why two runs in one process differ: what two runs in processes of their own do tells state from chance."""
    what = _differing(first, watched.result, problem.dtype)
    try:
        fresh = runner.run_fresh(case, problem)
        state = alike(first, fresh, problem.dtype) or alike(fresh, runner.run_fresh(case, problem), problem.dtype)
    except InputError as error:
        return f"a second run gives other numbers ({what}), and one in a new process fails: {error}"
    draws = f" (it calls {', '.join(watched.draws)})" if watched.draws else ""
    if not state and watched.empties and not watched.draws and not watched.shared:
        return (
            f"run() gives other numbers each time ({what}): an array that comes unfilled ({', '.join(watched.empties)}) is "
            "read before all of it is written"
        )
    if not state:
        return (
            f"run() gives other numbers each time ({what}): it draws random numbers{draws}; seed them inside run(), "
            "or switch dropout and noise off"
        )
    kept = [f"{one['kind']} {one['name']} of {one['place']}" for one in watched.lasting if one["kind"] != "default"]
    if kept:
        names = ", ".join(kept[:MOST_NAMES])
        return f"a second call gives other numbers ({what}): what the first one left in {names} is used again"
    if watched.shared and watched.draws:
        return (
            f"a second call gives other numbers ({what}): it draws random numbers{draws} that are seeded only when the "
            "file is loaded; seed them inside run()"
        )
    return f"a second call gives other numbers ({what}): something is kept from the first one"


def _asks_for_weights(problem: Problem) -> bool:
    """Whether every gradient of a problem depends on the weights."""
    return problem.loss != "upstream" and problem.sizes["T"] > 1


def _stale(case: Case, problem: Problem, first: CaseResult, runner: Watching) -> bool:
    """Whether the code gives the very same for other weights."""
    if not any(np.any(value) for value in first.values.values()):
        return False
    weights = {name: value * (1 + 2.0**-5) + 2.0**-7 for name, value in problem.parameters.items()}
    moved = replace(problem, parameters=freeze_all(weights, problem.dtype))
    try:
        other = runner.run(case, moved)
    except InputError:
        return False
    return all(
        name in other.values and np.array_equal(value, other.values[name], equal_nan=True)
        for name, value in first.values.items()
    )
