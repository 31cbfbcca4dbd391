"""Record any Python function that works on arrays: every executed statement, every value, exact to the bit.

    from rnn.recorder import record
    recording = record(backward, cache, weights, path="run.rec").recording
    recording.value("dh", step=412)

The function is called as it is; its source is not changed, and nothing of the objects it uses is run to look at them.
What is followed: functions defined in the same file as `function` (or in the files that `files` accepts). What is not:
library code, other threads, child processes. Values are those of NumPy arrays, numbers, texts, and what dicts, lists,
tuples and objects hold of them, four levels deep.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .capture import Tracer
from .chosen import follow_only
from .flushing import kept_up_to_date
from .forks import kept_from_forks
from .limits import RecordingLimits
from .scribe import Scribe

if TYPE_CHECKING:
    from .recording import Recording

MOST_OUTPUT = 1 << 20
"""Characters of output that a recording keeps."""


@dataclass(frozen=True, eq=False)
class Recorded:
    """What recording a call gave.

    Attributes:
        path: of the recording.
        value: what the function returned; None where it raised.
        error: what it raised, or None.
        ended: why the recording ended before the function did, in words; empty where it did not.
    """

    path: Path
    value: Any
    error: BaseException | None
    ended: str

    @property
    def recording(self) -> Recording:
        """The recording, opened."""
        from .recording import Recording

        return Recording(self.path)


def _stamped(stream: Any, name: str, scribe: Scribe) -> io.TextIOBase:
    """A stream that notes with which step something was printed.

    It has no attributes: the code may hold it, and the recorder would record itself.
    """
    left = MOST_OUTPUT

    class Stamped(io.TextIOBase):
        def write(self, text: str) -> int:
            nonlocal left
            if left > 0 and not scribe.ended:
                scribe.output(name, text[:left])
                left -= len(text)
            return int(stream.write(text) or 0)

        def flush(self) -> None:
            stream.flush()

        def writable(self) -> bool:
            return True

        def fileno(self) -> int:
            return int(stream.fileno())

    return Stamped()


@contextmanager
def _stamped_output(scribe: Scribe) -> Iterator[None]:
    before = sys.stdout, sys.stderr
    ours = _stamped(before[0], "stdout", scribe), _stamped(before[1], "stderr", scribe)
    sys.stdout, sys.stderr = ours
    try:
        yield
    finally:
        if sys.stdout is ours[0]:
            sys.stdout = before[0]
        if sys.stderr is ours[1]:
            sys.stderr = before[1]


def same_file(function: Callable[..., Any]) -> Callable[[str], bool]:
    """Accepts the file in which a function is defined."""
    code = getattr(function, "__code__", None)
    if code is None:
        raise InputError(f"{function!r} is no Python function; record a function with source of its own")
    return lambda file: file == code.co_filename


def _watch(scribe: Scribe, tracer: Tracer, work: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    """Run under the hook; notes what got in its way."""
    others, before, error, value = threading.active_count(), sys.gettrace(), None, None
    with _stamped_output(scribe), kept_from_forks(scribe):
        sys.settrace(tracer.trace)
        try:
            value = work()
        except BaseException as raised:
            error = raised
        lost = not tracer.running
        sys.settrace(before)
    if tracer.failure is not None:
        what = f"{type(tracer.failure).__name__}: {tracer.failure}"
        scribe.stop("limit", f"the recorder failed after step {scribe.steps - 1} ({what}); please report it")
    if scribe.ended:
        return value, error
    note = scribe.journal.note
    if lost:
        why = "calls were nested as deeply as Python allows" if tracer.too_deep else "the code called sys.settrace"
        note(["remark", f"{why}, which switched the recorder off: nothing is recorded after step {scribe.steps - 1}"])
    if threading.active_count() > others:
        note(["remark", "the code started threads; what they did is not recorded"])
    if not scribe.steps:
        note(
            [
                "remark",
                "no statement of the recorded files was executed; is the function compiled (numba, Cython) or defined elsewhere?",
            ]
        )
    return value, error


def _describe(scribe: Scribe, function: Callable[..., Any], extra: Mapping[str, Any]) -> None:
    """Note what is recorded."""
    name, python = getattr(function, "__qualname__", "?"), sys.version.split()[0]
    scribe.journal.note(["run", name, python, os.getpid()])
    for key, content in extra.items():
        scribe.journal.note(["extra", key, content])


def _tracer(
    scribe: Scribe, files: Callable[[str], bool], functions: Callable[[str], bool] | None, change: Any
) -> Tracer:
    """What follows the code: all of it or chosen functions, with a change to make on the way."""
    tracer = Tracer(scribe)
    if functions is not None:
        follow_only(tracer, files, functions)
    if change is not None:
        change.arm(scribe, tracer)
    return tracer


def record(
    function: Callable[..., Any],
    *arguments: Any,
    path: Path | str,
    files: Callable[[str], bool] | None = None,
    limits: RecordingLimits | None = None,
    stop: Callable[[str], None] | None = None,
    change: Any = None,
    extra: Mapping[str, Any] | None = None,
    functions: Callable[[str], bool] | None = None,
    **words: Any,
) -> Recorded:
    """Call a function and record every statement it executes.

    Args:
        function: what to call. arguments, words: what with.
        path: where the recording goes; it can be read (`Recording`) while it grows.
        files: whether code from a file (its name) is followed; by default the function's own file.
        limits: when one is reached, the recording ends and the function goes on; `stop`, where given, is called first.
        change: an `rnn.recorder.change.Change` to make at one step.
        extra: anything that JSON can hold, by name, to be kept as `recording.tables.extra`.
        functions: whether a function (its qualified name) is followed where no followed one calls it; by default all are.

    Returns:
        The function's value or exception, and where the recording is.

    Raises:
        InputError: the recording can't be written, or the function is not written in Python.
    """
    accepted = files or same_file(function)
    ended: list[str] = []

    def on_limit(said: str) -> None:
        sys.settrace(None)
        ended.append(said)
        if stop is not None:
            stop(said)

    scribe = Scribe(Path(path), lambda file: accepted(file), limits or RecordingLimits(), on_limit)
    _describe(scribe, function, extra or {})
    tracer = _tracer(scribe, accepted, functions, change)
    with kept_up_to_date(scribe):
        value, error = _watch(scribe, tracer, lambda: function(*arguments, **words))
    scribe.end(*(("returned",) if error is None else ("raised", type(error).__qualname__)))
    if scribe.journal.full and not ended:
        ended.append(f"the recording could not be written: {scribe.journal.full}")
    return Recorded(Path(path), value, error, ended[0] if ended else "")
