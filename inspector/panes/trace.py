"""The trace: size of a per-step gradient over time, by hand and by JAX, and their relative difference."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from inspector.picture.ticks import count_ticks, short
from inspector.picture.traces import LogAxis, log_axis, thinned
from inspector.pictures import Pictures
from inspector.state import State
from inspector.theme import current
from rnn.arrays import FloatArray
from rnn.results import Inspection
from rnn.verdict import LIMIT

MOST_POINTS = 4000
FAVOURITE = "dh"


def relative_curves(curves: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """The relative difference at every step, and how much of it may be rounding; 0 and NaN where both sides are 0."""
    with np.errstate(all="ignore"):
        size = np.maximum(curves["hand"], curves["reference"])
        relative = np.where(size > 0, curves["difference"] / size, 0.0)
        return {"relative": relative, "limit": np.where(size > 0, LIMIT * curves["floor"] / size, np.nan)}


class _Axis(pg.AxisItem):  # type: ignore[misc]
    """A logarithmic axis with a zero."""

    def __init__(self) -> None:
        super().__init__("left")
        self.scale_of: LogAxis = LogAxis(-1, 0)
        self.setWidth(58)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Decades and zero."""
        return [(1.0, [height for height, _ in self.scale_of.ticks(max(2, int(size // 26))) if low <= height <= high])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Their labels."""
        return ["0" if value == self.scale_of.zero else f"1e{round(value)}" for value in values]


class _Steps(pg.AxisItem):  # type: ignore[misc]
    """Whole steps only."""

    def __init__(self) -> None:
        super().__init__("bottom")

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Whole numbers."""
        return [(1.0, [float(t) for t in count_ticks(low, high, max(2, int(size // 60)))])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Their labels."""
        return [str(round(value)) for value in values]


class TracePane(QWidget):
    """Two plots over t with one cursor."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the state by itself."""
        super().__init__(parent)
        self.state = state
        self._shown: tuple[object, ...] = ()
        self._values: dict[str, FloatArray] | None = None
        self._chooser = QComboBox(self)
        self._chooser.setAccessibleName("Quantity of the trace")
        self._chooser.setToolTip("Which per-step gradient is drawn over time")
        self._chooser.textActivated.connect(self._on_quantity_chosen)
        self._legend = QLabel(self)
        self._legend.setTextFormat(Qt.TextFormat.RichText)  # our own words only
        self._legend.setAccessibleName("Values at the step t, and legend of the trace")
        self._legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._axes = (_Axis(), _Axis())
        self._plots = tuple(pg.PlotWidget(self, axisItems={"left": axis, "bottom": _Steps()}) for axis in self._axes)
        self._cursors = tuple(pg.InfiniteLine(angle=90, movable=True) for _ in self._plots)
        self._first_wrong = pg.InfiniteLine(angle=90)
        self._build()
        # Drawing curves takes longer than all other panes together: it gets a turn of the event loop of its own.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.synchronize)
        for signal in (state.result_changed, state.selection_changed, state.view_changed):
            signal.connect(self._soon.start)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(10, 4, 8, 0)
        head.addWidget(self._chooser)
        head.addSpacing(6)
        head.addWidget(self._legend, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(0)
        layout.addLayout(head)
        names = ("Size over time", "Relative difference over time")
        for plot, cursor, name, share in zip(self._plots, self._cursors, names, (3, 2), strict=True):
            plot.setAccessibleName(name)
            plot.setAccessibleDescription("Click or drag the line to choose the step t")
            plot.setMenuEnabled(False)
            plot.hideButtons()
            plot.setMouseEnabled(x=True, y=False)
            plot.setMinimumHeight(58)
            cursor.setZValue(10)
            cursor.sigPositionChanged.connect(self._on_cursor_moved)
            plot.scene().sigMouseClicked.connect(lambda event, plot=plot: self._on_plot_clicked(event, plot))
            layout.addWidget(plot, share)
        self._plots[0].getAxis("bottom").setStyle(showValues=False)
        self._plots[1].setXLink(self._plots[0])
        self.setMinimumHeight(240)

    def _quantity(self, result: Inspection) -> str:
        """The selected quantity where it is per step, else what was drawn before, else dh."""
        found = self._curves(result)
        wanted = (self.state.selection.quantity, self._chooser.currentText(), FAVOURITE)
        return next((name for name in wanted if name in found), found[0] if found else "")

    @staticmethod
    def _curves(result: Inspection) -> list[str]:
        names = set(result.arrays.names())
        return [report.name for report in result.intermediates if f"steps/{report.name}/hand" in names]

    @Slot(str)
    def _on_quantity_chosen(self, name: str) -> None:
        self.state.select_quantity(name)

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        result = self.state.result
        name = "" if result is None else self._quantity(result)
        wanted = (id(result), name, current().name)
        if wanted != self._shown:
            self._shown = wanted
            self._fill_chooser(result, name)
            self._draw(result, name)
        for cursor in self._cursors:
            blocked = cursor.blockSignals(True)
            cursor.setValue(self.state.selection.t)
            cursor.blockSignals(blocked)
        self._legend.setText(self._words(self.state.selection.t))

    def _words(self, t: int) -> str:
        """The values at a step, in the colours of the curves: read-out and legend in one."""
        theme = current()
        if self._values is None:
            missing = (
                ""
                if self.state.result is None
                else "The code returned no per-step gradient: there is nothing over time."
            )
            return f'<span style="color:{theme.faint}">{missing}</span>'
        steps = len(self._values["hand"])
        hand, reference, relative, limit = (
            short(float(self._values[kind][min(t, steps - 1)])) for kind in ("hand", "reference", "relative", "limit")
        )
        return (
            f'norm at t = {t} (0 to {steps - 1}): <b style="color:{theme.hand}">hand {hand}</b> &nbsp; '
            f'<b style="color:{theme.reference}">JAX {reference}</b> &nbsp; <b style="color:{theme.difference}">relative '
            f'{relative}</b> &nbsp; <span style="color:{theme.faint}">noise limit {limit}</span>'
        )

    def _fill_chooser(self, result: Inspection | None, name: str) -> None:
        self._chooser.clear()
        self._chooser.addItems([] if result is None else self._curves(result))
        self._chooser.setCurrentText(name)
        self._chooser.setVisible(bool(name))

    def _draw(self, result: Inspection | None, name: str) -> None:
        theme = current()
        self._values = None
        for plot in self._plots:
            plot.clear()
            plot.setBackground(theme.base)
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(theme.line)
                axis.setTextPen(theme.faint)
            plot.showGrid(x=False, y=True, alpha=0.18)
        if result is None or not name:
            return
        entries = float(np.prod(result.report(name).shape[1:]))
        curves = {
            kind: np.sqrt(entries) * result.arrays.read(f"steps/{name}/{kind}")
            for kind in ("hand", "reference", "difference", "floor")
        }
        self._values = {**curves, **relative_curves(curves)}
        self._draw_sizes(curves)
        self._draw_relative(self._values["relative"], self._values["limit"])
        self._add_lines(result, name)

    def _draw_sizes(self, curves: Mapping[str, FloatArray]) -> None:
        theme = current()
        axis = log_axis(curves["hand"], curves["reference"])
        self._scale(0, axis, len(curves["hand"]))
        # JAX is drawn wide below, hand narrow above: where they agree both can be seen.
        for kind, colour, width in (("reference", theme.reference, 4), ("hand", theme.hand, 1.6)):
            self._curve(0, axis, curves[kind], pg.mkPen(colour, width=width), colour)

    def _draw_relative(self, relative: FloatArray, limit: FloatArray) -> None:
        theme = current()
        axis = log_axis(relative, limit[np.isfinite(limit)])
        self._scale(1, axis, len(relative))
        self._curve(1, axis, limit, pg.mkPen(theme.faint, width=1.2, style=Qt.PenStyle.DashLine), theme.faint)
        self._curve(1, axis, relative, pg.mkPen(theme.difference, width=1.8), theme.difference)

    def _scale(self, index: int, axis: LogAxis, steps: int) -> None:
        self._axes[index].scale_of = axis
        self._plots[index].setYRange(axis.zero, axis.high, padding=0.06)
        self._plots[index].setLimits(xMin=-0.5, xMax=max(steps - 0.5, 0.5), minXRange=2)
        self._plots[index].setXRange(-0.5, max(steps - 0.5, 0.5), padding=0)

    def _curve(self, index: int, axis: LogAxis, values: FloatArray, pen: object, colour: str) -> None:
        t, heights = thinned(np.arange(len(values)), axis.place(values), MOST_POINTS)
        dots = {"symbol": "o", "symbolSize": 5, "symbolBrush": colour, "symbolPen": None} if len(values) <= 60 else {}
        self._plots[index].plot(t, heights, pen=pen, connect="finite", **dots)
        bad = np.flatnonzero(~np.isfinite(values)) if colour != current().faint else np.zeros(0, int)
        if len(bad):
            marks = pg.ScatterPlotItem(
                bad[:MOST_POINTS],
                np.full(len(bad[:MOST_POINTS]), axis.high),
                symbol="x",
                size=9,
                pen=None,
                brush=QColor("#d600d6"),
            )
            self._plots[index].addItem(marks)

    def _add_lines(self, result: Inspection, name: str) -> None:
        theme = current()
        for plot, cursor in zip(self._plots, self._cursors, strict=True):
            cursor.setPen(theme.mark, width=1.6)
            plot.addItem(cursor, ignoreBounds=True)
        t = result.report(name).first_wrong_t
        if t is not None:
            line = pg.InfiniteLine(
                t,
                pen=pg.mkPen(theme.bad, width=1.2, style=Qt.PenStyle.DashLine),
                label=f"wrong from t = {t} back",
                labelOpts={"position": 0.5, "color": theme.bad, "anchors": [(1, 0), (1, 0)]},
            )
            self._plots[0].addItem(line, ignoreBounds=True)

    @Slot(object)
    def _on_cursor_moved(self, cursor: pg.InfiniteLine) -> None:
        self._select(cursor.value())

    def _on_plot_clicked(self, event: object, plot: pg.PlotWidget) -> None:
        place = plot.getPlotItem().vb.mapSceneToView(event.scenePos())  # type: ignore[attr-defined]
        self._select(place.x())

    def _select(self, t: float) -> None:
        result = self.state.result
        if result is not None:
            self.state.select_t(min(max(round(t), 0), int(result.problem["T"]) - 1))
