"""What if: the code run again with other values in one array from one step on; what becomes right was inherited."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from . import oracle
from .arrays import AnyArray
from .build import build
from .cases import Case, RecordedCase, read_case
from .compare import Comparison, compare_on
from .errors import InputError
from .handwritten import run_by_hand
from .inspection import Runner
from .noise import Noise, measure
from .problem import Problem
from .problem_files import FileReader
from .recorder import Recording, RecordingLimits
from .recorder.change import WHAT_IF, Change
from .recorder.expressions import Unreadable
from .recorder.format import AUDIT, BIRTH
from .recorder.summary import place
from .settings import ProblemSettings

Values = AnyArray | Callable[[AnyArray], AnyArray]
"""What an array shall hold: its values, or what makes them of those that were recorded."""

Hand = Callable[[Problem], Mapping[str, AnyArray]]
"""Runs a hand-written side on a problem."""


class Recorder(Runner, Protocol):
    """The port to user code: in the program a `rnn.jobs.JobRunner`."""

    def record(
        self,
        case: Case | None,
        problem: Problem,
        path: Path | str,
        limits: RecordingLimits | None = None,
        functions: str = "both",
        change: Change | None = None,
    ) -> RecordedCase:
        """Run a case on a problem and record it, with a change on the way."""


@dataclass(frozen=True, eq=False)
class WhatIf:
    """What came of other values in one array from one step on.

    Attributes:
        step, path: which array, and after which step.
        inherited: quantities that were wrong and are right now: their mistake came through these values.
        remaining: quantities that stay wrong: their mistake is made later, or elsewhere.
        broken: quantities that were right and are wrong now.
        before, after: how all quantities compare with the reference.
        notes: sentences on what makes this doubtful.
    """

    step: int
    path: str
    inherited: tuple[str, ...]
    remaining: tuple[str, ...]
    broken: tuple[str, ...]
    before: Comparison
    after: Comparison
    notes: tuple[str, ...] = ()

    def words(self) -> str:
        """The findings as sentences."""
        found = (
            (self.inherited, "become", f"right: that mistake was inherited through {self.path}"),
            (self.remaining, "stay", "wrong: made later, or elsewhere"),
            (self.broken, "become", "wrong, and had been right"),
        )
        parts = [f"{_list(names, verb)} {rest}" for names, verb, rest in found if names]
        said = f"with other values in {self.path} after step {self.step}, "
        return said + ("; ".join(parts) or "everything stays right")


def _list(names: tuple[str, ...], verb: str) -> str:
    if len(names) == 1:
        return f"{names[0]} {verb}s"
    return f"{', '.join(names[:-1])} and {names[-1]} {verb}"


def recorded_case(recording: Recording, reader: FileReader | None) -> tuple[Case | None, Problem]:
    """The case and the problem that a recording is of, to run them again; None is the built-in BPTT.

    Args:
        recording: of a case. reader: reads weights and data where the problem has files.

    Raises:
        InputError: it is of no case, or file or problem have changed since.
    """
    facts = recording.tables.extra.get("case")
    if not isinstance(facts, Mapping):
        raise InputError(f"{recording.path} is not the recording of a case; record it with 'record CASE -o FILE'")
    try:
        case = read_case(Path(facts["path"])) if facts["path"] else None
        if case is not None and case.digest != facts["digest"]:
            raise InputError(f"{case.path} has changed since it was recorded; record it again")
        problem = build(ProblemSettings.from_json(dict(facts["settings"])), reader)
        if problem.sizes != facts["sizes"]:
            raise InputError(f"the files of the problem have changed since {recording.path} was made; record it again")
        return case, problem.cast(str(facts["dtype"]))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{recording.path} is altered: what it says of its case makes no sense ({error})") from error


def _functions(recording: Recording, case: Case | None) -> str:
    facts = recording.tables.extra.get("case", {})
    if facts.get("digest", "") != ("" if case is None else case.digest):
        raise InputError(f"{recording.path} is of another case, or of an older version of it; record it again")
    return str(facts.get("functions", "both"))


def _same_until(before: Recording, after: Recording, step: int) -> None:
    """Raises `InputError` where a run that went on to a step is not the one that was recorded."""
    first, second = before.steps[: step + 1], after.steps[: step + 1]
    columns = ("statement", "frame", "loop_value")
    for number in range(min(len(first), len(second))):
        if any(first[name][number] != second[name][number] for name in columns):
            raise InputError(
                f"the code does not do the same when it is run again: step {number} was {place(before, number)} "
                f"and is {place(after, number)} now; give its random numbers a seed"
            )
    if len(first) != len(second):
        raise InputError(f"the run ended before step {step} when it was run again; give its random numbers a seed")


def _writes(recording: Recording, step: int) -> Any:
    """What was written until a step, as whole numbers: storage, step, sum of squares (its bits).

    Arrays that are made without values (`np.empty`) hold what happens to lie in the memory, and are left out.
    """
    rows = recording.replay.rows
    rows = rows[(rows["step"] <= step) & (rows["flags"] & (WHAT_IF | AUDIT) == 0)]
    born = rows[rows["flags"] & BIRTH != 0]
    empty = [row["storage"] for row in born if "empty" in recording.step(int(row["step"])).statement.text]
    rows = rows[~np.isin(rows["storage"], empty)]
    return np.stack([rows["storage"].astype("u8"), rows["step"].astype("u8"), rows["sum_of_squares"].copy().view("u8")])


def _other_numbers(before: Recording, after: Recording, step: int) -> tuple[str, ...]:
    """A remark where the run again computes other numbers before the change."""
    first, second = _writes(before, step), _writes(after, step)
    shared = min(first.shape[1], second.shape[1])
    different = np.flatnonzero((first[:, :shared] != second[:, :shared]).any(axis=0))
    if not len(different) and first.shape == second.shape:
        return ()
    where = int(first[1, different[0]]) if len(different) else step
    return (
        f"the code computes other numbers when it is run again, from {place(before, where)} on; give its random numbers a seed",
    )


def _by_hand(runner: Recorder, case: Case | None, problem: Problem) -> Mapping[str, AnyArray]:
    if case is None or case.built_in:
        return dict(run_by_hand(problem)[1].named())
    return runner.run(case, problem).values


def _judged(problem: Problem, hands: tuple[Hand, ...]) -> list[Comparison]:
    """Compare several hand-written sides with one reference."""
    reference, noise = oracle.reference(problem)[1].named(), measure(problem)

    @cache
    def wide() -> tuple[Problem, Noise]:
        found = problem.cast("float64")
        return found, measure(found)

    def in_float64(hand: Hand) -> tuple[Mapping[str, AnyArray], Noise]:
        again, noise64 = wide()
        return hand(again), noise64

    return [compare_on(problem, hand(problem), reference, noise, partial(in_float64, hand)) for hand in hands]


def what_if(
    runner: Recorder,
    case: Case | None,
    problem: Problem,
    recording: Recording,
    step: int,
    path: str,
    value: Values,
    into: Path | None = None,
) -> WhatIf:
    """Run a recorded case again in a fresh job, with other values in one array from one step on.

    Args:
        runner: runs and records the case. case, problem: what the recording is of (see `recorded_case`).
        recording: of the run as it was. step: after which the values are replaced. path: of the array there.
        value: the values. into: where the recording of the new run goes, to be looked at; by default it is thrown away.

    Raises:
        InputError: path or values can't be used, or the code does not do the same twice.
    """
    functions, was = _functions(recording, case), _recorded_array(recording, path, step)
    given = value(was) if callable(value) else value
    Change(step, path, given).check(was)

    notes: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        file = into or Path(folder) / "what-if.rec"

        def changed(again: Problem) -> Mapping[str, AnyArray]:
            own = again is problem
            values = given if own or given.dtype.kind != "f" else given.astype(again.dtype)
            target = file if own else Path(folder) / "wide.rec"
            made = runner.record(case, again, target, None, functions, Change(step, path, values))
            if made.result is None:
                raise made.failure or InputError(f"the run with other values in {path} came to no end; {made.ended}")
            if own:
                new = Recording(target)
                _same_until(recording, new, step)
                notes.extend(_other_numbers(recording, new, step))
                new.close()
            return made.result.values

        before, after = _judged(problem, (lambda again: _by_hand(runner, case, again), changed))
    return _told(step, path, before, after, tuple(notes))


def _recorded_array(recording: Recording, path: str, step: int) -> AnyArray:
    recording.step(step)
    try:
        found = recording.value(path, step)
    except Unreadable as error:
        raise InputError(f"{path} can't be replaced after step {step}: {error}") from error
    if not isinstance(found, np.ndarray):
        raise InputError(f"{path} is no array at step {step}; only the contents of an array can be replaced")
    return found


def _told(step: int, path: str, before: Comparison, after: Comparison, notes: tuple[str, ...]) -> WhatIf:
    was = {report.name: report.wrong for report in before.parameters + before.intermediates}
    now = {report.name: report.wrong for report in after.parameters + after.intermediates}
    return WhatIf(
        step,
        path,
        inherited=tuple(name for name in was if was[name] and not now.get(name, True)),
        remaining=tuple(name for name in was if was[name] and now.get(name, True)),
        broken=tuple(name for name in now if now[name] and not was.get(name, False)),
        before=before,
        after=after,
        notes=notes,
    )
