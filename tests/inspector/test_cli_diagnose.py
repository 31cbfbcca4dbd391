"""The command `diagnose`, as a user types it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.assets import example_path
from inspector.cli import main
from rnn import ProblemSettings
from rnn.arrays import outer_sum
from rnn.build import build
from rnn.handwritten import run_by_hand


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _by_kind(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["kind"]: one for one in reversed(document["findings"])}


def test_the_question_is_answered_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Place, cause, fix, and why one row is right."""
    assert main(["diagnose", "question-2014", "--json", str(tmp_path / "d.json")]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "Mistake: reads dcdHin (da) of its own step, which is still zero, where da of the next step is needed" in out
    assert "+ dcdHout[t] += np.dot(dcdHin[t + 1], Whh.T)" in out
    assert "row 4 of dW_xh is right: input 4 is on only at t = 4" in out
    found = _by_kind(_json(tmp_path / "d.json"))
    assert found["explain"]["line"] == 54 and found["explain"]["mistakes"][0]["id"] == "carry-own-step"
    assert found["explain"]["evidence"]["residual"] < 1e-12 and len(found["explain"]["evidence"]["problems"]) == 5
    assert found["repair"]["edits"][0]["now"].endswith("t + 1") or "[t + 1]" in found["repair"]["diff"]
    assert len(found["repair"]["problems"]) >= 3 and found["repair"]["same_sizes"] is False
    assert found["made"]["curves"]["made"][-1] == 0 < found["made"]["curves"]["made"][0] and {
        "law",
        "right",
        "blind_spot",
    } <= set(found)


def test_right_code_has_no_cause(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "question-2014-fixed", "--json", str(tmp_path / "d.json")]) == 0
    assert {one["kind"] for one in _json(tmp_path / "d.json")["findings"]} <= {"blind_spot"}
    assert "Mistake" not in capsys.readouterr().out


def test_a_repair_is_written_only_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.py"
    shutil.copy(example_path("question-2014"), path)
    before = path.read_bytes()
    assert main(["diagnose", str(path)]) == 1
    assert path.read_bytes() == before
    assert main(["diagnose", str(path), "--apply"]) == 1
    changed = [
        (old, new)
        for old, new in zip(before.decode().splitlines(), path.read_text().splitlines(), strict=True)
        if old != new
    ]
    assert [new.strip() for _, new in changed] == ["dcdHout[t] += np.dot(dcdHin[t + 1], Whh.T)"]
    assert main(["diagnose", str(path)]) == 0


def test_the_minimal_case_runs_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "question-2014", "--seconds", "5", "--minimal", str(tmp_path / "small")]) == 1
    assert "T 5 -> 3" in capsys.readouterr().out
    script = next((tmp_path / "small").glob("minimal_*.py"))
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (ran.returncode == 1 and "dcdWhh" in ran.stdout + ran.stderr) or "dW_hh" in ran.stdout


def test_a_saved_result_is_diagnosed_from_its_gradients(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The code is gone: the gradients alone tell the mistake."""
    path = tmp_path / "mine.py"
    shutil.copy(example_path("question-2014"), path)
    assert main(["check", str(path), "--save", str(tmp_path / "r.bptt")]) == 1
    path.unlink()
    capsys.readouterr()
    assert main(["diagnose", str(tmp_path / "r.bptt"), "--json", str(tmp_path / "d.json")]) == 1
    found = _by_kind(_json(tmp_path / "d.json"))
    assert found["explain"]["mistakes"][0]["id"] == "carry-own-step" and "repair" not in found
    assert "no code to run" in found["explain"]["evidence"]["note"]


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "1e9"])
def test_a_time_that_makes_no_sense(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "question-2014", "--seconds", seconds]) == 2
    assert "--seconds is" in capsys.readouterr().err


@pytest.mark.parametrize(
    "keys", [["dWxh", "dWhh", "dbh", "dWhy", "dby"], ["grad_Wxh", "grad_Whh", "grad_bh", "grad_Why", "grad_by"]]
)
def test_gradients_of_other_code_are_explained(keys: list[str], tmp_path: Path) -> None:
    """Made elsewhere, with h_t where h_{t-1} is needed; there is no code at all."""
    problem = build(ProblemSettings(h0="zero", seed=4))
    trace, right = run_by_hand(problem)
    wrong = {**right.parameters, "dW_hh": outer_sum(trace.steps["h"], right.steps["da"])}
    names = ["dW_xh", "dW_hh", "db_h", "dW_hy", "db_y"]
    np.savez(tmp_path / "g.npz", **{key: wrong[name] for key, name in zip(keys, names, strict=True)})
    arguments = ["--h0", "zero", "--seed", "4", "--orientation", "in,out", "--json", str(tmp_path / "d.json")]
    assert main(["diagnose", "--gradients", str(tmp_path / "g.npz"), *arguments]) == 1
    found = _by_kind(_json(tmp_path / "d.json"))
    assert found["explain"]["mistakes"][0]["id"] == "state-of-own-step" and "repair" not in found


def test_a_file_without_gradients(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(tmp_path / "g.npz", picture=np.ones((3, 3)))
    assert main(["diagnose", "--gradients", str(tmp_path / "g.npz")]) == 2
    assert "no array of the file is a gradient of this problem; found 'picture'" in capsys.readouterr().err


def test_a_case_or_gradients(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose"]) == 2
    assert "give either a CASE or --gradients F" in capsys.readouterr().err
