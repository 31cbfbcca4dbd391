"""Everything of the grid of steps that a step does not change, painted once: cells, lines' texts, names of loops, values of t."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from inspector.panes.debug.axis import Axis
from inspector.panes.debug.grid_cells import Cells
from inspector.panes.debug.grid_frame import GAP, Frame, draw_row_text
from inspector.panes.debug.grid_image import cells_image
from inspector.theme import Theme
from rnn.arrays import AnyArray
from rnn.recorder.format import NO_LOOP_VALUE

MOST_HITS = 4000
"""Hits in sight that get a mark in their cell; where there are more, cells are too small for one."""

NARROW_GROUP = 5
"""Pixels of a loop on average from which lines part the loops."""


def _part(edges: AnyArray, axis: Axis) -> tuple[int, int]:
    """Which of ascending groups, (groups + 1,) edges, are in sight: the first, and the one after the last."""
    low, high = axis.sight
    first = int(np.searchsorted(edges, low, "right")) - 1
    last = int(np.searchsorted(edges, high, "left"))
    return max(first, 0), min(last, len(edges) - 1)


class Base:
    """Paints it."""

    def __init__(self, frame: Frame, cells: Cells, groups: AnyArray, hits: AnyArray, theme: Theme) -> None:
        """Args: groups: see `groups_of`. hits: ascending numbers (k,) of the cells that stop, columns * rows + row."""
        self.frame, self.cells, self.groups, self.hits, self.theme = frame, cells, groups, hits, theme
        self.folded = cells.overview.folded

    def pixmap(self, size: QSize, ratio: float) -> QPixmap:
        """The whole picture."""
        found = QPixmap(size * ratio)
        found.setDevicePixelRatio(ratio)
        found.fill(QColor(self.theme.base))
        painter = QPainter(found)
        image = cells_image(self.cells, self.frame.rows, self.frame.columns, ratio, self.theme)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(self.frame.left, self.frame.top), image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_rows(painter)
        self._draw_loops(painter)
        self._draw_hits(painter)
        painter.end()
        return found

    def _draw_rows(self, painter: QPainter) -> None:
        """Line numbers and texts; every so many where rows are lower than a line of text. A line parts functions."""
        frame, rows, stride = self.frame, self.frame.rows, self.frame.stride
        first, last = int(rows.sight[0]), int(np.ceil(rows.sight[1]))
        for place in range(first - first % stride, min(last, rows.count)):
            row, y = self.folded.rows[place], frame.y(place)
            if place and rows.scale >= 4 and row.function != self.folded.rows[place - 1].function and y >= frame.top:
                painter.setPen(QColor(self.theme.line))
                left = 4 if stride == 1 else frame.left
                painter.drawLine(
                    QPointF(left, round(y) - 0.5), QPointF(frame.left + frame.columns.used, round(y) - 0.5)
                )
            if place % stride == 0 and frame.top <= y + rows.scale / 2 <= frame.bottom:
                draw_row_text(painter, frame, row, y + rows.scale / 2, self.theme)

    def _draw_loops(self, painter: QPainter) -> None:
        """Names above, values of t below, lines between."""
        frame, theme = self.frame, self.theme
        painter.setFont(frame.font)
        first, last = _part(self.groups, frame.columns)
        if (last - first) * NARROW_GROUP > frame.columns.used:
            return
        pen = QPen(QColor(theme.faint), 1)
        metrics = QFontMetricsF(frame.font)
        for group in range(first, last):
            start, stop = int(self.groups[group]), int(self.groups[group + 1])
            left, right = max(frame.x(start), frame.left), min(frame.x(stop), frame.left + frame.columns.used)
            if start and frame.x(start) >= frame.left:
                painter.setPen(pen)
                edge = round(frame.x(start)) - 0.5
                painter.drawLine(QPointF(edge, 4), QPointF(edge, frame.top + frame.rows.used + 3))
            loop = int(self.folded.loops[start])
            if loop >= 0:
                self._draw_name(painter, metrics, loop, (start, stop), (left, right))
                self._draw_values(painter, metrics, (start, stop), right)

    def _draw_name(
        self,
        painter: QPainter,
        metrics: QFontMetricsF,
        loop: int,
        columns: tuple[int, int],
        pixels: tuple[float, float],
    ) -> None:
        name = self.folded.names.get(loop, "") or "loop"
        ends = [int(self.folded.values[place]) for place in (columns[0], columns[1] - 1)]
        text, room = name, pixels[1] - pixels[0] - 2 * GAP
        if NO_LOOP_VALUE not in ends:
            whole = f"{name}  t = {ends[0]}" + (f" \u2026 {ends[1]}" if columns[1] - columns[0] > 1 else "")
            text = whole if metrics.horizontalAdvance(whole) <= room else name
        if room >= 3 * metrics.averageCharWidth():
            painter.setPen(QColor(self.theme.text))
            box = QRectF(pixels[0] + GAP, 2, room, metrics.height())
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_values(self, painter: QPainter, metrics: QFontMetricsF, columns: tuple[int, int], right: float) -> None:
        """Round values of the loop's variable, as many as there is room for."""
        frame, values = self.frame, self.folded.values
        ends = [int(values[place]) for place in (columns[0], columns[1] - 1)]
        widest = max(metrics.horizontalAdvance(str(end)) for end in ends) + 2 * GAP
        stride = next(s * 10**p for p in range(12) for s in (1, 2, 5) if s * 10**p * frame.columns.scale >= widest)
        first = max(columns[0], int(frame.columns.sight[0]))
        near = np.flatnonzero(values[first : min(first + stride, columns[1])] % stride == 0)
        start = first + int(near[0]) if len(near) else first
        painter.setPen(QColor(self.theme.faint))
        top = frame.top + frame.rows.used + 3
        for column in range(start, columns[1], stride):
            middle = frame.x(column + 0.5)
            if middle > right + 1:
                break
            text = "" if values[column] == NO_LOOP_VALUE else str(int(values[column]))
            width = metrics.horizontalAdvance(text)
            if middle - width / 2 >= frame.left - 4 and middle + width / 2 <= frame.right + 6:
                painter.drawText(
                    QRectF(middle - width, top, 2 * width, metrics.height()), Qt.AlignmentFlag.AlignCenter, text
                )

    def _draw_hits(self, painter: QPainter) -> None:
        """A mark above every column that stops, and in the corner of the cells where these are large."""
        frame, rows = self.frame, max(self.cells.rows, 1)
        columns = frame.columns
        low, high = (
            np.searchsorted(self.hits, edge * rows) for edge in (int(columns.sight[0]), int(columns.sight[1]) + 1)
        )
        hits = self.hits[low:high]
        if not len(hits):
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.accent))
        middles = np.unique(np.rint(columns.places(hits // rows + 0.5)))
        for middle in middles[middles >= 0].tolist():
            x, y = frame.left + middle, frame.top - 1.0
            painter.drawPolygon(QPolygonF([QPointF(x - 3, y - 4), QPointF(x + 3, y - 4), QPointF(x, y)]))
        if len(hits) <= MOST_HITS and columns.scale >= 8 and frame.rows.scale >= 8:
            for hit in hits.tolist():
                x, y = frame.x(hit // rows) + 1, frame.y(hit % rows) + 1
                if frame.top <= y <= frame.bottom and x >= frame.left:
                    painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x + 5, y), QPointF(x, y + 5)]))
