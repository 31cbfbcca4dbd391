"""JAX's values beside code in several styles: helpers called once a step, rows of histories, sums that are divided later."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnn.beside import Beside, make_beside
from rnn.beside.laying import nearest_step
from rnn.beside.right import Right
from rnn.beside.running import Known
from rnn.blame.blame import library_for
from rnn.blame.flow import Flow
from rnn.blame.matching import match_arrays
from rnn.blame.quantities import Truth, make_lean_library
from rnn.recorder import Recording
from tests.rnn.blame.heldout_planted import HELDOUT
from tests.rnn.blame.planted import CORPUS, plant, planted_by_id
from tests.rnn.blame.running import record_case

EXAMPLES = Path(__file__).parents[3] / "resources" / "examples"
LARGE = (
    "settings=dict(steps=5, inputs=5, outputs=5, hidden=4,",
    "settings=dict(steps=200, inputs=200, outputs=200, hidden=32,",
)


def _beside(path: Path, folder: Path) -> tuple[Recording, Beside, Truth]:
    case, truth, recording = record_case(path, folder / "run.rec")
    return recording, make_beside(recording, truth, case), truth


def _first_wrong(recording: Recording, beside: Beside) -> tuple[str, int | None]:
    step = recording.step(int(np.flatnonzero(np.nan_to_num(beside.worst) > 0)[0]))
    return step.statement.text, step.t


def _heldout(name: str, folder: Path) -> Path:
    return plant(next(one for one in HELDOUT if one.id == name), folder)


def test_a_helper_called_once_a_step_knows_its_t(tmp_path: Path) -> None:
    """Names in a helper mean the values of the step in which it is called."""
    recording, beside, truth = _beside(CORPUS / "nested_helpers.py", tmp_path)
    steps = [n for n in range(len(recording)) if recording.step(n).statement.text.startswith("d_in, g_x =")]
    found = [beside.reference(recording, "dz", step) for step in steps]
    assert [one.label for one in found] == [f"da at t = {t}" for t in reversed(range(6))]
    for t, one in zip(reversed(range(6)), found, strict=True):
        np.testing.assert_array_equal(one.value, truth.gradients.steps["da"][t])


def test_two_hundred_steps_go_wrong_where_five_do(tmp_path: Path) -> None:
    """The question of 2014, forty times as long: the same line, one step before the last."""
    source = (EXAMPLES / "question-2014.py").read_text(encoding="utf-8")
    assert source.count(LARGE[0]) == 1
    path = tmp_path / "long.py"
    path.write_text(source.replace(*LARGE), encoding="utf-8")
    small, large = (_beside(one, tmp_path)[:2] for one in (EXAMPLES / "question-2014.py", path))
    text = "dcdHout[t] += np.dot(dcdHin[t], Whh.T)"
    assert (_first_wrong(*small), _first_wrong(*large)) == ((text, 3), (text, 198))
    one, other = ({(m.path, m.quantity) for m in beside.matches if m.certainty >= 0.5} for _, beside in (small, large))
    assert other - one == set()


@pytest.mark.parametrize("name", ["minchar", "two_phase", "step_objects", "einsum_after"])
def test_the_lean_library_matches_as_the_full_one_does(name: str, tmp_path: Path) -> None:
    """What is surely a quantity to the command line is the same quantity to the window."""
    recording, beside, truth = _beside(CORPUS / f"{name}.py", tmp_path)
    flow = Flow(recording)
    full = {
        (m.function, m.path): m.quantity for m in match_arrays(flow, library_for(flow, truth)) if m.certainty >= 0.9
    }
    lean = {(m.function, m.path): m.quantity for m in beside.matches}
    assert len(full) > 10
    assert {name: lean.get(name) for name in full} == full


def test_a_sum_that_is_divided_later_is_judged_in_the_end(tmp_path: Path) -> None:
    """Until it is divided, it is so many times too large; only then can it be told that it is wrong."""
    recording, beside, _ = _beside(_heldout("ufunc_out/carry-not-transposed", tmp_path), tmp_path)
    assert _first_wrong(recording, beside)[0] == "np.divide(g, count, out=g)"


def test_a_sum_that_is_written_over_is_wrong_from_its_second_step_on(tmp_path: Path) -> None:
    """One step's share is right as such, but not as the gradient that is returned."""
    recording, beside, _ = _beside(plant(planted_by_id("minchar/overwritten-Wxh"), tmp_path), tmp_path)
    text, t = _first_wrong(recording, beside)
    assert text.startswith("dWxh = ")
    assert t == 5


def test_a_step_left_out_shows_where_the_gradient_is_handed_on(tmp_path: Path) -> None:
    """Every sum so far is right; what is missing can only be told in the end."""
    recording, beside, _ = _beside(plant(planted_by_id("minchar/first-step-left-out"), tmp_path), tmp_path)
    first = int(np.flatnonzero(np.nan_to_num(beside.worst) > 0)[0])
    assert recording.step(first).statement.function == "run"


def test_sums_so_far_are_recognised_in_both_orientations(tmp_path: Path) -> None:
    """By their projections; a sum with one wrong entry is not."""
    truth = _beside(CORPUS / "minchar.py", tmp_path)[2]
    right = Right(truth)
    known = Known(make_lean_library(truth), right)
    part = right.sum_over("dW_hh", [6, 5, 4])
    for value in (part, part.T):
        assert ("dW_hh from the last step down", 4) in {(one.name, one.t) for one in known.recognise(value)}
    part[0, 0] += 1e-3
    assert known.recognise(part) == []


@pytest.mark.parametrize(("batch", "shape"), [(1, (5, 1)), (3, (5, 3)), (3, (5,))])
def test_the_closest_step_of_a_history(batch: int, shape: tuple[int, ...]) -> None:
    """Turned, as a column, or of one sample alone."""
    history = np.random.default_rng(0).normal(size=(7, batch, 5))
    value = history[4, 0] if shape == (5,) else history[4].T
    assert nearest_step(history, value.reshape(shape) + 1e-3) == 4
    assert nearest_step(history, np.zeros(4)) is None
