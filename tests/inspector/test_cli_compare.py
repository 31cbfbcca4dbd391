"""The command `compare`, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from inspector.cli import main
from rnn.saving import load_inspection
from tests.rnn.filed.files import gradients, problem, written


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gradients that are right, those with a mistake, and what they were computed on."""
    made = tmp_path_factory.mktemp("gradients")
    one = problem(steps=8, h0="zero")
    right = gradients(one, steps=True)
    written(made, "right.npz", right)
    written(made, "wrong.npz", {**right, "dW_xh": -right["dW_xh"], "more": np.ones(2)})
    written(made, "weights.npz", one.parameters)
    written(made, "data.npz", {"x": one.x, "target": one.target})
    return made


def test_two_files(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table with both names, the relation, what is in one file only; saved, and as JSON."""
    right, wrong = str(folder / "right.npz"), str(folder / "wrong.npz")
    assert main(["compare", right, right]) == 0
    assert "bit-identical" in capsys.readouterr().out
    saved, document = tmp_path / "r.bptt", tmp_path / "r.json"
    assert main(["compare", wrong, right, "--save", str(saved), "--json", str(document)]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "wrong.npz against right.npz: dW_xh differs" in out and "-1 times the other (the sign)" in out
    assert "only in wrong.npz, and not compared: 'more'" in out
    found = json.loads(document.read_text())
    assert found["verdict"] == "differ" and found["truth"] == "files" and found["labels"] == ["wrong.npz", "right.npz"]
    assert load_inspection(saved).side_names == ("wrong.npz", "right.npz")
    assert main(["compare", wrong, right, "--quantity", "dW_hh"]) == 0
    assert main(["figure", str(saved), "-o", str(tmp_path / "f.png")]) == 0


def test_one_file_against_jax(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On stored weights and data; the gradients belong to h0 = 0, and another h0 shows."""
    stored = ["--weights", str(folder / "weights.npz"), "--data", str(folder / "data.npz")]
    assert main(["compare", str(folder / "right.npz"), *stored]) == 1
    capsys.readouterr()
    assert main(["compare", str(folder / "right.npz"), *stored, "--h0", "zero"]) == 0
    assert "all 7 agree with JAX" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["right.npz"], "give a second file of gradients, or the problem"),
        (["right.npz", "wrong.npz", "--weights", "normal"], "leave one out"),
        (["right.npz", "none.npz"], "none.npz"),
        (["right.npz", "data.npz"], "have no array in common"),
        (["right.npz", "wrong.npz", "--quantity", "dV"], "'dV' is not in both files"),
    ],
)
def test_bad_input(arguments: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one sentence."""
    named = [str(folder / one) if one.endswith(".npz") else one for one in arguments]
    assert main(["compare", *named]) == 2
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error


@pytest.mark.parametrize("command", [["diagnose"], ["figure", "--kind", "made", "-o", "f.png"]])
def test_what_needs_a_network_says_so(
    command: list[str],
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a saved comparison of two files there is none."""
    monkeypatch.chdir(tmp_path)
    saved = str(tmp_path / "r.bptt")
    assert main(["compare", str(folder / "wrong.npz"), str(folder / "right.npz"), "--save", saved]) == 1
    assert main([command[0], saved, *command[1:]]) == 2
    assert "no network to ask" in capsys.readouterr().err
