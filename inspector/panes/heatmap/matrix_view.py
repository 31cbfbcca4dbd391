"""MatrixView: one pane of the triptych. Draws its layer, axes and marks; turns mouse and wheel into view changes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.panes.heatmap.layer import Layer, colour_list, visible_part
from inspector.panes.heatmap.marks import (
    draw_axes,
    draw_badge,
    draw_cell,
    draw_gates,
    draw_non_finite,
    draw_region,
    draw_row,
    draw_split,
)
from inspector.panes.heatmap.view_model import ViewModel
from inspector.theme import current

MARGIN_LEFT, MARGIN_TOP, MARGIN_BOTTOM, MARGIN_RIGHT = 40, 24, 20, 6
ZOOM_STEP = 1.25
GRIP_PX = 6
"""How near the split line the mouse takes hold of it."""

Cell = tuple[int, int]
Region = tuple[int, int, int, int]


class MatrixView(QWidget):
    """One matrix as a heatmap.

    Signals:
        hovered: (row, column) under the mouse, or None.
        picked: (row, column) that was clicked.
        marked: two opposite cells of a rectangle that was drawn with Shift.
        split_moved: where the line between two layers was dragged to, 0 to 1.
    """

    hovered = Signal(object)
    picked = Signal(int, int)
    marked = Signal(object, object)
    split_moved = Signal(float)

    def __init__(self, title: str, model: ViewModel, parent: QWidget) -> None:
        """Args: title: over the pane. model: the shared view."""
        super().__init__(parent)
        self.title, self._key, self._model = title, title, model
        self._layer: Layer | None = None
        self._colours: list[int] = []
        self._message = ""
        self._cell: Cell | None = None
        self._hover: Cell | None = None
        self._row_cursor: int | None = None
        self._drag: QPointF | None = None
        self._moved = False
        self._box: QPoint | None = None
        self._box_end = QPoint()
        self._box_marks = self._drags_split = False
        self._second: Layer | None = None
        self._split = 0.5
        self._region: Region | None = None
        self.pooled = 1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(140, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(f"{title} heatmap")
        self.setAccessibleDescription(
            "Wheel zooms, drag moves, Ctrl+drag zooms to a box, Shift+drag marks a region, click picks a cell, "
            "arrow keys move the picked cell; the table holds the same numbers as text"
        )
        model.changed.connect(self.update)

    def show_layer(self, layer: Layer | None, colour_map: str, theme: str, message: str = "") -> None:
        """Draw another layer; None shows the message instead."""
        self._layer, self._message = layer, message
        self._colours = colour_list(layer, colour_map, theme) if layer is not None else []
        self.update()

    def show_second(self, layer: Layer | None, split: float) -> None:
        """Draw another layer to the right of a line at `split` (0 to 1); None draws only one."""
        if (layer, split) != (self._second, self._split):
            self._second, self._split = layer, split
            self.update()

    def mark(self, cell: Cell | None, hover: Cell | None, row_cursor: int | None, region: Region | None) -> None:
        """Ring the picked cell, outline the hovered one and the region, underline the row of the t cursor."""
        marks = (cell, hover, row_cursor, region)
        if marks != (self._cell, self._hover, self._row_cursor, self._region):
            self._cell, self._hover, self._row_cursor, self._region = marks
            self.update()

    @property
    def area(self) -> QRect:
        """Where the picture is, in pixels."""
        return self.rect().adjusted(MARGIN_LEFT, MARGIN_TOP, -MARGIN_RIGHT, -MARGIN_BOTTOM)

    def to_cells(self, point: QPointF) -> QPointF:
        """Pixels to cell coordinates."""
        middle = QRectF(self.area).center()
        m = self._model
        return QPointF(m.centre_x + (point.x() - middle.x()) * m.per_x, m.centre_y + (point.y() - middle.y()) * m.per_y)

    def to_pixels(self, x: float, y: float) -> QPointF:
        """Cell coordinates to pixels."""
        middle = QRectF(self.area).center()
        m = self._model
        return QPointF(middle.x() + (x - m.centre_x) / m.per_x, middle.y() + (y - m.centre_y) / m.per_y)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """The cell under a pixel, None outside the matrix."""
        if self._layer is None or not QRectF(self.area).contains(point):
            return None
        place = self.to_cells(point)
        row, column = int((place.y() + 0.5) // 1), int((place.x() + 0.5) // 1)
        rows, columns = self._layer.values.shape
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Pixels of one cell."""
        return QRectF(self.to_pixels(column - 0.5, row - 0.5), self.to_pixels(column + 0.5, row + 0.5))

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        painter, theme, area = QPainter(self), current(), self.area
        painter.fillRect(self.rect(), theme.base)
        painter.setPen(theme.text)
        painter.drawText(
            QRect(MARGIN_LEFT, 2, area.width(), MARGIN_TOP - 4), int(Qt.AlignmentFlag.AlignVCenter), self.title
        )
        if self._layer is None:
            painter.setPen(theme.faint)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._message)
            return
        painter.setClipRect(area)
        self._draw_picture(painter, area)
        draw_gates(painter, self, () if self._layer is None else self._layer.gates)
        if self._region is not None:
            draw_region(painter, self, self._region)
        if self._row_cursor is not None:
            draw_row(painter, self, self._row_cursor)
        if self._hover is not None and self._hover != self._cell:
            draw_cell(painter, self.cell_rect(*self._hover), theme.faint, 1)
        if self._cell is not None:
            draw_cell(painter, self.cell_rect(*self._cell), theme.mark, 2)
        if self._box is not None:
            painter.setPen(theme.mark)
            painter.drawRect(QRect(self._box, self._box_end).normalized())
        painter.setClipping(False)
        draw_axes(painter, self)
        note = [self._layer.badge] if self._layer.badge else []
        draw_badge(
            painter, self, ", ".join(note + ([f"largest of {self.pooled} x {self.pooled}"] if self.pooled > 1 else []))
        )

    def _draw_picture(self, painter: QPainter, area: QRect) -> None:
        assert self._layer is not None
        self._draw_layer(painter, area, self._layer)
        if self._second is not None:
            line = self._split_x(area)
            right = area.adjusted(line - area.left(), 0, 0, 0)
            painter.setClipRect(right)
            painter.fillRect(right, current().base)
            self._draw_layer(painter, area, self._second)
            painter.setClipRect(area)
            draw_split(painter, area, line)

    def _split_x(self, area: QRect) -> int:
        return area.left() + round(self._split * area.width())

    def _draw_layer(self, painter: QPainter, area: QRect, layer: Layer) -> None:
        low, high = self.to_cells(QPointF(area.topLeft())), self.to_cells(QPointF(area.bottomRight() + QPoint(1, 1)))
        # The device pixel is what must not hide a cell.
        per_pixel = max(self._model.per_x, self._model.per_y) / self.devicePixelRatioF()
        part = visible_part(layer, low.x(), low.y(), high.x(), high.y(), per_pixel, self._colours)
        self.pooled = 1 if part is None else part.pooled
        if part is not None:
            target = QRectF(self.to_pixels(part.left, part.top), self.to_pixels(part.right, part.bottom))
            size = QSizeF(part.image.size())
            blocks = ((part.right - part.left) / part.pooled, (part.bottom - part.top) / part.pooled)
            # The last pooled block may stand for fewer cells than the others: only that share of its pixel is drawn.
            source = QRectF(0, 0, min(size.width(), blocks[0]), min(size.height(), blocks[1]))
            painter.drawImage(target, part.image, source)
        draw_non_finite(painter, self, layer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the model, unless nobody sees this pane."""
        if not self.isHidden():
            self._model.set_pane_size(self._key, QSizeF(self.area.size()))

    def showEvent(self, event: QShowEvent) -> None:
        """A pane that comes back counts again."""
        self._model.set_pane_size(self._key, QSizeF(self.area.size()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor."""
        place = self.to_cells(event.position())
        self._model.zoom(ZOOM_STEP ** (-event.angleDelta().y() / 120), place.x(), place.y())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a pan, a box, or a click."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._moved = False
        self._drags_split = self._near_split(event.position())
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            self._box_marks = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._box = self._box_end = event.position().toPoint()
        else:
            self._drag = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, draw the box, move the split line, or hover."""
        if self._drags_split and event.buttons() & Qt.MouseButton.LeftButton:
            share = (event.position().x() - self.area.left()) / max(self.area.width(), 1)
            self.split_moved.emit(min(max(share, 0.0), 1.0))
        elif self._box is not None:
            self._box_end = event.position().toPoint()
            self.update()
        elif self._drag is not None:
            delta = event.position() - self._drag
            if self._moved or delta.manhattanLength() >= 4:
                self._moved = True
                self._drag = event.position()
                self._model.pan(delta.x(), delta.y())
        else:
            near = self._near_split(event.position())
            self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.CrossCursor)
            self.hovered.emit(self.cell_at(event.position()))

    def _near_split(self, point: QPointF) -> bool:
        return self._second is not None and abs(point.x() - self._split_x(self.area)) <= GRIP_PX

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End of a pan or a box; a press without movement picks."""
        if self._drags_split:
            self._drags_split, self._drag = False, None
        elif self._box is not None:
            box, self._box = QRectF(QRect(self._box, self._box_end).normalized()), None
            if self._box_marks:
                self.marked.emit(self._nearest(box.topLeft()), self._nearest(box.bottomRight()))
            elif min(box.width(), box.height()) >= 4:
                self._model.show_rect(QRectF(self.to_cells(box.topLeft()), self.to_cells(box.bottomRight())))
            self.update()
        elif self._drag is not None:
            cell = None if self._moved else self.cell_at(event.position())
            self._drag = None
            if cell is not None:
                self.picked.emit(*cell)

    def _nearest(self, point: QPointF) -> Cell:
        """The cell under a pixel, which may lie outside the matrix."""
        place = self.to_cells(point)
        return int((place.y() + 0.5) // 1), int((place.x() + 0.5) // 1)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit."""
        self._model.fit()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is hovered."""
        self.hovered.emit(None)

    def enterEvent(self, event: QEnterEvent) -> None:
        """A crosshair says that cells can be picked."""
        self.setCursor(Qt.CursorShape.CrossCursor)

    @property
    def layer(self) -> Layer | None:
        """What is drawn."""
        return self._layer
