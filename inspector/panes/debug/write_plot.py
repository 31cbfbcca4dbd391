"""The value of an element over its writes, as a curve; the present step is marked, a click goes to a write."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QToolTip, QWidget

from inspector.panes.debug.rows_view import ENTER
from inspector.picture.ticks import count_ticks, short
from inspector.picture.traces import thinned
from inspector.theme import current
from rnn.arrays import AnyArray

LEFT, RIGHT, TOP, BOTTOM = 62, 8, 8, 20
MARGIN = 8
"""Pixels between the largest value and the frame."""

DOTS = 60
"""Up to so many writes each has a dot."""

KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}


def heights_of(values: AnyArray) -> tuple[AnyArray, float, float]:
    """Heights from 0 to 1 of values (NaN for what is not finite), and the values at both ends."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return np.full(len(values), np.nan), math.nan, math.nan
    low, high = float(finite.min()), float(finite.max())
    with np.errstate(all="ignore"):
        span = high / 2 - low / 2  # halves: the distance of two large numbers is more than there is room for
        heights = (values / 2 - low / 2) / span if span > 0 else np.where(np.isfinite(values), 0.5, np.nan)
    return np.where(np.isfinite(values), heights, np.nan), low, high


class WritePlot(QWidget):
    """One curve.

    Signals:
        step_chosen: the step of the write that was clicked, or moved to with the arrow keys.
    """

    step_chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        """Empty until values are shown."""
        super().__init__(parent)
        self._steps: Any = np.zeros(0, np.int64)
        self._values: Any = np.zeros(0)
        self._heights: Any = np.zeros(0)
        self._low = self._high = math.nan
        self._step = -1
        self._curve: QPixmap | None = None
        self._drawn: tuple[Any, ...] = ()
        self.setAccessibleName("Value of the element over its writes")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumSize(160, 90)

    def sizeHint(self) -> QSize:
        """As wide as it is given."""
        return QSize(360, 160)

    def show_values(self, steps: AnyArray, values: AnyArray) -> None:
        """Draw other values, one a write."""
        self._steps, self._values = steps, values
        self._heights, self._low, self._high = heights_of(values)
        self._curve = None
        self._describe()
        self.update()

    def show_step(self, step: int) -> None:
        """Mark another step."""
        if step != self._step:
            self._step = step
            self._describe()
            self.update()

    def _describe(self) -> None:
        row = self.row
        self.setAccessibleDescription(self.words(row) if row >= 0 else "")

    @property
    def row(self) -> int:
        """The write whose value holds at the present step, -1 before the first."""
        return int(np.searchsorted(self._steps, self._step, "right")) - 1

    def words(self, row: int) -> str:
        """A write in words."""
        return (
            f"write {row + 1:,} of {len(self._steps):,}, step {int(self._steps[row]):,}: {float(self._values[row]):.6g}"
        )

    @property
    def _area(self) -> QRect:
        return self.rect().adjusted(LEFT, TOP, -RIGHT, -BOTTOM)

    def x_of(self, row: float) -> float:
        """Where a write stands; halves lie between two."""
        area = QRectF(self._area)
        return area.left() + (row + 0.5) / max(1, len(self._steps)) * area.width()

    def row_at(self, x: float) -> int:
        """The write at a pixel; the nearest one."""
        area, count = self._area, len(self._steps)
        return min(max(int((x - area.left()) / max(1, area.width()) * count), 0), count - 1)

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """The curve as it was drawn once, and the present step over it."""
        painter, theme = QPainter(self), current()
        drawn = self.size(), theme.name, self.devicePixelRatioF()
        if self._curve is None or drawn != self._drawn:
            self._drawn, self._curve = drawn, self._draw_curve()
        painter.drawPixmap(0, 0, self._curve)
        if len(self._steps) and self._step >= 0:
            row, area = self.row, self._area
            is_at = row >= 0 and int(self._steps[row]) == self._step
            x = min(max(self.x_of(row if is_at else row + 0.5), area.left()), area.right())
            painter.setPen(QPen(QColor(theme.mark), 1.5, Qt.PenStyle.SolidLine if is_at else Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            if is_at and np.isfinite(self._heights[row]):
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setBrush(QColor(theme.mark))
                painter.drawEllipse(self._point(row), 3.5, 3.5)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _point(self, row: int) -> QPointF:
        area = QRectF(self._area)
        return QPointF(self.x_of(row), area.bottom() - MARGIN - self._heights[row] * (area.height() - 2 * MARGIN))

    def _draw_curve(self) -> QPixmap:
        ratio, theme, area = self.devicePixelRatioF(), current(), self._area
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(QColor(theme.window))
        painter = QPainter(made)
        painter.setFont(self.font())
        painter.fillRect(area, QColor(theme.base))
        painter.setPen(QColor(theme.line))
        painter.drawRect(area)
        if len(self._steps):
            self._draw_scales(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw_line(painter)
            self._draw_not_finite(painter)
        painter.end()
        return made

    def _draw_scales(self, painter: QPainter) -> None:
        area, theme, count = self._area, current(), len(self._steps)
        painter.setPen(QColor(theme.faint))
        ends = [(0.0, self._low), (1.0, self._high)] if self._low < self._high else [(0.5, self._low)]
        for height, value in ends if math.isfinite(self._low) else ():
            y = round(area.bottom() - MARGIN - height * (area.height() - 2 * MARGIN))
            aligned = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRect(0, y - 9, LEFT - 6, 18), aligned, short(value))
        end = -1.0
        for row in count_ticks(0, count - 1, max(1, area.width() // 90)):
            text = f"{int(self._steps[row]):,}"
            text = f"step {text}" if end < 0 else text
            width, x = painter.fontMetrics().horizontalAdvance(text), self.x_of(row)
            left = min(max(x - width / 2, area.left()), area.right() - width)
            if left > end + 8:
                painter.drawText(QPointF(left, area.bottom() + 15), text)
                end = left + width
        if self._low < 0 < self._high:
            zero = heights_of(np.array([self._low, 0.0, self._high]))[0][1]
            y = round(area.bottom() - MARGIN - zero * (area.height() - 2 * MARGIN))
            painter.setPen(QPen(QColor(theme.line), 1, Qt.PenStyle.DashLine))
            painter.drawLine(area.left(), y, area.right(), y)

    def _draw_line(self, painter: QPainter) -> None:
        colour = QColor(current().hand)
        rows, heights = thinned(np.arange(len(self._heights)), self._heights, 2 * self._area.width())
        good = np.isfinite(heights)
        painter.setPen(QPen(colour, 1.5))
        for part in np.split(np.arange(len(rows)), np.flatnonzero(~good)):
            points = [self._point(int(rows[one])) for one in part if good[one]]
            if len(points) > 1:
                painter.drawPolyline(QPolygonF(points))
            if len(points) == 1 or len(rows) <= DOTS:
                painter.setBrush(colour)
                for point in points:
                    painter.drawEllipse(point, 2.0, 2.0)
                painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_not_finite(self, painter: QPainter) -> None:
        """A cross at the top for every NaN and infinity, at most one a pixel."""
        painter.setPen(QPen(QColor(current().bad), 1.6))
        bad = np.flatnonzero(~np.isfinite(self._values))
        top = self._area.top() + 6
        for x in sorted({round(self.x_of(row)) for row in bad.tolist()}):
            painter.drawLine(x - 3, top - 3, x + 3, top + 3)
            painter.drawLine(x - 3, top + 3, x + 3, top - 3)

    # Input

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the write under the mouse."""
        if len(self._steps) and event.button() == Qt.MouseButton.LeftButton:
            self.step_chosen.emit(int(self._steps[self.row_at(event.position().x())]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move by a write, Page keys by ten, Enter goes to the one that holds here."""
        key, count, row = Qt.Key(event.key()), len(self._steps), self.row
        wanted = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: count - 1, **dict.fromkeys(ENTER, row)}.get(key)
        if key in KEYS:
            between = KEYS[key] < 0 and row >= 0 and int(self._steps[row]) != self._step
            wanted = row + KEYS[key] + between
        if wanted is None or not count or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self.step_chosen.emit(int(self._steps[min(max(wanted, 0), count - 1)]))

    def event(self, event: QEvent) -> bool:
        """A tooltip with the write under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and len(self._steps):
            QToolTip.showText(event.globalPos(), self.words(self.row_at(event.pos().x())), self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus."""
        super().focusOutEvent(event)
        self.update()
