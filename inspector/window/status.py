"""The status bar: the cell under the eye, what is not finite, what the user's code does, and what the engine does."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QProgressBar, QPushButton, QSizePolicy, QStatusBar, QWidget

from inspector.dialogs import plain_label
from inspector.pictures import Pictures
from inspector.records import IDLE
from inspector.said import counts, engine_line, printed_words, read_out
from inspector.state import State


class StatusBar(QStatusBar):
    """Mirrors the hovered cell, else the picked one; counts NaN and infinities; shows the engine's state.

    Signals:
        printed_wanted: the user wants to read what the code printed.
    """

    printed_wanted = Signal()

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows state and pictures by itself."""
        super().__init__(parent)
        self._state, self._pictures = state, pictures
        self._hovered: tuple[int, int] | None = None
        self._cell = plain_label("", self)
        self._cell.setAccessibleName("Values of the cell")
        self._cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._cell.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # cut where there is no room
        self._counts = QPushButton(self)
        self._counts.setFlat(True)
        self._counts.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._counts.setToolTip("Go to the next NaN or infinity (N)")
        self._counts.clicked.connect(lambda: state.step_non_finite(1))
        self._engine = plain_label("", self)
        self._engine.setAccessibleName("Engine")
        self._progress = QProgressBar(self)
        self._progress.setAccessibleName("Progress")
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(120)
        self._remark = plain_label("", self)
        self._remark.setAccessibleName("Remark")
        self._saves = self._flat_button("Whether a save runs your file", state.own.toggle_run_on_save)
        self._printed = self._flat_button("What your code printed", lambda: self.printed_wanted.emit())
        self._printed.setToolTip("Show the end of what your code printed (Ctrl+Alt+O)")
        self.setContentsMargins(8, 0, 0, 0)
        self.addWidget(self._cell, 1)
        self.addPermanentWidget(self._remark)
        for widget in (self._counts, self._printed, self._saves, self._engine, self._progress):
            self.addPermanentWidget(widget)
        for signal in (
            state.selection_changed,
            state.status_changed,
            state.result_changed,
            state.notice_changed,
            state.own.changed,
            state.settings_changed,
            pictures.changed,
        ):
            signal.connect(self.synchronize)
        self.synchronize()

    def _flat_button(self, name: str, pressed: Callable[[], object]) -> QPushButton:
        button = QPushButton(self)
        button.setFlat(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(name)
        button.clicked.connect(pressed)
        button.hide()
        return button

    @Slot(object)
    def show_hovered(self, cell: tuple[int, int] | None) -> None:
        """Mirror the cell under the mouse; None goes back to the picked one."""
        self._hovered = cell
        self._show_cell()

    def _show_cell(self) -> None:
        cell = self._hovered or self._state.selection.cell
        self._cell.setText(read_out(self._pictures.current, cell))
        self._cell.setToolTip(self._cell.text())

    def _show_own(self) -> None:
        """Whether a save runs the user's file, and how much it printed."""
        own = self._state.own
        printed = printed_words(own.printed)
        self._printed.setText(printed)
        self._printed.setAccessibleDescription(printed)
        self._printed.setVisible(bool(printed))
        self._saves.setText("runs when saved" if own.run_on_save else "not run when saved")
        self._saves.setAccessibleDescription(self._saves.text())
        watched = "\n".join(own.watching.files) or "nothing before its first run"
        self._saves.setToolTip(f"Click to change (Ctrl+Alt+R). Watched:\n{watched}")
        self._saves.setVisible(own.is_users)

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        self._show_cell()
        self._remark.setText(self._state.remark)
        found, status = counts(self._pictures.current), self._state.status
        self._counts.setText(found)
        self._counts.setAccessibleName(f"Not finite: {found}")
        self._counts.setVisible(bool(found))
        self._show_own()
        self._engine.setText(engine_line(status, self._state.engine_ready))
        self._progress.setVisible(status.phase != IDLE)
        if status.fraction is None:
            self._progress.setRange(0, 0)
        else:
            self._progress.setRange(0, 100)
            self._progress.setValue(round(100 * status.fraction))
