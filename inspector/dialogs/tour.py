"""The tour: a ring around a part of the window and a card beside it; everything else stays as it is and can be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QWidget

from inspector import theme
from inspector.dialogs.callout import Card, place_beside

RING, RADIUS = 3, 8
"""Width of the ring's line and radius of its corners, in pixels."""

TEXTS = {
    "checks": (
        "Every gradient, worst first",
        "Each line is one gradient with its verdict. Those that differ by more than rounding stand on top; choose one "
        "and everything else follows.",
    ),
    "pictures": (
        "By hand, by JAX, and the difference",
        "The same cells three times. Scroll to zoom, drag to move, click to pick a cell; ] goes to the worst one, and "
        "once more to the next.",
    ),
    "trace": (
        "Where it goes wrong first",
        "The size of the gradient at every step, by hand and by JAX. Backward runs from right to left: where the lines "
        "part, walking back from the last step, the mistake enters.",
    ),
    "cell": (
        "Every digit of one cell",
        "Both values, their difference and how they came about over time. Ctrl+D asks central differences of the "
        "forward pass which side is right.",
    ),
}
"""Title and text of the stops, in order."""


@dataclass(frozen=True)
class Stop:
    """One stop.

    Attributes:
        title, text: its words. target: the widget it speaks of; None, or one that can't be seen, skips the stop.
        arrive: called before it is shown, for example to pick a cell.
    """

    title: str
    text: str
    target: Callable[[], QWidget | None]
    arrive: Callable[[], object] = lambda: None


def tour_stops(
    targets: Mapping[str, Callable[[], QWidget | None]], arrivals: Mapping[str, Callable[[], object]] | None = None
) -> list[Stop]:
    """The stops of `TEXTS` that have a target, with what each does on arrival."""
    found = {} if arrivals is None else dict(arrivals)
    return [
        Stop(*words, targets[name], found.get(name, lambda: None)) for name, words in TEXTS.items() if name in targets
    ]


class Tour(QWidget):
    """An overlay of the main window that takes the mouse only where its card is.

    Signals:
        finished: the last stop is left, or the tour was skipped; it destroys itself then.
    """

    finished = Signal()

    def __init__(self, window: QWidget, stops: Sequence[Stop]) -> None:
        """Args: window: what is covered. stops: in order; `start` shows the first."""
        super().__init__(window)
        self.setObjectName("tour")
        self.setAccessibleName("Tour")
        self._window, self._stops, self._place = window, list(stops), -1
        self._target: QWidget | None = None
        self._ring = QRect()
        self.card = Card(self)
        self.card.next.clicked.connect(lambda: self.step(1))
        self.card.back.clicked.connect(lambda: self.step(-1))
        self.card.skip.clicked.connect(self.end)
        for watched in (window, self.card.next, self.card.back, self.card.skip):
            watched.installEventFilter(self)
        self.hide()

    def start(self) -> None:
        """Show the first stop; a tour that is still on ends."""
        for other in self._window.findChildren(Tour):
            if other is not self and other.isVisible():
                other.end()
        self.step(1)

    def step(self, direction: int) -> None:
        """Go to the next (+1) or previous (-1) stop whose target can be seen; past the last one the tour ends."""
        place = self._place + direction
        while 0 <= place < len(self._stops):
            stop = self._stops[place]
            stop.arrive()
            target = stop.target()
            if target is not None and target.isVisible():
                self._show(place, target)
                return
            place += direction
        if direction > 0:
            self.end()

    def end(self) -> None:
        """Leave the tour."""
        self._watch(None)
        self._window.removeEventFilter(self)
        self.close()
        self.finished.emit()
        self.deleteLater()

    def _watch(self, target: QWidget | None) -> None:
        if self._target is not None:
            self._target.removeEventFilter(self)
            self._target.destroyed.disconnect(self._on_target_destroyed)
        self._target = target
        if target is not None:
            target.installEventFilter(self)
            target.destroyed.connect(self._on_target_destroyed)

    def _on_target_destroyed(self) -> None:
        self._target = None

    def _show(self, place: int, target: QWidget) -> None:
        self._place = place
        self._watch(target)
        self.card.show_stop(self._stops[place].title, self._stops[place].text, place, len(self._stops))
        self.place()
        self.show()
        self.raise_()
        self.card.next.setFocus()

    def place(self) -> None:
        """Put ring and card where the target is now."""
        self.setGeometry(self._window.rect())
        if self._target is None:
            return
        corner = self._target.mapTo(self._window, QPoint(0, 0))
        self._ring = QRect(corner, self._target.size()).intersected(self.rect())
        self.card.move(place_beside(self.card.size(), self._ring, self.rect()))
        inside = self._ring.adjusted(RING + RADIUS // 2, RING + RADIUS // 2, -RING - RADIUS // 2, -RING - RADIUS // 2)
        before = self.mask()
        self.setMask(QRegion(self._ring).subtracted(QRegion(inside)).united(QRegion(self.card.geometry())))
        self._uncover(before)
        self.update()

    def _uncover(self, region: QRegion) -> None:
        """Draw anew what lies beneath a region: Qt leaves out plots and other opaque widgets when a mask shrinks."""
        for widget in self._window.findChildren(QWidget):
            if widget.isVisible() and not (widget is self or self.isAncestorOf(widget) or widget.isWindow()):
                part = region.translated(-widget.mapTo(self._window, QPoint(0, 0))).intersected(widget.rect())
                if not part.isEmpty():
                    widget.update(part)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.current().accent), RING))
        painter.drawRoundedRect(
            self._ring.adjusted(RING // 2 + 1, RING // 2 + 1, -RING // 2, -RING // 2), RADIUS, RADIUS
        )
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Another theme or font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._place >= 0:
            self.card.restyle()
            self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow window and target; take the keys of the tour before the window's shortcuts do."""
        moved = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.LayoutRequest)
        if watched in (self._window, self._target):
            if event.type() in moved and self._place >= 0:
                self.place()
            return False
        if isinstance(event, QKeyEvent):
            steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Escape: 0}
            if event.key() in steps and event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            ):
                if event.type() == QEvent.Type.ShortcutOverride:
                    event.accept()
                elif event.type() == QEvent.Type.KeyPress:
                    self._take_key(steps[Qt.Key(event.key())])
                return True
        return super().eventFilter(watched, event)

    def _take_key(self, direction: int) -> None:
        if direction:
            self.step(direction)
        else:
            self.end()
