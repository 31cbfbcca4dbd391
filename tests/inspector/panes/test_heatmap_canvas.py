"""The canvas: cells where they belong, panes that stay linked, colours that reach the screen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from inspector.panes.heatmap.prepare import Order, Wish, layers_of, prepare
from inspector.panes.heatmap.triptych import Triptych
from inspector.picture.colours import LIGHT, NEUTRAL
from inspector.records import ViewState
from rnn.arrays import AnyArray


def _shown(qtbot: QtBot, hand: AnyArray, reference: AnyArray, floor: float = 1e-16) -> Triptych:
    canvas = Triptych(None)
    qtbot.addWidget(canvas)
    canvas.resize(900, 400)
    canvas.show()
    prepared = prepare(Order(1, hand, reference, Wish("difference", False, 0.0, 0.0), floor))
    canvas.show_layers(layers_of(prepared, ViewState()), "red-blue", LIGHT)
    qtbot.waitExposed(canvas)
    canvas.fit()
    return canvas


def _colour(canvas: Triptych, pane: int, row: int, column: int) -> tuple[int, int, int]:
    view = canvas.views[pane]
    point = view.to_pixels(column, row).toPoint()
    ratio = view.grab().devicePixelRatio()
    colour = view.grab().toImage().pixelColor(QPoint(int(point.x() * ratio), int(point.y() * ratio)))
    return colour.red(), colour.green(), colour.blue()


def test_row_0_is_on_top_and_column_0_left(qtbot: QtBot) -> None:
    hand = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
    canvas = _shown(qtbot, hand, np.zeros((2, 3)))
    red, neutral, blue = (_colour(canvas, 0, *cell) for cell in ((0, 0), (0, 1), (1, 2)))
    assert red[0] > 80 and red[2] < 60
    assert neutral == NEUTRAL[LIGHT]
    assert blue[2] > 80 and blue[0] < 60


def test_an_equal_difference_is_neutral_not_extreme(qtbot: QtBot) -> None:
    hand = np.random.default_rng(0).normal(size=(4, 4))
    canvas = _shown(qtbot, hand, hand)
    assert _colour(canvas, 2, 3, 0) == NEUTRAL[LIGHT]
    layer = canvas.views[2].layer
    assert layer is not None and layer.badge == "bit-identical"


def test_a_click_picks_the_cell_under_it(qtbot: QtBot) -> None:
    canvas = _shown(qtbot, np.eye(6), np.zeros((6, 6)))
    for pane, row, column in ((0, 0, 5), (1, 3, 2), (2, 5, 0)):
        view = canvas.views[pane]
        with qtbot.waitSignal(canvas.picked) as picked:
            qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.to_pixels(column, row).toPoint())
        assert picked.args == [row, column]


def test_panes_stay_linked_through_zoom_and_resize(qtbot: QtBot) -> None:
    """All panes show the same cells after 30 resizes and zooms, and a fitted view stays fitted."""
    canvas = _shown(qtbot, np.eye(50), np.zeros((50, 50)))
    for step in range(30):
        canvas.resize(700 + 10 * step, 300 + 7 * step)
    fitted = canvas.model.per_x
    canvas.fit()
    assert canvas.model.per_x == pytest.approx(fitted)
    canvas.model.zoom(0.3, 10.0, 20.0)
    corners = [view.to_cells(QPointF(view.area.center())) for view in canvas.views]
    assert all((corner - corners[0]).manhattanLength() < 1.0 for corner in corners)


def test_a_fitted_matrix_is_whole_in_every_pane(qtbot: QtBot) -> None:
    """Also in panes that are not of one size."""
    canvas = _shown(qtbot, np.eye(7), np.zeros((7, 7)))
    canvas.bars[0].setFixedWidth(200)
    canvas.views[0].setFixedWidth(150)
    qtbot.waitUntil(lambda: canvas.views[0].width() == 150)
    for view in canvas.views:
        assert view.area.contains(view.cell_rect(0, 0).toRect()) and view.area.contains(view.cell_rect(6, 6).toRect())


def test_zoom_keeps_the_point_under_the_cursor(qtbot: QtBot) -> None:
    canvas = _shown(qtbot, np.eye(40), np.zeros((40, 40)))
    view = canvas.views[1]
    before = view.to_pixels(30.0, 12.0)
    canvas.model.zoom(0.5, 30.0, 12.0)
    assert (view.to_pixels(30.0, 12.0) - before).manhattanLength() < 1e-6


def test_one_outlier_is_visible_when_zoomed_out(qtbot: QtBot) -> None:
    """In 2000 x 2000 zeros, at every one of many places."""
    for row, column in ((0, 0), (1999, 1999), (777, 1234), (1500, 3)):
        hand = np.zeros((2000, 2000))
        hand[row, column] = 1.0
        canvas = _shown(qtbot, hand, np.zeros((2000, 2000)))
        image = canvas.views[0].grab().toImage()
        area = canvas.views[0].area
        found = any(
            image.pixelColor(x, y).red() > 80 and image.pixelColor(x, y).blue() < 60
            for x in range(area.left(), area.right() + 1)
            for y in range(area.top(), area.bottom() + 1)
        )
        assert found, (row, column)


def test_every_control_is_named(qtbot: QtBot) -> None:
    canvas = _shown(qtbot, np.eye(3), np.eye(3))
    for widget in (*canvas.views, *canvas.bars):
        assert widget.accessibleName() and widget.accessibleDescription()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (5, 4), (1000, 3), (4000, 4000)])
def test_all_shapes_are_drawn(qtbot: QtBot, shape: tuple[int, int]) -> None:
    canvas = _shown(qtbot, np.ones(shape), np.zeros(shape))
    assert _colour(canvas, 0, shape[0] // 2, shape[1] // 2)[0] > 80
