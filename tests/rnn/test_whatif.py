"""What if: the mistake that was inherited becomes right, the one that is made elsewhere stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.assets import example_path
from rnn import oracle
from rnn.build import build
from rnn.cases import Case, read_case
from rnn.errors import InputError
from rnn.jobs import JobRunner
from rnn.problem import Problem
from rnn.recorder import Recording
from rnn.recorder.change import Change
from rnn.settings import ProblemSettings
from rnn.settings_for import settings_for
from rnn.whatif import recorded_case, what_if

QUESTION = example_path("question-2014")
AFTER_THE_LOOP = "dcdWho = np.dot(Hout.T, dcdOin)"


@pytest.fixture(scope="module")
def question(runner: JobRunner, tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Problem, Recording]:
    case = read_case(QUESTION)
    problem = build(settings_for(case), runner)
    made = runner.record(case, problem, tmp_path_factory.mktemp("what-if") / "question.rec")
    return case, problem, Recording(made.path)


def _steps(recording: Recording, text: str) -> list[int]:
    """Steps of the statement with this text."""
    return [n for n in range(len(recording)) if recording.step(n).statement.text == text]


def _reference(problem: Problem, name: str) -> Any:
    return oracle.reference(problem)[1].named()[name][:, 0].copy()


def test_the_question_of_2014(runner: JobRunner, question: tuple[Case, Problem, Recording]) -> None:
    """After the loop the weights' gradients only inherit: the right da makes them right, and dh stays wrong."""
    step = _steps(question[2], AFTER_THE_LOOP)[0]
    found = what_if(runner, *question, step, "dcdHin", _reference(question[1], "da"))
    assert set(found.inherited) == {"dW_xh", "dW_hh", "db_h", "da"}
    assert (found.remaining, found.broken) == (("dh",), ())
    assert "become right: that mistake was inherited through dcdHin; dh stays wrong" in found.words()
    assert found.notes == ()


def test_the_carry_put_right_moves_the_first_wrong_step_back(
    runner: JobRunner, question: tuple[Case, Problem, Recording]
) -> None:
    """The loop reads dcdHin[t] where dcdHin[t + 1] is meant: with that there at t = T-2, the step is right."""
    case, problem, recording = question
    header = next(n for n in range(len(recording)) if recording.step(n).t == 3 and recording.step(n).statement.is_loop
                  and "reversed" in recording.step(n).statement.text)  # fmt: skip

    def right(was: Any) -> Any:
        values = was.copy()
        values[3] = was[4]
        return values

    found = what_if(runner, case, problem, recording, header, "dcdHin", right)
    before = {report.name: report.first_wrong_t for report in found.before.intermediates}
    after = {report.name: report.first_wrong_t for report in found.after.intermediates}
    assert (before["dh"], after["dh"]) == (3, 2)
    assert found.inherited == ()


def test_other_values_in_right_code_break_what_depends_on_them(runner: JobRunner, tmp_path: Path) -> None:
    """The built-in BPTT, in both precisions."""
    for dtype in ("float64", "float32"):
        problem = build(ProblemSettings(dtype=dtype, steps=4), runner)
        recording = Recording(runner.record(None, problem, tmp_path / "r.rec").path)
        text = next(
            s.statement.text
            for s in map(recording.step, range(len(recording)))
            if s.statement.text.startswith("da[t] =")
        )
        step = _steps(recording, text)[-1]
        found = what_if(runner, None, problem, recording, step, "da", lambda was: was * 2)
        assert set(found.broken) >= {"dW_xh", "dW_hh", "db_h", "da"} and "dh" not in found.broken
        assert found.inherited == found.remaining == ()


def test_the_new_run_can_be_kept(runner: JobRunner, question: tuple[Case, Problem, Recording], tmp_path: Path) -> None:
    step = _steps(question[2], AFTER_THE_LOOP)[0]
    values = _reference(question[1], "da")
    what_if(runner, *question, step, "dcdHin", values, tmp_path / "new.rec")
    assert np.array_equal(Recording(tmp_path / "new.rec").value("dcdHin", step), values)


