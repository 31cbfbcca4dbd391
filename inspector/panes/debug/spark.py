"""Small lines of norms over time: asked for as far as they can be seen, one after another, and drawn into table cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from inspector.theme import current

if TYPE_CHECKING:
    from inspector.debugger.debugger import Debugger

LOG_FROM = 100.0
"""Largest over smallest norm, from which a line is drawn on a log scale."""

MOST_KEPT = 4000
EDGE_PX = 3

Line = tuple[Any, Any]
"""Steps (k,), ascending, and norms (k,)."""


def heights(norms: Any) -> Any:
    """Norms as heights 0 to 1, log where they span much, NaN where there is none; 0.5 throughout for a constant."""
    values = np.asarray(norms, "float64")
    known = np.isfinite(values)
    if not known.any():
        return np.full(values.shape, np.nan)
    positive = values[known & (values > 0)]
    if len(positive) and positive.max() > LOG_FROM * positive.min():
        values = np.log10(np.where(known, np.maximum(values, positive.min()), np.nan))
    values = np.where(known, values, np.nan)
    low, high = np.nanmin(values), np.nanmax(values)
    if not high > low:
        return np.where(known, 0.5, np.nan)
    scaled: Any = (values - low) / (high - low)
    return scaled


class Sparks(QObject):
    """The lines that are known, by call and path. Asks for one at a time, so that other questions don't wait long.

    Signals:
        changed: a line has come.
    """

    changed = Signal()

    def __init__(self, debugger: Debugger, visible: Callable[[], list[str]], parent: QObject) -> None:
        """Args: visible: gives paths of arrays whose rows can be seen."""
        super().__init__(parent)
        self._debugger, self._visible = debugger, visible
        self._lines: dict[tuple[int, str], Line] = {}
        self._fresh: set[tuple[int, str]] = set()
        self._asked: tuple[int, str] | None = None
        self._drawn: dict[tuple[Any, ...], QPixmap] = {}
        debugger.questions.norms_changed.connect(self._on_norms_changed)
        debugger.opened_changed.connect(self._on_opened_changed)

    @property
    def _frame(self) -> int:
        return -1 if self._debugger.here is None else self._debugger.here.frame

    def line(self, path: str) -> Line | None:
        """Steps and norms of a path in the present call; None as long as they are not known."""
        return self._lines.get((self._frame, path))

    def ask(self) -> None:
        """Ask for the next line that can be seen and is not known."""
        if self._asked is not None or self._debugger.here is None:
            return
        for path in self._visible():
            key = self._frame, path
            if key in self._fresh:
                continue
            found = self._debugger.questions.norms(path)
            if found is None:
                self._asked = key
                return
            self._take(key, found)

    def _take(self, key: tuple[int, str], line: Line) -> None:
        if len(self._lines) >= MOST_KEPT:
            self._lines.clear()
            self._fresh.clear()
        self._lines[key] = line
        self._fresh.add(key)
        self._drawn.clear()

    @Slot()
    def _on_norms_changed(self) -> None:
        key, self._asked = self._asked, None
        if key is not None and key[0] == self._frame:
            found = self._debugger.questions.norms(key[1])
            if found is not None:
                self._take(key, found)
                self.changed.emit()
        self.ask()

    @Slot()
    def _on_opened_changed(self) -> None:
        """Another recording, or it has grown: old lines are shown until there are new ones."""
        self._asked = None
        self._fresh.clear()
        if self._debugger.here is None:
            self._lines.clear()

    def forget_colours(self) -> None:
        """The theme is another one."""
        self._drawn.clear()

    def pixmap(self, path: str, size: QSize, ratio: float) -> QPixmap | None:
        """A line as a picture of a size in device-independent pixels."""
        line = self.line(path)
        if line is None or size.width() < 2 * EDGE_PX + 4 or not len(line[0]):
            return None
        key = self._frame, path, size.width(), size.height(), ratio
        found = self._drawn.get(key)
        if found is None:
            found = self._drawn[key] = draw_line(line[1], size, ratio)
        return found

    def mark(self, path: str, width: int) -> int | None:
        """Where the present step stands in a line, in pixels from the left."""
        line, here = self.line(path), self._debugger.here
        if line is None or here is None or not len(line[0]):
            return None
        place = min(int(np.searchsorted(line[0], here.step)), len(line[0]) - 1)
        return round(float(_across(place, len(line[0]), width)))


def _across(places: Any, count: int, width: int) -> Any:
    return EDGE_PX + places * (width - 1 - 2 * EDGE_PX) / max(count - 1, 1)


def draw_line(norms: Any, size: QSize, ratio: float) -> QPixmap:
    """A line of norms; gaps where there is none, and marks on the upper edge where it is infinite or no number."""
    made = QPixmap(size * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    values = np.asarray(norms, "float64")
    x = _across(np.arange(len(values)), len(values), size.width())
    tall = heights(values)
    y = size.height() - 1 - EDGE_PX - tall * (size.height() - 1 - 2 * EDGE_PX)
    known = np.isfinite(tall)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(current().hand), 1.2))
    for run in np.split(np.arange(len(values)), np.flatnonzero(np.diff(known.astype(np.int8))) + 1):
        if len(run) and known[run[0]]:
            points = [QPointF(a, b) for a, b in zip(x[run].tolist(), y[run].tolist(), strict=True)]
            if len(points) == 1:
                painter.drawEllipse(points[0], 0.8, 0.8)
            painter.drawPolyline(QPolygonF(points))
    painter.setPen(QPen(QColor(current().bad), 2))
    for place in x[_broken(values, known)].tolist():
        painter.drawLine(QPointF(place, 1), QPointF(place, 5))
    painter.end()
    return made


def _broken(values: Any, known: Any) -> Any:
    """Where a norm is infinite, or NaN after it was a number: before that the array was not there."""
    began = np.maximum.accumulate(known) if len(known) else known
    return np.isinf(values) | (np.isnan(values) & began)
