"""How cells of the table of arrays are drawn: names with a triangle under their containers, lines of norms over time."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygon
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from inspector.debugger.inlines import shape_text
from inspector.debugger.records import ArrayRow
from inspector.panes.debug.array_model import NAME, OVER_TIME, ArrayModel
from inspector.panes.debug.array_words import kind_text
from inspector.panes.debug.spark import Sparks
from inspector.theme import current

Index = QModelIndex | QPersistentModelIndex

INDENT_PX, ARROW_PX, GAP_PX = 14, 16, 8
LEAST_MORE_PX = 36
"""Less room than this says nothing of what stands behind a name; half a shape would say something wrong."""


def arrow_right(row: ArrayRow) -> int:
    """Up to where, from a cell's left edge, a click is one on the triangle."""
    return 2 + INDENT_PX * row.depth + ARROW_PX


class ArrayDelegate(QStyledItemDelegate):
    """Draws the first and the last column; the others are plain.

    Attributes:
        shapes: whether a name is followed by its shape, where the column of shapes has no room.
    """

    def __init__(self, model: ArrayModel, sparks: Sparks, parent: QWidget) -> None:
        """Args: model: whose rows are drawn. sparks: has the lines."""
        super().__init__(parent)
        self._model, self._sparks = model, sparks
        self.shapes = False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a cell."""
        if index.column() == NAME:
            self._draw_name(painter, option, index)
        elif index.column() == OVER_TIME:
            self._draw_line(painter, option, index)
        else:
            super().paint(painter, option, index)

    def _background(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> bool:
        """Draw what lies under a cell; whether it is selected."""
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        style = option.widget.style() if option.widget is not None else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        option.text = text
        return bool(option.state & QStyle.StateFlag.State_Selected)

    def _draw_name(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        selected, theme = self._background(painter, option, index), current()
        row = self._model.rows[index.row()]
        area = option.rect.adjusted(2 + INDENT_PX * row.depth, 0, -4, 0)
        plain, faint = (theme.on_accent,) * 2 if selected else (theme.text, theme.faint)
        if row.kind == "container":
            _draw_arrow(painter, QRect(area.left(), area.top(), ARROW_PX, area.height()), row.expanded, plain)
        area.setLeft(area.left() + ARROW_PX)
        more = kind_text(row) or (shape_text(row.shape) if self.shapes and row.kind == "array" else "")
        painter.setFont(option.font)
        metrics = option.fontMetrics
        room = area.width() if row.kind != "container" else max(min(area.width(), 100), area.width() - 70)
        name = metrics.elidedText(row.label, Qt.TextElideMode.ElideMiddle, room)
        painter.setPen(QColor(plain))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), name)
        area.setLeft(area.left() + metrics.horizontalAdvance(name) + GAP_PX)
        painter.setFont(QApplication.font())
        wide = painter.fontMetrics().horizontalAdvance(more)
        if more and (wide <= area.width() or (row.kind != "array" and area.width() > LEAST_MORE_PX)):
            painter.setPen(QColor(faint))
            text = painter.fontMetrics().elidedText(more, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)

    def _draw_line(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        selected = self._background(painter, option, index)
        row, theme = self._model.rows[index.row()], current()
        if row.kind != "array":
            return
        area: QRect = option.rect.adjusted(2, 2, -2, -2)
        if selected:
            painter.fillRect(area, QColor(theme.base))
        ratio = painter.device().devicePixelRatio()
        made = self._sparks.pixmap(row.path, QSize(area.width(), area.height()), ratio)
        if made is None:
            return
        mark = self._sparks.mark(row.path, area.width())
        if mark is not None:
            painter.setPen(QPen(QColor(theme.mark), 1))
            painter.drawLine(area.left() + mark, area.top(), area.left() + mark, area.bottom())
        painter.drawPixmap(area.topLeft(), made)


def _draw_arrow(painter: QPainter, area: QRect, opened: bool, colour: str) -> None:
    """A triangle that points down where entries follow, and right where they are hidden."""
    middle = area.center()
    corners = ((-4, -2), (4, -2), (0, 3)) if opened else ((-2, -4), (-2, 4), (3, 0))
    painter.setBrush(QColor(colour))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon(QPolygon([QPoint(middle.x() + x, middle.y() + y) for x, y in corners]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
