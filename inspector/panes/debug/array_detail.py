"""ArrayDetail: the selected array, whole: in words, as a picture, with all digits, and what could be tried with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from inspector.debugger.records import Detail
from inspector.panes.debug.array_cell import CellBox
from inspector.panes.debug.array_controls import NUMBERS, PICTURE, ArrayControls
from inspector.panes.debug.array_layers import Drawer, Drawn
from inspector.panes.debug.array_numbers import NumbersTable
from inspector.panes.debug.array_picture import ArrayPicture
from inspector.panes.debug.array_sheet import Index
from inspector.panes.debug.array_shown import Looks, Shown, shown_of
from inspector.panes.debug.array_what_if import WhatIfStrip
from inspector.panes.debug.array_words import EMPTY, NO_ARRAY, detail_role, detail_words
from inspector.theme import current

if TYPE_CHECKING:
    from inspector.state import State

BOTH_FROM_PX = 700
"""Width from which picture and numbers stand side by side."""

NO_PICTURE = "These items are no numbers; see them under Numbers"


class ArrayDetail(QWidget):
    """Follows the debugger's detail and choice.

    Attributes:
        shown: what is drawn, None for nothing. container: what to do, where what is selected is no array but holds some.
    """

    def __init__(self, state: State, parent: QWidget) -> None:
        """Args: state: has the debugger, takes the verbs."""
        super().__init__(parent)
        self._state, self._debugger = state, state.debugger
        self.controls = ArrayControls(state.debugger, self)
        self._words = QLabel(self)
        self._role = ""
        self.picture, self.numbers = ArrayPicture(self), NumbersTable(self)
        self.cell, self.strip = CellBox(state.debugger, self), WhatIfStrip(state, self)
        self._views = QSplitter(Qt.Orientation.Horizontal, self)
        self._drawer = Drawer(self)
        self._detail: Detail | None = None
        self._looks: Looks | None = None
        self._scale = ""
        self.shown: Shown | None = None
        self.container = ""
        self._numbers_beside = True
        self._build()
        self._drawer.ready.connect(self._on_drawer_ready)
        self.controls.changed.connect(self.synchronize)
        self.controls.tab_chosen.connect(self._arrange)
        for view in (self.picture, self.numbers):
            view.picked.connect(self._on_view_picked)
        self.picture.nudged.connect(self._on_picture_nudged)
        self.strip.edited.connect(self._show_cell)

    def _build(self) -> None:
        words = self._words
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setAccessibleName("The array in words")
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for view in (self.picture, self.numbers):
            self._views.addWidget(view)
        self._views.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(3)
        layout.addWidget(self.controls)
        layout.addWidget(words)
        layout.addWidget(self._views, 1)
        layout.addWidget(self.cell)
        layout.addWidget(self.strip)

    # Drawing

    @Slot()
    def synchronize(self) -> None:
        """Draw the detail as it is looked at; what is drawn already stays."""
        detail = self._debugger.detail if self._debugger.path else None
        self.controls.synchronize()
        self.controls.fit_detail(detail)
        looks, scale = self.controls.looks(), self._state.view.scale
        same = (detail, looks, scale) == (self._detail, self._looks, self._scale)
        self._detail, self._looks, self._scale = detail, looks, scale
        if same:
            self._mark()
            return
        self.shown = None if detail is None else shown_of(detail, looks)
        self._say(detail, looks)
        self._draw(detail)
        if self.numbers.isVisible():
            self.numbers.show_shown(self.shown, self._element)
        self._show_cell()

    def _draw(self, detail: Detail | None) -> None:
        if self.shown is not None and self.shown.numbers is not None and self.shown.numbers.size:
            self._drawer.order(self.shown, self._scale)
            return
        self._drawer.drop()
        if self.shown is not None:
            self.picture.say(self.shown.note or EMPTY)
        else:
            self.picture.say(self.container or (detail.note if detail is not None else "") or NO_ARRAY)

    @Slot(object)
    def _on_drawer_ready(self, drawn: Drawn | None) -> None:
        if drawn is None:
            self.picture.say(NO_PICTURE)
        else:
            self.picture.show_drawn(drawn, self._element, self._state.view.colour_map)

    def _say(self, detail: Detail | None, looks: Looks) -> None:
        text = "" if detail is None else detail_words(detail, looks.this_step)
        if text != self._words.text():
            self._words.setText(text)
            self._words.setToolTip(text)
        self._colour_words("text" if detail is None else detail_role(detail, looks.this_step))

    def _colour_words(self, role: str) -> None:
        if role != self._role:
            self._role = role
            palette = QPalette(self.palette())
            palette.setColor(QPalette.ColorRole.WindowText, QColor(getattr(current(), role)))
            self._words.setPalette(palette)

    # The picked element

    @property
    def _element(self) -> Index | None:
        """The picked element, unless the values are still those of another array."""
        there = self._detail is not None and self._detail.path == self._debugger.path
        return self._debugger.element if there else None

    def _mark(self) -> None:
        self.picture.mark(self._element)
        if self.numbers.isVisible():
            self.numbers.mark(self._element)
        self._show_cell()

    @Slot()
    def _show_cell(self) -> None:
        detail, shown, element = self._detail, self.shown, self._element
        path, step = ("", -1) if detail is None else (detail.path, detail.step)
        self.cell.leave(path)
        sides = None if shown is None else shown.sides
        self.cell.show_sides(path, step, sides, element, self.strip.edited_value(path, step, self.cell.element))
        element = self.cell.element
        value = None if element is None or sides is None else sides.value[element]
        reference = detail is not None and detail.reference is not None
        self.strip.show_element(path, step, element, value, reference)

    @Slot(object)
    def _on_view_picked(self, element: Index) -> None:
        if self._detail is not None and self._detail.path == self._debugger.path:
            self._debugger.pick(element)

    @Slot(int, int)
    def _on_picture_nudged(self, rows: int, columns: int) -> None:
        if self.shown is None:
            return
        sheet = self.shown.sheet
        row, column = sheet.cell(self._element) or (0, 0)
        row, column = min(max(row + rows, 0), sheet.rows - 1), min(max(column + columns, 0), sheet.columns - 1)
        if row >= 0 and column >= 0:
            self._on_view_picked(sheet.index(row, column))

    # Picture and numbers

    @property
    def _is_wide(self) -> bool:
        return self.width() >= BOTH_FROM_PX

    @Slot()
    def toggle_numbers(self) -> None:
        """Show numbers instead of the picture and back; where both have room, show or hide the numbers."""
        if self._is_wide:
            self._numbers_beside = not self._numbers_beside
            self._arrange()
        else:
            self.controls.tabs.setCurrentIndex(PICTURE if self.controls.tabs.currentIndex() == NUMBERS else NUMBERS)

    @Slot()
    def _arrange(self) -> None:
        tab, wide = self.controls.tabs.currentIndex(), self._is_wide
        had_focus = self.picture.view.hasFocus() or self.numbers.hasFocus()
        self.controls.set_wide(wide)
        self.picture.setVisible(wide or tab == PICTURE)
        self.numbers.setVisible(self._numbers_beside if wide else tab == NUMBERS)
        if self.numbers.isVisible():
            self.numbers.show_shown(self.shown, self._element)
        if had_focus:
            (self.picture if self.picture.isVisible() else self.numbers).setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side or as tabs, as there is room; the words keep their height, whatever they are."""
        super().resizeEvent(event)
        self._arrange()
        self._fit_words(event.size())

    def changeEvent(self, event: QEvent) -> None:
        """Another font wants other heights."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_words(self.size())

    def _fit_words(self, size: QSize) -> None:
        lines = 1 if size.width() >= BOTH_FROM_PX else 2
        self._words.setFixedHeight(lines * self._words.fontMetrics().lineSpacing() + 2)

    @Slot()
    def forget_colours(self) -> None:
        """The theme, the colour map or the scale is another one."""
        role, self._role = self._role or "text", ""
        self._colour_words(role)
        self.picture.redraw(self._element, self._state.view.colour_map)
        self.numbers.viewport().update()
        self.strip.synchronize()
        self.synchronize()
