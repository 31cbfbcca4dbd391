"""One direction of a picture of cells: which of them are shown, how large, from where on."""

from __future__ import annotations

import numpy as np

from rnn.arrays import AnyArray

WIDE_PX = 12.0
"""Pixels that a wide cell has at least."""

WIDE_PART = 0.3
"""Part of the room that wide cells may take; where it is too small for all of them none is wide."""


class Axis:
    """Cells along a length of pixels. Some may be wide: they keep a width in which they can be seen, however many others there are.

    Attributes:
        count: how many cells. length: pixels there are for them. zoom: 1 where all fit, larger where they are enlarged.
        scale: pixels of a cell that is not wide. start: where the first pixel is, in widths of such a cell.
        most: pixels of a cell where few have to fit.
    """

    def __init__(self, most: float, largest: float) -> None:
        """Args: most: pixels of a cell where few have to fit. largest: pixels of a cell at the largest zoom."""
        self.most, self._largest = most, largest
        self._wide: AnyArray = np.zeros(0, np.int64)
        self._knots: AnyArray = np.zeros(1)
        self._places: AnyArray = np.zeros(1)
        self.count, self.length = 0, 1.0
        self.zoom, self.scale, self.start = 1.0, 1.0, 0.0

    @property
    def total(self) -> float:
        """Widths of a cell that all cells take."""
        return float(self._places[-1])

    @property
    def room(self) -> float:
        """Widths of a cell for which there is room."""
        return self.length / self.scale

    @property
    def used(self) -> float:
        """Pixels that cells take."""
        return min(self.length, (self.total - self.start) * self.scale)

    @property
    def sight(self) -> tuple[float, float]:
        """The first cell in sight and the end of the last, with their fractions."""
        return self.cell(0), self.cell(self.used)

    def resize(self, count: int, length: float, wide: AnyArray | None = None) -> None:
        """Take another number of cells or pixels. Args: wide: numbers of the wide cells, ascending."""
        first = self.cell(0)
        self.count, self.length = count, max(length, 1.0)
        self._wide = self._wide if wide is None else wide
        self._measure()
        self.scroll_to(self.unit(first))

    def _fitting(self) -> float:
        """Pixels of a cell where all cells fit."""
        equal = min(self.length / max(self.count, 1), self.most)
        others, wide = self.count - len(self._wide), len(self._wide) * WIDE_PX
        if equal >= WIDE_PX or not others or wide > WIDE_PART * self.length:
            return equal
        return (self.length - wide) / others

    def _measure(self) -> None:
        """Where cells are: widths change where wide cells begin and end."""
        fitting = self._fitting()
        self.zoom = min(max(self.zoom, 1.0), max(self._largest / fitting, 1.0))
        self.scale = fitting * self.zoom
        wide = self._wide if len(self._wide) * WIDE_PX <= WIDE_PART * self.length else self._wide[:0]
        extra = max(WIDE_PX / self.scale - 1, 0.0)
        before = np.arange(len(wide))
        knots = np.stack([wide, wide + 1], axis=1).ravel().astype(float)
        places = knots + np.stack([before, before + 1], axis=1).ravel() * extra
        self._knots = np.r_[0.0, knots, float(self.count)]
        self._places = np.r_[0.0, places, self.count + len(wide) * extra]

    def unit(self, cell: float) -> float:
        """Where a cell begins, in widths of a cell."""
        return float(np.interp(cell, self._knots, self._places))

    def place(self, cell: float) -> float:
        """Pixel at which a cell begins."""
        return (self.unit(cell) - self.start) * self.scale

    def places(self, cells: AnyArray) -> AnyArray:
        """Pixels at which cells begin, with their fractions."""
        return (np.interp(cells, self._knots, self._places) - self.start) * self.scale

    def size(self, cell: int) -> float:
        """Pixels of a cell."""
        return self.place(cell + 1) - self.place(cell)

    def cell(self, pixel: float) -> float:
        """Cell at a pixel, with its fraction."""
        return float(np.interp(self.start + pixel / self.scale, self._places, self._knots))

    def fit(self) -> None:
        """Show all."""
        self.zoom, self.start = 1.0, 0.0
        self._measure()

    def zoom_by(self, factor: float, at: float) -> None:
        """Enlarge; the cell under a pixel stays there."""
        cell = self.cell(at)
        self.zoom *= factor
        self._measure()
        self.scroll_to(self.unit(cell) - at / self.scale)

    def scroll_to(self, start: float) -> None:
        """Begin elsewhere."""
        self.start = min(max(start, 0.0), max(self.total - self.room, 0.0))

    def bring(self, cell: int) -> bool:
        """Scroll so that a cell is in sight; whether that was needed."""
        before, first, last = self.start, self.unit(cell), self.unit(cell + 1)
        if first < self.start or last > self.start + self.room:
            # Half of the room is left in front, so that steps which follow don't scroll one by one.
            self.scroll_to((first + last - self.room) / 2)
        return self.start != before

    def span(self, pixel: float) -> tuple[int, int] | None:
        """The cells, first and one after the last, that a pixel and, where they are narrower, its neighbours show; None beside them."""
        if not 0 <= pixel < self.used:
            return None
        beside = 1 if self.scale < 1 else 0
        first = min(int(self.cell(pixel - beside)), self.count - 1)
        return first, min(max(first + 1, int(self.cell(pixel + 1 + beside))), self.count)

    def edges(self, ratio: float) -> AnyArray:
        """The cell at which each pixel of the screen begins, and the end of the last one: int64 (pixels + 1,).

        Args:
            ratio: pixels of the screen to one of the window.
        """
        pixels = max(1, round(self.used * ratio))
        units = self.start + np.arange(pixels + 1) / (self.scale * ratio)
        found = np.interp(units, self._places, self._knots)
        last = int(np.ceil(found[-1] - 1e-6))
        found = np.clip(np.floor(found + 1e-6).astype(np.int64), 0, max(self.count - 1, 0))
        found[-1] = max(min(last, self.count), int(found[-2]) + 1)
        return found
