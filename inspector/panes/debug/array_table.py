"""ArrayTable: every array that the call can see, row by row, with what the step changed and what JAX says."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from inspector.debugger.debugger import Debugger
from inspector.debugger.records import ArrayRow
from inspector.panes.debug.array_delegate import ArrayDelegate, arrow_right
from inspector.panes.debug.array_model import (
    CHANGED,
    DTYPE,
    JAX,
    LARGEST,
    NAME,
    NORM,
    OVER_TIME,
    SHAPE,
    ArrayModel,
    Index,
)
from inspector.panes.debug.common import look_like_rows
from inspector.panes.debug.spark import Sparks

ROW_PX = 24
WIDTHS = {NAME: 132, SHAPE: 62, DTYPE: 66, NORM: 62, CHANGED: 64, LARGEST: 66, JAX: 118, OVER_TIME: 50}
"""Least widths of the columns in pixels; names take what is left."""

GIVE_WAY = (DTYPE, LARGEST, SHAPE, CHANGED)
"""Columns that are left out where there is no room for them, the first one first; tooltips and the detail say the same."""

TOGGLES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class ArrayTable(QTableView):
    """The table.

    Signals:
        chosen: path of a row that the user made the current one.
        menu_wanted: (path, global position) of a row whose menu is asked for.
    """

    chosen = Signal(str)
    menu_wanted = Signal(str, QPoint)

    def __init__(self, debugger: Debugger, parent: QWidget) -> None:
        """Args: debugger: whose containers are opened and closed, and that knows norms over time."""
        super().__init__(parent)
        self._debugger = debugger
        self.model_ = ArrayModel(self)
        self.sparks = Sparks(debugger, self.visible_arrays, self)
        self._follows = False
        self._has_jax = True
        self._mark: int | None = None
        self.setModel(self.model_)
        self._delegate = ArrayDelegate(self.model_, self.sparks, self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Arrays at this step")
        self.setAccessibleDescription("Rows that the step wrote are bold; Enter opens and closes a container")
        self._look()
        self.sparks.changed.connect(self._repaint_lines)
        self.verticalScrollBar().valueChanged.connect(self.sparks.ask)

    def _look(self) -> None:
        look_like_rows(self, ROW_PX)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        for column, width in WIDTHS.items():
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)

    # Rows

    def show_rows(self, rows: Sequence[ArrayRow], path: str) -> None:
        """Draw other rows; what stands at the upper edge stays there, and so does the selection."""
        top = self.rowAt(0)
        anchor = self.model_.paths[top:] if top >= 0 else []
        height = self.rowViewportPosition(top) if top >= 0 else 0
        moved = [row.path for row in rows] != self.model_.paths
        self._follows = True  # where the current row goes, another one becomes current: nobody has chosen that
        self.model_.show(rows)
        self._follows = False
        if moved:
            self._restore(anchor, height)
            self.select_path(path, reveal=False)
        self.sparks.ask()
        self._move_mark()

    def _restore(self, anchor: Sequence[str], height: int) -> None:
        """Scroll so that the first of some paths that is still there stands where the first of them stood."""
        for path in anchor:
            place = self.model_.place(path)
            if place >= 0:
                bar = self.verticalScrollBar()
                bar.setValue(bar.value() + self.rowViewportPosition(place) - height)
                return

    def set_jax(self, has_jax: bool) -> None:
        """Leave JAX's column out as long as JAX says nothing."""
        if has_jax != self._has_jax:
            self._has_jax = has_jax
            self._fit(self.viewport().width())

    def select_path(self, path: str, reveal: bool = True) -> None:
        """Make a path's row the current one; nobody is told."""
        place = self.model_.place(path)
        if place == self.currentIndex().row():
            return
        self._follows = True
        if place < 0:
            self.clearSelection()
            self.selectionModel().clearCurrentIndex()
        else:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            index = self.model_.index(place, NAME)
            self.selectionModel().setCurrentIndex(index, flags)
            if reveal:
                self.scrollTo(index)
        self._follows = False

    def row_of(self, path: str) -> ArrayRow | None:
        """The row of a path, None without one."""
        place = self.model_.place(path)
        return self.model_.rows[place] if place >= 0 else None

    def visible_arrays(self) -> list[str]:
        """Paths of arrays whose rows can be seen."""
        rows = self.model_.rows
        if not rows or not self.isVisible() or self.isColumnHidden(OVER_TIME):
            return []
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        shown = rows[max(first, 0) : (last if last >= 0 else len(rows) - 1) + 1]
        return [row.path for row in shown if row.kind == "array"]

    def currentChanged(self, now: Index, before: Index) -> None:
        """Tell of the row that the user chose."""
        super().currentChanged(now, before)
        if now.isValid() and now.row() != before.row() and not self._follows:
            self.chosen.emit(self.model_.paths[now.row()])

    # Lines over time

    def _move_mark(self) -> None:
        """The present step stands elsewhere in the lines: draw them again, if that can be seen."""
        shown = self.visible_arrays()
        width = self.columnWidth(OVER_TIME) - 4
        mark = next((mark for path in shown if (mark := self.sparks.mark(path, width)) is not None), None)
        if mark != self._mark:
            self._mark = mark
            self._repaint_lines()

    @Slot()
    def _repaint_lines(self) -> None:
        left = self.columnViewportPosition(OVER_TIME)
        self.viewport().update(left, 0, self.columnWidth(OVER_TIME), self.viewport().height())

    def forget_colours(self) -> None:
        """The theme is another one."""
        self.sparks.forget_colours()
        self.model_.forget_colours()

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns give way where there is no room; rows that come into sight want their lines."""
        super().resizeEvent(event)
        self._fit(self.viewport().width())
        if event.size().height() < event.oldSize().height() and self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
        self.sparks.ask()

    def _fit(self, room: int) -> None:
        shown = dict(WIDTHS)
        if not self._has_jax:
            del shown[JAX]
        for column in GIVE_WAY:
            if sum(shown.values()) <= room:
                break
            del shown[column]
        for column in WIDTHS:
            if self.isColumnHidden(column) == (column in shown):
                self.setColumnHidden(column, column not in shown)
        self._delegate.shapes = SHAPE not in shown

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a triangle opens or closes; any other one chooses."""
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and index.column() == NAME:
            row = self.model_.rows[index.row()]
            if row.kind == "container" and event.position().x() - self.visualRect(index).left() < arrow_right(row):
                self._debugger.toggle_expanded(row.path)
                return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click on a container opens or closes it, too."""
        index = self.indexAt(event.position().toPoint())
        row = self.model_.rows[index.row()] if index.isValid() else None
        near = row is not None and event.position().x() - self.visualRect(index).left() < arrow_right(row)
        if row is not None and row.kind == "container" and not (index.column() == NAME and near):
            self._debugger.toggle_expanded(row.path)
        elif row is not None and row.kind == "container":
            self.mousePressEvent(event)  # quick clicks on a triangle are clicks
        else:
            super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open and close containers; letters are the debugger's keys, not a search among names."""
        row = self.model_.rows[self.currentIndex().row()] if self.currentIndex().isValid() else None
        key, plain = Qt.Key(event.key()), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and key in TOGGLES and row is not None and row.kind == "container":
            self._debugger.toggle_expanded(row.path)
        elif (letter := event.text().strip()) and letter.isprintable():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of a row, at the mouse or under the row."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            where = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft()) if by_key else event.globalPos()
            self.menu_wanted.emit(self.model_.paths[index.row()], where)
