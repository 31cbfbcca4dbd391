"""Trier: the port through which a search for repairs runs edits of the user's source, many and quickly.

    with Trier(case, problems, truths) as trier:
        for trial in trier.try_all(candidates): ...

Every candidate runs on the problems in order, the next one only where nothing got worse on the one before and something
got better. Nothing that is tried writes, deletes or starts anything; nothing on the disk is changed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from queue import SimpleQueue
from types import TracebackType
from typing import Any

import numpy as np

from ..arrays import AnyArray
from ..cases import Case
from ..cases.edited import Candidate, SourceEdit
from ..problem import Problem
from .job import Cancelled
from .limits import Limits
from .requests import Asked, case_request
from .trial_job import TrialJob

TOLERANCE = {"float64": 1e-9, "float32": 3e-5}
"""Relative residual up to which a quantity counts as right, by the precision of a problem, unless others are given."""

MORE_MEMORY = 1 << 30
"""Bytes that candidates may use beyond what the code as it is uses."""

AT_ONCE = 32
"""Candidates that a job is given at once."""


@dataclass(frozen=True, eq=False)
class Trial:
    """What came of a candidate, or of the code as it is.

    Attributes:
        candidate: the edits; none for the code as it is.
        residuals: by problem the relative residual ||hand - truth|| / ||truth|| by name, infinite for a wrong shape and what
            is not finite; None for problems that it was not run on, or failed on.
        right: by problem whether each quantity is right; None as above.
        failed: an exception's sentence, `time`, `memory`, `crash`, or `writes` (it wanted to do what is refused); else empty.
    """

    candidate: Candidate
    residuals: tuple[Mapping[str, float] | None, ...]
    right: tuple[Mapping[str, bool] | None, ...]
    failed: str = ""

    @property
    def repairs(self) -> bool:
        """Whether everything is right on all problems; that was seen in newly loaded modules."""
        return not self.failed and all(found is not None and found and all(found.values()) for found in self.right)


_Waiting = tuple[tuple[Candidate, ...], Future[list[dict[str, Any]]]]


class Trier:
    """Tries candidates on problems; use as a context, from one thread, `cancel` from any.

    Attributes:
        before: what the code as it is gives. sources: text of every file of the user's that takes part, by path; offsets of
            edits count its characters. writes: what the code itself wants to write, `{"file", "by", "line"}` (which file, by
            which of the user's files and line); while edits are tried that stays in memory.
    """

    def __init__(
        self,
        case: Case,
        problems: Sequence[Problem],
        truths: Sequence[Mapping[str, AnyArray]],
        tolerance: float | Mapping[str, float] | None = None,
        limits: Limits | None = None,
        workers: int = 1,
    ) -> None:
        """Nothing is started yet.

        Args:
            case: the user's. problems: in the order in which they are tried, small ones first.
            truths: for each problem, by name in our layout; what is not in there is not judged.
            tolerance: relative residual up to which a quantity is right, for all or by name.
            limits: of the jobs. workers: how many jobs work at once.
        """
        self._tolerances = [_tolerance(tolerance, one, truth) for one, truth in zip(problems, truths, strict=True)]
        asked = _asked(case, problems, truths, self._tolerances)
        confined = replace(limits or Limits(), file_bytes=0)
        self._jobs = [TrialJob(asked, confined, f"the code of {case.path.name}") for _ in range(workers)]
        self._free: SimpleQueue[TrialJob] = SimpleQueue()
        self._stopped = False
        self._pool = ThreadPoolExecutor(workers, "trials")

    def __enter__(self) -> Trier:
        """Load the code and run it as it is; the other jobs get ready meanwhile, and may need a little longer.

        Raises:
            InputError: it fails, or can't be run again and again.
            Cancelled: by `cancel`.
        """
        try:
            first, *_ = [self._pool.submit(self._begin, job) for job in self._jobs]
            first.result()
        except BaseException:
            self.close()
            raise
        ready = self._jobs[0].ready
        self.sources: Mapping[str, str] = dict(ready["texts"])
        self.writes: tuple[Mapping[str, Any], ...] = tuple(ready["writes"])
        self.before = self._trial((), {"residuals": ready["residuals"], "failed": ""})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the jobs."""
        self.close()

    def close(self) -> None:
        """End the jobs, also those that work or just start."""
        self.cancel()
        self._pool.shutdown(cancel_futures=True)
        for job in self._jobs:
            job.close()

    def _begin(self, job: TrialJob) -> None:
        """Get a job ready; one that fails is asked once more when it is its turn."""
        try:
            job.start()
        finally:
            self._free.put(job)

    def cancel(self) -> None:
        """Kill what runs, from another thread; the waiting call raises `Cancelled`."""
        self._stopped = True
        for job in self._jobs:
            job.cancel()

    def try_all(self, candidates: Iterable[Candidate], thorough: bool = False) -> Iterator[Trial]:
        """Try candidates; what came of them, in their order, as soon as it is known.

        Some more candidates than those that were told of are taken from what is given.

        Args:
            candidates: to be tried. thorough: whether each runs on all problems, whatever came of it on the first.

        Raises:
            Cancelled: by `cancel`. JobFailure: the code as it is, which ran, fails now.
        """
        source, waiting = iter(candidates), deque[_Waiting]()
        try:
            while True:
                while len(waiting) < len(self._jobs) and (batch := tuple(islice(source, AT_ONCE))):
                    waiting.append((batch, self._pool.submit(self._some, batch, thorough)))
                if not waiting:
                    return
                batch, future = waiting.popleft()
                found = future.result()
                if rest := batch[len(found) :]:
                    waiting.appendleft((rest, self._pool.submit(self._some, rest, thorough)))
                for candidate, one in zip(batch, found, strict=False):
                    yield self._trial(candidate, one)
        finally:
            for _, future in waiting:
                future.cancel()

    def _some(self, batch: Sequence[Candidate], thorough: bool) -> list[dict[str, Any]]:
        """What came of the first of some candidates, from the next job that is free."""
        if self._stopped:
            raise Cancelled
        job = self._free.get()
        try:
            return job.some(batch, thorough)
        finally:
            self._free.put(job)

    def _trial(self, candidate: Candidate, found: Mapping[str, Any]) -> Trial:
        residuals: list[Mapping[str, float] | None] = list(found["residuals"])
        residuals += [None] * (len(self._tolerances) - len(residuals))
        right = tuple(
            None if one is None else {name: residual <= tolerance[name] for name, residual in one.items()}
            for one, tolerance in zip(residuals, self._tolerances, strict=True)
        )
        return Trial(candidate, tuple(residuals), right, str(found["failed"]))


def _tolerance(
    given: float | Mapping[str, float] | None, problem: Problem, truth: Mapping[str, AnyArray]
) -> dict[str, float]:
    """The tolerance of every quantity of one problem."""
    usual = TOLERANCE[problem.dtype]
    if isinstance(given, Mapping):
        return {name: float(given.get(name, usual)) for name in truth}
    return dict.fromkeys(truth, usual if given is None else float(given))


def _asked(
    case: Case,
    problems: Sequence[Problem],
    truths: Sequence[Mapping[str, AnyArray]],
    tolerances: Sequence[Mapping[str, float]],
) -> Asked:
    """The request to get ready."""
    headers, arrays = [], dict[str, AnyArray]()
    for number, (problem, truth) in enumerate(zip(problems, truths, strict=True)):
        header, given = case_request(case, problem)
        headers.append(header)
        arrays |= {f"{number}/run/{name}": value for name, value in given.items()}
        arrays |= {f"{number}/truth/{name}": np.asarray(value) for name, value in truth.items()}
    return {"cases": headers, "tolerance": list(tolerances), "memory": MORE_MEMORY}, arrays


__all__ = ["Candidate", "SourceEdit", "Trial", "Trier"]
