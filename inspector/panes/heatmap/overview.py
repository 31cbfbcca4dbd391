"""The overview strip: where in all rows differences are, whatever part is shown; a click goes there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from inspector.panes.heatmap.matrix_view import MARGIN_BOTTOM, MARGIN_TOP
from inspector.panes.heatmap.view_model import ViewModel
from inspector.theme import current
from rnn.arrays import AnyArray

WIDTH = 12


class OverviewStrip(QWidget):
    """One line a row, coloured by the worst class of its differences; the worst of many rows wins."""

    def __init__(self, model: ViewModel, parent: QWidget) -> None:
        """Args: model: what is shown of the matrix."""
        super().__init__(parent)
        self._model, self._rows = model, np.zeros(0, np.uint8)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Overview of differences")
        self.setAccessibleDescription("Rows with differences, strong where beyond tolerance; click to go there")
        self.setToolTip("Rows with differences: strong beyond tolerance, weak within; click to go there")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        model.changed.connect(self.update)

    def show_rows(self, rows: AnyArray) -> None:
        """Args: rows: per row 0 (equal), 1 (within tolerance) or 2 (beyond)."""
        self._rows = rows
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Narrow."""
        return QSize(WIDTH, 40)

    @property
    def _bar(self) -> QRect:
        return QRect(2, MARGIN_TOP, WIDTH - 4, max(1, self.height() - MARGIN_TOP - MARGIN_BOTTOM))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter, theme, bar = QPainter(self), current(), self._bar
        painter.fillRect(self.rect(), theme.base)
        painter.fillRect(bar, QColor(theme.raised))
        count = len(self._rows)
        if not count:
            return
        # A pixel shows the worst of its rows, and every row has at least a pixel.
        pixels = np.minimum(np.arange(count) * bar.height() // count, bar.height() - 1)
        worst = np.zeros(bar.height(), np.uint8)
        np.maximum.at(worst, pixels, self._rows)
        thick = max(1, -(-bar.height() // count))
        for kind, colour in ((1, theme.unsure), (2, theme.bad)):
            shade = QColor(colour)
            shade.setAlpha(110 if kind == 1 else 255)
            for y in np.flatnonzero(worst == kind):
                painter.fillRect(bar.left(), bar.top() + int(y), bar.width(), thick, shade)
        self._draw_window(painter, bar, count)

    def _draw_window(self, painter: QPainter, bar: QRect, count: int) -> None:
        """A bracket around the rows that are shown, unless all are."""
        low, high = self._model.shown_rows()
        if low <= 0 and high >= count - 1:
            return
        top = bar.top() + round(max(low, 0) / count * bar.height())
        bottom = bar.top() + round(min(high + 1, count) / count * bar.height())
        painter.setPen(QColor(current().text))
        painter.drawRect(0, top, WIDTH - 1, max(3, bottom - top))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the row under the mouse."""
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def _go(self, point: QPointF) -> None:
        bar = self._bar
        if len(self._rows):
            self._model.centre_on_row((point.y() - bar.top()) / bar.height() * len(self._rows) - 0.5)
