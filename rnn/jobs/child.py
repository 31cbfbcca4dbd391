"""A job's own side: takes requests, answers them, ends when the request pipe closes."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from ..arrays import AnyArray
from ..cases.call import UserCodeError, run_case
from ..errors import InputError
from .frames import Frame, ProtocolError, read_frame, write_frame
from .limits import Limits
from .platform import apply_limits, die_with_parent

Answer = tuple[dict[str, Any], Mapping[str, AnyArray]]


def _read_weights(frame: Frame) -> Answer:
    from ..weights import read_arrays

    return {}, read_arrays(Path(frame.header["path"]), int(frame.header["budget"]))


def _read_data(frame: Frame) -> Answer:
    from ..data import read_data_file

    return {}, read_data_file(Path(frame.header["path"]), int(frame.header["budget"]))


def _read_text(frame: Frame) -> Answer:
    from ..data import read_text

    return {"text": read_text(Path(frame.header["path"]), int(frame.header["budget"]))}, {}


def _run_case(frame: Frame) -> Answer:
    return run_case(frame)


OPERATIONS: dict[str, Callable[[Frame], Answer]] = {
    "read_weights": _read_weights,
    "read_data": _read_data,
    "read_text": _read_text,
    "run_case": _run_case,
}


def _private_channels() -> tuple[BinaryIO, BinaryIO]:
    """Keep copies of 0 and 1 for frames; then 0 is the null device and 1 is 2, the captured output."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", buffering=1, closefd=False, errors="replace")
    return requests, answers


def _answer(frame: Frame) -> Answer:
    """Carry out one request; a failure that the user can act on becomes a header."""
    start = time.perf_counter()
    try:
        header, arrays = OPERATIONS[frame.header["operation"]](frame)
    except UserCodeError as error:
        return {"failed": str(error), "details": error.details, "file": error.file, "line": error.line}, {}
    except InputError as error:
        return {"failed": str(error)}, {}
    except MemoryError as error:
        return {"failed": f"not enough memory: {error or 'the limit of the job is reached'}"}, {}
    return {**header, "elapsed_s": time.perf_counter() - start}, arrays


def main(limits: str) -> int:
    """Serve until the parent closes the pipe.

    Args:
        limits: the fields of `Limits`, as JSON.
    """
    die_with_parent()
    requests, answers = _private_channels()
    apply_limits(Limits(**json.loads(limits)))
    while True:
        try:
            frame = read_frame(requests)
        except (EOFError, ProtocolError):
            return 0
        header, arrays = _answer(frame)
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(2, bytes.fromhex(frame.header["mark"]))  # the output up to here belongs to this answer
        write_frame(answers, header, arrays)
