"""FlowLayout: widgets one after another, in as many rows as the width needs."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

GAP = 6


class FlowLayout(QLayout):
    """Rows of widgets in their own sizes; hidden ones take no room."""

    def __init__(self, parent: QWidget) -> None:
        """Empty."""
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def _place(self, area: QRect, moves: bool) -> int:
        """Go through all rows; returns their height, and puts the widgets there where `moves` says so."""
        x = y = row = 0
        for item in self._items:
            size = item.sizeHint()
            if item.isEmpty():
                continue
            if x and x + size.width() > area.width():
                x, y, row = 0, y + row + GAP, 0
            if moves:
                width = min(size.width(), area.width())
                item.setGeometry(QRect(area.topLeft() + QPoint(x, y), QSize(width, size.height())))
            x, row = x + size.width() + GAP, max(row, size.height())
        return y + row

    # Qt's names

    def addItem(self, item: QLayoutItem) -> None:
        """Take a widget's item."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """One of them, None outside."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give one away, None outside."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Asks for no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Its height follows from its width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Of all rows at a width."""
        return self._place(QRect(0, 0, width, 0), moves=False)

    def setGeometry(self, area: QRect) -> None:
        """Put the widgets into an area."""
        super().setGeometry(area)
        self._place(area, moves=True)

    def sizeHint(self) -> QSize:
        """One row."""
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in shown) + GAP * max(0, len(shown) - 1)
        return QSize(width, max((size.height() for size in shown), default=0))

    def minimumSize(self) -> QSize:
        """The largest widget."""
        shown = [item.minimumSize() for item in self._items if not item.isEmpty()]
        sizes = [(size.width(), size.height()) for size in shown] or [(0, 0)]
        return QSize(max(width for width, _ in sizes), max(height for _, height in sizes))
