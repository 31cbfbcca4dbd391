"""LoadedJob: a job that keeps one version of a case loaded, as long as its files and limits are what they were."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..cases import Case
from ..cases.edited import Candidate, to_json
from ..problem import Problem
from .frames import Frame
from .job import Cancelled, Job, JobFailure
from .limits import Limits
from .requests import case_request


def _any_changed(sources: Mapping[str, Sequence[int]]) -> bool:
    """Whether a file is gone or of another age or size than when a job loaded it."""
    for file, stamp in sources.items():
        try:
            found = os.stat(file)
        except OSError:
            return True
        if [found.st_mtime_ns, found.st_size] != list(stamp):
            return True
    return False


class LoadedJob:
    """Starts its job when it is asked something, and another one when the case is another; who asks may have to wait for others.

    Attributes:
        sources: [age in ns, bytes] of every file of the user's that the last answer had loaded; empty after a failure.
    """

    def __init__(self) -> None:
        """Nothing is started yet."""
        self.sources: dict[str, list[int]] = {}
        self._job: Job | None = None
        self._owner: tuple[Path, str, Candidate] | None = None
        self._asking = threading.Lock()

    def ask(
        self, operation: str, case: Case, problem: Problem, limits: Limits, edits: Candidate = ()
    ) -> tuple[Frame, str]:
        """The answer of the job that has the case loaded, and what was printed; a job that failed is ended.

        Args:
            operation: of a job. case, problem: what it is asked about. limits: of the job.
            edits: of the user's files, made in what is run and not on the disk.

        Raises:
            JobFailure: the code raised, hung, died, or returned what can't be used.
            Cancelled: by `cancel`.
        """
        header, arrays = case_request(case, problem)
        header |= {"operation": operation, "edits": to_json(edits)}
        with self._asking:
            try:
                job = self._job_for(case, limits, edits)
                frame, output = job.request(header, arrays, f"the code of {case.path.name}")
            except (JobFailure, Cancelled):
                self.end()  # half-loaded modules and changed state must not reach the next run
                raise
            self.sources = dict(frame.header["sources"])
        return frame, output

    def expect(self, limits: Limits) -> None:
        """Start the job without waiting for it: it will be asked soon."""
        if self._job is None:
            self._job, self._owner = Job(limits).__enter__(), None

    def _job_for(self, case: Case, limits: Limits, edits: Candidate) -> Job:
        """The job that has this version of this file, and of all files it imports, loaded; or a new one."""
        owner = (case.path.resolve(), case.digest, edits)
        fits = self._owner in (owner, None) and not _any_changed(self.sources)
        if self._job is None or not fits or not self._job.alive or self._job.limits != limits:
            self.end()
            self._job = Job(limits).__enter__()
        self._owner = owner
        return self._job

    def cancel(self) -> None:
        """Kill it, from another thread; the waiting call raises `Cancelled`."""
        job = self._job
        if job is not None:
            job.cancel()

    def end(self) -> None:
        """End it; the next request starts another."""
        if self._job is not None:
            self._job.close()
        self._job, self._owner, self.sources = None, None, {}
