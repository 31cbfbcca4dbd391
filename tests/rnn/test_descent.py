"""Gradient descent with both gradients: the same as a loop that is written out here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspector.assets import example_path
from rnn import InputError, oracle
from rnn import descent as module
from rnn.arrays import freeze_all
from rnn.build import build
from rnn.cases import read_case
from rnn.container_writer import ContainerWriter
from rnn.descent import Descent, descend, descent_words, load_descent, save_descent
from rnn.handwritten import run_by_hand
from rnn.jobs import JobRunner
from rnn.network import Network
from rnn.problem import Problem
from rnn.settings_for import settings_for
from tests.hands import Hand, Values, case
from tests.problems import make_problem

SQUARED = Network("rnn", "tanh", "half_squared_error", True)


def _loop(problem: Problem, steps: int, rate: float, names: tuple[str, ...] | None = None) -> list[Problem]:
    """The problems of all steps, by JAX."""
    at = [problem.cast("float64")]
    for _ in range(steps):
        gradients = oracle.reference(at[-1])[1].parameters
        moved = {
            name: value - rate * gradients[f"d{name}"] if names is None or name in names else value
            for name, value in at[-1].parameters.items()
        }
        at.append(replace(at[-1], parameters=freeze_all(moved)))
    return at


@pytest.mark.parametrize("matrices_only", [False, True])
@pytest.mark.parametrize("output_layer", [False, True])
def test_it_is_gradient_descent(matrices_only: bool, output_layer: bool) -> None:
    """Weights and losses of every step are those of a plain loop; biases stay where only matrices move."""
    problem = make_problem(Network("rnn", "tanh", "half_squared_error", output_layer))
    names = tuple(name for name in problem.parameters if name.startswith("W")) if matrices_only else None
    found = descend(problem, None, None, 6, 0.01, matrices_only)
    assert found.kept == tuple(range(7))
    for step, at in enumerate(_loop(problem, 6, 0.01, names)):
        assert found.loss_reference[step] == pytest.approx(oracle.reference(at)[0].loss, rel=1e-12)
        for side in ("hand", "reference"):
            weights = found.weights_at(side, step)
            assert set(weights) == set(problem.parameters)
            for name, value in weights.items():
                assert value == pytest.approx(at.parameters[name], rel=1e-11, abs=1e-13)
    assert found.distance.max() < 1e-12
    assert found.loss_said[:-1] == pytest.approx(found.loss_hand[:-1], rel=1e-12)
    assert np.isnan(found.loss_said[-1])
    assert found.notes == ()
    assert found.matrices_only == matrices_only


def test_a_wrong_gradient_leads_elsewhere() -> None:
    """Hand's side follows hand's gradients, here doubled: twice the rate; distances are those of the weights."""
    problem = make_problem(SQUARED)
    hand = Hand(lambda values: {name: 2 * value for name, value in values.items()})
    found = descend(problem, case(), hand, 5, 0.004)
    doubled = _loop(problem, 5, 0.008)
    for step in range(6):
        sides = [found.weights_at(side, step) for side in ("hand", "reference")]
        for name, value in sides[0].items():
            assert value == pytest.approx(doubled[step].parameters[name], rel=1e-11, abs=1e-13)
            assert found.distances[name][step] == pytest.approx(np.linalg.norm(value - sides[1][name]), abs=1e-15)
        squares = sum(np.sum((sides[0][name] - sides[1][name]) ** 2) for name in sides[0])
        assert found.distance[step] == pytest.approx(np.sqrt(squares), abs=1e-15)
    assert found.distance[0] == 0 < found.distance[1]
    assert len(hand.asked) == 5


def test_float32_stays_float32_by_hand() -> None:
    """The code is given float32 weights at every step and ends where float64 does, up to their rounding."""
    problem = make_problem(SQUARED, dtype="float32")
    hand = Hand()
    found = descend(problem, case(), hand, 20, 0.01)
    assert {str(value.dtype) for asked in hand.asked for value in asked.parameters.values()} == {"float32"}
    assert 0 < found.distance[-1] < 1e-4
    assert found.loss_hand[-1] == pytest.approx(found.loss_reference[-1], rel=1e-4)
    assert found.loss_reference[-1] < found.loss_reference[0]


def test_a_missing_gradient_leaves_its_weights() -> None:
    """So does one of another shape; both are named."""

    def change(values: Values) -> Values:
        return {name: value for name, value in values.items() if name != "dW_hh"} | {"db_h": values["db_h"][1:]}

    problem = make_problem(SQUARED)
    found = descend(problem, case(), Hand(change), 3, 0.01)
    assert found.notes == ("Hand returned no usable gradient of W_hh, b_h, so these stay as they are.",)
    last = found.weights_at("hand", 3)
    for name, value in problem.parameters.items():
        assert np.array_equal(last[name], value) == (name in ("W_hh", "b_h"))


def test_a_rate_that_is_too_large_stops_with_a_note() -> None:
    problem = make_problem(Network("rnn", "identity", "half_squared_error", True))
    found = descend(problem, None, None, 1000, 10.0)
    assert len(found.notes) == 2
    assert all("overflow at step" in note and "smaller rate" in note for note in found.notes)
    assert len(found.kept) < 20
    assert not np.isfinite(found.loss_hand[-1])
    assert "overflow" in descent_words(found)
    assert np.isfinite(found.weights_at("hand", 1000)["W_hh"]).all()


def test_a_gradient_that_is_not_finite_is_not_called_a_large_rate() -> None:
    """The other side goes on by itself."""
    problem = make_problem(SQUARED)
    hand = Hand(lambda values: {**values, "db_y": values["db_y"] * np.nan})
    found = descend(problem, case(), hand, 4, 0.01)
    assert found.notes == ("With hand's gradients a gradient is not finite at step 0.",)
    assert np.isfinite(found.loss_reference).all()
    assert np.isfinite(found.loss_hand).tolist() == [True, False, False, False, False]
    assert found.distance[0] == 0 and np.isnan(found.distance[1:]).all()
    words = descent_words(found)
    assert "nan" not in words and "never part" not in words


def test_kept_steps_beyond_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every k-th step is kept, and the last; weights of a step between are those of the one kept before it."""
    problem = make_problem(SQUARED)
    size = 2 * 8 * sum(value.size for value in problem.parameters.values())
    whole = descend(problem, None, None, 20, 0.01)
    monkeypatch.setattr(module, "BUDGET_BYTES", 5 * size)
    found = descend(problem, None, None, 20, 0.01)
    assert found.kept == (0, 5, 10, 15, 20)
    assert np.array_equal(found.loss_hand, whole.loss_hand)
    for step, kept in ((0, 0), (4, 0), (13, 10), (20, 20)):
        for name, value in found.weights_at("reference", step).items():
            assert np.array_equal(value, whole.weights_at("reference", kept)[name])
    monkeypatch.setattr(module, "BUDGET_BYTES", 6 * size)
    assert descend(problem, None, None, 20, 0.01).kept == (0, 4, 8, 12, 16, 20)
    assert descend(problem, None, None, 21, 0.01).kept == (0, 4, 8, 12, 16, 20, 21)


