"""Where things are in the widget of the grid of steps, and the mark of the present step."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from inspector.panes.debug.axis import Axis
from inspector.panes.debug.grid_cells import Cells
from inspector.panes.debug.shades import blend
from inspector.theme import Theme
from rnn.arrays import AnyArray
from rnn.recorder.folding import Row

TICKS = 6
"""Height of the lane of breakpoints above the cells."""

GAP = 6
WITH_TEXTS = 520
"""Width from which statements' texts have room beside their numbers."""

CLOSE = 0.86
"""How far lines of text may be apart at least, of their height: below, only every second (third, ...) is written."""

TEXT_PART = 0.28
"""Part of the width that numbers and texts of lines take."""

MOST_LETTERS = 80
"""Letters of a statement's text that are shown where there is room."""

TINTED = 8
"""Pixels of a column from which the present one is tinted; narrower ones have a line in the middle."""

TINT = 30
"""Opacity of the tint, of 255: the cells' own colours have to stay what they are."""


class Frame:
    """Where things are in the grid's widget.

    Attributes:
        rows, columns: what is in sight. left, top: of the cells. right, bottom: after them. font, mono: of words, of source.
        row_texts: whether there is room for the statements' texts. numbers: pixel after the line numbers.
    """

    def __init__(self, rows: Axis, columns: Axis) -> None:
        """Args: rows, columns: what is in sight; `fit_into` gives them their pixels."""
        self.rows, self.columns = rows, columns
        self.left = self.top = self.right = self.bottom = 0.0
        self.font, self.mono = QFont(), QFont()
        self.row_texts, self.numbers = True, 0.0

    def fit_into(self, size: QSize, cells: Cells | None, outside: AnyArray, numbers: float) -> None:
        """Take a widget's size. Args: outside: columns outside of loops. numbers: width of the largest line number."""
        line = QFontMetricsF(self.font).height()
        self.row_texts = size.width() >= WITH_TEXTS
        self.numbers = numbers + 20
        self.left = round(self.numbers + 4)
        rows, columns = (0, 0) if cells is None else (cells.rows, cells.columns)
        if self.row_texts:  # what few columns leave is the texts'
            wanted = self.numbers + QFontMetricsF(self.mono).averageCharWidth() * MOST_LETTERS
            unused = min(size.width() / 2, size.width() - columns * self.columns.most)
            self.left = round(min(wanted, max(size.width() * TEXT_PART, unused)))
        self.top, self.right = round(line + 5 + TICKS), size.width() - 6
        self.bottom = size.height() - round(line + 5)
        self.rows.resize(rows, self.bottom - self.top)
        self.columns.resize(columns, self.right - self.left, outside)

    def x(self, column: float) -> float:
        """Pixel at which a column begins."""
        return self.left + self.columns.place(column)

    def y(self, row: float) -> float:
        """Pixel at which a row begins."""
        return self.top + self.rows.place(row)

    @property
    def stride(self) -> int:
        """Every how many rows have a text."""
        return max(1, ceil(QFontMetricsF(self.mono).height() * CLOSE / self.rows.scale))

    @property
    def cells(self) -> QRectF:
        """Where cells are."""
        return QRectF(self.left, self.top, self.columns.used, self.rows.used)


def draw_row_text(painter: QPainter, frame: Frame, row: Row, middle: float, theme: Theme) -> None:
    """Number and text of a line, around a height."""
    metrics = QFontMetricsF(frame.mono)
    painter.setFont(frame.mono)
    box = QRectF(0, middle - metrics.height() / 2, frame.numbers, metrics.height())
    painter.setPen(QColor(theme.faint))
    painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(row.line))
    if frame.row_texts:
        room = frame.left - frame.numbers - 8 - GAP
        text = metrics.elidedText("  " * row.depth + row.text, Qt.TextElideMode.ElideRight, room)
        painter.setPen(QColor(theme.text))
        box = QRectF(frame.numbers + 8, box.top(), room + 2, box.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def _draw_own_text(painter: QPainter, frame: Frame, rows: tuple[Row, ...], place: int, theme: Theme) -> None:
    """The text of the present row, in the place of those that it would cut."""
    height, stride = QFontMetricsF(frame.mono).height(), frame.stride

    def box(row: int) -> QRectF:
        return QRectF(1, round(frame.y(row + 0.5) - height / 2), frame.left - 3, round(height))

    for other in range(place - place % stride - stride, place + 2 * stride, stride):
        if 0 <= other < len(rows) and other != place and stride > 1 and box(other).intersects(box(place)):
            painter.fillRect(box(other), QColor(theme.base))
    painter.fillRect(box(place), QColor(blend(theme.mark, theme.base, 0.18)))
    draw_row_text(painter, frame, rows[place], frame.y(place + 0.5), theme)


def draw_place(painter: QPainter, frame: Frame, cells: Cells, place: tuple[int, int], theme: Theme) -> None:
    """Where the user stands: a line over the column, a frame around the cell, a pointer at the line's number.

    Args:
        place: row (-1 for none) and column.
    """
    area, scale = frame.cells, frame.columns.size(place[1])
    left = frame.x(place[1])
    middle = left + scale / 2
    if not area.left() - 1 <= middle <= area.right() + 1:
        return
    if scale < TINTED:
        painter.setPen(QPen(QColor(theme.mark), 1))
        painter.drawLine(QPointF(round(middle), 3), QPointF(round(middle), area.bottom() + 3))
    else:
        tint = QColor(theme.mark)
        painter.fillRect(QRectF(round(left), area.bottom() + 1, round(scale) - 1, 3), tint)
        tint.setAlpha(TINT)
        painter.fillRect(QRectF(round(left), area.top(), round(scale) - 1, area.height()), tint)
    centre = frame.y(place[0]) + frame.rows.scale / 2
    if place[0] < 0 or not area.top() - 1 <= centre <= area.bottom() + 1:
        return
    width, height = max(scale, 3.0), max(frame.rows.scale, 4.0)
    cell = QRectF(round(middle - width / 2), round(centre - height / 2), round(width) - 1, round(height) - 1)
    for grown, pen in ((3, QPen(QColor(theme.base), 1)), (1, QPen(QColor(theme.mark), 2))):
        painter.setPen(pen)
        painter.drawRect(cell.adjusted(-grown, -grown, grown, grown))
    _draw_own_text(painter, frame, cells.overview.folded.rows, place[0], theme)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.mark))
    painter.drawPolygon(QPolygonF([QPointF(4, centre - 5), QPointF(12, centre), QPointF(4, centre + 5)]))
