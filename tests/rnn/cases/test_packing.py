"""Parameters go out in every declared form and come home the same, whatever the gates, the stacking and the bias are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest

from rnn.arrays import AnyArray
from rnn.cases.layout import Layout
from rnn.cases.returned import Home
from rnn.errors import InputError
from rnn.network import Network

SIZES = {"T": 5, "B": 3, "D": 4, "H": 6, "K": 2, "V": 7}
LSTM = {"cell": "lstm"}


def make_parameters(network: Network) -> dict[str, AnyArray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=shape) for name, shape in network.parameter_shapes(SIZES, True).items()}


def home_of(declaration: dict[str, Any], parameters: dict[str, AnyArray]) -> Home:
    shapes = {f"d{name}": value.shape for name, value in parameters.items()}
    return Home(Layout.of(declaration), shapes, {}, lambda name, value: np.array(value))


def gradients(declaration: dict[str, Any], parameters: dict[str, AnyArray]) -> dict[str, AnyArray]:
    """The parameters, as if they were their own gradients, in the user's names and forms."""
    return {f"d{name}": value for name, value in Layout.of(declaration).parameters(parameters).items()}


def every_form(cell: str, two: bool) -> Iterator[dict[str, Any]]:
    letters = Network(cell, "tanh", "half_squared_error", True).cell_object.gates
    orders = [None, "separate", *("".join(order) for order in permutations(letters))] if letters else [None]
    biases = ("vector", "column", "row", "first", "last")
    for weights, order, stacked, bias in product(("in,out", "out,in"), orders, ("", "xh", "hx"), biases):
        if bias in ("first", "last") and (not stacked or two):
            continue
        gates = {} if order is None else {"gates": order}
        yield {"cell": cell, "weights": weights, "stacked": stacked, "bias": bias, **gates}


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("two", [False, True])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_every_form_comes_home(cell: str, two: bool, layers: int) -> None:
    options = [("peepholes", True)] * (cell == "lstm") + [("two_biases", True)] * two
    network = Network(cell, "tanh", "half_squared_error", True, tuple(options), layers, embedding=True)
    parameters = make_parameters(network)
    for declaration in every_form(cell, two):
        user = gradients(declaration, parameters)
        assert all(value.flags.writeable and value.base is None for value in user.values())
        found = home_of(declaration, parameters).bring(user)
        assert set(found) == {f"d{name}" for name in parameters}, declaration
        for name, value in parameters.items():
            assert np.array_equal(found[f"d{name}"], value), (declaration, name)
        again = Layout.of(declaration).returned_as(found)
        assert set(again) == set(user)
        assert all(np.array_equal(again[name], value) for name, value in user.items()), declaration


def test_names_and_blocks_are_those_of_the_contract() -> None:
    """The forms are what they are called, and not only undone by the way back."""
    parameters = make_parameters(Network("lstm", "tanh", "half_squared_error", True))
    i, f, g, o = np.split(parameters["W_xh"], 4, axis=1)
    b = np.split(parameters["b_h"], 4)
    packed = Layout.of({**LSTM, "gates": "ifog", "weights": "out,in"}).parameters(parameters)
    assert np.array_equal(packed["W_xh"], np.concatenate([i, f, o, g], axis=1).T)
    apart = Layout.of({**LSTM, "gates": "separate", "bias": "column"}).parameters(parameters)
    assert list(apart) == "W_xi W_xf W_xg W_xo W_hi W_hf W_hg W_ho b_i b_f b_g b_o W_hy b_y".split()
    assert np.array_equal(apart["W_xg"], g) and np.array_equal(apart["b_o"], b[3][:, None])
    first = Layout.of({**LSTM, "gates": "separate", "stacked": "hx", "bias": "first"}).parameters(parameters)
    assert list(first) == ["W_i", "W_f", "W_g", "W_o", "W_hy", "b_y"]
    assert np.array_equal(first["W_f"], np.concatenate([b[1][None], parameters["W_hh"][:, 6:12], f]))
    last = Layout.of({**LSTM, "stacked": "xh", "bias": "last", "weights": "out,in"}).parameters(parameters)
    whole = np.concatenate([parameters["W_xh"], parameters["W_hh"], parameters["b_h"][None]]).T
    assert list(last) == ["W", "W_hy", "b_y"] and np.array_equal(last["W"], whole)


def test_layers_keep_their_suffix_at_the_end() -> None:
    network = Network("gru", "tanh", "half_squared_error", True, (("two_biases", True),), 2, bidirectional=True)
    names = list(Layout.of({"cell": "gru", "gates": "separate"}).parameters(make_parameters(network)))
    assert names[:3] == ["W_xr.0", "W_xz.0", "W_xn.0"] and "b_hn.1.reverse" in names and len(names) == 50


