"""Arrays: the table follows step by step in its places; the detail shows value, change, JAX and difference, and takes edits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit

from inspector.debugger.records import WhatIf
from inspector.panes.debug.array_menu import array_menu
from inspector.panes.debug.array_model import CHANGED, JAX, NAME, NORM
from inspector.panes.debug.arrays import ArraysPane
from inspector.situation import Situation
from rnn.recorder import record
from tests.inspector.panes.debug.pane_stand import Stand, cells, click, press, standing

WRONG_STEP = 41
"""In the recording of the question of 2014: the first step that writes something wrong (into dcdHout)."""


def many_kinds(n: int) -> Any:
    """Arrays of 0 to 3 axes, a long dict, a NaN; entries come and go."""
    cube, row, number = np.zeros((3, 4, 5)), np.arange(6), np.array(3.5)
    made = {}
    full = {i: np.full(3, float(i)) for i in range(1000)}
    for t in range(n):
        cube[t % 3, 1, 2] += 1
        row[t % 6] = -t
        number += 1.5
        made[f"a{t}"] = np.full(2, float(t))
        if t == 2:
            row = row.astype("float64")
            row[5] = np.nan
    return cube, full, made


def save_right(recorded: str, path: Path) -> None:
    """Ask JAX about a recording, and save what it says."""
    from rnn import oracle
    from rnn.beside import make_beside
    from rnn.beside.storing import save_beside
    from rnn.blame.quantities import Truth
    from rnn.jobs import JobRunner
    from rnn.recorder import Recording
    from rnn.whatif import recorded_case

    recording = Recording(Path(recorded))
    case, problem = recorded_case(recording, JobRunner())
    save_beside(make_beside(recording, Truth(problem, *oracle.reference(problem)), case), path)
    recording.close()


@pytest.fixture(scope="module")
def kinds_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kinds") / "kinds.rec"
    record(many_kinds, 5, path=path)
    return path


@pytest.fixture(scope="module")
def beside_file(question_recording: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """JAX's values for the recording of 2014."""
    path = tmp_path_factory.mktemp("beside") / "question.beside"
    save_right(question_recording, path)
    return str(path)


@pytest.fixture
def stand(qapp: QApplication, tmp_path: Path) -> Iterator[Stand]:
    with standing(qapp, tmp_path, ArraysPane) as made:
        made.window.resize(380, 660)
        made.pane.resize(380, 660)
        yield made


@pytest.fixture
def kinds(stand: Stand, kinds_file: Path) -> Stand:
    stand.open(kinds_file, step=steps_of(kinds_file, "number += 1.5")[3])
    return stand


@pytest.fixture
def question(stand: Stand, question_recording: str, beside_file: str) -> Stand:
    """At the first wrong step, with what JAX says, and the wrong array selected."""
    stand.open(question_recording, step=WRONG_STEP)
    stand.debugger.take_beside(beside_file)
    stand.settle()
    stand.debugger.select_array("dcdHout")
    stand.settle()
    return stand


def steps_of(path: Path, text: str) -> list[int]:
    """Steps whose statement begins with a text."""
    from rnn.recorder import Recording

    recording = Recording(path)
    found = [step for step in range(len(recording)) if recording.step(step).statement.text.startswith(text)]
    recording.close()
    return found


def row(stand: Stand, path: str) -> int:
    place: int = stand.pane.table.model_.place(path)
    assert place >= 0, f"{path} has no row"
    return place


def go(stand: Stand, step: int) -> None:
    stand.debugger.go_to(step)
    stand.settle()


def select(stand: Stand, path: str, element: tuple[int, ...] | None = None) -> None:
    stand.debugger.select_array(path, element)
    stand.settle()


def field(stand: Stand, name: str) -> str:
    return str(stand.pane.detail.cell._fields[name].text())


def words(stand: Stand) -> str:
    return str(stand.pane.detail._words.text())


# The table


def test_without_a_recording_it_says_what_to_do(stand: Stand) -> None:
    assert stand.pane._empty.isVisible() and "Record the case with" in stand.pane._empty.text()


