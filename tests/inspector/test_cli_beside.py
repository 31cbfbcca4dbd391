"""`check` and `ask` with JAX beside the recording: the first wrong line, matches, references, marked steps, what if."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from words import printed, strict_json

from inspector.assets import examples
from inspector.cli import main
from rnn.recorder import Recording

QUESTION = "question-2014"
CARRY, WRITE = 54, 55
"""Lines of the question that add the carry and write dcdHin."""

CARRY_TEXT = "dcdHout[t] += np.dot(dcdHin[t], Whh.T)"
LAST_WRITE = 51
"""The step that writes dcdHin[0], the last one of the loop."""


@pytest.fixture
def own(tmp_path: Path) -> str:
    """A recording of a copy of the question, beside which corrections may be written."""
    case, path = tmp_path / f"{QUESTION}.py", tmp_path / "own.rec"
    shutil.copy(examples()[QUESTION], case)
    assert main(["record", str(case), "-o", str(path)]) == 0
    return str(path)


@pytest.fixture(scope="module")
def built_in(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A recording of the program's own BPTT."""
    path = tmp_path_factory.mktemp("beside") / "built-in.rec"
    assert main(["record", "-o", str(path), "--steps", "3"]) == 0
    return str(path)


def _asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """The answers as JSON."""
    capsys.readouterr()
    assert main(["ask", *arguments, "--json", "-"]) == 0
    return strict_json(capsys.readouterr().out)


def _match(found: dict[str, Any], function: str, path: str) -> dict[str, Any]:
    return next(one for one in found["matches"] if (one["function"], one["path"]) == (function, path))


def test_check_prints_the_first_wrong_line(capsys: pytest.CaptureFixture[str]) -> None:
    """File, line, t, the line itself, what is wrong with it, and the fact that goes with it."""
    assert main(["check", QUESTION]) == 1
    said = printed(capsys)
    assert f"First wrong line: question-2014.py, line {CARRY}, t = 3, in backward {CARRY_TEXT}" in said
    assert "da at t = 4 is needed, which stands in dcdHin[4]" in said
    assert f"fact: question-2014.py, line {CARRY}, t = 3: reads dcdHin[t], which no line has written yet" in said


def test_check_of_right_code_names_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Nor a fact."""
    assert main(["check", "question-2014-fixed"]) == 0
    said = printed(capsys)
    assert "wrong line" not in said and "fact:" not in said


def test_findings_in_json(tmp_path: Path) -> None:
    """The causes first, then the blame with line, t and text, then what happened."""
    assert main(["check", QUESTION, "--json", str(tmp_path / "r.json")]) == 1
    findings = json.loads((tmp_path / "r.json").read_text())["findings"]
    kinds = [one["kind"] for one in findings]
    assert kinds[:2] == ["explain", "repair"] and kinds[-2:] == ["blame", "dynamic"]
    first, second = findings[-2:]
    assert (first["kind"], first["line"], first["t"], first["text"]) == ("blame", CARRY, 3, CARRY_TEXT)
    assert (second["kind"], second["fact"], second["line"]) == ("dynamic", "read before written", CARRY)


def test_one_of_many_problems_is_searched(tmp_path: Path) -> None:
    """The result of the worst problem is shown; the line is sought once."""
    target = tmp_path / "r.json"
    assert main(["check", QUESTION, "--problems", "2", "--data", "random", "--json", str(target)]) == 1
    document = json.loads(target.read_text())
    assert len(document["problems"]) == 2
    assert document["findings"][0]["line"] == CARRY


def test_ask_for_the_blame(question_recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The same of a recording, as text and as JSON."""
    assert main(["ask", question_recording, "--blame"]) == 0
    assert f"First wrong line: question-2014.py, line {CARRY}, t = 3, in backward {CARRY_TEXT}" in printed(capsys)
    found = _asked(capsys, question_recording, "--blame")["blame"]
    assert [one["kind"] for one in found["findings"]] == ["blame", "dynamic"]
    assert (found["findings"][0]["line"], found["findings"][0]["t"], found["note"]) == (CARRY, 3, "")


def test_ask_for_the_blame_of_right_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence says that there is none."""
    path = str(tmp_path / "fixed.rec")
    assert main(["record", "question-2014-fixed", "-o", path]) == 0
    assert main(["ask", path, "--blame"]) == 0
    assert "every gradient that the case returns is right: no line is to blame" in printed(capsys)


def test_ask_for_matches(question_recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Which array is which, with shape, form and certainty."""
    found = _asked(capsys, question_recording, "--matches")
    one = _match(found, "backward", "dcdHin")
    assert (one["quantity"], one["form"], one["shape"], one["said"]) == ("da", "history", [5, 4], False)
    assert main(["ask", question_recording, "--matches"]) == 0
    assert "backward: dcdHin 5x4 da history 55% 0/5" in printed(capsys)


