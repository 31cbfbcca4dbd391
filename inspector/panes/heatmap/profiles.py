"""Profiles: the row and the column through the picked cell, as curves of hand and JAX on the colours' own scale."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from inspector.panes.heatmap.layer import Layer
from inspector.picture.colours import position
from inspector.picture.side_words import sided
from inspector.picture.ticks import bar_ticks, count_ticks
from inspector.picture.traces import thinned
from inspector.theme import current
from rnn.arrays import AnyArray

HEIGHT = 116
LEFT, TOP, RIGHT, BOTTOM = 58, 20, 8, 18


class Profile(QWidget):
    """One line of the matrix: JAX wide below, hand narrow above."""

    def __init__(self, name: str, parent: QWidget) -> None:
        """Args: name: `row` or `column`."""
        super().__init__(parent)
        self._name, self._at, self._index = name, 0, 0
        self.sides = ("hand", "JAX")
        self._curves: tuple[AnyArray, AnyArray] | None = None
        self._layer: Layer | None = None
        self.setAccessibleName(f"Profile of the {name} through the picked cell")
        self.setAccessibleDescription("Hand and JAX along one line of the matrix; the table has the numbers")
        self.setMinimumHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(260, HEIGHT)

    def show_line(
        self, hand: AnyArray | None, reference: AnyArray | None, layer: Layer | None, at: int, index: int
    ) -> None:
        """Draw one line of both matrices.

        Args:
            hand, reference: values (n,), or None for nothing. layer: whose levels are used.
            at: which row or column it is. index: of the picked cell in it.
        """
        self._curves = None if hand is None or reference is None else (reference, hand)
        self._layer, self._at, self._index = layer, at, index
        self.update()

    def _words(self) -> str:
        return sided("hand (narrow), JAX (wide)", self.sides)

    @property
    def _area(self) -> QRect:
        return self.rect().adjusted(LEFT, TOP, -RIGHT, -BOTTOM)

    def _point(self, index: float, place: float, count: int) -> QPointF:
        area = QRectF(self._area)
        x = area.left() + (index + 0.5) / count * area.width()
        return QPointF(x, area.center().y() - min(max(place, -1.05), 1.05) * area.height() / 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter, theme, area = QPainter(self), current(), self._area
        painter.fillRect(self.rect(), theme.base)
        painter.setPen(QColor(theme.faint))
        if self._curves is None or self._layer is None:
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), f"Pick a cell to see its {self._name}")
            return
        painter.drawText(QRect(LEFT, 2, area.width(), 16), 0, f"{self._name} {self._at}: {self._words()}")
        painter.setPen(QColor(theme.line))
        painter.drawRect(area)
        self._draw_ticks(painter, area, len(self._curves[0]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for values, colour, width in zip(self._curves, (theme.reference, theme.hand), (4.0, 1.6), strict=True):
            self._draw_curve(painter, values, QPen(QColor(colour), width))
        painter.setPen(QPen(QColor(theme.mark), 1.5))
        x = self._point(self._index, 0, len(self._curves[0])).x()
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _draw_ticks(self, painter: QPainter, area: QRect, count: int) -> None:
        assert self._layer is not None
        painter.setPen(QColor(current().faint))
        ticks = bar_ticks(self._layer.levels)
        for place, label in (ticks[0], ticks[len(ticks) // 2], ticks[-1]):
            y = round(self._point(0, place, count).y())
            painter.drawText(QRect(0, y - 8, LEFT - 6, 16), int(Qt.AlignmentFlag.AlignRight), label)
        for index in count_ticks(0, count - 1, max(2, area.width() // 60)):
            x = round(self._point(index, 0, count).x())
            painter.drawText(QRect(x - 30, area.bottom() + 2, 60, 15), int(Qt.AlignmentFlag.AlignHCenter), str(index))

    def _draw_curve(self, painter: QPainter, values: AnyArray, pen: QPen) -> None:
        assert self._layer is not None
        count = len(values)
        index, heights = thinned(np.arange(count), position(values, self._layer.levels), 2 * max(self.width(), 100))
        painter.setPen(pen)
        line = QPolygonF()
        for at, height in zip(index.tolist(), heights.tolist(), strict=True):
            if np.isfinite(height):
                line.append(self._point(at, height, count))
            elif line:
                self._flush(painter, line, pen)
                line = QPolygonF()
        self._flush(painter, line, pen)

    @staticmethod
    def _flush(painter: QPainter, line: QPolygonF, pen: QPen) -> None:
        if line.size() == 1:
            painter.setBrush(pen.color())
            painter.drawEllipse(line.at(0), pen.widthF() + 1, pen.widthF() + 1)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        elif line.size():
            painter.drawPolyline(line)


class Profiles(QWidget):
    """Row profile on the left, column profile on the right."""

    def __init__(self, parent: QWidget) -> None:
        """Empty until a cell is picked."""
        super().__init__(parent)
        self.setAccessibleName("Profiles")
        self.sides = ("hand", "JAX")
        self.row, self.column = Profile("row", self), Profile("column", self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.row)
        layout.addWidget(self.column)

    def show_cell(self, hand: Layer | None, reference: Layer | None, cell: tuple[int, int] | None) -> None:
        """Draw the row and the column of a cell; nothing where there is none."""
        # The cell may belong to a picture that is still being prepared.
        inside = (
            hand is not None and cell is not None and cell[0] < hand.values.shape[0] and cell[1] < hand.values.shape[1]
        )
        if hand is None or reference is None or cell is None or not inside:
            for profile in (self.row, self.column):
                profile.show_line(None, None, None, 0, 0)
            return
        row, column = cell
        self.row.sides = self.column.sides = self.sides
        self.row.show_line(hand.values[row], reference.values[row], hand, row, column)
        self.column.show_line(hand.values[:, column], reference.values[:, column], hand, column, row)
