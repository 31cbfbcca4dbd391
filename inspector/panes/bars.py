"""Bars over the panes: what failed, what is noted, which code waits for trust, what a weight file leaves open, that a repair is shown."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from inspector.panes.debug.own_editor import open_in_editor
from inspector.pictures import Pictures
from inspector.state import State
from inspector.theme import current


class Bar(QWidget):
    """One sentence, buttons, and details that can be unfolded."""

    def __init__(self, name: str, parent: QWidget) -> None:
        """Args: name: for assistive technology."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sentence = QLabel(self)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setWordWrap(True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._details = QPlainTextEdit(self)
        self._details.setReadOnly(True)
        self._details.setMaximumHeight(170)
        self._details.setAccessibleName("Details")
        self._details.hide()
        self._row = QHBoxLayout()
        self._row.addWidget(self._sentence, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 8, 6)
        column.addLayout(self._row)
        column.addWidget(self._details)
        self.hide()

    def add_button(self, text: str, tip: str, slot: object) -> QPushButton:
        """A button at the right."""
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.clicked.connect(slot)
        self._row.addWidget(button)
        return button

    def say(self, sentence: str, error: bool, details: str = "") -> None:
        """Show a sentence; an empty one hides the bar."""
        theme = current()
        back, text = (theme.error_back, theme.error_text) if error else (theme.note_back, theme.note_text)
        # Only the bar and its sentence: buttons keep the style of all buttons.
        style = f"Bar {{ background: {back}; }} QLabel {{ color: {text}; }}"
        if style != self.styleSheet():
            self.setStyleSheet(style)
        self._sentence.setText(sentence)
        if details != self._details.toPlainText():
            self._details.setPlainText(details)
            self._details.hide()
        self.setVisible(bool(sentence))

    def toggle_details(self) -> None:
        """Fold or unfold the details."""
        self._details.setVisible(not self._details.isVisible())


class FailureBar(Bar):
    """What went wrong, with its details and what can be done; also quiet notices."""

    details_requested = Signal()

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the state by itself."""
        super().__init__("Message", parent)
        self.state = state
        self._offer = self.add_button("Do it", "What can be done about it", self._on_offer_clicked)
        self._line = self.add_button("Open the line", "Open the file at this line in your own editor", self._on_line_clicked)
        self._more = self.add_button(
            "Details", "The traceback of your own lines, or the end of the output", self.toggle_details
        )
        self.add_button("Dismiss", "Take the message away (Esc)", state.dismiss_notice)
        state.notice_changed.connect(self.synchronize)
        state.view_changed.connect(self.synchronize)

    @Slot()
    def _on_offer_clicked(self) -> None:
        offer = self.state.own.offer
        if offer is not None:
            offer.do()

    @Slot()
    def _on_line_clicked(self) -> None:
        failure = self.state.failure
        if failure is not None and failure.line:
            self.state.say(open_in_editor(failure.file, failure.line))

    def _show_buttons(self) -> None:
        offer, failure = self.state.own.offer, self.state.failure
        self._offer.setVisible(offer is not None)
        if offer is not None:
            self._offer.setText(offer.text)
            self._offer.setToolTip(offer.tip)
            self._offer.setAccessibleDescription(offer.tip)
        line = failure.line if failure is not None and failure.file.endswith(".py") else None
        self._line.setVisible(bool(line))
        self._line.setText(f"Open line {line}")

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        failure = self.state.failure
        self._show_buttons()
        if failure is not None:
            self._more.setVisible(bool(failure.details))
            self.say(failure.sentence, True, failure.details)
        else:
            self._more.setVisible(bool(self.state.notice_details))
            self.say(self.state.notice, False, self.state.notice_details)


class TrustBar(Bar):
    """Asks before a file's code runs for the first time."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the state by itself."""
        super().__init__("Permission to run code", parent)
        self.state = state
        tip = "Run it now, and in this session again after each change; the next session asks about other versions"
        self.add_button("Run it", tip, state.trust_and_run)
        self.add_button("Show source", "Read the file first", self._on_source_clicked)
        self.add_button("Don't run", "Leave it", state.refuse_trust)
        state.settings_changed.connect(self.synchronize)
        state.view_changed.connect(self.synchronize)

    @Slot()
    def _on_source_clicked(self) -> None:
        if self.state.pending_trust is not None:
            try:
                text = Path(self.state.pending_trust).read_text(encoding="utf-8", errors="replace")
            except OSError as error:
                text = str(error)
            self._details.setPlainText(text)
            self.toggle_details()

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        path = self.state.pending_trust
        self.say(
            ""
            if path is None
            else f"This runs code from {path}, in a process of its own with limits, not in a sandbox.",
            False,
            self._details.toPlainText(),
        )


class RepairedBar(Bar):
    """Says that the repaired run is shown, as long as it is."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the diagnosis by itself."""
        super().__init__("The repaired run is shown", parent)
        self.state, self._repairing = state, state.diagnosis.repairing
        self._write = self.add_button("Write into file", "Write this repair into your file, and run it", self._on_write)
        self._back = self.add_button("Back", "Show your own run again (Ctrl+F7)", self._repairing.back)
        state.diagnosis.changed.connect(self.synchronize)
        state.view_changed.connect(self.synchronize)

    @Slot()
    def _on_write(self) -> None:
        shown = self._repairing.shown
        if shown is not None:
            self._repairing.write(shown.finding, shown.which)

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the model."""
        shown = self._repairing.shown
        self._write.setVisible(self._repairing.may_write)
        name = "" if shown is None else Path(str(shown.finding.get("file", ""))).name
        said = f"All panes show the run of {name} with a repair that is not written into the file."
        self.say("" if shown is None else said, False)


class QuestionBar(Bar):
    """Asks what a weight file leaves open.

    Signals:
        look_wanted: the user wants to see the file before answering.
    """

    look_wanted = Signal()

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the state by itself."""
        super().__init__("Question about the weight file", parent)
        self.state = state
        self._choices: dict[str, QComboBox] = {}
        self.add_button("Look into the file", "See what it holds and would be taken as (Ctrl+Shift+L)", self.look_wanted.emit)
        self._answer = self.add_button("Use these", "Read the file this way and run", self._on_answered)
        state.settings_changed.connect(self.synchronize)
        state.view_changed.connect(self.synchronize)

    @Slot()
    def _on_answered(self) -> None:
        self.state.answer_questions(tuple((name, box.currentText()) for name, box in self._choices.items()))

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        questions = self.state.questions
        if {question.parameter for question in questions} != set(self._choices):
            for box in self._choices.values():
                self._row.removeWidget(box)
                box.deleteLater()
            self._choices = {}
            for question in questions:
                box = QComboBox(self)
                box.addItems(question.options)
                box.setAccessibleName(question.text)
                turned = any(option.endswith(".T") for option in question.options)
                box.setToolTip(f"{question.parameter}: .T reads the array transposed" if turned else question.text)
                self._choices[question.parameter] = box
                self._row.insertWidget(self._row.count() - 1, box)
        self.say("  ".join(question.text for question in questions), False)
