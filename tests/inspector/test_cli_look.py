"""`bptt-inspector look`, and checks of a framework's weights from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from inspector.cli.program import main

FILES = Path(__file__).parents[1] / "rnn" / "data" / "weights"
LSTM = str(FILES / "proof_torch_lstm_twoboth.pt")


def test_the_table_and_its_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The same in both; exit code 0 as the file would be taken as it is."""
    assert main(["look", LSTM, "--values", "--json", str(tmp_path / "l.json")]) == 0
    out = capsys.readouterr().out
    assert "PyTorch's names: LSTM, 2 layers, both directions, embedding, output layer" in out
    assert "W_hh.1.reverse" in out and "transposed" in out and "NaN/Inf" in out
    document = json.loads((tmp_path / "l.json").read_text(encoding="utf-8"))
    assert document["framework"] == "PyTorch" and document["rows"][0]["norm"] > 0
    assert main(["look", LSTM, "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 19


def test_a_question_has_exit_code_1_and_its_answers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Each answer stands there as it is typed; names that would move the cursor are escaped."""
    path = tmp_path / "two\x1b[2J.npz"
    shapes = {f"{name}.weight_{side}_l0": (12, 3) for name in ("encoder", "decoder") for side in ("ih", "hh")}
    np.savez(path, **{"bad\x1b[31m\u202e": np.ones(2)}, **{name: np.ones(shape) for name, shape in shapes.items()})
    assert main(["look", str(path)]) == 1
    out = capsys.readouterr().out
    assert "--weights-map layers=encoder.l0+decoder.l0" in out
    assert "\x1b" not in out and "\u202e" not in out and r"bad\x1b[31m" in out
    assert main(["look", str(path), "--weights-map", "layers=decoder.l0"]) == 0
    assert "LSTM, 1 layer" in capsys.readouterr().out


def test_bad_input_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Exit code 2."""
    assert main(["look", str(tmp_path / "none.pt")]) == 2
    assert "is not there" in capsys.readouterr().err


def test_check_of_a_framework_s_file_needs_no_code(capsys: pytest.CaptureFixture[str]) -> None:
    """Two layers, both directions, embedding: the file says it, and nothing else has to."""
    assert main(["check", "--weights", LSTM, "--steps", "3"]) == 0
    out = capsys.readouterr().out
    assert "dW_hh.1.reverse" in out and "read as PyTorch's: LSTM of 2 layers" in out
    assert main(["check", "--weights", LSTM, "--cell", "gru"]) == 2
    assert "cell = 'gru'" in capsys.readouterr().err


CASE = """import numpy as np
CASE = dict(cell="rnn", loss="upstream", output_layer=False, weights="in,out", x="TBD")


def run(problem):
    p, x, dy = problem.params, problem.x, problem.dy
    h = [problem.h0]
    for t in range(len(x)):
        h.append(np.tanh(x[t] @ p["W_xh"] + h[-1] @ p["W_hh"] + p["b_h"]))
    dW_xh, dW_hh, db_h, dh = 0, 0, 0, 0
    for t in reversed(range(len(x))):
        da = (dy[t] + dh) * (1 - h[t + 1] ** 2)
        dW_xh, dW_hh, db_h, dh = dW_xh + x[t].T @ da, dW_hh + h[t].T @ da, db_h + da.sum(0), da @ p["W_hh"].T
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, h=np.stack(h[1:]))
"""


def test_names_from_a_file_move_no_cursor(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Neither in notes nor in messages, whatever a module is called."""
    evil = "\x1b[2J\u202e"
    shapes = {f"{evil}.weight_ih_l0": (3, 4), f"{evil}.weight_hh_l0": (3, 3), f"{evil}out.weight": (2, 3)}
    path, plain = tmp_path / "evil.npz", tmp_path / "plain.npz"
    np.savez(path, **{name: np.ones(shape) for name, shape in shapes.items()})
    np.savez(plain, Wxh=np.ones((4, 3)), Whh=np.eye(3), **{f"{evil}bias": np.ones(3)})
    two = tmp_path / "two.npz"
    np.savez(two, **{f"{evil}{side}.weight_{part}_l0": np.ones((3, 3)) for side in "xy" for part in ("ih", "hh")})
    for file, code in ((path, 0), (plain, 0), (two, 2)):
        assert main(["check", "--weights", str(file), "--orientation", "in,out" if file == plain else ""]) == code
        said = capsys.readouterr()
        assert "\x1b" not in said.out + said.err and "\u202e" not in said.out + said.err
        assert r"\x1b[2J" in said.out + said.err


def test_the_command_of_a_result_reads_the_file_again(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """*Copy as command* names what the file told, and that is no contradiction."""
    from inspector.reproduce import case_words
    from rnn.inspection import load_inspection

    first, second = tmp_path / "a.bptt", tmp_path / "b.bptt"
    assert main(["check", "--weights", LSTM, "--steps", "3", "--save", str(first)]) == 0
    words = case_words(load_inspection(first))
    assert "--layers" in words and main(["check", *words, "--save", str(second)]) == 0
    results = [load_inspection(path) for path in (first, second)]
    assert results[0].problem == results[1].problem
    names = [name for name in results[0].arrays.names() if name.startswith("weights/")]
    assert all(np.array_equal(*(result.arrays.read(name) for result in results)) for name in names)


def test_own_code_on_a_framework_s_weights(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """They come in the layout that CASE declares; layers that its code does not have are asked for, others refused."""
    case = tmp_path / "own.py"
    case.write_text(CASE, encoding="utf-8")
    assert main(["check", str(case), "--weights", str(FILES / "proof_torch_rnn_one.pt")]) == 0
    assert "b_h from core.bias_ih_l0 + core.bias_hh_l0" in " ".join(capsys.readouterr().out.split())
    assert main(["check", str(case), "--weights", LSTM]) == 2
    assert "cell = 'rnn'" in capsys.readouterr().err
    two = str(FILES / "proof_torch_rnn_two.pt")
    assert main(["check", str(case), "--weights", two]) == 2
    assert "layers=core.l0" in capsys.readouterr().err
