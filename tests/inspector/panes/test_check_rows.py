"""The checks of the user's code in the window: one row after another, all of it on a click, an end where it stopped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton

from inspector.check_order import COMING, WHY_NOT_FOUND, WHY_NOT_YET, CheckRow
from inspector.engine.messages import Progress
from inspector.panes import check_detail
from inspector.panes.check_detail import CheckDetail
from inspector.panes.check_rows import CheckRows
from rnn import load_inspection, save_inspection
from rnn.checks import NAMES
from tests.inspector.causes import explain, repair, tell
from tests.inspector.conftest import Desk

STOPPED = [
    {"name": "runs", "state": "failed", "sentence": "raised at line 9", "details": ["t = 3", "h = float64 (3, 6)"]}
]
STOPPED += [
    {"name": name, "state": "skipped", "sentence": "the code does not run", "details": []} for name in NAMES[1:]
]


def _rows(desk: Desk) -> CheckRows:
    found = desk.window.findChild(CheckRows)
    assert found is not None
    return found


def _detail(desk: Desk) -> CheckDetail:
    found = desk.window.findChild(CheckDetail)
    assert found is not None
    return found


def _buttons(desk: Desk) -> list[str]:
    return [one.text() for one in _detail(desk).findChildren(QPushButton) if one.isVisible()]


def _states(desk: Desk) -> list[str]:
    return [row.state for row in desk.state.own.order.rows]


def _tell(desk: Desk, name: str, state: str, sentence: str, *details: str) -> None:
    check = {"name": name, "state": state, "sentence": sentence, "details": list(details)}
    desk.engine.progressed.emit(Progress(len(desk.engine.asked), sentence, None, {"check": check}))


def _click(desk: Desk, name: str) -> None:
    rows = _rows(desk)
    place = rows.visualItemRect(rows.topLevelItem(NAMES.index(name))).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)


def _where(desk: Desk) -> CheckRow:
    return next(row for row in desk.state.own.order.rows if row.name == "where")


def _run(desk: Desk) -> None:
    desk.state.choose_case("class-rnn-wrong")
    desk.state.run()


def test_rows_fill_in_one_after_another(desk: Desk) -> None:
    rows = _rows(desk)
    assert not rows.isVisible()
    _run(desk)
    assert rows.isVisible() and _states(desk) == [COMING] * len(NAMES)
    assert rows.topLevelItem(0).text(1) == "being checked" and rows.topLevelItem(1).text(1) == ""
    _tell(desk, "runs", "ok", "run() ran to its end")
    assert [rows.topLevelItem(k).text(0).split()[-1] for k in range(len(NAMES))] == list(NAMES)
    assert _states(desk) == ["ok", *[COMING] * (len(NAMES) - 1)]
    assert rows.topLevelItem(1).text(1) == "being checked"
    _tell(desk, "pure", "failed", "x is changed", "line 3")
    assert rows.topLevelItem(1).text(1) == "failed: x is changed" and rows.topLevelItem(1).font(0).bold()
    assert "x is changed\nline 3" in rows.topLevelItem(1).toolTip(1)
    desk.state.run()
    _tell(desk, "runs", "ok", "again")
    assert _states(desk) == ["ok", *[COMING] * (len(NAMES) - 1)]
    desk.state.cancel()
    assert not rows.isVisible()


def test_the_programs_own_code_has_no_rows(desk: Desk) -> None:
    desk.state.run()
    _tell(desk, "runs", "ok", "the built-in BPTT ran to its end")
    assert not _rows(desk).isVisible()


def test_a_run_that_failed_shows_where_it_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, int]] = []
    monkeypatch.setattr(check_detail, "open_in_editor", lambda file, line: opened.append((file, line)) or "Opened it")
    _run(desk)
    desk.engine.refuse("raised at line 9", file="/a/net.py", line=9, extra={"checks": STOPPED})
    assert _states(desk) == ["failed", *["skipped"] * (len(NAMES) - 1)]
    desk.state.change_settings(seed=3)
    assert _states(desk) == ["failed", *["skipped"] * (len(NAMES) - 1)]  # another problem does not make it run
    _click(desk, "runs")
    text = _detail(desk).findChild(QPlainTextEdit).toPlainText()
    assert text == "failed: raised at line 9\n\nt = 3\nh = float64 (3, 6)"
    assert _buttons(desk) == ["Open line 9"]
    QTest.mouseClick(_detail(desk).findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    assert opened == [("/a/net.py", 9)]
    _click(desk, "pure")
    assert _buttons(desk) == []
    desk.state.choose_case("")
    assert not _rows(desk).isVisible() and not _detail(desk).isVisible()


def test_a_result_of_before_is_said_to_be_one(shown_desk: Desk) -> None:
    pane = shown_desk.window.pane("checks")
    before = pane._headline.text()
    _run(shown_desk)
    assert pane._headline.text() == before
    shown_desk.engine.refuse("raised at line 9", extra={"checks": STOPPED})
    assert "of a run before" in pane._headline.text() and _states(shown_desk)[0] == "failed"
    _click(shown_desk, "gradients")
    assert "the code does not run" in _detail(shown_desk).findChild(QPlainTextEdit).toPlainText()


def test_enter_shows_all_of_it_and_goes_to_the_worst_gradient(shown_desk: Desk) -> None:
    rows, detail = _rows(shown_desk), _detail(shown_desk)
    shown_desk.state.select_quantity("dh")
    assert rows.isVisible() and rows.topLevelItemCount() == len(NAMES) and not detail.isVisible()
    rows.setFocus()
    rows.setCurrentItem(rows.topLevelItem(3))
    assert not detail.isVisible()
    QTest.keyClick(rows, Qt.Key.Key_Return)
    text = detail.findChild(QPlainTextEdit).toPlainText()
    assert detail.isVisible() and "dW_xh, dW_hh and db_h differ from JAX" in text and "dW_xh: differs" in text
    assert shown_desk.state.selection.quantity in ("dW_xh", "dW_hh", "db_h")
    detail.findChild(QPlainTextEdit).setFocus()
    QTest.keyClick(detail.findChild(QPlainTextEdit), Qt.Key.Key_Escape)
    assert not detail.isVisible()


def test_the_first_wrong_line_is_looked_for_and_then_shown(
    shown_desk: Desk, question_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = _where(shown_desk)
    assert (row.state, row.line) == ("ok", 54)  # the command line has looked for it already
    result, wanted = load_inspection(question_file), list[int]()
    unsought = {"state": "skipped", "sentence": "not looked for"}
    checks = [{**check, **unsought} if check["name"] == "where" else check for check in result.checks]
    path = shown_desk.folder / "not-looked-for.bptt"
    save_inspection(replace(result, findings=(), checks=tuple(checks)), path)
    shown_desk.show(path)
    monkeypatch.setattr(shown_desk.state.requests, "go_to_first_wrong_line", lambda: wanted.append(1))
    row = _where(shown_desk)
    assert row.looks and "Ctrl+F8" in row.sentence
    _click(shown_desk, "where")
    assert wanted == [1]
    blame = {"kind": "blame", "file": "/a/question.py", "line": 54, "t": 3, "sentence": "reads dcdHin[t]"}
    debugger, requests = shown_desk.state.debugger, shown_desk.state.requests
    overview = SimpleNamespace(matches=(), findings=(blame,), title="")
    monkeypatch.setattr(debugger, "overview", overview)
    monkeypatch.setattr(requests, "recorded", shown_desk.state.belongs_to)
    shown_desk.state.own.order._follow()
    row = _where(shown_desk)
    assert (row.state, row.line, row.sentence) == ("ok", 54, "question.py, line 54, t = 3: reads dcdHin[t]")
    shown_desk.window.pane("checks")._on_check_chosen(row)
    assert wanted == [1]  # it is known: only shown


@pytest.fixture
def why_desk(shown_desk: Desk, question_file: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A window that shows a result whose cause was not looked for."""
    result = load_inspection(question_file)
    checks = [check for check in result.checks if check["name"] != "why"]
    checks.append({"name": "why", "state": "skipped", "sentence": "not looked for", "details": []})
    path = shown_desk.folder / "why.bptt"
    save_inspection(replace(result, findings=(), checks=tuple(checks)), path)
    shown_desk.show(path)
    return shown_desk


