"""Networks beyond one vanilla cell: options, layers, embedding, and everything that is built or remade from settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn import ProblemSettings, inspect_gradients, load_inspection, oracle, save_inspection
from rnn.build import build
from rnn.cells import CELLS, OPTIONS, check_options
from rnn.element import problem_of
from rnn.errors import InputError
from rnn.handwritten import forward, run_by_hand
from rnn.history import element_history
from rnn.itemised import itemised
from rnn.network import Network
from rnn.products import factors_of, record_lookup, side_by_side
from rnn.settings_for import random_problems
from tests.problems import make_problem
from tests.rnn.test_tables import NETWORKS, _name

GATED = [network for network in NETWORKS if network.cell != "rnn" or network.layers > 1 or network.embedding]


@pytest.mark.parametrize("network", GATED, ids=_name)
def test_products_are_the_gradient(network: Network) -> None:
    """Left times delta, summed over steps and samples and set side by side, is every parameter's gradient."""
    problem = make_problem(network, (5, 2, 3, 4, 3))
    trace, gradients = run_by_hand(problem)
    record = record_lookup(trace.steps, problem.x)
    found = factors_of(network, record, gradients.steps.__getitem__, problem.starts)
    assert {f"d{name}" for name in found} >= set(gradients.parameters)
    for name, blocks in found.items():
        if f"d{name}" in gradients.parameters:
            wanted = gradients.parameters[f"d{name}"]
            np.testing.assert_allclose(side_by_side(blocks, lambda one: one.total()), wanted, rtol=1e-10, atol=1e-13)
            shares = side_by_side(blocks, lambda one: one.shares())
            np.testing.assert_allclose(shares.sum(0), wanted, rtol=1e-10, atol=1e-13)


HISTORIES: list[dict[str, Any]] = [
    {"cell": "lstm", "cell_options": check_options("lstm", {"peepholes": True})},
    {"cell": "gru", "cell_options": check_options("gru", {"reset": "after", "two_biases": True})},
    {"cell": "gru", "layers": 2},
    {"cell": "lstm", "bidirectional": True, "embedding": True, "loss": "softmax_cross_entropy"},
]


@pytest.mark.parametrize("fields", HISTORIES, ids=lambda f: "-".join(f))
def test_history_adds_up(fields: dict[str, Any], tmp_path: Path) -> None:
    """What every step contributes to an entry adds up to it, for every parameter; after saving and opening, too."""
    result = inspect_gradients(ProblemSettings(steps=6, batch=2, inputs=3, hidden=4, outputs=3, **fields))
    assert result.verdict == "agree"
    save_inspection(result, tmp_path / "a.bptt")
    opened = load_inspection(tmp_path / "a.bptt")
    rng = np.random.default_rng(0)
    for report in opened.parameters:
        value = opened.arrays.read(f"reference/{report.name}")
        index = tuple(int(rng.integers(n)) for n in value.shape)
        history = element_history(opened, report.name, index)
        assert history is not None and history.note == ""
        assert history.reference.sum() == pytest.approx(float(value[index]), rel=1e-9, abs=1e-12), report.name
        assert history.hand is not None and history.hand.sum() == pytest.approx(
            float(value[index]), rel=1e-9, abs=1e-12
        )
    assert problem_of(opened).network == problem_of(result).network


CARRYING = [network for network in GATED if network.activation == "tanh" and network.loss == "half_squared_error"]


@pytest.mark.parametrize("network", CARRYING, ids=_name)
def test_jacobians_bound_what_is_carried(network: Network) -> None:
    """A step stretches what is carried by at most its Jacobian's norm, and some direction by as much (difference quotients)."""
    problem = make_problem(network, (5, 1, 3, 4, 3))
    norms = oracle.step_jacobian_norms(problem, 0, range(5))
    assert np.isfinite(norms).all() and (norms > 0).all()
    unit, names = network.top, network.cell_object.carried
    if network.bidirectional or network.layers > 1:
        return
    first = {f"{name}0": problem.starts[f"{name}0{unit.suffix}"] for name in names}
    columns = []
    for name in first:
        for k in range(4):
            ends = []
            for sign in (1.0, -1.0):
                moved = {key: np.array(value) for key, value in first.items()}
                moved[name][0, k] += sign * 1e-6
                trace = forward(replace(problem, starts=moved))
                ends.append(np.concatenate([trace.steps[state][0, 0] for state in names]))
            columns.append((ends[0] - ends[1]) / 2e-6)
    assert norms[0] == pytest.approx(np.linalg.norm(np.array(columns), 2), rel=1e-6)


ITEMISED = [
    n for n in CARRYING if not n.embedding and (n.layers, n.bidirectional) in ((1, False), (2, False), (1, True))
]


@pytest.mark.parametrize("network", ITEMISED, ids=_name)
def test_itemised_adds_up(network: Network) -> None:
    """Both sides of the itemised matrix agree for every cell: what each loss sends back is found by hand and by JAX."""
    found = itemised(make_problem(network, (5, 2, 3, 4, 3)), None, None, 1)
    assert found.hand is not None
    np.testing.assert_allclose(found.hand, found.reference, rtol=1e-9, atol=1e-12)
    if not network.bidirectional:
        assert (np.triu(found.reference, 1) == 0).all() and (np.diag(found.reference) > 0).all()


