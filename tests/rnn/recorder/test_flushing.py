"""Whoever reads a recording sees what was recorded, while the code is stuck in a library and whatever else is going on."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.errors import InputError
from rnn.recorder import Recording, record
from rnn.recorder.journal import Journal


def _stuck(free: threading.Event) -> None:
    total = np.zeros(3)
    for t in range(20):
        total[0] += t
    free.wait(60)


def test_a_few_steps_reach_the_file_while_the_code_is_stuck(tmp_path: Path) -> None:
    free, found = threading.Event(), []

    def look() -> None:
        for _ in range(500):
            time.sleep(0.02)
            try:
                recording = Recording(tmp_path / "r.rec")
            except InputError:
                continue
            if len(recording) >= 42:
                found.append(recording.value("total", len(recording) - 1).tolist())
                break
        free.set()

    thread = threading.Thread(target=look)
    thread.start()
    done = record(_stuck, free, path=tmp_path / "r.rec")
    thread.join()
    assert done.error is None and found == [[190.0, 0.0, 0.0]]


def test_no_thread_is_left_and_none_is_reported(tmp_path: Path) -> None:
    before = threading.active_count()
    done = record(_busy, 3, path=tmp_path / "r.rec")
    assert threading.active_count() == before
    assert not any("thread" in remark for remark in done.recording.tables.remarks)


def _busy(n: int) -> Any:
    array, held = np.zeros((8, 8)), {}
    for i in range(n):
        array[i % 8] += i
        held[f"k{i % 50}"] = array[i % 8] * 1.5
    return array


@pytest.mark.parametrize("seed", range(3))
def test_flushing_from_another_thread_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Flushed all the time, the recording holds the same as one that is written at the end, and can be read meanwhile."""
    plain = record(_busy, 1500, path=tmp_path / "plain.rec").recording
    made: list[Journal] = []
    start = Journal.__init__
    monkeypatch.setattr(Journal, "__init__", lambda self, path: (start(self, path), made.append(self))[0])
    over, seen = threading.Event(), []

    def flush() -> None:
        rng = np.random.default_rng(seed)
        while not over.is_set():
            for journal in made:
                journal.flush()
            if made and rng.random() < 0.05:
                recording = Recording(tmp_path / "flushed.rec")
                if len(recording) > 10:
                    seen.append(recording.value("array", len(recording) - 1).sum())

    thread = threading.Thread(target=flush)
    thread.start()
    try:
        done = record(_busy, 1500, path=tmp_path / "flushed.rec")
    finally:
        over.set()
        thread.join()
    flushed = done.recording
    assert done.error is None and flushed.ended == "" and len(flushed) == len(plain)
    for name in ("statement", "frame", "iteration", "loop_value"):
        assert np.array_equal(flushed.steps[name], plain.steps[name])
    for step in range(3, len(plain), 97):
        assert flushed.value("array", step).tobytes() == plain.value("array", step).tobytes()
    assert (
        flushed.value("held['k49']", len(plain) - 1).tobytes() == plain.value("held['k49']", len(plain) - 1).tobytes()
    )
    assert seen
