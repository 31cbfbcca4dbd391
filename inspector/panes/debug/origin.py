"""The origin of an element: who wrote it last, in a sentence; all of its writes as a list, and its value over them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from inspector.debugger.records import Origin
from inspector.panes.debug.common import NO_RECORDING, lay_out_halves
from inspector.panes.debug.key_button import KeyButton
from inspector.panes.debug.rows_view import RowsView, number_text
from inspector.panes.debug.write_plot import WritePlot
from inspector.panes.debug.write_rows import CHANGE, COLUMNS, HOW_COLUMN, LINE, WriteRows, as_number
from inspector.pictures import Pictures
from inspector.state import State
from inspector.theme import current
from rnn.blame.words import place
from rnn.recorder.origins import Write

EMPTY = "Pick an element of an array and press O."
NO_WRITES = "is written by no step of the present call"
MOST_TEXT = 120
"""Characters of a statement in the sentence."""

HOW = {
    "made": "was made in",
    "given": "came in with the call in",
    "written": "was written last in",
    "found": "was last found changed in",
}
"""By `Write.how`."""


def element_name(origin: Origin) -> str:
    """`dWhh[3, 4]`; of a number only its name."""
    return origin.path + (f"[{', '.join(map(str, origin.index))}]" if origin.index else "")


def values_words(write: Write) -> str:
    """`0.12 -> 0.31`; what is not known is left out."""
    old, new = number_text(write.old), number_text(write.new)
    if write.same:
        return f"{new}, with the same bits"
    return f"{old} \u2192 {new}" if old and new else new


def sentence_of(origin: Origin) -> str:
    """Who wrote an element last, seen from the step that was asked about."""
    subject = f"{element_name(origin)}, seen from step {origin.step:,},"
    if origin.note:
        return f"{subject} has no origin that is known: {origin.note}"
    last = origin.last
    if last is None:
        if not origin.writes:
            return f"{subject} {NO_WRITES}"
        return f"{subject} was not written yet; its first write is in step {origin.writes[0].step:,}"
    text = " ".join(last.text.split())
    text = text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "\u2026"
    values = values_words(last)
    since = "" if last.exact else f"; it was done after step {last.since:,}, by code that was not seen"
    return (
        f"{subject} {HOW.get(last.how, HOW['written'])} {place(last.file, last.line, last.t)} (step {last.step:,}): "
        f"{text}" + (f"  ({values})" if values else "") + since
    )


class OriginPane(QWidget):
    """A sentence and buttons above, writes left, the curve right."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the debugger by itself."""
        super().__init__(parent)
        self.state, self._debugger = state, state.debugger
        self._origin: Origin | None = None
        self._theme = ""
        self._sentence = QLabel(self)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setWordWrap(True)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._sentence.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._sentence.setAccessibleName("Who wrote the element")
        self._rows = WriteRows(self)
        self.list = RowsView(self, self._rows, "Writes of the element", [width for _, width in COLUMNS])
        self.list.drops = (CHANGE, LINE, HOW_COLUMN)
        self.list.setToolTip("Click or Enter goes to the write")
        self.plot = WritePlot(self)
        self._buttons = [
            KeyButton(self, "Go there", "O", "Go to the write whose value is seen", self.go_there),
            KeyButton(self, "Previous write", "", "Go to the write before this step", lambda: self.go_to_write(-1)),
            KeyButton(self, "Next write", "", "Go to the write after this step", lambda: self.go_to_write(1)),
        ]
        self.setFocusProxy(self.list)
        self._build()
        self.list.chosen.connect(self._on_list_chosen)
        self.plot.step_chosen.connect(self._debugger.go_to)
        self._debugger.questions.origin_changed.connect(self.synchronize)
        self._debugger.opened_changed.connect(self.synchronize)
        self._debugger.here_changed.connect(self._show_step)
        state.view_changed.connect(self.synchronize)
        self.synchronize()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._sentence, 1)
        for button in self._buttons:
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        lay_out_halves(self, head, self.list, self.plot, (620, 380))

    # Verbs

    @Slot()
    def go_there(self) -> None:
        """Go to the write whose value was asked about."""
        origin = self._origin
        if origin is None or origin.last is None:
            self.state.say(EMPTY if origin is None else sentence_of(origin))
        else:
            self._debugger.go_to(origin.last.step)

    def go_to_write(self, direction: int) -> None:
        """Go to the next (+1) or the previous (-1) write of the element, seen from the present step."""
        step = self._rows.neighbour(direction)
        if step is None:
            name = "The element" if self._origin is None else element_name(self._origin)
            self.state.say(f"{name} is not written {'after' if direction > 0 else 'before'} this step")
        else:
            self._debugger.go_to(step)

    @Slot(int)
    def _on_list_chosen(self, row: int) -> None:
        self._debugger.go_to(self._rows.writes[row].step)

    # Drawing

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the model."""
        origin, here = self._debugger.questions.origin, self._debugger.here
        if origin is not self._origin or self._theme != current().name:
            self._origin, self._theme = origin, current().name
            self._rows.show_step(-1 if here is None else here.step)
            self._rows.show_origin(origin)
            steps = np.array([one.step for one in self._rows.writes], np.int64)
            self.plot.show_values(steps, np.array([as_number(one.new) for one in self._rows.writes], "float64"))
        is_open = self._debugger.overview is not None or here is not None
        self._sentence.setText("" if origin is None else sentence_of(origin))
        self._sentence.setVisible(origin is not None)
        self.list.say_empty((EMPTY if origin is None else "No writes.") if is_open else NO_RECORDING)
        for button in self._buttons:
            button.setVisible(origin is not None)
            button.setEnabled(bool(self._rows.writes))
        self._buttons[0].setEnabled(origin is not None and origin.last is not None)
        self.plot.setVisible(bool(self._rows.writes))
        self._show_step()

    @Slot()
    def _show_step(self) -> None:
        here = self._debugger.here
        step = -1 if here is None else here.step
        self._rows.show_step(step)
        self.plot.show_step(step)
        if self._rows.writes:
            self.list.choose_row(max(0, self._rows.reached(step) - 1))
