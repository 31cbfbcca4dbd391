"""A process that the code forks leaves the recording alone; the recorder is not in what it records."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from rnn.recorder import record


def _work(n: int) -> int:
    total = 0
    for i in range(n):
        total += i
    return total


def _forking(way: str) -> int:
    if way == "fork":
        pid = os.fork()
        total = _work(5000)
        if not pid:
            print("from the fork")
            os._exit(0)
        os.waitpid(pid, 0)
        return total
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return sum(pool.map(_work, [5000, 5000])) + _work(5000)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("way", ["fork", "pool"])
def test_forks_leave_the_recording_alone(tmp_path: Path, way: str) -> None:
    """It is whole, holds the parent's steps only, and says what is missing."""
    done = record(_forking, way, path=tmp_path / "r.rec")
    recording = done.recording
    assert done.error is None and recording.ended == ""
    assert {recording.tables.texts[int(row["name"])] for row in recording.frames} == {"_forking", "_work"}
    assert len(recording.frames) == 2
    loop = next(n for n in range(len(recording)) if recording.step(n).statement.text == "total += i")
    assert len(recording.statement_steps(recording.step(loop).line)) == 5000
    assert recording.value("total", len(recording) - 3, 1) == sum(range(5000))
    assert [remark for remark in recording.tables.remarks if "forked" in remark] == [
        "the code forked; what the new process did is not recorded"
    ]


def _holding() -> Any:
    thread, stream, trace = threading.Thread(target=print), sys.stdout, sys.gettrace()
    print("hello")
    return thread, stream, trace


def test_the_recorder_does_not_record_itself(tmp_path: Path) -> None:
    """Not even through the streams that it puts in place of the code's."""
    recording = record(_holding, path=tmp_path / "r.rec").recording
    types = {name for _, name in recording.tables.owners}
    assert types & {"Scribe", "Journal", "Slots", "Storages", "Tracer"} == set()
