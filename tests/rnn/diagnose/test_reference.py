"""The editable reference gives what JAX gives, and every mistake of the table changes it."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from rnn import ProblemSettings, oracle
from rnn.build import build
from rnn.diagnose.mistakes import MISTAKES, mistakes_of
from rnn.diagnose.mistakes.base import instances
from rnn.diagnose.reference import Reference
from rnn.diagnose.slots import slots_of
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
    """Every entry of the table is made somewhere."""
    made: set[str] = set()
    activations = ("tanh", "relu", "sigmoid", "identity")
    losses = ("half_squared_error", "softmax_cross_entropy", "logistic_mean")
    more: tuple[dict[str, Any], ...] = (
        {"counted": "padding"}, {"truncation": ("sliding", 2), "clip": ("norm", 0.5)}, {"embedding": True, "ids": True},
    )  # fmt: skip
    for (cell, options), activation, loss, rest in product(CELLS, activations, losses, more):
        if rest.get("ids") and loss != "softmax_cross_entropy":
            continue
        problem = build(ProblemSettings(cell=cell, cell_options=options, activation=activation, loss=loss, **rest))
        slots = slots_of(problem)
        made |= {entry.id for entry in MISTAKES if entry.id not in made and any(instances(entry, problem, slots))}
    assert {entry.id for entry in MISTAKES} == made


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
