"""The commands about time and learning, as a user types them; single weights; what becomes of the gradient."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from words import printed

from inspector.cli import main
from inspector.cli.options import parse_edit
from rnn import InputError, ProblemSettings, load_inspection
from rnn.build import build
from rnn.container import MemoryArrays
from rnn.descent import descend
from rnn.itemised import itemised
from rnn.through_time import flow_words, stored_gain

SMALL = "--batch 2 --inputs 2 --hidden 3 --outputs 2".split()
PROBLEM = ProblemSettings(steps=5, batch=2, inputs=2, hidden=3, outputs=2)


def test_descend_prints_words_and_ten_rows(capsys: pytest.CaptureFixture[str]) -> None:
    """First and last step are among the rows; their losses are those of a descent."""
    assert main(["descend", "--steps", "30", "--rate", "0.01", "--time-steps", "5", *SMALL]) == 0
    out = capsys.readouterr().out
    assert "30 steps with rate 0.01" in out
    rows = [line.split() for line in out.splitlines() if line.split() and line.split()[0].isdigit()]
    assert len(rows) == 10
    found = descend(build(PROBLEM), None, None, 30, 0.01)
    for row in rows:
        assert float(row[1]) == pytest.approx(found.loss_hand[int(row[0])], rel=1e-5)
        assert float(row[2]) == pytest.approx(found.loss_reference[int(row[0])], rel=1e-5)
    assert [rows[0][0], rows[-1][0]] == ["0", "30"]


def test_descend_writes_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON, CSV and weights hold the descent's own numbers, to the last digit."""
    names = {kind: str(tmp_path / f"d.{kind}") for kind in ("json", "csv", "npz")}
    files = ["--json", names["json"], "--csv", names["csv"], "--weights-at", "3", "--side", "reference"]
    command = ["descend", "--steps", "4", "--rate", "0.02", "--matrices-only", "--time-steps", "5", *SMALL]
    assert main([*command, *files, "-o", names["npz"]]) == 0
    assert "the weights of step 3 by reference" in capsys.readouterr().out
    found = descend(build(PROBLEM), None, None, 4, 0.02, matrices_only=True)
    document = json.loads(Path(names["json"]).read_text())
    assert document["loss_reference"] == found.loss_reference.tolist()
    assert (document["steps"], document["rate"], document["matrices_only"]) == (4, 0.02, True)
    assert document["loss_said"][-1] is None
    assert set(document["distances"]) == {"W_xh", "W_hh", "b_h", "W_hy", "b_y"}
    with Path(names["csv"]).open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["loss_hand"]) for row in rows] == found.loss_hand.tolist()
    assert [int(row["step"]) for row in rows] == [0, 1, 2, 3, 4]
    assert [float(row["distance_W_hh"]) for row in rows] == found.distances["W_hh"].tolist()
    with np.load(names["npz"]) as arrays:
        for name, value in found.weights_at("reference", 3).items():
            assert np.array_equal(arrays[name], value)


def test_saved_weights_are_weights_to_check(tmp_path: Path) -> None:
    weights = str(tmp_path / "w.safetensors")
    assert main(["descend", "question-2014", "--steps", "3", "--rate", "0.1", "--weights-at", "3", "-o", weights]) == 0
    assert main(["check", "question-2014", "--weights", weights, "--orientation", "in,out"]) == 1


def test_json_of_a_descent_on_standard_output_is_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["descend", "--steps", "1", "--rate", "0.1", "--json", "-", "--time-steps", "2", *SMALL]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["steps"] == 1
    assert "1 step with rate 0.1" in said.err


def test_itemise_writes_matrices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "m.npz"
    assert main(["itemise", "--sample", "1", "--steps", "5", *SMALL, "-o", str(target)]) == 0
    out = printed(capsys)
    assert "The loss of s = 4 reaches back to t =" in out
    assert "Hand" in out and str(target) in out
    expected = itemised(build(PROBLEM), None, None, 1)
    with np.load(target) as arrays:
        assert set(arrays.files) == {"reference", "hand", "difference", "first", "sample"}
        assert np.array_equal(arrays["reference"], expected.reference)
        assert int(arrays["sample"]) == 1


def test_an_itemised_matrix_is_kept_for_a_figure(tmp_path: Path) -> None:
    kept, drawn = tmp_path / "i.bptt", tmp_path / "i.npz"
    assert main(["itemise", "--steps", "5", *SMALL, "-o", str(kept)]) == 0
    assert main(["figure", str(kept), "-o", str(drawn)]) == 0
    expected = itemised(build(PROBLEM), None, None, 0).reference
    with np.load(drawn) as numbers:
        assert any(np.array_equal(numbers[name], expected) for name in numbers.files)


def test_itemise_writes_a_table(tmp_path: Path) -> None:
    """Steps stand in the first row and column; the numbers are whole."""
    target = tmp_path / "m.csv"
    assert main(["itemise", "--steps", "5", *SMALL, "-o", str(target)]) == 0
    rows = list(csv.reader(target.read_text().splitlines()))
    assert rows[0] == ["s \\ t", "0", "1", "2", "3", "4"]
    assert [row[0] for row in rows[1:]] == ["0", "1", "2", "3", "4"]
    numbers = np.array([[float(cell) for cell in row[1:]] for row in rows[1:]])
    assert np.array_equal(numbers, itemised(build(PROBLEM), None, None, 0).reference)