def _why(desk: Desk) -> tuple[str, str]:
    row = desk.state.own.order.rows[-1]
    return row.state, row.sentence


def test_the_cause_is_looked_for_and_then_told(why_desk: Desk) -> None:
    rows = _rows(why_desk)
    assert _why(why_desk) == ("skipped", WHY_NOT_YET)
    item = rows.topLevelItem(rows.topLevelItemCount() - 1)
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualItemRect(item).center())
    assert why_desk.engine.asked[-1][0] == "diagnose"
    assert "findings" in why_desk.shown_docks() and why_desk.pane_with_focus() == "findings"
    assert _why(why_desk) == (COMING, "Looking for the cause") and "Looking for" in item.text(1)
    tell(why_desk, [explain()])
    assert _why(why_desk) == (COMING, explain()["sentence"])
    why_desk.engine.answer("", findings=[explain(), repair()])
    row = why_desk.state.own.order.rows[-1]
    assert (row.state, row.sentence, row.line) == ("ok", repair()["sentence"], 54)
    assert row.details == (explain()["sentence"],)
    assert item.text(1).startswith("found: ")


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], ("unknown", WHY_NOT_FOUND)),
        ([explain(status="unexplained", sentence="nothing fits")], ("unknown", "nothing fits")),
    ],
)
def test_a_cause_that_is_not_found_is_said_to_be_unknown(
    why_desk: Desk, findings: list[dict[str, object]], expected: tuple[str, str]
) -> None:
    why_desk.state.diagnosis.start()
    why_desk.engine.answer("", findings=findings)
    assert _why(why_desk) == expected


def test_a_search_for_the_cause_also_tells_the_first_wrong_line(why_desk: Desk) -> None:
    blame = {"kind": "blame", "file": "/a/question.py", "line": 54, "t": 3, "sentence": "reads dcdHin[t]"}
    why_desk.state.diagnosis.start()
    why_desk.engine.answer("", findings=[explain(), blame])
    row = next(row for row in why_desk.state.own.order.rows if row.name == "where")
    assert (row.state, row.line, row.sentence) == ("ok", 54, "question.py, line 54, t = 3: reads dcdHin[t]")