def test_a_step_redraws_only_the_rows_that_are_others(kinds: Stand, kinds_file: Path) -> None:
    model, told, moved = kinds.pane.table.model_, [], []
    model.dataChanged.connect(lambda first, last: told.extend(range(first.row(), last.row() + 1)))
    for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
        signal.connect(lambda *_: moved.append(True))
    go(kinds, kinds.step - 1)  # row[t % 6] = -t: that row is written, and the number is not any more
    assert {model.paths[number] for number in told} == {"row", "number"}
    assert moved == []


def test_rows_of_the_step_are_bold_and_counted(kinds: Stand) -> None:
    model = kinds.pane.table.model_
    bold = [path for n, path in enumerate(model.paths) if model.index(n, NAME).data(Qt.ItemDataRole.FontRole).bold()]
    assert bold == ["number"]
    assert cells(kinds.pane.table, CHANGED)[row(kinds, "number")] == "1"


def test_a_click_on_the_triangle_opens_and_enter_closes(kinds: Stand) -> None:
    table = kinds.pane.table
    assert model_paths(kinds, "full[") == []
    place = table.visualRect(table.model_.index(row(kinds, "full"), NAME))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.left() + 10, place.center().y()))
    kinds.settle()
    assert len(model_paths(kinds, "full[")) > 100 and kinds.debugger.path == ""
    select(kinds, "full")
    press(table, Qt.Key.Key_Return)
    kinds.settle()
    assert model_paths(kinds, "full[") == []


def model_paths(stand: Stand, start: str) -> list[str]:
    return [path for path in stand.pane.table.model_.paths if path.startswith(start)]


def test_selection_and_scroll_stay_with_their_paths(kinds: Stand) -> None:
    """Rows that come in above move neither the selected row nor what is seen."""
    kinds.debugger.toggle_expanded("full")
    select(kinds, "full[990]")
    table = kinds.pane.table
    seen = table.model_.paths[table.rowAt(0)], table.rowViewportPosition(table.rowAt(0))
    rows = len(table.model_.rows)
    kinds.debugger.toggle_expanded("made")
    kinds.settle()
    assert len(table.model_.rows) == rows - 3 and row(kinds, "made") < row(kinds, "full")
    assert (table.model_.paths[table.rowAt(0)], table.rowViewportPosition(table.rowAt(0))) == seen
    assert table.model_.paths[table.currentIndex().row()] == "full[990]"


def test_a_click_selects_and_the_selection_follows_the_debugger(kinds: Stand) -> None:
    click(kinds.pane.table, row(kinds, "row"), NAME)
    assert kinds.debugger.path == "row"
    select(kinds, "cube")
    assert kinds.pane.table.currentIndex().row() == row(kinds, "cube")


def test_a_nan_is_said(kinds: Stand) -> None:
    assert cells(kinds.pane.table, NORM)[row(kinds, "row")] == "NaN"


def test_what_jax_says_stands_in_a_column(question: Stand) -> None:
    texts = cells(question.pane.table, JAX)
    assert texts[row(question, "dcdHout")].startswith("\u2717 0.395") and "dh" in texts[row(question, "dcdHout")]
    assert texts[row(question, "dcdOin")].startswith("\u2713")


def test_jax_has_no_column_as_long_as_it_says_nothing(kinds: Stand) -> None:
    assert kinds.pane.table.isColumnHidden(JAX)


def test_lines_over_time_are_asked_for_as_far_as_they_are_seen(kinds: Stand) -> None:
    sparks = kinds.pane.table.sparks
    assert sparks.line("cube") is not None and sparks.line("full[500]") is None
    steps, norms = sparks.line("number")
    assert len(steps) == len(norms) and np.nanmax(norms) == 3.5 + 5 * 1.5
    assert sparks.mark("cube", 60) is not None


# The menu


