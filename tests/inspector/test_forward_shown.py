"""A forward pass that is another function is seen in the same panes: which step of h is wrong first, code beside network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inspector.panes.trace_curves import curve_names, norm_curves
from inspector.pictures import read_picture
from inspector.severity import by_severity, first_choice
from rnn import Inspection, inspect_gradients, load_inspection, save_inspection

CASE = """
import numpy as np
CASE = dict(biases=False, output_layer=False, settings=dict(steps=6, batch=2))

def run(problem):
    p, h, states = problem.params, problem.h0, []
    for t in range(problem.T):
        h = np.tanh(problem.x[t] @ p["W_xh"] + h @ p["W_hh"]) * (1 - 0.5 * (t == 3))
        states.append(h)
    return dict(dW_hh=np.ones_like(p["W_hh"]), h=np.stack(states))
"""


@pytest.fixture
def result(tmp_path: Path) -> Inspection:
    path = tmp_path / "mine.py"
    path.write_text(CASE, encoding="utf-8")
    save_inspection(inspect_gradients(case=path), tmp_path / "r.bptt")
    return load_inspection(tmp_path / "r.bptt")


def test_its_first_wrong_quantity_is_shown_first(result: Inspection) -> None:
    assert first_choice(result, None) == "h"
    assert {"h", "dW_hh"} <= {report.name for report in by_severity(result)}
    assert result.report("h").first_wrong_t == 3


def test_its_picture_is_the_code_beside_the_declared_network(result: Inspection) -> None:
    picture = read_picture(1, result, "h", 1)
    assert picture.per_step and picture.hand is not None and picture.reference is not None
    np.testing.assert_array_equal(picture.reference, result.arrays.read("trace/h")[:, 1])
    np.testing.assert_allclose(picture.hand[3], picture.reference[3] / 2, rtol=1e-12)
    assert (picture.differences[:, 0] >= 3).sum() > 0


def test_its_trace_has_both_sides(result: Inspection) -> None:
    assert "h" in curve_names(result)
    curves = norm_curves(result, "h")
    assert curves.hand is not None and curves.relative is not None and curves.limit is not None
    assert np.flatnonzero(curves.relative > np.nan_to_num(curves.limit))[0] == 3
