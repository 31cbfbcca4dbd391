"""The command line as a user types it: exit codes, table, JSON, files."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from words import strict_json

from inspector.cli import main
from rnn import load_inspection

ROOT = Path(__file__).parents[2]


def _json(path: Path) -> dict[str, object]:
    return strict_json(path.read_text())


def test_question_2014(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "question-2014", "--json", str(tmp_path / "r.json")]) == 1
    out = capsys.readouterr().out
    assert "dW_xh, dW_hh and db_h are wrong; dW_hy and db_y are right." in out
    assert "dh differs first at t = 3" in " ".join(out.split())
    assert "hides an absolute sum" in out
    document = _json(tmp_path / "r.json")
    assert document["verdict"] == "differ"
    assert document["first_divergence"]["quantity"] == "dh"  # type: ignore[index]
    assert document["first_divergence"]["t"] == 3  # type: ignore[index]
    blame = next(one for one in document["findings"] if one["kind"] == "blame")  # type: ignore[attr-defined]
    assert (blame["kind"], blame["line"], blame["t"]) == ("blame", 54, 3)
    assert "First wrong line: question-2014.py, line 54, t = 3, in backward" in out
    assert "dcdHout[t] += np.dot(dcdHin[t], Whh.T)" in out


SCHEMA = {
    "verdict": str,
    "headline": str,
    "case": str,
    "problem": dict,
    "parameters": list,
    "intermediates": list,
    "forward": list,
    "checks": list,
    "truth": str,
    "first_divergence": (dict, type(None)),
    "findings": list,
    "notes": list,
    "labels": list,
    "loss": dict,
    "versions": dict,
}
FIELDS = {
    "name",
    "shape",
    "verdict",
    "note",
    "floor",
    "ratio",
    "max_abs",
    "sum_abs",
    "sum_signed",
    "cancels",
    "max_rel",
    "max_ulp",
    "worst_index",
    "factor",
    "factor_residual",
    "sides_with",
}


@pytest.mark.parametrize("case", ["question-2014", "question-2014-fixed", "characters"])
def test_json_keeps_to_its_schema(case: str, tmp_path: Path) -> None:
    main(["check", case, "--json", str(tmp_path / "r.json")])
    document = _json(tmp_path / "r.json")
    assert set(document) == set(SCHEMA)
    for name, kind in SCHEMA.items():
        assert isinstance(document[name], kind), name
    for parameter in document["parameters"]:  # type: ignore[attr-defined]
        assert set(parameter) == FIELDS
    for intermediate in document["intermediates"]:  # type: ignore[attr-defined]
        assert set(intermediate) == FIELDS | {"first_wrong_t"}
    assert set(document["problem"]) >= {"cell", "T", "B", "D", "H", "K", "seed", "dtype"}  # type: ignore[call-overload]


def test_built_in_agrees_with_exit_code_0(capsys: pytest.CaptureFixture[str]) -> None:
    options = (
        "--activation sigmoid --loss softmax_cross_entropy --steps 9 --batch 2 --hidden 7 --seed 4 --dtype float32"
    )
    assert main(["check", *options.split()]) == 0
    assert "T = 9, B = 2" in capsys.readouterr().out


def test_many_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            ["check", "question-2014-fixed", "--data", "random", "--problems", "3", "--json", str(tmp_path / "r.json")]
        )
        == 0
    )
    assert "3 of 3 problems agree" in capsys.readouterr().out
    assert len(_json(tmp_path / "r.json")["problems"]) == 3  # type: ignore[arg-type]


def test_save_and_element(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "question-2014", "--save", str(tmp_path / "r.bptt"), "--element", "dW_hh[1,2]"]) == 1
    assert "central differences side with JAX" in capsys.readouterr().out
    assert load_inspection(tmp_path / "r.bptt").verdict == "differ"


def test_json_on_standard_output_is_alone(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--steps", "3", "--json", "-"])
    assert json.loads(capsys.readouterr().out)["verdict"] == "agree"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "nothing.py"], "neither a file nor an example"),
        (["check", "--steps", "0"], "T is 0"),
        (["check", "--loss", "l2"], "unknown loss"),
        (["check", "--weights", "none.npz"], "none.npz"),
        (["check", "--problems", "0"], "at least 1"),
        (["check", "question-2014", "--batch", "2"], "declared with batch = 1"),
        (["check", "--weights-map", "W_hh"], "expected NAME=KEY"),
        (["check", "--element", "dQ[1]", "--steps", "2"], "was not compared"),
        (["figure", "question-2014", "-o", "f.bmp"], ".bmp"),
        (["figure", "question-2014", "--quantity", "dQ", "-o", "f.png"], "dQ"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_code_that_raises_is_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.py"
    path.write_text("CASE = dict()\ndef run(problem):\n    return 1 / 0\n")
    assert main(["check", str(path), "--json", str(tmp_path / "r.json")]) == 1
    assert "ZeroDivisionError: division by zero at bad.py, line 3" in capsys.readouterr().err
    assert _json(tmp_path / "r.json")["verdict"] == "error"


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg", "npz"])
def test_figure(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"f.{suffix}"
    assert main(["figure", "question-2014", "--quantity", "dW_hh", "-o", str(target)]) == 0
    start = {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml", "npz": b"PK"}[suffix]
    assert target.read_bytes().startswith(start)
    if suffix == "npz":
        with np.load(target) as arrays:
            assert {"hand", "reference", "difference"} <= set(arrays.files)


def test_examples_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["examples"]) == 0
    assert "question-2014-fixed" in capsys.readouterr().out


def test_weights_and_data_from_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    np.savez(
        tmp_path / "w.npz",
        Wxh=rng.normal(size=(6, 4)),
        Whh=rng.normal(size=(6, 6)) / 3,
        bh=np.ones(6),
        Why=rng.normal(size=(3, 6)),
        by=np.zeros(3),
    )
    np.save(tmp_path / "x.npy", rng.normal(size=(10, 2, 4)))
    np.savetxt(tmp_path / "t.csv", rng.normal(size=(10, 3)), delimiter=",")
    base = ["check", "--weights", str(tmp_path / "w.npz")]
    assert main([*base, "--data", str(tmp_path / "x.npy")]) == 0
    assert "T = 10, B = 2, D = 4, H = 6, K = 3" in capsys.readouterr().out
    assert main([*base, "--target", str(tmp_path / "t.csv"), "--batch", "1", "--steps", "10"]) == 0


def test_the_module_is_the_command(tmp_path: Path) -> None:
    """`python -m inspector` works, also from another folder's point of view."""
    run = subprocess.run(
        [sys.executable, "-m", "inspector", "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "bptt-inspector" in run.stdout


LOOP = 'CASE = dict(cell="rnn")\ndef run(problem):\n    while True: pass\n'


def test_a_time_limit_stops_the_users_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "loop.py").write_text(LOOP)
    assert main(["check", str(tmp_path / "loop.py"), "--time-limit", "0.5"]) == 1
    assert "the code of loop.py did not finish within 0.5 s" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "said"), [
    (["check", "--time-limit", "0"], "the time limit is 0 s; expected a number from 0.1"),
    (["descend", "--steps", "2", "--rate", "0.1", "--memory-limit", "0.5"], "the memory limit is 0.5 GiB; expected a number from 1"),
    (["itemise", "-o", "i.npz", "--time-limit", "nan"], "the time limit is nan s"),
    (["record", "-o", "r.rec", "--memory-limit", "1e9"], "the memory limit is 1e+09 GiB"),
])  # fmt: skip
def test_limits_that_make_no_sense_are_bad_input(
    command: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(command) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


CHECKED = """
import numpy as np
CASE = dict(biases=False, output_layer=False, settings=dict(steps=5))

def run(problem):
    p, h, states = problem.params, problem.h0, []
    for t in range(problem.T):
        h = np.tanh(problem.x[t] @ p["W_xh"] + h @ p["W_hh"])
        BODY
        states.append(h)
    return dict(dW_hh=np.ones_like(p["W_hh"]), h=np.stack(states))
"""


def _checked(folder: Path, body: str) -> str:
    path = folder / "mine.py"
    path.write_text(CHECKED.replace("BODY", body), encoding="utf-8")
    return str(path)


def test_six_checks_stand_above_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _checked(tmp_path, "h = h * (1 - 0.5 * (t > 2))")
    assert main(["check", path, "--json", str(tmp_path / "r.json")]) == 1
    lines = capsys.readouterr().out.splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith("runs "))
    above = " ".join(lines[first : lines.index(next(line for line in lines if line.startswith("Parameters")))])
    words = above.split()
    assert [words[words.index(name) + 1] for name in ("runs", "pure", "forward", "gradients")] == ["ok"] * 2 + [
        "FAILED"
    ] * 2
    assert "h is off by" in above and "at t = 3" in above
    assert "dW_hh differs from JAX (the gradients are of another function)" in above
    checks = _json(tmp_path / "r.json")["checks"]
    assert [check["name"] for check in checks] == ["runs", "pure", "forward", "gradients", "where", "why"]  # type: ignore[attr-defined]
    assert _json(tmp_path / "r.json")["forward"][0]["first_wrong_t"] == 3  # type: ignore[index]


def test_code_that_raises_fails_the_first_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _checked(tmp_path, "assert t < 3")
    assert main(["check", path, "--json", str(tmp_path / "r.json")]) == 1
    out, error = capsys.readouterr()
    assert "AssertionError at mine.py, line 9, in step 4 of 5 (t = 3)" in " ".join(error.split())
    assert out.split()[:2] == ["runs", "FAILED"]
    assert "    t = 3\n" in out
    assert out.count("the code does not run") == 5
    document = _json(tmp_path / "r.json")
    assert document["verdict"] == "error"
    assert [check["state"] for check in document["checks"]] == ["failed", *["skipped"] * 5]  # type: ignore[attr-defined]


def test_the_spinner_takes_brackets_as_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said of a case may hold what rich would read as markup."""
    from inspector.progress import Spinner

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with Spinner() as spinner:
        spinner.say("pure: changes h[2], [/bold] too", 0.1)
        spinner.say("pure: changes h[2], [/bold] too", 0.1)
    assert "h[2], [/bold] too" in terminal.getvalue()
