"""What an entry is made of adds up to it, on both sides, and the worst comes first."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from inspector.assets import examples
from rnn import ProblemSettings, inspect_gradients
from rnn.build import build
from rnn.diagnose.provenance import Provenance, provenance
from rnn.diagnose.reference import Reference
from rnn.jobs import JobRunner
from rnn.results import Inspection
from tests.hands import Hand, Values, case

SHAPES: tuple[dict[str, Any], ...] = (
    {},
    {"layers": 2, "bidirectional": True},
    {"embedding": True, "ids": True, "loss": "softmax_cross_entropy"},
    {"truncation": ("chunked", 3)},
    {"counted": "padding"},
)


def _inspected(edits: dict[str, str], keep: tuple[str, ...] = (), **settings: Any) -> Inspection:
    problem = build(replace(ProblemSettings(steps=6, batch=3, inputs=4, hidden=5, outputs=2), **settings))

    def change(values: Values) -> Values:
        made = {**values, **Reference(problem).gradients(edits)}
        return {name: made[name] for name in keep} if keep else made

    return inspect_gradients(problem, case(), Hand(change), pure=False)


def _adds_up(result: Inspection, found: Provenance) -> None:
    for side in ("hand", "reference"):
        entry = float(result.arrays.read(f"{side}/{found.name}")[found.index])
        parts = [getattr(row, side) for row in found.rows]
        assert sum(parts) == pytest.approx(entry, rel=1e-10, abs=1e-12 * float(np.abs(parts).sum()))
    sizes = [abs(row.difference or 0.0) for row in found.rows]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("cell", ["rnn", "leaky", "lstm", "gru"])
def test_contributions_add_up(cell: str, shape: dict[str, Any]) -> None:
    """Every kind of entry, of a code whose loop goes forward."""
    result = _inspected({}, cell=cell, **shape)
    names = [report.name for report in result.reports() if report.name[1:3] in ("W_", "b_")]
    for name in names:
        index = tuple(n // 2 for n in result.arrays.shape(f"reference/{name}"))
        found = provenance(result, name, index)
        assert found is not None and not found.carried and found.total == 18 == len(found.rows)
        _adds_up(result, found)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("cell", ["rnn", "leaky", "lstm", "gru"])
def test_entries_between_steps_add_up_through_time(cell: str, shape: dict[str, Any]) -> None:
    """The losses of all later steps, carried back; a mistake in the middle is found at its step."""
    suffix = ".1.reverse" if "layers" in shape else ""
    text = "dh_out[t] * (2 if t == 1 else 1) + dh_next[t]"
    result = _inspected({f"dh{suffix}": text}, cell=cell, **shape)
    for base, t in product(
        ("dh", *Reference(build(ProblemSettings(cell=cell))).problem.network.cell_object.quantities), (0, 3)
    ):
        name = base + suffix
        found = provenance(result, name, (t, 2, 4))
        if base in ("dc_next",):
            assert found is None
            continue
        assert found is not None and found.carried
        _adds_up(result, found)
        assert {row.sample for row in found.rows} == {2}
        assert {row.t for row in found.rows} == (set(range(t + 1)) if suffix else set(range(t, 6)))
    if shape == {}:
        worst = provenance(result, "dh", (0, 2, 4))
        assert worst is not None and worst.rows[0].t == 1
        assert all(abs(row.difference or 0) < 1e-12 for row in worst.rows[1:])


def test_the_question_of_2014(runner: JobRunner) -> None:
    result = inspect_gradients(case=examples()["question-2014"], runner=runner, blame=False)
    found = provenance(result, "dW_hh", (1, 2))
    assert found is not None
    _adds_up(result, found)
    assert found.rows[0].t < 4 and found.rows[0].sample == 0 and found.to_json()["rows"][0]["t"] == found.rows[0].t
    assert {row.t for row in found.rows if not row.difference} == {0, 4}


def test_without_hands_side_the_largest_come_first() -> None:
    result = _inspected({"dh_next": "0 * dh_out[t]"}, keep=("dW_hh", "dh"), cell="lstm")
    found = provenance(result, "dW_hh", (1, 2))
    assert found is not None and all(row.hand is None and row.difference is None for row in found.rows)
    sizes = [abs(row.reference) for row in found.rows]
    assert sizes == sorted(sizes, reverse=True) and "returned no da_i" in found.note
    through = provenance(result, "dh", (0, 0, 1))
    assert through is not None and through.rows[0].hand is None and "too little" in through.note


def test_known_mistakes_tell_hands_side() -> None:
    """Also of a sum that is itself wrong."""
    for edits in ({"sum.W_hh[f]": "outer(left[:1], delta[:1])"}, {"left.W_hh[f]": "h"}, {"dh_next": "0 * dh_out[t]"}):
        result = _inspected(edits, keep=("dW_hh", "dW_xh", "db_h"), cell="lstm")
        for column in (2, 7, 19):
            found = provenance(result, "dW_hh", (1, column), edits)
            assert found is not None
            _adds_up(result, found)


def test_what_has_none() -> None:
    result = _inspected({}, truncation=("sliding", 2))
    assert provenance(result, "dh0", (0, 0)) is None and provenance(result, "dh", (1, 0, 0)) is None
    assert provenance(result, "dy", (1, 0, 0)) is None
    assert provenance(result, "dW_hh", (1, 0)) is not None
