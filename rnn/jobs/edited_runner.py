"""EditedRunner: runs a case with edits made in its source, so that the whole pipeline can look at a repaired program."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from types import TracebackType

from ..arrays import AnyArray, FloatArray, Gradients, Trace
from ..cases import Case, CaseResult
from ..cases.edited import Candidate
from ..noise import Noise
from ..problem import Problem
from ..weights.base import Listing
from .limits import Limits
from .loaded import LoadedJob
from .requests import case_result, slopes_and_errors
from .runner import JobRunner


class EditedRunner:
    """The port that `inspect_gradients` reaches user code through, with edits made on the way; use as a context.

    What the edited code writes stays in memory, and it deletes and starts nothing: nobody has read it yet.
    """

    def __init__(self, runner: JobRunner, candidate: Candidate) -> None:
        """Args: runner: reads files, and knows the truth of an own step. candidate: the edits."""
        self._runner, self._candidate = runner, candidate
        self._runs, self._slopes = LoadedJob(), LoadedJob()

    def __enter__(self) -> EditedRunner:
        """Nothing is started yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End its jobs; those of the other runner go on."""
        self.close()

    def close(self) -> None:
        """End its jobs; those of the other runner go on."""
        self._runs.end()
        self._slopes.end()

    def cancel(self) -> None:
        """Kill what runs, from another thread; the waiting call raises `Cancelled`."""
        for job in (self._runs, self._slopes):
            job.cancel()

    @property
    def limits(self) -> Limits:
        """Of the jobs."""
        return self._runner.limits

    def run(self, case: Case, problem: Problem) -> CaseResult:
        """Run the edited case on a problem.

        Raises:
            JobFailure: the code raised, hung, died, returned what can't be used, or edits that fit none of its files.
            Cancelled: by `cancel`.
        """
        return case_result(*self._runs.ask("run_case", case, problem, self.limits, self._candidate))

    def truth(self, case: Case, problem: Problem) -> tuple[Trace, Gradients, Noise, dict[str, FloatArray]]:
        """JAX on the user's own step as the file has it: an edit of the code must not move what it is held against."""
        return self._runner.truth(case, problem)

    def differences(self, case: Case, problem: Problem) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
        """Slopes of the edited code's own loss, and their estimated errors; see `JobRunner.differences`."""
        frame, _ = self._slopes.ask("differences", case, problem, self.limits, self._candidate)
        return slopes_and_errors(frame)

    def list_weights(self, path: Path) -> Listing:
        """See `JobRunner.list_weights`."""
        return self._runner.list_weights(path)

    def read_weights(self, path: Path, names: Collection[str] | None = None) -> dict[str, AnyArray]:
        """See `JobRunner.read_weights`."""
        return self._runner.read_weights(path, names)

    def read_data(self, path: Path) -> dict[str, AnyArray]:
        """See `JobRunner.read_data`."""
        return self._runner.read_data(path)

    def read_text(self, path: Path) -> str:
        """See `JobRunner.read_text`."""
        return self._runner.read_text(path)
