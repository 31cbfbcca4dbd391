"""Weights in a framework's own files give its own outputs here, and its gradients are ours. See make_proofs.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnn.arrays import AnyArray
from rnn.build import build
from rnn.filed.naming import named_gradients
from rnn.losses import one_hot
from rnn.problem import Problem
from rnn.settings import ProblemSettings

from .in_process import InProcess

FILES = Path(__file__).parents[1] / "data" / "weights"
PROOFS = sorted(path.name.removesuffix(".npz") for path in FILES.glob("proof_*.npz"))
TOLERANCE = {"torch": 1e-13, "flax": 1e-13, "nnx": 1e-13, "keras": 2e-6}
"""Of outputs of size 1 that are sums of a few dozen products: float64, but Keras computes its gates in float32."""


def _numbers(name: str) -> dict[str, AnyArray]:
    with np.load(FILES / f"{name}.npz") as kept:
        return dict(kept)


def _problem(name: str, **settings: object) -> Problem:
    fields: dict[str, object] = {
        "weights": "file",
        "weights_file": str(FILES / name),
        "h0": "zero",
        "batch": 2,
        "steps": 5,
    }
    return build(ProblemSettings(**{**fields, **settings}), InProcess())  # type: ignore[arg-type]


def _rows(problem: Problem, x: AnyArray) -> AnyArray:
    return one_hot(x, problem.sizes["V"]) if x.ndim == 2 else x


def _forward(problem: Problem, x: AnyArray) -> AnyArray:
    network, weights = problem.network, problem.loss_weights
    return network.forward(problem.parameters, _rows(problem, x), problem.starts, problem.target, weights).y


def _words(name: str) -> tuple[str, str, str]:
    _, framework, cell, *form = name.partition(".")[0].split("_")
    return framework, cell, form[0] if form else "two"


def test_every_framework_cell_and_form_is_there() -> None:
    """One and two layers, one and both directions, of every cell of every framework."""
    found = {_words(name) for name in PROOFS}
    for framework, cells in {
        "torch": "rnn lstm gru",
        "keras": "rnn lstm gru grubefore",
        "flax": "rnn lstm gru",
    }.items():
        for cell in cells.split():
            assert {(framework, cell, form) for form in ("one", "two", "both", "twoboth")} <= found
    assert {("nnx", cell, form) for cell in ("rnn", "lstm", "gru") for form in ("one", "both")} <= found


@pytest.mark.parametrize("name", PROOFS)
def test_outputs_are_the_frameworks(name: str) -> None:
    """The network comes from the file alone, and its outputs are those that the framework computed."""
    numbers, (framework, cell, form) = _numbers(name), _words(name)
    relu = framework == "keras" and cell == "rnn" and not name.endswith((".h5", ".keras"))
    problem = _problem(name, **({"activation": "relu"} if relu else {}))
    y = _forward(problem, numbers["x"])
    np.testing.assert_allclose(y, numbers["y"], rtol=0, atol=TOLERANCE[framework])
    assert problem.network.layers == (2 if "two" in form else 1)
    assert problem.network.bidirectional == ("both" in form)
    assert problem.settings.cell == problem.cell  # so that the next problem of the same settings has it too
    assert np.abs(y).max() > 0.02


@pytest.mark.parametrize("name", [name for name in PROOFS if "torch" in name and "cells" not in name])
def test_gradients_by_the_frameworks_names_are_ours(name: str) -> None:
    """`weight_hh_l0.grad` and the others; of two biases that are added up each has the gradient of the sum."""
    numbers = _numbers(name)
    problem = _problem(name)
    network, x = problem.network, _rows(problem, numbers["x"])
    trace = network.forward(problem.parameters, x, problem.starts, problem.target, problem.loss_weights)
    ours = network.backward(problem.parameters, trace, x, problem.starts, numbers["dy"]).parameters
    given = named_gradients({key: value for key, value in numbers.items() if key.endswith(".grad")}, problem).values
    assert set(given) == set(ours) == {f"d{name}" for name in problem.parameters}
    for key, value in ours.items():
        np.testing.assert_allclose(given[key], value, rtol=0, atol=1e-11, err_msg=key)


@pytest.mark.parametrize("name", ["proof_torch_lstm_one.pt", "proof_torch_rnn_both.pth"])
def test_two_biases_stay_two_where_they_are_set(name: str) -> None:
    """Then their gradients are judged apart, and the outputs are the same."""
    numbers = _numbers(name)
    problem = _problem(name, cell_options=(("two_biases", True),))
    assert any(key.startswith("b_hh") for key in problem.parameters)
    np.testing.assert_allclose(_forward(problem, numbers["x"]), numbers["y"], rtol=0, atol=TOLERANCE["torch"])
    given = named_gradients({key: value for key, value in numbers.items() if key.endswith(".grad")}, problem).values
    assert {f"d{key}" for key in problem.parameters} == set(given)
