"""The dialog that shows a weight file before it is used."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from inspector import dialogs
from inspector.dialogs.weight_look import LookPage
from rnn.looking import Look, Row
from rnn.weights import Question

if TYPE_CHECKING:
    from conftest import Desk

ROWS = (
    Row("encoder.weight_hh_l0", (12, 3), "float32", 144, "W_hh (transposed)"),
    Row("<b>evil\n\u202ename", (2,), "float32", 8),
    Row("big", (900, 900), "float64", 6_480_000),
)
SEEN = Look("PyTorch weights", "PyTorch", "LSTM, 1 layer", ROWS, 3, 6_480_152, ("read as PyTorch's",))
OPEN = Look("PyTorch weights", "", "", ROWS, 3, 6_480_152, (), "it holds two; say which with --weights-map layers=a",
            (Question("layers", "Which layers?", ("encoder.l0", "decoder.l0")),))  # fmt: skip


@pytest.fixture
def page(desk: Desk) -> LookPage:
    """The page of a dialog that waits for the engine."""
    dialog = dialogs.show_weight_look(desk.window, desk.state, "/weights/model.pt")
    found: Any = dialog.findChild(LookPage)
    return found


def _texts(page: LookPage, column: int = 0) -> list[str]:
    model = page.rows.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_it_is_read_by_the_engine_and_shown_as_plain_text(desk: Desk, page: LookPage) -> None:
    """The window reads nothing itself; a name stays a name."""
    kind, _, settings, extra = desk.engine.asked[-1]
    assert (kind, extra["path"], settings["weights_file"]) == ("look", "/weights/model.pt", "/weights/model.pt")
    assert not page.load.isEnabled() and page.network.text() == "Reading..."
    desk.engine.answer("", look=asdict(SEEN))
    assert page.network.text() == "PyTorch's names: LSTM, 1 layer"
    assert _texts(page)[:2] == ["encoder.weight_hh_l0", r"<b>evil\n\u202ename"]
    assert _texts(page, 1)[0] == "W_hh (transposed)"
    assert page.title.textFormat() == Qt.TextFormat.PlainText
    assert desk.state.settings.weights != "file"  # only Load changes anything


def test_filter_and_sorting(desk: Desk, page: LookPage) -> None:
    """Any column is searched; sizes are sorted as numbers."""
    desk.engine.answer("", look=asdict(SEEN))
    desk.qtbot.keyClicks(page.filter, "w_hh")
    assert _texts(page) == ["encoder.weight_hh_l0"] and page.counted.text() == "1 of 3"
    page.filter.clear()
    page.rows.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    assert _texts(page)[0] == "big"


def test_load_takes_it_with_its_answers(desk: Desk, page: LookPage) -> None:
    """A question is answered in a list; the file is looked into again, and Load takes both."""
    desk.engine.answer("", look=asdict(OPEN))
    assert page.problem.text() == "It holds two" and not page.load.isEnabled()
    box = page.boxes["layers"]
    desk.qtbot.keyClick(box, Qt.Key.Key_Down)
    desk.qtbot.keyClick(box, Qt.Key.Key_Down)
    box.activated.emit(box.currentIndex())
    assert desk.engine.asked[-1][2]["weights_map"] == [["layers", "decoder.l0"]]
    desk.engine.answer("", look=asdict(SEEN))
    assert page.boxes["layers"].currentText() == "decoder.l0"
    page.load.click()
    assert desk.state.settings.weights_file == "/weights/model.pt"
    assert desk.state.settings.weights_map == (("layers", "decoder.l0"),)
    assert not desk.dialogs()


def test_numbers_are_read_when_asked_for(desk: Desk, page: LookPage) -> None:
    """And get columns of their own."""
    desk.engine.answer("", look=asdict(SEEN))
    page.values.click()
    assert desk.engine.asked[-1][3]["values"] is True
    rows = tuple(Row(one.name, one.shape, one.dtype, one.nbytes, one.taken_as, -1.0, 2.0, 3.5, 0) for one in ROWS)
    desk.engine.answer("", look=asdict(Look("x", "", "", rows, 3, 9, ())))
    assert _texts(page, 7)[0] == "3.5"


def test_esc_stops_the_reading_and_failures_are_told(desk: Desk, page: LookPage) -> None:
    """Closing cancels the request; a file that can't be read says why, here too."""
    desk.engine.refuse("the file is damaged")
    assert page.problem.text() == "The file is damaged" and not page.load.isEnabled()
    [dialog] = [one for one in desk.window.findChildren(QDialog) if one.isVisible()]
    dialog.close()
    assert desk.engine.cancelled == []
    second = dialogs.show_weight_look(desk.window, desk.state, "/weights/other.pt")
    desk.qtbot.keyClick(second, Qt.Key.Key_Escape)
    assert desk.engine.cancelled == [len(desk.engine.asked)]


def test_the_question_bar_offers_it(desk: Desk) -> None:
    """Who is asked something about a file can see it first."""
    desk.state.change_settings(weights="file", weights_file="/weights/model.pt")
    desk.window.pane("questions").look_wanted.emit()
    assert desk.engine.asked[-1][3]["path"] == "/weights/model.pt"
