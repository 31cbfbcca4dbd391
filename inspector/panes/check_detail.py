"""One check in full: its sentence and its details, to be read and copied, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from inspector.check_order import COMING, CheckRow
from inspector.panes.check_rows import SUBJECTS, word_of
from inspector.panes.debug.own_editor import open_in_editor
from inspector.state import State

SHORTEST = 84


class CheckDetail(QWidget):
    """Opens for a check and follows it; hidden until then.

    Signals:
        line_wanted: the first wrong line shall be looked for, or shown.
    """

    line_wanted = Signal()

    def __init__(self, state: State, parent: QWidget) -> None:
        """Follows the state by itself."""
        super().__init__(parent)
        self._state = state
        self._row: CheckRow | None = None
        self._title = QLabel(self)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setWordWrap(True)
        self._title.setProperty("role", "heading")
        self._text = QPlainTextEdit(self)
        self._text.setReadOnly(True)
        self._text.setMinimumHeight(SHORTEST)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._text.setAccessibleName("The check in full")
        self._text.setTabChangesFocus(True)
        self._close = QToolButton(self)
        self._close.setText("\u00d7")
        self._close.setAccessibleName("Close the check")
        self._close.setToolTip("Close (Esc, while the focus is here)")
        self._close.clicked.connect(self.close_row)
        self._open = QPushButton(self)
        self._open.setToolTip("Open the file at this line in your own editor")
        self._open.clicked.connect(self._on_open_clicked)
        self._look = QPushButton(self)
        self._look.setToolTip(
            "Record the case where that is needed, and go to the line that goes wrong first (Ctrl+F8)"
        )
        self._look.clicked.connect(self.line_wanted)
        for button, name in ((self._open, "Open the line in your editor"), (self._look, "First wrong line")):
            button.setAccessibleName(name)
            button.setAccessibleDescription(button.toolTip())
        self._build()
        state.own.order.changed.connect(self._follow)
        self.hide()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        for button in (self._open, self._look):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._text, 1)
        layout.addLayout(buttons)

    def show_row(self, row: CheckRow) -> None:
        """Show a check."""
        self._row = row
        self._title.setText(SUBJECTS.get(row.name, row.name))
        sentence = f"{word_of(row)}: {row.sentence}"
        text = "\n".join((sentence, "", *row.details)) if row.details else sentence
        if text != self._text.toPlainText():
            self._text.setPlainText(text)
        self._open.setVisible(bool(row.file.endswith(".py") and row.line))
        self._open.setText(f"Open line {row.line}")
        self._look.setVisible(row.looks)
        self._look.setText("Show it" if row.line else "First wrong line")
        self.show()

    def event(self, event: QEvent) -> bool:
        """Esc closes before it means anything to the window."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self.close_row()
            event.accept()
            return True
        return super().event(event)

    @Slot()
    def close_row(self) -> None:
        """Show none."""
        self._row = None
        self.hide()

    @Slot()
    def _follow(self) -> None:
        """The check that is shown says something else now; one that is being made again stays until it is known."""
        if self._row is None:
            return
        now = next((row for row in self._state.own.order.rows if row.name == self._row.name), None)
        if now is None:
            self.close_row()
        elif now.state != COMING:
            self.show_row(now)

    @Slot()
    def _on_open_clicked(self) -> None:
        if self._row is not None:
            self._state.say(open_in_editor(self._row.file, self._row.line))
