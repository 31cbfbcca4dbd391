"""Axes of the trace, painted: values, and whole steps; and the line at the first wrong step."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt

from inspector.picture.ticks import count_ticks
from inspector.picture.traces import SignedAxis, SizeAxis
from inspector.theme import current
from rnn.results import FORWARD, Inspection

AXIS_PX = 58


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
