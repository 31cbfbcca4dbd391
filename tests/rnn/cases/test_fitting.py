"""A layout that was declared wrongly is found from what came back; right gradients and wrong ones call for nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnn.arrays import AnyArray
from rnn.cases.fitting import MOST_CANDIDATES, candidates, fitting
from rnn.cases.layout import Layout
from rnn.cases.returned import Home
from rnn.handwritten import run_by_hand
from rnn.network import Network
from tests.problems import make_problem

LSTM = make_problem(Network("lstm", "tanh", "half_squared_error", True))
SQUARE = make_problem(Network("rnn", "tanh", "half_squared_error", True), (7, 3, 6, 6, 6))


def _read(problem: Any, truly: dict[str, Any], declared: dict[str, Any]) -> tuple[Any, Any]:
    """What comes home of right gradients that a code with one layout returns, where another is declared."""
    right = {name: np.asarray(value) for name, value in run_by_hand(problem)[1].named().items()}
    cell = problem.cell
    returned: dict[str, AnyArray] = Layout.of(truly, cell).returned_as(right)
    shapes = {name: value.shape for name, value in right.items()}
    return Home(Layout.of(declared, cell), shapes, {}, lambda name, value: np.array(value)).bring(returned), right


@pytest.mark.parametrize(
    ("problem", "truly", "declared"),
    [
        (SQUARE, {"weights": "out,in"}, {}),
        (SQUARE, {}, {"weights": "out,in"}),
        (LSTM, {"weights": "out,in"}, {}),
        (LSTM, {"gates": "ofig"}, {}),
        (LSTM, {"gates": "ifog", "weights": "out,in"}, {"gates": "ifgo"}),
        (LSTM, {"x": "BTD"}, {}),
        (LSTM, {"gates": "igfo", "x": "BTD"}, {}),
        (SQUARE, {"stacked": "hx"}, {"stacked": "xh"}),
        (SQUARE, {"stacked": "xh", "bias": "first"}, {"stacked": "xh", "bias": "last"}),
    ],
)
def test_the_true_layout_is_found(problem: Any, truly: dict[str, Any], declared: dict[str, Any]) -> None:
    found, right = _read(problem, truly, declared)
    best = fitting(declared, found, right, problem.cell)[0]
    assert best.changes == {key: value for key, value in truly.items() if declared.get(key) != value} or (
        best.changes == {"weights": "in,out"} and not truly
    )
    assert best.agree == best.total > best.before


def test_right_and_wrong_gradients_fit_nothing_else() -> None:
    found, right = _read(SQUARE, {}, {})
    assert fitting({}, found, right) == []
    assert fitting({}, {name: value + 1 for name, value in found.items()}, right) == []


@pytest.mark.parametrize(
    "declared",
    [{}, {"cell": "lstm"}, {"cell": "lstm", "stacked": "xh", "bias": "last", "weights": "out,in"}, {"cell": "gru"},
     {"cell": "gru", "gates": "separate", "stacked": "hx"}],
)  # fmt: skip
def test_candidates_are_other_declarations(declared: dict[str, Any]) -> None:
    found = candidates(declared)
    assert 1 <= len(found) <= MOST_CANDIDATES
    assert "weights" in found[0]
    assert all(declared.get(key) != value for changes in found for key, value in changes.items())
    assert len({tuple(sorted(changes.items())) for changes in found}) == len(found)
    assert ({"gates": "ifog"} in found) == (declared == {"cell": "lstm"} or "bias" in declared)
