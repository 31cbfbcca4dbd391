"""Verdicts, statistics and first divergence on gradients with planted mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from rnn import oracle
from rnn.compare import factor_name, right_lines
from rnn.handwritten import run_by_hand
from rnn.network import Network
from rnn.numerical import sides_with
from rnn.problem import Problem
from rnn.results import QuantityReport
from rnn.units import rms, ulp_distance
from tests.problems import compare_by_hand, make_problem

NETWORK = Network("rnn", "tanh", "half_squared_error", True)


@pytest.fixture
def problem() -> Problem:
    return make_problem(NETWORK)


def _report(problem: Problem, name: str, value: np.ndarray) -> QuantityReport:
    comparison = compare_by_hand(problem, {name: value})
    return next(report for report in comparison.parameters + comparison.intermediates if report.name == name)


def _hand(problem: Problem, name: str) -> np.ndarray:
    return np.array(run_by_hand(problem)[1].named()[name])


@pytest.mark.parametrize(
    ("factor", "said"), [(7.0, "= T"), (-1.0, "the sign"), (2.0, "a missing 1/2"), (1 / 3, "= 1/(B)")]
)
def test_factor(problem: Problem, factor: float, said: str) -> None:
    """A scalar multiple is its own verdict and its factor is named."""
    report = _report(problem, "dW_hh", factor * _hand(problem, "dW_hh"))
    assert report.verdict == "factor"
    assert report.factor == pytest.approx(factor)
    assert said in report.note


def test_first_divergence_is_the_latest_wrong_step(problem: Problem) -> None:
    """Of two wrong steps the later one is first, walking back; the entry is the worst one there."""
    dh = _hand(problem, "dh")
    dh[2, 0, 0] += 1e-3
    dh[4, 1, 5] += 1e-6
    comparison = compare_by_hand(problem, {"dh": dh})
    assert comparison.first_divergence is not None
    assert (comparison.first_divergence.quantity, comparison.first_divergence.t) == ("dh", 4)
    assert comparison.first_divergence.index == (1, 5)


def test_within_a_step_the_backward_order_decides(problem: Problem) -> None:
    """dh is made before da."""
    wrong = {name: _hand(problem, name) for name in ("da", "dh")}
    for value in wrong.values():
        value[3] += 1.0
    comparison = compare_by_hand(problem, wrong)
    assert comparison.first_divergence is not None
    assert comparison.first_divergence.quantity == "dh"


def test_transposed_square_matrix_is_recognised(problem: Problem) -> None:
    """The signed sum of differences is 0 there, and the report says that it hides the absolute one."""
    report = _report(problem, "dW_hh", _hand(problem, "dW_hh").T)
    assert report.verdict == "differs"
    assert "transposed" in report.note
    assert report.cancels


def test_wrong_shape_says_transposed(problem: Problem) -> None:
    report = _report(problem, "dW_xh", _hand(problem, "dW_xh").T)
    assert report.verdict == "shape"
    assert "transposed, the values agree" in report.note


def test_nan_is_nonfinite_at_its_step(problem: Problem) -> None:
    da = _hand(problem, "da")
    da[1, 0, 0] = np.nan
    report = _report(problem, "da", da)
    assert (report.verdict, report.first_wrong_t) == ("nonfinite", 1)


def test_all_zero_is_said(problem: Problem) -> None:
    report = _report(problem, "db_h", np.zeros(6))
    assert (report.verdict, report.note) == ("differs", "all zero")


def test_identical_means_bit_identical(problem: Problem) -> None:
    reference = oracle.reference(problem)[1].parameters["dW_hh"]
    assert _report(problem, "dW_hh", reference).verdict == "identical"
    assert _report(problem, "dW_hh", np.nextafter(reference, np.inf)).verdict == "agrees"


@pytest.mark.parametrize("size", [1e-9, 1e-6, 1e-2])
def test_small_mistakes_are_found_in_float64(problem: Problem, size: float) -> None:
    """One entry off by a billionth of the gradient is a disagreement."""
    value = _hand(problem, "dW_hh")
    value[2, 3] += size * float(rms(value))
    assert _report(problem, "dW_hh", value).verdict == "differs"


def test_right_rows_are_named() -> None:
    reference = np.arange(1.0, 13.0).reshape(4, 3)
    hand = reference.copy()
    hand[:3] += 0.5
    assert right_lines(hand, reference, 1e-15).startswith("row 3 is right")


def test_ulp_distance_crosses_zero() -> None:
    tiny = np.nextafter(0.0, 1.0)
    assert ulp_distance(np.array([tiny, 1.0, 0.0]), np.array([-tiny, np.nextafter(1.0, 2.0), -0.0])).tolist() == [
        2,
        1,
        0,
    ]


def test_rms_does_not_overflow() -> None:
    assert float(rms(np.array([3e200, 4e200]))) == pytest.approx(np.sqrt(12.5) * 1e200)


def test_central_differences_take_sides(problem: Problem) -> None:
    """They confirm JAX against a wrong hand, a right hand against a wrong reference, and nobody when both are wrong."""
    rng = np.random.default_rng(0)
    right = oracle.reference(problem)[1].steps["da"]
    assert sides_with(problem, "da", 1.01 * right, right, rng) == "reference"
    assert sides_with(problem, "da", right, 1.01 * right, rng) == "hand"
    assert sides_with(problem, "da", 0.9 * right, 1.01 * right, rng) == "neither"
    assert sides_with(problem, "da", right, right, rng) == "both"


def test_factor_names() -> None:
    sizes = {"T": 8, "B": 3, "D": 4, "H": 6, "K": 5}
    assert factor_name(24.0, sizes) == "= T B"
    assert factor_name(20.0, sizes) == "= T K / 2"
    assert factor_name(1.2345, sizes) == ""