def test_the_menu_says_what_an_array_stands_for_and_takes_another(question: Stand) -> None:
    found = question.pane.table.row_of("dcdHout")
    menu = array_menu(found, question.state, question.pane.show_pictures, question.pane)
    entries = {one.text(): one for one in menu.actions()}
    choices = {one.text().partition(",")[0]: one for one in entries["Stands for"].menu().actions()}
    assert [text for text, one in choices.items() if one.isChecked()] == ["dh"] and "% sure" in choices["dh"].text()
    choices["da"].trigger()
    assert question.state._runs._engine.asked[-1][3]["match"] == ("dcdHout", "da")
    wanted: list[str] = []
    question.pane.pictures_wanted.connect(wanted.append)
    entries["Show the pictures of dh"].trigger()
    entries["Stop when it changes"].trigger()
    entries["Copy name"].trigger()
    assert wanted == ["dh"]
    assert [one.text for one in question.debugger.stops.breakpoints] == ["changed dcdHout"]
    assert QGuiApplication.clipboard().text() == "dcdHout"


# The detail


def test_words_and_digits_of_the_picked_cell(question: Stand) -> None:
    assert "dcdHout (5x4) float64, step 41" in words(question) and "differs from dh" in words(question)
    select(question, "dcdHout", (0, 1))
    detail = question.debugger.detail
    assert detail is not None and detail.value is not None and detail.reference is not None
    assert field(question, "now") == repr(detail.value[0, 1].item())
    assert field(question, "JAX") == repr(float(detail.reference.value[0, 1]))
    assert float(field(question, "diff")) == detail.value[0, 1] - detail.reference.value[0, 1]


def test_modes_show_other_numbers_and_buttons_follow(question: Stand) -> None:
    pane, detail = question.pane, question.debugger.detail
    QTest.mouseClick(pane.detail.controls.modes.button(3), Qt.MouseButton.LeftButton)
    assert question.debugger.mode == "difference"
    assert np.array_equal(pane.detail.shown.numbers, detail.value - detail.reference.value)
    assert pane.detail.controls.measure.isVisible()
    question.debugger.set_metric("absolute")
    assert (pane.detail.shown.numbers >= 0).all()
    question.debugger.set_mode("change")
    assert pane.detail.controls.modes.checkedId() == 1
    assert not pane.detail.shown.numbers.any()


@pytest.fixture
def summing(stand: Stand, tmp_path: Path) -> Stand:
    """After `dWhh += ...` of a character model, with what JAX says of the sum and of what was added."""
    from inspector.cli import main

    case = Path(__file__).parents[3] / "rnn" / "blame" / "corpus" / "minchar.py"
    assert main(["record", str(case), "-o", str(tmp_path / "sum.rec")]) == 0
    save_right(str(tmp_path / "sum.rec"), tmp_path / "sum.beside")
    stand.open(tmp_path / "sum.rec", step=steps_of(tmp_path / "sum.rec", "dWhh +=")[2])
    stand.debugger.take_beside(str(tmp_path / "sum.beside"))
    stand.settle()
    select(stand, "dWhh")
    return stand


def test_what_a_step_added_to_a_sum_stands_beside_what_it_should_have_added(summing: Stand) -> None:
    detail, controls = summing.debugger.detail, summing.pane.detail.controls
    assert detail is not None and detail.increment is not None and controls.sums.isVisible()
    press(controls.sums, Qt.Key.Key_Down)
    shown = summing.pane.detail.shown
    assert np.array_equal(shown.numbers, detail.increment[1]) and not np.array_equal(shown.numbers, detail.value)
    summing.debugger.set_mode("reference")
    assert np.array_equal(summing.pane.detail.shown.numbers, detail.increment[2])
    summing.debugger.set_mode("difference")
    assert summing.pane.detail.picture.view.layer.badge in ("only rounding", "bit-identical")


def test_value_and_jax_share_their_range(question: Stand) -> None:
    view, bounds = question.pane.detail.picture.view, []
    for mode in ("value", "reference"):
        question.debugger.set_mode(mode)
        bounds.append(view.layer.levels.bound)
    detail = question.debugger.detail
    assert bounds == [max(abs(detail.value).max(), abs(detail.reference.value).max())] * 2


def test_a_click_on_the_picture_picks_in_the_arrays_own_axes(kinds: Stand) -> None:
    select(kinds, "cube")
    view = kinds.pane.detail.picture.view
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_rect(9, 2).center().toPoint())
    assert kinds.debugger.element == (2, 1, 2)
    kinds.pane.detail.controls.held.setValue(2)
    assert view.layer.values.shape == (4, 5)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert kinds.debugger.element == (2, 2, 2)


