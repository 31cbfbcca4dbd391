"""A whole diagnosis: told as it goes, ended at any moment, and nothing of it left behind."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from rnn.cases import read_case
from rnn.diagnose.diagnose import LANES, PARTS, diagnose
from rnn.diagnose.explain import spread
from rnn.element import problem_of
from rnn.inspection import inspect_gradients
from rnn.jobs import JobRunner
from rnn.results import Inspection

QUESTION = Path(__file__).parents[3] / "resources" / "examples" / "question-2014.py"

PROMPT_S, BUSY_S = 0.3, 1.2
"""So soon a search ends that nobody wants any more, and what a busy machine may add to that."""


@pytest.fixture(scope="module")
def runner() -> Iterator[JobRunner]:
    with JobRunner() as made:
        yield made


@pytest.fixture(scope="module")
def wrong(runner: JobRunner) -> Inspection:
    return inspect_gradients(case=QUESTION, runner=runner)


class _Enough(Exception):
    """The listener wants no more."""


class _Listener:
    """Hears everything; wants no more after some time."""

    def __init__(self, seconds: float = 1e9) -> None:
        self.heard: list[tuple[str, Sequence[Mapping[str, Any]]]] = []
        self.begun, self.until, self.ended = time.monotonic(), time.monotonic() + seconds, 0.0

    def __call__(self, text: str, fraction: float | None, extra: Mapping[str, Any] | None = None) -> None:
        self.heard.append((text, [] if extra is None else list(extra["findings"])))
        if time.monotonic() > self.until:
            self.ended = time.monotonic()
            raise _Enough


def test_parts_are_in_one_lane_each() -> None:
    assert sorted(name for lane in LANES for name in lane) == sorted(PARTS)


def test_what_is_known_is_told_before_the_end(wrong: Inspection, runner: JobRunner) -> None:
    """The repair as soon as it is verified, and nothing is taken back."""
    listener = _Listener()
    found = diagnose(wrong, read_case(QUESTION), runner, listener)
    told = [{one["kind"] for one in findings} for _, findings in listener.heard if findings]
    assert all(before <= after for before, after in pairwise(told))
    with_repair = [any(one["kind"] == "repair" for one in findings) for _, findings in listener.heard]
    assert 0 < with_repair.index(True) < len(listener.heard) - 1
    assert any(text.startswith("Repair found") for text, _ in listener.heard)
    assert {"explain", "repair", "made", "right", "law", "blind_spot"} <= {one["kind"] for one in found.findings}
    assert not found.notes


def _children() -> set[int]:
    """Processes that this one has started and that are still there."""
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == os.getpid():
                found.add(int(folder.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("seconds", [0.0, 0.2, 0.5, 0.9])
def test_a_listener_ends_all_at_any_moment(wrong: Inspection, seconds: float) -> None:
    before, case = _children(), read_case(QUESTION)
    with JobRunner() as runner:
        assert runner.run(case, problem_of(wrong)).values
        listener = _Listener(seconds)
        with pytest.raises(_Enough):
            diagnose(wrong, case, runner, listener)
        assert time.monotonic() - listener.ended < PROMPT_S + BUSY_S
        assert runner.run(case, problem_of(wrong)).values  # whoever comes next is served
    until = time.monotonic() + 5
    while not _children() <= before and time.monotonic() < until:
        os.sched_yield()
    assert _children() <= before


@pytest.mark.parametrize("part", PARTS)
def test_each_part_alone_is_told_and_ended(wrong: Inspection, runner: JobRunner, part: str) -> None:
    """At its first word."""
    listener = _Listener(0.0)
    with pytest.raises(_Enough):
        diagnose(wrong, read_case(QUESTION), runner, listener, parts=(part,))
    assert len(listener.heard) == 1 and time.monotonic() - listener.begun < 5


class _Counting(ThreadPoolExecutor):
    """Counts what it is given."""

    given = 0

    def submit(self, *args, **more):  # type: ignore[no-untyped-def]
        self.given += 1
        return super().submit(*args, **more)


def test_an_executor_evaluates_sets(wrong: Inspection, runner: JobRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEAST_S", "LITTLE_S"):
        monkeypatch.setattr(spread, name, 0.0)
    with _Counting(2) as executor:
        found = diagnose(wrong, read_case(QUESTION), runner, _Listener(), parts=("explain",), executor=executor)
    assert executor.given and found.findings[0]["mistakes"][0]["id"] == "carry-own-step"
