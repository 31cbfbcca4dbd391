"""JobRunner: the port through which the pipeline reaches user code and strangers' files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from ..arrays import AnyArray, FloatArray, Gradients, Trace
from ..cases import Case, CaseResult, RecordedCase, WatchedCase
from ..errors import InputError
from ..memory import available_bytes
from ..noise import Noise
from ..problem import Problem
from ..recorder import RecordingLimits
from ..recorder.change import Change
from ..weights.base import Listing
from .frames import Frame, ProtocolError
from .job import Cancelled, Job, JobFailure
from .limits import READING, Limits
from .loaded import LoadedJob
from .reading import listing_of
from .recording import check_limits, check_place, job_limits, record_in
from .requests import case_request, case_result, slopes_and_errors, truth_of_frame, watched_case

LARGEST_FILE_BYTES = 2 << 30
"""So much of a file is read, or a quarter of the free memory."""


MOST_PRINTED = 1 << 17
"""So many characters of what was printed are kept."""


class JobRunner:
    """Runs cases and reads files in jobs; starts them when needed and keeps one for the same code.

    Use as a context, or call `close`.

    Attributes:
        limits: of the jobs that run user code; others hold from the next request on.
        printed: the end of what user code printed in the first run that printed, since somebody emptied it: the checks run
            the same code several times, and nobody wants to read the same lines again.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        """Args: limits: of the jobs that run user code."""
        self.limits = limits or Limits()
        self.printed = ""
        self._runs, self._truths = LoadedJob(), LoadedJob()  # apart, as JAX is loaded in the one for truths
        self._reading: Job | None = None
        self._recording: Job | None = None
        self._fresh: Job | None = None

    def __enter__(self) -> JobRunner:
        """Nothing is started yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all jobs."""
        self.close()

    def close(self) -> None:
        """End all jobs; the next request starts new ones."""
        self._runs.end()
        self._truths.end()
        self._end_reading()

    def _end_reading(self) -> None:
        if self._reading is not None:
            self._reading.close()
        self._reading = None

    def cancel(self) -> None:
        """Kill what runs, from another thread; the waiting call raises `Cancelled`."""
        for job in (self._runs, self._truths, self._reading, self._recording, self._fresh):
            if job is not None:
                job.cancel()

    @property
    def sources(self) -> Mapping[str, Sequence[int]]:
        """[age in ns, bytes] of every file of the user's that the last run had loaded; empty after one that failed."""
        return self._runs.sources

    def run(self, case: Case, problem: Problem) -> CaseResult:
        """Run a case on a problem.

        Raises:
            JobFailure: the code raised, hung, died, or returned what can't be used.
            Cancelled: by `cancel`.
        """
        return case_result(*self._asked("run_case", case, problem))

    def watch(self, case: Case, problem: Problem) -> WatchedCase:
        """Run a case once more, where it ran before, and watch what it does; raises as `run`."""
        return watched_case(*self._asked("watch_case", case, problem))

    def run_fresh(self, case: Case, problem: Problem) -> CaseResult:
        """Run a case in a process of its own, which nothing has run in before; raises as `run`."""
        header, arrays = case_request(case, problem)
        header["operation"] = "run_case"
        try:
            with Job(self.limits) as self._fresh:
                return case_result(*self._fresh.request(header, arrays, f"the code of {case.path.name}"))
        finally:
            self._fresh = None

    def truth(self, case: Case, problem: Problem) -> tuple[Trace, Gradients, Noise, dict[str, FloatArray]]:
        """JAX on the user's own step: trace, gradients, the noise floor, and the noise of the forward pass; raises as `run`."""
        trace, gradients, parts, ahead = truth_of_frame(self._truths.ask("jax_truth", case, problem, self.limits)[0])
        return trace, gradients, Noise(*parts, frozenset(), problem.dtype), ahead

    def differences(self, case: Case, problem: Problem) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
        """Slopes of the code's own loss by central differences, and their estimated errors, by name; raises as `run`."""
        return slopes_and_errors(self._truths.ask("differences", case, problem, self.limits)[0])

    def _asked(self, operation: str, case: Case, problem: Problem) -> tuple[Frame, str]:
        """The answer of the job that has a case loaded; what was printed is kept, whatever came of it."""
        try:
            frame, output = self._runs.ask(operation, case, problem, self.limits)
        except (JobFailure, Cancelled) as error:
            self._keep_printed(getattr(error, "output", ""))
            raise
        self._keep_printed(output)
        return frame, output

    def _keep_printed(self, output: str) -> None:
        self.printed = self.printed or output[-MOST_PRINTED:]

    def record(
        self,
        case: Case | None,
        problem: Problem,
        path: Path | str,
        limits: RecordingLimits | None = None,
        functions: str = "both",
        change: Change | None = None,
    ) -> RecordedCase:
        """Run a case on a problem in a fresh job and record every statement it executes.

        Args:
            case: the user's; None is the built-in BPTT. problem: what it is run on.
            path: where the recording goes. limits: of the recording.
            functions: `both`, `forward`, `backward` (by the functions' names, see `rnn.cases.recorded`), or names and
                patterns separated by commas; what the chosen functions call is recorded with them.
            change: to be made on the way.

        Raises:
            InputError: the recording can't be written there, or the limits leave no room.
            JobFailure: the file could not be loaded, so that nothing is recorded.
            Cancelled: by `cancel`.
        """
        limits, place = limits or RecordingLimits(), Path(path).absolute()
        check_limits(limits)
        old = check_place(place)
        try:
            with Job(job_limits(self.limits, limits)) as self._recording:
                return record_in(self._recording, case, problem, place, limits, functions, change)
        finally:
            self._recording = None
            if not old and place.is_file() and not place.stat().st_size:
                place.unlink()  # nothing came of it

    def _read(
        self,
        operation: str,
        path: Path,
        more: Mapping[str, Any] | None = None,
        heard: Callable[[Frame], None] | None = None,
    ) -> Frame:
        budget = min(LARGEST_FILE_BYTES, available_bytes() // 4)
        if self._reading is None or not self._reading.alive:
            self._end_reading()
            self._reading = Job(READING).__enter__()
        header = {"operation": operation, "path": str(Path(path).resolve()), "budget": budget, **(more or {})}
        try:
            advice = "the file may be damaged, or its disk does not answer"
            return self._reading.request(header, what=f"reading {Path(path).name}", advice=advice, heard=heard)[0]
        except InputError as error:
            # A library that a damaged file drove to its limits (HDF5 without memory) may fail at the next, sound one.
            self._end_reading()
            # A file that can't be read is bad input, not user code that failed.
            raise InputError(str(error)) from error

    def list_weights(self, path: Path) -> Listing:
        """What a weight file holds, without its numbers; raises `InputError`."""
        return listing_of(self._read("list_weights", path, heard=lambda frame: None))

    def read_weights(self, path: Path, names: Collection[str] | None = None) -> dict[str, AnyArray]:
        """Arrays of a weight file by name, all or only some; raises `InputError`.

        Each comes by itself, so that no process ever holds much more than the arrays.
        """
        arrays: dict[str, AnyArray] = {}
        wanted = {"names": None if names is None else sorted(names)}

        held = 0

        def heard(frame: Frame) -> None:
            nonlocal held
            arrays.update(frame.arrays)
            held += sum(array.nbytes for array in frame.arrays.values())
            if held > LARGEST_FILE_BYTES:
                raise ProtocolError("more than it may read")

        self._read("read_weights", path, wanted, heard)
        return arrays

    def read_data(self, path: Path) -> dict[str, AnyArray]:
        """Arrays of a data file by name; raises `InputError`."""
        return dict(self._read("read_data", path, heard=lambda frame: None).arrays)

    def read_text(self, path: Path) -> str:
        """Characters of a text file; raises `InputError`."""
        return str(self._read("read_text", path).header["text"])
