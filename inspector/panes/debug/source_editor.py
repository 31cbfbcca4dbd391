"""SourceEditor: the text that ran, to read; lines shaded by what they did, values behind them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontDatabase,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from inspector.panes.debug.source_colours import Colours
from inspector.panes.debug.source_inks import inks_of
from inspector.panes.debug.source_lines import Facts, Sheet
from inspector.panes.debug.source_painting import LineLook, Stand, Values, grey_stretches
from inspector.panes.debug.source_places import Places
from inspector.theme import current

HOVER_MS = 400
TAB_COLUMNS = 4
READS = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
CTRL = Qt.KeyboardModifier.ControlModifier


class SourceEditor(QPlainTextEdit):
    """Shows one `Sheet`.

    Attributes:
        look: what is known of its lines. places: where they are. colours: of the syntax.
        keeps_escape: whether Esc is for what belongs to the editor, not for the window.

    Signals:
        line_chosen: the user has put the text cursor on another line (its number).
        name_chosen: (point in the viewport, whether it was asked for by Ctrl): what stands there was chosen.
        hovered: the mouse rests at a point of the viewport. zoomed: the wheel was turned with Ctrl, up (1) or down (-1).
        find_asked: Ctrl+F, where nobody else takes it. escaped: Esc likewise.
        menu_asked: (point in the viewport, the same on the screen).
        marks_changed: what is known of lines has changed. moved: lines stand elsewhere.
    """

    line_chosen = Signal(int)
    name_chosen = Signal(QPoint, bool)
    hovered = Signal(QPoint)
    zoomed = Signal(int)
    menu_asked = Signal(QPoint, QPoint)
    find_asked = Signal()
    escaped = Signal()
    marks_changed = Signal()
    moved = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Empty."""
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(READS)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QPlainTextEdit { border: none; border-radius: 0; padding: 0; }")
        self.setAccessibleName("Source")
        self.setAccessibleDescription(
            "The text that ran; Up and Down move the cursor, F9 makes a breakpoint on its line"
        )
        self.viewport().setMouseTracking(True)
        self.look, self.places = LineLook(), Places(self)
        self.colours = Colours(self.document(), self)
        self.keeps_escape = False
        self._mouse, self._line, self._quiet = QPoint(), 0, False
        self._hover = QTimer(self, interval=HOVER_MS, singleShot=True)
        self._hover.timeout.connect(lambda: self.hovered.emit(self._mouse))
        self.colours.ready.connect(self._on_moved)
        self.updateRequest.connect(self._on_update_request)
        self.cursorPositionChanged.connect(self._on_cursor_moved)
        self.set_points(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).pointSizeF())

    # What is shown

    def show_sheet(self, sheet: Sheet | None) -> None:
        """Show a file; the same text stays as it is, so that nothing jumps while a recording grows."""
        before, look = self.look.sheet, self.look
        self.places.sheet = sheet
        if before is not None and sheet is not None and _shows_the_same(before, sheet):
            look.sheet = sheet
            return
        look.take_sheet(sheet)
        text = "" if sheet is None else sheet.text
        self.places.forget()
        self.colours.read("" if sheet is None or sheet.numbers else text)
        self._quiet = True
        self.setPlainText(text)
        self._quiet = False
        self.horizontalScrollBar().setValue(0)  # Qt goes to where the text begins, without the margin
        self.setExtraSelections([])
        self._line = 0
        self._on_moved()

    def show_facts(self, facts: Facts) -> None:
        """Shade the lines."""
        self.look.facts = facts
        self.viewport().update()
        self.marks_changed.emit()

    def show_stand(self, stand: Stand) -> None:
        """Mark where the user stands; only the lines whose marks change are painted."""
        before, self.look.stand = self.look.stand, stand
        if before != stand:
            self._paint_lines(before.lines() | stand.lines())
            self.marks_changed.emit()

    def show_values(self, inline: Values, grey: frozenset[int]) -> None:
        """Write values behind lines, by first lines of statements; and the lines that this iteration has not executed."""
        if grey != self.look.grey:
            self.look.grey = grey
            self._show_grey()
            self.marks_changed.emit()
        self._paint_lines(self.look.take_values(inline))

    def show_matches(self, starts: list[int], length: int) -> None:
        """Mark what a search has found: positions in the document, ascending, and the length of each."""
        self.look.matches = starts, length
        self.viewport().update()

    def take_theme(self) -> None:
        """Another theme is on."""
        self._show_grey()
        self._on_moved()

    def set_points(self, points: float) -> None:
        """Take another size of letters."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(points)
        self.setFont(font)
        self.document().setDefaultFont(font)
        self.look.take_font(font)
        self.setTabStopDistance(TAB_COLUMNS * self.fontMetrics().horizontalAdvance(" "))
        self._on_moved()

    def _show_grey(self) -> None:
        self.setExtraSelections(grey_stretches(self.places, self.look.grey))

    # The cursor

    def cursor_line(self) -> int:
        """The line of the text cursor."""
        return self.places.line(self.textCursor().block())

    def put_cursor(self, line: int) -> None:
        """Put the text cursor on a line without saying so and without scrolling; what the user has selected stays so."""
        block = self.places.block(line)
        if not block.isValid() or line == self.cursor_line() or self.textCursor().hasSelection():
            return
        across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        self._quiet = True
        self.setTextCursor(QTextCursor(block))
        self._quiet = False
        self._line = line
        self.horizontalScrollBar().setValue(across)
        self.verticalScrollBar().setValue(down)
        self.marks_changed.emit()

    def go_to(self, line: int) -> None:
        """Put the text cursor on a line, as the user would, and bring it into sight."""
        self.setTextCursor(QTextCursor(self.places.block(line)))
        self.places.reveal(line)

    def select(self, start: int, length: int) -> None:
        """Select a stretch of the text and bring it into sight."""
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.places.reveal(self.cursor_line())

    @Slot()
    def _on_cursor_moved(self) -> None:
        line = self.cursor_line()
        if not self._quiet and line != self._line:
            self._line = line
            self.marks_changed.emit()
            self.line_chosen.emit(line)

    # Painting

    def _paint_lines(self, lines: Iterable[int]) -> None:
        wanted, width = set(lines), self.viewport().width()
        for one in self.places.seen():
            if one.line in wanted:
                self.viewport().update(0, one.top, width, one.height)

    @Slot()
    def _on_moved(self) -> None:
        """Lines stand elsewhere, or other ones are in sight: these get their colours before they are painted."""
        self.places.forget()
        self.colours.dress(self._blocks())
        self.viewport().update()
        self.moved.emit()

    def _blocks(self) -> list[QTextBlock]:
        return [one.block for one in self.places.seen()]

    @Slot()
    def _on_update_request(self, _: object, dy: int) -> None:
        if dy:
            self.places.forget()
            self.colours.dress(self._blocks())
            self.moved.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Backgrounds below the text, values behind it."""
        area, width, left, inks = event.rect(), self.viewport().width(), self.contentOffset().x(), inks_of(current())
        lines = [one for one in self.places.seen() if one.top <= area.bottom() and one.top + one.height > area.top()]
        painter = QPainter(self.viewport())
        for one in lines:
            self.places.lay_out(one.block)
            self.look.paint_below(painter, one, width, left, inks)
        painter.end()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        for one in lines:
            self.look.paint_behind(painter, one, width, left, inks)
        painter.end()

    # Qt's events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The line the user stands on stays in sight where it was."""
        line = self.look.stand.line
        was_seen = any(one.line == line for one in self.places.seen())
        super().resizeEvent(event)
        self._on_moved()
        if line and (was_seen or event.oldSize().height() <= 0):
            self.places.reveal(line)

    def event(self, event: QEvent) -> bool:
        """Esc, which cancels elsewhere, closes the find bar first. Arrows and letters are left to actions by Qt."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self.keeps_escape and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no action has taken."""
        if event.matches(QKeySequence.StandardKey.Find):
            self.find_asked.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl the letters grow or shrink."""
        if event.modifiers() & CTRL:
            self.zoomed.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Wait whether the mouse rests."""
        super().mouseMoveEvent(event)
        self._mouse = event.position().toPoint()
        self._hover.start()

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse is elsewhere."""
        self._hover.stop()
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of a place."""
        self.menu_asked.emit(event.pos(), event.globalPos())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ctrl+click chooses what stands there."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and event.modifiers() & CTRL:
            self.name_chosen.emit(event.position().toPoint(), True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click selects a word, and chooses what it stands for."""
        super().mouseDoubleClickEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.name_chosen.emit(event.position().toPoint(), False)


def _shows_the_same(one: Sheet, other: Sheet) -> bool:
    return (one.source.path, one.text, one.numbers) == (other.source.path, other.text, other.numbers)
