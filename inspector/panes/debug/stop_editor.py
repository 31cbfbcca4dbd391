"""StopEditor: the line in which a breakpoint is made, changed, or given an expression to note; what is wrong stands below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from inspector.debugger.debugger import Debugger
from inspector.debugger.records import Breakpoint
from inspector.debugger.searching import MARKED
from inspector.panes.debug.condition_field import ConditionField, needs_more
from inspector.panes.debug.rows_view import OneLine
from inspector.theme import current
from rnn.recorder.conditions import CONDITIONS

PLACEHOLDER = "t == 3, changed dWhh[3, 4], nan dh, exploding dh 1e3 ..."
NOTE_PLACEHOLDER = "dh.max(), loss ...; empty notes nothing"
ADD, CHANGE, NOTE = "add", "change", "note"

EXAMPLES = {"marked": ("JAX says it is wrong", f"marked {MARKED}")}
"""Where the menu says something else than the recorder does: it knows only this one mark."""


class StopEditor(QWidget):
    """Kinds, a field, a button; in one of three modes.

    Signals:
        added: a breakpoint was made. done: a change was taken, or left.
    """

    added = Signal()
    done = Signal()

    def __init__(self, debugger: Debugger, parent: QWidget) -> None:
        """Args: debugger: whose breakpoints are made."""
        super().__init__(parent)
        self._debugger = debugger
        self._mode, self._old = ADD, Breakpoint("")
        self.field = ConditionField(debugger.questions, self)
        self._caption = OneLine(self, "What is typed")
        self._problem = QLabel(self)
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        self._problem.setAccessibleName("What is wrong with the condition")
        self._save = QPushButton("Add", self)
        self._cancel = QPushButton("Cancel", self)
        self._cancel.setToolTip("Leave the breakpoint as it is (Esc)")
        self._kinds = self._kinds_button()
        self._build()
        self.field.entered.connect(self.take)
        self.field.left.connect(self.begin)
        self.field.textEdited.connect(lambda _: self.say(""))
        self._save.clicked.connect(self.take)
        self._cancel.clicked.connect(self.begin)
        self._show_mode()

    def _kinds_button(self) -> QToolButton:
        button, menu = QToolButton(self), QMenu(self)
        button.setText("Kinds")
        button.setToolTip("Every kind of condition, with an example to be changed")
        button.setAccessibleName("Kinds of condition")
        button.setMinimumHeight(26)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        for name, kind in CONDITIONS.items():
            label, example = EXAMPLES.get(name, (kind.label, kind.example))
            action = menu.addAction(f"{label}\t{example}")
            action.triggered.connect(lambda _=False, text=example: self.begin_example(text))
        button.setMenu(menu)
        return button

    def _build(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(4)
        for widget, share in ((self._kinds, 0), (self.field, 1), (self._save, 0), (self._cancel, 0)):
            line.addWidget(widget, share)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._caption)
        layout.addLayout(line)
        layout.addWidget(self._problem)
        self._problem.hide()

    # Modes

    @property
    def problem(self) -> str:
        """What is wrong with what was typed, as it is shown."""
        return self._problem.text()

    @Slot()
    def begin(self) -> None:
        """Type a new breakpoint, or leave what was begun."""
        was_adding = self._mode == ADD
        self._reset()
        if not was_adding:
            self.done.emit()

    def _reset(self) -> None:
        self._mode, self._old = ADD, Breakpoint("")
        self.field.clear()
        self.say("")
        self._show_mode()

    def begin_example(self, text: str) -> None:
        """Put an example in with what is to be changed in it selected; a breakpoint that is being changed stays so."""
        if self._mode == NOTE:
            self.begin()
        self.say("")
        word = text.partition(" ")[0]
        self.field.fill(text, len(word) + 1 if needs_more(word) and " " in text else 0)

    def begin_change(self, one: Breakpoint) -> None:
        """Change a breakpoint's condition."""
        self._mode, self._old = CHANGE, one
        self.say("")
        self._show_mode()
        self.field.fill(one.text)

    def begin_note(self, one: Breakpoint) -> None:
        """Change the expression that a breakpoint notes."""
        self._mode, self._old = NOTE, one
        self.say("")
        self._show_mode()
        self.field.fill(one.log)

    def forget(self, breakpoints: tuple[Breakpoint, ...]) -> None:
        """Only these breakpoints are left: what is typed for one that is gone would make a new one."""
        if self._mode != ADD and self._old not in breakpoints:
            same = next((one for one in breakpoints if one.text == self._old.text), None)
            if same is not None:  # it was switched on or off meanwhile
                self._old = same
            else:
                self._mode = ADD
                self._show_mode()

    @Slot()
    def take(self) -> None:
        """Take what was typed; where it makes no sense say why, and keep it."""
        stops, text, mode = self._debugger.stops, self.field.text(), self._mode
        said = {
            ADD: lambda: stops.add(text),
            CHANGE: lambda: stops.edit(self._old, text),
            NOTE: lambda: stops.set_log(self._old, text),
        }[mode]()
        if said:
            self.say(said)
            return
        self._reset()
        (self.added if mode == ADD else self.done).emit()

    def say(self, problem: str) -> None:
        """Show what is wrong, or nothing."""
        sentence = f"\u2717 {problem}" if problem else ""
        if sentence != self._problem.text():
            self._problem.setText(sentence)
            self._problem.setVisible(bool(sentence))
        self._problem.setStyleSheet(f"color: {current().bad}" if sentence else "")

    def _show_mode(self) -> None:
        captions = {
            ADD: "",
            CHANGE: f"Change '{self._old.text}'",
            NOTE: f"Note at every hit of '{self._old.text}'; of an array its norm",
        }
        self._caption.say(captions[self._mode], "faint")
        self._caption.setVisible(self._mode != ADD)
        self._cancel.setVisible(self._mode != ADD)
        self._kinds.setVisible(self._mode != NOTE)
        self._save.setText("Add" if self._mode == ADD else "Save")
        self._save.setToolTip("Make the breakpoint (Enter)" if self._mode == ADD else "Take the change (Enter)")
        self.field.takes_expression = self._mode == NOTE
        self.field.setPlaceholderText(NOTE_PLACEHOLDER if self._mode == NOTE else PLACEHOLDER)
        self.field.setAccessibleName(
            "Condition to stop at" if self._mode != NOTE else "Expression to note at every hit"
        )
        self.field.setToolTip("Type a condition; Down shows what can follow, Enter takes it, Esc leaves it")
