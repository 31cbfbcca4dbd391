"""Output: what the code printed, and when; a click goes to the step that did."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from inspector.debugger.records import Overview
from inspector.debugger.surveying import MOST_PRINTED
from inspector.panes.debug.common import NO_RECORDING
from inspector.panes.debug.output_rows import COLUMNS, OutputRows, lines_of
from inspector.panes.debug.rows_view import OneLine, RowsView
from inspector.pictures import Pictures
from inspector.state import State

NOTHING = "The code printed nothing. What it prints to stdout and stderr is listed here, with the step that printed it."


class OutputPane(QWidget):
    """The lines in time."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the debugger by itself."""
        super().__init__(parent)
        self.state, self._debugger = state, state.debugger
        self._shown: Overview | None = None
        self._rows = OutputRows(self)
        self._list = RowsView(self, self._rows, "What the code printed", [width for _, width in COLUMNS])
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.setAccessibleDescription(
            "A click or Enter goes to the step that printed a line; Ctrl+C copies lines"
        )
        self._list.installEventFilter(self)
        self._more = OneLine(self, "What is left out")
        self._more.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 6)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._more)
        self.setFocusProxy(self._list)
        self._list.chosen.connect(self._on_list_chosen)
        debugger = self._debugger
        for signal in (debugger.opened_changed, debugger.busy_changed, state.view_changed):
            signal.connect(self.synchronize)
        debugger.here_changed.connect(self._show_step)
        self.synchronize()

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the debugger."""
        debugger, overview = self._debugger, self._debugger.overview
        if overview is not self._shown:
            self._shown = overview
            printed = () if overview is None else overview.printed
            self._rows.show_lines(lines_of(printed))
            self._more.setVisible(len(printed) >= MOST_PRINTED)
            self._more.say(f"Only the first {MOST_PRINTED:,} pieces of output are shown", "unsure")
        waits = f"{debugger.busy} \u2026" if debugger.busy else NO_RECORDING
        opening = "" if debugger.recording is None else "Looking through the recording \u2026"
        self._list.say_empty((opening or waits) if overview is None else NOTHING)
        self._show_step()
        self._list.viewport().update()

    @Slot()
    def _show_step(self) -> None:
        here = self._debugger.here
        row = self._rows.show_step(-1 if here is None else here.step)
        if row is not None:
            self._list.scrollTo(self._rows.index(row, 0))

    @Slot(int)
    def _on_list_chosen(self, row: int) -> None:
        """Go to a line's step; a click with Shift or Ctrl only selects."""
        overview = self._debugger.overview
        if overview is not None and not QGuiApplication.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            # What is printed after the last step belongs to it.
            self._debugger.go_to(min(self._rows.lines[row].step, overview.steps - 1))

    @Slot()
    def copy(self) -> None:
        """Copy the selected lines; all of them where none is selected."""
        rows = sorted({index.row() for index in self._list.selectedIndexes()}) or range(len(self._rows.lines))
        if rows:
            QGuiApplication.clipboard().setText("\n".join(self._rows.lines[row].text for row in rows))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+C copies lines here; elsewhere it is the window's."""
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.copy()
                return True
        return super().eventFilter(watched, event)
