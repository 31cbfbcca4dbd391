"""The real engine process with the real pipeline: a check, its weights, user code that hangs and code that fails."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from inspector.assets import example_path
from inspector.engine.client import Engine
from rnn.cases import read_case
from rnn.inspection import load_inspection
from rnn.settings import ProblemSettings
from rnn.settings_for import settings_for

WAIT_MS = 120_000

PROMPT_S, BUSY_S = 0.3, 1.0
"""So soon a request that was cancelled makes room for the next one, and what a busy machine may add to that."""

CASE = """
CASE = dict(cell="rnn", activation="tanh", loss="half_squared_error")
def run(problem):
{body}
"""


@pytest.fixture
def engine(qapp):
    made = Engine()
    made.heard = []
    made.done.connect(made.heard.append)
    made.failed.connect(made.heard.append)
    yield made
    made.close()


def answer(engine, qtbot, kind, case="", **extra):
    """The engine's answer to a request with small sizes."""
    before = len(engine.heard)
    number = engine.submit(kind, str(case), ProblemSettings(steps=3, hidden=2).to_json(), extra)
    qtbot.waitUntil(lambda: len(engine.heard) > before, timeout=WAIT_MS)
    assert engine.heard[-1].number == number
    return engine.heard[-1]


def case_file(folder, body):
    path = folder / "net.py"
    path.write_text(CASE.format(body="".join(f"    {line}\n" for line in body.splitlines())), encoding="utf-8")
    return path


def test_a_check_becomes_a_result_file_and_its_weights_a_weight_file(engine, qtbot, tmp_path):
    done = answer(engine, qtbot, "inspect")
    result = load_inspection(Path(done.path))
    assert (result.verdict, result.problem["T"], result.problem["H"]) == ("agree", 3, 2)
    saved = answer(engine, qtbot, "save_weights", result=done.path, path=str(tmp_path / "w.npz"))
    with np.load(saved.path) as stored:
        assert {name: stored[name].tolist() for name in stored.files} == {
            name: result.arrays.read(f"weights/{name}").tolist() for name in ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
        }


def test_a_suffix_nobody_knows_is_refused_in_a_sentence(engine, qtbot, tmp_path):
    done = answer(engine, qtbot, "inspect")
    refused = answer(engine, qtbot, "save_weights", result=done.path, path=str(tmp_path / "w.h5"))
    assert ".npz" in refused.sentence
    assert not refused.is_bug


def test_an_example_is_checked(engine, qtbot):
    settings = ProblemSettings(h0="zero", batch=1).to_json()
    done = engine.submit("inspect", str(example_path("question-2014-fixed")), settings, {})
    qtbot.waitUntil(lambda: engine.heard != [], timeout=WAIT_MS)
    assert (engine.heard[0].number, type(engine.heard[0]).__name__) == (done, "Done"), engine.heard[0]


def test_code_that_hangs_costs_nothing_but_its_run(engine, qtbot, tmp_path):
    path = case_file(tmp_path, f"open({str(tmp_path / 'begun')!r}, 'w').close()\nwhile True: pass")
    number = engine.submit("inspect", str(path), ProblemSettings(steps=3, hidden=2).to_json(), {})
    qtbot.waitUntil((tmp_path / "begun").exists, timeout=WAIT_MS)
    process = engine.process_id
    engine.cancel(number)
    assert type(answer(engine, qtbot, "inspect")).__name__ == "Done"
    assert engine.process_id == process


def _repaired(told):
    return any(one["kind"] == "repair" for message in told for one in message.extra.get("findings", ()))


@pytest.mark.parametrize(
    "far", [lambda told: told, lambda told: len(told) > 4, lambda told: len(told) > 9, _repaired],
    ids=["begun", "on its way", "farther", "repair known"],
)  # fmt: skip
def test_a_diagnosis_is_given_up_at_once_and_the_next_request_does_not_wait(engine, qtbot, tmp_path, far):
    case = str(example_path("question-2014"))
    settings = settings_for(read_case(example_path("question-2014"))).to_json()
    engine.submit("inspect", case, settings, {})
    qtbot.waitUntil(lambda: engine.heard != [], timeout=WAIT_MS)
    result, process, told = engine.heard[0].path, engine.process_id, []
    engine.progressed.connect(told.append)
    number = engine.submit("diagnose", case, settings, {"result": result})
    qtbot.waitUntil(lambda: bool(far(told)), timeout=WAIT_MS)
    engine.heard.clear()
    begun = time.monotonic()
    engine.cancel(number)
    saved = engine.submit("save_weights", "", {}, {"result": result, "path": str(tmp_path / "w.npz")})
    qtbot.waitUntil(lambda: engine.heard != [], timeout=WAIT_MS)
    assert time.monotonic() - begun < PROMPT_S + BUSY_S
    assert [one.number for one in engine.heard] == [saved] and engine.process_id == process


@pytest.mark.parametrize(("body", "line"), [("x = 1\nraise ValueError('oh no')", 5)])
def test_code_that_fails_is_told_with_its_line(engine, qtbot, tmp_path, body, line):
    path = case_file(tmp_path, body)
    failed = answer(engine, qtbot, "inspect", path)
    assert "oh no" in failed.sentence
    assert (Path(failed.file).name, failed.line, failed.is_bug) == ("net.py", line, False)


def test_a_crash_of_user_code_leaves_the_engine_alone(engine, qtbot, tmp_path):
    path = case_file(tmp_path, "import os\nos._exit(7)")
    failed = answer(engine, qtbot, "inspect", path)
    assert not failed.is_bug
    process = engine.process_id
    assert type(answer(engine, qtbot, "inspect")).__name__ == "Done"
    assert engine.process_id == process
