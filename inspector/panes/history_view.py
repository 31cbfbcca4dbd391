"""The history of the picked entry over time: hand and JAX as curves, their difference as bars; a click goes to a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.picture.colours import Levels, levels_for, position
from inspector.picture.ticks import bar_ticks, count_ticks
from inspector.picture.traces import thinned
from inspector.theme import current
from rnn.arrays import AnyArray

if TYPE_CHECKING:
    from rnn.history import History

LEFT, RIGHT, TOP, BOTTOM = 54, 6, 6, 16
HEIGHT, BARS = 150, 44
"""Of the whole, and of the part with the bars of the difference."""

KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}


def peak_of(values: AnyArray) -> float:
    """Largest finite magnitude, 0 for none."""
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size else 0.0


class HistoryView(QWidget):
    """Two curves over t, and bars of their difference below.

    Signals:
        step_chosen: the step that was clicked, or moved to with the arrow keys.
        worst_asked: Enter was pressed: go to the step that differs most.
    """

    step_chosen = Signal(int)
    worst_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Empty until a history is shown."""
        super().__init__(parent)
        self.sides = ("hand", "JAX")
        self._history: History | None = None
        self._t = 0
        self.setAccessibleName("History of the cell over time")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Click a step, or move with the arrow keys; Enter goes to the step that differs most")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(240, HEIGHT)

    def show_history(self, history: History | None, t: int) -> None:
        """Draw a history with the cursor at step t; None draws nothing."""
        if (history, t) == (self._history, self._t) and (history is None) == self.isHidden():
            return
        self._history, self._t = history, t
        self.setVisible(history is not None)
        self.setAccessibleDescription(self.words())
        self.update()

    def words(self) -> str:
        """The values at the cursor, in words."""
        history = self._history
        if history is None or not len(history.reference):
            return ""
        t = min(self._t, len(history.reference) - 1)
        first, second = self.sides
        hand = "" if history.hand is None else f"{first} {float(history.hand[t]):.4g}, "
        return f"t = {t}: {hand}{second} {float(history.reference[t]):.4g}"

    @property
    def _curve_area(self) -> QRect:
        return QRect(LEFT, TOP, max(10, self.width() - LEFT - RIGHT), self.height() - TOP - BOTTOM - BARS - 4)

    @property
    def _bar_area(self) -> QRect:
        area = self._curve_area
        return QRect(area.left(), area.bottom() + 5, area.width(), BARS)

    def _x(self, t: float, steps: int) -> float:
        area = QRectF(self._curve_area)
        return area.left() + (t + 0.5) / steps * area.width()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter, theme, history = QPainter(self), current(), self._history
        if history is None:
            return
        steps = len(history.reference)
        for area in (self._curve_area, self._bar_area):
            painter.fillRect(area, QColor(theme.base))
            painter.setPen(QColor(theme.line))
            painter.drawRect(area)
        sides = [history.reference] + ([] if history.hand is None else [history.hand])
        levels = levels_for(max(peak_of(side) for side in sides))
        self._draw_scale(painter, self._curve_area, levels)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for values, colour, width in zip(sides, (theme.reference, theme.hand), (3.6, 1.5), strict=False):
            self._draw_curve(painter, values, levels, QPen(QColor(colour), width))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if history.hand is not None:
            self._draw_bars(painter, np.asarray(history.hand, "float64") - history.reference)
        self._draw_steps(painter, steps)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _draw_scale(self, painter: QPainter, area: QRect, levels: Levels) -> None:
        painter.setPen(QColor(current().faint))
        ticks = bar_ticks(levels)
        for place, label in (ticks[0], ticks[len(ticks) // 2], ticks[-1]):
            y = round(area.center().y() - place * (area.height() / 2 - 7))
            painter.drawText(
                QRect(0, y - 8, LEFT - 5, 16), int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), label
            )

    def _draw_curve(self, painter: QPainter, values: AnyArray, levels: Levels, pen: QPen) -> None:
        steps, area = len(values), self._curve_area
        index, heights = thinned(np.arange(steps), position(values, levels), 2 * area.width())
        good = np.isfinite(heights)
        points = [
            QPointF(self._x(t, steps), area.center().y() - height * (area.height() / 2 - 7))
            for t, height in zip(index[good].tolist(), heights[good].tolist(), strict=True)
        ]
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(points))
        if steps <= 40:
            painter.setBrush(pen.color())
            for point in points:
                painter.drawEllipse(point, pen.widthF(), pen.widthF())
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_bars(self, painter: QPainter, difference: AnyArray) -> None:
        theme, area, steps = current(), self._bar_area, len(difference)
        levels = levels_for(peak_of(difference))
        middle = area.center().y()
        index, heights = thinned(np.arange(steps), position(difference, levels), 2 * area.width())
        width = max(1, min(9, int(area.width() / steps) - 1))
        for t, height in zip(index.tolist(), heights.tolist(), strict=True):
            x = round(self._x(t, steps)) - width // 2
            tall = area.height() // 2 - 2 if not np.isfinite(height) else round(height * (area.height() // 2 - 2))
            colour = "#d600d6" if not np.isfinite(height) else theme.difference
            if tall:
                painter.fillRect(QRect(x, middle - max(tall, 0), width, abs(tall)), QColor(colour))
        self._draw_scale(painter, area, levels)

    def _draw_steps(self, painter: QPainter, steps: int) -> None:
        area, theme = self._bar_area, current()
        painter.setPen(QColor(theme.faint))
        for t in count_ticks(0, steps - 1, max(2, area.width() // 50)):
            x = round(self._x(t, steps))
            painter.drawText(QRect(x - 25, area.bottom() + 1, 50, 15), int(Qt.AlignmentFlag.AlignHCenter), str(t))
        painter.setPen(QPen(QColor(theme.mark), 1.5))
        x = round(self._x(min(self._t, steps - 1), steps))
        painter.drawLine(x, self._curve_area.top(), x, area.bottom())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the step under the mouse."""
        if self._history is not None:
            steps, area = len(self._history.reference), self._curve_area
            t = int((event.position().x() - area.left()) / area.width() * steps)
            self.step_chosen.emit(min(max(t, 0), steps - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move by a step, Page keys by ten, Enter goes to the worst."""
        key = Qt.Key(event.key())
        steps = 0 if self._history is None else len(self._history.reference)
        if steps and key in KEYS:
            self.step_chosen.emit(min(max(self._t + KEYS[key], 0), steps - 1))
        elif steps and key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.step_chosen.emit(0 if key == Qt.Key.Key_Home else steps - 1)
        elif steps and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.worst_asked.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus."""
        super().focusOutEvent(event)
        self.update()
