"""Gradients of a file against JAX: every framework's names, whatever is missing, float32, and what is proved of wrong ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.build import build
from rnn.errors import InputError
from rnn.filed.naming import named_gradients
from rnn.given import inspect_given
from rnn.settings import ProblemSettings
from rnn.weights import AmbiguousWeights
from tests.rnn.filed.files import gradients, problem, written
from tests.rnn.weights.in_process import InProcess


def torch_names(right: dict[str, Any]) -> dict[str, Any]:
    """As `{name: p.grad for name, p in model.named_parameters()}` has them."""
    names = {"dW_xh": "weight_ih_l0", "dW_hh": "weight_hh_l0", "db_h": "bias_ih_l0"}
    found = {f"rnn.{names[n]}": right[n].T for n in names}
    return {**found, "rnn.bias_hh_l0": right["db_h"], "fc.weight": right["dW_hy"].T, "fc.bias": right["db_y"]}


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_names_of_pytorch(cell: str) -> None:
    """Turned round; two biases have one gradient, which is not added up."""
    one = problem(cell=cell)
    right = gradients(one)
    found = named_gradients(torch_names(right), one)
    assert set(found.values) == set(right)
    assert all(np.array_equal(found.values[name], value) for name, value in right.items())
    assert any("are one parameter" in note for note in found.notes)


def test_layers_of_pytorch() -> None:
    """`weight_hh_l1_reverse` is the second layer's, the other way."""
    one = problem(layers=2, bidirectional=True)
    right = gradients(one)
    names = {"W_xh": "weight_ih", "W_hh": "weight_hh", "b_h": "bias_ih"}
    arrays = {}
    for name, value in right.items():
        base, _, suffix = name[1:].partition(".")
        if suffix:
            layer, _, reverse = suffix.partition(".")
            arrays[f"rnn.{names[base]}_l{layer}{'_reverse' * bool(reverse)}.grad"] = value.T
    found = named_gradients(arrays, one, "out,in")
    assert set(found.values) == {name for name in right if "." in name}
    assert all(np.array_equal(value, right[name]) for name, value in found.values.items())


def test_two_biases_that_are_parameters_of_their_own() -> None:
    """As a GRU of PyTorch has them."""
    one = problem(cell="gru", cell_options=(("reset", "after"), ("two_biases", True)))
    right = gradients(one)
    arrays = torch_names({**right, "db_h": right["db_xh"]}) | {"rnn.bias_hh_l0": right["db_hh"]}
    found = named_gradients(arrays, one)
    assert set(found.values) == set(right)
    assert all(np.array_equal(found.values[name], value) for name, value in right.items())


def test_a_single_gradient_is_enough() -> None:
    one = problem()
    right = gradients(one)
    found = named_gradients({"grads/W_hy": right["dW_hy"], "step": np.ones(1)}, one)
    assert list(found.values) == ["dW_hy"] and found.unused == ["step"]


def test_a_square_matrix_that_nothing_tells_of_is_asked_about() -> None:
    one = problem()
    right = gradients(one)
    with pytest.raises(AmbiguousWeights, match="--orientation"):
        named_gradients({"dWhh": right["dW_hh"]}, one)
    assert np.array_equal(named_gradients({"dWhh": right["dW_hh"].T}, one, "out,in").values["dW_hh"], right["dW_hh"])
    with pytest.raises(InputError, match="no array of the file is a gradient"):
        named_gradients({"U": np.ones((2, 2))}, one)


def _stored(folder: Path, **settings: Any) -> tuple[ProblemSettings, dict[str, Any]]:
    """Settings that read weights and data from files, and the right gradients."""
    one = problem(**settings)
    weights = written(folder, "weights.npz", one.parameters)
    data = written(folder, "data.npz", {"x": one.x, "target": one.target})
    stored = ProblemSettings(
        weights="file",
        weights_file=str(weights),
        data="file",
        data_file=str(data),
        h0="zero",
        orientation="in,out",
        **settings,
    )
    return stored, gradients(build(stored, InProcess()))


def test_against_jax_on_stored_weights_and_data(tmp_path: Path) -> None:
    """float64 and float32, which is found out; names of the sides; what is proved of a wrong one."""
    stored, right = _stored(tmp_path)
    wide = inspect_given(written(tmp_path, "g.npz", torch_names(right)), stored, InProcess())
    assert wide.verdict == "agree" and wide.side_names == ("g.npz", "JAX") and len(wide.parameters) == 5
    narrow = gradients(build(stored, InProcess()).cast("float32"))
    found = inspect_given(written(tmp_path, "n.npz", narrow), stored, InProcess())
    assert found.verdict == "agree" and any("judged in float32" in note for note in found.notes)
    half = {name: value.astype("float16") for name, value in right.items()}
    with pytest.raises(InputError, match="float16"):
        inspect_given(written(tmp_path, "h.npz", half), stored, InProcess())


def test_relations_with_jax_are_named(tmp_path: Path) -> None:
    """An order of gates, and how a shape is the other's."""
    stored, right = _stored(tmp_path, cell="rnn")
    wrong = {**right, "dW_xh": right["dW_xh"].T.copy(), "db_h": right["db_h"] * 8}
    found = inspect_given(written(tmp_path, "w.npz", wrong), stored, InProcess())
    assert "transposed" in found.report("dW_xh").note
    assert found.report("db_h").verdict == "factor" and "(= T)" in found.report("db_h").note


def test_an_order_of_gates_with_jax_is_named(tmp_path: Path) -> None:
    settings = ProblemSettings(cell="lstm")
    right = gradients(build(settings, None))
    swapped = {
        name: np.concatenate([np.split(right[name], 4, -1)[k] for k in (0, 1, 3, 2)], -1) for name in ("dW_xh", "dW_hh")
    }
    found = inspect_given(written(tmp_path, "s.npz", {**right, **swapped}), settings, InProcess())
    assert "the other's 0, 1, 3, 2" in found.report("dW_xh").note and found.report("db_h").verdict in (
        "agrees",
        "identical",
    )
