"""KeyButton: a button that names its key where there is room."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QWidget


class KeyButton(QPushButton):
    """Its tooltip always names the key."""

    def __init__(self, parent: QWidget, text: str, key: str, tip: str, verb: Callable[[], object]) -> None:
        """Args: text, key: what it says. tip: what it does, in full. verb: called on a click."""
        super().__init__(parent)
        self._short, self._long = text, f"{text} ({key})" if key else text
        self.setText(self._long)
        self.setToolTip(f"{tip} ({key})" if key else tip)
        self.setAccessibleName(text)
        self.setAccessibleDescription(tip)
        self.clicked.connect(lambda: verb())

    def show_key(self, shown: bool) -> None:
        """Name the key, or only the action."""
        self.setText(self._long if shown else self._short)
