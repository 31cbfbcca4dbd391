"""The tour's card, and where it goes: beside what it speaks of, never over it, always inside the window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from inspector import theme
from inspector.dialogs.base import SMALLEST_TARGET, plain_label

CARD_WIDTH = 252
"""Narrow enough to stand over a side panel of the smallest window."""

GAP, MARGIN, PADDING = 12, 8, 12
"""Between target and card, between card and the window's edge, inside the card; pixels."""


def _clamped(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))


def place_beside(card: QSize, target: QRect, window: QRect) -> QPoint:
    """Where the card's upper left corner goes.

    Right, left, below and above the target are tried in this order, as near to its middle as the window allows; where
    there is room on no side, the place that covers least of it.
    """
    room = window.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    far_x, far_y = room.right() + 1 - card.width(), room.bottom() + 1 - card.height()
    middle = QPoint(target.center().x() - card.width() // 2, target.center().y() - card.height() // 2)
    wanted = (
        QPoint(target.right() + 1 + GAP, middle.y()),
        QPoint(target.left() - GAP - card.width(), middle.y()),
        QPoint(middle.x(), target.bottom() + 1 + GAP),
        QPoint(middle.x(), target.top() - GAP - card.height()),
    )
    inside = [QPoint(_clamped(room.left(), p.x(), far_x), _clamped(room.top(), p.y(), far_y)) for p in wanted]

    def covered(corner: QPoint) -> int:
        common = QRect(corner, card).intersected(target)
        return max(0, common.width()) * max(0, common.height())

    return min(inside, key=covered)


class Card(QFrame):
    """What a stop says, and the buttons that go on, back and away."""

    def __init__(self, parent: QWidget) -> None:
        """Args: parent: the tour."""
        super().__init__(parent)
        self.setObjectName("tour_card")
        self.setAutoFillBackground(True)
        self.setFixedWidth(CARD_WIDTH)
        self.title, self.text, self.count = (plain_label("", self) for _ in range(3))
        self.title.setProperty("role", "heading")
        self.count.setProperty("role", "faint")
        for label in (self.title, self.text):
            label.setWordWrap(True)
        self.back = self._button("&Back", "Back to the stop before (Left)")
        self.skip = self._button("&Skip", "End the tour (Esc)")
        self.next = self._button("&Next", "On to the next stop (Right or Enter)")
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        top, row = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.count, 0, Qt.AlignmentFlag.AlignTop)
        for button in (self.skip, self.back, self.next):
            row.addWidget(button)
        layout.addLayout(top)
        layout.addWidget(self.text)
        layout.addLayout(row)
        for first, second in ((self.next, self.back), (self.back, self.skip)):
            QWidget.setTabOrder(first, second)
        self.restyle()

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setMinimumHeight(SMALLEST_TARGET)
        button.setAutoDefault(True)  # Enter presses the one that has the focus
        return button

    def restyle(self) -> None:
        """Take the colours of the theme that is on."""
        colours = theme.current()
        self.setStyleSheet(
            f"#tour_card {{ background: {colours.base}; border: 2px solid {colours.accent}; border-radius: 8px; }}"
        )

    def show_stop(self, title: str, text: str, place: int, count: int) -> None:
        """Write a stop's words; `place` counts from 0."""
        self.title.setText(title)
        self.text.setText(text)
        self.count.setText(f"{place + 1} of {count}")
        self.back.setEnabled(place > 0)
        self.next.setText("&Done" if place + 1 == count else "&Next")
        self.setAccessibleName(f"Tour, {place + 1} of {count}: {title}")
        self.setAccessibleDescription(text)
        # The focus stands on this button, so a screen reader says the stop's words with it.
        self.next.setAccessibleDescription(f"{title}. {text}")
        self._layout.invalidate()
        self._layout.activate()  # else the height is that of the words before
        self.setFixedHeight(self._layout.totalHeightForWidth(CARD_WIDTH))
