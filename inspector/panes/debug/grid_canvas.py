"""The canvas of the grid of steps: the picture painted once, the present step over it, wheel and mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from inspector.panes.debug.axis import Axis
from inspector.panes.debug.grid_base import Base
from inspector.panes.debug.grid_cells import Cells, Span, groups_of, outside_of
from inspector.panes.debug.grid_frame import Frame, draw_place
from inspector.panes.debug.grid_words import words_of
from inspector.panes.debug.shades import plain_tip
from inspector.theme import current
from rnn.arrays import AnyArray

NOTCH = 120
ZOOM = 1.25
"""How much a notch of the wheel, or + and -, enlarges."""

WIDEST, HIGHEST = 44.0, 22.0
"""Pixels of a cell where few have to fit."""

LARGEST = 120.0
SCRUB_MS = 16
MOVE, SCRUB = True, False


class GridCanvas(QWidget):
    """Cells with their texts; follows nothing by itself.

    Attributes:
        frame: where things are. cells: what is shown, or None. message: what stands there without cells.

    Signals:
        chosen: (row, column, visit) the user goes to a cell; `visit` is False while the mouse is dragged.
        viewed: another part is in sight.
    """

    chosen = Signal(int, int, bool)
    viewed = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Empty until `show_cells`."""
        super().__init__(parent)
        self.setMinimumSize(240, 84)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("All steps: a row for every statement, a column for every iteration")
        self.setAccessibleDescription(
            "Click a cell to go to its first step, drag to run through time; the wheel, + and - zoom, Ctrl+wheel makes "
            "rows higher, the middle button pans, a double click shows all"
        )
        self.frame = Frame(Axis(HIGHEST, LARGEST), Axis(WIDEST, LARGEST))
        self.frame.mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.cells: Cells | None = None
        self.message = ""
        self._groups: AnyArray = np.zeros(1, np.int64)
        self._outside: AnyArray = np.zeros(0, np.int64)
        self._hits: AnyArray = np.zeros(0, np.int64)
        self._place: tuple[int, int] | None = None
        self._base: QPixmap | None = None
        self._wanted: tuple[int, int] | None = None
        self._panned: QPointF | None = None
        self._scrub = QTimer(self, interval=SCRUB_MS, singleShot=True)
        self._scrub.timeout.connect(self._on_scrub_timeout)

    def show_cells(self, cells: Cells | None, message: str) -> None:
        """Show other cells, or a sentence where there are none."""
        self.cells, self.message = cells, message
        if cells is not None:
            self._groups, self._outside = groups_of(cells.overview), outside_of(cells.overview)
        self._lay_out()
        self.redraw()

    def show_hits(self, hits: AnyArray) -> None:
        """Mark cells that stop: ascending (k,) columns * rows + row."""
        if not np.array_equal(hits, self._hits):
            self._hits = hits
            self.redraw()

    def show_place(self, place: tuple[int, int] | None) -> None:
        """Mark where the user stands: row (-1 for none) and column; only what was and is marked is painted anew."""
        if place == self._place:
            return
        old, self._place = self._place, place
        if place is not None and self.cells is not None:
            moved = self.frame.columns.bring(place[1])
            if place[0] >= 0:
                moved |= self.frame.rows.bring(place[0])
            if moved:
                self._on_view_moved()
                return
        for one in (old, place):
            if one is not None:
                self.update(self._strip(one))
                self.update(0, 0, int(self.frame.left), self.height())

    def redraw(self) -> None:
        """Paint everything anew."""
        self._base = None
        self.update()

    def _lay_out(self) -> None:
        self.frame.font = self.font()
        size = self.frame.mono.pointSizeF()
        if size > self.font().pointSizeF() > 0:
            self.frame.mono.setPointSizeF(self.font().pointSizeF())
        last = 0 if self.cells is None else max((row.line for row in self.cells.overview.folded.rows), default=0)
        numbers = QFontMetricsF(self.frame.mono).horizontalAdvance("0" * len(str(last)))
        self.frame.fit_into(self.size(), self.cells, self._outside, numbers)
        self.viewed.emit()

    def _on_view_moved(self) -> None:
        self.redraw()
        self.viewed.emit()

    # What is in sight

    def zoom_in(self) -> None:
        """Enlarge columns around the present one."""
        self._zoom(self.frame.columns, ZOOM**2, self._middle())

    def zoom_out(self) -> None:
        """Show more columns."""
        self._zoom(self.frame.columns, ZOOM**-2, self._middle())

    def fit(self) -> None:
        """Show everything."""
        self.frame.columns.fit()
        self.frame.rows.fit()
        self._on_view_moved()

    def scroll_to(self, axis: Axis, start: float) -> None:
        """Begin with another column or row."""
        if start != axis.start:
            axis.scroll_to(start)
            self._on_view_moved()

    def _middle(self) -> float:
        columns = self.frame.columns
        at = columns.length / 2 if self._place is None else columns.place(self._place[1] + 0.5)
        return at if 0 <= at <= columns.length else columns.length / 2

    def _zoom(self, axis: Axis, factor: float, at: float) -> None:
        if self.cells is not None:
            axis.zoom_by(factor, at)
            self._on_view_moved()

    # Painting

    def _strip(self, place: tuple[int, int]) -> QRect:
        width = max(self.frame.columns.size(place[1]), 3)
        return QRectF(self.frame.x(place[1]) - 7, 0, width + 14, self.height()).toAlignedRect()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is kept, and the present step over it."""
        painter, theme = QPainter(self), current()
        if self.cells is None or not self.cells.columns:
            painter.fillRect(self.rect(), QColor(theme.base))
            painter.setPen(QColor(theme.faint))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(16, 4, -16, -4), flags, self.message)
        else:
            ratio = self.devicePixelRatioF()
            if self._base is None or self._base.devicePixelRatio() != ratio:
                base = Base(self.frame, self.cells, self._groups, self._hits, theme)
                self._base = base.pixmap(self.size(), ratio)
            painter.drawPixmap(0, 0, self._base)
            if self._place is not None and self._place[1] < self.cells.columns:
                draw_place(painter, self.frame, self.cells, self._place, theme)
        painter.setPen(QColor(theme.accent if self.hasFocus() else theme.line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer pixels."""
        self._lay_out()
        self.redraw()

    def changeEvent(self, event: QEvent) -> None:
        """Another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ScreenChangeInternal) and hasattr(self, "_scrub"):
            self._lay_out()
            self.redraw()

    def sizeHint(self) -> QSize:
        """Room for the rows."""
        rows = 0 if self.cells is None else self.cells.rows
        return QSize(720, round(min(max(rows * 12, 100), 420)))

    # Mouse and keys

    def spans(self, at: QPointF) -> tuple[Span, Span] | None:
        """Rows and columns that a pixel shows; None beside the cells."""
        if self.cells is None:
            return None
        rows = self.frame.rows.span(at.y() - self.frame.top)
        columns = self.frame.columns.span(at.x() - self.frame.left)
        return None if rows is None or columns is None else (rows, columns)

    def _go(self, at: QPointF, visit: bool) -> None:
        """Go to what stands out most in the pixel."""
        if self.cells is None:
            return
        if not visit:  # a drag goes on beside the cells
            area = self.frame.cells
            at = QPointF(
                min(max(at.x(), area.left()), area.right() - 0.5), min(max(at.y(), area.top()), area.bottom() - 0.5)
            )
        spans = self.spans(at)
        found = None if spans is None else self.cells.to_show(*spans)
        if found is not None and visit:
            self.chosen.emit(*found, True)
        elif found is not None:
            self._wanted = found
            if not self._scrub.isActive():
                self._scrub.start()

    def _on_scrub_timeout(self) -> None:
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self.chosen.emit(*wanted, False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Left goes to a cell; the middle button, or Ctrl with the left one, pans."""
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.button() == Qt.MouseButton.MiddleButton or (event.button() == Qt.MouseButton.LeftButton and ctrl):
            self._panned = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._go(event.position(), MOVE)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, or run through time."""
        at = event.position()
        if self._panned is not None:
            moved, self._panned = self._panned - at, at
            for axis, pixels in ((self.frame.columns, moved.x()), (self.frame.rows, moved.y())):
                axis.scroll_to(axis.start + pixels / axis.scale)
            self._on_view_moved()
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self._go(at, SCRUB)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The hand lets go."""
        if self._panned is not None:
            self._panned = None
            self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show everything."""
        self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom into time at the mouse; with Ctrl rows get higher; with Shift, or sideways, scroll through time."""
        turned, at, columns = event.angleDelta(), event.position(), self.frame.columns
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if turned.x() or shift:
            pixels = -(turned.x() or turned.y()) / NOTCH * 60
            self.scroll_to(columns, columns.start + pixels / columns.scale)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(self.frame.rows, ZOOM ** (turned.y() / NOTCH), at.y() - self.frame.top)
        else:
            self._zoom(columns, ZOOM ** (turned.y() / NOTCH), max(at.x() - self.frame.left, 0))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Only + and -; all other keys belong to the window."""
        acts = {"+": self.zoom_in, "=": self.zoom_in, "-": self.zoom_out}
        act = acts.get(event.text())
        if act is not None:
            act()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """What a cell is, as a tooltip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = words_of(self.cells, self.frame, QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), plain_tip(text) if text else "", self)
            return True
        return super().event(event)