def test_settings_survive_json() -> None:
    """Options, truncation and clip come back as they were."""
    settings = ProblemSettings(
        cell="gru", cell_options=(("reset", "after"),), layers=2, truncation=("sliding", 3), clip=("value", 0.5)
    )
    assert ProblemSettings.from_json(settings.to_json()) == settings
    network = Network("gru", "tanh", "upstream", False, (("reset", "after"), ("update", "new")), 2, True, True)
    assert Network.from_json(network.to_json()) == network


def test_older_descriptions_are_read() -> None:
    """A result made before there were options is a plain cell."""
    old = {"cell": "rnn", "activation": "tanh", "loss": "upstream", "output_layer": True, "T": 5, "dtype": "float64"}
    assert Network.from_json(old) == Network("rnn", "tanh", "upstream", True)


@pytest.mark.parametrize(
    ("cell", "options", "words"),
    [
        ("gru", {"peepholes": True}, "no option 'peepholes'; its options are two_biases, reset, update"),
        ("gru", {"reset": "during"}, "reset is 'during'; expected one of 'before', 'after'"),
        ("leaky", {"leak": 1.5}, "leak is 1.5; expected a number from 0 to 1"),
        ("lstm", {"cell_tanh": 0}, "cell_tanh is 0; expected one of True, False"),
        ("lstm", {"forget_bias": True}, "forget_bias is True; expected a number"),
    ],
)
def test_bad_options(cell: str, options: dict[str, Any], words: str) -> None:
    """Each is one sentence that says what is there."""
    with pytest.raises(InputError, match=words.replace("(", "\\(")):
        check_options(cell, options)


def test_options_are_fields_of_their_cells() -> None:
    """The table and the cells agree, defaults included."""
    for name, option in OPTIONS.items():
        for cell, kind in CELLS.items():
            has = name in kind.__dataclass_fields__
            if cell == "own":
                continue  # it inherits what it has no use for
            assert has == (cell in option.cells), (name, cell)
            if has:
                assert kind.__dataclass_fields__[name].default == (
                    option.values[0] if option.values else option.default
                )


def test_tokens_repeat_and_are_one_hot() -> None:
    """Random tokens are one-hot rows; in a longer sequence some come twice, whose gradients add up."""
    problem = build(ProblemSettings(ids=True, steps=30, inputs=5, batch=2))
    assert set(np.unique(problem.x)) == {0.0, 1.0} and (problem.x.sum(-1) == 1).all()
    assert problem.sizes == {"T": 30, "B": 2, "D": 5, "H": 6, "K": 5}
    embedded = build(ProblemSettings(embedding=True, steps=30, inputs=3, vocabulary=5))
    assert embedded.sizes["V"] == 5 and embedded.sizes["D"] == 3 and embedded.x.shape[2] == 5
    assert embedded.parameters["W_e"].shape == (5, 3)


def test_sizes_that_are_always_the_same() -> None:
    """A model of the next token has K = D, whichever of the two is said; random problems keep to it."""
    tied = ProblemSettings(tied=(("outputs", "inputs"),))
    assert build(tied).sizes["K"] == build(tied).sizes["D"]
    assert build(replace(tied, outputs=9)).sizes["D"] == 9
    assert build(replace(tied, inputs=8)).sizes["K"] == 8
    for one in random_problems(tied, 6):
        sizes = build(one).sizes
        assert sizes["K"] == sizes["D"]
    for one in random_problems(ProblemSettings(cell="gru", output_layer=False), 6):
        assert build(one).sizes["K"] == build(one).sizes["H"]
    with pytest.raises(InputError, match="K = 3 and D = 4, and the case says that they are the same"):
        build(replace(tied, inputs=4, outputs=3))
    assert ProblemSettings.from_json(tied.to_json()) == tied


def test_the_cell_may_begin_at_zero_alone() -> None:
    """Many an LSTM takes h0 and begins with c = 0; h0 = zero means both."""
    both, one, none = (build(ProblemSettings(cell="lstm", h0=h0, c0=c0)).starts for h0, c0 in
                       (("zero", "random"), ("random", "zero"), ("random", "random")))  # fmt: skip
    assert not both["h0"].any() and not both["c0"].any()
    assert one["h0"].any() and not one["c0"].any()
    assert none["c0"].any() and (none["h0"] == one["h0"]).all()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"layers": 0}, "layers is 0"),
        ({"truncation": ("sliding", 0)}, "truncation is .* K of at least 1"),
        ({"truncation": ("sliding", 2), "bidirectional": True}, "one direction"),
        ({"clip": ("value", -1.0)}, "clip is .* c above 0"),
        ({"clip": ("median", 1.0)}, "clip is .*norm_each"),
        ({"vocabulary": 0, "embedding": True}, "V is 0"),
    ],
)
def test_bad_settings(fields: dict[str, Any], words: str) -> None:
    """What can't be is said in a sentence."""
    with pytest.raises(InputError, match=words):
        build(ProblemSettings(**fields))
