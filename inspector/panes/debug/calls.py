"""Calls: the calls under way on the left, the moments that were visited, with the user's notes, on the right."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QSplitter, QVBoxLayout, QWidget

from inspector.dialogs import ask_line
from inspector.panes.debug.common import NO_RECORDING
from inspector.panes.debug.rows_view import STRETCH, RowsView
from inspector.panes.debug.text_rows import Row, TextRows
from inspector.pictures import Pictures
from inspector.state import State

NOTHING_VISITED = "Moments that you jump to are listed here, to come back to; M notes something on the present one."

CALLS = (("call, innermost first", STRETCH), ("line", 92), ("t", 56))
MOMENTS = (("step", 82), ("line", 52), ("t", 56), ("\u2002visited moment", STRETCH))
NUMBERS = {"line", "t", "step"}

SIDE_BY_SIDE = 560
"""Width from which both lists stand beside each other."""

HERE, LEFT = "\u25b6", "\u25b7"
"""Where the user stands; the visited moment that was left by single steps."""

MOST_TEXT = 200


def _list(columns: tuple[tuple[str, int], ...], mono: int, name: str, parent: QWidget) -> tuple[TextRows, RowsView]:
    numbers = frozenset(place for place, (heading, _) in enumerate(columns) if heading in NUMBERS)
    model = TextRows([heading for heading, _ in columns], numbers, mono, parent)
    return model, RowsView(parent, model, name, [width for _, width in columns])


class CallsPane(QWidget):
    """Two lists; a click or Enter goes to where a row stands."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the debugger by itself."""
        super().__init__(parent)
        self.state, self._debugger = state, state.debugger
        self._texts: dict[int, tuple[str, str, str, str]] = {}
        self._texts_of: Any = None
        self._calls, self._call_list = _list(CALLS, -1, "Calls under way, innermost first", self)
        self._moments, self._moment_list = _list(MOMENTS, -1, "Visited moments", self)
        self._moment_list.setAccessibleDescription("A click or Enter goes there; F2 writes a note")
        self._moment_list.setToolTip("A click or Enter goes there; F2 writes a note")
        self._moment_list.keys = frozenset({int(Qt.Key.Key_F2)})
        self._moment_list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._build()
        self._call_list.chosen.connect(self._on_call_chosen)
        self._moment_list.chosen.connect(self._on_moment_chosen)
        self._moment_list.pressed_key.connect(self._on_moment_key)
        self._moment_list.customContextMenuRequested.connect(self._on_menu_asked)
        debugger = self._debugger
        for signal in (debugger.opened_changed, debugger.busy_changed, state.view_changed):
            signal.connect(self.synchronize)
        debugger.moment_changed.connect(self._show_calls)
        debugger.here_changed.connect(self._show_moments)
        debugger.visits_changed.connect(self._show_moments)
        self.synchronize()

    def _build(self) -> None:
        for view in (self._call_list, self._moment_list):
            self._splitter.addWidget(view)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setSizes([2, 3])
        self._splitter.setStretchFactor(0, 2)
        self._splitter.setStretchFactor(1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 6)
        layout.addWidget(self._splitter)
        self.setFocusProxy(self._call_list)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other where there is room, else one above the other."""
        super().resizeEvent(event)
        wide = self.width() >= SIDE_BY_SIDE
        self._splitter.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    # For actions

    @Slot()
    def add_note(self) -> None:
        """Ask for a note on the present step; with it the step is put into the list."""
        here = self._debugger.here
        if here is None:
            self._debugger.say("There is no step to note something on: open a recording first")
        else:
            self._ask_note(here.step)

    # Following

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the debugger."""
        debugger = self._debugger
        closed = debugger.recording is None
        waits = f"{debugger.busy} \u2026" if debugger.busy else NO_RECORDING
        self._call_list.say_empty(waits if closed else "")
        self._moment_list.say_empty(waits if closed else NOTHING_VISITED)
        self._show_calls()
        self._show_moments()
        for view in (self._call_list, self._moment_list):
            view.viewport().update()

    @Slot()
    def _show_calls(self) -> None:
        moment = self._debugger.moment
        self._calls.show_rows([] if moment is None else [self._call_row(place) for place in range(len(moment.stack))])

    def _call_row(self, place: int) -> Row:
        debugger = self._debugger
        assert debugger.moment is not None
        call = debugger.moment.stack[place]
        files = debugger.recording.tables.files if debugger.recording is not None else []
        name = files[call.file].path.replace("\\", "/").rpartition("/")[2] if call.file < len(files) else ""
        line = "?" if call.line is None else str(call.line)
        where = f"{name}:{line}" if len(files) > 1 else line
        known = "a line that is not known yet" if call.line is None else f"line {line}"
        words = f"{call.function} at {known} of {name}" + ("" if call.t is None else f", t = {call.t}")
        sign = HERE if place == 0 else "  "
        here = place == 0 and debugger.here is not None
        return Row((f"{sign} {call.function}", where, "" if call.t is None else str(call.t)), words, here)

    @Slot()
    def _show_moments(self) -> None:
        visits = self._debugger.visits
        if self._texts_of is not self._debugger.recording:
            self._texts, self._texts_of = {}, self._debugger.recording
        shown = self._texts_of is not None
        before = len(self._moments.rows)
        self._moments.show_rows([self._moment_row(place) for place in range(len(visits.steps))] if shown else [])
        if len(self._moments.rows) != before and visits.place >= 0:
            self._moment_list.scrollTo(self._moments.index(visits.place, 0))

    def _moment_row(self, place: int) -> Row:
        visits, here = self._debugger.visits, self._debugger.here
        step = visits.steps[place]
        function, line, t, text = self._words_of(step)
        present = place == visits.place
        is_here = present and here is not None and here.step == step
        sign = (HERE if is_here else LEFT) if present else ""
        note = visits.notes.get(step, "")
        what = f"\u270e {note}  \u00b7  {text}" if note else f"{function}  \u00b7  {text}"
        words = f"step {step:,}, {function}, line {line}" + (f", t = {t}" if t else "") + f": {text}"
        words += f"; note: {note}" if note else ""
        return Row((f"{sign} {step:,}".strip(), line, t, f"\u2002{what}"), words, is_here, bool(note))

    def _words_of(self, step: int) -> tuple[str, str, str, str]:
        """Function, line, t and text of a step; remembered, so that a list of 200 is read once."""
        if step not in self._texts:
            one = self._debugger.recording.step(step)
            t = "" if one.t is None else str(one.t)
            self._texts[step] = one.statement.function or "module", str(one.line), t, one.statement.text[:MOST_TEXT]
        return self._texts[step]

    # Acting

    @Slot(int)
    def _on_call_chosen(self, row: int) -> None:
        moment = self._debugger.moment
        if moment is not None and row < len(moment.stack):
            self._debugger.go_to(moment.stack[row].step)

    @Slot(int)
    def _on_moment_chosen(self, row: int) -> None:
        self._debugger.go_to(self._debugger.visits.go(row), visit=False)
        self._debugger.visits_changed.emit()

    @Slot(int, int)
    def _on_moment_key(self, key: int, row: int) -> None:
        self._ask_note(self._debugger.visits.steps[row])

    @Slot(QPoint)
    def _on_menu_asked(self, at: QPoint) -> None:
        row = self._moment_list.indexAt(at).row()
        if row < 0:
            return
        step = self._debugger.visits.steps[row]
        noted = step in self._debugger.visits.notes
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("&Go there", lambda: self._on_moment_chosen(row))
        menu.addAction("&Edit the note...\tF2" if noted else "&Write a note...\tF2", lambda: self._ask_note(step))
        if noted:
            menu.addAction("&Remove the note", lambda: self._take_note(step, ""))
        menu.popup(self._moment_list.viewport().mapToGlobal(at))

    def _ask_note(self, step: int) -> None:
        function, line, t, _ = self._words_of(step)
        where = f"{function}, line {line}" + (f", t = {t}" if t else "")
        question = f"Note on step {step:,} ({where}); an empty one is removed"
        dialog = ask_line(self, "Note", question, lambda text: self._take_note(step, text))
        field = dialog.findChild(QLineEdit)
        if isinstance(field, QLineEdit):
            field.setText(self._debugger.visits.notes.get(step, ""))
            field.selectAll()

    def _take_note(self, step: int, text: str) -> str:
        """Keep a note; nothing can be wrong with it."""
        visits, note = self._debugger.visits, text.strip()
        if note:
            visits.notes[step] = note
            if step not in visits.steps:
                visits.jump(None, step)
        else:
            visits.notes.pop(step, None)
        self._debugger.visits_changed.emit()
        return ""
