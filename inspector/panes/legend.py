"""Legend: values in the colours of their curves, as many as there is room for; the tooltip has them all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

GAP = "   "

Part = tuple[str, str]
"""A text and its colour."""


class Legend(QLabel):
    """One line of coloured words; the last ones are left out whole where it is narrow, never cut."""

    def __init__(self, parent: QWidget) -> None:
        """Empty until `show_parts`."""
        super().__init__(parent)
        self._head: Part = ("", "")
        self._parts: tuple[Part, ...] = ()
        self.setTextFormat(Qt.TextFormat.RichText)  # our own words only
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_parts(self, head: Part, parts: Sequence[Part]) -> None:
        """Show other words. Args: head: stands before the parts, in plain letters; no colour is that of other texts."""
        self._head, self._parts = head, tuple(parts)
        self.setToolTip(head[0] + GAP.join(text for text, _ in parts))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer words have room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        font = self.font()
        font.setBold(True)
        bold, room = QFontMetrics(font), self.width() - self.fontMetrics().horizontalAdvance(self._head[0])
        shown = list(self._parts)
        while len(shown) > 1 and bold.horizontalAdvance(GAP.join(text for text, _ in shown)) > room:
            shown.pop()
        words = "&nbsp;&nbsp; ".join(f'<b style="color:{colour}">{text}</b>' for text, colour in shown)
        text, colour = self._head
        head = f'<span style="color:{colour}">{text}</span>' if colour else text
        self.setText(head + words)
