"""Where in time an error is made: exact for every cell, layer and direction, and the books close."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from inspector.assets import examples
from rnn import ProblemSettings
from rnn.build import build
from rnn.cases import read_case
from rnn.diagnose.made import finding_of, made_findings, made_here, missing
from rnn.diagnose.reference import Reference
from rnn.diagnose.subject import relative_residual
from rnn.jobs import JobRunner
from rnn.problem import Problem
from rnn.settings_for import settings_for
from tests.rnn.diagnose.test_reference import CELLS

SHAPES: tuple[dict[str, Any], ...] = (
    {},
    {"layers": 2},
    {"layers": 2, "bidirectional": True},
    {"output_layer": False, "outputs": None, "loss": "upstream"},
    {"truncation": ("chunked", 3)},
    {"embedding": True, "ids": True, "loss": "softmax_cross_entropy"},
    {"biases": False, "counted": "last"},
    {"layers": 2, "truncation": ("chunked", 2)},
)


def _problem(**settings: Any) -> Problem:
    return build(replace(ProblemSettings(steps=7, batch=3, inputs=4, hidden=5, outputs=2), **settings))


def _planted(problem: Problem, step: int, unit: int = -1) -> dict[str, Any]:
    """The user's gradients where at one step, and only there, the gradient from above is doubled in one unit."""
    suffix = problem.network.units[unit].suffix
    return Reference(problem).gradients({f"dh{suffix}": f"dh_out[t] * (2 if t == {step} else 1) + dh_next[t]"})


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(("cell", "options"), CELLS)
def test_the_books_close(cell: str, options: Any, shape: dict[str, Any]) -> None:
    """Whatever is wrong: at every step the error is what was made at the steps behind it, carried back; also of noise."""
    problem = _problem(cell=cell, cell_options=options, **shape)
    rng = np.random.default_rng(3)
    values = {
        name: value + 0.1 * rng.normal(size=value.shape) for name, value in Reference(problem).gradients().items()
    }
    for unit in problem.network.units:
        made = made_here(problem, values, unit)
        assert made is not None
        assert missing(problem, unit, values) == ""
        for t in range(7):
            parts = made.parts(t)
            assert relative_residual(parts.sum(axis=0), made.error[made.base][t]) < 1e-12
            later = parts[t + 1 :] if unit.reverse else parts[:t]
            assert not later.any()
            assert made.carried(t).shape == (7,)
        told = finding_of(made, problem)
        assert told is not None and told["evidence"]["residual"] < 1e-12


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("cell", "options"), CELLS)
def test_right_code_makes_nothing(cell: str, options: Any, dtype: str) -> None:
    from rnn.handwritten import run_by_hand

    for shape in SHAPES:
        problem = _problem(cell=cell, cell_options=options, dtype=dtype, **shape)
        assert made_findings(problem, run_by_hand(problem)[1].named()) == []


@pytest.mark.parametrize(("cell", "options"), CELLS)
@pytest.mark.parametrize("shape", [{}, {"bidirectional": True}, {"truncation": ("chunked", 3)}], ids=str)
def test_the_step_at_which_it_was_made_is_named(cell: str, options: Any, shape: dict[str, Any]) -> None:
    """One wrong step: it alone is named, though all behind it are wrong as well."""
    problem = _problem(cell=cell, cell_options=options, **shape)
    at = 4
    rows = Reference(problem).gradients()
    unit = problem.network.units[-1]
    # A reverse direction runs in its own order: its step 4 is t = 2.
    values = rows | _planted(problem, at) if "truncation" not in shape else _late(problem, at)
    made = made_here(problem, values, unit)
    assert made is not None
    step = 6 - at if unit.reverse else at
    assert made.wrong == (step,)
    assert step in made.off and len(made.off) > 1


def _late(problem: Problem, t: int) -> dict[str, Any]:
    """As `_planted`, with a truncation, where t counts in the window: by hand, from the true steps."""
    values = dict(Reference(problem).gradients({"dh": "dh_out[t] * (2 if t == 1 else 1) + dh_next[t]"}))
    right = Reference(problem).gradients()
    for name, value in values.items():
        if value.ndim == 3 and len(value) == 7:  # only the second of the windows 0-2, 3-5, 6
            values[name] = np.concatenate([right[name][:3], value[3:6], right[name][6:]])
    return values


def test_a_wrong_layer_above_is_not_held_against_the_one_below() -> None:
    problem = _problem(layers=2, cell="lstm")
    values = _planted(problem, 3, unit=1)
    below, above = (made_here(problem, values, unit) for unit in problem.network.units)
    assert above is not None and above.wrong == (3,)
    assert below is not None and below.wrong == () and below.arrives == (0, 1, 2, 3)
    told = finding_of(below, problem)
    assert told is not None and "comes from the layer above at t = 0 to 3" in told["sentence"]
    alone = {name: value for name, value in values.items() if not name.endswith(".1")}
    blind = made_here(problem, alone, problem.network.units[0])
    assert blind is not None and blind.wrong == (0, 1, 2, 3) and "dh.1 and dc.1 is not known" in blind.note


def test_da_is_enough_where_it_carries_everything() -> None:
    problem = _problem()
    values = {"da": _planted(problem, 2)["da"]}
    made = made_here(problem, values, problem.network.top)
    assert made is not None and made.quantity == "da" and made.wrong == (2,)
    assert relative_residual(made.parts(0).sum(axis=0), made.error["da"][0]) < 1e-12


def test_an_lstms_gates_and_cell_are_enough() -> None:
    problem = _problem(cell="lstm")
    values = _planted(problem, 2)
    some = {name: values[name] for name in ("da_i", "da_f", "da_g", "da_o", "dc")}
    made = made_here(problem, some, problem.network.top)
    assert made is not None and made.wrong == (2,)
    assert "made at t = 2 and at no other step; what is wrong further back is inherited" in str(
        finding_of(made, problem)
    )
    without = {name: value for name, value in some.items() if name != "dc"}
    assert made_here(problem, without, problem.network.top) is None
    assert "return dh and dc, or da_o and dc" in missing(problem, problem.network.top, without)


def test_what_arrives_from_both_sides_is_enough_for_dh() -> None:
    problem = _problem(cell="gru")
    reference = Reference(problem)
    text = reference.slots["dh_next"]
    values = reference.gradients({"dh_next": f"({text}) * (0 if t == 2 else 1)"})
    made = made_here(problem, {name: values[name] for name in ("dh_out", "dh_next")}, problem.network.top)
    assert made is not None and made.quantity == "dh" and made.wrong == (2,)


def test_sliding_windows_hide_the_steps() -> None:
    problem = _problem(truncation=("sliding", 3))
    values = Reference(problem).gradients()
    assert made_here(problem, values, problem.network.top) is None
    assert "sliding windows" in missing(problem, problem.network.top, values)


def test_the_question_of_2014(runner: JobRunner) -> None:
    """Its carry is lost at every step but the last, each time anew."""
    case = read_case(examples()["question-2014"])
    problem = build(settings_for(case), runner)
    (told,) = made_findings(problem, runner.run(case, problem).values)
    assert told["sentence"] == "dh: made at t = 0 to 3 and at no other step"
    assert told["t"] == 3 and told["steps"] == [0, 1, 2, 3]
    curves = told["curves"]
    assert set(curves) == {"made", "inherited", "error"} and all(len(curve) == 5 for curve in curves.values())
    assert curves["made"][4] < 1e-12 < curves["made"][3] and curves["inherited"][3] < 1e-12 < curves["inherited"][2]
