"""Who wrote an element: in a sentence, as a list, as a curve."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from inspector.debugger.records import Origin
from inspector.panes.debug import origin as origin_module
from inspector.panes.debug.common import NO_RECORDING
from inspector.panes.debug.origin import OriginPane, sentence_of
from inspector.panes.debug.write_plot import heights_of
from inspector.panes.debug.write_rows import AFTER, BEFORE, CHANGE, HOW_COLUMN, LINE, MARK, STEP, change_text
from inspector.theme import THEMES
from rnn.recorder import record
from rnn.recorder.origins import Write
from tests.inspector.panes.debug.pane_stand import cells, click, press, standing, summed

T = 6


@pytest.fixture(scope="module")
def summed_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("summed") / "summed.rec"
    record(summed, T, path=path)
    return path


@pytest.fixture
def closed(qapp, tmp_path):
    with standing(qapp, tmp_path, OriginPane) as made:
        yield made


@pytest.fixture
def stand(closed, summed_file):
    """The origin of `total[1, 2]` as seen from the middle of the run."""
    closed.open(summed_file, step=0)
    closed.middle = len(closed.debugger.recording) // 2
    closed.debugger.go_to(closed.middle)
    ask(closed, (1, 2))
    return closed


def ask(stand, element):
    stand.settle()
    stand.debugger.select_array("total", element)
    assert stand.debugger.questions.ask_origin()
    stand.settle()


def a_write(**changes):
    values = {
        "step": 41, "line": 57, "file": "/a/b.py", "text": "dW = x", "t": 2, "frame": 0, "how": "written", "old": 0.12,
        "new": 0.31, "same": False, "exact": True, "since": 41,
    }  # fmt: skip
    return Write(**{**values, **changes})


def test_without_a_recording_and_without_a_question_it_says_what_to_do(closed, summed_file):
    assert closed.pane.list.empty_text == NO_RECORDING
    closed.open(summed_file)
    assert closed.pane.list.empty_text == origin_module.EMPTY
    assert not closed.button("Go there").isVisible()


def test_the_sentence_names_the_last_write(stand):
    last = stand.debugger.questions.origin.last
    said = stand.pane._sentence.text()
    assert said.startswith(
        f"total[1, 2], seen from step {stand.middle}, was written last in pane_stand.py, line {last.line}, t = "
    )
    assert "total[1, 2] += t" in said
    assert f"({last.old:.7g} \u2192 {last.new:.7g})" in said


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {},
            "dW[3, 4], seen from step 50, was written last in b.py, line 57, t = 2 (step 41): dW = x  (0.12 \u2192 0.31)",
        ),
        ({"how": "made", "old": None, "t": None}, "was made in b.py, line 57 (step 41): dW = x  (0.31)"),
        ({"how": "given", "old": None}, "came in with the call in b.py"),
        ({"how": "found", "exact": False, "since": 7}, "it was done after step 7, by code that was not seen"),
        ({"same": True, "old": 0.31}, "(0.31, with the same bits)"),
        ({"new": np.nan}, "(0.12 \u2192 NaN)"),
        ({"text": "x = (\n    1 +" + "1" * 400 + ")"}, "1\u2026  (0.12"),
    ],
)
def test_every_way_of_writing_has_its_words(changes, expected):
    last = a_write(**changes)
    assert expected in sentence_of(Origin("dW", (3, 4), 50, (last,), last))


def test_what_was_not_written_is_said():
    assert "not written yet; its first write is in step 41" in sentence_of(Origin("dW", (3, 4), 5, (a_write(),)))
    assert origin_module.NO_WRITES in sentence_of(Origin("dW", (3, 4), 5))
    assert sentence_of(Origin("s", (), 5, note="s is no array")).endswith("s is no array")


def test_all_writes_are_listed_with_what_they_changed(stand):
    view, writes = stand.pane.list, stand.debugger.questions.origin.writes
    assert len(writes) == T + 1
    assert cells(view, STEP) == [str(one.step) for one in writes]
    assert cells(view, LINE) == [str(one.line) for one in writes]
    assert cells(view, HOW_COLUMN)[:3] == ["made with the array", "written, same bits", "written"]
    sums = [sum(range(t + 1)) for t in range(T)]
    assert cells(view, AFTER) == ["0", *map(str, sums)]
    assert cells(view, BEFORE) == ["", "0", *map(str, sums[:-1])]
    assert cells(view, CHANGE) == ["", "0", *(f"+{t}" for t in range(1, T))]


def test_the_last_write_is_marked_and_later_ones_are_faint(stand):
    view, origin = stand.pane.list, stand.debugger.questions.origin
    row = origin.writes.index(next(one for one in origin.writes if one.step == origin.last.step))
    assert cells(view, MARK).index("\u25cf") == row

    def faint():
        model, colour = view.model(), THEMES["light"].faint
        shades = [model.index(n, STEP).data(Qt.ItemDataRole.ForegroundRole).name() for n in range(model.rowCount())]
        return [shade == colour for shade in shades]

    assert faint() == [n > row for n in range(T + 1)]
    stand.debugger.go_to(origin.writes[1].step)
    assert faint() == [n > 1 for n in range(T + 1)]
    assert (cells(view, MARK)[1], cells(view, MARK)[row]) == ("\u25b6", "\u25cf")


def test_a_click_goes_and_the_arrow_keys_only_choose(stand):
    writes = stand.debugger.questions.origin.writes
    click(stand.pane.list, 1)
    assert stand.step == writes[1].step
    press(stand.pane.list, Qt.Key.Key_Down)
    assert stand.step == writes[1].step
    press(stand.pane.list, Qt.Key.Key_Return)
    assert stand.step == writes[2].step


def test_buttons_go_to_the_last_the_next_and_the_previous_write(stand):
    writes, last = stand.debugger.questions.origin.writes, stand.debugger.questions.origin.last
    row = [one.step for one in writes].index(last.step)
    QTest.mouseClick(stand.button("Go there"), Qt.MouseButton.LeftButton)
    assert stand.step == last.step
    QTest.mouseClick(stand.button("Next"), Qt.MouseButton.LeftButton)
    assert stand.step == writes[row + 1].step
    QTest.mouseClick(stand.button("Previous"), Qt.MouseButton.LeftButton)
    assert stand.step == last.step
    stand.debugger.go_to(writes[-1].step + 1)
    stand.pane.go_to_write(-1)
    assert stand.step == writes[-1].step
    stand.pane.go_to_write(1)
    assert (stand.step, stand.state.remark) == (writes[-1].step, "total[1, 2] is not written after this step")


def test_the_curve_goes_to_a_write_by_mouse_and_keys(stand):
    plot, writes = stand.pane.plot, stand.debugger.questions.origin.writes
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(round(plot.x_of(2)), plot.height() // 2))
    assert stand.step == writes[2].step
    press(plot, Qt.Key.Key_Right)
    assert stand.step == writes[3].step
    press(plot, Qt.Key.Key_End)
    assert stand.step == writes[-1].step
    stand.debugger.go_to(writes[2].step + 1)
    press(plot, Qt.Key.Key_Left)
    assert stand.step == writes[2].step
    assert plot.accessibleDescription() == f"write 3 of {T + 1}, step {writes[2].step}: 1"


def test_the_present_step_is_drawn_over_the_curve(stand):
    plot, writes = stand.pane.plot, stand.debugger.questions.origin.writes

    def shade(row):
        stand.application.processEvents()
        return plot.grab().toImage().pixelColor(round(plot.x_of(row)), plot.height() // 2).name()

    stand.debugger.go_to(writes[0].step)
    before = shade(4)
    stand.debugger.go_to(writes[4].step)
    assert shade(4) != before


def test_an_element_that_becomes_nan_can_be_drawn(stand):
    stand.debugger.go_to(len(stand.debugger.recording) - 1)
    ask(stand, (0, 0))
    assert cells(stand.pane.list, AFTER)[-1] == "NaN"
    red = THEMES["light"].bad
    image = stand.pane.plot.grab().toImage()
    assert any(image.pixelColor(x, y).name() == red for x in range(image.width()) for y in range(30))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 3.0, 2.0], [0, 1, 0.5]),
        ([2.0, 2.0], [0.5, 0.5]),
        ([np.nan, np.inf], [np.nan, np.nan]),
        ([0.0, np.nan, 4.0, -np.inf], [0, np.nan, 1, np.nan]),
        ([-1.7e308, 0.0, 1.7e308], [0, 0.5, 1]),
    ],
)
def test_heights(values, expected):
    np.testing.assert_allclose(heights_of(np.array(values))[0], expected)


def test_the_change_of_numbers_that_are_no_floats():
    assert change_text(a_write(old=np.uint8(250), new=np.uint8(3))) == "-247"
    assert change_text(a_write(old=np.bool_(False), new=np.bool_(True))) == "+1"
    assert change_text(a_write(old=1 + 1j, new=1 + 3j)) == "0+2j"


def test_another_recording_forgets_the_origin(stand):
    stand.debugger.close_recording()
    assert stand.pane.list.model().rowCount() == 0
    assert stand.pane.list.empty_text == NO_RECORDING
    assert not stand.pane.plot.isVisible()
