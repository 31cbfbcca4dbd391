"""The first wrong line of a case, found by running it in a job: on its own problem where that is small, else on a small one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.assets import examples
from rnn import inspect_gradients, load_inspection, save_inspection
from rnn.blaming import FIRST_STEPS, PROBE, first_steps, is_small, locate, probe_settings
from rnn.build import build
from rnn.cases import Case, read_case
from rnn.errors import InputError
from rnn.jobs import JobRunner
from rnn.problem import Problem
from rnn.results import Inspection
from rnn.settings_for import settings_for
from tests.rnn.blame.planted import CORPUS, guilty_line, plant, planted_by_id

QUESTION, FIXED = (examples()[name] for name in ("question-2014", "question-2014-fixed"))
CARRY = "dcdHout[t] += np.dot(dcdHin[t], Whh.T)"
LARGE = {"steps": 200, "hidden": 100, "weights": "normal", "data": "random"}
PLANT = planted_by_id("minchar/carry-not-transposed")


@pytest.fixture
def planted(tmp_path: Path) -> Case:
    """A character model whose carry is not transposed."""
    return read_case(plant(PLANT, tmp_path))


@pytest.fixture(scope="module")
def question(runner: JobRunner) -> Inspection:
    """The result of the question of 2014."""
    return inspect_gradients(case=QUESTION, runner=runner)


def _problem(case: Case, **sizes: object) -> Problem:
    return build(replace(settings_for(case), **sizes), None)  # type: ignore[arg-type]


def _case(folder: Path, body: str) -> Case:
    path = folder / "mine.py"
    path.write_text("CASE = dict()\ndef run(problem):\n" + "".join(f"    {line}\n" for line in body.splitlines()))
    return read_case(path)


def test_a_small_problem_is_recorded_as_it_is(runner: JobRunner) -> None:
    """The question of 2014: one line, on its own five steps."""
    case = read_case(QUESTION)
    found = locate(_problem(case), case, runner)
    assert [(one.text, one.t) for one in found.blames] == [(CARRY, 3)]
    assert (found.problem, found.note) == ("", "")
    assert [one.fact for one in found.facts] == ["read before written"]
    assert {"da", "dh"} <= {one.quantity for one in found.matches}


def test_a_large_problem_is_sought_on_a_small_random_one(planted: Case, runner: JobRunner) -> None:
    """The right line is named, and what was recorded is said; what the case dictates is kept."""
    large = _problem(planted, **LARGE)
    assert (large.sizes["T"], large.sizes["H"], is_small(large)) == (200, 100, False)
    found = locate(large, planted, runner)
    assert [one.line for one in found.blames] == [guilty_line(PLANT)]
    assert found.problem == "a small random problem (T = 7, B = 1, D = 4, H = 5, K = 3)"
    assert {finding["problem"] for finding in found.findings()} == {found.problem}


def test_the_small_problem_keeps_what_the_case_dictates(planted: Case) -> None:
    """Cell, loss, one sequence; sizes that differ from one another."""
    small = probe_settings(_problem(planted, **LARGE), planted)
    assert (small.cell, small.loss, small.batch) == ("rnn", "softmax_cross_entropy", 1)
    assert (small.steps, small.inputs, small.hidden, small.outputs) == tuple(
        PROBE[name] for name in ("steps", "inputs", "hidden", "outputs")
    )
    assert is_small(build(small, None))


def test_the_first_steps_of_a_problem(planted: Case) -> None:
    """The same weights, the first rows of data."""
    large = _problem(planted, **LARGE)
    first = first_steps(large)
    assert first.sizes == {**large.sizes, "T": FIRST_STEPS}
    assert (first.x == large.x[:FIRST_STEPS]).all() and (first.target == large.target[:FIRST_STEPS]).all()


@pytest.mark.parametrize("sizes", [{}, LARGE], ids=["small", "large"])
def test_correct_code_is_not_blamed(sizes: dict[str, object], runner: JobRunner) -> None:
    """No line and no fact."""
    case = read_case(CORPUS / "minchar.py")
    found = locate(_problem(case, **sizes), case, runner)
    assert (found.blames, found.facts, found.findings()) == ((), (), ())


def test_code_that_raises_when_recorded(tmp_path: Path, runner: JobRunner) -> None:
    """Nothing can be named, and the reason is told."""
    case = _case(tmp_path, "return 1 / 0")
    found = locate(_problem(case), case, runner)
    assert (found.blames, found.findings()) == ((), ())
    assert found.note == "the code could not be recorded to its end: the code raised ZeroDivisionError"


def test_code_that_raises_only_when_recorded(tmp_path: Path, runner: JobRunner) -> None:
    """A case that refuses to be traced is judged all the same, with a note in place of a line."""
    case = _case(
        tmp_path,
        "import sys\n"
        "if sys.gettrace() or (hasattr(sys, 'monitoring') and any(map(sys.monitoring.get_tool, range(6)))):\n"
        "    raise RuntimeError('no tracing, please')\n"
        "return dict(dW_hh=0 * problem.params['W_hh'])",
    )
    found = inspect_gradients(case=case, runner=runner)
    assert (found.verdict, found.findings) == ("differ", ())
    assert any("could not be recorded to its end" in note for note in found.notes)


def test_what_cannot_be_followed_is_told(tmp_path: Path, runner: JobRunner) -> None:
    """A gradient as a list of Python's floats leads back to no line."""
    case = _case(tmp_path, "return dict(db_h=[float(v) for v in problem.params['b_h'] + 1])")
    found = locate(_problem(case), case, runner)
    assert (found.blames, found.note) == ((), "db_h can't be followed to a line: return it as one array")


