"""The checks of the user's code in the window: one row after another, the whole sentence on a click, an end where it stopped."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QPlainTextEdit

from inspector.check_order import COMING
from inspector.engine.messages import Progress
from inspector.panes.check_rows import CheckRows
from rnn.checks import NAMES
from tests.inspector.conftest import Desk


def _rows(desk: Desk) -> CheckRows:
    found = desk.window.findChild(CheckRows)
    assert found is not None
    return found


def _tell(desk: Desk, name: str, state: str, sentence: str, *details: str) -> None:
    check = {"name": name, "state": state, "sentence": sentence, "details": list(details)}
    desk.engine.progressed.emit(Progress(len(desk.engine.asked), sentence, None, {"check": check}))


def test_rows_fill_in_one_after_another(desk: Desk) -> None:
    rows = _rows(desk)
    assert not rows.isVisible()
    desk.state.run()
    _tell(desk, "runs", "ok", "run() ran to its end")
    assert [rows.topLevelItem(k).text(0) for k in range(5)] == list(NAMES)
    assert [row.state for row in desk.state.own.order.rows] == ["ok", *[COMING] * 4]
    _tell(desk, "pure", "failed", "x is changed", "line 3")
    assert rows.isVisible()
    assert rows.topLevelItem(1).text(1).endswith("failed") and rows.topLevelItem(1).font(0).bold()
    assert "x is changed\nline 3" in rows.topLevelItem(1).toolTip(2)
    desk.state.run()
    _tell(desk, "runs", "ok", "again")
    assert [row.state for row in desk.state.own.order.rows] == ["ok", *[COMING] * 4]


def test_a_run_that_failed_shows_where_it_stopped(desk: Desk) -> None:
    desk.state.run()
    checks = [{"name": "runs", "state": "failed", "sentence": "raised at line 9", "details": ["t = 3"]}]
    checks += [{"name": name, "state": "skipped", "sentence": "the code does not run", "details": []} for name in NAMES[1:]]
    desk.engine.refuse("raised at line 9", extra={"checks": checks})
    assert [row.state for row in desk.state.own.order.rows] == ["failed", *["skipped"] * 4]


def test_a_click_shows_the_whole_sentence(shown_desk: Desk) -> None:
    rows = _rows(shown_desk)
    assert rows.isVisible() and rows.topLevelItemCount() == 5
    place = rows.visualItemRect(rows.topLevelItem(3)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    dialog = next(one for one in shown_desk.window.findChildren(QDialog) if one.isVisible())
    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "dW_xh, dW_hh and db_h differ from JAX" in said
    assert "dW_xh: differs" in dialog.findChild(QPlainTextEdit).toPlainText()
    dialog.close()
