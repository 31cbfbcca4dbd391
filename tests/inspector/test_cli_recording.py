"""The commands `record` and `ask` as a user types them; a recording that is opened in the window."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from words import printed, strict_json

from inspector.assets import example_path
from inspector.cli import main
from inspector.opening import RECORDING, RESULT, kind_of
from rnn import oracle
from rnn.build import build
from rnn.cases import read_case
from rnn.recorder import Recording, record
from rnn.settings_for import settings_for

ROOT = Path(__file__).parents[2]
QUESTION = example_path("question-2014")
CARRY, WRITE = 54, 55
"""Lines of `question-2014` that add the carry and write dcdHin."""


def _asked(*arguments: str) -> dict[str, Any]:
    """The answers as JSON, through a process of its own."""
    command = [sys.executable, "-m", "inspector", "ask", *arguments, "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return strict_json(done.stdout)


def test_record_says_what_it_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, target = tmp_path / "q.rec", tmp_path / "q.json"
    assert main(["record", "question-2014", "-o", str(path), "--json", str(target)]) == 0
    said = printed(capsys)
    recording, document = Recording(path), json.loads(target.read_text())
    assert "question-2014: recorded to its end" in said and f"{len(recording)} steps" in said
    assert f"bptt-inspector ask {path}" in said
    assert document["steps"] == len(recording) and document["bytes"] == path.stat().st_size
    assert [one["name"] for one in document["functions"]] == ["run", "forward", "backward", "cost"]
    assert (document["ended"], document["failure"], document["remarks"], document["weaker"]) == ("", None, [], [])
    hits = {one["line"]: one["hits"] for one in document["lines"]}
    assert (hits[CARRY], hits[WRITE], hits[53]) == (4, 4, 4)


@pytest.mark.parametrize("functions", ["forward", "backward", "VanillaRNN.*"])
def test_record_the_built_in_bptt_in_parts(functions: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "b.rec"
    assert main(["record", "-o", str(path), "--functions", functions, "--steps", "4", "--dtype", "float32"]) == 0
    assert "built-in BPTT: recorded to its end" in printed(capsys)
    recording = Recording(path)
    first = recording.tables.texts[int(recording.frames[0]["name"])]
    wanted = {"forward": "forward", "backward": "AbstractLoss.gradient", "VanillaRNN.*": "VanillaRNN.step"}
    assert first == wanted[functions] or functions == "backward"
    assert recording.tables.extra["case"]["functions"] == functions


def _file(folder: Path, body: str) -> str:
    path = folder / "mine.py"
    lines = "\n    ".join(body.splitlines())
    path.write_text(f"CASE = dict()\ndef run(problem):\n    {lines}\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("body", "options", "said"),
    [
        ("n = 1\nreturn n / 0", [], "ZeroDivisionError: division by zero at mine.py, line 4"),
        ("n = 0\nwhile True: n += 1", ["--max-steps", "2000"], "2,000 steps were recorded"),
        ("n = 0\nwhile True: n += 1", ["--max-seconds", "0.3"], "the run took 0.3 s"),
        ("return None", [], "returned NoneType"),
    ],
)
def test_code_that_fails_is_exit_code_1_and_can_be_looked_at(
    body: str, options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "r.rec")
    assert main(["record", _file(tmp_path, body), "-o", path, *options]) == 1
    assert said in printed(capsys)
    assert main(["ask", path, "--step", "-1"]) == 0
    assert "mine.py, line" in printed(capsys)


def test_a_small_budget_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "r.rec")
    assert main(["record", "-o", path, "--budget", "0.02"]) == 0
    assert "less exact from step" in printed(capsys)
    assert main(["ask", path]) == 0
    assert "less exact from step" in printed(capsys)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["record", "nothing.py", "-o", "r.rec"], "neither a file nor an example"),
        (["record", "question-2014", "-o", "no/such/r.rec"], "could not be written"),
        (["record", "question-2014", "-o", "."], "no ordinary file"),
        (["record", "question-2014", "-o", "r.rec", "--max-steps", "0"], "the limit of steps is 0"),
        (["record", "question-2014", "-o", "r.rec", "--max-seconds", "-1"], "the limit of seconds is -1"),
        (["record", "question-2014", "-o", "r.rec", "--budget", "0"], "--budget is 0 MiB"),
        (["record", "question-2014", "-o", "r.rec", "--budget", "nan"], "--budget is nan MiB"),
        (
            ["record", "question-2014", "-o", "r.rec", "--functions", "bptt"],
            "none of the functions fit 'bptt'; called were run, forward",
        ),
        (["record", "question-2014", "-o", "r.rec", "--steps", "0"], "T is 0"),
        (["ask", "none.rec"], "No such file"),
        (["ask", "."], "not a regular file"),
        (["ask", str(QUESTION)], "is not a recording"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_no_file_but_a_recording_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("not to be lost")
    assert main(["record", "question-2014", "-o", str(notes)]) == 2
    assert "is no recording" in capsys.readouterr().err and notes.read_text() == "not to be lost"
    for _ in range(2):
        assert main(["record", "question-2014", "-o", str(tmp_path / "r.rec")]) == 0


def test_ask_gives_an_overview(question_recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", question_recording]) == 0
    said = printed(capsys)
    assert "T = 5, B = 1, D = 5, H = 4, K = 5, float64, seed 1" in said
    assert f"question-2014.py {CARRY} 4 dcdHout[t] += np.dot(dcdHin[t], Whh.T)" in said


def test_ask_shows_a_moment(question_recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Line, t, call, and the arrays with what the step changed of them."""
    step = int(Recording(question_recording).statement_steps(WRITE)[0])
    assert main(["ask", question_recording, "--step", str(step)]) == 0
    said = printed(capsys)
    assert f"step {step}: question-2014.py, line {WRITE}, t = 3" in said
    assert "in backward (call 2), 1 call deep, iteration 0 of its loop" in said and "T = 5, t = 3" in said
    moment = _asked(question_recording, "--step", str(step))["moment"]
    arrays = {one["path"]: one for one in moment["arrays"]}
    value = Recording(question_recording).value("dcdHin", step)
    assert arrays["dcdHin"]["shape"] == [5, 4] and arrays["dcdHin"]["norm"] == pytest.approx(np.linalg.norm(value))
    assert {"Whh", "cache['Hout']", "dcdHout"} <= set(arrays)
    assert {one["path"]: one["changed"] for one in moment["changes"]["changes"]} == {"dcdHin": 4}


