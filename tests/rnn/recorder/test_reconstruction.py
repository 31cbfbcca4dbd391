"""Every array of every path at every step is what an independent witness saw, bit for bit."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rnn.recorder import Recording, RecordingLimits, record
from rnn.recorder.format import AGAIN, AUDIT
from tests.rnn.recorder import fuzz, hidden, snippets, workload
from tests.rnn.recorder.lines import loaded
from tests.rnn.recorder.reference import Outcome, run

COUNTED: dict[str, int] = {}
"""Arrays compared, by test; the last test adds them up."""

PROGRAMS = 60

pytestmark = pytest.mark.usefixtures("own_globals")


def _check(name: str, recording: Recording, outcome: Outcome) -> None:
    recording.close()
    COUNTED[name] = outcome.compared
    assert outcome.wrong == []
    assert outcome.refused == []


@pytest.mark.parametrize("function", snippets.SNIPPETS, ids=lambda one: one.__name__)
def test_awkward_code_is_reconstructed(function: Callable[[], Any], tmp_path: Path) -> None:
    """Nothing is wrong, nothing is refused, nothing has to be flagged, and the code gets through."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recording, outcome = run(function, tmp_path / "run.rec")
    raised = function.__name__ == "uncaught"
    assert bool(recording.ended) == raised
    assert outcome.flagged == 0
    _check(function.__name__, recording, outcome)


@pytest.mark.parametrize("function", hidden.HIDDEN, ids=lambda one: one.__name__)
def test_hidden_changes_are_exact_or_flagged(function: Callable[[], Any], tmp_path: Path) -> None:
    """What code that is not recorded changes is seen in its step, or the recording says where it may be wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recording, outcome = run(function, tmp_path / "run.rec")
    assert outcome.flagged <= outcome.compared // 100
    _check(function.__name__, recording, outcome)


def test_an_invisible_change_is_flagged_with_its_range(tmp_path: Path) -> None:
    """Where no code was seen that can have done it, the version says since when it may have been so."""
    recording = record(hidden.invisible, path=tmp_path / "run.rec").recording
    rows = recording.replay.rows
    found = rows[rows["flags"] & AUDIT != 0]
    assert len(found) == 1
    assert found["since"][0] <= found["step"][0]
    assert float(recording.value("a", int(found["step"][0]))[0]) == 9.0
    recording.close()


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_random_programs_are_reconstructed(seed: int, tmp_path: Path) -> None:
    """The same for programs that nobody would write."""
    names = loaded(tmp_path / "program.py", fuzz.program(seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recording, outcome = run(names["program"], tmp_path / "run.rec")
    assert outcome.flagged <= outcome.compared // 50
    _check(f"program {seed}", recording, outcome)


def _methods(*arguments: Any) -> Any:
    return workload.Network(*arguments).backward()


@pytest.mark.parametrize("style", ("dicts", "arrays", "rows", "attributes"))
def test_the_measured_workload_is_reconstructed(style: str, tmp_path: Path) -> None:
    """Large accumulators are carried out again, and come out right at every step."""
    arguments = workload.make(40, 48, 48, seed=1)
    arguments = arguments if style in ("dicts", "attributes") else workload.stacked(arguments)
    function = {"rows": workload.backward_rows, "attributes": _methods}.get(style, workload.backward)
    recording, outcome = run(function, tmp_path / "run.rec", *arguments, files=lambda file: file == workload.__file__)
    assert (recording.replay.rows["kind"] == AGAIN).sum() > 60
    assert outcome.flagged == 0
    _check(f"workload {style}", recording, outcome)


def test_exact_keeps_all_bytes(tmp_path: Path) -> None:
    """`exact` carries nothing out again."""
    limits = RecordingLimits(exact=True)
    recording = record(snippets.large_plus, path=tmp_path / "run.rec", limits=limits).recording
    assert not (recording.replay.rows["kind"] == AGAIN).any()
    recording.close()


def test_enough_was_compared() -> None:
    """At least 250,000 arrays; only where the whole file runs."""
    if len(COUNTED) < len(snippets.SNIPPETS) + len(hidden.HIDDEN) + PROGRAMS + 4:
        pytest.skip("only some of the tests above ran")
    assert sum(COUNTED.values()) >= 250_000
