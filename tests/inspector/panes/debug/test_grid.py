"""Steps: what stands out is seen however narrow its column is, and a click goes there."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inspector.panes.debug.axis import Axis
from inspector.panes.debug.grid import GridPane
from inspector.panes.debug.grid_cells import LEVELS, NOT_FINITE, PLAIN, RIGHT, WRONG, Cells, codes_of
from inspector.panes.debug.grid_image import cells_image, right_shade, wrong_shade
from inspector.panes.debug.grid_words import words_of
from inspector.theme import current
from tests.inspector.panes.debug import programs

if TYPE_CHECKING:
    from conftest import Stage

LEFT = Qt.MouseButton.LeftButton


def overview_of(worst: Any, not_finite: Any = None) -> Any:
    """Enough of an overview for `Cells`: everything was executed once."""
    worst = np.asarray(worst, np.float32)
    none = np.zeros(worst.shape, bool)
    return SimpleNamespace(
        counts=np.ones(worst.shape, np.int32), worst=worst, not_finite=none if not_finite is None else not_finite
    )


def axis(count: int, length: float, most: float = 44.0) -> Axis:
    found = Axis(most, 120.0)
    found.resize(count, length)
    return found


def place(pane: Any, step: int) -> QPoint:
    """Pixel in the middle of a step's cell."""
    folded, frame = pane.state.debugger.overview.folded, pane.canvas.frame
    x, y = frame.x(folded.column[step] + 0.5), frame.y(folded.row[step] + 0.5)
    return QPoint(int(x), int(y))


def test_codes_tell_what_is_known_of_a_cell() -> None:
    overview = overview_of([[np.nan, 0, 1e-12, 1e-6, 5, np.inf]], np.array([[0, 0, 0, 0, 0, 1]], bool))
    overview.counts[0, 0] = 0
    codes = codes_of(overview)[0].tolist()
    assert codes[:3] == [0, RIGHT, WRONG]
    assert WRONG < codes[3] < codes[4] == WRONG + LEVELS - 1
    assert codes[5] == (WRONG + LEVELS - 1) | NOT_FINITE
    overview.counts[0, 0] = 1
    assert codes_of(overview)[0, 0] == PLAIN


@pytest.mark.parametrize("column", [0, 1, 4321, 66_666, 99_998, 99_999])
@pytest.mark.parametrize("zoom", [1.0, 3.7])
def test_the_one_cell_that_stands_out_is_seen(column: int, zoom: float) -> None:
    worst, not_finite = np.zeros((3, 100_000), np.float32), np.zeros((3, 100_000), bool)
    worst[1, column], not_finite[2, column] = 1.0, True
    cells, rows, columns = Cells(overview_of(worst, not_finite)), axis(3, 30), axis(100_000, 700)
    columns.zoom_by(zoom, 350)
    columns.bring(column)
    codes = cells.pixels(rows.edges(1.0), columns.edges(1.0))
    assert codes.shape == (30, 700)
    low = codes & (NOT_FINITE - 1)
    assert 1 <= (low[15] == WRONG + LEVELS - 1).sum() <= 2
    assert 1 <= (codes[25] >= NOT_FINITE).sum() <= 2
    assert (codes[5] == RIGHT).all()
    shown = int(np.flatnonzero(low[15] > RIGHT)[0])
    assert abs(shown - columns.place(column)) <= 2
    assert cells.to_show((1, 2), columns.span(shown) or (0, 0)) == (1, column)


