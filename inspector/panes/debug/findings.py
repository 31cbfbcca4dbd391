"""The findings: what is wrong and where, as a list; beside it the chosen one in full."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.panes.debug.common import NO_RECORDING, lay_out_halves
from inspector.panes.debug.finding_detail import FindingDetail
from inspector.panes.debug.finding_rows import COLUMNS, WHERE, Entry, FindingRows, entries_of
from inspector.panes.debug.key_button import KeyButton
from inspector.panes.debug.rows_view import OneLine, RowsView
from inspector.pictures import Pictures
from inspector.state import State
from inspector.theme import current

NOT_ASKED = "JAX was not asked about this recording yet: press Ctrl+Shift+J."
ASKING = "JAX is being asked about this recording."
GROWING = "The run is being recorded; what is wrong in it is told when it has ended."
RIGHT = "Nothing wrong is written in this recording."

ROOM_FOR_KEYS = 960
"""Width from which buttons name their keys."""

Said = tuple[str, str]
"""A sentence and the role of its colour."""


def counted(count: int, one: str, many: str) -> str:
    """`1 fact`, `2 facts`."""
    return f"{count} {one if count == 1 else many}"


class FindingsPane(QWidget):
    """Buttons and the state in words above, list left, details right."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the debugger by itself."""
        super().__init__(parent)
        self.state = state
        self._theme = ""
        self._rows = FindingRows(self)
        self.list = RowsView(self, self._rows, "Findings, the worst first", [width for _, width in COLUMNS])
        self.list.drops = (WHERE,)
        self.list.setToolTip("Click or Enter goes to where it happens; the arrow keys only show it")
        self.detail = FindingDetail(self)
        self._said = OneLine(self, "What is known")
        self._buttons = {
            "first": KeyButton(
                self, "First wrong line", "Ctrl+F8", "Go to the statement that goes wrong first", self.go_to_first
            ),
            "upstream": KeyButton(
                self,
                "Upstream",
                "U",
                "Go to where the first wrong input of the present statement was written",
                self.go_upstream,
            ),
            "ask": KeyButton(
                self, "Ask JAX again", "Ctrl+Shift+J", "Compute JAX's values for this recording again", self.ask_again
            ),
        }
        self.setFocusProxy(self.list)
        self._build()
        self.list.chosen.connect(self._on_list_chosen)
        self.list.moved.connect(self._on_list_moved)
        debugger = state.debugger
        for signal in (debugger.opened_changed, debugger.busy_changed, state.status_changed, state.view_changed):
            signal.connect(self.synchronize)
        debugger.here_changed.connect(self._show_step)
        self.synchronize()

    def _build(self) -> None:
        head = QHBoxLayout()
        for button in self._buttons.values():
            head.addWidget(button)
        head.addSpacing(8)
        head.addWidget(self._said, 1)
        lay_out_halves(self, head, self.list, self.detail, (600, 400))

    # Verbs

    @Slot()
    def go_to_first(self) -> None:
        """Go to the first wrong line."""
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

    @Slot(int)
    def _on_list_chosen(self, row: int) -> None:
        entry = self._rows.entries[row]
        if entry.finding is not None:
            self.state.requests.go_to_finding(entry.finding)
        elif entry.step >= 0:
            self.state.debugger.go_to(entry.step)
        else:
            self.state.say("This belongs to no step of the recording")

    @Slot(int)
    def _on_list_moved(self, row: int) -> None:
        self.detail.show_entry(self.chosen)

    # Drawing

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, keys are named in tooltips only."""
        super().resizeEvent(event)
        for button in self._buttons.values():
            button.show_key(event.size().width() >= ROOM_FOR_KEYS)

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the model."""
        chosen = self.chosen if self.list.row > 0 else None  # the first one gives way to what is worse
        if self._rows.show_entries(tuple(entries_of(self.state.debugger))) and self._rows.entries:
            keys = [entry.key for entry in self._rows.entries]
            self.list.choose_row(keys.index(chosen.key) if chosen is not None and chosen.key in keys else 0)
        if self._theme != current().name:
            self._theme = current().name
            self._rows.repaint()
        text, role = self._words()
        self._said.say(text if self._rows.entries else "", role)
        self.list.say_empty("" if self._rows.entries else text)
        self.detail.setVisible(bool(self._rows.entries))
        self.detail.show_entry(self.chosen)
        self._enable()
        self._show_step()

    def _enable(self) -> None:
        debugger, comparing = self.state.debugger, self.state.requests.comparing
        is_open = debugger.overview is not None and not debugger.overview.growing
        self._buttons["upstream"].setEnabled(is_open)
        self._buttons["ask"].setEnabled(is_open and not comparing)

    def _words(self) -> Said:
        """What is known, in a sentence."""
        overview, note = self.state.debugger.overview, self.state.requests.note
        if overview is None:
            return (f"{self.state.debugger.busy}." if self.state.debugger.busy else NO_RECORDING), "faint"
        if overview.growing:
            return GROWING, "faint"
        if self.state.requests.comparing:
            return ASKING, "faint"
        if overview.matches is None:
            return note or overview.note or NOT_ASKED, "unsure" if note or overview.note else "faint"
        return self._found(note or overview.note)

    def _found(self, note: str) -> Said:
        overview = self.state.debugger.overview
        assert overview is not None
        kinds = [entry.kind for entry in self._rows.entries]
        blames = kinds.count("blame") + kinds.count("doubtful")
        if blames:
            facts = kinds.count("dynamic")
            more = [counted(facts, "fact", "facts")] if facts else []
            return "\u2717 " + ", ".join([counted(blames, "wrong line", "wrong lines"), *more]), "bad"
        if len(overview.wrong_steps):
            return f"\u2717 Something wrong is written, but no line could be named{f': {note}' if note else ''}", "bad"
        return (note, "unsure") if note else (f"\u2713 {RIGHT}", "good")

    @Slot()
    def _show_step(self) -> None:
        here = self.state.debugger.here
        self._rows.show_step(-1 if here is None else here.step)
