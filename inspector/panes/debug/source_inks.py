"""Inks: the colours of the source view, made once per theme; mixtures of the theme's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor

from inspector.panes.debug.shades import blend
from inspector.theme import Theme

MOST_BAD, HERE = 0.16, 0.16
"""So much of `bad` and `accent` goes into a line's background; every ink stays readable on it (a test says so)."""

SHADES = 16


@dataclass(frozen=True, eq=False)
class Inks:
    """Colours ready to paint with.

    Attributes:
        shades: backgrounds of lines by severity, weakest first. heats: of the bar in the gutter likewise.
        here, raised: backgrounds of the line that was just executed. gutter: of the gutter. match: of what is found.
        others: a theme's own roles.
    """

    shades: tuple[QColor, ...]
    heats: tuple[QColor, ...]
    here: QColor
    raised: QColor
    gutter: QColor
    match: QColor
    text: QColor
    faint: QColor
    line: QColor
    accent: QColor
    good: QColor
    bad: QColor

    def shade(self, severity: float) -> QColor:
        """Background of a line."""
        return self.shades[min(int(severity * SHADES), SHADES - 1)]

    def heat(self, severity: float) -> QColor:
        """Colour of the bar beside a line."""
        return self.heats[min(int(severity * SHADES), SHADES - 1)]


@lru_cache(maxsize=4)
def inks_of(theme: Theme) -> Inks:
    """The colours of a theme."""
    parts = [(number + 1) / SHADES for number in range(SHADES)]
    return Inks(
        shades=tuple(QColor(blend(theme.bad, theme.base, MOST_BAD * part)) for part in parts),
        heats=tuple(QColor(blend(theme.bad, theme.window, part)) for part in parts),
        here=QColor(blend(theme.accent, theme.base, HERE)),
        raised=QColor(theme.error_back),
        gutter=QColor(theme.window),
        match=QColor(theme.note_back),
        text=QColor(theme.text),
        faint=QColor(theme.faint),
        line=QColor(theme.line),
        accent=QColor(theme.accent),
        good=QColor(theme.good),
        bad=QColor(theme.bad),
    )
