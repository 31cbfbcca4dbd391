"""Spectral norms of the steps' Jacobians, against the formula and against a dense decomposition."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnn import InputError, oracle
from rnn.cells import ACTIVATIONS
from rnn.network import Network
from rnn.oracle import jacobian
from rnn.oracle.jacobian import step_jacobian_norms
from rnn.problem import Problem
from rnn.through_time import carry_gain
from tests.problems import make_problem


def _expected(problem: Problem, sample: int) -> list[float]:
    """|W_hh diag(f'(a_t))|_2 of every step."""
    trace = oracle.reference(problem)[0]
    slopes = ACTIVATIONS[problem.activation].slope(trace.steps["a"], trace.steps["h"])[:, sample]
    W_hh = problem.parameters["W_hh"].astype("float64")
    return [float(np.linalg.norm(W_hh * slope, 2)) for slope in slopes]


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize("sizes", [(7, 3, 4, 6, 5), (1, 1, 1, 1, 1)])
def test_against_the_formula(activation: str, sizes: tuple[int, int, int, int, int]) -> None:
    problem = make_problem(Network("rnn", activation, "half_squared_error", True), sizes)
    for sample in range(sizes[1]):
        norms = step_jacobian_norms(problem, sample, range(sizes[0]))
        assert norms == pytest.approx(_expected(problem, sample), rel=1e-10, abs=1e-14)


def test_chosen_steps_in_any_order() -> None:
    problem = make_problem(Network("rnn", "tanh", "half_squared_error", True), dtype="float32")
    expected = _expected(problem.cast("float64"), 1)
    assert step_jacobian_norms(problem, 1, [5, 0, 5]) == pytest.approx([expected[t] for t in (5, 0, 5)], rel=1e-10)
    assert step_jacobian_norms(problem, 1, []).shape == (0,)


def test_large_hidden_sizes_by_power_iteration() -> None:
    """Above 256 units the matrix is never written out; the norm is that of the written-out one."""
    problem = make_problem(Network("rnn", "tanh", "half_squared_error", False), (3, 1, 2, 300, 300), scale=0.05)
    assert problem.sizes["H"] > jacobian.DENSE_UP_TO
    assert step_jacobian_norms(problem, 0, [0, 2]) == pytest.approx(
        [_expected(problem, 0)[t] for t in (0, 2)], rel=1e-3
    )


def test_both_ways_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = make_problem(Network("rnn", "sigmoid", "half_squared_error", True))
    dense = step_jacobian_norms(problem, 2, range(7))
    monkeypatch.setattr(jacobian, "DENSE_UP_TO", 2)
    assert step_jacobian_norms(problem, 2, range(7)) == pytest.approx(dense, rel=1e-4)


def test_nothing_gets_through_dead_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """W_hh = 0: the norm is 0, and no division by it."""
    problem = make_problem(Network("rnn", "tanh", "half_squared_error", True), scale=0.0)
    assert not step_jacobian_norms(problem, 0, range(7)).any()
    monkeypatch.setattr(jacobian, "DENSE_UP_TO", 2)
    assert not step_jacobian_norms(problem, 0, range(7)).any()


def test_the_carry_stretches_by_no_more_than_the_norm() -> None:
    """With one sample, |dh_next_t| <= norm of step t+1 times |dh_(t+1)|."""
    problem = make_problem(Network("rnn", "tanh", "half_squared_error", True), (12, 1, 3, 5, 2), scale=1.0)
    steps = oracle.reference(problem)[1].steps
    gain = carry_gain(*(np.linalg.norm(steps[name][:, 0], axis=1) for name in ("dh_next", "dh")))
    norms = step_jacobian_norms(problem, 0, range(12))
    assert (gain[:-1] <= norms[1:] * (1 + 1e-12)).all()
    assert (gain[:-1] > 0).all()


@pytest.mark.parametrize("dense_up_to", [256, 2])
def test_after_an_overflow_the_norm_is_nan_and_before_it_is_not(
    dense_up_to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No warning; steps before the overflow keep their norms."""
    monkeypatch.setattr(jacobian, "DENSE_UP_TO", dense_up_to)
    problem = make_problem(Network("rnn", "sigmoid", "half_squared_error", True), (4, 1, 2, 3, 2))
    whole = step_jacobian_norms(problem, 0, range(4))
    x = problem.x.copy()
    x[2] = np.nan  # as inf - inf in the forward pass makes it
    norms = step_jacobian_norms(replace(problem, x=x), 0, range(4))
    assert norms[:2] == pytest.approx(whole[:2], rel=1e-4)
    assert np.isnan(norms[2:]).all()


def test_an_exploding_forward_pass_is_no_warning() -> None:
    """Of a linear network the Jacobian is W_hh, however large h is."""
    problem = make_problem(Network("rnn", "identity", "half_squared_error", True), (30, 1, 2, 3, 2), scale=1e20)
    norms = step_jacobian_norms(problem, 0, range(30))
    assert norms[0] == pytest.approx(np.linalg.norm(problem.parameters["W_hh"], 2))


def test_bad_input() -> None:
    problem = make_problem(Network("rnn", "tanh", "half_squared_error", True))
    for sample in (-1, 3):
        with pytest.raises(InputError, match=f"sample is {sample}"):
            step_jacobian_norms(problem, sample, [0])
    for step in (-1, 7):
        with pytest.raises(InputError, match="steps 0 to 6"):
            step_jacobian_norms(problem, 0, [0, step])
