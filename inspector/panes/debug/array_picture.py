"""ArrayPicture: the selected array as a heat map: what the step changed is outlined, the worst cell ringed, the picked one framed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontDatabase, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QWidget

from inspector.debugger.records import CHANGE, VALUE
from inspector.panes.debug.array_layers import Drawn
from inspector.panes.debug.array_sheet import Cell, Index
from inspector.panes.debug.array_words import digits, element_text
from inspector.panes.heatmap.colour_bar import ColourBar
from inspector.panes.heatmap.matrix_view import MatrixView
from inspector.panes.heatmap.view_model import ViewModel
from inspector.picture.ticks import short
from inspector.theme import current

OUTLINE_FROM_PX = 6.0
RING_PX = 11.0
"""Least diameter of the ring around the worst cell."""

ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


class _Marks(QWidget):
    """What lies over the heat map; the mouse goes through it."""

    def __init__(self, view: MatrixView, model: ViewModel) -> None:
        super().__init__(view)
        self._view = view
        self._drawn: Drawn | None = None
        self._worst: Cell | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        view.installEventFilter(self)
        model.changed.connect(self.update)

    def show_marks(self, drawn: Drawn | None, worst: Cell | None) -> None:
        self._drawn, self._worst = drawn, worst
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._view.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._drawn is None:
            return
        painter, theme = QPainter(self), current()
        painter.setClipRect(self._view.area)
        size = self._view.cell_rect(0, 0)
        if len(self._drawn.edges) and min(size.width(), size.height()) >= OUTLINE_FROM_PX:
            self._draw_edges(painter)
        if self._worst is not None:
            ring = self._view.cell_rect(*self._worst)
            grow = max(0.0, (RING_PX - min(ring.width(), ring.height())) / 2)
            self._draw_ring(painter, ring.adjusted(-grow, -grow, grow, grow), theme.bad)

    def _draw_edges(self, painter: QPainter) -> None:
        first = self._view.to_pixels(0, 0)
        step = self._view.to_pixels(1, 1) - first
        edges = [] if self._drawn is None else self._drawn.edges.tolist()
        dx, dy, x0, y0 = step.x(), step.y(), first.x(), first.y()
        lines = [QLineF(x0 + a * dx, y0 + b * dy, x0 + c * dx, y0 + d * dy) for a, b, c, d in edges]
        for colour, width in ((current().base, 3), (current().text, 1)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawLines(lines)

    @staticmethod
    def _draw_ring(painter: QPainter, ring: QRectF, colour: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shade, width in ((current().base, 4), (colour, 2)):
            painter.setPen(QPen(QColor(shade), width))
            painter.drawEllipse(ring)


class ArrayPicture(QWidget):
    """The heat map with its colour bar; of an array without axes just the number.

    Signals:
        picked: index of the element that was clicked. nudged: (rows, columns) by which Ctrl and an arrow move the picked cell.
    """

    picked = Signal(object)
    nudged = Signal(int, int)

    def __init__(self, parent: QWidget) -> None:
        """Built once; `show_drawn` swaps what it draws."""
        super().__init__(parent)
        self._drawn: Drawn | None = None
        self._cell: Cell | None = None
        self.model = ViewModel(self)
        self._map = QWidget(self)
        self.view = MatrixView("Array", self.model, self._map)
        self.view.setAccessibleDescription(
            "Wheel zooms, drag moves, Ctrl+drag zooms to a box, a click picks a cell, Ctrl with an arrow key moves it; "
            "the numbers beside it are the same as text"
        )
        self._marks = _Marks(self.view, self.model)
        self._bar = ColourBar("Colours of the array", self._map)
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._words.setMinimumSize(140, 60)
        self._words.setContentsMargins(12, 6, 12, 6)
        self._words.setAccessibleName("The array in words")
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self._map)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.view, 1)
        row.addWidget(self._bar)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._map)
        self._stack.addWidget(self._words)
        self.setFocusProxy(self.view)
        self.view.picked.connect(self._on_view_picked)
        self.view.hovered.connect(self._on_view_hovered)

    def say(self, text: str, number: bool = False) -> None:
        """Show words, or one number, in the place of a picture."""
        self._drawn = None
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont) if number else self.font()
        if number:
            font.setPointSizeF(font.pointSizeF() * 1.4)
        self._words.setFont(font)
        self._words.setText(text)
        self._stack.setCurrentWidget(self._words)

    def show_drawn(self, drawn: Drawn, element: Index | None, colour_map: str) -> None:
        """Draw a picture with the marks of its step."""
        shown = drawn.shown
        if not shown.sheet.shape:
            self.say(digits(shown.numbers[0, 0]) if shown.numbers is not None else shown.note, number=True)
            return
        same = self._drawn is not None and self._drawn.layer.levels == drawn.layer.levels
        self._drawn = drawn
        self.model.set_matrix(*drawn.layer.values.shape)
        self.view.title = self._title(drawn)
        self.view.show_layer(drawn.layer, colour_map, current().name)
        if not same:
            self._bar.show_layer(drawn.layer, colour_map, current().name, False)
        judged = shown.detail.judged
        wrong = judged is not None and judged.wrong and not shown.sides.added
        self._marks.show_marks(drawn, shown.sheet.cell(shown.detail.worst) if wrong else None)
        self.mark(element, reveal=False)
        self._stack.setCurrentWidget(self._map)

    def redraw(self, element: Index | None, colour_map: str) -> None:
        """The theme or the colour map is another one."""
        drawn, self._drawn = self._drawn, None
        if drawn is not None:
            self.show_drawn(drawn, element, colour_map)

    def mark(self, element: Index | None, reveal: bool = True) -> None:
        """Frame the picked element."""
        if self._drawn is None:
            return
        cell = self._drawn.shown.sheet.cell(element)
        if cell is not None and cell != self._cell and reveal:
            self.model.reveal(*cell)
        self._cell = cell
        self.view.mark(cell, None, None, None)

    @staticmethod
    def _title(drawn: Drawn) -> str:
        shown = drawn.shown
        if shown.looks.mode not in (VALUE, CHANGE) or shown.sides.added:
            return shown.title
        cells = drawn.layer.values.size
        count = "all" if drawn.changed == cells > 1 else f"{drawn.changed:,}"
        return f"{shown.title}, {count} changed" if drawn.changed else f"{shown.title}, unchanged"

    @Slot(int, int)
    def _on_view_picked(self, row: int, column: int) -> None:
        if self._drawn is not None:
            self.picked.emit(self._drawn.shown.sheet.index(row, column))

    @Slot(object)
    def _on_view_hovered(self, cell: Cell | None) -> None:
        if self._drawn is None:
            return
        self.view.mark(self._cell, cell, None, None)
        title = self._title(self._drawn)
        if cell is not None:
            where = element_text(self._drawn.shown.sheet.index(*cell))
            title = f"{where}  {short(float(self._drawn.layer.values[cell]))}"
        if title != self.view.title:
            self.view.title = title
            self.view.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl with an arrow moves the picked cell, with Shift by ten: plain arrows step through the recording."""
        arrow, keys = ARROWS.get(Qt.Key(event.key())), event.modifiers()
        if arrow is not None and keys & Qt.KeyboardModifier.ControlModifier:
            by = 10 if keys & Qt.KeyboardModifier.ShiftModifier else 1
            self.nudged.emit(arrow[0] * by, arrow[1] * by)
        else:
            super().keyPressEvent(event)
