"""What is drawn over a heatmap: axes, rings, marks of NaN and infinity, badges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from inspector.picture.ticks import count_ticks
from inspector.theme import current

if TYPE_CHECKING:
    from inspector.panes.heatmap.layer import Layer
    from inspector.panes.heatmap.matrix_view import MatrixView

MARK_FROM_PX = 7.0
"""Smallest cell in which a mark can be told from its neighbours."""

MOST_MARKS = 4000
NAN_BACK, NAN_MARK = QColor("#101010"), QColor("#ff40ff")
TICK_PX = 34


def draw_axes(painter: QPainter, view: MatrixView) -> None:
    """Whole numbers at cell centres, rows on the left, columns below; and a frame."""
    theme, area = current(), view.area
    painter.setPen(QColor(theme.line))
    painter.drawRect(area.adjusted(-1, -1, 0, 0))
    painter.setPen(QColor(theme.faint))
    assert view.layer is not None
    rows, columns = view.layer.values.shape
    low, high = view.to_cells(QPointF(area.topLeft())), view.to_cells(QPointF(area.bottomRight()))
    for column in count_ticks(max(low.x(), 0), min(high.x(), columns - 1), max(2, area.width() // TICK_PX)):
        x = round(view.to_pixels(column, 0).x())
        painter.drawLine(x, area.bottom() + 1, x, area.bottom() + 4)
        painter.drawText(QRect(x - 30, area.bottom() + 4, 60, 15), int(Qt.AlignmentFlag.AlignHCenter), str(column))
    for row in count_ticks(max(low.y(), 0), min(high.y(), rows - 1), max(2, area.height() // TICK_PX)):
        y = round(view.to_pixels(0, row).y())
        painter.drawLine(area.left() - 4, y, area.left() - 1, y)
        where = QRect(0, y - 8, area.left() - 6, 16)
        painter.drawText(where, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(row))


def draw_cell(painter: QPainter, rect: QRectF, colour: str, width: int) -> None:
    """A ring around a cell, never smaller than can be seen, on a dark and a light line so that it shows on any colour."""
    grow = max(0.0, (9 - min(rect.width(), rect.height())) / 2)
    ring = rect.adjusted(-grow, -grow, grow, grow)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(current().base), width + 2))
    painter.drawRect(ring)
    painter.setPen(QPen(QColor(colour), width))
    painter.drawRect(ring)


def draw_row(painter: QPainter, view: MatrixView, row: int) -> None:
    """Two lines around the row of the t cursor."""
    pen = QPen(QColor(current().mark), 1, Qt.PenStyle.DashLine)
    painter.setPen(pen)
    for edge in (row - 0.5, row + 0.5):
        y = round(view.to_pixels(0, edge).y())
        painter.drawLine(view.area.left(), y, view.area.right(), y)


def draw_region(painter: QPainter, view: MatrixView, region: tuple[int, int, int, int]) -> None:
    """A dashed frame around a marked rectangle of cells."""
    first, last = view.cell_rect(region[0], region[1]), view.cell_rect(region[2], region[3])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, style in ((current().base, Qt.PenStyle.SolidLine), (current().mark, Qt.PenStyle.DashLine)):
        painter.setPen(QPen(QColor(colour), 2, style))
        painter.drawRect(first.united(last))


def draw_split(painter: QPainter, area: QRect, x: int) -> None:
    """The line between two layers, with a grip in its middle and the names of both sides."""
    theme = current()
    painter.setPen(QPen(QColor(theme.base), 4))
    painter.drawLine(x, area.top(), x, area.bottom())
    painter.setPen(QPen(QColor(theme.accent), 2))
    painter.drawLine(x, area.top(), x, area.bottom())
    painter.setBrush(QColor(theme.accent))
    painter.drawRoundedRect(QRect(x - 4, area.center().y() - 14, 8, 28), 4, 4)


GATE_FROM_PX = 22
"""Smallest width of a block in which its letter is drawn."""


def draw_gates(painter: QPainter, view: MatrixView, gates: tuple[str, ...]) -> None:
    """Lines between the gates' blocks of columns, and their letters below the picture, or at its lower edge."""
    if not gates or view.layer is None:
        return
    theme, rows = current(), view.layer.values.shape[0]
    width = view.layer.values.shape[1] / len(gates)
    top, bottom = (round(view.to_pixels(0, edge).y()) for edge in (-0.5, rows - 0.5))
    edges = [view.to_pixels(k * width - 0.5, 0).x() for k in range(len(gates) + 1)]
    for x in edges[1:-1]:
        for colour, style in ((theme.base, Qt.PenStyle.SolidLine), (theme.text, Qt.PenStyle.DotLine)):
            painter.setPen(QPen(QColor(colour), 1, style))
            painter.drawLine(round(x), top, round(x), bottom)
    if edges[1] - edges[0] < GATE_FROM_PX:
        return
    # Below a flat matrix there is room, where the letters hide no cell.
    y = bottom + 4 if bottom + 20 <= view.area.bottom() else min(bottom, view.area.bottom()) - 20
    for letter, left, right in zip(gates, edges, edges[1:], strict=False):
        box = QRect(round((left + right) / 2) - 9, y, 18, 16)
        painter.setPen(QColor(theme.line))
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(theme.text))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), letter)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_badge(painter: QPainter, view: MatrixView, text: str) -> None:
    """Words in the upper right corner of the picture."""
    if not text:
        return
    theme = current()
    width = painter.fontMetrics().horizontalAdvance(text) + 14
    area = view.area
    width = min(width, area.width())
    box = QRect(area.right() - width, area.top() + 4, width - 3, 20)
    painter.setPen(QColor(theme.line))
    painter.setBrush(QColor(theme.raised))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(theme.text))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def draw_non_finite(painter: QPainter, view: MatrixView, layer: Layer) -> None:
    """A cross in every NaN, an arrow in every infinity, where cells are large enough; else their colour alone marks them."""
    values = layer.values
    size = view.cell_rect(0, 0)
    if min(size.width(), size.height()) < MARK_FROM_PX:
        return
    low, high = view.to_cells(QPointF(view.area.topLeft())), view.to_cells(QPointF(view.area.bottomRight()))
    rows = slice(max(int(low.y()), 0), int(high.y()) + 2)
    columns = slice(max(int(low.x()), 0), int(high.x()) + 2)
    part = values[rows, columns]
    for row, column in np.argwhere(~np.isfinite(part))[:MOST_MARKS]:
        rect = view.cell_rect(rows.start + int(row), columns.start + int(column))
        value = part[row, column]
        if np.isnan(value):
            painter.fillRect(rect, NAN_BACK)
            painter.setPen(QPen(NAN_MARK, 2))
            inner = rect.adjusted(2, 2, -2, -2)
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.topRight(), inner.bottomLeft())
        else:
            painter.setPen(QPen(QColor("#ffe600"), 2))
            middle, up = rect.center(), -1 if value > 0 else 1
            tip = QPointF(middle.x(), middle.y() + up * rect.height() * 0.3)
            side = rect.width() * 0.25
            painter.drawLine(QPointF(middle.x(), middle.y() - up * rect.height() * 0.3), tip)
            painter.drawLine(tip, tip + QPointF(-side, -up * side))
            painter.drawLine(tip, tip + QPointF(side, -up * side))
