"""What becomes of a carried gradient: its gains, and the sentence about them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn import oracle
from rnn.network import Network
from rnn.through_time import EXPLODES, FACTOR, STEADY, UNKNOWN, VANISHES, ZERO, carry_gain, flow, flow_words
from rnn.units import step_rms
from tests.problems import make_problem

NAN = float("nan")
GAINS = st.lists(st.floats(1e-4, 1e4), min_size=1, max_size=40)


def _gain(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([*values, NAN])


def test_the_gain_is_what_arrives_of_what_was_there() -> None:
    """dh_next of step t over dh of step t + 1; nothing at the last step, nor where there was nothing."""
    gain = carry_gain(np.array([2.0, 0.0, 3.0, 9.0]), np.array([9.0, 4.0, 0.0, 6.0]))
    assert np.array_equal(gain, [0.5, NAN, 0.5, NAN], equal_nan=True)
    assert np.isnan(carry_gain(np.zeros(1), np.ones(1))).all()


def test_the_gain_of_a_real_network() -> None:
    """One hidden unit: the gain is |slope * w|."""
    problem = make_problem(Network("rnn", "tanh", "half_squared_error", True), (6, 1, 2, 1, 2))
    trace, gradients = oracle.reference(problem)
    gain = carry_gain(*(step_rms(gradients.steps[name]) for name in ("dh_next", "dh")))
    expected = np.abs((1 - trace.steps["h"][1:, 0, 0] ** 2) * problem.parameters["W_hh"][0, 0])
    assert gain[:-1] == pytest.approx(expected, rel=1e-12)


@given(GAINS)
def test_the_total_is_the_product(values: list[float]) -> None:
    """Verdict, total, and gain per step say the same, and `step` is where the sentence says it is."""
    found = flow(_gain(*values))
    logs = np.log(values)
    assert np.log(found.total) == pytest.approx(logs.sum(), abs=1e-9)
    assert np.log(found.per_step) == pytest.approx(logs.mean(), abs=1e-9)
    assert (found.first, found.last) == (0, len(values))
    expected = VANISHES if found.total < 1 / FACTOR else EXPLODES if found.total > FACTOR else STEADY
    assert found.verdict == expected
    assert (found.step is None) == (expected == STEADY)


@given(GAINS)
def test_from_the_named_step_back_it_stays_so(values: list[float]) -> None:
    found = flow(_gain(*values))
    left = np.cumsum(np.log(values)[::-1])[::-1]
    if found.verdict == VANISHES:
        assert found.step is not None
        assert (left[: found.step + 1] < -np.log(FACTOR)).all()
        assert found.step + 1 == len(left) or not left[found.step + 1] < -np.log(FACTOR)
    if found.verdict == EXPLODES and "more than a thousand times" in flow_words(_gain(*values)):
        assert found.step is not None
        assert (left[: found.step + 1] > np.log(FACTOR)).all()


def test_a_dip_on_the_way_is_not_where_it_vanishes_or_explodes() -> None:
    """What recovers has not vanished: the named step is the one from which on it stays so."""
    assert flow(_gain(1e-4, 1e4, 1e-4, 1.0)).step == 0
    assert flow(_gain(1e4, 1e-4, 1e4, 1.0)).step == 0
    assert flow(_gain(1e-2, 1e-2, 1e-2, 1e-2)).step == 2


def test_words_for_every_verdict() -> None:
    assert flow_words(_gain(*[0.5] * 20)) == (
        "The gradient vanishes: from t = 10 back less than a thousandth is left; carried back from t = 20 to t = 0 it "
        "becomes 9.5e-07 of itself, times 0.5 a step."
    )
    assert "from t = 9 back it is more than a thousand times itself" in flow_words(_gain(*[2.0] * 19))
    assert "neither vanishes nor explodes" in flow_words(_gain(0.9, 1.2, 1.0))
    assert flow(_gain(0.9, 0.0, 1.0)).verdict == ZERO
    assert flow_words(_gain(0.9, 0.0, 1.0)) == "Nothing is carried from t = 2 to t = 1: dh_next is exactly 0 there."
    assert flow_words(_gain()) == ""
    assert flow(np.array([])).verdict == UNKNOWN


def test_one_step_that_explodes_is_named() -> None:
    words = flow_words(_gain(1.0, 1.1, 1e6, 0.9, 1.0))
    assert "above all at t = 2, where it is multiplied by 1e+06" in words
    assert flow(_gain(1.0, 1.1, 1e6, 0.9, 1.0)).step == 2


def test_two_large_steps_are_not_one() -> None:
    """Where two steps explode and one shrinks, no single step is blamed, in the record or in words."""
    gain = _gain(1e5, 1e-5, 1e5)
    assert "above all" not in flow_words(gain)


def test_what_is_not_known_cuts_the_way_short() -> None:
    """Steps behind a NaN, as where the loss of a later step does not count, are left out, and so said."""
    found = flow(np.array([0.5, NAN, 0.5, 0.5, NAN, NAN]))
    assert (found.first, found.last, found.total) == (2, 4, 0.25)
    assert "from t = 4 to t = 2" in flow_words(np.array([0.5, NAN, 0.5, 0.5, NAN, NAN]))


@pytest.mark.parametrize(("value", "verdict"), [(1e-300, VANISHES), (1e300, EXPLODES)])
def test_products_beyond_the_numbers(value: float, verdict: str) -> None:
    """No overflow, no warning, and still a sentence."""
    assert flow(_gain(*[value] * 50)).verdict == verdict
    assert "nan" not in flow_words(_gain(*[value] * 50))
    assert "becomes 0 of itself" not in flow_words(_gain(*[value] * 50))
