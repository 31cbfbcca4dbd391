"""Sessions on the command line: checked again, drawn, and told where their code is missing."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.assets import example_path
from inspector.cli import main
from rnn.inspection import load_inspection
from rnn.sessions import KeptCase, KeptResult, Note, Session, load_session, save_session
from rnn.settings import ProblemSettings


@pytest.fixture
def session(tmp_path: Path, question_file: Path) -> Path:
    """A session of a file of the user's, seed 5, beside that file."""
    code = tmp_path / "there" / "mine.py"
    code.parent.mkdir()
    shutil.copyfile(example_path("question-2014"), code)
    result = load_inspection(question_file)
    settings = replace(ProblemSettings.from_json(dict(result.settings)), seed=5)
    made = Session(settings.to_json(), KeptCase(str(code), str(code), title="mine"), KeptResult(str(question_file)))
    save_session(made, code.parent / "F.bptt")
    return code.parent / "F.bptt"


def test_check_runs_the_case_of_a_session_again_on_its_problem(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = tmp_path / "moved"
    session.parent.rename(moved)
    assert main(["check", str(moved / "F.bptt"), "--json", str(tmp_path / "r.json")]) == 1
    found = json.loads((tmp_path / "r.json").read_text())
    assert (found["verdict"], found["problem"]["seed"], found["case"]) == ("differ", 5, "mine")
    assert f"running {moved / 'mine.py'}" in capsys.readouterr().err


def test_without_its_code_a_session_is_not_checked_and_says_so(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (session.parent / "mine.py").unlink()
    assert main(["check", str(session)]) == 2
    assert "mine.py, which is neither beside it nor at" in capsys.readouterr().err


def test_the_result_of_a_session_is_read_as_one(session: Path, question_file: Path) -> None:
    assert load_inspection(session).headline == load_inspection(question_file).headline


def test_a_session_of_the_built_in_needs_no_code(tmp_path: Path) -> None:
    save_session(Session(ProblemSettings(seed=4, steps=3).to_json()), tmp_path / "F.bptt")
    assert load_session(tmp_path / "F.bptt").case is None
    assert main(["check", str(tmp_path / "F.bptt"), "--json", str(tmp_path / "r.json")]) == 0
    problem = json.loads((tmp_path / "r.json").read_text())["problem"]
    assert (problem["seed"], problem["T"]) == (4, 3)


def test_a_figure_of_a_session(session: Path, tmp_path: Path) -> None:
    (session.parent / "mine.py").unlink()
    assert main(["figure", str(session), "-o", str(tmp_path / "f.npz"), "--quantity", "dW_hh"]) == 0
    assert (tmp_path / "f.npz").stat().st_size > 0


def test_a_report_of_a_session_tells_what_it_found_and_what_the_user_wrote(question_file: Path, tmp_path: Path) -> None:
    notes = (
        Note("cell", "odd\none", "dW_hh", (3, 2)),
        Note("line", "reads its own step", file="/elsewhere/mine.py", line=54),
    )
    finding = {"kind": "repair", "sentence": "mine.py, line 54 reads dcdHin[t]", "file": "/elsewhere/mine.py", "line": 54}
    broken = {"kind": "law", "sentence": 7}
    session = Session(result=KeptResult(str(question_file)), findings=(finding, broken), searched=True, notes=notes)
    save_session(session, tmp_path / "F.bptt")
    assert main(["report", str(tmp_path / "F.bptt"), "-o", str(tmp_path / "r.html")]) == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "mine.py, line 54 reads dcdHin[t]" in page
    assert "Your note on dW_hh[3, 2]: odd one" in page
    assert "Your note on mine.py, line 54: reads its own step" in page
    assert "/elsewhere" not in page