def test_the_question_of_2014_in_a_job() -> None:
    """Its mistake matters: the two ways part, and the case's own file says so from a job."""
    read = read_case(example_path("question-2014"))
    problem = build(settings_for(read))
    with JobRunner() as runner:
        found = descend(problem, read, runner, 12, 0.05)
    wrong = run_by_hand(problem)[1].parameters
    assert found.loss_said[0] == pytest.approx(found.loss_hand[0], rel=1e-12)
    assert found.distance[-1] > 1e-3
    assert found.weights_at("reference", 1)["W_xh"] == pytest.approx(
        problem.parameters["W_xh"] - 0.05 * wrong["dW_xh"], rel=1e-10
    )
    assert found.distances["W_hy"][1] == pytest.approx(0, abs=1e-14)
    assert found.distances["W_hh"][1] > 1e-4


def _descent(hand: list[float], reference: list[float]) -> Descent:
    nothing = np.zeros(len(hand))
    losses = np.array(hand), np.array(reference)
    return Descent(0.1, False, *losses, nothing * np.nan, nothing, {}, (), {})


def test_words() -> None:
    assert descent_words(_descent([4.0, 2.0], [4.0, 2.0])) == (
        "From 4, 1 step with rate 0.1 bring the loss to 2 with hand's gradients and to 2 with JAX's. "
        "The weights end 0 apart. The losses never part by 1 %."
    )
    words = descent_words(_descent([4.0, 3.001, 2.5], [4.0, 3.0, 2.0]))
    assert "to 2.5 with hand's gradients and to 2 with JAX's" in words
    assert words.endswith("The losses first part by more than 1 % at step 2.")
    assert "nothing finite" in descent_words(_descent([np.inf, np.nan], [np.inf, np.nan]))


@pytest.mark.parametrize(
    ("steps", "rate", "said"),
    [
        (0, 0.1, "n is 0"),
        (100_001, 0.1, "n is 100001"),
        (5, 0.0, "rate is 0.0"),
        (5, -1.0, "rate is -1.0"),
        (5, float("nan"), "rate is nan"),
        (5, float("inf"), "rate is inf"),
    ],
)
def test_bad_input(steps: int, rate: float, said: str) -> None:
    with pytest.raises(InputError, match=said):
        descend(make_problem(SQUARED), None, None, steps, rate)


def test_a_file_needs_a_runner() -> None:
    with pytest.raises(InputError, match="nothing was given to run it with"):
        descend(make_problem(SQUARED), case(), None, 1, 0.1)


def test_progress_cancels() -> None:
    class Cancelled(Exception):
        pass

    hand = Hand()

    def say(text: str, fraction: float | None) -> None:
        assert fraction is not None and 0 <= fraction < 1
        if len(hand.asked) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        descend(make_problem(SQUARED), case(), hand, 50, 0.01, progress=say)
    assert len(hand.asked) == 2


def test_saved_and_loaded(tmp_path: Path) -> None:
    found = descend(make_problem(SQUARED), None, None, 4, 0.01, matrices_only=True)
    found = replace(found, notes=("something to say",))
    save_descent(found, tmp_path / "d.bptt")
    back = load_descent(tmp_path / "d.bptt")
    assert (back.rate, back.matrices_only, back.kept, back.notes) == (0.01, True, (0, 1, 2, 3, 4), found.notes)
    for name in ("loss_hand", "loss_reference", "loss_said", "distance"):
        assert np.array_equal(getattr(back, name), getattr(found, name), equal_nan=True)
    assert back.distances.keys() == found.distances.keys()
    assert all(np.array_equal(back.distances[name], value) for name, value in found.distances.items())
    assert back.weights.keys() == found.weights.keys()
    assert all(np.array_equal(back.weights[name], value) for name, value in found.weights.items())
    with ContainerWriter(tmp_path / "other.bptt") as writer:
        writer.finish({"kind": "itemised"})
    with pytest.raises(InputError, match="expected a descent"):
        load_descent(tmp_path / "other.bptt")
