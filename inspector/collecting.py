"""Python's garbage is collected in the window's thread only: Qt's objects must end in the thread they live in.

Without this the collector runs in whichever thread happens to allocate, such as one that reads pictures, and takes the
widgets of a closed dialog with it there.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

EVERY_MS = 500


class Collector(QObject):
    """Collects as often as Python would, by its own thresholds, but from a timer of the thread that made it."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Take over from Python; `close` gives back."""
        super().__init__(parent)
        self._by_python = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.on_timeout)
        self._timer.start()

    @Slot()
    def on_timeout(self) -> None:
        """Collect the oldest generation whose turn it is, which takes the younger ones along."""
        counts, limits = gc.get_count(), gc.get_threshold()
        due = [one for one in range(len(counts)) if counts[one] > limits[one] > 0]
        if due:
            gc.collect(due[-1])

    def settle(self) -> None:
        """What is there now stays: it is not walked through again, so that a collection takes less than a frame."""
        gc.freeze()

    def close(self) -> None:
        """Let Python do it again, if it did."""
        self._timer.stop()
        gc.unfreeze()
        if self._by_python:
            gc.enable()
