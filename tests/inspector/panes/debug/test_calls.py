"""Calls: the calls under way and the visited moments; a click goes there, a note stays with its moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit

from inspector.panes.debug.calls import CallsPane
from tests.inspector.panes.debug import programs

if TYPE_CHECKING:
    from conftest import Stage


def click(view: Any, row: int) -> None:
    """Click a row."""
    at = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at))


def column(view: Any, number: int) -> list[str]:
    return [view.model().data(view.model().index(row, number)) for row in range(view.model().rowCount())]


def write_note(pane: Any, text: str) -> str:
    """Type a note into the dialog that is open; returns what stood there."""
    dialog = next(one for one in pane.findChildren(QDialog) if one.isVisible())
    field = dialog.findChild(QLineEdit)
    before: str = field.text()
    field.setText(text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    return before


def test_calls_are_listed_innermost_first_and_can_be_gone_to(stage: Stage) -> None:
    pane = stage.show(CallsPane, 800, 220)
    stage.record(programs.both)
    stage.debugger.go_to(stage.steps("h = h * 0.5")[2])
    stage.bench.settle()
    assert [text.strip(" \u25b6") for text in column(pane._call_list, 0)] == ["forward", "both"]
    assert column(pane._call_list, 2) == ["2", ""]
    click(pane._call_list, 1)
    stage.bench.settle()
    assert stage.debugger.here is not None and stage.debugger.here.function == "both"
    assert [text.strip(" \u25b6") for text in column(pane._call_list, 0)] == ["both"]


def test_rows_are_changed_in_their_places(stage: Stage) -> None:
    pane = stage.show(CallsPane, 800, 220)
    stage.record(programs.both)
    stage.debugger.go_to(stage.steps("h = h * 0.5")[0])
    stage.bench.settle()
    resets: list[bool] = []
    for model in (pane._calls, pane._moments):
        model.modelReset.connect(lambda: resets.append(True))
        model.rowsInserted.connect(lambda *_: resets.append(True))
    stage.debugger.walk("over", 1)
    stage.bench.settle()
    assert resets == []


def test_a_visited_moment_is_gone_back_to(stage: Stage) -> None:
    pane = stage.show(CallsPane, 800, 220)
    stage.record(programs.both)
    first, second = stage.steps("h = h * 0.5")[1], stage.steps("total = total")[0]
    stage.debugger.go_to(first)
    stage.debugger.go_to(second)
    steps = list(stage.debugger.visits.steps)
    row = steps.index(first)
    assert column(pane._moment_list, 0)[-1] == f"\u25b6 {second:,}"
    click(pane._moment_list, row)
    assert stage.debugger.here is not None and stage.debugger.here.step == first
    assert stage.debugger.visits.steps == steps and stage.debugger.visits.place == row
    assert column(pane._moment_list, 0)[row] == f"\u25b6 {first:,}"
    stage.debugger.walk("over", 1)
    assert column(pane._moment_list, 0)[row] == f"\u25b7 {first:,}"


def test_a_note_is_written_changed_and_removed(stage: Stage) -> None:
    pane = stage.show(CallsPane, 800, 220)
    stage.record(programs.both)
    stage.debugger.go_to(stage.steps("h = h * 0.5")[1], visit=False)
    step = stage.debugger.here.step  # type: ignore[union-attr]
    pane.add_note()
    assert write_note(pane, "still right <b>here</b>") == ""
    assert stage.debugger.visits.notes == {step: "still right <b>here</b>"}
    assert "still right <b>here</b>" in column(pane._moment_list, 3)[-1]
    assert stage.debugger.visits.steps[-1] == step
    pane._moment_list.setCurrentIndex(pane._moments.index(len(pane._moments.rows) - 1, 0))
    QTest.keyClick(pane._moment_list, Qt.Key.Key_F2)
    assert write_note(pane, "") == "still right <b>here</b>"
    assert stage.debugger.visits.notes == {}
    assert "still right" not in column(pane._moment_list, 3)[-1]


def test_it_says_what_to_do(stage: Stage) -> None:
    pane = stage.show(CallsPane, 300, 220)
    assert "No recording is open" in pane._call_list.empty_text
    pane.add_note()
    assert "open a recording first" in stage.bench.notices.remark
    stage.record(programs.both)
    assert pane._call_list.empty_text == "" and "jump" in pane._moment_list.empty_text
    stage.debugger.close_recording()
    assert column(pane._call_list, 0) == [] and "No recording is open" in pane._call_list.empty_text
