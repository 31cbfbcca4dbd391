"""Every cell x activation x loss x dtype x odd sizes: hand = JAX = central differences, and never a false alarm."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rnn import oracle
from rnn.cells import ACTIVATIONS, CELLS, check_options
from rnn.handwritten import run_by_hand
from rnn.losses import LOSSES, ROWS
from rnn.network import Network
from rnn.numerical import slope
from tests.problems import ODD_SIZES, compare_by_hand, make_problem

NETWORKS = [
    Network("rnn", activation, loss, output_layer)
    for activation in ACTIVATIONS
    for loss in LOSSES
    for output_layer in (True, False)
]

OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("rnn", {"two_biases": True}),
    ("leaky", {}),
    ("leaky", {"leak": 0.9, "two_biases": True}),
    ("lstm", {}),
    ("lstm", {"cell_tanh": False, "forget_bias": 1.0}),
    ("lstm", {"peepholes": True, "two_biases": True}),
    ("lstm", {"peepholes": True, "cell_tanh": False}),
    *(("gru", {"reset": reset, "update": update}) for reset in ("before", "after") for update in ("keep", "new")),
    ("gru", {"reset": "before", "two_biases": True}),
    ("gru", {"reset": "after", "two_biases": True}),
]


def _made(cell: str, options: dict[str, Any], **more: Any) -> Network:
    chosen = check_options(cell, options)
    return Network(cell, more.pop("activation", "tanh"), more.pop("loss", "half_squared_error"), True, chosen, **more)


NETWORKS += [_made(cell, options) for cell, options in OPTIONS]
NETWORKS += [_made(cell, {}, activation=name) for cell in ("lstm", "gru") for name in ACTIVATIONS if name != "tanh"]
OURS = [cell for cell in CELLS if cell != "own"]
NETWORKS += [_made(cell, {}, layers=2) for cell in OURS] + [_made(cell, {}, bidirectional=True) for cell in OURS]
NETWORKS += [
    _made("lstm", {"peepholes": True}, layers=2, bidirectional=True),
    _made("gru", {"reset": "after", "two_biases": True}, layers=3, embedding=True, loss="softmax_cross_entropy"),
    _made("rnn", {}, embedding=True, loss="softmax_cross_entropy_mean"),
    replace(_made("lstm", {}, loss="upstream"), output_layer=False),
    replace(_made("gru", {}, loss="upstream", bidirectional=True), output_layer=False),
]


def _name(network: Network) -> str:
    parts = [network.cell, network.activation, network.loss, "out" if network.output_layer else "bare"]
    parts += [f"{name}={value}" for name, value in network.options]
    parts += [f"{network.layers} layers"] if network.layers > 1 else []
    return "-".join(parts + [name for name in ("bidirectional", "embedding") if getattr(network, name)])


@pytest.mark.parametrize("network", NETWORKS, ids=_name)
def test_hand_equals_jax(network: Network) -> None:
    """In both precisions everything agrees, and the two forward passes give the same loss."""
    for dtype in ("float64", "float32"):
        problem = make_problem(network, dtype=dtype)
        comparison = compare_by_hand(problem)
        verdicts = {report.name: report.verdict for report in comparison.parameters + comparison.intermediates}
        assert {name: v for name, v in verdicts.items() if v not in ("agrees", "identical")} == {}
        wanted = {*(f"d{name}" for name in (*problem.parameters, *problem.starts)), *network.quantities()}
        assert set(verdicts) == wanted == set(oracle.reference(problem)[1].named())
        tolerance = 1e-12 if dtype == "float64" else 1e-5
        assert run_by_hand(problem)[0].loss == pytest.approx(oracle.reference(problem)[0].loss, rel=tolerance)


@pytest.mark.parametrize("network", [n for n in NETWORKS if n.activation != "relu"], ids=_name)
def test_jax_equals_central_differences(network: Network) -> None:
    """Along a random direction of every quantity, intermediates included, the difference quotient is met."""
    problem = make_problem(network, (4, 2, 3, 5, 4))
    rng = np.random.default_rng(1)
    for name, gradient in oracle.reference(problem)[1].named().items():
        direction = rng.standard_normal(gradient.shape)
        measured = slope(problem, name, direction)
        assert measured.value == pytest.approx(float((gradient * direction).sum()), abs=10 * measured.error + 1e-12), (
            name
        )


TRUNCATIONS = [("sliding", 1), ("sliding", 3), ("sliding", 20), ("chunked", 1), ("chunked", 3), ("chunked", 20)]


@pytest.mark.parametrize("truncation", TRUNCATIONS, ids=str)
@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_truncation(cell: str, truncation: tuple[str, int]) -> None:
    """Hand, JAX and central differences agree, and what is cut is what the definition cuts: loss s reaches back K steps."""
    network = _made(cell, {}, layers=2)
    whole = make_problem(network, (7, 2, 3, 4, 3))
    problem = replace(whole, settings=replace(whole.settings, truncation=truncation))
    comparison = compare_by_hand(problem)
    assert [r.name for r in comparison.parameters + comparison.intermediates if r.wrong] == []
    found, rng = oracle.reference(problem)[1], np.random.default_rng(1)
    for name, gradient in found.named().items():
        direction = rng.standard_normal(gradient.shape)
        measured = slope(problem, name, direction)
        assert measured.value == pytest.approx(float((gradient * direction).sum()), abs=10 * measured.error + 1e-12), (
            name
        )
    kind, length = truncation
    expected = np.zeros_like(found.steps["dx"])
    for s in range(7):
        start = s - s % length if kind == "chunked" else max(0, s - length + 1)
        alone = np.zeros_like(whole.loss_weights)
        alone[s] = whole.loss_weights[s]
        expected[start : s + 1] += oracle.reference(replace(whole, loss_weights=alone))[1].steps["dx"][start : s + 1]
    # Through the lower layer a gradient may come by way of the upper one, never from before the window.
    np.testing.assert_allclose(found.steps["dx"], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("clip", [("value", 0.1), ("norm", 0.5), ("norm_each", 0.2), ("norm", 1e9)], ids=str)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_clip(clip: tuple[str, float], dtype: str) -> None:
    """A declared clip is done to the reference as well, to the parameters only, and right code stays right."""
    whole = make_problem(_made("gru", {}), dtype=dtype)
    problem = replace(whole, settings=replace(whole.settings, clip=clip))
    comparison = compare_by_hand(problem)
    assert [r.name for r in comparison.parameters + comparison.intermediates if r.wrong] == []
    kind, limit = clip
    parameters, plain = oracle.reference(problem)[1].parameters, oracle.reference(whole)[1].parameters
    norm = float(np.sqrt(sum((value**2).sum() for value in plain.values())))
    for name, value in parameters.items():
        size = norm if kind == "norm" else float(np.linalg.norm(plain[name]))
        right = np.clip(plain[name], -limit, limit) if kind == "value" else plain[name] * min(1.0, limit / size)
        np.testing.assert_allclose(value, right, rtol=1e-12)


@pytest.mark.parametrize("sizes", ODD_SIZES, ids=str)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_odd_sizes(sizes: tuple[int, int, int, int, int], dtype: str) -> None:
    """Sizes of 1, absent biases, zero state and masks are judged right."""
    for loss in ("half_squared_error", "softmax_cross_entropy"):
        for biases in (True, False):
            for counted in ("all", "last", "mask"):
                network = Network("rnn", "tanh", loss, True)
                problem = make_problem(network, sizes, dtype=dtype, biases=biases, counted=counted, zero_h0=biases)
                comparison = compare_by_hand(problem)
                bad = [(r.name, r.verdict) for r in comparison.parameters + comparison.intermediates if r.wrong]
                assert bad == []


@pytest.mark.parametrize("loss", [name for name, loss in LOSSES.items() if loss.targets != ROWS])
def test_token_ids_equal_one_hot_rows(loss: str) -> None:
    """A target of ids gives the same loss and gradients as the same target as rows."""
    network = Network("rnn", "tanh", loss, True)
    ids = make_problem(network, ids=True)
    rows = make_problem(network)
    rows = replace(ids, target=np.eye(5)[ids.target])
    trace_ids, by_ids = oracle.reference(ids)
    trace_rows, by_rows = oracle.reference(rows)
    assert trace_ids.loss == pytest.approx(trace_rows.loss, rel=1e-13)
    np.testing.assert_allclose(by_ids.parameters["dW_hh"], by_rows.parameters["dW_hh"], rtol=1e-10)


@pytest.mark.parametrize("scale", [1e-8, 1e-3, 1.0, 3.0, 6.0])
@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_correct_code_is_never_called_wrong_at_any_scale(scale: float, activation: str) -> None:
    """Vanishing, exploding and saturated networks: at worst `undecided`, never a disagreement."""
    for seed in range(3):
        problem = make_problem(
            Network("rnn", activation, "mean_squared_error", True), (30, 2, 4, 8, 3), scale=scale, seed=seed
        )
        comparison = compare_by_hand(problem)
        assert [(r.name, r.verdict) for r in comparison.parameters + comparison.intermediates if r.wrong] == []


def test_relu_has_slope_zero_at_zero_in_both() -> None:
    """With all weights 0 every pre-activation is exactly 0."""
    problem = make_problem(Network("rnn", "relu", "half_squared_error", True), scale=0.0)
    assert not np.any(run_by_hand(problem)[1].steps["da"])
    assert not np.any(oracle.reference(problem)[1].steps["da"])


def test_sigmoid_slope_at_zero() -> None:
    """JAX sees 1/4 at a = 0, where an absolute value in the formula would give 0."""
    problem = make_problem(Network("rnn", "sigmoid", "half_squared_error", True), scale=0.0)
    steps = oracle.reference(problem)[1].steps
    np.testing.assert_allclose(steps["da"], steps["dh"] / 4)
