"""Weight files in the layout of the user's own code: what was packed comes back, what does not fit is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.arranged import read_arranged
from rnn.build import build
from rnn.cases import read_case
from rnn.cases.layout import Layout
from rnn.errors import InputError
from rnn.inspection import inspect_gradients
from rnn.jobs import JobRunner
from rnn.network import Network
from rnn.settings_for import settings_for
from tests.problems import make_problem
from tests.rnn.cases.proving import EXAMPLES

LAYOUTS: list[dict[str, Any]] = [
    {},
    {"weights": "out,in"},
    {"gates": "ofig"},
    {"gates": "separate", "stacked": "hx", "weights": "out,in", "bias": "column"},
    {"gates": "separate"},
    {"stacked": "xh", "bias": "first"},
    {"stacked": "hx", "bias": "last", "weights": "out,in", "gates": "ifog"},
]
NETWORKS = [
    Network("lstm", "tanh", "half_squared_error", True),
    Network("lstm", "tanh", "half_squared_error", True, (("peepholes", True),), 2, True),
    Network("lstm", "tanh", "half_squared_error", True, embedding=True),
]


@pytest.mark.parametrize("declared", LAYOUTS, ids=str)
@pytest.mark.parametrize("network", NETWORKS, ids=["plain", "deep", "embedding"])
def test_what_was_packed_comes_back(declared: dict[str, Any], network: Network) -> None:
    """Every layout, with and without underscores and prefixes in the file's names."""
    problem, layout = make_problem(network), Layout.of(declared, "lstm")
    kept = layout.parameters(problem.parameters)
    renamed = {f"model.{name.replace('_', '')}": value for name, value in kept.items()}
    for arrays in (kept, renamed):
        found = read_arranged(arrays, network, layout, ())
        assert set(found.parameters) == set(problem.parameters)
        for name, value in problem.parameters.items():
            np.testing.assert_array_equal(found.parameters[name], value)


def test_answers_name_arrays() -> None:
    """An array of another name is said with the user's name of the parameter."""
    network, layout = NETWORKS[0], Layout.of({"gates": "separate"}, "lstm")
    problem = make_problem(network)
    arrays = layout.parameters(problem.parameters)
    arrays["forget"] = arrays.pop("W_hf")
    with pytest.raises(InputError, match=r"nothing for W_hf; it holds .*--weights-map W_hf=KEY"):
        read_arranged(arrays, network, layout, ())
    found = read_arranged(arrays, network, layout, (("W_hf", "forget"),))
    np.testing.assert_array_equal(found.parameters["W_hh"], problem.parameters["W_hh"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a: a | {"W_hi": np.zeros((6, 7))}, r"W_hi' has the shape \(6, 7\); expected \(6, 6\) for W_hi"),
        (lambda a: {k: v for k, v in a.items() if k != "b_f"}, r"nothing for b_f"),
        (lambda a: a | {"Whi": a["W_hi"], "whi": a["W_hi"]} if a.pop("W_xg", None) is None else a, r"nothing for W_xg"),
        (lambda a: a | {"W_hf": np.full((6, 6), np.nan)}, r"values that are not finite"),
    ],
)
def test_what_does_not_fit_is_said(change: Any, words: str) -> None:
    network, layout = NETWORKS[0], Layout.of({"gates": "separate"}, "lstm")
    arrays = change(dict(layout.parameters(make_problem(network).parameters)))
    with pytest.raises(InputError, match=words):
        read_arranged(arrays, network, layout, ())


@pytest.mark.parametrize("name", ["dict-lstm", "pair-lstm", "steps-gru"])
def test_a_case_runs_on_trained_weights_of_its_own(name: str, tmp_path: Path, runner: JobRunner) -> None:
    """A file that holds what the user's code holds is read in the declared layout, and the code runs on it."""
    case = read_case(EXAMPLES / f"{name}.py")
    settings = settings_for(case)
    drawn = build(settings)
    np.savez(tmp_path / "trained.npz", **Layout.of(case.declaration).parameters(drawn.parameters))
    chosen = replace(settings, weights="file", weights_file=str(tmp_path / "trained.npz"), seed=9)
    problem = build(chosen, runner)
    for key, value in drawn.parameters.items():
        np.testing.assert_array_equal(problem.parameters[key], value)
    assert inspect_gradients(chosen, case, runner, blame=False).verdict == "agree"
