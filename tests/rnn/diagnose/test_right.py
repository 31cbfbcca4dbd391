"""What of a wrong gradient is right is said, and only reasons that hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from inspector.assets import examples
from rnn import ProblemSettings
from rnn.arrays import freeze
from rnn.build import build
from rnn.cases import read_case
from rnn.diagnose.mistakes import mistakes_of
from rnn.diagnose.reference import Reference
from rnn.diagnose.right import right_findings
from rnn.jobs import JobRunner
from rnn.noise import measure
from rnn.problem import Problem
from rnn.settings_for import settings_for

ONE_HOT = {"steps": 5, "batch": 1, "inputs": 5, "hidden": 4, "outputs": 3, "data": "one_hot"}


def _problem(**settings: Any) -> Problem:
    return build(replace(ProblemSettings(steps=5, batch=2, inputs=4, hidden=3, outputs=2), **settings))


def _of(found: list[dict[str, Any]], quantity: str) -> dict[str, Any]:
    (one,) = [one for one in found if one["quantity"] == quantity]
    return one


def test_the_puzzle_of_the_question(runner: JobRunner) -> None:
    """Why the last row of dW_xh is right, and no other."""
    case = read_case(examples()["question-2014"])
    problem = build(settings_for(case), runner)
    found = right_findings(problem, runner.run(case, problem).values)
    row = _of(found, "dW_xh")
    assert row["rows"] == [4] and row["certain"]
    assert row["sentence"] == (
        "row 4 of dW_xh is right: input 4 is on only at t = 4, and da at t = 4, the last step, is right, "
        "since it needs no carry"
    )
    assert _of(found, "dh")["sentence"] == "dh and da are right at t = 4: the last step, which needs no carry"
    assert _of(found, "dh")["steps"] == [4]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "leaky"])
def test_it_is_the_same_in_every_cell(cell: str) -> None:
    problem = _problem(cell=cell, **ONE_HOT)
    edits = {"dh_next": "0 * dh_out[t]"}
    values = Reference(problem).gradients(edits)
    for known in (values, {name: value for name, value in values.items() if name[1:] in problem.parameters}):
        row = _of(right_findings(problem, known), "dW_xh")
        assert row["rows"] == [4] and "input 4 is on only at t = 4, " in row["sentence"]
        assert "at t = 4, the last step, " in row["sentence"] and "since it needs no carry" in row["why"]


def test_without_a_bias_that_confirms_it_only_what_is_right_is_said() -> None:
    problem = _problem(**ONE_HOT)
    values = Reference(problem).gradients({"dh_next": "0 * dh_out[t]"})
    row = _of(right_findings(problem, {"dW_xh": values["dW_xh"]}), "dW_xh")
    assert row["sentence"] == "row 4 of dW_xh is right" and not row["certain"] and "why" not in row


def test_a_reason_that_does_not_hold_is_not_given() -> None:
    """A row that is right by accident: its da is wrong, and the code's own da do not add up to it."""
    problem = _problem(**ONE_HOT)
    right = Reference(problem).gradients()
    values = Reference(problem).gradients({"dh_next": "0 * dh_out[t]"})
    values["dW_xh"] = np.concatenate([right["dW_xh"][:1], values["dW_xh"][1:]])
    row = _of(right_findings(problem, values), "dW_xh")
    assert row["rows"] == [0, 4] and not row["certain"]
    assert row["sentence"].startswith("row 0 of dW_xh is right; row 4 of dW_xh is right: input 4")


def test_blocks_of_gates() -> None:
    problem = _problem(cell="lstm")
    edits = {"delta.W_hh[f]": "shift((da_f), 1)"}
    values = Reference(problem).gradients(edits)
    for known in (edits, None):
        one = _of(right_findings(problem, values, known), "dW_hh")
        assert one["gates"] == ["i", "g", "o"] and one["certain"]
        assert "the block of gate o of dW_hh is right: da_o is right at every step" in one["sentence"]


