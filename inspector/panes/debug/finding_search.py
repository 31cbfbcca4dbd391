"""The line of a search that goes on: what is done, how far, what is best so far, and a button that ends it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from inspector.diagnosis import WAITING
from inspector.panes.debug.rows_view import OneLine
from inspector.state import State

BAR_PX = 110


class SearchLine(QWidget):
    """Hidden while no search goes on."""

    def __init__(self, state: State, parent: QWidget) -> None:
        """Draws what its owner asks it to, by `synchronize`."""
        super().__init__(parent)
        self._state = state
        self._said = OneLine(self, "The search for the cause")
        self._bar = QProgressBar(self)
        self._bar.setAccessibleName("Progress of the search")
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(BAR_PX)
        self._cancel = QPushButton("Cancel", self)
        self._cancel.setToolTip("End the search; what was found stays (Esc)")
        self._cancel.setAccessibleDescription(self._cancel.toolTip())
        self._cancel.clicked.connect(state.diagnosis.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self._bar, self._cancel):
            row.addWidget(widget)
        row.insertWidget(0, self._said, 1)

    @property
    def text(self) -> str:
        """What is said."""
        return self._said.text()

    def synchronize(self) -> None:
        """Draw how the search stands."""
        search, best = self._state.diagnosis.search, self._state.diagnosis.best
        self.setVisible(self._state.diagnosis.is_running)
        doing = f"{search.text}, as soon as the engine is free" if search.phase == WAITING else search.text
        self._said.say(f"{doing}; best so far: {best['sentence']}" if best is not None else doing)
        self._bar.setRange(0, 100 if search.fraction is not None else 0)
        self._bar.setValue(round(100 * (search.fraction or 0.0)))
