"""The neighbourhood of the picked cell, magnified, with the values of both sides in every box."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.picture.colours import levels_for, table_for, to_indices
from inspector.picture.ticks import short
from inspector.pictures import Picture
from inspector.theme import contrast_ratio, current
from rnn.verdict import LIMIT

REACH = 2
"""Cells on each side of the picked one."""

LEFT, TOP, BOX = 26, 17, 36
INKS = ("#101214", "#f4f5f7")


class ContextGrid(QWidget):
    """Five by five cells around the picked one: hand above, JAX below, coloured by the difference.

    Signals:
        picked: (row, column) of a neighbour that was clicked.
    """

    picked = Signal(int, int)

    def __init__(self, parent: QWidget) -> None:
        """Empty until a cell is shown."""
        super().__init__(parent)
        self._picture: Picture | None = None
        self._cell = (0, 0)
        self._floor, self._map = 0.0, ""
        self._shown: tuple[object, ...] = ()
        self.setAccessibleName("Neighbourhood of the cell")
        self.setAccessibleDescription("Values of hand and JAX around the picked cell; click one to pick it")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_cell(self, picture: Picture | None, cell: tuple[int, int] | None, floor: float, colour_map: str) -> None:
        """Show the cells around `cell`; nothing where there is none.

        Args:
            picture: the matrices. cell: in the middle. floor: noise, for the colours. colour_map: their name.
        """
        shown = (picture, cell, floor, colour_map, current().name)
        if shown == self._shown:
            return
        self._shown = shown
        there = picture is not None and picture.hand is not None and cell is not None
        self._picture = picture if there else None
        self._cell, self._floor, self._map = cell or (0, 0), floor, colour_map
        self.setVisible(there)
        self.updateGeometry()
        self.update()

    @property
    def _rows(self) -> range:
        rows = 1 if self._picture is None or self._picture.hand is None else self._picture.hand.shape[0]
        return range(max(0, self._cell[0] - REACH), min(rows, self._cell[0] + REACH + 1))

    @property
    def _columns(self) -> range:
        columns = 1 if self._picture is None or self._picture.hand is None else self._picture.hand.shape[1]
        return range(max(0, self._cell[1] - REACH), min(columns, self._cell[1] + REACH + 1))

    def sizeHint(self) -> QSize:
        """As high as there are rows."""
        return QSize(240, TOP + BOX * len(self._rows) + 2)

    def _box(self, row: int, column: int) -> QRect:
        """Where a cell is drawn; the picked one always stands at the same place within the columns that exist."""
        width = (self.width() - LEFT - 1) // (2 * REACH + 1)
        return QRect(LEFT + (column - self._columns.start) * width, TOP + (row - self._rows.start) * BOX, width, BOX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter, theme = QPainter(self), current()
        if self._picture is None or self._picture.hand is None or self._picture.reference is None:
            return
        hand, reference = self._picture.hand, self._picture.reference
        font = QFont(painter.font())
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.8))
        painter.setFont(font)
        with np.errstate(invalid="ignore"):
            part = hand[self._rows.start : self._rows.stop, self._columns.start : self._columns.stop]
            difference = part - reference[self._rows.start : self._rows.stop, self._columns.start : self._columns.stop]
        finite = np.abs(difference[np.isfinite(difference)])
        levels = levels_for(float(finite.max()) if finite.size else 0.0, self._floor)
        colours = table_for(self._map, theme.name, levels, LIMIT * self._floor)[to_indices(difference, levels)]
        painter.setPen(QColor(theme.faint))
        for column in self._columns:
            box = self._box(self._rows.start, column)
            painter.drawText(QRect(box.left(), 0, box.width(), TOP - 2), int(Qt.AlignmentFlag.AlignCenter), str(column))
        for row in self._rows:
            box = self._box(row, self._columns.start)
            painter.setPen(QColor(theme.faint))
            painter.drawText(
                QRect(0, box.top(), LEFT - 4, BOX),
                int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
                str(row),
            )
            for column in self._columns:
                red, green, blue, _ = (int(c) for c in colours[row - self._rows.start, column - self._columns.start])
                self._draw_box(
                    painter,
                    row,
                    column,
                    QColor(red, green, blue),
                    (float(hand[row, column]), float(reference[row, column])),
                )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.mark), 2))
        painter.drawRect(self._box(*self._cell).adjusted(1, 1, -1, -1))

    def _draw_box(self, painter: QPainter, row: int, column: int, back: QColor, values: tuple[float, float]) -> None:
        box = self._box(row, column)
        painter.fillRect(box.adjusted(0, 0, -1, -1), back)
        # Dark words on a light box and light ones on a dark box, whatever the theme.
        painter.setPen(QColor(max(INKS, key=lambda ink: contrast_ratio(ink, back.name()))))
        half = BOX // 2
        for number, value in enumerate(values):
            where = QRect(box.left(), box.top() + number * half, box.width() - 1, half)
            painter.drawText(where, int(Qt.AlignmentFlag.AlignCenter), short(value))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the cell under the mouse."""
        for row in self._rows:
            for column in self._columns:
                if self._picture is not None and self._box(row, column).contains(event.position().toPoint()):
                    self.picked.emit(row, column)
