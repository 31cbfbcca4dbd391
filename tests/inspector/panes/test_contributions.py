"""What the picked entry is made of: rows that lead to their step, in the pictures and in an open recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from inspector.debugger.times import time_of
from inspector.panes.contributions import DIFFERENCE, PLACE, REFERENCE, ContributionRows, ContributionsView
from rnn.diagnose.provenance import Contribution, Provenance

if TYPE_CHECKING:
    from conftest import Desk


def _view(desk: Desk) -> ContributionsView:
    return desk.window.pane("cell")._contributions


def _picked(desk: Desk, name: str, index: tuple[int, ...]) -> ContributionsView:
    desk.state.look.go_to(name, index)
    view, pictures = _view(desk), desk.pictures
    desk.qtbot.waitUntil(lambda: pictures.provenance is not None and pictures.provenance.index == index)
    desk.settle()
    return view


def test_the_worst_step_comes_first_and_enter_goes_there(shown_desk: Desk) -> None:
    view = _picked(shown_desk, "dW_hh", (1, 2))
    rows, table = view._rows, view._view
    assert not view.isHidden() and view._title.text() == "Worst contributions"
    assert [one.t for one in rows.rows][:3] == [1, 3, 2] and rows.data(rows.index(0, DIFFERENCE)) == "0.23"
    assert rows.headerData(PLACE, Qt.Orientation.Horizontal) == "t"  # there is one sample
    table.setCurrentIndex(rows.index(1, PLACE))
    shown_desk.qtbot.keyClick(table, Qt.Key.Key_Return)
    assert shown_desk.state.selection.t == 3 and shown_desk.state.selection.cell == (1, 2)
    assert rows.data(rows.index(1, PLACE), Qt.ItemDataRole.BackgroundRole) is not None
    assert rows.data(rows.index(0, PLACE), Qt.ItemDataRole.BackgroundRole) is None


def test_between_steps_it_follows_the_step(shown_desk: Desk) -> None:
    view = _picked(shown_desk, "dh", (1, 0, 2))
    assert {one.t for one in view._rows.rows} == {1, 2, 3, 4} and "loss at step t" in view._note.text()
    view = _picked(shown_desk, "dh", (4, 0, 2))
    assert [one.t for one in view._rows.rows] == [4]


def test_nothing_is_shown_without_a_cell(shown_desk: Desk) -> None:
    view = _picked(shown_desk, "dW_hh", (1, 2))
    shown_desk.state.look.clear_pick()
    assert view.isHidden() and view._rows.rowCount() == 0


@pytest.mark.parametrize("row", [0, 1])
def test_a_click_goes_to_the_step_of_the_recording(code_desk: Desk, row: int) -> None:
    """The sum is made after the loop, so the step that made its da at that t is gone to."""
    view, debugger = _picked(code_desk, "dW_hh", (1, 2)), code_desk.state.debugger
    t = view._rows.rows[row].t
    code_desk.qtbot.mouseClick(
        view._view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=view._view.visualRect(view._rows.index(row, PLACE)).center(),
    )
    code_desk.settle_code()
    assert debugger.here is not None and debugger.recording is not None
    assert time_of(debugger.beside, debugger.here.step) == t == code_desk.state.selection.t
    assert debugger.recording.step(debugger.here.step).statement.text.startswith("dcdHin[t] = ")


def test_what_is_not_known_is_a_dash(qapp: QApplication) -> None:
    rows = ContributionRows(qapp)
    rows.show_rows((Contribution(2, 1, None, 0.5, None),))
    assert [rows.data(rows.index(0, column)) for column in range(4)] == ["2", "-", "0.5", "-"]
    assert rows.words(0) == "t = 2, sample 1: hand not known, JAX 0.5"
    assert rows.data(rows.index(0, REFERENCE), Qt.ItemDataRole.ForegroundRole) is not None


def test_of_a_batch_the_sample_is_named(qtbot: object, qapp: QApplication) -> None:
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    view = ContributionsView(parent)
    parent.resize(400, 300)
    found = Provenance("dW_hh", (0, 0), (Contribution(2, 1, 0.25, 0.5, -0.25),), 6, False, "a note")
    view.show_provenance(found, 2, 1, 3)
    rows = view._rows
    assert rows.headerData(PLACE, Qt.Orientation.Horizontal) == "t, sample"
    assert rows.data(rows.index(0, PLACE)) == "2, 1" and view._note.text().endswith("a note")
    view.show_provenance(None, 0, 0, 1)
    assert view.isHidden()
