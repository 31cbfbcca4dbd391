"""Notices: what the program says to its user: a failure, a note that stays, a passing remark."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from inspector.records import Failure


class Notices(QObject):
    """At most one failure, one note and one remark.

    Signals:
        changed: one of them is another.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Says nothing yet."""
        super().__init__(parent)
        self.failure: Failure | None = None
        self.notice = ""
        self.details = ""
        self.remark = ""

    @Slot(str)
    def say(self, remark: str) -> None:
        """Show a passing sentence."""
        self.remark = remark
        self.changed.emit()

    def note(self, notice: str, details: str = "") -> None:
        """Show a sentence that stays until it is dismissed, with lines that can be unfolded."""
        self.notice, self.details = notice, details
        self.changed.emit()

    def report(self, failure: Failure) -> None:
        """Show what went wrong; everything else stays as it is."""
        self.failure = failure
        self.changed.emit()

    def clear(self) -> None:
        """Take everything away."""
        if self.failure is not None or self.notice or self.remark:
            self.failure, self.notice, self.details, self.remark = None, "", "", ""
            self.changed.emit()
