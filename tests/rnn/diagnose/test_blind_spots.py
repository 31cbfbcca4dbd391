"""What a problem hides is listed by the one change that shows it, and that change does show it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rnn import ProblemSettings
from rnn.build import build
from rnn.diagnose.blind_spots import blind_spots
from rnn.diagnose.mistakes import mistakes_of
from rnn.diagnose.reference import Reference
from rnn.diagnose.subject import relative_residual
from rnn.problem import Problem
from tests.hands import case

TELLING = {"steps": 7, "batch": 3, "inputs": 4, "hidden": 5, "outputs": 3}


def _found(problem: Problem, returned: tuple[str, ...] = (), **declared: Any) -> list[dict[str, Any]]:
    names = returned or tuple(f"d{name}" for name in problem.parameters)
    return blind_spots(problem, names, case(**declared) if declared else None)


def _by(problem: Problem, start: str, **declared: Any) -> dict[str, Any]:
    (one,) = [one for one in _found(problem, **declared) if one["sentence"].startswith(start)]
    return one


def _hidden(problem: Problem, sentence: str) -> bool:
    """Whether a mistake, by its sentence, changes no parameter's gradient."""
    reference = Reference(problem)
    (one, *_) = [one for one in mistakes_of(problem) if one.sentence == sentence]
    edits = dict(one.edits)
    names = [f"d{name}" for name in problem.parameters]
    right = reference.gradients()
    return all(relative_residual(reference.gradient(name, edits), right[name]) < 1e-9 for name in names)


@pytest.mark.parametrize(
    ("settings", "start", "change", "sentence"),
    [
        ({"h0": "zero"}, "h0 = 0 could", {"h0": "random"}, "dW_hh leaves out the first step's term with the initial state"),
        ({"batch": 1}, "B = 1 could", {"batch": 3}, "dW_hh is a mean over the samples where a sum is needed"),
        (
            {"counted": "last"}, "a loss of the last step alone", {"counted": "all"},
            "takes the loss of the last step alone",
        ),
        (
            {"outputs": 2, "loss": "half_squared_error"}, "K = 2 could", {"outputs": 3},
            "dW_hh is 2/K of the right size: the slope of a mean over the outputs",
        ),
        ({"steps": 3}, "T = 3 could", {"steps": 6}, "what is carried is dropped every 4 steps"),
        ({}, "a loss that leaves out no padding", {"counted": "padding"}, "counts the steps that the loss leaves out"),
    ],
)  # fmt: skip
def test_one_change_shows_it(settings: dict[str, Any], start: str, change: dict[str, Any], sentence: str) -> None:
    problem = build(replace(ProblemSettings(**TELLING), **settings))
    one = _by(problem, start)
    assert one["settings"] == change and sentence in one["mistakes"] and one["certain"]
    shown = build(replace(problem.settings, **one["settings"]))
    assert not _hidden(shown, sentence)
    known = {mistake.sentence for mistake in mistakes_of(problem)}
    assert all(_hidden(problem, other) for other in one["mistakes"] if other in known)


def test_a_problem_that_shows_all_has_few() -> None:
    """Everything but padding, and what only dx and dh0 would show."""
    found = _found(build(ProblemSettings(**TELLING)))
    padding, ends = found
    assert padding["sentence"].startswith("a loss that leaves out no padding could")
    assert ends["sentence"].startswith(f"{len(ends['mistakes'])} mistakes would")
    assert found[-1]["quantities"] == ["dx", "dh0"] and found[-1]["fix"] == "return dx, dh0 as well"
    problem = build(ProblemSettings(**TELLING, counted="padding"))
    assert _found(problem, Reference(problem).names) == []


def test_what_the_case_declares_can_not_be_changed() -> None:
    problem = build(ProblemSettings(**TELLING, h0="zero"))
    one = _by(problem, "h0 = 0 could", h0="zero")
    assert "settings" not in one and one["evidence"]["note"] == "declared: h0 = zero"
    (said,) = [one for one in _found(problem, counted="all") if "padding" in one["sentence"]] or [None]
    assert said is None


def test_weights_that_hide() -> None:
    """Symmetric W_hh hides a missing transpose, W_hy = 0 nearly everything."""
    problem = build(ProblemSettings(**TELLING))
    W = np.array(problem.parameters["W_hh"])
    edits = tuple(("W_hh", (i, j), float(W[j, i])) for i in range(5) for j in range(i))
    one = _by(build(replace(problem.settings, edits=edits)), "a symmetric W_hh could")
    assert "multiplies with W_hh where its transpose is needed" in one["mistakes"]
    assert one["settings"] == {"edits": ()} and one["fix"] == "check it with random weights"
    none = tuple(("W_hy", (i, j), 0.0) for i in range(5) for j in range(3))
    one = _by(build(replace(problem.settings, edits=none)), "W_hy = 0 could")
    assert "computes what is carried and never adds it to the step before" in one["mistakes"]


def test_an_activation_is_only_said() -> None:
    one = _by(build(ProblemSettings(**TELLING, activation="identity")), "the activation identity, whose slope is 1,")
    assert "settings" not in one and "leaves out the slope in the derivative of the state" in one["mistakes"]
    assert not [one for one in _found(build(ProblemSettings(**TELLING))) if "activation" in one["sentence"]]


def test_inputs_of_which_none_comes_twice() -> None:
    settings = ProblemSettings(steps=6, inputs=6, hidden=5, outputs=3, batch=1, data="one_hot")
    found = _found(build(settings))
    for one in found:
        if one.get("settings"):
            build(replace(settings, **one["settings"]))


@pytest.mark.parametrize("cell", ["rnn", "leaky", "lstm", "gru"])
@pytest.mark.parametrize(
    "shape",
    [{}, {"layers": 2, "bidirectional": True}, {"embedding": True, "ids": True, "loss": "softmax_cross_entropy"},
     {"truncation": ("sliding", 3)}, {"clip": ("norm", 0.1)}, {"steps": 300, "hidden": 80, "batch": 20},
     {"output_layer": False, "outputs": None, "loss": "upstream"}, {"dtype": "float32"}],
    ids=str,
)  # fmt: skip
def test_any_problem_is_looked_at(cell: str, shape: dict[str, Any]) -> None:
    problem = build(replace(ProblemSettings(**TELLING), **{"cell": cell, "h0": "zero", **shape}))
    found = _found(problem)
    # With sliding windows other windows begin at states that are not 0.
    assert any(one["sentence"].startswith("h0 = 0") for one in found) is ("truncation" not in shape)
    assert all(one["kind"] == "blind_spot" and one["mistakes"] for one in found)
