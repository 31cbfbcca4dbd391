"""What the engine does about a wrong result: the search, the repaired run, a minimal case."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from causes import repair

from inspector.assets import example_path
from inspector.engine.diagnosing import diagnose, minimal, repaired, subject_of
from inspector.engine.messages import Progress, Submit, to_header
from inspector.engine.work import HANDLERS
from rnn import load_inspection
from rnn.cases import read_case
from rnn.jobs import JobRunner
from rnn.jobs.frames import encode_frame
from rnn.settings_for import settings_for


def _module(monkeypatch: pytest.MonkeyPatch, name: str, **members: Any) -> None:
    """A stand-in for a module."""
    made = ModuleType(name)
    for member, value in members.items():
        setattr(made, member, value)
    monkeypatch.setitem(sys.modules, name, made)


def test_findings_are_told_while_they_are_found(question_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def search(result: Any, case: Any, runner: Any, say: Any) -> Any:
        asked.append((result.case, case))
        say("Trying", 0.5, extra={"findings": [{"kind": "law", "index": (np.int64(1).item(), 2), "error": float("nan")}]})
        return ({"kind": "explain", "sentence": "x", "curves": {"made": (1.0, float("inf"))}},)

    _module(monkeypatch, "rnn.diagnose.diagnose", diagnose_case=search)
    said: list[Any] = []
    request = Submit(1, "diagnose", str(example_path("question-2014")), extra={"result": str(question_file)})
    path, found = HANDLERS["diagnose"](request, JobRunner(), lambda *told: said.append(told))
    assert (path, found) == ("", {"findings": [{"kind": "explain", "sentence": "x", "curves": {"made": [1.0, None]}}]})
    assert said[-1] == ("Trying", 0.5, {"findings": [{"kind": "law", "index": [1, 2], "error": None}]})
    assert asked[0][0] == "question-2014" and asked[0][1].name == "question-2014"
    assert encode_frame(to_header(Progress(1, "x", None, said[-1][2])))  # goes through the pipe


def test_without_a_case_only_numbers_are_used(question_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases: list[Any] = []
    _module(monkeypatch, "rnn.diagnose.diagnose", diagnose_case=lambda result, case, *_: cases.append(case) or ())
    assert diagnose(Submit(1, "diagnose", extra={"result": str(question_file)}), JobRunner(), lambda *_: None) == (
        "", {"findings": []}
    )  # fmt: skip
    assert cases == [None]


def test_a_subject_has_both_sides_of_a_result(question_file: Path) -> None:
    result, case = load_inspection(question_file), read_case(example_path("question-2014"))
    with JobRunner() as runner:
        made = subject_of(result, case, runner)
        assert made.can_run and made.problem.sizes["T"] == 5
        assert {"dW_hh", "dh", "h", "y"} <= set(made.values)
        np.testing.assert_array_equal(made.values["dW_hh"], result.arrays.read("hand/dW_hh"))
        np.testing.assert_array_equal(made.reference["dW_hh"], result.arrays.read("reference/dW_hh"))
        assert not subject_of(result, None, runner).can_run


def test_a_repaired_run_is_right_and_marked_as_one(tmp_path: Path) -> None:
    case, path = read_case(example_path("question-2014")), tmp_path / "made.bptt"
    before = case.path.read_bytes()
    extra = {"path": str(path), "edits": repair()["edits"]}
    request = Submit(1, "repaired", str(case.path), settings_for(case).to_json(), extra)
    with JobRunner() as runner:
        assert repaired(request, runner, lambda *_: None) == (str(path), {})
    result = load_inspection(path)
    assert (result.verdict, result.case) == ("agree", "question-2014 (repaired, not written)")
    assert case.path.read_bytes() == before


def test_a_minimal_case_goes_into_a_folder(question_file: Path, tmp_path: Path) -> None:
    said: list[Any] = []
    extra = {"result": str(question_file), "folder": str(tmp_path)}
    request = Submit(1, "minimal", str(example_path("question-2014")), extra=extra)
    with JobRunner() as runner:
        folder, found = minimal(request, runner, lambda *told: said.append(told))
    assert folder == str(tmp_path)
    assert [Path(file).name for file in found["files"]] == ["minimal_question_2014.py", "test_minimal_question_2014.py"]
    assert all(Path(file).stat().st_size for file in found["files"])
    assert "T 5 -> " in found["notes"][-1] and len(said) > 2
