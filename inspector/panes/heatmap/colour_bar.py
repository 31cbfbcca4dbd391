"""The colour bar beside a pane: symmetric, zero in the middle, signs at the ends."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPolygon
from PySide6.QtWidgets import QWidget

from inspector.panes.heatmap.layer import Layer, colour_list
from inspector.panes.heatmap.matrix_view import MARGIN_BOTTOM, MARGIN_TOP
from inspector.picture.colours import TOP
from inspector.picture.ticks import bar_ticks
from inspector.theme import current

WIDTH, BAR, LABEL_PX = 80, 12, 14


class ColourBar(QWidget):
    """One bar; positive on top."""

    def __init__(self, title: str, parent: QWidget) -> None:
        """Args: title: for assistive technology."""
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(title)
        self.setAccessibleDescription(
            "Which colour is which number; red is positive, blue is negative in the usual map"
        )
        self._layer: Layer | None = None
        self._outside = False
        self._image = QImage()

    def show_layer(self, layer: Layer | None, colour_map: str, theme: str, outside: bool) -> None:
        """Draw the colours of a layer; `outside` marks both ends when values lie beyond them."""
        self._layer, self._outside = layer, outside
        if layer is not None:
            column = np.repeat(np.arange(TOP, -1, -1, dtype=np.uint8)[:, None], 4, axis=1).copy()
            self._image = QImage(column.data, 4, TOP + 1, 4, QImage.Format.Format_Indexed8).copy()
            self._image.setColorTable(colour_list(layer, colour_map, theme))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter, theme = QPainter(self), current()
        painter.fillRect(self.rect(), theme.base)
        if self._layer is None:
            return
        bar = QRect(0, MARGIN_TOP, BAR, self.height() - MARGIN_TOP - MARGIN_BOTTOM)
        painter.drawImage(bar, self._image)
        painter.setPen(theme.line)
        painter.drawRect(bar.adjusted(0, 0, 0, -1))
        painter.setPen(theme.faint)
        drawn: list[int] = []
        ticks = self._layer.ticks or bar_ticks(self._layer.levels)
        for place, label in sorted(ticks, key=lambda tick: abs(abs(tick[0]) - 0.5), reverse=True):  # ends and 0 first
            y = round(bar.center().y() - place * (bar.height() - 1) / 2)
            if any(abs(y - other) < LABEL_PX for other in drawn):
                continue
            drawn.append(y)
            painter.drawLine(BAR, y, BAR + 3, y)
            painter.drawText(QRect(BAR + 7, y - 8, WIDTH - BAR - 7, 16), int(Qt.AlignmentFlag.AlignVCenter), label)
        if self._outside:
            painter.setBrush(theme.text)
            middle = bar.center().x()
            for edge, way in ((bar.top() - 2, -1), (bar.bottom() + 3, 1)):
                painter.drawPolygon(
                    QPolygon([QPoint(middle - 5, edge), QPoint(middle + 5, edge), QPoint(middle, edge + 6 * way)])
                )
