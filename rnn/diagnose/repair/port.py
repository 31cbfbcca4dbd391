"""The port to code with edits: what tries many of them quickly, and what runs one of them whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Protocol

from ...cases import Case, CaseResult
from ...cases.edited import Candidate, SourceEdit
from ...errors import InputError
from ...jobs import JobRunner
from ...jobs.limits import Limits
from ...jobs.loaded import LoadedJob
from ...jobs.requests import case_result
from ...jobs.trying import Trial
from ...jobs.trying import Trier as JobTrier
from ...problem import Problem
from ..lanes import Ending
from ..subject import Subject
from .problems import Known


class CannotSearch(Exception):
    """Why no repair can be sought, in words."""


class Trier(Protocol):
    """Runs a case with edits on problems whose truth it knows, small ones first.

    Attributes:
        sources: texts of the user's files that the case runs, by path. before: what the code as it is gives.
    """

    sources: Mapping[str, str]
    before: Trial

    def try_all(self, candidates: Iterable[Candidate], thorough: bool = False) -> Iterator[Trial]:
        """Run the case with each candidate's edits; `thorough`: on all problems, also where nothing gets better on the first."""

    def result(self, candidate: Candidate, problem: Problem) -> CaseResult:
        """What the case returns on any problem with a candidate's edits; raises `InputError`."""


class _InJobs(JobTrier):
    """Tries edits in jobs, and runs one of them in a job of its own."""

    def __init__(self, case: Case, known: Sequence[Known], limits: Limits, workers: int) -> None:
        """Args: case: the user's. known: problems with their truths. limits: of the jobs. workers: how many at once."""
        super().__init__(case, [one.problem for one in known], [one.right for one in known], None, limits, workers)
        self._case, self._limits, self._loaded = case, limits, LoadedJob()

    def __enter__(self) -> _InJobs:
        """Load the code and run it as it is; the job that runs whole repairs starts too. Raises as `rnn.jobs.Trier`."""
        super().__enter__()
        self._loaded.expect(self._limits)
        return self

    def result(self, candidate: Candidate, problem: Problem) -> CaseResult:
        """What the case returns on any problem with a candidate's edits.

        Raises:
            InputError: the code fails with them.
        """
        return case_result(*self._loaded.ask("run_case", self._case, problem, self._limits, candidate))

    def cancel(self) -> None:
        """Kill what runs, from another thread; the waiting call raises `Cancelled`."""
        super().cancel()
        self._loaded.cancel()

    def close(self) -> None:
        """End the jobs."""
        super().close()
        self._loaded.end()


@contextmanager
def in_jobs(subject: Subject, known: Sequence[Known], workers: int, ending: Ending | None = None) -> Iterator[Trier]:
    """What tries edits of a subject's code in jobs, under the limits of its runner; they are killed where the search is ended.

    Raises:
        CannotSearch: the code can't be run again and again.
    """
    assert subject.case is not None
    limits = subject.runner.limits if isinstance(subject.runner, JobRunner) else Limits()
    made = _InJobs(subject.case, known, limits, workers)
    with (ending or Ending()).calls(made.cancel):
        try:
            made.__enter__()
        except InputError as error:
            raise CannotSearch(str(error)) from error
        with closing(made):
            yield made


__all__ = ["Candidate", "CannotSearch", "SourceEdit", "Trial", "Trier", "in_jobs"]