def test_a_match_is_kept_beside_the_case(own: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a file that the next question reads, too."""
    kept = tmp_path / f"{QUESTION}.matches.json"
    found = _asked(capsys, own, "--match", "dcdHin=dh")
    assert found["kept"] == [str(kept)]
    assert json.loads(kept.read_text()) == {"dcdHin": "dh"}
    one = _match(_asked(capsys, own, "--matches"), "backward", "dcdHin")
    assert (one["quantity"], one["certainty"], one["said"]) == ("dh", 1.0, True)


def test_a_match_is_taken_back(own: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without any left the file is deleted."""
    kept = tmp_path / f"{QUESTION}.matches.json"
    _asked(capsys, own, "--match", "dcdHin=dh", "--match", "backward:dcdHout=da")
    assert json.loads(kept.read_text()) == {"dcdHin": "dh", "backward:dcdHout": "da"}
    _asked(capsys, own, "--match", "backward:dcdHout=")
    assert json.loads(kept.read_text()) == {"dcdHin": "dh"}
    found = _asked(capsys, own, "--match", "dcdHin=")
    assert not kept.exists()
    assert _match(found, "backward", "dcdHin")["quantity"] == "da"


def test_a_match_that_cannot_be_is_not_kept(own: str, tmp_path: Path) -> None:
    """Nothing is written."""
    assert main(["ask", own, "--match", "dcdHin=banana"]) == 2
    assert not (tmp_path / f"{QUESTION}.matches.json").exists()


@pytest.mark.parametrize(
    ("condition", "lines"),
    [
        ("marked diverges", [CARRY, WRITE] * 4),
        ("marked dh", [CARRY] * 4),
        ("marked da", [WRITE] * 4),
        ("marked dy", []),
    ],
)
def test_stops_where_an_array_diverges(
    condition: str, lines: list[int], question_recording: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each wrong value from t = 3 down, of any quantity or of one."""
    found = _asked(capsys, question_recording, "--stops", condition)["stops"]
    recording = Recording(Path(question_recording))
    steps = [recording.step(number) for number in found["steps"]]
    recording.close()
    assert [step.line for step in steps] == lines
    assert {step.t for step in steps} == ({3, 2, 1, 0} if lines else set())


def test_what_an_array_should_be(question_recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Name, shape, and by how much it differs where."""
    found = _asked(capsys, question_recording, "--reference", "dcdHin", "--step", str(LAST_WRITE))["reference"]
    assert (found["is"], found["shape"], found["worst_index"]) == ("da of all steps", [5, 4], [0, 2])
    assert found["max_abs"] == pytest.approx(1.28, rel=1e-2)
    assert main(["ask", question_recording, "--reference", "dcdHin", "--step", str(LAST_WRITE)]) == 0
    assert f"dcdHin after step {LAST_WRITE} should be da of all steps (5x4):" in printed(capsys)


def test_what_a_right_array_should_be(question_recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It differs by rounding at most, and the step is found where none is given."""
    found = _asked(capsys, question_recording, "--reference", "dcdOin")["reference"]
    assert found["is"] == "dy of all steps"
    assert found["max_abs"] < 1e-12


def test_what_if_with_what_it_should_be(question_recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Right values in dcdHin after the loop mend all that is made of it; dh was made before."""
    found = _asked(capsys, question_recording, "--what-if", "dcdHin=reference", "--step", str(LAST_WRITE))["what_if"]
    assert set(found["inherited"]) == {"dW_xh", "dW_hh", "db_h", "da"}
    assert (found["remaining"], found["broken"]) == (["dh"], [])


def test_what_if_with_a_file_still_works(
    question_recording: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The values of a file, as before."""
    np.save(tmp_path / "zero.npy", np.zeros((5, 4)))
    found = _asked(
        capsys, question_recording, "--what-if", f"dcdHin={tmp_path / 'zero.npy'}", "--step", str(LAST_WRITE)
    )
    assert found["what_if"]["inherited"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--match", "dcdHin=banana"], "dcdHin can't stand for 'banana'; known quantities are x, h, a"),
        (["--match", "dcdHin"], "expected PATH=QUANTITY, such as dhraw=da"),
        (["--match", "=da"], "expected PATH=QUANTITY, such as dhraw=da"),
        (["--stops", "marked banana"], "no steps are marked 'banana'; known are diverges and x, h, a"),
        (["--reference", "nothing", "--step", "40"], "nothing can't be had at step 40"),
        (["--reference", "T", "--step", "40"], "only an array has a reference"),
        (["--reference", "target", "--step", "40"], "say which one with --match target=da"),
        (["--what-if", "dcdHin=reference"], "give --step N"),
        (["--what-if", "target=reference", "--step", "40"], "stands for none of JAX's quantities"),
    ],
)
def test_bad_questions_are_one_sentence_and_exit_code_2(
    arguments: list[str], said: str, question_recording: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was found, and what was expected."""
    assert main(["ask", question_recording, *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["--blame"], ["--matches"], ["--match", "dh=da"], ["--stops", "marked diverges"]]
)
def test_the_built_in_bptt_has_no_case(arguments: list[str], built_in: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Its arrays need no matching."""
    assert main(["ask", built_in, *arguments]) == 2
    error = capsys.readouterr().err
    assert "is of the built-in BPTT; its arrays are named as JAX's are" in error and error.count("\n") == 1


def test_a_case_that_changed_since(own: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its lines are not those that were recorded."""
    case = tmp_path / f"{QUESTION}.py"
    case.write_text(case.read_text() + "\n# later\n")
    assert main(["ask", own, "--blame"]) == 2
    error = capsys.readouterr().err
    assert "record it again" in error and error.count("\n") == 1


def test_a_spoiled_file_of_matches_is_told(own: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence says what to do."""
    (tmp_path / f"{QUESTION}.matches.json").write_text("{bad")
    assert main(["ask", own, "--matches"]) == 2
    assert "delete it, and say again which array is which" in capsys.readouterr().err


def test_a_match_beside_a_spoiled_file_is_told(own: str, tmp_path: Path) -> None:
    """The same when something is to be added to it."""
    (tmp_path / f"{QUESTION}.matches.json").write_text("{bad")
    assert main(["ask", own, "--match", "dcdHin=dh"]) == 2


def test_a_match_of_no_array_is_told(own: str) -> None:
    """Most likely a slip of the pen."""
    assert main(["ask", own, "--match", "nothing=dh"]) == 2
