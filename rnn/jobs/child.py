"""A job's own side: takes requests, answers them, ends when the request pipe closes."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from ..arrays import AnyArray
from ..cases.call import UserCodeError, load_case, run_case
from ..errors import InputError
from .frames import Frame, ProtocolError, encode_frame, read_frame
from .limits import Limits
from .platform import (
    Alarm,
    apply_limits,
    die_with_parent,
    more_memory_at_most,
    renew_processor_time,
    withhold_from_forks,
)
from .reading import Say, list_weights, read_data, read_weights, spare_memory

Answer = tuple[dict[str, Any], Mapping[str, AnyArray]]
Pieces = list[bytes | memoryview]
LastWords = Callable[[str], None]
"""Answers in the midst of the work that it failed, and ends the job."""


def _read_text(frame: Frame, _: LastWords) -> Answer:
    from ..data import read_text

    path, budget = Path(frame.header["path"]), int(frame.header["budget"])
    spare_memory(path, budget, 8)  # characters take up to four bytes, and line ends are changed in a copy
    return {"text": read_text(path, budget)}, {}


def _run_case(frame: Frame, _: LastWords) -> Answer:
    return run_case(frame)


def _watch_case(frame: Frame, _: LastWords) -> Answer:
    from ..cases.purity import watch_case

    return watch_case(frame)


def _load_case(frame: Frame, _: LastWords) -> Answer:
    load_case(frame)
    return {}, {}


def _record_case(frame: Frame, last_words: LastWords) -> Answer:
    from ..cases.recorded import record_case

    return record_case(frame, last_words)


def _jax_truth(frame: Frame, _: LastWords) -> Answer:
    from ..cases.job_truth import jax_truth

    return jax_truth(frame)


def _differences(frame: Frame, _: LastWords) -> Answer:
    from ..cases.job_truth import differences

    return differences(frame)


def _prepare_edits(frame: Frame, _: LastWords) -> Answer:
    from ..cases.trying.serving import prepare

    return prepare(frame, Alarm, more_memory_at_most)


def _try_edits(frame: Frame, _: LastWords) -> Answer:
    from ..cases.trying.serving import attempt_some

    return attempt_some(frame, _can_answer)


STREAMED = {"list_weights": list_weights, "read_weights": read_weights, "read_data": read_data}
"""Operations that say things before they answer."""

OPERATIONS: dict[str, Callable[[Frame, LastWords], Answer]] = {
    "read_text": _read_text,
    "run_case": _run_case,
    "watch_case": _watch_case,
    "load_case": _load_case,
    "record_case": _record_case,
    "jax_truth": _jax_truth,
    "differences": _differences,
    "prepare_edits": _prepare_edits,
    "try_edits": _try_edits,
}


_channels: list[int] = []


def _can_answer() -> bool:
    """Whether the user's code has left the channels to the parent open."""
    try:
        return all(os.fstat(one) for one in _channels)
    except OSError:
        return False


def _private_channels() -> tuple[BinaryIO, BinaryIO, int]:
    """Keep copies of 0, 1 and 2 for ourselves; then 0 is the null device and 1 is 2, the captured output."""
    copies = os.dup(0), os.dup(1), os.dup(2)
    _channels[:] = copies
    withhold_from_forks(copies)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", buffering=1, closefd=False, errors="replace")
    return os.fdopen(copies[0], "rb"), os.fdopen(copies[1], "wb"), copies[2]


def _listen(requests: BinaryIO, waiting: queue.SimpleQueue[Frame]) -> None:
    """Hand over requests; when the parent is gone, end, whatever the user's code is doing."""
    try:
        while True:
            waiting.put(read_frame(requests))
    except (EOFError, OSError, ProtocolError):
        os._exit(0)


def _flush_output() -> None:
    """Write out what the user's code printed; it may have closed or replaced the streams."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.flush()


def _edits(frame: Frame) -> AbstractContextManager[None]:
    """Makes the edits of the user's source that a request wants made."""
    if not frame.header.get("edits"):
        return nullcontext()
    from ..cases.trying.edited_run import edited

    return edited(frame)


def _answer(frame: Frame, last_words: LastWords, say: Say) -> Answer:
    """Carry out one request; a failure that the user can act on becomes a header."""
    start = time.perf_counter()
    operation = frame.header["operation"]
    try:
        with _edits(frame):
            streamed = operation in STREAMED
            header, arrays = STREAMED[operation](frame, say) if streamed else OPERATIONS[operation](frame, last_words)
    except UserCodeError as error:
        place = {"file": error.file, "line": error.line, "moment": list(error.moment)}
        return {"failed": str(error), "details": error.details, **place}, {}
    except InputError as error:
        return {"failed": str(error)}, {}
    return {**header, "elapsed_s": time.perf_counter() - start}, arrays


def _encoded(frame: Frame, last_words: LastWords, say: Say) -> Pieces:
    """The answer's bytes; the mark shows that it belongs to this request."""
    mark = frame.header["mark"]
    try:
        header, arrays = _answer(frame, last_words, say)
        return encode_frame({**header, "mark": mark}, arrays)
    except MemoryError as error:
        said = f"not enough memory: {error or 'the limit of the job is reached'}"
        return encode_frame({"failed": said, "no_memory": True, "mark": mark})


def main(limits_json: str) -> NoReturn:
    """Serve until the parent closes the pipe.

    Args:
        limits_json: the fields of `Limits`, as JSON.
    """
    die_with_parent()
    requests, answers, output = _private_channels()
    limits = Limits(**json.loads(limits_json))
    apply_limits(limits)
    waiting: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, waiting), daemon=True).start()
    serving = os.getpid()

    def write(pieces: Pieces) -> None:
        if os.getpid() != serving:
            os._exit(0)  # a fork made by the user's code came back here; only the first process answers
        for piece in pieces:
            answers.write(piece)
        answers.flush()

    def send(frame: Frame, pieces: Pieces) -> None:
        _flush_output()
        if os.getpid() == serving:
            os.write(output, bytes.fromhex(frame.header["mark"]))  # the output up to here belongs to this answer
        write(pieces)

    while True:
        frame = waiting.get()
        renew_processor_time(limits)

        def last_words(said: str, frame: Frame = frame) -> NoReturn:
            send(frame, encode_frame({"failed": said, "mark": frame.header["mark"]}))
            os._exit(0)

        def say(header: Mapping[str, Any], arrays: Mapping[str, AnyArray], frame: Frame = frame) -> None:
            write(encode_frame({**header, "mark": frame.header["mark"], "more": True}, arrays))

        send(frame, _encoded(frame, last_words, say))