def test_rows_lower_than_a_pixel_are_pooled() -> None:
    worst = np.zeros((1000, 4), np.float32)
    worst[617, 2] = 1e-3
    codes = Cells(overview_of(worst)).pixels(axis(1000, 90).edges(1.0), axis(4, 40).edges(1.0))
    assert codes.shape == (90, 40)
    found = np.argwhere(codes > RIGHT)
    assert set(found[:, 0].tolist()) == {617 * 90 // 1000} and set(found[:, 1].tolist()) == set(range(20, 30))


def test_what_is_outside_of_loops_keeps_a_width_in_sight() -> None:
    columns = Axis(44.0, 120.0)
    columns.resize(10_000, 600, np.array([0, 5000, 9999]))
    assert [columns.size(one) >= 11.99 for one in (0, 5000, 9999)] == [True] * 3
    assert columns.place(10_000) == pytest.approx(600)
    assert columns.cell(columns.place(7000.25)) == pytest.approx(7000.25)
    before = columns.cell(200)
    columns.zoom_by(20, 200)
    assert columns.cell(200) == pytest.approx(before, abs=1e-6)


def test_a_nan_cell_that_is_pooled_hides_no_wrong_one_beside_it() -> None:
    worst, not_finite = np.full((1, 1000), np.nan), np.zeros((1, 1000), bool)
    not_finite[0, 500], worst[0, 501] = True, 1.0
    codes = Cells(overview_of(worst, not_finite)).pixels(np.array([0, 1]), np.array([0, 400, 800, 1000]))
    assert codes[0].tolist() == [PLAIN, (WRONG + LEVELS - 1) | NOT_FINITE, PLAIN]


def test_colours_are_those_of_the_cells(stage: Stage) -> None:
    worst = np.zeros((1, 3), np.float32)
    worst[0, 1] = 1.0
    image = cells_image(Cells(overview_of(worst)), axis(1, 40, 40), axis(3, 120, 40), 1.0, current())
    picture = [QColor(image.pixel(x, 3)).name() for x in (20, 50, 100)]
    assert picture == [right_shade(current()), wrong_shade(current(), LEVELS - 1), right_shade(current())]


def test_a_click_goes_to_the_first_step_of_its_cell(stage: Stage) -> None:
    pane = stage.show(GridPane, 900, 400)
    stage.record(programs.both)
    for step in (stage.steps("h = h * 0.5")[2], stage.steps("total = total")[-1]):
        QTest.mouseClick(pane.canvas, LEFT, pos=place(pane, step))
        assert stage.debugger.here is not None and stage.debugger.here.step == step
    assert stage.debugger.visits.steps[-1] == step


def test_a_click_where_nothing_was_executed_goes_to_the_nearest_line_of_that_iteration(stage: Stage) -> None:
    pane = stage.show(GridPane, 900, 400)
    stage.record(programs.both)
    first = stage.steps("h = h * 0.5")[0]
    there = QPoint(place(pane, first).x(), place(pane, stage.steps("total = total")[0]).y())
    QTest.mouseClick(pane.canvas, LEFT, pos=there)
    assert stage.debugger.here is not None and stage.debugger.here.t == 0
    assert stage.debugger.here.text.startswith("hs.append")
    assert "was not executed here" in words_of(pane.canvas.cells, pane.canvas.frame, QPointF(there))


def test_a_drag_runs_through_time_and_leaves_no_visits(stage: Stage) -> None:
    pane = stage.show(GridPane, 900, 400)
    stage.record(programs.both)
    steps = stage.steps("h = h * 0.5")
    QTest.mousePress(pane.canvas, LEFT, pos=place(pane, steps[0]))
    visits = list(stage.debugger.visits.steps)
    for step in steps[1:5]:
        QTest.mouseMove(pane.canvas, place(pane, step))
    stage.bench.wait(lambda: stage.debugger.here is not None and stage.debugger.here.step == steps[4])
    QTest.mouseRelease(pane.canvas, LEFT, pos=place(pane, steps[4]))
    assert stage.debugger.visits.steps == visits


def test_stepping_keeps_the_present_column_in_sight(stage: Stage) -> None:
    pane = stage.show(GridPane, 700, 300)
    stage.record(programs.long)
    stage.debugger.go_to(0)
    for _ in range(12):
        pane.zoom_in()
    columns = pane.canvas.frame.columns
    step = stage.steps("hs.append(h)")[3000]
    stage.debugger.go_to(step)
    column = stage.debugger.overview.folded.column[step]  # type: ignore[union-attr]
    assert columns.sight[0] <= column and column + 1 <= columns.sight[1] < 3500
    pane.fit()
    assert columns.sight == (0, columns.count)


def test_a_step_paints_only_the_cursor(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    pane = stage.show(GridPane, 700, 300)
    stage.record(programs.both)
    QApplication.processEvents()
    before = pane.canvas._base
    first = pane.canvas.grab().toImage()
    stage.debugger.walk("over", 1)
    QApplication.processEvents()
    assert pane.canvas._base is before
    assert pane.canvas.grab().toImage() != first


def test_the_wheel_zooms_at_the_mouse_and_ctrl_makes_rows_higher(stage: Stage) -> None:
    pane = stage.show(GridPane, 700, 300)
    stage.record(programs.long)
    frame, at = pane.canvas.frame, QPointF(500, 100)

    def turn(keys: Qt.KeyboardModifier) -> None:
        nothing = QPoint()
        button, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, at, nothing, QPoint(0, 240), button, keys, phase, False)
        QApplication.sendEvent(pane.canvas, event)

    under = frame.columns.cell(at.x() - frame.left)
    turn(Qt.KeyboardModifier.NoModifier)
    assert frame.columns.zoom > 1.5 and frame.rows.zoom == 1
    assert frame.columns.cell(at.x() - frame.left) == pytest.approx(under)
    assert not pane._bars[0].isHidden()
    turn(Qt.KeyboardModifier.ControlModifier)
    assert frame.rows.zoom > 1.5
    QTest.mouseDClick(pane.canvas, LEFT, pos=QPoint(500, 100))
    assert (frame.columns.zoom, frame.rows.zoom) == (1, 1) and pane._bars[0].isHidden()


def test_what_stops_is_marked(stage: Stage) -> None:
    pane = stage.show(GridPane, 900, 400)
    stage.record(programs.both)
    steps = stage.steps("for t in range(T)")
    stage.debugger.stops.add("t == 2")
    stage.bench.wait(stage.debugger.stops.is_known)
    folded, rows = stage.debugger.overview.folded, pane.canvas.cells.rows  # type: ignore[union-attr]
    hits = pane.canvas._hits.tolist()
    assert folded.column[steps[2]] * rows + folded.row[steps[2]] in hits
    assert folded.column[steps[1]] * rows + folded.row[steps[1]] not in hits


def test_a_nan_is_told_in_the_tooltip_and_hatched(stage: Stage) -> None:
    pane = stage.show(GridPane, 900, 400)
    stage.record(programs.both)
    (step,) = stage.steps("h = h * np.nan")
    stage.debugger.go_to(0)
    at = place(pane, step)
    text = words_of(pane.canvas.cells, pane.canvas.frame, QPointF(at))
    assert "a NaN or an infinity appeared" in text and "t = 3" in text and "executed once" in text
    image: QImage = pane.canvas.grab().toImage()
    row = {QColor(image.pixel(at.x() + x, at.y())).name() for x in range(-8, 9)}
    assert current().text in row


def test_keys_of_the_window_are_left_alone(stage: Stage) -> None:
    pane = stage.show(GridPane, 700, 300)
    stage.record(programs.long)
    seen: list[int] = []
    pane.parentWidget().keyPressEvent = lambda event: seen.append(event.key())
    for key in (Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_D, Qt.Key.Key_F10):
        QTest.keyClick(pane.canvas, key)
    assert seen == [Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_D, Qt.Key.Key_F10]
    QTest.keyClick(pane.canvas, Qt.Key.Key_Plus)
    assert pane.canvas.frame.columns.zoom > 1
    assert len(seen) == 4


def test_it_says_what_to_do_and_survives_closing(stage: Stage) -> None:
    pane = stage.show(GridPane, 300, 130)
    assert "No recording is open" in pane.canvas.message
    stage.record(programs.both)
    assert pane.canvas.cells is not None
    assert "JAX" in pane._legend._remark
    stage.debugger.close_recording()
    pane.grab()
    assert pane.canvas.cells is None and "No recording is open" in pane.canvas.message


def test_a_longer_recording_keeps_the_part_in_sight(stage: Stage) -> None:
    pane = stage.show(GridPane, 700, 300)
    stage.record(programs.long)
    for _ in range(6):
        pane.zoom_in()
    zoom = pane.canvas.frame.columns.zoom
    stage.debugger.overview = replace(stage.debugger.overview)  # type: ignore[type-var]
    stage.debugger.opened_changed.emit()
    assert pane.canvas.cells.overview is stage.debugger.overview
    assert pane.canvas.frame.columns.zoom == zoom > 1
