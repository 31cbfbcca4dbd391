"""Player: holding a key goes on moving, at a speed that can be chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from inspector.debugger.records import PLAY_SPEEDS

USUAL_SPEED = 10


class Player(QObject):
    """Moves once for a key that is pressed, and goes on while it is held.

    Attributes:
        speed: moves a second, one of `PLAY_SPEEDS`.
    """

    def __init__(self, speed: int, parent: QObject) -> None:
        """Args: speed: as it was left."""
        super().__init__(parent)
        self.speed = speed if speed in PLAY_SPEEDS else USUAL_SPEED
        self._repeats = False
        self._move: Callable[[], bool] | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def is_playing(self) -> bool:
        """Whether a key is held."""
        return self._timer.isActive()

    def watch(self, on: bool) -> None:
        """Look at keys, or no more: only then is known that one is held."""
        application = QApplication.instance()
        assert application is not None
        self.stop()
        application.removeEventFilter(self)
        if on:
            application.installEventFilter(self)

    def press(self, move: Callable[[], bool]) -> None:
        """A command's key was pressed, or is reported again because it is held; `move` says whether it could move."""
        if not self._repeats:
            self.stop()
            move()
        elif not self._timer.isActive():
            self._move = move
            self._timer.start(round(1000 / self.speed))

    def stop(self) -> None:
        """The key was let go."""
        self._timer.stop()
        self._repeats = False

    @Slot()
    def _on_timeout(self) -> None:
        if self._move is None or not self._move():
            self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See keys go down and up, wherever they go."""
        kind = event.type()
        if kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            if isinstance(event, QKeyEvent):
                self._repeats = event.isAutoRepeat()
        elif kind == QEvent.Type.KeyRelease:
            if isinstance(event, QKeyEvent) and not event.isAutoRepeat():
                self.stop()
        elif kind == QEvent.Type.ApplicationDeactivate:
            self.stop()
        return False