def test_ask_for_a_value(question_recording: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """To the last digit, where no step is given at the last step that has it; saved as an array."""
    for name in ("v.npy", "v.npz"):
        assert main(["ask", question_recording, "--value", "dcdHin", "-o", str(tmp_path / name)]) == 0
    said = printed(capsys)
    value = np.load(tmp_path / "v.npy")
    assert all(repr(float(number)) in said for number in value.ravel())
    assert value.tobytes() == np.load(tmp_path / "v.npz")["value"].tobytes()
    document = _asked(question_recording, "--value", "dcdHin")["value"]
    assert document["values"] == value.tolist() and document["dtype"] == "float64"
    assert main(["ask", question_recording, "--step", "45", "--value", "np.abs(dcdHin).max() + t"]) == 0
    assert "np.abs(dcdHin).max() + t after step 45" in printed(capsys)
    assert main(["ask", question_recording, "--step", "45", "--value", "cache"]) == 0
    assert "dict with ['Xin'], ['Xout']" in printed(capsys)


def test_ask_who_wrote_an_element(question_recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", question_recording, "--who", "dcdHin[2, 1]"]) == 0
    said = printed(capsys)
    assert f"dcdHin[2,1], seen from step 58, was written last in step 45: question-2014.py, line {WRITE}, t = 2" in said
    who = _asked(question_recording, "--who", "dcdHin[t, 1]", "--step", "48")["who"]
    assert who["element"] == "dcdHin[1,1]" and who["last"]["t"] == 1
    assert [one["how"] for one in who["writes"]] == ["made", "written"]
    assert who["writes"][1]["new"] == Recording(question_recording).value("dcdHin[1, 1]", 48)


def test_ask_where_a_line_ran(question_recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", question_recording, "--line", str(CARRY)]) == 0
    assert f"line {CARRY}: 4 steps" in printed(capsys)
    assert _asked(question_recording, "--line", "2")["line"] == {"line": 2, "count": 0, "steps": [], "shown": []}


def test_ask_what_a_step_changed(question_recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", question_recording, "--step", "45", "--changes"]) == 0
    assert "dcdHin written 4" in printed(capsys)


def test_ask_where_a_condition_holds(question_recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The number of hits first; other questions are answered at the first one."""
    assert main(["ask", question_recording, "--stops", f"line {WRITE} if t == 1", "--value", "t"]) == 0
    said = printed(capsys)
    assert f"line {WRITE} if t == 1: 1 step" in said and "t after step 48" in said
    found = _asked(question_recording, "--at", f"line {CARRY}")["stops"]
    assert (found["count"], [one["t"] for one in found["shown"]]) == (4, [3, 2, 1, 0])


def test_ask_what_if(question_recording: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    problem = build(settings_for(read_case(QUESTION)), None)
    np.save(tmp_path / "da.npy", oracle.reference(problem)[1].named()["da"][:, 0])
    step = int(Recording(question_recording).statement_steps(56)[0])
    assert main(["ask", question_recording, "--step", str(step), "--what-if", f"dcdHin={tmp_path / 'da.npy'}"]) == 0
    assert "dW_xh, dW_hh, db_h and da become right" in printed(capsys)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--step", "900"], "there is no step 900"),
        (["--value", "nothing"], "nothing can't be had at step 62: nothing has no value"),
        (["--value", "import os"], "import os"),
        (["--value", "dcdHin", "-o", "v.txt"], "expected .npy or .npz"),
        (["-o", "v.npy"], "give both"),
        (["--value", "cache", "--step", "45", "-o", "v.npy"], "no array"),
        (["--value", "dcdHin", "-o", "no/v.npy"], "could not be written"),
        (["--who", "dcdHin[9, 9]"], "no single element"),
        (["--who", "dcdHin[zzz]"], "expected an element such as dWhh[3,4]"),
        (["--who", "dcdHin["], "expected an element such as dWhh[3,4]"),
        (["--stops", "line 54", "--step", "3"], "give one of them"),
        (["--stops", "line 2", "--value", "t"], "holds at no step"),
        (["--stops", "if if"], "if if"),
        (["--what-if", "dcdHin=v.npy"], "give --step N"),
        (["--what-if", "dcdHin", "--step", "3"], "give --step N and a file"),
        (["--what-if", "dcdHin=none.npy", "--step", "53"], "none.npy"),
    ],
)
def test_bad_questions_are_one_sentence_and_exit_code_2(
    arguments: list[str], said: str, question_recording: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["ask", question_recording, *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_changed_source_is_told_and_the_old_one_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, case = str(tmp_path / "r.rec"), _file(tmp_path, "wrong = 1\nreturn wrong / 0")
    assert main(["record", case, "-o", path]) == 1
    Path(case).write_text("CASE = dict()\n")
    assert main(["ask", path]) == 0
    said = printed(capsys)
    assert "has changed since it was recorded" in said and "wrong = 1" in said


def test_a_recording_that_was_cut_short_still_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Up to its last whole block."""
    path, cut = tmp_path / "r.rec", tmp_path / "cut.rec"
    case = _file(tmp_path, "n = 0\nfor t in range(6000):\n    n += t\nreturn dict(dW_hh=problem.params['W_hh'])")
    assert main(["record", case, "-o", str(path)]) == 0
    data = path.read_bytes()
    whole = len(Recording(path))
    sizes = ((len(data) - 5, 0, "altered after byte"), (len(data) * 2 // 3, 0, "was cut short"), (40, 2, "holds no"))
    for size, code, said in sizes:
        cut.write_bytes(data[:size])
        capsys.readouterr()
        assert main(["ask", str(cut)]) == code
        found = capsys.readouterr()
        assert said in " ".join((found.out + found.err).split())
        assert code or 4096 <= len(Recording(cut)) <= whole


def test_a_recording_is_told_from_a_result(question_recording: str, tmp_path: Path) -> None:
    result = str(tmp_path / "r.bptt")
    main(["check", "--steps", "3", "--save", result])
    cut = tmp_path / "cut.rec"
    cut.write_bytes(Path(question_recording).read_bytes()[:200])
    assert (kind_of(question_recording), kind_of(str(cut)), kind_of(result)) == (RECORDING, RECORDING, RESULT)


def test_recordings_of_other_functions_have_an_overview_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = record(_said_of, np.ones(3), path=tmp_path / "f.rec")
    assert done.error is None
    assert main(["ask", str(tmp_path / "f.rec")]) == 0
    assert "_said_of: recorded to its end" in printed(capsys)
    assert main(["ask", str(tmp_path / "f.rec"), "--step", "0", "--what-if", f"x={tmp_path / 'f.npy'}"]) == 2
    np.save(tmp_path / "f.npy", np.ones(3))
    assert main(["ask", str(tmp_path / "f.rec"), "--step", "0", "--what-if", f"x={tmp_path / 'f.npy'}"]) == 2
    assert "is not the recording of a case" in capsys.readouterr().err


def _said_of(x: Any) -> Any:
    y = x * 2
    return y.sum()
