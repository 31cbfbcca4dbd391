"""What stands behind the lines of the source: what their statements wrote, painted and never part of the text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from inspector.debugger.records import Inline
from inspector.panes.debug.common import WRONG
from inspector.panes.debug.source_inks import Inks
from inspector.panes.debug.source_words import judged_text, value_text

Part = tuple[str, str]
"""A text and the ink that it is written in: `faint`, `good` or `bad`."""

NAMES, LENGTHS = 2, 4
"""See `parts_of`."""

SHORTEST = 6
"""Letters; where less room than that is left, nothing is written."""


def parts_of(things: Sequence[Inline], length: int) -> list[Part]:
    """What is written.

    Args:
        things: of one line.
        length: 0 all, 1 without how much changed, 2 only names and verdicts, 3 only verdicts where there are any.
    """
    bare = length > NAMES and any(judged_text(one) for one in things)
    found: list[Part] = []
    for one in things:
        verdict = judged_text(one)
        if not bare:
            found.append((value_text(one, min(length, NAMES)), "faint"))
        if verdict:
            found.append((verdict.strip() if bare else verdict[1:], "bad" if one.wrong is not None else "good"))
        if verdict or not bare:
            found.append(("   ", "faint"))
    return found[:-1]


class InlineWriter:
    """Writes behind lines, in italics, verdicts upright."""

    def __init__(self, font: QFont) -> None:
        """Args: font: of the source."""
        self._italic, self._upright = QFont(font), QFont(font)
        self._italic.setItalic(True)
        self._metrics = QFontMetricsF(self._italic), QFontMetricsF(self._upright)

    def fits(self, parts: Sequence[Part], width: float) -> bool:
        """Whether parts have room."""
        return sum(self._metrics[ink != "faint"].horizontalAdvance(text) for text, ink in parts) <= width

    def write(self, painter: QPainter, left: QPointF, right: float, things: Sequence[Inline], inks: Inks) -> None:
        """Write as much as there is room for.

        Args:
            painter: of the viewport. left: beginning of the baseline. right: edge where words are elided.
            things: what is written. inks: the colours.
        """
        room = right - left.x()
        if room < SHORTEST * self._metrics[0].averageCharWidth():
            return
        choices = [parts_of(things, length) for length in range(LENGTHS)]
        self._draw(painter, left, right, next((one for one in choices if self.fits(one, room)), choices[-1]), inks)

    def write_error(self, painter: QPainter, left: QPointF, right: float, text: str, inks: Inks) -> None:
        """Write what a line raised; see `write`."""
        self._draw(painter, left, right, [(f"{WRONG} {text}", "bad")], inks)

    def _draw(self, painter: QPainter, left: QPointF, right: float, parts: Sequence[Part], inks: Inks) -> None:
        x = left.x()
        for text, ink in parts:
            upright = ink != "faint"
            metrics = self._metrics[upright]
            width = metrics.horizontalAdvance(text)
            painter.setFont(self._upright if upright else self._italic)
            painter.setPen(getattr(inks, ink))
            if x + width > right:
                painter.drawText(QPointF(x, left.y()), metrics.elidedText(text, Qt.TextElideMode.ElideRight, right - x))
                return
            painter.drawText(QPointF(x, left.y()), text)
            x += width