def test_wrong_steps_that_meet_a_zero_state() -> None:
    """da is wrong at the first step only; with h0 = 0 dW_hh does not see it."""
    problem = _problem(h0="zero")
    values = Reference(problem).gradients({"da": "dh[t] * slope[t] * (2 if t == 0 else 1)"})
    one = _of(right_findings(problem, values), "dW_hh")
    assert (
        one["sentence"] == "dW_hh is right although da is wrong at t = 0: it meets the initial state there, which is 0"
    )
    assert all(one["quantity"] != "dW_hh" for one in right_findings(_problem(h0="random"), values))


def test_a_sample_whose_loss_ends_first() -> None:
    problem = _problem(batch=3)
    weights = np.ones((5, 3))
    weights[1:, 1] = 0
    problem = replace(problem, loss_weights=freeze(weights))
    values = Reference(problem).gradients({"dh_next": "0 * dh_out[t]"})
    found = [one for one in right_findings(problem, values) if one.get("samples")]
    (one,) = found
    assert one["samples"] == [1]
    assert one["sentence"] == (
        "dh, da and dx are right in sample 1: nothing is carried there, since its loss counts at t = 0 only"
    )


def test_a_unit_to_which_nothing_is_carried() -> None:
    problem = _problem()
    W = np.array(problem.parameters["W_hh"])
    W[1] = 0
    problem = replace(problem, parameters={**problem.parameters, "W_hh": freeze(W)})
    values = Reference(problem).gradients({"dh_next": "0 * dh_out[t]"})
    found = right_findings(problem, values)
    one = _of(found, "dW_xh")
    assert one["columns"] == [1] and "unit 1 of da is right at every step, since nothing is carried to it" in one["why"]
    assert _of(found, "db_h")["entries"] == [1]


def test_reversed_inputs_are_the_same_where_they_are_symmetric() -> None:
    x = np.zeros((5, 1, 4))
    for t, d in enumerate((0, 1, 2, 1, 3)):
        x[t, 0, d] = 1
    problem = replace(_problem(batch=1), x=freeze(x))
    edits = {"left.W_xh": "x[::-1]"}
    one = _of(right_findings(problem, Reference(problem).gradients(edits), edits), "dW_xh")
    assert one["rows"] == [1, 2] and one["certain"]
    assert "input 1 is on only at t = 1, 3, and da there is right" in one["why"]


def test_shares_that_cancel() -> None:
    """An input that never changes does not see that the deltas are in reverse order."""
    x = np.array(_problem().x)
    x[..., 2] = 1
    problem = replace(_problem(), x=freeze(x))
    edits = {"delta.W_xh": "da[::-1]"}
    one = _of(right_findings(problem, Reference(problem).gradients(edits), edits), "dW_xh")
    assert one["sentence"] == "row 2 of dW_xh is right: its shares at t = 0 to 1, 3 to 4 are wrong, but cancel"


def test_a_sum_that_is_overwritten_is_right_where_its_last_share_is_the_only_one() -> None:
    problem = _problem(**ONE_HOT)
    edits = {"sum.W_xh": "outer(left[:1], delta[:1])"}
    one = _of(right_findings(problem, Reference(problem).gradients(edits), edits), "dW_xh")
    assert one["sentence"] == (
        "row 0 of dW_xh is right: input 0 is on only at t = 0, and what is added at t = 0 is right"
    )


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_what_is_said_of_any_mistake_is_true(cell: str) -> None:
    """Every mistake of the table: what is called right is right, and no right code gets a finding."""
    problem = _problem(cell=cell, layers=2, bidirectional=True, h0="zero", c0="zero")
    reference = Reference(problem)
    right = reference.gradients()
    assert right_findings(problem, right) == []
    noise = measure(problem)
    for mistake in mistakes_of(problem)[::23]:
        edits = dict(mistake.edits)
        try:
            values = reference.gradients(edits)
        except ValueError:
            continue
        for one in (*right_findings(problem, values, None, noise), *right_findings(problem, values, edits, noise)):
            name = one["quantity"]
            error = np.abs(values[name] - right[name])
            assert error.shape == right[name].shape
            for kind, axis in (("rows", 0), ("steps", 0), ("samples", 1), ("columns", -1), ("entries", -1)):
                if one.get(kind):
                    assert np.take(error, one[kind], axis).max() < 1e-8 * np.abs(right[name]).max(), (mistake.key, one)
