"""What JAX says an array should be: the oracle's values in the array's own shape, and the steps at which it is not that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.assets import examples
from rnn.blame.blame import library_for
from rnn.blame.flow import Flow
from rnn.blame.library import Library
from rnn.blame.matching import Match, match_arrays
from rnn.blame.quantities import Truth
from rnn.blame.reference import diverging_steps, match_of, reference_for
from rnn.cases.layout import Layout
from rnn.errors import InputError
from rnn.recorder import Recording
from rnn.recorder.questions import executions
from tests.rnn.blame.planted import CORPUS, plant, planted_by_id
from tests.rnn.blame.running import record_case

CARRY, WRITE = 54, 55
"""Lines of the question of 2014 that add the carry and write dcdHin."""

WRONG_SUM = planted_by_id("minchar/h-for-previous-h")

FALSE_ALARMS = frozenset({"jacobians", "nested_helpers", "pairs"})
"""Correct cases in which arrays are said to diverge: what is made and never used, and one name for two quantities."""


@dataclass(frozen=True)
class _Beside:
    """A recording with all that is known about it."""

    recording: Recording
    truth: Truth
    flow: Flow
    library: Library
    matches: list[Match]

    def reference(self, path: str, step: int) -> tuple[str, Any]:
        return reference_for(self.flow, self.library, self.matches, path, step, Layout("TD", transposed=True))

    def diverging(self, quantity: str = "") -> list[tuple[int, int | None]]:
        """Lines and t of the diverging steps."""
        numbers = diverging_steps(self.flow, self.library, self.matches, quantity)
        steps = [self.recording.step(int(number)) for number in numbers]
        return [(step.line, step.t) for step in steps]

    def after(self, line: int, t: int) -> int:
        """The step of a line at a t."""
        numbers = [int(number) for number in executions(self.recording, line)]
        return next(number for number in numbers if self.recording.step(number).t == t)


def _beside(path: Path, folder: Path, said: dict[str, str] | None = None) -> _Beside:
    _, truth, recording = record_case(path, folder / "run.rec")
    flow = Flow(recording)
    library = library_for(flow, truth)
    return _Beside(recording, truth, flow, library, match_arrays(flow, library, said))


def _line(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


@pytest.fixture(scope="module")
def question(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Beside]:
    """The question of 2014."""
    found = _beside(examples()["question-2014"], tmp_path_factory.mktemp("question"))
    yield found
    found.recording.close()


@pytest.fixture(scope="module")
def minchar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Beside]:
    """A correct character model with columns."""
    found = _beside(CORPUS / "minchar.py", tmp_path_factory.mktemp("minchar"))
    yield found
    found.recording.close()


def test_a_history_should_be_what_the_oracle_says(question: _Beside) -> None:
    """dcdHin is da of all steps, without the axis of the batch."""
    label, value = question.reference("dcdHin", question.after(WRITE, 0))
    assert label == "da of all steps"
    assert value.shape == (5, 4)
    np.testing.assert_allclose(value, question.truth.gradients.steps["da"][:, 0], rtol=1e-12)


def test_a_wrong_sum_should_be_the_whole_sum(question: _Beside) -> None:
    """A quantity that is wrong throughout is known once the user has said what it is."""
    said = [Match("backward", "dcdWhh", "dW_hh", "sum", 1.0, 0, 1, (4, 4), said=True)]
    step = int(executions(question.recording, _line(examples()["question-2014"], "dcdWhh = "))[0])
    label, value = reference_for(question.flow, question.library, said, "dcdWhh", step)
    assert label == "dW_hh"
    np.testing.assert_allclose(value, question.truth.gradients.named()["dW_hh"], rtol=1e-12)


@pytest.mark.parametrize("t", [6, 3, 0])
def test_a_step_should_be_that_steps_value(minchar: _Beside, t: int) -> None:
    """dhraw is da at t, as a column."""
    label, value = minchar.reference("dhraw", minchar.after(_line(CORPUS / "minchar.py", "dhraw = "), t))
    assert label == f"da at t = {t}"
    np.testing.assert_allclose(value, minchar.truth.gradients.steps["da"][t].T, rtol=1e-12)


def test_the_carry_should_be_that_of_the_step_before(minchar: _Beside) -> None:
    """dhnext is made at t = 4 and arrives at t = 3."""
    line = _line(CORPUS / "minchar.py", "dhnext = np.dot")
    label, value = minchar.reference("dhnext", minchar.after(line, 4))
    assert label == "dh_next at t = 3"
    np.testing.assert_allclose(value, minchar.truth.gradients.steps["dh_next"][3].T, rtol=1e-12)


def test_a_sum_on_the_way_should_be_the_sum_so_far(minchar: _Beside) -> None:
    """dWhh at t = 5 holds what steps 6 and 5 add."""
    line = _line(CORPUS / "minchar.py", "dWhh += ")
    (_, part), (_, whole) = (minchar.reference("dWhh", minchar.after(line, t)) for t in (5, 0))
    h, da = minchar.truth.trace.steps["h"][:, 0], minchar.truth.gradients.steps["da"][:, 0]
    np.testing.assert_allclose(part, sum(np.outer(da[t], h[t - 1]) for t in (6, 5)), rtol=1e-12)
    np.testing.assert_allclose(whole, minchar.truth.gradients.parameters["dW_hh"].T, rtol=1e-12)


def test_a_reference_does_not_touch_what_is_right(minchar: _Beside) -> None:
    """It has the array's type and shape and is an array of its own."""
    step = minchar.after(_line(CORPUS / "minchar.py", "dh = "), 2)
    actual, (_, value) = minchar.recording.value("dh", step), minchar.reference("dh", step)
    assert (value.shape, value.dtype) == (actual.shape, actual.dtype)
    value += 1
    assert not np.allclose(minchar.reference("dh", step)[1], value)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nothing", "nothing can't be had at step 42"),
        ("T", "T is no array at step 42; only an array has a reference"),
        ("target", "say which one with --match target=da"),
        ("cache", "cache is no array at step 42"),
    ],
)
def test_what_has_no_reference(question: _Beside, path: str, said: str) -> None:
    """A sentence says why, and what to do."""
    with pytest.raises(InputError, match=said):
        question.reference(path, 42)


