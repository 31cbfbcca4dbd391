"""What the engine does for the debugger: recordings, JAX's values beside them, runs with other values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.assets import example_path
from inspector.engine.debugging import beside, record, what_if
from inspector.engine.messages import Submit
from rnn.beside import load_beside
from rnn.cases import read_case
from rnn.jobs import JobRunner
from rnn.recorder import Recording
from rnn.recorder import record as record_function
from rnn.settings import ProblemSettings
from rnn.settings_for import settings_for

RAISES = '''
import numpy as np

CASE = dict(cell="rnn", activation="tanh", loss="half_squared_error", x="TD", weights="in,out", h0="zero")


def run(problem):
    sums = np.zeros(3)
    for t in range(7):
        sums[t] = 1.0
    return dict(dW_xh=sums)
'''


@pytest.fixture(scope="module")
def runner() -> Iterator[JobRunner]:
    with JobRunner() as made:
        yield made


def _settings(path: Path) -> dict[str, Any]:
    return settings_for(read_case(path)).to_json()


def _silent(text: str, fraction: float | None, extra: Any = None) -> None:
    """Nobody listens."""


def test_a_recording_is_told_of_before_it_is_made(runner: JobRunner, tmp_path: Path) -> None:
    told: list[Any] = []
    case, target = example_path("question-2014"), str(tmp_path / "a.rec")
    request = Submit(1, "record", str(case), _settings(case), {"path": target})
    path, found = record(request, runner, lambda text, fraction, extra=None: told.append(extra))
    assert told == [{"recording": target}]
    assert path == target
    recording = Recording(path)
    assert found["steps"] == len(recording) > 50
    assert recording.tables.extra["case"]["path"] == str(case)
    recording.close()


def test_the_built_in_backward_pass_is_recorded_and_compared(runner: JobRunner, tmp_path: Path) -> None:
    target = str(tmp_path / "a.rec")
    record(Submit(1, "record", "", ProblemSettings(steps=4, hidden=3).to_json(), {"path": target}), runner, _silent)
    answer = beside(Submit(2, "beside", extra={"recording": target, "path": str(tmp_path / "b")}), runner, _silent)
    found = load_beside(Path(answer[0]))
    assert {"da", "dh"} <= {one.quantity for one in found.matches}
    assert not np.nan_to_num(found.worst).any()


def test_code_that_raises_leaves_a_recording_and_a_sentence(runner: JobRunner, tmp_path: Path) -> None:
    case = tmp_path / "raises.py"
    case.write_text(RAISES, encoding="utf-8")
    request = Submit(1, "record", str(case), _settings(case), {"path": str(tmp_path / "a.rec")})
    path, found = record(request, runner, _silent)
    assert "IndexError" in found["failure"]
    assert found["line"] == 10
    recording = Recording(path)
    assert recording.step(len(recording) - 1).raised
    recording.close()


def test_limits_are_kept(runner: JobRunner, tmp_path: Path) -> None:
    case = example_path("question-2014")
    extra = {"path": str(tmp_path / "a.rec"), "limits": {"steps": 20}}
    path, found = record(Submit(1, "record", str(case), _settings(case), extra), runner, _silent)
    assert found["failure"]
    recording = Recording(path)
    assert len(recording) <= 20
    recording.close()


def test_blame_and_matches_stand_beside_the_recording(question_beside: str) -> None:
    found = load_beside(Path(question_beside))
    assert [one["line"] for one in found.findings if one["kind"] == "blame"] == [54]
    assert {"da", "dh", "dW_hh"} <= {one.quantity for one in found.matches}


def test_a_recording_of_no_case_has_a_note_and_no_values(runner: JobRunner, tmp_path: Path) -> None:
    def work() -> Any:
        x = np.ones(3)
        return x * 2

    path = tmp_path / "a.rec"
    record_function(work, path=path)
    request = Submit(1, "beside", extra={"recording": str(path), "path": str(tmp_path / "b")})
    answer, found = beside(request, runner, _silent)
    assert answer == ""
    assert "is not the recording of a case" in found["note"]


def test_a_match_that_the_user_corrects_is_kept_with_the_case(runner: JobRunner, tmp_path: Path) -> None:
    case = tmp_path / "mine.py"
    case.write_text(example_path("question-2014").read_text(encoding="utf-8"), encoding="utf-8")
    target = str(tmp_path / "a.rec")
    record(Submit(1, "record", str(case), _settings(case), {"path": target}), runner, _silent)

    def matched(match: Any) -> str:
        extra = {"recording": target, "path": str(tmp_path / "b"), "match": match}
        found = load_beside(Path(beside(Submit(2, "beside", extra=extra), runner, _silent)[0]))
        return next(one.quantity for one in found.matches if (one.function, one.path) == ("backward", "dcdHin"))

    assert matched(None) == "da"
    assert matched(["dcdHin", "dh"]) == "dh"
    assert matched(None) == "dh"
    assert matched(["dcdHin", ""]) == "da"


def _what_if(runner: JobRunner, question: str, beside_path: str, target: Path, **more: Any) -> tuple[str, Any]:
    extra = {"recording": question, "beside": beside_path, "step": 41, "frame": 2, "array": "dcdHout", "values": None}
    return what_if(Submit(1, "what_if", extra={**extra, "path": str(target), **more}), runner, _silent)


def test_jax_in_the_right_array_makes_everything_right(
    runner: JobRunner, question_recording: str, question_beside: str, tmp_path: Path
) -> None:
    path, found = _what_if(runner, question_recording, question_beside, tmp_path / "b.rec")
    assert {"dW_hh", "dW_xh", "db_h"} <= set(found["inherited"])
    assert found["remaining"] == found["broken"] == []
    assert "dh" in found["by"]
    second = Recording(path)
    assert len(second) > 41
    second.close()


def test_values_of_ones_own_are_put_in_where_they_are_said(
    runner: JobRunner, question_recording: str, question_beside: str, tmp_path: Path
) -> None:
    path, found = _what_if(runner, question_recording, question_beside, tmp_path / "b.rec", values={"3,1": 0.5})
    assert found["by"] == "your own values"
    assert found["remaining"]
    first, second = Recording(question_recording), Recording(path)
    before, after = (one.value("dcdHout", 41) for one in (first, second))
    assert np.argwhere(before != after).tolist() == [[3, 1]]
    assert after[3, 1] == 0.5
    first.close()
    second.close()
