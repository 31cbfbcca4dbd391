"""Per-step gradients from a recording are what the code computed, whatever their layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inspector.assets import examples
from rnn.beside.laying import Arrangement
from rnn.build import build
from rnn.cases import read_case
from rnn.diagnose.made import made_findings
from rnn.diagnose.recorded import recorded_values, taken_back
from rnn.diagnose.subject import relative_residual
from rnn.handwritten import run_by_hand
from rnn.jobs import JobRunner
from rnn.settings_for import settings_for
from tests.rnn.blame.planted import plant, planted_by_id


def test_what_a_case_returns_is_what_was_recorded(runner: JobRunner) -> None:
    case = read_case(examples()["question-2014"])
    problem = build(settings_for(case), runner)
    found, values = recorded_values(problem, case, runner), runner.run(case, problem).values
    for name in ("dh", "da", "dy"):
        assert relative_residual(found[name], values[name]) == 0, name


@pytest.mark.parametrize("name", ["function-rnn", "dict-lstm", "steps-gru", "pair-lstm", "class-rnn", "trainer-rnn"])
def test_right_code_of_all_styles_has_right_steps(name: str, runner: JobRunner) -> None:
    case = read_case(examples()[name])
    problem = build(settings_for(case), runner)
    found, right = recorded_values(problem, case, runner), run_by_hand(problem)[1].steps
    assert found
    for quantity, value in found.items():
        assert relative_residual(value, right[quantity]) < 1e-5, quantity


def test_an_error_is_placed_in_code_that_returns_nothing_between_steps(tmp_path: Path, runner: JobRunner) -> None:
    """A character model whose carry is not transposed: each step makes it anew."""
    case = read_case(plant(planted_by_id("minchar/carry-not-transposed"), tmp_path))
    problem = build(settings_for(case), runner)
    found = recorded_values(problem, case, runner)
    (told,) = made_findings(problem, {**runner.run(case, problem).values, **found})
    assert told["t"] == problem.sizes["T"] - 2 and told["steps"] == list(range(problem.sizes["T"] - 1))


def test_a_history_is_taken_back_from_any_order_of_axes() -> None:
    rng = np.random.default_rng(0)
    value = rng.normal(size=(4, 3, 2))
    laid = value[::-1].transpose(2, 0, 1)
    back = taken_back(laid, Arrangement((2, 4, 3), 1, 3, -1, (1, 0)), (4, 3, 2))
    assert back is not None and np.array_equal(back, value)
    assert taken_back(laid[:, :3], Arrangement((2, 3, 3), 1, 3, -1, (1, 0)), (4, 3, 2)) is None
