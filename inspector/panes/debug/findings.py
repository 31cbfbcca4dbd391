"""The findings: what is wrong, where and why, as a list; beside it the chosen one in full, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.action import CODE
from inspector.diagnosis import DONE, FAILED, NOTHING, STOPPED, Finding, is_cause
from inspector.panes.debug.common import lay_out_halves
from inspector.panes.debug.finding_actions import FindingActions
from inspector.panes.debug.finding_detail import FindingDetail
from inspector.panes.debug.finding_entries import Entry, counted_words, entries_of
from inspector.panes.debug.finding_rows import COLUMNS, WHERE, FindingRows, T
from inspector.panes.debug.finding_search import SearchLine
from inspector.panes.debug.key_button import KeyButton
from inspector.panes.debug.rows_view import OneLine, RowsView
from inspector.pictures import Pictures
from inspector.state import State
from inspector.theme import current

NO_RESULT = "There is no result yet. Run a check (F5): what is wrong, where and why is then listed here."
NOT_SOUGHT = "Why it is wrong was not looked for yet: press F7."
ALL_RIGHT = "Every gradient is right. F7 looks for mistakes that this problem could not have shown."
COMING = "What is found appears here as soon as it is known."
NOTHING_FOUND = "The search has ended and found nothing."
ENDED = "The search was stopped; F7 begins it again."
NOT_ASKED = "JAX was not asked about this recording yet: press Ctrl+Shift+J."
ASKING = "JAX is being asked about this recording."
GROWING = "The run is being recorded; what is wrong in it is told when it has ended."
RIGHT = "Nothing wrong is written in this recording."

ROOM_FOR_KEYS = 1080
"""Width from which buttons name their keys."""

ROOM_FOR_PLACES = 760
"""Width from which the list has columns for places; the details say them all the same."""

Said = tuple[str, str]
"""A sentence and the role of its colour."""


class FindingsPane(QWidget):
    """Buttons and the state in words above, list left, details right.

    Signals:
        page_wanted: what was chosen is seen on this page (`pictures` or `code`).
    """

    page_wanted = Signal(str)

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the diagnosis and the debugger by itself."""
        super().__init__(parent)
        self.state = state
        self._theme = ""
        self._rows = FindingRows(self)
        self.list = RowsView(self, self._rows, "Findings, the worst first", [width for _, width in COLUMNS])
        self.list.drops = (WHERE, T)
        self.list.setToolTip("Click or Enter goes to where it happens; the arrow keys only show it")
        self.detail, self.buttons = FindingDetail(self), FindingActions(state, self)
        self.search, self._side = SearchLine(state, self), QWidget(self)
        self._said = OneLine(self, "What is known")
        self._head = {
            name: KeyButton(self, text, key, tip, verb)
            for name, text, key, tip, verb in (
                ("why", "Diagnose", "F7", "Look for the cause: mistakes that explain the numbers, and repairs", self.diagnose),
                ("first", "First wrong line", "Ctrl+F8", "Go to the statement that goes wrong first", self.go_to_first),
                ("upstream", "Upstream", "U", "Go to where the first wrong input of the present statement was written", self.go_upstream),
                ("ask", "Ask JAX again", "Ctrl+Shift+J", "Compute JAX's values for this recording again", self.ask_again),
            )
        }  # fmt: skip
        self.setFocusProxy(self.list)
        self._build()
        self.list.chosen.connect(self._on_list_chosen)
        self.list.moved.connect(self._show_chosen)
        self.buttons.changed.connect(self._show_chosen)
        self.buttons.line_wanted.connect(self._on_line_wanted)
        debugger = state.debugger
        for signal in (
            debugger.opened_changed,
            debugger.busy_changed,
            state.status_changed,
            state.view_changed,
            state.result_changed,
            state.diagnosis.changed,
        ):
            signal.connect(self.synchronize)
        debugger.here_changed.connect(self._show_step)
        self.synchronize()

    def _build(self) -> None:
        head = QHBoxLayout()
        for button in self._head.values():
            head.addWidget(button)
        head.addSpacing(8)
        head.addWidget(self._said, 1)
        above = QVBoxLayout()
        above.setSpacing(4)
        above.addLayout(head)
        above.addWidget(self.search)
        side = self._side
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.detail, 1)
        column.addWidget(self.buttons)
        lay_out_halves(self, above, self.list, side, (430, 570))

    # Verbs

    @Slot()
    def diagnose(self) -> None:
        """Look for the cause of what is wrong."""
        self.state.diagnosis.start()

    @Slot()
    def go_to_first(self) -> None:
        """Go to the first wrong line."""
        self.page_wanted.emit(CODE)
        self.state.requests.go_to_first_wrong_line()

    @Slot()
    def go_upstream(self) -> None:
        """Go to the last write of the first wrong input of the present statement."""
        self.state.debugger.questions.go_upstream()

    @Slot()
    def ask_again(self) -> None:
        """Ask JAX about the open recording."""
        self.state.requests.compare()

    @property
    def chosen(self) -> Entry | None:
        """The chosen finding."""
        row = self.list.row
        return self._rows.entries[row] if 0 <= row < len(self._rows.entries) else None

    def repair(self) -> tuple[Finding, int] | None:
        """The repair that is shown in full, else the first one that was found; with its number where it holds several."""
        chosen = None if self.chosen is None else self.chosen.finding
        if chosen is not None and chosen.get("kind") == "repair":
            return chosen, self.buttons.which
        repairs = [one for one in self.state.diagnosis.findings if one.get("kind") == "repair"]
        return (repairs[0], 0) if repairs else None

    @Slot(int)
    def _on_list_chosen(self, row: int) -> None:
        entry = self._rows.entries[row]
        if entry.finding is not None:
            self._go_to(entry.finding)
        elif entry.step >= 0:
            self.page_wanted.emit(CODE)
            self.state.debugger.go_to(entry.step)
        else:
            self.state.say("This belongs to no step of the recording")

    def _go_to(self, finding: Finding) -> None:
        page = self.state.diagnosis.go_to(finding)
        if page:
            self.page_wanted.emit(page)
        else:
            self.state.say("This belongs to no line and no step")

    @Slot()
    def _on_line_wanted(self) -> None:
        entry = self.chosen
        if entry is not None and entry.finding is not None and self.state.diagnosis.show_line(entry.finding):
            self.page_wanted.emit(CODE)

    # Drawing

    @Slot()
    def _show_chosen(self) -> None:
        self.buttons.show_entry(self.chosen)
        self.detail.show_entry(self.chosen, self.buttons.which)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, keys are named in tooltips only."""
        super().resizeEvent(event)
        for button in self._head.values():
            button.show_key(event.size().width() >= ROOM_FOR_KEYS)
        self.list.hide_columns((WHERE, T) if event.size().width() < ROOM_FOR_PLACES else ())

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the model."""
        chosen = self.chosen if self.list.row > 0 else None  # the first one gives way to what is worse
        if self._rows.show_entries(tuple(entries_of(self.state))) and self._rows.entries:
            keys = [entry.key for entry in self._rows.entries]
            self.list.choose_row(keys.index(chosen.key) if chosen is not None and chosen.key in keys else 0)
        if self._theme != current().name:
            self._theme = current().name
            self._rows.repaint()
        text, role = self._words()
        self.search.synchronize()
        self._said.say(text if self._rows.entries else "", role)
        self.list.say_empty("" if self._rows.entries else text)
        self._side.setVisible(bool(self._rows.entries))
        self._show_chosen()
        self._enable()
        self._show_step()

    def _enable(self) -> None:
        debugger, comparing = self.state.debugger, self.state.requests.comparing
        is_open = debugger.overview is not None and not debugger.overview.growing
        self._head["why"].setEnabled(self.state.result is not None and not self.state.diagnosis.is_running)
        self._head["upstream"].setEnabled(is_open)
        self._head["ask"].setEnabled(is_open and not comparing)
        for name in ("upstream", "ask"):
            self._head[name].setVisible(debugger.overview is not None)

    def _words(self) -> Said:
        """What is known, in a sentence."""
        overview, note = self.state.debugger.overview, self.state.requests.note
        has_cause = any(entry.finding is not None and is_cause(entry.finding) for entry in self._rows.entries)
        if has_cause:
            return f"\u2717 {counted_words(self._rows.entries)}", "bad"
        if overview is None:
            busy = self.state.debugger.busy
            return (f"{busy}.", "faint") if busy else self._without_recording()
        if overview.growing:
            return GROWING, "faint"
        if self.state.requests.comparing:
            return ASKING, "faint"
        note = note or overview.note
        if overview.matches is None:
            return note or NOT_ASKED, "unsure" if note else "faint"
        if len(overview.wrong_steps):
            return f"\u2717 Something wrong is written, but no line could be named{f': {note}' if note else ''}", "bad"
        return (note, "unsure") if note else (f"\u2713 {RIGHT}", "good")

    def _without_recording(self) -> Said:
        """What is known of a result beside which no recording is open."""
        result, search = self.state.result, self.state.diagnosis.search
        if self.state.diagnosis.is_running:
            return COMING, "faint"
        if result is None:
            return NO_RESULT, "faint"
        if self._rows.entries:
            return counted_words(self._rows.entries), "unsure"
        if search.phase == FAILED:
            return search.text, "bad"
        if search.phase == STOPPED:
            return ENDED, "faint"
        if search.phase == DONE:
            return NOTHING_FOUND, "faint"
        is_right = result.verdict == "agree"
        return (ALL_RIGHT if is_right else NOT_SOUGHT if search.phase == NOTHING else ""), "faint"

    @Slot()
    def _show_step(self) -> None:
        here = self.state.debugger.here
        self._rows.show_step(-1 if here is None else here.step)
