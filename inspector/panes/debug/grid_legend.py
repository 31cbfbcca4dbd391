"""The legend below the grid of steps: every colour and sign with its word."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from inspector.panes.debug.grid_cells import LEVELS
from inspector.panes.debug.grid_image import plain_shade, right_shade, wrong_shade
from inspector.panes.debug.shades import plain_tip
from inspector.theme import Theme, current

BOX, WIDE, GAP = 12, 30, 14

ENTRIES = {
    "right": "right",
    "wrong": "\u2717 wrong, 1e-12 to 1",
    "nan": "NaN or infinity",
    "plain": "not judged",
    "stop": "breakpoint",
    "here": "present step",
}
"""In their order, with their words."""


class GridLegend(QWidget):
    """Swatches with words in as many lines as they need, and a remark behind them."""

    def __init__(self, parent: QWidget) -> None:
        """Without a remark."""
        super().__init__(parent)
        self._remark = ""
        self.setAccessibleName("Legend: " + ", ".join(ENTRIES.values()))
        self._lines = 1

    def show_remark(self, text: str) -> None:
        """Say something behind the legend, such as why nothing is judged."""
        if text != self._remark:
            self._remark = text
            self.setToolTip(plain_tip(text) if text else "")
            self._fit()
            self.update()

    def _places(self) -> dict[str, QRectF]:
        """Where every entry's word stands; its swatch is left of it."""
        metrics, line = self.fontMetrics(), self.fontMetrics().height() + 4
        x, y, found = 2.0, 0.0, {}
        for name, word in ENTRIES.items():
            swatch, width = WIDE if name == "wrong" else BOX, metrics.horizontalAdvance(word) + 2
            if x + swatch + 5 + width > self.width() and x > 2:
                x, y = 2.0, y + line
            found[name] = QRectF(x + swatch + 5, y, width, line)
            x += swatch + 5 + width + GAP
        return found

    def _remark_place(self, places: dict[str, QRectF]) -> QRectF:
        last, line = places["here"], self.fontMetrics().height() + 4
        room, wanted = self.width() - last.right() - GAP, self.fontMetrics().horizontalAdvance(self._remark) + 2
        if wanted <= room or room > 0.4 * self.width():
            return QRectF(last.right() + GAP, last.top(), room, line)
        return QRectF(2, last.bottom(), self.width() - 4, line)

    def _fit(self) -> None:
        places = self._places()
        last = self._remark_place(places) if self._remark else places["here"]
        self.setFixedHeight(round(last.bottom()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many lines as the width asks for."""
        self._fit()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(300, self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        """Narrow."""
        return QSize(200, self.fontMetrics().height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter, theme = QPainter(self), current()
        places = self._places()
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for name, place in places.items():
            width = WIDE if name == "wrong" else BOX
            box = QRectF(place.left() - 5 - width, round(place.center().y() - BOX / 2), width, BOX)
            self._draw_swatch(painter, name, box, theme)
            painter.setPen(QColor(theme.faint))
            painter.drawText(place, flags, ENTRIES[name])
        if self._remark:
            place = self._remark_place(places)
            painter.setPen(QColor(theme.unsure))
            elided = self.fontMetrics().elidedText(self._remark, Qt.TextElideMode.ElideRight, int(place.width()))
            painter.drawText(place, flags, elided)

    def _draw_swatch(self, painter: QPainter, name: str, box: QRectF, theme: Theme) -> None:
        if name == "wrong":
            shades = QLinearGradient(box.topLeft(), box.topRight())
            shades.setColorAt(0, QColor(wrong_shade(theme, 0)))
            shades.setColorAt(1, QColor(wrong_shade(theme, LEVELS - 1)))
            painter.fillRect(box, shades)
        elif name == "stop":
            self._draw_stop(painter, box, theme)
        elif name == "here":
            painter.setPen(QPen(QColor(theme.mark), 2))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        else:
            painter.fillRect(box, QColor(right_shade(theme) if name == "right" else plain_shade(theme)))
            if name == "nan":
                self._hatch(painter, box, theme)

    @staticmethod
    def _draw_stop(painter: QPainter, box: QRectF, theme: Theme) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent))
        x, y = box.center().x(), box.center().y()
        painter.drawPolygon(QPolygonF([QPointF(x - 4, y - 3), QPointF(x + 4, y - 3), QPointF(x, y + 3)]))
        painter.restore()

    @staticmethod
    def _hatch(painter: QPainter, box: QRectF, theme: Theme) -> None:
        painter.save()
        painter.setClipRect(box)
        painter.setPen(QPen(QColor(theme.text), 1.4))
        for start in range(-BOX, BOX, 6):
            painter.drawLine(box.topLeft() + QPointF(start + BOX, 0), box.bottomLeft() + QPointF(start, 0))
        painter.restore()
