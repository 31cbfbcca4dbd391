"""A histogram on the colour scale, with two handles that set the symmetric range of the colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.picture.colours import HALF, TOP, Levels, colour_table, position, value_at
from inspector.picture.statistics import BINS
from inspector.picture.ticks import bar_ticks
from inspector.theme import current
from rnn.arrays import FloatArray

HEIGHT, SIDE, BOTTOM, STRIP = 118, 12, 18, 9
GRIP_PX = 8
KEY_FACTOR = 0.9


class HistogramView(QWidget):
    """How many entries have which colour.

    Signals:
        bound_dragged: the value of the end colours that the handle stands at.
        released: the handle was let go.
        automatic_asked: a double click: back to the largest value.
    """

    bound_dragged = Signal(float)
    released = Signal()
    automatic_asked = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        """Args: name: of what is counted."""
        super().__init__(parent)
        self._counts: tuple[FloatArray, ...] = ()
        self._axis: Levels | None = None
        self._shown: Levels | None = None
        self._look = ("", "light")
        self._dragging = False
        self._cached = QPixmap()
        self._cached_for: tuple[object, ...] = ()
        self._cached_counts: tuple[FloatArray, ...] = ()
        self.setAccessibleName(f"Histogram and colour range of {name}")
        self.setAccessibleDescription(
            "Drag a handle, or press the left and right arrow, to change the end of the colours"
        )
        self.setToolTip("Drag a handle to end the colours earlier; double-click ends them at the largest value")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(240, HEIGHT)

    def show_counts(
        self, counts: tuple[FloatArray, ...], axis: Levels | None, shown: Levels | None, look: tuple[str, str]
    ) -> None:
        """Draw.

        Args:
            counts: one histogram or two (hand, JAX) over the places of `axis`.
            axis: from end to end of the widget. shown: the colours as they are now. look: colour map and theme.
        """
        self._counts, self._axis, self._shown, self._look = counts, axis, shown, look
        self.update()

    @property
    def _area(self) -> QRect:
        return self.rect().adjusted(SIDE, 4, -SIDE, -BOTTOM - STRIP)

    def _x(self, place: float) -> float:
        area = self._area
        return area.left() + (place + 1) / 2 * (area.width() - 1)

    def _handle(self) -> float:
        """Place of the right handle on the axis."""
        assert self._axis is not None and self._shown is not None
        return float(np.clip(position(np.array(self._shown.bound), self._axis), 0, 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter, theme, area = QPainter(self), current(), self._area
        painter.fillRect(area, QColor(theme.base))
        painter.setPen(QColor(theme.line))
        painter.drawRect(area)
        if self._axis is None or self._shown is None or not self._counts:
            return
        self._draw_cached(painter, area)
        self._draw_strip(painter, area)
        painter.setPen(QColor(theme.faint))
        ticks = bar_ticks(self._axis)
        for place, label in (ticks[0], ticks[len(ticks) // 2], ticks[-1]):
            x = round(self._x(place))
            left = min(max(0, x - 40), self.width() - 80)
            align = (
                Qt.AlignmentFlag.AlignLeft
                if place < 0
                else Qt.AlignmentFlag.AlignRight
                if place > 0
                else Qt.AlignmentFlag.AlignHCenter
            )
            painter.drawText(QRect(left, self.height() - BOTTOM + 1, 80, BOTTOM - 2), int(align), label)
        for place in (-self._handle(), self._handle()):
            x = round(self._x(place))
            painter.setPen(QPen(QColor(theme.mark), 2))
            painter.drawLine(x, area.top(), x, area.bottom() + STRIP)
            painter.fillRect(QRect(x - 3, area.center().y() - 8, 7, 16), QColor(theme.mark))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _draw_cached(self, painter: QPainter, area: QRect) -> None:
        """The bars stay the same while a handle is dragged."""
        key = (self.size(), self.devicePixelRatioF(), current().name)
        if key != self._cached_for or self._counts is not self._cached_counts:
            self._cached_for, self._cached_counts = key, self._counts
            picture = self._cached = QPixmap(self.size() * self.devicePixelRatioF())
            picture.setDevicePixelRatio(self.devicePixelRatioF())
            picture.fill(Qt.GlobalColor.transparent)
            bars = QPainter(picture)
            self._draw_counts(bars, area)
            bars.end()
        painter.drawPixmap(0, 0, self._cached)

    def _draw_counts(self, painter: QPainter, area: QRect) -> None:
        """Heights grow with the logarithm of the count: one outlier among millions is still seen."""
        theme = current()
        colours = (theme.reference, theme.hand) if len(self._counts) == 2 else (theme.difference,)
        tallest = max(float(np.log1p(counts.max())) for counts in self._counts) or 1.0
        for counts, colour in zip(reversed(self._counts), colours, strict=True):
            shade = QColor(colour)
            shade.setAlpha(130)
            for number in np.flatnonzero(counts):
                left = self._x(-1 + 2 * (number - 0.5) / (BINS - 1))
                right = self._x(-1 + 2 * (number + 0.5) / (BINS - 1))
                tall = max(2, round(float(np.log1p(counts[number])) / tallest * (area.height() - 3)))
                box = QRect(round(left), area.bottom() - tall, max(1, round(right) - round(left)), tall)
                painter.fillRect(box.intersected(area), shade)

    def _draw_strip(self, painter: QPainter, area: QRect) -> None:
        """The colours below, as they are now."""
        assert self._axis is not None and self._shown is not None
        places = (np.arange(area.width()) + 0.5) / area.width() * 2 - 1
        index = np.clip(np.rint(position(value_at(places, self._axis), self._shown) * HALF) + HALF, 0, TOP)
        table = colour_table(*self._look)[index.astype(np.intp)].astype(np.uint32)
        pixels = np.ascontiguousarray(0xFF000000 | table[:, 0] << 16 | table[:, 1] << 8 | table[:, 2], np.uint32)
        line = QImage(pixels.data, len(pixels), 1, 4 * len(pixels), QImage.Format.Format_RGB32)
        painter.drawImage(QRect(area.left(), area.bottom() + 1, area.width(), STRIP - 1), line)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a handle."""
        if self._axis is not None and self._shown is not None:
            near = min(abs(event.position().x() - self._x(side * self._handle())) for side in (-1, 1))
            self._dragging = near <= GRIP_PX

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._dragging:
            self._drag_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it go."""
        if self._dragging:
            self._dragging = False
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the largest value."""
        self._dragging = False
        self.automatic_asked.emit()

    def _drag_to(self, point: QPointF) -> None:
        assert self._axis is not None
        area = self._area
        place = abs((point.x() - area.left()) / max(1, area.width() - 1) * 2 - 1)
        value = float(value_at(np.array(min(max(place, 0.02), 1.0)), self._axis))
        if value > 0:
            self.bound_dragged.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right make the range smaller and larger."""
        factor = {Qt.Key.Key_Left: KEY_FACTOR, Qt.Key.Key_Right: 1 / KEY_FACTOR}.get(Qt.Key(event.key()))
        if factor is None or self._shown is None or self._axis is None:
            super().keyPressEvent(event)
        else:
            self.bound_dragged.emit(min(self._shown.bound * factor, self._axis.bound))
            self.released.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus."""
        super().focusOutEvent(event)
        self.update()
