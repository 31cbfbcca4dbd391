"""SourceGutter: beside every line its breakpoint, its number, how often it ran, whether it was right, and the two markers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QToolTip, QWidget

from inspector.debugger.records import Breakpoint
from inspector.debugger.stops import Stops
from inspector.notes import Notes
from inspector.panes.debug.common import RIGHT, WRONG
from inspector.panes.debug.source_editor import SourceEditor
from inspector.panes.debug.source_inks import Inks, inks_of
from inspector.panes.debug.source_lines import short_count
from inspector.panes.debug.source_places import Seen
from inspector.panes.debug.source_words import is_special, line_words, tip
from inspector.theme import current
from rnn.sessions.document import Note

DOT, SIGN, ARROW, HEAT, NOTE = 18, 17, 18, 4, 11
"""Widths of the columns of breakpoints, signs, markers and of the coloured bar; those of numbers follow the letters."""

FEWEST_DIGITS, COUNT_LETTERS = 3, 4
ROOM = 6
RIGHT_ALIGNED = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
CENTRED = int(Qt.AlignmentFlag.AlignCenter)


class SourceGutter(QWidget):
    """The column at the left of a `SourceEditor`.

    Signals:
        clicked: a line's number. double_clicked: likewise, after one click. menu_asked: (line, point on the screen).
    """

    clicked = Signal(int)
    double_clicked = Signal(int)
    menu_asked = Signal(int, QPoint)

    def __init__(self, editor: SourceEditor, stops: Stops, notes: Notes) -> None:
        """Args: editor: beside whose lines it stands. stops: the breakpoints. notes: the user's."""
        super().__init__(editor)
        self._editor, self._stops, self._notes = editor, stops, notes
        self._noted: dict[int, Note] = {}
        self._file = 0
        self._known: dict[int, Breakpoint | None] = {}
        self._small, self._plain, self._bold = QFont(), QFont(), QFont()
        self.setAccessibleName("Gutter of the source")
        self.setAccessibleDescription("Click: breakpoint (F9); right click: condition (Ctrl+F9)")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        editor.moved.connect(self.place)
        editor.marks_changed.connect(self.update)
        notes.changed.connect(self.show_notes)
        self.place()

    def show_file(self, file: int) -> None:
        """Show another file's breakpoints. Args: file: its number."""
        self._file = file
        self.forget_stops()
        self.show_notes()

    @Slot()
    def show_notes(self) -> None:
        """Mark the lines that have notes."""
        sheet = self._editor.look.sheet
        self._noted = {} if sheet is None else self._notes.of_file(sheet.source.path)
        self.place()

    @Slot()
    def forget_stops(self) -> None:
        """Breakpoints have changed."""
        self._known.clear()
        self.update()

    def breakpoint_at(self, line: int) -> Breakpoint | None:
        """The breakpoint of a line, asked once."""
        if line not in self._known:
            self._known[line] = self._stops.at_line((self._file, line))
        return self._known[line]

    @Slot()
    def place(self) -> None:
        """Take the place that the editor leaves free, as wide as the numbers need."""
        editor = self._editor
        self._plain = QFont(editor.font())
        self._small, self._bold = QFont(self._plain), QFont(self._plain)
        self._small.setPointSizeF(max(6.0, self._plain.pointSizeF() * 0.8))
        self._bold.setBold(True)
        width = sum(self._widths())
        if editor.viewportMargins().left() != width:
            editor.setViewportMargins(width, 0, 0, 0)
        area = editor.viewport().geometry()
        self.setGeometry(area.left() - width, area.top(), width, area.height())
        self.update()

    def _widths(self) -> tuple[int, int, int, int, int, int, int]:
        """Of breakpoints, numbers, counts, signs, markers, the bar and notes."""
        sheet = self._editor.look.sheet
        blocks = self._editor.blockCount()
        digits = max(FEWEST_DIGITS, len(str(blocks if sheet is None else sheet.line_at(blocks - 1))))
        numbers = QFontMetrics(self._bold).horizontalAdvance("0" * digits)
        counts = QFontMetrics(self._small).horizontalAdvance("0" * COUNT_LETTERS) + ROOM
        return DOT, numbers, counts, SIGN, ARROW, HEAT, NOTE if self._noted else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines in sight."""
        painter, inks, area = QPainter(self), inks_of(current()), event.rect()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(area, inks.gutter)
        widths, cursor = self._widths(), self._editor.cursor_line()
        for one in self._editor.places.seen():
            if one.top <= area.bottom() and one.top + one.height > area.top():
                self._paint_line(painter, one, widths, inks, one.line == cursor)

    def _paint_line(self, painter: QPainter, one: Seen, widths: tuple[int, ...], inks: Inks, has_cursor: bool) -> None:
        boxes, left = [], 0
        for width in widths:
            boxes.append(QRect(left, one.top, width, one.height))
            left += width
        look = self._editor.look
        found = self.breakpoint_at(one.line)
        if found is not None:
            paint_breakpoint(painter, boxes[0], found, inks)
        painter.setFont(self._bold if has_cursor else self._plain)
        painter.setPen(inks.text if has_cursor else inks.faint)
        painter.drawText(boxes[1], RIGHT_ALIGNED, str(one.line))
        count = look.facts.hits.get(one.line)
        if count:
            painter.setFont(self._small)
            painter.setPen(inks.faint)
            painter.drawText(boxes[2], RIGHT_ALIGNED, short_count(count))
        self._paint_verdict(painter, one.line, boxes[3], boxes[5], inks)
        if one.line in self._noted:
            paint_note(painter, boxes[6], inks)
        if one.line in look.grey:
            painter.setPen(QPen(inks.faint, 1, Qt.PenStyle.DotLine))
            painter.drawLine(boxes[5].left(), one.top, boxes[5].left(), one.top + one.height)
        paint_markers(painter, boxes[4], one.line == look.stand.line, one.line == look.stand.upcoming, inks)

    def _paint_verdict(self, painter: QPainter, line: int, sign: QRect, bar: QRect, inks: Inks) -> None:
        look = self._editor.look
        worst, amount = look.worst(line), look.severity(line)
        if amount:
            painter.fillRect(bar, inks.heat(amount))
        if (worst is not None or amount) and look.sheet is not None and look.sheet.first(line) == line:
            painter.setFont(self._plain)
            painter.setPen(inks.bad if amount else inks.good)
            painter.drawText(sign, CENTRED, WRONG if amount else RIGHT)

    # Qt's events

    def _line_at(self, point: QPointF | QPoint) -> int:
        seen = self._editor.places.seen_at(point.y())
        return 0 if seen is None else seen.line

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a line."""
        line = self._line_at(event.position())
        if line and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(line)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second click."""
        line = self._line_at(event.position())
        if line and event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit(line)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of a line."""
        line = self._line_at(event.pos())
        if line:
            self.menu_asked.emit(line, event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Say everything about a line."""
        if not isinstance(event, QHelpEvent):
            return super().event(event)
        text = self.words_of(self._line_at(event.pos()))
        QToolTip.showText(event.globalPos(), tip(text), self)
        return True

    def words_of(self, line: int) -> str:
        """Everything about a line, in words."""
        look = self._editor.look
        if not line or look.sheet is None:
            return ""
        first = look.sheet.first(line)
        found = self.breakpoint_at(line if first is None else first)
        hits = None if found is None else self._stops.hits(found)
        words = line_words(first, look.facts, line not in look.grey, found, hits)
        return f"{words}\nNote: {self._noted[line].text}" if line in self._noted else words


def paint_breakpoint(painter: QPainter, box: QRect, one: Breakpoint, inks: Inks) -> None:
    """A dot, with a condition a diamond; hollow where it is off."""
    size = min(box.width(), box.height(), 16) / 2 - 2.5
    middle = QPointF(box.center()) + QPointF(0.5, 0.5)
    painter.setPen(QPen(inks.bad, 1.5))
    painter.setBrush(inks.bad if one.enabled else Qt.BrushStyle.NoBrush)
    if is_special(one):
        size += 1
        corners = (QPointF(0, -size), QPointF(size, 0), QPointF(0, size), QPointF(-size, 0))
        painter.drawPolygon(QPolygonF([middle + corner for corner in corners]))
    else:
        painter.drawEllipse(middle, size, size)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_note(painter: QPainter, box: QRect, inks: Inks) -> None:
    """A small sheet with a folded corner."""
    side = min(box.width() - 3, box.height() - 4, 9)
    area = QRectF(box.left() + 2, box.center().y() - side / 2, side, side)
    fold = side / 2.4
    sheet = QPolygonF([area.topLeft(), QPointF(area.right() - fold, area.top()), QPointF(area.right(), area.top() + fold),
                       area.bottomRight(), area.bottomLeft()])  # fmt: skip
    painter.setPen(QPen(inks.accent, 1))
    painter.setBrush(inks.match)
    painter.drawPolygon(sheet)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_markers(painter: QPainter, box: QRect, solid: bool, outline: bool, inks: Inks) -> None:
    """An arrow for what was just executed, an outlined one for what comes next; both where a line follows itself."""
    area = QRectF(box).adjusted(3, 0, -2, 0)
    if outline:
        painter.setPen(QPen(QColor(inks.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(_arrow(area, 7.0 if solid else 5.5))
    if solid:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(inks.accent)
        painter.drawPolygon(_arrow(area, 4.0 if outline else 6.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _arrow(area: QRectF, size: float) -> QPolygonF:
    middle = area.center()
    half = min(size, area.height() / 2 - 0.5)
    return QPolygonF(
        [middle + QPointF(-0.8 * size, -half), middle + QPointF(0.8 * size, 0), middle + QPointF(-0.8 * size, half)]
    )
