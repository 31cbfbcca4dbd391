"""The breakpoints: conditions with their hits, known before anything runs; beside them the hits of the chosen one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QVBoxLayout, QWidget

from inspector.debugger.records import Breakpoint
from inspector.debugger.stops import neighbour
from inspector.panes.debug import hit_rows, stop_rows
from inspector.panes.debug.common import NO_RECORDING
from inspector.panes.debug.hit_rows import HitRows
from inspector.panes.debug.key_button import KeyButton
from inspector.panes.debug.rows_view import ENTER, OneLine, RowsView
from inspector.panes.debug.stop_editor import StopEditor
from inspector.panes.debug.stop_rows import StopRows, place_among
from inspector.pictures import Pictures
from inspector.state import State

NO_STOPS = "No breakpoints. Type a condition below, or press F9 on a line of the source."
NO_CHOICE = "Choose a breakpoint to see where it holds."
LOOKED_FOR = "The hits are looked for."
NO_HITS = "It holds at no step of this recording."
ROOM_FOR_KEYS = 900
"""Width from which buttons name their keys."""


class BreakpointsPane(QWidget):
    """Breakpoints and the line to type one left, hits right."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the debugger by itself."""
        super().__init__(parent)
        self.state, self._debugger = state, state.debugger
        self._rows, self._hits = StopRows(self._debugger, self), HitRows(self._debugger, self)
        self.list = RowsView(self, self._rows, "Breakpoints", [width for _, width in stop_rows.COLUMNS])
        self.list.drops = (stop_rows.LOG,)
        self.list.setToolTip("Enter, F2 or a double click changes a breakpoint, Space switches it, Delete removes it")
        self.list.keys = frozenset((*ENTER, Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Space))
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.hits = RowsView(self, self._hits, "Hits of the breakpoint", [width for _, width in hit_rows.COLUMNS])
        self.hits.drops = (hit_rows.FUNCTION, hit_rows.T)
        self.hits.setToolTip("Click or Enter goes to the step")
        self.editor = StopEditor(self._debugger, self)
        self._said = OneLine(self, "Hits in words")
        self._menu = self._menu_of_row()
        self._shown: tuple[Any, ...] = ()
        tip = "Go to the {} hit of all breakpoints that are on"
        self._buttons = (
            KeyButton(self, "Previous", "Ctrl+Shift+F5", tip.format("previous"), lambda: self.walk(-1)),
            KeyButton(self, "Next", "F5", tip.format("next"), lambda: self.walk(1)),
        )
        self.setFocusProxy(self.list)
        self._build()
        self.list.moved.connect(self._show_hits)
        self.list.pressed_key.connect(self._on_list_key)
        self.list.doubleClicked.connect(self._on_list_double_clicked)
        self.list.customContextMenuRequested.connect(self._on_list_menu)
        self.hits.chosen.connect(self._on_hits_chosen)
        self.editor.added.connect(self._on_editor_added)
        self.editor.done.connect(self.list.setFocus)
        for signal in (self._debugger.stops_changed, self._debugger.opened_changed, state.view_changed):
            signal.connect(self.synchronize)
        self._debugger.here_changed.connect(self._show_step)
        self.synchronize()

    def _build(self) -> None:
        left, right = QWidget(self), QWidget(self)
        column = QVBoxLayout(left)
        column.addWidget(self.list, 1)
        column.addWidget(self.editor)
        head = QHBoxLayout()
        head.addWidget(self._said, 1)
        for button in self._buttons:
            head.addWidget(button)
        column = QVBoxLayout(right)
        column.addLayout(head)
        column.addWidget(self.hits, 1)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        for half in (left, right):
            half.layout().setContentsMargins(0, 0, 0, 0)  # type: ignore[union-attr]
            half.layout().setSpacing(4)  # type: ignore[union-attr]
            split.addWidget(half)
        right.layout().setContentsMargins(6, 0, 0, 0)  # type: ignore[union-attr]
        split.setChildrenCollapsible(False)
        split.setSizes([520, 480])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 8, 6)
        layout.addWidget(split, 1)

    def _menu_of_row(self) -> QMenu:
        menu = QMenu(self)
        for text, verb in (
            ("Change...\tF2", self.change_current),
            ("Note at every hit...", self.note_current),
            ("Switch on or off\tSpace", self.toggle_current),
            ("Remove\tDel", self.remove_current),
            ("", None),
            ("First hit", lambda: self.go_to_hit(0)),
            ("Next hit of this one", lambda: self.go_to_hit(1)),
            ("Previous hit of this one", lambda: self.go_to_hit(-1)),
        ):
            if verb is None:
                menu.addSeparator()
            else:
                menu.addAction(text).triggered.connect(lambda _=False, do=verb: do())
        return menu

    # Verbs

    @property
    def current_stop(self) -> Breakpoint | None:
        """The chosen breakpoint."""
        row = self.list.row
        return self._rows.stops[row] if 0 <= row < len(self._rows.stops) else None

    def change_current(self) -> None:
        """Change the chosen breakpoint's condition."""
        if self.current_stop is not None:
            self.editor.begin_change(self.current_stop)

    def note_current(self) -> None:
        """Change what the chosen breakpoint notes at every hit."""
        if self.current_stop is not None:
            self.editor.begin_note(self.current_stop)

    def toggle_current(self) -> None:
        """Switch the chosen breakpoint on or off."""
        one = self.current_stop
        if one is not None:
            self._debugger.stops.set_enabled(one, not one.enabled)

    def remove_current(self) -> None:
        """Take the chosen breakpoint away."""
        if self.current_stop is not None:
            self._debugger.stops.remove(self.current_stop)

    def walk(self, direction: int) -> None:
        """Go to the next (+1) or the previous (-1) hit of all breakpoints that are on."""
        self._debugger.walk("continue", direction)

    def go_to_hit(self, direction: int) -> None:
        """Go to the next (+1), the previous (-1) or the first (0) hit of the chosen breakpoint."""
        one, here = self.current_stop, self._debugger.here
        hits = None if one is None else self._debugger.stops.hits(one)
        if one is None or hits is None or here is None:
            return
        step = neighbour(hits.steps, here.step if direction else -1, direction or 1)
        if step is None:
            where = {1: "after this step", -1: "before this step", 0: "in this recording"}[direction]
            self.state.say(f"'{one.text}' does not hold {where}")
        else:
            self._debugger.go_to(step)

    # Input

    @Slot(int, int)
    def _on_list_key(self, key: int, row: int) -> None:
        verbs = {Qt.Key.Key_Delete: self.remove_current, Qt.Key.Key_Space: self.toggle_current}
        verbs.get(Qt.Key(key), self.change_current)()

    @Slot(QModelIndex)
    def _on_list_double_clicked(self, index: QModelIndex) -> None:
        if index.column() == stop_rows.LOG:
            self.note_current()
        elif index.column() != stop_rows.ON:
            self.change_current()

    @Slot(QPoint)
    def _on_list_menu(self, place: QPoint) -> None:
        if self.current_stop is not None:
            self._menu.popup(self.list.viewport().mapToGlobal(place))

    @Slot(int)
    def _on_hits_chosen(self, row: int) -> None:
        self._debugger.go_to(self._hits.step_of(row))

    @Slot()
    def _on_editor_added(self) -> None:
        self.list.choose_row(len(self._rows.stops) - 1)

    # Drawing

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, keys are named in tooltips only."""
        super().resizeEvent(event)
        for button in self._buttons:
            button.show_key(event.size().width() >= ROOM_FOR_KEYS)

    def showEvent(self, event: Any) -> None:
        """What was left out while nobody looked."""
        super().showEvent(event)
        self.synchronize()

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the model."""
        is_open = self._debugger.overview is not None
        row = max(0, self.list.row)
        self._rows.refresh()
        self.list.hide_columns([] if any(one.log for one in self._rows.stops) else [stop_rows.LOG])
        self.list.say_empty(NO_STOPS if is_open else NO_RECORDING)
        self.editor.setEnabled(is_open)
        self.editor.forget(self._rows.stops)
        self.editor.say(self.editor.problem.removeprefix("\u2717 "))
        if self.list.row < 0 and self._rows.stops:
            self.list.choose_row(min(row, len(self._rows.stops) - 1))
        self._show_hits()

    @Slot()
    def _show_hits(self) -> None:
        one = self.current_stop
        hits = None if one is None else self._debugger.stops.hits(one)
        self._hits.show_hits(one, hits)
        self.hits.hide_columns([] if one is not None and one.log else [hit_rows.VALUE])
        self.hits.say_empty(NO_CHOICE if one is None else LOOKED_FOR if hits is None else hits.problem or NO_HITS)
        self._show_step()

    @Slot()
    def _show_step(self) -> None:
        here = self._debugger.here
        if not self.isVisible():
            return
        self._rows.refresh_place()
        self._hits.show_step(-1 if here is None else here.step)
        shown = self.current_stop, here, self._hits.near
        if self._hits.near >= 0 and shown != self._shown:  # otherwise it stays where the user has scrolled to
            self.hits.choose_row(self._hits.near)
        self._shown = shown
        self._said.say(self._words())

    def _words(self) -> str:
        """The chosen breakpoint's hits, in a line."""
        one, here = self.current_stop, self._debugger.here
        hits = None if one is None else self._debugger.stops.hits(one)
        if one is None or hits is None or here is None or not len(hits.steps):
            return "" if one is None else one.text
        shown = self._hits.rowCount()
        part = (
            f"; hits {self._hits.first + 1:,} to {self._hits.first + shown:,} are listed"
            if shown < len(hits.steps)
            else ""
        )
        return f"{one.text}: {place_among(hits, here.step)}{part}"