def test_plain_arrows_on_the_picture_are_left_to_stepping(kinds: Stand) -> None:
    select(kinds, "cube", (2, 1, 2))
    QTest.keyClick(kinds.pane.detail.picture.view, Qt.Key.Key_Down)
    assert kinds.debugger.element == (2, 1, 2)


def test_changed_cells_are_outlined(kinds: Stand) -> None:
    go(kinds, kinds.step - 1)  # row[3] = -3
    select(kinds, "row")
    drawn = kinds.pane.detail.picture._drawn
    assert drawn.changed == 1
    assert sorted(drawn.edges.tolist()) == [
        [2.5, -0.5, 2.5, 0.5],
        [2.5, -0.5, 3.5, -0.5],
        [2.5, 0.5, 3.5, 0.5],
        [3.5, -0.5, 3.5, 0.5],
    ]


def test_numbers_are_bold_where_changed_and_marked_where_wrong(question: Stand) -> None:
    question.pane.toggle_numbers()
    table = question.pane.detail.numbers
    assert table.isVisible() and not question.pane.detail.picture.isVisible()
    index = table.model().index(0, 1)
    assert index.data() == "\u2717 " + repr(question.debugger.detail.value[0, 1].item())
    assert not str(table.model().index(4, 0).data()).startswith("\u2717")
    table.setFocus()
    table.setCurrentIndex(index)
    press(table, Qt.Key.Key_Down)
    assert question.debugger.element == (1, 1)


def test_a_number_without_axes_is_written_out(kinds: Stand) -> None:
    select(kinds, "number")
    assert kinds.pane.detail.picture._words.text() == "9.5"
    assert field(kinds, "now") == "9.5" and field(kinds, "before") == "8.0"


def test_large_arrays_are_prepared_in_a_thread_and_the_newest_is_drawn(stand: Stand, tmp_path: Path) -> None:
    def large() -> Any:
        a = np.zeros((300, 300))
        a[7, 9] = 5.0
        return a

    record(large, path=tmp_path / "large.rec")
    stand.open(tmp_path / "large.rec", step=2)
    select(stand, "a")
    view = stand.pane.detail.picture.view
    stand.wait(lambda: view.layer is not None and view.layer.levels.bound == 5.0)
    assert view.layer.values[7, 9] == 5.0 and len(view.layer.pyramid) > 1


def test_a_pinned_cell_stays_in_sight(kinds: Stand) -> None:
    select(kinds, "number")
    kinds.pane.pin()
    go(kinds, steps_of_open(kinds, "number += 1.5")[4])
    line = kinds.pane.detail.cell._pin_line
    assert line.isVisible() and "now 11.0" in line.text() and "before 9.5" in line.text()
    select(kinds, "row")
    assert line.isVisible() and line.text().startswith("at step")
    kinds.pane.detail.cell._unpin.click()
    assert not line.isVisible()


def steps_of_open(stand: Stand, text: str) -> list[int]:
    recording = stand.debugger.recording
    return [step for step in range(len(recording)) if recording.step(step).statement.text.startswith(text)]


def test_a_container_says_what_to_do(kinds: Stand) -> None:
    select(kinds, "full")
    assert "open it with Enter" in kinds.pane.detail.picture._words.text()


def test_without_a_reference_it_says_why(kinds: Stand) -> None:
    select(kinds, "cube")
    kinds.debugger.set_mode("difference")
    assert "JAX was not asked" in kinds.pane.detail.picture._words.text()


# What if


def edit(stand: Stand, text: str) -> str:
    """Type a value into the dialog; returns what it says is wrong."""
    stand.pane.edit_value()
    dialog = next(one for one in stand.pane.findChildren(QDialog) if one.isVisible())
    line = dialog.findChild(QLineEdit)
    line.setText(text)
    press(line, Qt.Key.Key_Return)
    return "" if not dialog.isVisible() else "refused"


