"""ArraysPane: every array of the call at this step in a table, and below it the selected one in detail."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QLabel, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from inspector.debugger.records import Moment
from inspector.panes.debug.array_copy import array_table
from inspector.panes.debug.array_detail import ArrayDetail
from inspector.panes.debug.array_menu import array_menu
from inspector.panes.debug.array_table import ArrayTable
from inspector.panes.debug.array_words import container_words
from inspector.panes.debug.common import NO_RECORDING
from inspector.panes.debug.rows_view import OneLine
from inspector.pictures import Pictures
from inspector.state import State

TABLE_PX, DETAIL_PX = 260, 400
"""Heights in the proportion in which the pane is divided at first."""


class ArraysPane(QWidget):
    """Table and detail, one over the other.

    Signals:
        pictures_wanted: quantity whose pictures the user wants to see. second_run_wanted: file of a run with other values.
    """

    pictures_wanted = Signal(str)
    second_run_wanted = Signal(str)

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the debugger by itself."""
        super().__init__(parent)
        self.state, self.debugger = state, state.debugger
        self._moment: Moment | None = None
        self._path = ""
        self._empty, self._numbers, self._error = QLabel(self), OneLine(self, "Numbers of the call"), QLabel(self)
        self._split = QSplitter(Qt.Orientation.Vertical, self)
        self.table = ArrayTable(state.debugger, self)
        self.detail = ArrayDetail(state, self)
        self._stack = QStackedLayout(self)
        self._build()
        self.table.chosen.connect(self._on_table_chosen)
        self.table.menu_wanted.connect(self._on_table_menu_wanted)
        self.detail.strip.second_run_wanted.connect(self.second_run_wanted)
        debugger = state.debugger
        debugger.moment_changed.connect(self._on_debugger_moment_changed)
        for signal in (debugger.detail_changed, debugger.choice_changed):
            signal.connect(self._on_debugger_detail_changed)
        for signal in (debugger.opened_changed, debugger.busy_changed):
            signal.connect(self.synchronize)
        debugger.what_if_changed.connect(self.detail.strip.synchronize)
        state.view_changed.connect(self._on_state_view_changed)
        self.synchronize()

    def _build(self) -> None:
        for label, name in ((self._empty, "Why there are no arrays"), (self._error, "Why values can't be read")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAccessibleName(name)
        self._empty.setProperty("role", "faint")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(16, 16, 16, 16)
        self._numbers.setContentsMargins(2, 0, 2, 0)
        upper = QWidget(self._split)
        layout = QVBoxLayout(upper)
        layout.setContentsMargins(8, 4, 8, 2)
        layout.setSpacing(3)
        for widget in (self._error, self._numbers):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        self._split.addWidget(upper)
        self._split.addWidget(self.detail)
        self._split.setChildrenCollapsible(False)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 1)
        self._split.setSizes([TABLE_PX, DETAIL_PX])
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._split)
        self.setFocusProxy(self.table)

    # Drawing

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the debugger."""
        debugger = self.debugger
        open_now = debugger.here is not None
        self._stack.setCurrentWidget(self._split if open_now else self._empty)
        if not open_now:
            self._empty.setText(f"{debugger.busy}\u2026" if debugger.busy else NO_RECORDING)
        overview = debugger.overview
        self.table.set_jax(overview is not None and overview.matches is not None)
        if self.isVisible():
            self._show_moment()
            self._show_detail()
            self.detail.strip.synchronize()

    def _show_moment(self) -> None:
        moment = self.debugger.moment
        if moment is self._moment:
            return
        self._moment = moment
        error = "" if moment is None else moment.error
        self._error.setVisible(bool(error))
        self._error.setText(error)
        pairs = () if moment is None else moment.numbers
        self._numbers.say(",  ".join(f"{name} = {text}" for name, text in pairs) or "no numbers", "faint")
        self.table.show_rows(() if moment is None else moment.rows, self.debugger.path)

    def _show_detail(self) -> None:
        if self.debugger.path != self._path:
            self._path = self.debugger.path
            self.table.select_path(self._path)
        row = self.table.row_of(self._path)
        self.detail.container = "" if row is None or row.kind != "container" else container_words(row)
        self.detail.synchronize()

    @Slot()
    def _on_debugger_moment_changed(self) -> None:
        if self.isVisible():
            self._show_moment()

    @Slot()
    def _on_debugger_detail_changed(self) -> None:
        if self.isVisible():
            self._show_detail()

    @Slot()
    def _on_state_view_changed(self) -> None:
        self.table.forget_colours()
        if self.isVisible():
            self.detail.forget_colours()

    def showEvent(self, event: QShowEvent) -> None:
        """What was left out while nobody looked."""
        super().showEvent(event)
        self.synchronize()

    # The user

    @Slot(str)
    def _on_table_chosen(self, path: str) -> None:
        self._path = path
        if path != self.debugger.path:
            self.debugger.select_array(path)

    @Slot(str, QPoint)
    def _on_table_menu_wanted(self, path: str, where: QPoint) -> None:
        row = self.table.row_of(path)
        if row is not None:
            menu = array_menu(row, self.state, self.show_pictures, self)
            menu.addAction("Copy numbers", self.copy).setEnabled(row.kind == "array")
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(where)

    def show_pictures(self, quantity: str) -> None:
        """Select a quantity of the result, and ask for its pictures to be shown."""
        self.state.select_quantity(quantity)
        self.pictures_wanted.emit(quantity)

    @Slot()
    def pin(self) -> None:
        """Pin the picked element, or let go of it."""
        self.detail.cell.pin()

    @Slot()
    def toggle_numbers(self) -> None:
        """Show the numbers of the array, or its picture."""
        self.detail.toggle_numbers()

    @Slot()
    def edit_value(self) -> None:
        """Ask for another value of the picked element, for a second run."""
        self.detail.strip.edit_value()

    @Slot()
    def copy(self) -> None:
        """Copy the marked numbers, or all numbers of the selected array as it is looked at."""
        cut = self.detail.numbers.cut() if self.detail.numbers.hasFocus() else None
        shown = self.detail.shown
        text = array_table(shown, cut) if shown is not None and shown.detail.path == self.debugger.path else ""
        if text:
            QGuiApplication.clipboard().setText(text)
            self.state.say(f"Copied {'the marked numbers' if cut else 'all numbers'} of {self.debugger.path}")
        else:
            self.state.say("Select an array of numbers first; one of up to a million items can be copied")
