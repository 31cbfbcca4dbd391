"""What is said about an itemised matrix."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnn.itemised import Itemised, itemised
from rnn.itemised_words import itemised_arrays, itemised_words
from rnn.network import Network
from tests.hands import Hand, Values, case
from tests.problems import make_problem


def _matrix(*last: float) -> Itemised:
    """Only the last step's loss counts; by hand the same."""
    matrix = np.zeros((len(last), len(last)))
    matrix[-1] = last
    return Itemised(100, 2, matrix, matrix, np.zeros_like(matrix))


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (
            (1e-5, 1e-4, 0.5, 1.0),
            "s = 103 reaches back to t = 102; before, less than a thousandth of its own dh is left.",
        ),
        ((4.0, 1e-9, 0.5, 2.0), "s = 103 reaches back to t = 100, where 2 of its own dh is left."),
        ((0.5, 0.5, 0.5, 2.0), "s = 103 reaches back to t = 100, where 0.25 of its own dh is left."),
        ((0.0, 0.0, 0.0, 2.0), "reaches back to t = 103; before"),
        ((0.0, np.inf, 1.0, 1.0), "What the loss of s = 103 gives to dh is not finite at t = 101."),
        ((0.0, 0.0), "No loss reaches any dh."),
        ((3.0,), "reaches back to t = 100, where 1 of its own dh is left."),
    ],
)
def test_how_far_the_last_loss_reaches(last: tuple[float, ...], said: str) -> None:
    words = itemised_words(_matrix(*last))
    assert said in words
    assert words.endswith("Hand's is the same, to the last bit.")


def test_where_hand_differs_most() -> None:
    found = _matrix(1.0, 2.0, 4.0)
    difference = np.zeros((3, 3))
    difference[2, 1], difference[1, 0] = 0.5, 0.25
    assert "Hand differs most at s = 102, t = 101, by 0.5, 0.25 of JAX's." in itemised_words(
        replace(found, difference=difference)
    )
    difference[1, 0] = 7.0
    assert "at s = 101, t = 100, by 7, where JAX has 0." in itemised_words(replace(found, difference=difference))
    difference[0, 0] = np.nan
    assert "can't be compared at s = 100, t = 100" in itemised_words(replace(found, difference=difference))
    alone = replace(found, hand=None, difference=None, note="Why.")
    assert itemised_words(alone).endswith("is left. Why.")


def test_a_planted_mistake_is_found_where_it_is() -> None:
    """dh of step 3 is wrong in the run for every loss; the largest of these differences is named."""
    problem = make_problem(Network("rnn", "tanh", "half_squared_error", True))

    def change(values: Values) -> Values:
        dh = values["dh"].copy()
        dh[3] *= 3
        return {**values, "dh": dh}

    found = itemised(problem, case(), Hand(change), 0)
    s = int(found.reference[:, 3].argmax())
    assert f"Hand differs most at s = {s}, t = 3, by {2 * found.reference[s, 3]:.3g}, 2 of JAX's." in itemised_words(
        found
    )


def test_arrays_for_a_file() -> None:
    found = _matrix(1.0, 2.0)
    arrays = itemised_arrays(found)
    assert set(arrays) == {"reference", "hand", "difference", "first", "sample"}
    assert (int(arrays["first"]), int(arrays["sample"])) == (100, 2)
    assert set(itemised_arrays(replace(found, hand=None, difference=None))) == {"reference", "first", "sample"}