def test_itemise_says_why_hand_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The question's code does not know loss weights."""
    assert main(["itemise", "question-2014", "-o", str(tmp_path / "m.npz")]) == 0
    assert "problem.loss_weights" in printed(capsys)
    with np.load(tmp_path / "m.npz") as arrays:
        assert "hand" not in arrays.files


def test_single_weights_are_set(tmp_path: Path) -> None:
    saved = tmp_path / "r.bptt"
    edits = ["--edit", "W_hh[1,2]=0.5", "--edit", " b_h [ 0 ] = -1e-3 "]
    assert main(["check", "--steps", "3", *SMALL, *edits, "--save", str(saved)]) == 0
    result = load_inspection(saved)
    assert result.arrays.read("weights/W_hh")[1, 2] == 0.5
    assert result.arrays.read("weights/b_h")[0] == -1e-3
    assert ProblemSettings.from_json(dict(result.settings)).edits == (("W_hh", (1, 2), 0.5), ("b_h", (0,), -1e-3))
    result.arrays.close()  # type: ignore[attr-defined]


def test_an_edit_comes_on_top_of_the_cases_own(tmp_path: Path) -> None:
    path, saved = tmp_path / "mine.py", tmp_path / "r.bptt"
    path.write_text("CASE = dict(built_in=True, settings=dict(steps=3, edits=[['W_hh', [0, 0], 2.0]]))\n")
    assert main(["check", str(path), "--edit", "W_hh[0,1]=3", "--save", str(saved)]) == 0
    result = load_inspection(saved)
    assert result.arrays.read("weights/W_hh")[0, :2].tolist() == [2.0, 3.0]
    result.arrays.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["", "W_hh", "W_hh[1]", "W_hh[1,2]=", "W_hh[1,2]=x", "W_hh[a]=1", "W_hh[-1,0]=1",
                                  "W_hh[1,2]=nan", "W_hh[1,2]=inf", "W_hh[1 2]=1", "W_hh[1,2]=1 2"])
def test_an_edit_that_is_none(text: str) -> None:
    with pytest.raises(InputError, match="expected NAME"):
        parse_edit(text)


def test_what_becomes_of_the_gradient_is_said_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A note line and `problem.flow`; both from JAX's own gain."""
    saved = tmp_path / "r.bptt"
    options = ["--steps", "40", *SMALL, "--spectral-radius", "0.3", "--save", str(saved)]
    assert main(["check", *options, "--json", str(tmp_path / "r.json")]) == 0
    out = printed(capsys)
    flow = json.loads((tmp_path / "r.json").read_text())["problem"]["flow"]
    assert set(flow) == {"verdict", "total", "per_step", "first", "last", "step", "sentence"}
    assert (flow["verdict"], flow["first"], flow["last"]) == ("vanishes", 0, 39)
    assert flow["total"] < 1e-3 < flow["per_step"] < 1
    assert f"note: {flow['sentence']}" in out
    result = load_inspection(saved)
    gain = stored_gain(result.arrays)
    assert gain is not None and flow["sentence"] == flow_words(gain)
    assert stored_gain(MemoryArrays({"steps/dh/reference": gain})) is None
    result.arrays.close()  # type: ignore[attr-defined]


def test_one_step_has_no_flow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With T = 1 nothing is carried: the numbers are null, and nothing is said."""
    assert main(["check", "--steps", "1", "--json", str(tmp_path / "r.json")]) == 0
    flow = json.loads((tmp_path / "r.json").read_text())["problem"]["flow"]
    assert (flow["verdict"], flow["total"], flow["sentence"]) == ("unknown", None, "")
    assert "arried" not in capsys.readouterr().out


DESCEND = ["descend", "--steps", "2", "--rate", "0.1"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["descend", "--steps", "0", "--rate", "0.1"], "n is 0"),
        (["descend", "--steps", "2", "--rate", "-1"], "rate is -1.0"),
        ([*DESCEND, "--weights-at", "1"], "belong together"),
        ([*DESCEND, "-o", "w.npz"], "belong together"),
        ([*DESCEND, "--weights-at", "3", "-o", "w.npz"], "--weights-at is 3; the descent has steps 0 to 2"),
        ([*DESCEND, "--weights-at", "1", "-o", "w.txt"], "expected .npz or .safetensors"),
        ([*DESCEND, "--csv", "none/d.csv"], "could not be written"),
        (["descend", "nothing.py", *DESCEND[1:]], "neither a file nor an example"),
        (["itemise", "-o", "m.png"], "expected .npz or .csv"),
        (["itemise", "--sample", "9", "-o", "m.npz"], "sample is 9"),
        (["itemise", "--steps", "2", "-o", "none/m.csv"], "could not be written"),
        (["check", "--edit", "W_hh=1"], "--edit has 'W_hh=1'"),
        (["check", "--edit", "W_hh[99,0]=1"], "W_hh[99, 0] is set by hand"),
        (["check", "--edit", "W_q[0]=1"], "W_q is set by hand"),
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
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["descend", "--steps", "2", "--rate", "0.1"], ["itemise", "-o", "m.npz"]])
def test_code_that_raises_is_exit_code_1(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.py"
    path.write_text("CASE = dict()\ndef run(problem):\n    return 1 / 0\n")
    assert main([command[0], str(path), *command[1:]]) == 1
    assert "division by zero at bad.py, line 3" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["descend", "itemise", "check", "figure", "open", "examples"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert "Exit codes: 0" in capsys.readouterr().out
