"""diagnose_many: a whole library of cells, checked and diagnosed by any executor: threads, processes, or a cluster."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, as_completed
from pathlib import Path

from .cases import Case
from .errors import InputError
from .inspection import inspect_gradients
from .results import Inspection
from .saving import load_whole, save_inspection


def diagnose_many(
    cases: Iterable[Case | Path | str], executor: Executor
) -> Iterator[tuple[Path, Inspection | InputError]]:
    """Check every case, and search for the cause where a gradient is wrong, as `inspect_gradients(..., why=True)` does.

    Args:
        cases: files of cases, or cases that were read; every worker must find them under the same path.
        executor: whose workers do it, one case a task: of `concurrent.futures`, or `distributed.Client(...).get_executor()`.
            Each task runs the user's code in jobs of its own. It is not shut down here.

    Yields:
        A case's file with its result, as soon as it is known; with an `InputError` where the case can't be read or its code
        fails. What is left is dropped when nobody asks for more.

    Raises:
        What the executor raises where a worker is lost.
    """
    paths = [(one.path if isinstance(one, Case) else Path(one)).resolve() for one in cases]
    tasks: dict[Future[bytes | str], Path] = {
        executor.submit(checked, str(path)): path for path in dict.fromkeys(paths)
    }
    try:
        for task in as_completed(tasks):
            yield tasks[task], _result(task.result())
    finally:
        for task in tasks:
            task.cancel()


def checked(path: str) -> bytes | str:
    """In a worker: the result file of a case, as bytes; in words why there is none."""
    with tempfile.TemporaryDirectory(prefix="bptt-inspector-") as folder:
        file = Path(folder) / "result.bptt"
        try:
            save_inspection(inspect_gradients(case=path, why=True), file)
        except InputError as error:
            return str(error)
        return file.read_bytes()


def _result(found: bytes | str) -> Inspection | InputError:
    """What a worker sent, with all arrays in memory."""
    if isinstance(found, str):
        return InputError(found)
    with tempfile.TemporaryDirectory(prefix="bptt-inspector-") as folder:
        file = Path(folder) / "result.bptt"
        file.write_bytes(found)
        return load_whole(file)
