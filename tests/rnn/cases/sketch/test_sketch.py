"""Sketches of code in many styles: what is declared, whether the written call works, and hostile files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_problem import FakeProblem, run_text

from rnn.cases import read_case
from rnn.cases.sketch import sketch
from rnn.errors import InputError

PROGRAMS = Path(__file__).parent / "programs"

EXPECTED: dict[str, dict[str, Any]] = {
    "one_function": {
        "cell": "rnn",
        "x": "TD1",
        "ids": True,
        "weights": "out,in",
        "bias": "column",
        "loss": "softmax_cross_entropy",
        "clip": ("value", 5),
    },
    "class_uvw": {
        "cell": "rnn",
        "x": "TD",
        "ids": True,
        "weights": "out,in",
        "biases": False,
        "h0": "zero",
        "loss": "softmax_cross_entropy",
    },
    "lstm_pair": {
        "cell": "lstm",
        "x": "BTD",
        "weights": "in,out",
        "gates": "ifog",
        "loss": "upstream",
        "output_layer": False,
        "c0": "zero",
    },
    "lstm_split_plain_cell": {"cell": "lstm", "gates": "fiog", "cell_tanh": False},
    "trailing": {"cell": "rnn", "x": "DBT", "weights": "out,in", "loss": "upstream"},
    "lstm_stacked": {"cell": "lstm", "x": "DBT", "weights": "out,in", "gates": "separate", "stacked": "hx"},
    "steps": {"cell": "rnn", "weights": "in,out", "loss": "upstream"},
    "trainer": {
        "cell": "rnn",
        "weights": "in,out",
        "x": "T1D",
        "loss": "half_squared_error",
        "biases": False,
        "h0": "zero",
    },
    "kept_on_self": {"cell": "rnn", "weights": "in,out", "x": "T1D", "loss": "half_squared_error"},
    "flat": {"cell": "rnn", "weights": "in,out", "x": "TD", "loss": "half_squared_error", "h0": "zero"},
    "gru_keep_before": {"cell": "gru", "reset": "before", "update": "keep", "gates": "separate", "x": "TBD"},
    "gru_keep_after": {"cell": "gru", "reset": "after", "update": "keep"},
    "gru_new_before": {"cell": "gru", "reset": "before", "update": "new"},
    "underscored_names": {"x": "TD1", "ids": True, "weights": "out,in", "bias": "column"},
    "rows_in_params": {"x": "T1D", "weights": "in,out", "loss": "half_squared_error"},
    "lstm_other_names": {"cell": "lstm", "gates": "ifog", "x": "BTD"},
    "time_first": {"x": "TBD", "weights": "in,out", "loss": "upstream"},
    "trainer_with_a_rate": {"x": "T1D", "weights": "in,out", "loss": "half_squared_error"},
    "relu_rows": {"activation": "relu", "weights": "in,out"},
    "gru_new_after": {"cell": "gru", "reset": "after", "update": "new"},
}


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PROGRAMS))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@pytest.mark.parametrize("name", EXPECTED)
def test_declaration(name: str) -> None:
    found = sketch(PROGRAMS / f"{name}.py").declaration
    assert {key: found.get(key) for key in EXPECTED[name]} == EXPECTED[name]


def test_every_program_is_expected() -> None:
    assert {path.stem for path in PROGRAMS.glob("*.py")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_run_brings_back_every_gradient(name: str, tmp_path: Path) -> None:
    made = sketch(PROGRAMS / f"{name}.py")
    run = run_text(made.text, PROGRAMS, tmp_path)
    problem = FakeProblem(made.declaration, PROGRAMS)
    found = run(problem)
    for weight, array in problem.params.items():
        assert np.size(found[f"d{weight}"]) == array.size, weight
        if len(array.shape) == 2:
            assert np.shape(found[f"d{weight}"]) == array.shape, weight
    sys.modules.pop(name, None)


def test_a_rnn_case_can_be_read_as_it_is_written(tmp_path: Path) -> None:
    """Of the keys that are there today."""
    source = tmp_path / "mine.py"
    source.write_text((PROGRAMS / "steps.py").read_text(encoding="utf-8"), encoding="utf-8")
    case = tmp_path / "mine_case.py"
    case.write_text(sketch(source).text, encoding="utf-8")
    assert read_case(case).declaration["loss"] == "upstream"


@pytest.mark.parametrize(
    ("text", "said"),
    [("def f(:\n", "no Python"), ("print 'a'\n", "Python 2"), ("x = " + "(" * 3000 + ")" * 3000, "nested|no Python")],
)
def test_what_is_no_python_is_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said) as caught:
        sketch(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "a = 1\n", "def f(a, b):\n    return a + b\n", "café = 'ü'\n"])
def test_nothing_found_still_gives_a_template(text: str, tmp_path: Path) -> None:
    path = tmp_path / "none.py"
    path.write_text(text, encoding="utf-8")
    made = sketch(path)
    assert "No weights" in made.unsure[0]
    compile(made.text, "case", "exec")
    assert "CASE = dict(" in made.text and "def run(problem):" in made.text and "# ?" in made.text


def test_a_file_name_that_is_no_identifier_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    path = tmp_path / "my-net v2.py"
    path.write_text((PROGRAMS / "lstm_pair.py").read_text(encoding="utf-8"), encoding="utf-8")
    made = sketch(path)
    found = run_text(made.text, tmp_path, tmp_path)(FakeProblem(made.declaration, tmp_path))
    assert found["dW_xh"].shape == (3, 16)


def test_an_output_of_the_last_state_only_is_told(tmp_path: Path) -> None:
    path = tmp_path / "many_to_one.py"
    text = (PROGRAMS / "trainer.py").read_text(encoding="utf-8")
    path.write_text(
        text.replace("outs.append(hs[t + 1] @ self.W_out)", "h = hs[t + 1]\n        y_hat = h @ self.W_out"),
        encoding="utf-8",
    )
    found = sketch(path).declaration
    assert (found["target"], found["counted"]) == ("last", "last")


def test_layers_are_told_and_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "two.py"
    path.write_text(
        (PROGRAMS / "steps.py").read_text(encoding="utf-8") + "\nW_xh2 = np.zeros((3, 4))\n", encoding="utf-8"
    )
    assert any(sentence.startswith("layers:") for sentence in sketch(path).unsure)
    assert not any(sentence.startswith("layers:") for sentence in sketch(PROGRAMS / "steps.py").unsure)


def test_the_file_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "loud.py"
    path.write_text("raise SystemExit('ran')\n", encoding="utf-8")
    assert sketch(path).text


def test_a_long_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    more = "\n".join(f"v{at} = v{at - 1} + {at}" for at in range(1, 20_000))
    path.write_text((PROGRAMS / "trailing.py").read_text(encoding="utf-8") + "\nv0 = 0\n" + more, encoding="utf-8")
    assert sketch(path).declaration["x"] == "DBT"
