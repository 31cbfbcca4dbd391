"""Output: lines with the step that printed them; what comes later is faint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from inspector.debugger.records import Printed
from inspector.panes.debug.output import OutputPane
from inspector.panes.debug.output_rows import OutputLine, OutputRows, lines_of
from inspector.theme import current
from tests.inspector.panes.debug import programs

if TYPE_CHECKING:
    from conftest import Stage


def texts(pane: Any) -> list[str]:
    return [pane._rows.data(pane._rows.index(row, 2)) for row in range(pane._rows.rowCount())]


def colours(pane: Any) -> list[str]:
    role = Qt.ItemDataRole.ForegroundRole
    return [pane._rows.data(pane._rows.index(row, 2), role).name() for row in range(pane._rows.rowCount())]


def test_pieces_of_a_print_are_one_line() -> None:
    pieces = [("a", 1), (" ", 1), ("b", 1), ("\n", 1), ("0", 2), (" ", 2), ("1", 4), ("\n", 4), ("\n", 5), ("x", 6)]
    found = lines_of([Printed(step, "stdout", text) for text, step in pieces])
    assert found == [
        OutputLine(1, "stdout", "a b"),
        OutputLine(2, "stdout", "0 "),
        OutputLine(4, "stdout", "1", True),
        OutputLine(5, "stdout", ""),
        OutputLine(6, "stdout", "x"),
    ]


def test_what_was_printed_by_the_present_step_is_told_from_what_comes_later(stage: Stage) -> None:
    pane = stage.show(OutputPane, 600, 300)
    stage.record(programs.talking)
    assert texts(pane) == ["first 1", "0 ", "\u22ef 1 ", "\u22ef 2 ", "\u22ef done", "no", "good"]
    second = stage.steps("print(t")[1]
    stage.debugger.go_to(second)
    theme = current()
    assert colours(pane) == [theme.text] * 3 + [theme.faint] * 4
    stage.debugger.go_to(second - 1)
    assert colours(pane) == [theme.text] * 2 + [theme.faint] * 5
    stage.debugger.walk("end", 1)
    assert colours(pane) == [theme.text] * 5 + [theme.bad] * 2
    assert pane._rows.data(pane._rows.index(5, 1)).strip() == "stderr"


def test_a_click_and_enter_go_to_the_step_that_printed(stage: Stage) -> None:
    pane = stage.show(OutputPane, 600, 300)
    stage.record(programs.talking)
    at = pane._list.visualRect(pane._rows.index(5, 2)).center()
    QTest.mouseClick(pane._list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at))
    here = stage.debugger.here
    assert here is not None and here.step == stage.steps('print("no')[0] and here.text.startswith('print("no')
    pane._list.setCurrentIndex(pane._rows.index(0, 2))
    QTest.keyClick(pane._list, Qt.Key.Key_Return)
    assert stage.debugger.here is not None and stage.debugger.here.text.startswith('print("first"')


def test_lines_are_copied(stage: Stage) -> None:
    pane = stage.show(OutputPane, 600, 300)
    stage.record(programs.talking)
    pane._list.selectRow(0)
    QTest.keyClick(pane._list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "first 1"
    pane._list.selectAll()
    pane.copy()
    assert QGuiApplication.clipboard().text().split("\n")[-2:] == ["no", "good"]


def test_a_step_changes_only_rows_that_it_printed(stage: Stage) -> None:
    pane = stage.show(OutputPane, 600, 300)
    rows = OutputRows(pane)
    rows.show_lines([OutputLine(step, "stdout", str(step)) for step in range(0, 5000, 2)])
    changed: list[tuple[int, int]] = []
    rows.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    assert rows.show_step(100) == 50
    assert rows.show_step(101) is None
    assert rows.show_step(102) == 51
    assert rows.show_step(98) == 49
    assert changed == [(0, 50), (51, 51), (50, 51)]


def test_it_says_that_nothing_was_printed(stage: Stage) -> None:
    pane = stage.show(OutputPane, 300, 120)
    assert "No recording is open" in pane._list.empty_text
    stage.record(programs.both)
    assert "printed nothing" in pane._list.empty_text
