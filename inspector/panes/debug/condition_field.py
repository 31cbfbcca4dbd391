"""ConditionField: a line to type a condition in, with what it can become in a list below."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from inspector.debugger.questions import Questions
from inspector.panes.debug.rows_view import ENTER
from rnn.recorder.conditions import CONDITIONS

MOST_SHOWN = 10


def needs_more(text: str) -> bool:
    """Whether a text is the word of a kind that something has to follow."""
    kind = CONDITIONS.get(text.strip())
    if kind is None or text.strip() == "expression":
        return False
    typed = kind.typed
    return typed.line or typed.path or typed.limit or typed.name


class ConditionField(QLineEdit):
    """Asks the recording what can follow while one types.

    Attributes:
        takes_expression: whether a plain expression is typed, for which no kinds are offered.

    Signals:
        entered: Enter was pressed, and no completion was chosen with it. left: Escape was pressed.
    """

    entered = Signal()
    left = Signal()

    def __init__(self, questions: Questions, parent: QWidget) -> None:
        """Args: questions: knows completions."""
        super().__init__(parent)
        self._questions = questions
        self.takes_expression = False
        self._asked = ""
        self._texts = QStringListModel(self)
        self._completer = QCompleter(self._texts, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self._completer.setMaxVisibleItems(MOST_SHOWN)
        self._completer.setWidget(self)
        popup = self._completer.popup()
        assert popup is not None
        popup.setParent(self, popup.windowFlags())  # it belongs to nobody, and is deleted twice by whoever cleans up
        self._list = popup
        self._list.setAccessibleName("What the condition can become")
        self._list.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._completer.activated[str].connect(self.take)  # type: ignore[index]
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.textEdited.connect(self._on_edited)
        questions.completed.connect(self._on_completed)

    @property
    def completions(self) -> list[str]:
        """What is offered."""
        return list(self._texts.stringList())

    @property
    def offers(self) -> bool:
        """Whether the list is open."""
        return self._list.isVisible()

    def ask(self) -> None:
        """Ask what can follow."""
        self._asked = self.text()
        self._questions.complete(self._asked)

    @Slot(str)
    def take(self, text: str) -> None:
        """Take a completion; a word that something has to follow gets a blank, and what can follow is asked."""
        self.setText(text + " " if needs_more(text) and not self.takes_expression else text)
        if self.text() != text:
            self.ask()

    def fill(self, text: str, start: int = 0) -> None:
        """Put a text in, selected from a place on, and the cursor with it."""
        self.setText(text)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setSelection(start, len(text) - start)

    @Slot(str)
    def _on_edited(self, text: str) -> None:
        if text.strip():
            self.ask()
        else:
            self._list.hide()

    @Slot(object)
    def _on_completed(self, texts: list[str]) -> None:
        begun = self.text().lstrip()
        found = [text for text in texts if text.startswith(begun) and text != begun]
        if self.takes_expression:
            found = [text for text in found if text not in CONDITIONS]
        self._texts.setStringList(found)
        if found and self.text() == self._asked and self.hasFocus() and self.isVisible():
            self._completer.complete()
            self._list.setCurrentIndex(QModelIndex())  # none is chosen before an arrow key was pressed
        else:
            self._list.hide()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """While the list is open Tab is a key of it."""
        return False if self.offers else super().focusNextPrevChild(forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes a chosen completion, else what was typed; Tab takes the first one; Escape closes the list, or leaves."""
        key, popup = event.key(), self._list
        if popup.isVisible():
            if key in ENTER and not popup.currentIndex().isValid():
                popup.hide()
            elif key in (*ENTER, Qt.Key.Key_Escape):
                event.ignore()  # the completer's own
                return
            elif key == Qt.Key.Key_Tab:
                row = max(0, popup.currentIndex().row())
                popup.hide()
                self.take(self.completions[row])
                return
        if key in ENTER:
            self.entered.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key == Qt.Key.Key_Down:
            self.ask()
        else:
            super().keyPressEvent(event)
