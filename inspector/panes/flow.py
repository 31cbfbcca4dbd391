"""FlowLayout: widgets one after another, in as many rows as the width needs."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

GAP = 6


def _height(row: list[QLayoutItem]) -> int:
    return max(item.sizeHint().height() for item in row)


class FlowLayout(QLayout):
    """Rows of widgets in their own sizes, on one line; hidden ones take no room."""

    def __init__(self, parent: QWidget) -> None:
        """Empty."""
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        """What stands in each row."""
        rows: list[list[QLayoutItem]] = [[]]
        left = width
        for item in (one for one in self._items if not one.isEmpty()):
            if rows[-1] and item.sizeHint().width() > left:
                rows.append([])
                left = width
            rows[-1].append(item)
            left -= item.sizeHint().width() + GAP
        return rows if rows[0] else []

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
        rows = self._rows(width)
        return sum(_height(row) for row in rows) + GAP * max(0, len(rows) - 1)

    def setGeometry(self, area: QRect) -> None:
        """Put the widgets into an area."""
        super().setGeometry(area)
        y = area.top()
        for row in self._rows(area.width()):
            x = area.left()
            for item in row:
                size = item.sizeHint()
                size.setWidth(min(size.width(), area.width()))
                item.setGeometry(QRect(QPoint(x, y + (_height(row) - size.height()) // 2), size))
                x += size.width() + GAP
            y += _height(row) + GAP

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
