"""The noise floor knows what correct code in another algebraic order may do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from rnn.arrays import AnyArray
from rnn.handwritten import run_by_hand
from rnn.network import Network
from rnn.problem import Problem
from tests.problems import compare_by_hand, make_problem


def _loops(problem: Problem) -> dict[str, AnyArray]:
    """Weight gradients summed step by step and sample by sample, in the order of a plain loop."""
    trace, right = run_by_hand(problem)
    da, dy, h = right.steps["da"], right.steps["dy"], trace.steps["h"]
    parameters = {name: np.zeros_like(value) for name, value in right.parameters.items()}
    for t in range(len(h)):
        for b in range(h.shape[1]):
            before = problem.h0[b] if t == 0 else h[t - 1, b]
            parameters["dW_xh"] += np.outer(problem.x[t, b], da[t, b])
            parameters["dW_hh"] += np.outer(before, da[t, b])
            parameters["db_h"] += da[t, b]
            parameters["dW_hy"] += np.outer(h[t, b], dy[t, b])
            parameters["db_y"] += dy[t, b]
    return dict(parameters)


def _cosh(problem: Problem) -> dict[str, AnyArray]:
    """The derivative as 1 / cosh(a)^2, exact where 1 - h^2 has cancelled to 0."""
    trace, right = run_by_hand(problem)
    slope = 1 / np.cosh(np.clip(trace.steps["a"], -350, 350)) ** 2
    da, carry = np.zeros_like(slope), np.zeros_like(problem.h0)
    for t in reversed(range(len(slope))):
        da[t] = (right.steps["dh_out"][t] + carry) * slope[t]
        carry = da[t] @ problem.parameters["W_hh"].T
    return {"da": da, "db_h": da.sum((0, 1)), "dh0": carry}


def _exponentials(problem: Problem) -> dict[str, AnyArray]:
    """Tanh from exponentials, with its absolute rounding of 1."""
    a = np.clip(run_by_hand(problem)[0].steps["a"], -300, 300)
    h = (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a))
    right = run_by_hand(problem)[1]
    da, carry = np.zeros_like(h), np.zeros_like(problem.h0)
    for t in reversed(range(len(h))):
        da[t] = (right.steps["dh_out"][t] + carry) * (1 - h[t] ** 2)
        carry = da[t] @ problem.parameters["W_hh"].T
    return {"da": da, "dW_hh": np.einsum("tbi,tbj->ij", np.concatenate([problem.h0[None], h[:-1]]), da)}


@pytest.mark.parametrize("variant", [_loops, _cosh, _exponentials])
@pytest.mark.parametrize("scale", [1e-6, 0.1, 1.0, 3.0, 20.0])
@pytest.mark.parametrize("steps", [2, 50])
def test_other_orders_of_correct_code_agree(
    variant: Callable[[Problem], dict[str, AnyArray]], scale: float, steps: int
) -> None:
    """Never called wrong: vanishing, ordinary, exploding and saturated."""
    network = Network("rnn", "tanh", "half_squared_error", True)
    for seed in range(3):
        problem = make_problem(network, (steps, 3, 4, 16, 5), scale=scale, seed=seed)
        comparison = compare_by_hand(problem, variant(problem))
        assert [(r.name, r.verdict, r.ratio) for r in comparison.parameters + comparison.intermediates if r.wrong] == []


def test_a_long_sum_of_equal_terms_is_no_mistake() -> None:
    """Adding the same term 20,000 times in a row drifts by far more than one rounding."""
    network = Network("rnn", "identity", "upstream", False)
    problem = make_problem(network, (20_000, 1, 1, 1, 1), scale=0.1)
    right = run_by_hand(problem)[1]
    total = 0.0
    for term in right.steps["da"][:, 0, 0]:
        total += term
    comparison = compare_by_hand(problem, {"db_h": np.array([total])})
    assert next(r.verdict for r in comparison.parameters if r.name == "db_h") in ("agrees", "identical")


def test_float32_overflow_is_not_a_mistake() -> None:
    """What overflows float32 and not float64 is undecided in float32, not wrong."""
    network = Network("rnn", "identity", "half_squared_error", True)
    problem = make_problem(network, (60, 1, 2, 8, 2), scale=3.0, dtype="float32")
    comparison = compare_by_hand(problem)
    assert [r.name for r in comparison.parameters + comparison.intermediates if r.wrong] == []
    assert "undecided" in {r.verdict for r in comparison.parameters}


def _clipped(problem: Problem) -> dict[str, AnyArray]:
    """A derivative that never becomes exactly 0: off by two roundings of 1 where the unit is saturated."""
    trace, right = run_by_hand(problem)
    slope = 1 / np.cosh(np.arctanh(np.clip(trace.steps["h"], -1 + 1e-16, 1 - 1e-16))) ** 2
    dh, da = np.zeros_like(slope), np.zeros_like(slope)
    carry = np.zeros_like(problem.h0)
    for t in reversed(range(len(slope))):
        dh[t] = right.steps["dh_out"][t] + carry
        da[t] = dh[t] * slope[t]
        carry = da[t] @ problem.parameters["W_hh"].T
    return {"dh": dh, "dx": da @ problem.parameters["W_xh"].T, "dh0": carry, "db_h": da.sum((0, 1))}


@pytest.mark.parametrize("counted", ["all", "last"])
@pytest.mark.parametrize("scale", [1.0, 8.0, 30.0])
@pytest.mark.parametrize("hidden", [1, 2, 7])
def test_saturated_units_excuse_correct_code(counted: str, scale: float, hidden: int) -> None:
    """Where everything that is carried back is rounding, nothing is called wrong, not even an exact 0."""
    network = Network("rnn", "tanh", "softmax_cross_entropy_mean", True)
    for seed in range(6):
        problem = make_problem(network, (14, 2, 7, hidden, 8), scale=scale, seed=seed, counted=counted)
        comparison = compare_by_hand(problem, _clipped(problem))
        assert [(r.name, r.verdict) for r in comparison.parameters + comparison.intermediates if r.wrong] == []


@pytest.mark.parametrize("scale", [0.1, 1.0, 3.0])
def test_a_forgotten_carry_is_found_at_its_step(scale: float) -> None:
    """One step that passes nothing on is wrong from the step before on, and only from there."""
    network = Network("rnn", "tanh", "half_squared_error", True)
    for seed in range(5):
        problem = make_problem(network, (12, 3, 4, 6, 5), scale=scale, seed=seed)
        trace, right = run_by_hand(problem)
        slope = 1 - trace.steps["h"] ** 2
        dh, carry = np.zeros_like(slope), np.zeros_like(problem.h0)
        for t in reversed(range(12)):
            dh[t] = right.steps["dh_out"][t] + carry
            carry = 0 * carry if t == 7 else (dh[t] * slope[t]) @ problem.parameters["W_hh"].T
        comparison = compare_by_hand(problem, {"dh": dh})
        assert comparison.first_divergence is not None
        assert (comparison.first_divergence.quantity, comparison.first_divergence.t) == ("dh", 6)
