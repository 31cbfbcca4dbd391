"""Breakpoints are typed, checked, counted before anything runs, and gone to."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from inspector.debugger.records import Breakpoint, Hits
from inspector.panes.debug import breakpoints, hit_rows
from inspector.panes.debug.breakpoints import BreakpointsPane
from inspector.panes.debug.common import NO_RECORDING
from inspector.panes.debug.stop_rows import COUNT, LOG, ON, TEXT, place_among
from inspector.settings import Memory
from rnn.recorder import record
from rnn.recorder.conditions import CONDITIONS
from tests.inspector.panes.debug.pane_stand import cells, click, place_of, press, standing, summed

T = 8


@pytest.fixture(scope="module")
def summed_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("summed") / "summed.rec"
    record(summed, T, path=path)
    return path


@pytest.fixture
def closed(qapp, tmp_path):
    with standing(qapp, tmp_path, BreakpointsPane) as made:
        yield made


@pytest.fixture
def stand(closed, summed_file):
    """A recording of eight iterations, at its first step."""
    closed.open(summed_file, step=0)
    return closed


def typed(stand, text):
    """Type a condition and press Enter; whatever is offered is ignored."""
    field = stand.pane.editor.field
    field.setFocus()
    field.clear()
    QTest.keyClicks(field, text)
    press(field, Qt.Key.Key_Return)
    stand.settle()


def texts(stand):
    return [one.text for one in stand.debugger.stops.breakpoints]


def steps_of(stand, number=0):
    return stand.debugger.stops.hits(stand.debugger.stops.breakpoints[number]).steps


def test_without_a_recording_it_says_what_to_do(closed):
    assert closed.pane.list.empty_text == NO_RECORDING
    assert not closed.pane.editor.isEnabled()


def test_a_typed_condition_becomes_a_breakpoint_with_its_hits(stand):
    assert stand.pane.list.empty_text == breakpoints.NO_STOPS
    typed(stand, "changed total[1, 2]")
    assert texts(stand) == ["changed total[1, 2]"]
    assert cells(stand.pane.list, COUNT) == ["next 1 of 8"]
    assert stand.pane.editor.field.text() == ""
    assert stand.pane.hits.model().rowCount() == 8


def test_what_makes_no_sense_is_said_and_kept(stand):
    typed(stand, "changed")
    assert (texts(stand), stand.pane.editor.field.text()) == ([], "changed")
    assert "expected a path" in stand.pane.editor.problem
    assert stand.pane.editor._problem.isVisible()
    QTest.keyClicks(stand.pane.editor.field, " total")
    assert stand.pane.editor.problem == ""
    press(stand.pane.editor.field, Qt.Key.Key_Return)
    assert texts(stand) == ["changed total"]


def test_a_breakpoint_is_changed_and_nothing_is_lost(stand):
    typed(stand, "t == 3")
    field, view = stand.pane.editor.field, stand.pane.list
    view.setFocus()
    press(view, Qt.Key.Key_F2)
    assert (field.text(), field.hasFocus(), stand.pane.editor._save.text()) == ("t == 3", True, "Save")
    QTest.keyClicks(field, "t ==")
    press(field, Qt.Key.Key_Return)
    assert (texts(stand), field.text(), bool(stand.pane.editor.problem)) == (["t == 3"], "t ==", True)
    QTest.keyClicks(field, " 5")
    press(field, Qt.Key.Key_Return)
    stand.settle()
    assert (texts(stand), field.text(), stand.pane.editor._save.text()) == (["t == 5"], "", "Add")
    assert view.hasFocus()


def test_escape_leaves_a_breakpoint_as_it_is(stand):
    typed(stand, "t == 3")
    click(stand.pane.list, 0, TEXT)
    QTest.mouseDClick(stand.pane.list.viewport(), Qt.MouseButton.LeftButton, pos=place_of(stand.pane.list, 0, TEXT))
    field = stand.pane.editor.field
    assert field.text() == "t == 3"
    QTest.keyClicks(field, "t == 99")
    press(field, Qt.Key.Key_Escape)
    assert (texts(stand), field.text()) == (["t == 3"], "")


def test_a_breakpoint_that_is_switched_while_it_is_changed_stays_the_same_one(stand):
    typed(stand, "t == 3")
    press(stand.pane.list, Qt.Key.Key_F2)
    stand.debugger.stops.set_enabled(stand.debugger.stops.breakpoints[0], False)
    QTest.keyClicks(stand.pane.editor.field, "t == 4")
    press(stand.pane.editor.field, Qt.Key.Key_Return)
    assert stand.debugger.stops.breakpoints == (Breakpoint("t == 4", enabled=False),)


def test_space_and_a_click_switch_and_delete_removes(stand):
    typed(stand, "t == 3")
    typed(stand, "nan")
    view, stops = stand.pane.list, stand.debugger.stops
    press(view, Qt.Key.Key_Space)
    assert [one.enabled for one in stops.breakpoints] == [True, False]
    box = view.visualRect(view.model().index(1, ON))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(box.left() + 11, box.center().y()))
    assert [one.enabled for one in stops.breakpoints] == [True, True]
    press(view, Qt.Key.Key_Delete)
    assert (texts(stand), view.row) == (["t == 3"], 0)


def test_the_place_among_the_hits_follows_the_step(stand):
    typed(stand, "changed total[1, 2]")
    steps = steps_of(stand)
    stand.debugger.go_to(int(steps[2]))
    assert cells(stand.pane.list, COUNT) == ["\u25b6 3 of 8"]
    assert cells(stand.pane.hits, 0)[2] == "\u25b6"
    assert stand.pane.hits.row == 2
    stand.debugger.go_to(int(steps[2]) + 1)
    assert (cells(stand.pane.list, COUNT), cells(stand.pane.hits, 0)[2]) == (["next 4 of 8"], "\u25b7")
    stand.debugger.go_to(len(stand.debugger.recording) - 1)
    assert cells(stand.pane.list, COUNT) == ["past all 8"]
    assert stand.pane._said.text() == "changed total[1, 2]: past all 8"


def test_a_click_on_a_hit_goes_there_and_the_arrow_keys_only_choose(stand):
    typed(stand, "changed total[1, 2]")
    steps = steps_of(stand)
    click(stand.pane.hits, 4)
    assert stand.step == steps[4]
    press(stand.pane.hits, Qt.Key.Key_Down)
    assert stand.step == steps[4]
    press(stand.pane.hits, Qt.Key.Key_Return)
    assert stand.step == steps[5]


def test_the_rows_of_hits_tell_step_line_t_and_function(stand):
    typed(stand, "changed total[1, 2]")
    one = stand.debugger.recording.step(int(steps_of(stand)[1]))
    row = [
        cells(stand.pane.hits, column)[1] for column in (hit_rows.STEP, hit_rows.LINE, hit_rows.T, hit_rows.FUNCTION)
    ]
    assert row == [str(one.number), str(one.line), str(one.t), "summed"]


def test_what_is_noted_is_a_column(stand):
    typed(stand, "changed total[1, 2]")
    view = stand.pane.list
    assert view.isColumnHidden(LOG)
    stand.pane.note_current()
    QTest.keyClicks(stand.pane.editor.field, "total[1, 2]")
    press(stand.pane.editor.field, Qt.Key.Key_Return)
    stand.settle()
    assert not view.isColumnHidden(LOG)
    assert cells(view, LOG) == ["total[1, 2]"]
    header = stand.pane.hits.model().headerData(hit_rows.VALUE, Qt.Orientation.Horizontal)
    assert header == "total[1, 2]"
    assert cells(stand.pane.hits, hit_rows.VALUE) == [str(sum(range(t + 1))) for t in range(T)]


def test_a_condition_that_can_not_hold_says_why(stand):
    typed(stand, "changed nosuch")
    assert cells(stand.pane.list, COUNT) == ["! 0"]
    tip = stand.pane.list.model().index(0, TEXT).data(Qt.ItemDataRole.ToolTipRole)
    assert "no call has a name" in tip
    assert "no call has a name" in stand.pane.hits.empty_text


@pytest.mark.parametrize("kind", list(CONDITIONS))
def test_every_kind_is_in_the_menu_and_can_be_taken_as_it_is(stand, kind):
    action = stand.pane.editor._kinds.menu().actions()[list(CONDITIONS).index(kind)]
    action.trigger()
    selected = stand.pane.editor.field.selectedText()
    assert selected
    if kind not in ("expression", "raised", "found"):
        assert stand.pane.editor.field.text() == f"{kind} {selected}"
    press(stand.pane.editor.field, Qt.Key.Key_Return)
    stand.settle()
    assert (len(texts(stand)), stand.pane.editor.problem) == (1, "")
    assert stand.debugger.stops.hits(stand.debugger.stops.breakpoints[0]) is not None


def test_what_can_follow_is_offered_and_enter_takes_it(stand):
    field = stand.pane.editor.field
    field.setFocus()
    QTest.keyClicks(field, "cha")
    stand.wait(lambda: field.offers)
    assert field.completions == ["changed"]
    popup = field._list
    press(popup, Qt.Key.Key_Down)
    press(popup, Qt.Key.Key_Return)
    assert (field.text(), texts(stand)) == ("changed ", [])
    stand.wait(lambda: "changed total" in field.completions)
    press(popup, Qt.Key.Key_Tab)
    assert (field.text(), texts(stand)) == (field.text().strip(), [])
    assert field.text().startswith("changed ")


def test_enter_takes_what_was_typed_while_completions_are_offered(stand):
    field = stand.pane.editor.field
    field.setFocus()
    QTest.keyClicks(field, "na")
    stand.wait(lambda: field.offers)
    QTest.keyClicks(field._list, "n")
    press(field._list, Qt.Key.Key_Return)
    assert (texts(stand), field.text(), field.offers) == (["nan"], "", False)


def test_an_answer_to_what_was_typed_before_is_not_offered(stand):
    field = stand.pane.editor.field
    field.setFocus()
    field.setText("t == 3")
    stand.debugger.questions.completed.emit(["total", "changed"])
    assert (field.completions, field.offers) == ([], False)


def test_buttons_and_verbs_walk(stand):
    typed(stand, "changed total[1, 2]")
    typed(stand, "nan")
    both = np.unique(np.concatenate([steps_of(stand, 0), steps_of(stand, 1)]))
    visited = []
    for _ in both:
        QTest.mouseClick(stand.button("Next"), Qt.MouseButton.LeftButton)
        visited.append(stand.step)
    assert visited == both.tolist()
    QTest.mouseClick(stand.button("Previous"), Qt.MouseButton.LeftButton)
    assert stand.step == both[-2]
    stand.pane.list.choose_row(0)
    stand.pane.go_to_hit(0)
    assert stand.step == steps_of(stand, 0)[0]
    stand.pane.go_to_hit(-1)
    assert "does not hold before" in stand.state.remark


def test_breakpoints_are_remembered_with_the_case(stand, summed_file, tmp_path):
    typed(stand, "t == 3")
    press(stand.pane.list, Qt.Key.Key_Space)
    path = stand.debugger.overview.sources[0].path
    assert Memory(tmp_path / "settings.ini").breakpoints(path) == [("t == 3", False, "")]


def test_until_the_hits_are_known_there_are_dots(stand):
    stand.debugger.stops.add("t == 3")
    assert cells(stand.pane.list, COUNT) == ["\u2026"]
    stand.settle()
    assert cells(stand.pane.list, COUNT) == ["next 1 of 1"]


def test_of_very_many_hits_those_around_the_present_step_are_shown(stand, monkeypatch):
    typed(stand, "raised")
    steps = np.arange(0, 1_000_000, 4)
    model = stand.pane.hits.model()
    model.show_hits(Breakpoint("x"), Hits(steps))
    assert (model.rowCount(), model.first, model.count) == (hit_rows.MOST_ROWS, 0, 250_000)
    model.show_step(800_001)
    assert model.step_of(model.near) == 800_000
    assert model.first == 150_000
    model.show_step(999_996)
    assert (model.first, model.step_of(model.rowCount() - 1)) == (150_000, 999_996)


@pytest.mark.parametrize(
    ("step", "words"),
    [(0, "next 1 of 3"), (5, "\u25b6 1 of 3"), (6, "next 2 of 3"), (9, "\u25b6 3 of 3"), (10, "past all 3")],
)
def test_places_among_hits(step, words):
    assert place_among(Hits(np.array([5, 7, 9])), step) == words


def test_hits_of_a_recording_that_grows_are_added_below(stand):
    typed(stand, "changed total[1, 2]")
    view, steps = stand.pane.hits, steps_of(stand)
    one = stand.debugger.stops.breakpoints[0]
    stand.debugger.stops.take(one.text, one.log, Hits(steps[:5].copy()))
    view.choose_row(3)
    resets = []
    view.model().modelReset.connect(lambda: resets.append(True))
    stand.debugger.stops.take(one.text, one.log, Hits(steps.copy()))
    assert (view.model().rowCount(), view.row, resets) == (8, 3, [])
    stand.debugger.stops.take(one.text, one.log, Hits(steps[:2].copy()))
    assert (view.model().rowCount(), len(resets)) == (2, 1)
