"""Settings: each takes effect at once, and forgetting everything can be taken back instead of being asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QHBoxLayout, QPushButton, QWidget

from inspector.dialogs.base import SMALLEST_TARGET, close_buttons, make_dialog, plain_label
from inspector.dialogs.limits import LimitRows
from inspector.menus import METRIC_TEXTS, SCALE_TEXTS, THEME_TEXTS

if TYPE_CHECKING:
    from inspector.settings import Memory
    from inspector.state import State

UNDO_MS = 10_000
"""For how long resetting can be taken back."""


def _rows() -> dict[str, tuple[str, str, list[tuple[str, str]]]]:
    """Label, description and choices by field of the view."""
    from inspector.picture import COLOUR_MAPS

    maps = [(name, name) for name in COLOUR_MAPS]
    return {
        "theme": ("&Theme", "Colours of the whole window", list(THEME_TEXTS.items())),
        "colour_map": ("Colour &map", "Colours of positive and negative numbers", maps),
        "scale": ("&Scale", "How numbers become colours", list(SCALE_TEXTS.items())),
        "metric": ("M&etric", "What the third picture shows", list(METRIC_TEXTS.items())),
    }


class SettingsPage(QWidget):
    """The rows and buttons of the settings."""

    def __init__(self, state: State, memory: Memory, parent: QWidget) -> None:
        """Args: state: what takes the choices. memory: what is forgotten. parent: the dialog."""
        super().__init__(parent)
        self._state, self._memory = state, memory
        self._before: dict[str, Any] | None = None
        self._form = QFormLayout(self)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._boxes = {name: self._choice(name, *row) for name, row in _rows().items()}
        self.limits = LimitRows(state, self._form, self)
        self._recent = self._button(
            "Forget recent files", "Empty the list under File, Open recent", self._forget_recent
        )
        self._trusted = self._button(
            "Forget trusted files", "Ask again before each of your files is run", self._forget_trusted
        )
        self.tour = self._button("Show the tour again", "Four stops around the window", self._forget_tour)
        self._reset = self._button(
            "Reset all settings", "Back to how the program comes; can be undone for 10 seconds", self._forget_everything
        )
        self._undo = self._button("Undo the reset", "Put all settings back as they were", self._restore)
        self._said = plain_label("", self)
        self._said.setWordWrap(True)
        self._said.setAccessibleName("What has been done")
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(UNDO_MS)
        self._timer.timeout.connect(self._end_undo)
        state.view_changed.connect(self.synchronize)
        state.recent_changed.connect(self.synchronize)
        state.settings_changed.connect(self.synchronize)
        self.synchronize()

    def _choice(self, name: str, label: str, tip: str, choices: Iterable[tuple[str, str]]) -> QComboBox:
        box = QComboBox(self)
        for value, text in choices:
            box.addItem(text, value)
        plain = label.replace("&", "")
        box.setAccessibleName(plain)
        box.setAccessibleDescription(tip)
        box.setToolTip(tip)
        box.setMinimumHeight(SMALLEST_TARGET)
        box.activated.connect(lambda place: self._state.set_view(**{name: box.itemData(place)}))
        self._form.addRow(label, box)
        return box

    def _button(self, text: str, tip: str, pressed: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setAccessibleDescription(tip)
        button.setMinimumHeight(SMALLEST_TARGET)
        button.clicked.connect(pressed)
        return button

    def _lay_out(self) -> None:
        for left, right in ((self._recent, self._trusted), (self.tour, self._reset)):
            row = QHBoxLayout()
            row.addWidget(left, 1)
            row.addWidget(right, 1)
            self._form.addRow(row)
        self._form.addRow(self._said)
        self._form.addRow(self._undo)

    @Slot()
    def synchronize(self) -> None:
        """Show what is chosen and how much there is to forget."""
        for name, box in self._boxes.items():
            box.setCurrentIndex(max(0, box.findData(getattr(self._state.view, name))))
        files, trusted = len(self._memory.recent()), self._memory.trusted_count()
        self._recent.setText(f"Forget {files} recent file{'s' * (files != 1)}")
        self._trusted.setText(f"Forget {trusted} trusted file{'s' * (trusted != 1)}")
        for button, count in ((self._recent, files), (self._trusted, trusted)):
            button.setEnabled(count > 0)
            button.setAccessibleName(button.text())
        self._undo.setVisible(self._before is not None)

    def _say(self, text: str) -> None:
        self._said.setText(text)
        self.synchronize()

    def _forget_recent(self) -> None:
        self._memory.forget_recent()
        self._state.recent_changed.emit()
        self._say("The list of recent files is empty.")

    def _forget_trusted(self) -> None:
        self._memory.forget_trusted()
        self._say("Each of your files is asked about again before it is run.")

    def _forget_tour(self) -> None:
        self._memory.set_tour_seen(False)
        self._say("The tour is shown at the next start.")

    def _forget_everything(self) -> None:
        self._before = self._memory.snapshot()
        self._memory.restore({})
        self._take_remembered()
        self._timer.start()
        self._say("All settings are as the program comes; the panels follow at the next start.")
        self._undo.setFocus()

    def _restore(self) -> None:
        if self._before is not None:
            self._memory.restore(self._before)
            self._before = None
            self._timer.stop()
            self._take_remembered()
            self._say("All settings are as they were.")
            self._reset.setFocus()

    def _take_remembered(self) -> None:
        self._state.set_view(**asdict(self._memory.view()))
        self._state.own.changed.emit()
        self._state.recent_changed.emit()

    def _end_undo(self) -> None:
        self._before = None
        self.synchronize()


def show_settings(
    parent: QWidget, state: State, memory: Memory, show_tour: Callable[[], object] | None = None
) -> QDialog:
    """Show the settings.

    Args:
        parent: the main window. state: takes the choices. memory: what is remembered.
        show_tour: called when the tour is asked for; without it the tour comes at the next start.
    """
    dialog, layout = make_dialog(parent, "Settings")
    page = SettingsPage(state, memory, dialog)
    if show_tour is not None:
        page.tour.clicked.connect(dialog.close)
        page.tour.clicked.connect(show_tour)
    layout.addWidget(page)
    layout.addStretch(1)
    buttons = close_buttons(dialog)
    buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)  # Enter in a line takes the number
    layout.addWidget(buttons)
    dialog.resize(480, 370)
    dialog.show()
    return dialog