def test_a_wrong_case_has_findings(question: Inspection) -> None:
    """The line first, then the facts."""
    assert [finding["kind"] for finding in question.findings] == ["blame", "dynamic"]
    first = question.findings[0]
    assert (Path(first["file"]), first["text"], first["t"]) == (QUESTION, CARRY, 3)
    assert question.notes == inspect_gradients(case=QUESTION, blame=False).notes


def test_a_right_case_has_none(runner: JobRunner) -> None:
    """The mended question agrees, and its code is not run a second time."""
    found = inspect_gradients(case=FIXED, runner=runner)
    assert (found.verdict, found.findings) == ("agree", ())


def test_findings_can_be_left_out(runner: JobRunner) -> None:
    """`blame=False` runs the code once."""
    found = inspect_gradients(case=QUESTION, runner=runner, blame=False)
    assert (found.verdict, found.findings) == ("differ", ())


def test_the_built_in_bptt_has_no_findings() -> None:
    """It is no user's code."""
    assert inspect_gradients(case=None).findings == ()


def test_a_runner_that_cannot_record_finds_no_line(runner: JobRunner) -> None:
    """The verdict needs none."""

    class Plain:
        run, read_text = runner.run, runner.read_text
        read_data, read_weights, list_weights = runner.read_data, runner.read_weights, runner.list_weights

    found = inspect_gradients(case=QUESTION, runner=Plain())
    assert (found.verdict, found.findings) == ("differ", ())


def test_findings_are_saved_with_a_result(question: Inspection, tmp_path: Path) -> None:
    """They come back as they were."""
    save_inspection(question, tmp_path / "question.bptt")
    assert load_inspection(tmp_path / "question.bptt").findings == question.findings


def test_a_large_wrong_case_has_findings(planted: Case, runner: JobRunner) -> None:
    """With the problem on which the line was found."""
    found = inspect_gradients(_problem(planted, **LARGE), planted, runner)
    assert found.verdict == "differ"
    assert found.findings[0]["line"] == guilty_line(PLANT)
    assert found.findings[0]["problem"].startswith("a small random problem")


def test_corrections_that_cannot_be_read_are_told(tmp_path: Path, runner: JobRunner) -> None:
    """A spoiled file of matches beside the case is the user's to mend."""
    path = tmp_path / "question.py"
    path.write_bytes(QUESTION.read_bytes())
    path.with_suffix(".matches.json").write_text("[1]")
    case = read_case(path)
    with pytest.raises(InputError, match="delete it, and say again which array is which"):
        locate(_problem(case), case, runner)
