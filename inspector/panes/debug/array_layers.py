"""Layers of arrays as they are looked at: small ones at once, large ones in a thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from inspector.debugger.records import DIFFERENCE, REFERENCE, VALUE
from inspector.panes.debug.array_shown import Shown, as_floats, is_numeric
from inspector.panes.heatmap.layer import Layer
from inspector.picture.colours import finite_peak, levels_for
from inspector.picture.difference import has_unit
from inspector.picture.pooling import pyramid
from inspector.picture.summary import badge, difference_badge
from rnn.arrays import AnyArray

AT_ONCE = 20_000
"""Items of an array that are drawn without a thread; their pyramid takes well below a millisecond."""

MOST_OUTLINES = 3000

_THREAD = ThreadPoolExecutor(1, "array pictures")
"""Not that of the triptych: the debugger's picture of a step never waits for a large comparison."""

NO_EDGES = np.zeros((0, 4))


@dataclass(frozen=True, eq=False)
class Drawn:
    """A picture that is ready.

    Attributes:
        shown: of what. layer: to draw. changed: cells that the step changed.
        edges: around these, as lines x1, y1, x2, y2 in cell coordinates (k, 4); none where there are too many.
    """

    shown: Shown
    layer: Layer
    changed: int
    edges: AnyArray


def drawn_of(shown: Shown, scale: str) -> Drawn | None:
    """The picture of an array; None where it has no numbers.

    Value and JAX share one symmetric range, of the whole array; change and difference have their own.
    """
    sides, mode = shown.sides, shown.looks.mode
    if shown.numbers is None or not shown.numbers.size or not is_numeric(shown.numbers):
        return None
    numbers = as_floats(shown.numbers)
    if mode in (VALUE, REFERENCE):
        both = [one for one in (sides.value, sides.reference) if one is not None]
        peak = max(finite_peak(as_floats(one)) for one in both)
    else:
        peak = finite_peak(numbers)
    words = badge(numbers)
    fade = 0.0
    if mode == DIFFERENCE and sides.reference is not None and sides.value.dtype.kind != "c":
        words = difference_badge(as_floats(sides.value), as_floats(sides.reference)) or words
        if has_unit(shown.looks.metric):
            fade = shown.limit
            words = words or ("only rounding" if peak <= fade and np.isfinite(numbers).all() else "")
    mask = shown.mask()
    changed = int(np.count_nonzero(mask))
    layer = Layer(pyramid(numbers), levels_for(peak, 0.0, scale), fade, words)
    return Drawn(shown, layer, changed, edges_of(mask) if changed else NO_EDGES)


def edges_of(mask: AnyArray) -> AnyArray:
    """Lines around the flagged cells, each as long as it goes: x1, y1, x2, y2 (k, 4); none where there are too many."""
    wide = np.pad(np.asarray(mask, np.int8), 1)
    found = []
    for turned in (False, True):
        flags = wide.T if turned else wide
        lines = np.pad(flags[1:] != flags[:-1], ((0, 0), (1, 1))).astype(np.int8)
        turns = np.diff(lines, axis=1)
        starts, ends = np.argwhere(turns == 1), np.argwhere(turns == -1)
        if len(starts) > MOST_OUTLINES:
            return NO_EDGES
        # Both are padded by one before and lie half a cell before their number.
        along = starts[:, 0] - 0.5
        ends_of_line = np.stack([starts[:, 1] - 1.5, along, ends[:, 1] - 1.5, along], axis=1)
        found.append(ends_of_line[:, [1, 0, 3, 2]] if turned else ends_of_line)
    return np.concatenate(found)


class Drawer(QObject):
    """Makes pictures; of several that are ordered one after another only the newest is told of.

    Signals:
        ready: `Drawn` of the newest order, or None where there is no picture.
    """

    ready = Signal(object)
    _made = Signal(int, object)

    def __init__(self, parent: QObject) -> None:
        """Args: parent: owns it."""
        super().__init__(parent)
        self._newest = 0
        self._made.connect(self._on_made)

    def order(self, shown: Shown, scale: str) -> None:
        """Make the picture of an array."""
        self._newest += 1
        if shown.sides.value.size <= AT_ONCE:
            self.ready.emit(drawn_of(shown, scale))
        else:
            _THREAD.submit(self._work, self._newest, shown, scale)

    def drop(self) -> None:
        """Let go of what was ordered."""
        self._newest += 1

    def _work(self, number: int, shown: Shown, scale: str) -> None:
        """In the thread."""
        if number != self._newest:
            return
        made = drawn_of(shown, scale)
        try:
            self._made.emit(number, made)
        except RuntimeError:
            return  # the pane has gone meanwhile

    @Slot(int, object)
    def _on_made(self, number: int, made: Drawn | None) -> None:
        if number == self._newest:
            self.ready.emit(made)
