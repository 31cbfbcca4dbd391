"""Notices: what the program says to its user: a failure, a note that stays, a passing remark."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from inspector.records import Failure, Offer


class Notices(QObject):
    """At most one failure, one note and one remark.

    Attributes:
        offer: what can be done about the failure, or else the note; None where nothing is offered.

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
        self.offer: Offer | None = None

    @Slot(str)
    def say(self, remark: str) -> None:
        """Show a passing sentence."""
        self.remark = remark
        self.changed.emit()

    def note(self, notice: str, details: str = "", offer: Offer | None = None) -> None:
        """Show a sentence that stays until it is dismissed, with lines that can be unfolded, and what can be done."""
        self.notice, self.details, self.offer = notice, details, offer
        self.changed.emit()

    def report(self, failure: Failure, offer: Offer | None = None) -> None:
        """Show what went wrong, and what can be done; everything else stays as it is."""
        self.failure, self.offer = failure, offer
        self.changed.emit()

    def clear(self) -> None:
        """Take everything away."""
        if self.failure is not None or self.notice or self.remark:
            self.failure, self.notice, self.details, self.remark = None, "", "", ""
            self.offer = None
            self.changed.emit()
