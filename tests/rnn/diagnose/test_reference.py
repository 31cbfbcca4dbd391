"""The editable reference gives what JAX gives, and every mistake of the table changes it."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from rnn import ProblemSettings, oracle
from rnn.build import build
from rnn.diagnose.mistakes import MISTAKES, mistakes_of
from rnn.diagnose.reference import Reference
from rnn.diagnose.subject import relative_residual
from rnn.handwritten import run_by_hand

CELLS: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = (
    ("rnn", ()),
    ("rnn", (("two_biases", True),)),
    ("leaky", (("leak", 0.5),)),
    ("lstm", ()),
    ("lstm", (("cell_tanh", False), ("forget_bias", 1.0), ("peepholes", True), ("two_biases", True))),
    ("gru", ()),
    ("gru", (("two_biases", True),)),
    ("gru", (("reset", "after"), ("two_biases", True), ("update", "new"))),
)
MORE: tuple[dict[str, Any], ...] = (
    {},
    {"layers": 2, "bidirectional": True},
    {"embedding": True, "ids": True, "loss": "softmax_cross_entropy"},
    {"output_layer": False, "loss": "upstream"},
    {"truncation": ("sliding", 3)},
    {"truncation": ("chunked", 3)},
    {"clip": ("norm", 0.5)},
    {"loss": "mean_squared_error", "counted": "padding"},
    {"loss": "logistic", "biases": False},
)


@pytest.mark.parametrize("more", MORE, ids=str)
@pytest.mark.parametrize(("cell", "options"), CELLS)
def test_without_edits_it_is_the_backward_pass(cell: str, options: Any, more: dict[str, Any]) -> None:
    problem = build(ProblemSettings(cell=cell, cell_options=options, **more))
    found, wanted = Reference(problem).gradients(), run_by_hand(problem)[1].named()
    assert set(wanted) <= set(found)
    for name, value in wanted.items():
        assert relative_residual(found[name], value) < 1e-13, name


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_it_agrees_with_jax(cell: str) -> None:
    problem = build(ProblemSettings(cell=cell))
    found = Reference(problem).gradients()
    for name, value in oracle.reference(problem)[1].named().items():
        assert relative_residual(found[name], value) < 1e-12, name


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "identity"])
@pytest.mark.parametrize("cell", ["rnn", "leaky", "lstm", "gru"])
def test_every_mistake_can_be_made(cell: str, activation: str) -> None:
    """All run, or are of other shapes, on a problem whose sizes all differ; nearly all change some gradient."""
    problem = build(ProblemSettings(cell=cell, activation=activation))
    reference = Reference(problem)
    right, seen = reference.gradients(), 0
    mistakes = mistakes_of(problem)
    for mistake in mistakes:
        try:
            found = reference.gradients(dict(mistake.edits))
        except ValueError:
            continue  # a product of other shapes
        seen += any(relative_residual(found[name], value) > 1e-9 for name, value in right.items())
    assert seen > 0.9 * len(mistakes)


def test_mistakes_have_names_of_their_own() -> None:
    for cell in ("rnn", "leaky", "lstm", "gru"):
        for more in ({}, {"layers": 2, "bidirectional": True}):
            keys = [one.key for one in mistakes_of(build(ProblemSettings(cell=cell, **more)))]
            assert len(keys) == len(set(keys))


def test_no_entry_fits_nothing() -> None:
    """Every entry of the table is made somewhere, and none always stands behind another with the same edits."""
    made: set[str] = set()
    more: tuple[dict[str, Any], ...] = (
        *({"activation": name} for name in ("tanh", "relu", "sigmoid", "identity")),
        {"counted": "padding"}, {"truncation": ("sliding", 2), "clip": ("norm", 0.5)}, {"layers": 2},
        {"embedding": True, "ids": True, "loss": "softmax_cross_entropy"}, {"loss": "logistic_mean"},
        {"ids": True, "loss": "softmax_cross_entropy", "counted": "padding"},
    )  # fmt: skip
    for (cell, options), rest in product(CELLS, more):
        made |= {one.id for one in mistakes_of(build(ProblemSettings(cell=cell, cell_options=options, **rest)))}
    assert {entry.id for entry in MISTAKES} - made == set()


@pytest.mark.parametrize("cell", ["rnn", "leaky", "lstm", "gru"])
@pytest.mark.parametrize(
    "more",
    [{"layers": 2, "bidirectional": True}, {"embedding": True, "ids": True, "loss": "softmax_cross_entropy"}],
    ids=str,
)
def test_mistakes_can_be_made_in_layers_and_with_tokens(cell: str, more: dict[str, Any]) -> None:
    """Every entry of the table, in the first layer: nearly all change some gradient, those of other shapes among them."""
    problem = build(ProblemSettings(cell=cell, **more))
    reference = Reference(problem)
    right, entries = reference.gradients(), {entry.id for entry in MISTAKES}
    made = seen = 0
    for mistake in {one.id: one for one in reversed(mistakes_of(problem)) if one.id in entries}.values():
        try:
            found = reference.gradients(dict(mistake.edits))
        except ValueError:
            continue  # a product of other shapes
        made += 1
        seen += any(
            found[name].shape != value.shape or relative_residual(found[name], value) > 1e-9 for name, value in right.items()
        )
    assert seen > 0.95 * made


def test_a_token_that_comes_twice_keeps_its_last_place_only() -> None:
    """As NumPy's `+=` at an index that repeats."""
    problem = build(ProblemSettings(embedding=True, ids=True, loss="softmax_cross_entropy", steps=6, batch=4))
    reference = Reference(problem)
    de, ids = reference.gradient("de", {}), problem.x.argmax(-1)
    assert len(set(ids.ravel())) < ids.size
    whole, by_step, assigned, by_sample = (np.zeros_like(problem.parameters["W_e"]) for _ in range(4))
    whole[ids.ravel()] += de.reshape(-1, de.shape[-1])
    for t in reversed(range(len(ids))):
        by_step[ids[t]] += de[t]
        assigned[ids[t]] = de[t]
    by_sample[ids.T] += de.swapaxes(0, 1)
    made = {one.id: reference.gradient("dW_e", dict(one.edits)) for one in mistakes_of(problem) if one.place == "W_e"}
    for id, wanted in (("embedding-counted-once", whole), ("embedding-counted-once-a-step", by_step),
                       ("tokens-last-of-first-step", assigned), ("embedding-counted-once-batch-first", by_sample)):  # fmt: skip
        assert relative_residual(made[id], wanted) < 1e-14, id


