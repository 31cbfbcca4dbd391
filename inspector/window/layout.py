"""Where a window may stand."""

from __future__ import annotations

from PySide6.QtCore import QRect


def clamped(frame: QRect, screens: list[QRect]) -> QRect:
    """The rectangle moved, and if need be shrunk, into the screen that it overlaps most, or into the first one."""
    if not screens:
        return frame

    def overlap(screen: QRect) -> int:
        shared = screen.intersected(frame)
        return shared.width() * shared.height()

    screen = max(screens, key=overlap)
    result = QRect(frame)
    result.setSize(frame.size().boundedTo(screen.size()))
    result.moveLeft(max(screen.left(), min(result.left(), screen.right() + 1 - result.width())))
    result.moveTop(max(screen.top(), min(result.top(), screen.bottom() + 1 - result.height())))
    return result
