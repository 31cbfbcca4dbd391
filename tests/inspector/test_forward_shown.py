"""A forward pass that is another function is seen in the same panes: which step of h is wrong first, code beside network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from inspector.figures.render import save_figure
from inspector.figures.request import FigureRequest
from inspector.picture.curves import curve_names, norm_curves
from inspector.pictures import read_picture
from inspector.severity import by_severity, first_choice, grouped, is_news
from rnn import Inspection, inspect_gradients, load_inspection, save_inspection
from rnn.element import parse_element
from rnn.errors import InputError
from rnn.history import element_history
from tests.inspector.conftest import Desk

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


def test_its_group_stands_first_while_it_is_wrong(result: Inspection) -> None:
    assert {title: [one.name for one in reports] for title, reports in grouped(result).items()} == {
        "Forward pass": ["h"],
        "Gradients": ["dW_hh"],
    }
    assert list(grouped(_mended(result))) == ["Gradients", "Forward pass"]
    assert list(grouped(replace(result, forward=()))) == [""]


def test_an_entry_of_it_has_a_history(result: Inspection) -> None:
    found = element_history(result, "h", (3, 1, 2))
    assert found is not None and found.hand is not None
    np.testing.assert_array_equal(found.reference, result.arrays.read("trace/h")[:, 1, 2])
    np.testing.assert_array_equal(found.hand, result.arrays.read("handtrace/h")[:, 1, 2])


def test_no_differences_are_taken_of_it(result: Inspection) -> None:
    with pytest.raises(InputError, match="h is no gradient"):
        parse_element("h[3,1,2]", result)


def test_its_figure_says_what_is_drawn(result: Inspection, tmp_path: Path) -> None:
    save_figure(result, FigureRequest(quantity="h", sample=1), tmp_path / "h.npz")
    with np.load(tmp_path / "h.npz", allow_pickle=False) as found:
        np.testing.assert_array_equal(found["hand"], result.arrays.read("handtrace/h")[:, 1])


def _mended(result: Inspection) -> Inspection:
    right = tuple(replace(one, verdict="agrees", first_wrong_t=None) for one in result.forward)
    return replace(result, forward=right)


def test_it_is_shown_as_soon_as_it_is_wrong_and_then_left_to_the_user(result: Inspection) -> None:
    mended = _mended(result)
    assert is_news(result, None, None) and is_news(result, mended, "dW_hh")
    assert not is_news(result, result, "dW_hh")  # who looks at a gradient meanwhile goes on doing so
    assert not is_news(mended, result, "h")
    assert is_news(mended, replace(result, case="another"), "h")


def test_the_window_goes_to_its_first_wrong_step(desk: Desk, result: Inspection, tmp_path: Path) -> None:
    save_inspection(_mended(result), tmp_path / "right.bptt")
    desk.show(tmp_path / "right.bptt")
    desk.state.select_quantity("dW_hh")
    desk.show(tmp_path / "r.bptt")
    assert (desk.state.selection.quantity, desk.state.selection.t) == ("h", 3)
    triptych = desk.window.pane("triptych")
    assert triptych._title.text() == f"forward pass: h  6 x 2 x {result.problem['H']}"
    assert triptych._sample.isVisible() and triptych._sample.maximum() == 1
    desk.state.pick(3, 1)
    desk.settle()
    assert not desk.window.pane("cell")._ask.isVisible()
    desk.state.select_quantity("dW_hh")
    desk.state.select_t(0)
    desk.show(tmp_path / "r.bptt")
    assert desk.state.selection.quantity == "dW_hh"
    desk.state.look.go_to_check("forward")
    assert (desk.state.selection.quantity, desk.state.selection.t) == ("h", 3)


def test_headings_of_the_list_can_not_be_chosen(desk: Desk, result: Inspection, tmp_path: Path) -> None:
    desk.show(tmp_path / "r.bptt")
    pane = desk.window.pane("checks")
    rows = [pane._list.topLevelItem(k) for k in range(pane._list.topLevelItemCount())]
    assert [row.text(0) for row in rows] == ["Forward pass", "h", "Gradients", "dW_hh"]
    assert [bool(row.flags() & Qt.ItemFlag.ItemIsSelectable) for row in rows] == [False, True, False, True]
    pane._list.setFocus()
    pane._list.setCurrentItem(rows[1])
    desk.press("Down")
    assert desk.state.selection.quantity == "dW_hh"
    pane._filter.setText("h")
    pane._filter.setText("dw")
    shown = [pane._list.topLevelItem(k).text(0) for k in range(pane._list.topLevelItemCount())]
    assert shown == ["Gradients", "dW_hh"]