def test_edited_values_are_collected_and_run(question: Stand) -> None:
    question.state.requests.recorded = Situation()
    select(question, "dcdHout", (3, 2))
    assert edit(question, "0.5") == ""
    select(question, "dcdHout", (0, 1))
    assert edit(question, "-1e-3") == ""
    button = question.button("Run with 2 edited values")
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    kind, *_, extra = question.state._runs._engine.asked[-1]
    assert (kind, extra["array"], extra["step"]) == ("what_if", "dcdHout", WRONG_STEP)
    assert extra["values"] == {"3,2": 0.5, "0,1": -1e-3}


def test_edits_wait_for_their_step(question: Stand) -> None:
    select(question, "dcdHout", (3, 2))
    edit(question, "0.5")
    go(question, WRONG_STEP + 1)
    assert not question.button("Run with 1").isVisible() and question.button("Forget").isVisible()
    go(question, WRONG_STEP)
    assert question.button("Run with 1").isVisible()
    QTest.mouseClick(question.button("Forget"), Qt.MouseButton.LeftButton)
    assert not question.button("Forget").isVisible()


def test_what_is_no_number_is_refused(question: Stand) -> None:
    select(question, "dcdHout", (3, 2))
    assert edit(question, "nan") == "refused"


def test_the_answer_is_shown_and_its_run_can_be_opened(question: Stand) -> None:
    wanted: list[str] = []
    question.pane.second_run_wanted.connect(wanted.append)
    found = WhatIf("dcdHout", 41, "dW_hh becomes right", "JAX's dh", ("dW_hh",), ("dW_xh",), (), (), "/tmp/second.rec")
    question.debugger.take_what_if(found)
    strip = question.pane.detail.strip
    assert "dW_hh becomes right" in strip._sentence.text()
    assert strip._names["inherited"].text() == "Right now: dW_hh" and not strip._names["broken"].isVisibleTo(strip)
    strip.open_second.click()
    assert wanted == ["/tmp/second.rec"]
    strip.close_answer.click()
    assert not strip._answer.isVisible()


@pytest.mark.parametrize(("width", "both"), [(380, False), (900, True)])
def test_it_fits(question: Stand, width: int, both: bool) -> None:
    """Nothing asks for more than the width; where there is room, picture and numbers stand side by side."""
    question.pane.resize(width, 660)
    question.application.processEvents()
    detail = question.pane.detail
    assert question.pane.minimumSizeHint().width() <= 380
    assert (detail.picture.isVisible() and detail.numbers.isVisible()) == both
    assert not question.pane.table.horizontalScrollBar().isVisible()


def test_numbers_of_an_array_are_copied_with_all_digits(stand: Stand, question_recording: str) -> None:
    stand.open(question_recording, step=WRONG_STEP)
    stand.debugger.select_array("dcdHout")
    stand.wait(lambda: stand.pane.detail.shown is not None and stand.pane.detail.shown.detail.path == "dcdHout")
    array = stand.debugger.detail.value
    stand.pane.copy()
    head, *rows = QGuiApplication.clipboard().text().splitlines()
    assert head == f"dcdHout, value, step {WRONG_STEP}"
    assert np.array_equal([[float(part) for part in row.split("\t")] for row in rows], array)

    stand.pane.detail.controls.tabs.setCurrentIndex(1)
    numbers = stand.pane.detail.numbers
    stand.wait(numbers.isVisible)
    numbers.setFocus()
    marks = numbers.selectionModel()
    corners = QItemSelection(numbers.model().index(1, 1), numbers.model().index(3, 2))
    marks.select(corners, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    stand.pane.copy()
    head, *rows = QGuiApplication.clipboard().text().splitlines()
    assert head.endswith("rows 1 to 3, columns 1 to 2")
    assert np.array_equal([[float(part) for part in row.split("\t")] for row in rows], array[1:4, 1:3])


def test_without_numbers_nothing_is_copied(stand: Stand, question_recording: str) -> None:
    QGuiApplication.clipboard().setText("before")
    stand.open(question_recording, step=WRONG_STEP)
    stand.debugger.select_array("dcdHout")
    stand.debugger.set_mode("reference")
    stand.wait(lambda: stand.pane.detail.shown is not None and stand.pane.detail.shown.looks.mode == "reference")
    stand.pane.copy()
    assert QGuiApplication.clipboard().text() == "before"
    assert "Select an array" in stand.state.remark