def test_the_initial_state_can_be_made_apart() -> None:
    problem = build(ProblemSettings(cell="rnn"))
    reference = Reference(problem)
    by_key = {one.key: dict(one.edits) for one in mistakes_of(problem)}
    edits = by_key["recurrent-not-transposed:not in the initial state"]
    found, wrong = reference.gradients(edits), reference.gradients(by_key["recurrent-not-transposed"])
    assert np.array_equal(found["dW_hh"], wrong["dW_hh"])
    da = found["da"] if "da" in found else reference.gradient("da", edits)
    assert relative_residual(found["dh0"], da[0] @ problem.parameters["W_hh"].T) < 1e-13


def test_a_mistake_can_be_made_in_one_gate_alone() -> None:
    problem = build(ProblemSettings(cell="lstm"))
    reference = Reference(problem)
    one = next(one for one in mistakes_of(problem) if one.key == "state-of-own-step:W_hh[f]")
    found, right = reference.gradients(dict(one.edits)), reference.gradients()
    different = np.any(found["dW_hh"] != right["dW_hh"], axis=0)
    hidden = problem.sizes["H"]
    assert different[hidden : 2 * hidden].all() and not different[:hidden].any() and not different[2 * hidden :].any()


def test_a_mistake_in_one_direction_leaves_the_other_alone() -> None:
    """`W_hh.0` is not the beginning of `W_hh.0.reverse`."""
    problem = build(ProblemSettings(cell="lstm", bidirectional=True))
    reference = Reference(problem)
    one = next(one for one in mistakes_of(problem) if one.key == "state-of-own-step:W_hh.0")
    found, right = reference.gradients(dict(one.edits)), reference.gradients()
    assert {name for name in right if np.any(found[name] != right[name])} == {"dW_hh.0"}
