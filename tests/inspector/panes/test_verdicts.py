"""The list of runs: words beside the colours, what is marked, and what Enter does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from doubles import result_file
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget

from inspector.verdict_history import AGREE, DIFFER, FAILED, Verdict

if TYPE_CHECKING:
    from conftest import Desk

WHEN = datetime(2026, 3, 4, 5, 6, 7)


def run(verdict: str = DIFFER, code: str = "1", **more: object) -> Verdict:
    wrong = ("dW_hh",) if verdict == DIFFER else ()
    made = Verdict(
        0, WHEN, "/a/net.py", {"/a/net.py": code}, None, verdict, wrong, 6, "dh" if wrong else "", 3 if wrong else None
    )
    return replace(made, headline=f"It {verdict}s.", **more)  # type: ignore[arg-type]


@pytest.fixture
def table(desk: Desk) -> QTreeWidget:
    """The list with three runs, of which the first two have a result."""
    for number, verdict in enumerate((DIFFER, AGREE, FAILED)):
        result = str(result_file(desk.folder, f"{number}.bptt")) if verdict != FAILED else ""
        desk.state.own.history.add(run(verdict, str(number), result=result))
    desk.window.commands.own.show_verdicts()
    found = desk.window.pane("verdicts").findChild(QTreeWidget)
    assert isinstance(found, QTreeWidget)
    return found


def texts(table: QTreeWidget) -> list[list[str]]:
    rows = [table.topLevelItem(row) for row in range(table.topLevelItemCount())]
    return [[row.text(column) for column in range(table.columnCount())] for row in rows if row is not None]


def test_newest_first_in_words(table: QTreeWidget) -> None:
    assert texts(table) == [
        ["05:06:07", "net.py", "failed", "", "", "net.py edited: no longer runs", "It faileds."],
        ["05:06:07", "net.py", "agrees", "0 of 6", "", "net.py edited: dW_hh no longer wrong", "It agrees."],
        ["05:06:07", "net.py", "differs", "1 of 6", "dh at t = 3", "first run", "It differs."],
    ]


def test_a_verdict_has_an_icon_and_a_word_and_the_shown_run_is_bold(table: QTreeWidget) -> None:
    rows = [table.topLevelItem(row) for row in range(3)]
    keys = [row.icon(2).cacheKey() for row in rows if row is not None]
    assert len(set(keys)) == 3
    assert [row.font(0).bold() for row in rows if row is not None] == [False, True, False]


def test_a_screen_reader_hears_the_row_and_what_is_shown(table: QTreeWidget) -> None:
    said = [table.topLevelItem(row).data(0, Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]  # type: ignore[union-attr]
    assert said[1].startswith("05:06:07, net.py: agrees, 0 of 6 wrong. net.py edited")
    assert [words.endswith("its result is shown") for words in said] == [False, True, False]
    assert said[0].endswith("no longer kept")


def test_enter_shows_the_result_of_a_row_as_an_earlier_one(desk: Desk, table: QTreeWidget) -> None:
    desk.qtbot.keyClick(table, Qt.Key.Key_End)
    desk.qtbot.keyClick(table, Qt.Key.Key_Return)
    assert desk.state.result is not None and desk.state.stale
    assert "an earlier one of net.py" in desk.state.notice
    assert [table.topLevelItem(row).font(0).bold() for row in range(3)] == [False, False, True]  # type: ignore[union-attr]


def test_the_chosen_row_stays_chosen_when_another_run_comes_in(desk: Desk, table: QTreeWidget) -> None:
    table.setCurrentItem(table.topLevelItem(2))  # type: ignore[arg-type]
    desk.state.own.history.add(run(AGREE, "9"))
    assert table.indexOfTopLevelItem(table.currentItem()) == 3  # type: ignore[arg-type]
    table.setCurrentItem(table.topLevelItem(0))  # type: ignore[arg-type]
    desk.state.own.history.add(run(DIFFER, "10"))
    assert table.indexOfTopLevelItem(table.currentItem()) == 0  # type: ignore[arg-type]


def test_the_same_again_is_counted(desk: Desk, table: QTreeWidget) -> None:
    for _ in range(3):
        desk.state.own.history.add(run(AGREE, "9"))
    assert texts(table)[0][0] == "05:06:07 (x 3)"
