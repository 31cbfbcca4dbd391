"""The page of an empty window: what this is, and four ways to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from inspector.pictures import Pictures
from inspector.records import IDLE
from inspector.state import State

EXAMPLE = "question-2014"
KEYS = (("Ctrl+O", "open"), ("F5", "run"), ("]", "next difference"), ("Ctrl+Shift+P", "any command"), ("F1", "all keys"))
MOST_RECENT = 6
CARD_WIDTH = 720


def _label(text: str, role: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label


class WelcomePane(QWidget):
    """Shown while there is no result.

    Signals:
        open_requested: the user wants to choose a file. new_case_requested: a file of their own code.
        example_chosen: the example is opened, and its user may want to be shown around.
    """

    open_requested = Signal()
    new_case_requested = Signal()
    example_chosen = Signal()

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the state by itself."""
        super().__init__(parent)
        self.state = state
        self._card = QFrame(self)
        self._card.setMaximumWidth(CARD_WIDTH)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        self._busy = _label("", "faint", self._card)
        self._build()
        state.recent_changed.connect(self.synchronize)
        state.status_changed.connect(self.synchronize)

    def _button(self, text: str, tip: str, slot: object, primary: bool = False) -> QPushButton:
        button = QPushButton(text, self._card)
        button.setMinimumHeight(36)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.setProperty("primary", "true" if primary else "false")
        button.clicked.connect(slot)
        return button

    def _build(self) -> None:
        column = QVBoxLayout(self._card)
        column.setSpacing(10)
        column.addWidget(_label("Which gradient is wrong, where, and from which step on", "title", self._card))
        column.addWidget(
            _label("Runs a hand-written backward pass and JAX side by side, on the same numbers.", "faint", self._card)
        )
        column.addSpacing(8)
        grid = QGridLayout()
        self._first = self._button(
            "Open the example",
            "The question of 2014: equal outputs, different gradients",
            self._on_example_clicked,
            True,
        )
        own = "Read a file of your own code, and propose a case file for it; nothing is run (Ctrl+Shift+N)"
        built_in = "The program's own backward pass on a random problem"
        several = "Your case, weights, data, a text, or a saved result"
        grid.addWidget(self._first, 0, 0)
        grid.addWidget(self._button("Open a file...", several, self.open_requested), 0, 1)
        grid.addWidget(self._button("New case from your Python file...", own, self.new_case_requested), 1, 0)
        grid.addWidget(self._button("Check the built-in BPTT", built_in, self._on_built_in_clicked), 1, 1)
        column.addLayout(grid)
        column.addWidget(_label("Or drop files anywhere on this window.", "faint", self._card))
        self._build_foot(column)
        outer = QHBoxLayout(self)
        middle = QVBoxLayout()
        middle.addStretch(2)
        middle.addWidget(self._card)
        middle.addStretch(3)
        outer.addStretch(1)
        outer.addLayout(middle, 20)
        outer.addStretch(1)

    def _build_foot(self, column: QVBoxLayout) -> None:
        """What is going on, recent files, keys, a tip."""
        column.addWidget(self._busy)
        column.addSpacing(8)
        self._recent_title = _label("Recent files", "heading", self._card)
        column.addWidget(self._recent_title)
        column.addLayout(self._recent)
        column.addSpacing(8)
        column.addWidget(_label("Keys", "heading", self._card))
        column.addWidget(_label("      ".join(f"{key}  {what}" for key, what in KEYS), "faint", self._card))
        column.addWidget(
            _label(
                "Tip: return dh and da of every step from your case, and the first wrong step is found exactly.",
                "faint",
                self._card,
            )
        )

    def focus_first(self) -> None:
        """Put the focus on the example, so that one key opens it."""
        self._first.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, as in a dialog."""
        focus = self.window().focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QPushButton):
            focus.click()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_example_clicked(self) -> None:
        self.example_chosen.emit()
        self.state.choose_case(EXAMPLE)
        self.state.run()

    @Slot()
    def _on_built_in_clicked(self) -> None:
        self.state.choose_case("")
        self.state.run()

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        while (item := self._recent.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        paths = self.state.recent[:MOST_RECENT]
        self._recent_title.setVisible(bool(paths))
        for path in paths:
            shown = path if len(path) <= 80 else f"...{path[-77:]}"
            button = QPushButton(shown.replace("&", "&&"), self._card)
            button.setFlat(True)
            button.setStyleSheet("text-align: left")
            button.setToolTip("Open this file again")
            button.clicked.connect(lambda _=False, path=path: self.state.open_files([path]))
            self._recent.addWidget(button)
        status = self.state.status
        self._busy.setText(f"{status.text} ..." if status.phase != IDLE and status.text else "")
        self._busy.setVisible(bool(self._busy.text()))
