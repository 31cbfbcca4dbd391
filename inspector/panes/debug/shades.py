"""Colours between two of the theme's, and tooltips of text that is not ours."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import QColor


def blend(colour: str, ground: str, part: float) -> str:
    """A colour laid over another one, 0 (only the ground) to 1, as `#rrggbb`."""
    front, back = QColor(colour), QColor(ground)
    pairs = zip(front.getRgb()[:3], back.getRgb()[:3])  # type: ignore[index]
    return "#" + "".join(f"{round(part * one + (1 - part) * other):02x}" for one, other in pairs)


def plain_tip(text: str) -> str:
    """A tooltip that shows its text as it is: source that looks like a tag is none."""
    return "<p style='white-space:pre'>" + escape(text).replace("\n", "<br>") + "</p>"
