"""A forward pass of another network than the declared one is told by name, with the key of CASE that says it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rnn.arrays import AnyArray
from rnn.cells import check_options
from rnn.forward import compare_forward, forward_values
from rnn.handwritten import forward
from rnn.network import Network
from rnn.problem import Problem
from rnn.usual import changes
from rnn.variants import Explained, explain
from tests.problems import make_problem

RNN = Network("rnn", "tanh", "half_squared_error", True)
LSTM = replace(RNN, cell="lstm")
GRU = replace(RNN, cell="gru")
LEAKY = replace(RNN, cell="leaky")
SIZES = (6, 3, 4, 5, 3)


def _values(problem: Problem, names: tuple[str, ...] = ("h", "y")) -> dict[str, AnyArray]:
    found = forward_values(forward(problem))
    return {name: found[name] for name in names}


def _explained(declared: Problem, real: Problem, names: tuple[str, ...] = ("h", "y"), **more: Any) -> Explained | None:
    return explain(_values(real, names), more.pop("loss", None), declared, **more)


def _with(network: Network, **options: Any) -> Network:
    return replace(network, options=check_options(network.cell, options))


KEYS = [
    (RNN, replace(RNN, activation="relu"), {"activation": "relu"}),
    (RNN, replace(RNN, activation="identity"), {"activation": "identity"}),
    (GRU, _with(GRU, reset="after"), {"reset": "after"}),
    (_with(GRU, reset="after"), GRU, {"reset": "before"}),
    (GRU, _with(GRU, update="new"), {"update": "new"}),
    (GRU, _with(GRU, update="new", reset="after"), {"update": "new", "reset": "after"}),
    (LSTM, _with(LSTM, cell_tanh=False), {"cell_tanh": False}),
    (LSTM, _with(LSTM, forget_bias=1.0), {"forget_bias": 1.0}),
    (LSTM, _with(replace(LSTM, activation="relu"), forget_bias=1.0), {"forget_bias": 1.0, "activation": "relu"}),
    (RNN, _with(LEAKY, leak=0.2), {"cell": "leaky", "leak": 0.2}),
    (_with(LEAKY, leak=0.3), _with(LEAKY, leak=0.7), {"leak": 0.7}),
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("declared", "real", "keys"), KEYS)
def test_a_variant_of_the_cell_is_named(declared: Network, real: Network, keys: dict[str, Any], dtype: str) -> None:
    problem = make_problem(declared, SIZES, dtype=dtype)
    found = _explained(problem, replace(problem, network=real))
    assert found is not None and found.changes == keys
    for key, value in keys.items():
        assert f"{key}={value!r}" in found.advice
    assert found.sentence().startswith("the code's h and y are those of ")


def test_the_sentence() -> None:
    problem = make_problem(GRU, SIZES)
    found = _explained(problem, replace(problem, network=_with(GRU, reset="after")), ("h",))
    assert found is not None
    assert found.sentence() == "the code's h is that of a GRU with the reset gate after the product: set reset='after'"


def test_peepholes_that_are_ignored() -> None:
    problem = make_problem(_with(LSTM, peepholes=True), SIZES)
    found = _explained(problem, replace(problem, network=LSTM))
    assert found is not None and found.changes == {"peepholes": False}


def _ordered(problem: Problem, order: str) -> Problem:
    """What code computes that reads our i f g o as `order`."""
    made = {}
    for name, value in problem.parameters.items():
        if name.startswith(("W_xh", "W_hh", "b_h")):
            read = dict(zip(order, np.split(value, 4, axis=-1), strict=True))
            value = np.concatenate([read[gate] for gate in "ifgo"], axis=-1)
        made[name] = value
    return replace(problem, parameters=made)


@pytest.mark.parametrize("order", ["ifog", "gifo", "ofig", "figo"])
def test_the_order_of_packed_gates(order: str) -> None:
    problem = make_problem(LSTM, SIZES)
    found = _explained(problem, _ordered(problem, order))
    assert found is not None and found.changes == {"gates": order}


def test_the_order_of_packed_gates_where_another_is_declared() -> None:
    """The case declares `ifog`, so that the code is given i f o g; it reads that as o i f g."""
    problem = make_problem(LSTM, SIZES)
    given = {"i": "i", "f": "f", "o": "o", "g": "g"}
    read = dict(zip("oifg", "ifog", strict=True))  # the code takes for o what is i, ...
    made = {}
    for name, value in problem.parameters.items():
        if name.startswith(("W_xh", "W_hh", "b_h")):
            parts = dict(zip("ifgo", np.split(value, 4, axis=-1), strict=True))
            value = np.concatenate([parts[given[read[gate]]] for gate in "ifgo"], axis=-1)
        made[name] = value
    found = _explained(problem, replace(problem, parameters=made), declaration={"gates": "ifog"})
    assert found is not None and found.changes == {"gates": "oifg"}


def _weights(problem: Problem, **changed: AnyArray) -> Problem:
    return replace(problem, parameters={**problem.parameters, **changed})


def test_biases_starts_and_directions() -> None:
    problem = make_problem(RNN, SIZES)
    p = problem.parameters
    for real, words in (
        (_weights(problem, b_h=0 * p["b_h"], b_y=0 * p["b_y"]), "without biases"),
        (_weights(problem, b_h=2 * p["b_h"]), "with b_h added twice"),
        (_weights(problem, b_y=0 * p["b_y"]), "without b_y"),
        (_weights(problem, W_hh=p["W_hh"].T), "with W_hh transposed"),
        (replace(problem, starts={"h0": 0 * problem.h0}), "begins at zero and ignores h0"),
        (replace(problem, x=problem.x[::-1]), "reads x backwards"),
    ):
        found = _explained(problem, real)
        assert found is not None and words in found.words, words
    zero = _explained(problem, replace(problem, starts={"h0": 0 * problem.h0}))
    assert zero is not None and zero.changes == {"h0": "zero"}


def test_two_changes_at_once() -> None:
    problem = make_problem(RNN, SIZES)
    real = replace(problem, network=replace(RNN, activation="relu"), starts={"h0": 0 * problem.h0})
    found = _explained(problem, real)
    assert found is not None and found.changes == {"activation": "relu", "h0": "zero"}


def test_probabilities_that_are_returned_as_y() -> None:
    problem = make_problem(replace(RNN, loss="softmax_cross_entropy"), SIZES)
    values = _values(problem)
    e = np.exp(values["y"])
    found = explain({"y": e / e.sum(-1, keepdims=True), "h": values["h"]}, None, problem)
    assert found is not None and "softmax" in found.words and "before the softmax" in found.advice


def _loss(problem: Problem, name: str) -> float:
    return forward(replace(problem, network=replace(problem.network, loss=name))).loss


def test_the_loss_where_everything_else_agrees() -> None:
    problem = make_problem(RNN, (7, 3, 4, 6, 5))
    mean = explain(_values(problem), _loss(problem, "mean_squared_error"), problem)
    assert mean is not None and mean.changes == {"loss": "mean_squared_error"}
    assert mean.sentence().startswith("the code's loss is that of an RNN with the mean squared error as loss")
    batch = explain(_values(problem), _loss(problem, "half_squared_error") / 3, problem)
    assert batch is not None and "times 1/B" in batch.words and batch.changes == {}
    last = replace(problem, loss_weights=np.vstack([np.zeros((6, 3)), np.ones((1, 3))]))
    only = explain(_values(problem), forward(last).loss, problem)
    assert only is not None and only.changes == {"counted": "last"}


def test_the_loss_alone_speaks_only_where_one_thing_fits() -> None:
    problem = make_problem(RNN, (7, 3, 4, 6, 5))
    found = explain({}, _loss(problem, "mean_squared_error"), problem)
    assert found is not None and found.changes == {"loss": "mean_squared_error"}
    relu = explain({}, forward(replace(problem, network=replace(RNN, activation="relu"))).loss, problem)
    assert relu is not None and relu.changes == {"activation": "relu"}
    assert explain({}, 1.2345, problem) is None
    zero = replace(problem, x=0 * problem.x, starts={"h0": 0 * problem.h0})
    bare = _weights(zero, b_h=0 * problem.parameters["b_h"])
    real = replace(bare, network=replace(RNN, activation="relu", loss="mean_squared_error"))
    assert explain({}, forward(real).loss, bare) is not None


def test_what_is_none_of_them_is_not_named() -> None:
    problem = make_problem(LSTM, SIZES)
    values = _values(problem)
    assert explain({**values, "h": values["h"] * 1.01}, None, problem) is None
    assert explain({"h": values["h"][:, :, :2]}, None, problem) is None
    assert explain({}, None, problem) is None


@pytest.mark.parametrize("network", [RNN, LSTM, GRU, LEAKY])
def test_every_variant_differs_from_what_is_declared(network: Network) -> None:
    """A change that changes nothing could be named for anything."""
    problem = make_problem(network, SIZES)
    trace = forward(problem)
    for change in changes(problem):
        made = change.make(problem)
        if made is not None:
            found = compare_forward(forward_values(forward(made)), None, trace, problem)
            assert found.first is not None, change.words


def test_layers_and_directions() -> None:
    deep = replace(GRU, layers=2, bidirectional=True)
    problem = make_problem(deep, SIZES)
    real = replace(problem, network=_with(deep, reset="after"))
    found = _explained(problem, real, ("h.0", "h.1.reverse", "y"))
    assert found is not None and found.changes == {"reset": "after"}
