"""What the engine tells while it inspects: every check as soon as it is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inspector.assets import example_path
from inspector.engine.messages import Submit
from inspector.engine.work import HANDLERS
from inspector.weight_look import look_of
from rnn import InputError, load_inspection
from rnn.cases import read_case
from rnn.checks import NAMES
from rnn.container import ContainerReader
from rnn.jobs import JobRunner
from rnn.looking import look_into
from rnn.settings import ProblemSettings
from rnn.settings_for import settings_for


def _told(path: Path, target: Path) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []

    def say(text: str, fraction: float | None, extra: Any = None) -> None:
        told.extend([extra["check"]] if extra else [])

    request = Submit(1, "inspect", str(path), settings_for(read_case(path)).to_json(), {"path": str(target)})
    with JobRunner() as runner:
        try:
            HANDLERS["inspect"](request, runner, say)
        except InputError as error:
            assert list(error.checks) == told
    return told


def test_checks_are_told_and_stored(tmp_path: Path) -> None:
    told = _told(example_path("question-2014"), tmp_path / "r.bptt")
    back = load_inspection(tmp_path / "r.bptt")
    assert (tuple(told), [check["name"] for check in told]) == (back.checks, list(NAMES))
    assert [check["state"] for check in told] == ["ok", "ok", "ok", "failed", "skipped", "skipped"]
    assert isinstance(back.arrays, ContainerReader)
    back.arrays.close()


@pytest.mark.parametrize("body", ["return dict(dW_hh=1 / 0)", "return dict(dQ=1)"])
def test_code_that_fails_tells_so_before_the_request_fails(body: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(f"CASE = dict()\ndef run(problem):\n    {body}\n", encoding="utf-8")
    told = _told(path, tmp_path / "r.bptt")
    assert [check["state"] for check in told] == ["failed", *["skipped"] * 5]


def test_a_look_into_a_file_comes_back_as_it_was() -> None:
    """Read in a job, through JSON: rows with their values, and questions with their answers."""
    path = Path(__file__).parents[2] / "rnn" / "data" / "weights" / "proof_keras_gru_two.keras"
    request = Submit(1, "look", "", ProblemSettings().to_json(), {"path": str(path), "values": True})
    with JobRunner() as runner:
        extra = HANDLERS["look"](request, runner, lambda text, fraction, extra=None: None)[1]
        found = look_of(json.loads(json.dumps(extra))["look"])
        assert found == look_into(path, ProblemSettings(), runner, values=True)
    assert found.framework == "Keras" and found.network.startswith("GRU, 2 layers") and found.rows[0].norm
