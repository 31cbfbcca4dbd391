"""Axes of the trace: sizes on a logarithmic axis with a zero, signed values by asinh, and whole steps."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from inspector.picture.colours import Levels, position
from inspector.picture.ticks import bar_ticks, count_ticks
from inspector.picture.traces import log_axis
from inspector.theme import current
from rnn.arrays import AnyArray, FloatArray
from rnn.results import FORWARD, Inspection

AXIS_PX = 58
ROOM_BESIDE_ZERO = 5
"""Labels for which there has to be room, so that 2 and 5 are written between decades that stand above a zero."""


class SignedAxis:
    """Where signed values stand: as on a colour bar, -1 to 1."""

    def __init__(self, levels: Levels) -> None:
        """Args: levels: bound and scale."""
        self._levels = levels
        self.bottom, self.top = -1.0, 1.0

    def place(self, values: AnyArray) -> FloatArray:
        """Heights; NaN and infinities NaN."""
        heights = position(values, self._levels)
        return np.where(np.isfinite(heights), heights, np.nan)

    def labels(self, most: int) -> list[tuple[float, str]]:
        """Height and label of a few values."""
        ticks = bar_ticks(self._levels)
        return ticks if most >= len(ticks) else [ticks[0], ticks[len(ticks) // 2], ticks[-1]]


class SizeAxis:
    """Where sizes stand: by decade; a true zero, where there is one, below them all."""

    def __init__(self, *curves: AnyArray) -> None:
        """Args: curves: that have to fit on it; NaN and infinities don't count."""
        self._axis = log_axis(*curves)
        self._zero = any(bool((np.asarray(curve) == 0).any()) for curve in curves)
        self.bottom = self._axis.zero if self._zero else float(self._axis.low)
        self.top = float(self._axis.high)

    def place(self, values: AnyArray) -> FloatArray:
        """Heights; NaN and infinities NaN."""
        return self._axis.place(values)

    def labels(self, most: int) -> list[tuple[float, str]]:
        """Decades, and zero where there is one; what lies between them only where there is room beside the zero."""
        if self._zero and most < ROOM_BESIDE_ZERO:
            most = min(most, 2)
        return self._axis.ticks(most)[0 if self._zero else 1 :]


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """The axis on the left."""

    def __init__(self) -> None:
        """Shows sizes until told otherwise."""
        super().__init__("left")
        self.scale_of: SizeAxis | SignedAxis = SizeAxis()
        self.setWidth(AXIS_PX)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Heights of the labels."""
        found = self.scale_of.labels(max(2, int(size // 26)))
        return [(1.0, [height for height, _ in found if low <= height <= high])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The labels."""
        known = dict(self.scale_of.labels(100)) | dict(self.scale_of.labels(2))
        return [known.get(value, "") or f"1e{round(value)}" for value in values]


class StepAxis(pg.AxisItem):  # type: ignore[misc]
    """Whole steps only."""

    def __init__(self) -> None:
        """At the bottom."""
        super().__init__("bottom")

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Whole numbers."""
        return [(1.0, [float(t) for t in count_ticks(low, high, max(2, int(size // 60)))])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Their labels."""
        return [str(round(value)) for value in values]


class FirstWrong(pg.InfiniteLine):  # type: ignore[misc]
    """The line at the first wrong step of a quantity, with a label inside the picture."""

    def __init__(self) -> None:
        """Hidden until `mark`."""
        super().__init__(angle=90, label="", labelOpts={"position": 0.5, "anchors": [(1, 0), (1, 0)]})

    def mark(self, result: Inspection, name: str) -> None:
        """Stand where a quantity begins to be wrong; hidden where it is right."""
        report = next((one for one in result.pictured() if one.name == name), None)
        t, theme = None if report is None else report.first_wrong_t, current()
        if report is None or t is None:
            self.hide()
            return
        self.show()  # a label of a hidden line is not drawn anew
        self.setPen(pg.mkPen(theme.bad, width=1.2, style=Qt.PenStyle.DashLine))
        self.label.setColor(theme.bad)
        self.label.setFormat(f"wrong from t = {t} {'on' if report.kind == FORWARD else 'back'}")
        self.label.anchors = [(0, 0), (0, 0)] if t < int(result.problem["T"]) / 4 else [(1, 0), (1, 0)]
        self.setValue(t)