def test_a_match_that_cannot_be(question: _Beside) -> None:
    """A quantity of another shape is refused with both."""
    said = [Match("backward", "dcdHin", "dW_hy", "sum", 1.0, 0, 1, (5, 4), said=True)]
    said += [Match("backward", "slope", "b_h", "weight", 1.0, 0, 1, (5, 4), said=True)]
    with pytest.raises(InputError, match=r"slope has the shape \(5, 4\), and b_h none that fits; correct the match"):
        reference_for(question.flow, question.library, said, "slope", 42)


def test_the_functions_own_match_comes_first() -> None:
    """Two functions may use one name for two quantities."""
    one, other = (Match(f, "hs[...]", q, "step", 0.9, 1, 1, (5,)) for f, q in (("forward", "h"), ("backward", "dh")))
    assert match_of([one, other], "backward", "hs[3]") is other
    assert match_of([one, other], "elsewhere", "hs[3]") is one
    assert match_of([one], "forward", "xs[3]") is None


def test_the_question_diverges_first_at_its_guilty_line(question: _Beside) -> None:
    """dh is wrong after the carry of t = 3, then da, and so on down to t = 0."""
    assert question.diverging() == [(line, t) for t in (3, 2, 1, 0) for line in (CARRY, WRITE)]


@pytest.mark.parametrize(("quantity", "line"), [("dh", CARRY), ("da", WRITE)])
def test_one_quantity_diverges_where_it_is_written(question: _Beside, quantity: str, line: int) -> None:
    """Only its own steps are told."""
    assert question.diverging(quantity) == [(line, t) for t in (3, 2, 1, 0)]


@pytest.mark.parametrize("quantity", ["dy", "dW_hy", "db_y"])
def test_right_quantities_diverge_nowhere(question: _Beside, quantity: str) -> None:
    """What comes before the mistake."""
    assert question.diverging(quantity) == []


def test_the_mended_question_diverges_nowhere(tmp_path: Path) -> None:
    """Nothing to see."""
    assert _beside(examples()["question-2014-fixed"], tmp_path).diverging() == []


def test_saying_what_was_guessed_changes_nothing(question: _Beside, tmp_path: Path) -> None:
    """dcdHin is da; to say so must not make right steps wrong."""
    assert _beside(examples()["question-2014"], tmp_path, {"dcdHin": "da"}).diverging("da") == question.diverging("da")


@pytest.fixture
def wrong_sum(tmp_path: Path) -> Path:
    """A character model whose dWhh is wrong throughout, so that only the user can say what it is."""
    return plant(WRONG_SUM, tmp_path)


def test_a_wrong_square_sum_should_be_in_the_cases_orientation(wrong_sum: Path, tmp_path: Path) -> None:
    """The case declares weights as (out, in)."""
    found = _beside(wrong_sum, tmp_path)
    said = [Match("lossFun", "dWhh", "dW_hh", "sum", 1.0, 0, 7, (5, 5), said=True)]
    step = found.after(_line(wrong_sum, "dWhh += "), 0)
    _, value = reference_for(found.flow, found.library, said, "dWhh", step, Layout("TD", transposed=True))
    np.testing.assert_allclose(value, found.truth.gradients.parameters["dW_hh"].T, rtol=1e-12)


def test_saying_what_a_wrong_sum_is_gives_its_reference(wrong_sum: Path, tmp_path: Path) -> None:
    """Whatever it holds."""
    path, found = wrong_sum, _beside(wrong_sum, tmp_path, {"dWhh": "dW_hh"})
    _, value = found.reference("dWhh", found.after(_line(path, "dWhh += "), 0))
    np.testing.assert_allclose(value, found.truth.gradients.parameters["dW_hh"].T, rtol=1e-12)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(
            path,
            id=path.stem,
            marks=[pytest.mark.xfail(strict=False, reason="false alarm")] if path.stem in FALSE_ALARMS else [],
        )
        for path in sorted(CORPUS.glob("*.py"))
    ],
)
def test_correct_code_diverges_nowhere(path: Path, tmp_path: Path) -> None:
    """Whatever the style."""
    with np.errstate(all="ignore"):
        assert _beside(path, tmp_path).diverging() == []


def test_few_false_alarms() -> None:
    """The list only gets shorter."""
    assert len(FALSE_ALARMS) <= 3


def test_a_wrong_carry_diverges_first(tmp_path: Path) -> None:
    """None of its values is right; its name says what it is, and what is made of it was right once."""
    path = plant(planted_by_id("minchar/carry-not-transposed"), tmp_path)
    first = _beside(path, tmp_path).diverging()[0]
    assert first == (_line(path, "dhnext = np.dot"), 6)
