"""Canvas: one pair of axes over a whole figure, in inches, for images, frames, ticks and words.

Axes and ticks of matplotlib's own for every picture would cost more than everything else in a figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.figures.layout import Box, Layout
from inspector.figures.style import INK, POINTS_PER_INCH
from rnn.arrays import AnyArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

LINE_POINTS = 0.6
TICK, PAD = 2.0 / POINTS_PER_INCH, 1.5 / POINTS_PER_INCH
"""Length of a tick, and its distance from its label, in inches."""


class Canvas:
    """Draws in inches from the lower left corner of a figure; `finish` draws the lines."""

    def __init__(self, figure: Figure, of: Layout) -> None:
        """Args: figure: to draw into. of: its layout."""
        self.axes: Axes = figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, of.width)
        self.axes.set_ylim(0, of.height)
        self._lines: list[list[tuple[float, float]]] = []

    def image(self, box: Box, colours: AnyArray, covers: tuple[float, float] = (1.0, 1.0)) -> AxesImage:
        """Colours (rows, columns, 4) in a box; covers: of how many heights and widths of it, what is beyond is not seen."""
        from matplotlib.patches import Rectangle

        top = box.bottom + box.height
        extent = (box.left, box.left + box.width * covers[1], top - box.height * covers[0], top)
        drawn = self.axes.imshow(colours, extent=extent, interpolation="nearest", aspect="auto")
        if covers != (1.0, 1.0):
            corner = box.left, box.bottom
            drawn.set_clip_path(Rectangle(corner, box.width, box.height, transform=self.axes.transData))
        return drawn

    def frame(self, box: Box) -> None:
        """A frame around a box."""
        left, right, bottom, top = box.left, box.left + box.width, box.bottom, box.bottom + box.height
        self._lines.append([(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)])

    def tick_below(self, box: Box, share: float, label: str, points: float) -> None:
        """A tick at a share of a box's width, with a label."""
        x = box.left + share * box.width
        self._lines.append([(x, box.bottom), (x, box.bottom - TICK)])
        if label:
            self.text(x, box.bottom - TICK - PAD, label, points, ha="center", va="top")

    def tick_beside(self, box: Box, share: float, label: str, points: float, right: bool = False) -> None:
        """A tick at a share of a box's height, from below, with a label left or right of the box."""
        y, side = box.bottom + share * box.height, 1 if right else -1
        x = box.left + box.width if right else box.left
        self._lines.append([(x, y), (x + side * TICK, y)])
        if label:
            where = "left" if right else "right"
            self.text(x + side * (TICK + PAD), y, label, points, ha=where, va="center_baseline")

    def text(self, x: float, y: float, words: str, points: float, **more: Any) -> None:
        """Words at a place."""
        self.axes.text(x, y, words, fontsize=points, **more)

    def finish(self) -> None:
        """Draw all lines."""
        from matplotlib.collections import LineCollection

        self.axes.add_collection(
            LineCollection(self._lines, colors=INK, linewidths=LINE_POINTS, capstyle="projecting", zorder=2.5),
            autolim=False,
        )
