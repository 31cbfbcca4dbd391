"""Icons: qtawesome takes a fifth of a second to import, so that happens on a thread, after the first painting."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QIcon

from inspector.actions import ACTIONS


class Icons(QObject):
    """Draws the icons of actions, once the library is there."""

    _imported = Signal()

    def __init__(self, made: Mapping[str, QAction], parent: QObject) -> None:
        """Args: made: the actions by id."""
        super().__init__(parent)
        self._made, self._colour, self._there = made, "", False
        self._thread = threading.Thread(target=self._import, daemon=True)
        self._imported.connect(self._on_imported)

    def _import(self) -> None:
        importlib.import_module("qtawesome")
        self._imported.emit()

    def load(self) -> None:
        """Begin to load the library."""
        self._thread.start()

    def close(self) -> None:
        """Wait until the thread has ended."""
        if self._thread.ident is not None:
            self._thread.join()

    def draw(self, colour: str) -> None:
        """Draw in a colour (`#rrggbb`): now, or as soon as the library is there."""
        if colour == self._colour:
            return
        self._colour = colour
        if self._there:
            self._draw()

    @Slot()
    def _on_imported(self) -> None:
        self._there = True
        self._draw()

    def _draw(self) -> None:
        import qtawesome

        for action in ACTIONS:
            if action.icon:
                icon: QIcon = qtawesome.icon(action.icon, color=self._colour)
                self._made[action.id].setIcon(icon)
