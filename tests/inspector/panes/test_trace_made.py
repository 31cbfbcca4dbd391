"""What every step makes of an error and what it inherits, drawn beside the gradient over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from causes import MADE, tell
from PySide6.QtWidgets import QApplication

from inspector.picture.curves import Curves, with_made

if TYPE_CHECKING:
    from conftest import Desk


def _found(desk: Desk, *findings: Any) -> Any:
    """The trace of dh when a search has found something."""
    desk.state.diagnosis.start()
    tell(desk, list(findings))
    desk.state.select_quantity("dh")
    desk.settle()
    QApplication.processEvents()
    return desk.window.pane("trace")


def _drawn(trace: Any, name: str) -> list[float]:
    values = trace._items[name].getData()[1]
    return [] if values is None else [round(float(value), 6) for value in values]


def test_both_are_drawn_with_their_values_in_the_legend(shown_desk: Desk) -> None:
    trace = _found(shown_desk, MADE)
    assert trace._made.isVisible() and trace._made.isChecked()
    axis = trace._curves.axis()
    for name, values in (("first", MADE["curves"]["made"]), ("second", MADE["curves"]["inherited"])):
        norms = trace._curves.root * np.array(values)  # as norms, like the curves of both sides
        assert _drawn(trace, name) == [round(float(height), 6) for height in axis.place(norms)]
    shown_desk.state.select_t(1)
    QApplication.processEvents()
    assert "made 0.8" in trace._legend.toolTip() and "inherited (dotted) 0.4" in trace._legend.toolTip()


def test_they_can_be_left_out(shown_desk: Desk) -> None:
    trace = _found(shown_desk, MADE)
    trace._made.setChecked(False)
    QApplication.processEvents()
    assert _drawn(trace, "first") == [] and "made" not in trace._legend.toolTip()
    assert _drawn(trace, "hand")


def test_nothing_is_offered_where_nothing_is_known(shown_desk: Desk) -> None:
    trace = _found(shown_desk, {**MADE, "quantity": "da"})
    assert not trace._made.isVisible()
    shown_desk.state.select_quantity("da")
    QApplication.processEvents()
    assert trace._made.isVisible()
    trace.show_kind("gain")
    QApplication.processEvents()
    assert not trace._made.isVisible()


def test_curves_of_another_length_are_not_drawn() -> None:
    curves = Curves("|dh|", np.ones(3), np.ones(3))
    assert with_made(curves, MADE) is curves
    assert with_made(curves, None) is curves


def test_rounding_stretches_no_axis_and_stands_where_zero_does() -> None:
    told = {"curves": {"made": [0.5, 1e-17, 0.0], "inherited": [0.0, 0.0, float("nan")]}}
    curves = with_made(Curves("|dh|", np.ones(3), np.ones(3)), told)
    axis = curves.axis()
    assert axis.top - axis.bottom < 3
    heights = axis.place(curves.beside[0].values)
    assert axis.bottom <= heights[2] <= heights[1] < heights[0]