def test_case_and_problem_come_back_from_the_recording(
    runner: JobRunner, question: tuple[Case, Problem, Recording]
) -> None:
    case, problem = recorded_case(question[2], runner)
    assert case is not None and case.digest == question[0].digest
    assert all(np.array_equal(problem.parameters[name], value) for name, value in question[1].parameters.items())
    assert np.array_equal(problem.x, question[1].x)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("nothing", np.ones(3), "has no value"),
        ("T", np.ones(3), "is no array"),
        ("dcdHin", np.ones(3), "has the shape"),
        ("dcdHin", np.ones((5, 4), "float32"), "is float64 and the values are float32"),
        ("dcdHin + 1", np.ones((5, 4)), "means no array"),
    ],
)
def test_what_can_not_be_replaced(
    runner: JobRunner, question: tuple[Case, Problem, Recording], path: str, value: Any, said: str
) -> None:
    step = _steps(question[2], AFTER_THE_LOOP)[0]
    with pytest.raises(InputError, match=said) as caught:
        what_if(runner, *question, step, path, value)
    assert "\n" not in str(caught.value)


def test_steps_that_are_not_there(runner: JobRunner, question: tuple[Case, Problem, Recording]) -> None:
    with pytest.raises(InputError, match="there is no step 5000"):
        what_if(runner, *question, 5000, "dcdHin", np.ones((5, 4)))
    never = Change(5000, "a", np.ones(1))
    made = runner.record(question[0], question[1], question[2].path.with_name("x.rec"), change=never)
    assert str(made.failure) == "the run ended before step 5000; choose an earlier step"


def _case(folder: Path, body: str) -> Case:
    path = folder / "unsteady.py"
    text = f"import numpy as np, os\nCASE = dict()\ndef run(problem):\n    {body}\n    return dict(dW_hh=d)\n"
    path.write_text(text, encoding="utf-8")
    return read_case(path)


def test_code_that_does_not_do_the_same_twice_is_found_out(runner: JobRunner, tmp_path: Path) -> None:
    """Another statement is refused, other numbers are told, memory without values is neither."""
    where = "\n    ".join
    other_way = where(["first = not os.path.exists('seen')", "open('seen', 'w').close()", "if first:", "    x = 1",
                       "else:", "    x = 2", "d = problem.params['W_hh'] * 1"])  # fmt: skip
    random = where(["noise = np.random.default_rng().random(3)", "d = problem.params['W_hh'] * 1"])
    empty = where(["room = np.empty(1000)", "room[0] = 1", "d = problem.params['W_hh'] * 1"])
    problem = build(ProblemSettings(), runner)
    for body, said in ((other_way, "not do the same"), (random, "other numbers"), (empty, "")):
        case = _case(tmp_path, body)
        recording = Recording(runner.record(case, problem, tmp_path / "r.rec").path)
        step = len(recording) - 1
        try:
            notes = what_if(runner, case, problem, recording, step, "d", lambda was: was + 1).notes
        except InputError as error:
            notes = (str(error),)
        assert said in "".join(notes) and bool(notes) == bool(said)


def test_a_recording_of_something_else(
    runner: JobRunner, question: tuple[Case, Problem, Recording], tmp_path: Path
) -> None:
    case, problem, _ = question
    built_in = Recording(runner.record(None, problem, tmp_path / "r.rec").path)
    with pytest.raises(InputError, match="of another case"):
        what_if(runner, case, problem, built_in, 3, "h", np.ones(3))
    changed = tmp_path / "q.py"
    changed.write_text(QUESTION.read_text(encoding="utf-8"), encoding="utf-8")
    own = read_case(changed)
    recording = Recording(runner.record(own, problem, tmp_path / "own.rec").path)
    changed.write_text(QUESTION.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    with pytest.raises(InputError, match="has changed since it was recorded"):
        recorded_case(recording, runner)