def test_an_exception_turns_one_matrix() -> None:
    network = Network("rnn", "tanh", "half_squared_error", True, embedding=True)
    parameters = make_parameters(network)
    layout = Layout.of({"weights": "out,in", "layouts": {"W_hy": "in,out"}})
    shapes = {name: value.shape for name, value in layout.parameters(parameters).items()}
    assert (shapes["W_hy"], shapes["W_xh"], shapes["W_e"]) == ((6, 2), (6, 4), (7, 4))
    assert layout.from_user("dW_hy", parameters["W_hy"], (6, 2)).shape == (6, 2)


def test_our_own_names_are_taken_too() -> None:
    parameters = make_parameters(Network("lstm", "tanh", "half_squared_error", True))
    home = home_of({**LSTM, "gates": "separate", "stacked": "xh", "weights": "out,in"}, parameters)
    assert np.array_equal(home.bring({"dW_xh": parameters["W_xh"].T})["dW_xh"], parameters["W_xh"])


@pytest.mark.parametrize(
    ("changes", "edit", "said"),
    [
        ({"gates": "separate"}, {"dW_xf": None}, "returned dW_xi, dW_xg, dW_xo and not dW_xf"),
        ({"gates": "separate"}, {"dW_xh": np.zeros((4, 24))}, "dW_xh twice, as dW_xh and as dW_xi"),
        ({"gates": "separate"}, {"dW_xi": np.zeros((6, 4))}, "dW_xi with the shape (6, 4); expected (4, 6)"),
        ({"gates": "separate"}, {"dW_xi": np.zeros((6, 4))}, "the matrix is turned round"),
        ({"stacked": "xh", "weights": "out,in"}, {"dW": np.zeros((24, 9))}, "expected (24, 10) in the declared layout"),
        ({"stacked": "hx", "bias": "first"}, {"dW": np.zeros((9, 9))}, "are b_h, then W_hh, then W_xh"),
        ({"gates": "separate", "bias": "column"}, {"db_i": np.zeros((4, 1))}, "db_i with the shape (4, 1); expected (6, 1)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_gets_a_sentence(changes: dict[str, Any], edit: dict[str, Any], said: str) -> None:
    parameters = make_parameters(Network("lstm", "tanh", "half_squared_error", True))
    returned = {**gradients({**LSTM, **changes}, parameters), **edit}
    with pytest.raises(InputError) as caught:
        home_of({**LSTM, **changes}, parameters).bring({k: v for k, v in returned.items() if v is not None})
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("layers", "name", "said"),
    [
        (1, "dWxi", "did you mean 'dW_xi'?"),
        (1, "nonsense", "known keys are dW_xi, dW_xf"),
        (2, "dW_xi", "may be dW_xi.0 or dW_xi.1"),
        (1, 3, "unknown key 3"),
    ],
)
def test_unknown_keys(layers: int, name: Any, said: str) -> None:
    network = Network("lstm", "tanh", "half_squared_error", True, layers=layers)
    home = home_of({**LSTM, "gates": "separate"}, make_parameters(network))
    with pytest.raises(InputError) as caught:
        home.check_names({name: 1})
    assert said in str(caught.value)


@pytest.mark.parametrize("shape", [(24,), (24, 1), (1, 24)])
@pytest.mark.parametrize("bias", ["vector", "column", "row"])
def test_vectors_are_reconciled(shape: tuple[int, ...], bias: str) -> None:
    parameters = make_parameters(Network("lstm", "tanh", "half_squared_error", True))
    found = home_of({**LSTM, "bias": bias}, parameters).bring({"db_h": parameters["b_h"].reshape(shape)})
    assert np.array_equal(found["db_h"], parameters["b_h"])


def test_a_name_of_another_layout_says_what_to_declare() -> None:
    """Gradients gate by gate, or of a stacked matrix, where the case declares neither."""
    shapes = {"dW_xh": (4, 24), "dW_hh": (6, 24), "db_h": (24,)}
    home = Home(Layout.of({}, "lstm"), shapes, {}, lambda name, value: value)
    for name, said in (("dW_xi", "gates = 'separate' in CASE"), ("dW", "stacked = 'xh' or 'hx' in CASE"),
                       ("dW_f", "gates = 'separate' and stacked = 'xh' or 'hx'")):  # fmt: skip
        with pytest.raises(InputError, match=said):
            home.check_names({name: 1})
