"""The trace: a per-step gradient over time, by hand and by JAX, and their relative difference."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from inspector.diagnosis import Finding
from inspector.panes.legend import Legend, Part
from inspector.panes.trace_axes import FirstWrong, StepAxis, ValueAxis
from inspector.picture.curves import (
    GAIN,
    KINDS,
    NO_CURVES,
    NORM,
    UNIT,
    Curves,
    curve_names,
    gain_curves,
    norm_curves,
    same,
    unit_curves,
    with_made,
)
from inspector.picture.side_words import sides_of
from inspector.picture.ticks import short
from inspector.picture.traces import SignedAxis, SizeAxis, thinned
from inspector.pictures import Pictures
from inspector.state import State
from inspector.theme import current
from rnn.arrays import FloatArray, base_of
from rnn.results import Inspection

MOST_POINTS = 4000
FEW = 60
"""Up to so many steps every one gets a dot."""

FAVOURITE = "dh"
CURVES = ("reference", "hand", "first", "second", "limit", "relative")


class TracePane(QWidget):
    """Two plots over t with one cursor."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the state by itself."""
        super().__init__(parent)
        self.state, self.pictures = state, pictures
        self._shown: tuple[object, ...] = ()
        self._curves: Curves | None = None
        self._kind, self._chooser, self._unit = QComboBox(self), QComboBox(self), QSpinBox(self)
        self._made, self._legend, self._words = QCheckBox("Made / inherited", self), Legend(self), QLabel(self)
        self._axes = (ValueAxis(), ValueAxis())
        self._plots = tuple(pg.PlotWidget(self, axisItems={"left": axis, "bottom": StepAxis()}) for axis in self._axes)
        self._cursors = tuple(pg.InfiniteLine(angle=90, movable=True) for _ in self._plots)
        self._first_wrong = FirstWrong()
        self._items = {name: pg.PlotDataItem(connect="finite") for name in CURVES}
        self._bad = tuple(pg.ScatterPlotItem(symbol="x", size=9, pen=None, brush="#d600d6") for _ in self._plots)
        self._build_controls()
        self._build()
        # Drawing curves takes longer than all other panes together: it gets a turn of the event loop of its own.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.synchronize)
        for signal in (state.result_changed, state.selection_changed, state.view_changed, state.asking.changed,
                       pictures.history_changed, state.diagnosis.changed):  # fmt: skip
            signal.connect(self._soon.start)

    def _build_controls(self) -> None:
        for value, text in KINDS.items():
            self._kind.addItem(text, value)
        self._kind.setAccessibleName("What is drawn over time")
        self._kind.setToolTip(
            "The norm of the quantity, one unit of it, or how much of the gradient every step carries back"
        )
        self._kind.activated.connect(self._soon_again)
        self._chooser.setAccessibleName("Quantity of the trace")
        self._chooser.setToolTip("Which quantity per step is drawn over time")
        self._chooser.textActivated.connect(self._on_quantity_chosen)
        self._unit.setPrefix("unit ")
        self._unit.setAccessibleName("Unit of the trace")
        self._unit.setToolTip("Which unit of the selected per-step gradient is drawn")
        self._unit.valueChanged.connect(self._on_unit_chosen)
        self._made.setChecked(True)
        self._made.setToolTip(
            "Draw how much of the error every step makes itself, and how much it inherits from later steps (dotted)"
        )
        self._made.toggled.connect(self._soon_again)
        self._legend.setAccessibleName("Values at the step t, and legend of the trace")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setAccessibleName("The trace in words")
        self._words.setProperty("role", "faint")
        self._words.setContentsMargins(10, 0, 8, 0)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(10, 4, 8, 0)
        head.setSpacing(6)
        for control in (self._kind, self._chooser, self._unit, self._made):
            head.addWidget(control)
        head.addSpacing(6)
        head.addWidget(self._legend, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._words)
        names = ("Size over time", "Relative difference over time")
        for plot, cursor, bad, name, share in zip(self._plots, self._cursors, self._bad, names, (3, 2), strict=True):
            plot.setAccessibleName(name)
            plot.setAccessibleDescription("Click or drag the line to choose the step t")
            plot.setMenuEnabled(False)
            plot.hideButtons()
            plot.setMouseEnabled(x=True, y=False)
            plot.setMinimumHeight(58)
            cursor.setZValue(10)
            cursor.sigPositionChanged.connect(lambda line: self._select(line.value()))
            plot.addItem(cursor, ignoreBounds=True)
            plot.addItem(bad)
            plot.scene().sigMouseClicked.connect(lambda event, plot=plot: self._on_plot_clicked(event, plot))
            layout.addWidget(plot, share)
        for name in CURVES:
            self._plots[name in ("limit", "relative")].addItem(self._items[name])
        self._plots[0].addItem(self._first_wrong, ignoreBounds=True)
        self._plots[0].getAxis("bottom").setStyle(showValues=False)
        self._plots[1].setXLink(self._plots[0])
        self.setMinimumHeight(200)

    def show_kind(self, kind: str) -> None:
        """Draw one of `KINDS`."""
        self._kind.setCurrentIndex(self._kind.findData(kind))
        self._soon.start()

    def figure(self) -> tuple[str, dict[str, str]]:
        """The kind of figure that is drawn here, and fields of its request."""
        kind, name = self._kind.currentData(), self._chooser.currentText()
        if kind != NORM:
            return ("history", {}) if kind == UNIT else ("traces", {"curve": kind})
        return "traces" if self._made.isHidden() or not self._made.isChecked() else "made", {"quantity": name}

    @Slot()
    def _soon_again(self) -> None:
        self._soon.start()

    def _quantity(self, result: Inspection) -> str:
        """The selected quantity where it is per step, else what was drawn before, else dh."""
        found = curve_names(result)
        favourite = next((name for name in found if base_of(name)[0] == FAVOURITE), "")
        wanted = (self.state.selection.quantity, self._chooser.currentText(), favourite)
        return next((name for name in wanted if name in found), found[0] if found else "")

    @Slot(str)
    def _on_quantity_chosen(self, name: str) -> None:
        self.state.select_quantity(name)
        self._soon.start()

    @Slot(int)
    def _on_unit_chosen(self, unit: int) -> None:
        self.state.pick(self.state.selection.t, unit)

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        result, kind = self.state.result, self._kind.currentData()
        name = "" if result is None else self._quantity(result)
        asking, history = self.state.asking, self.pictures.history
        made = self.state.diagnosis.made_of(name) if kind == NORM else None
        self._made.setVisible(made is not None)
        made = made if self._made.isChecked() else None
        wanted = (result, name, kind, current().name, history if kind == UNIT else None, asking.jacobian, made)
        if not same(wanted, self._shown):
            if not self._shown or result is not self._shown[0]:
                self._fill_chooser(result)
            self._shown = wanted
            self._curves = None
            if result is not None and name:
                self._chooser.setCurrentText(name)
                self._curves = self._make(kind, result, name, made)
            self._draw(name)
        self._show_controls(kind)
        for cursor in self._cursors:
            blocked = cursor.blockSignals(True)
            cursor.setValue(self.state.selection.t)
            cursor.blockSignals(blocked)
        self._show_values(self.state.selection.t, kind)

    def _make(self, kind: str, result: Inspection, name: str, made: Finding | None) -> Curves | None:
        if kind == UNIT:
            return unit_curves(self.pictures.history)
        if kind == GAIN:
            return gain_curves(result, self.state.asking.jacobian)
        return with_made(norm_curves(result, name), made)

    def _fill_chooser(self, result: Inspection | None) -> None:
        self._chooser.clear()
        self._chooser.addItems([] if result is None else curve_names(result))

    def _show_controls(self, kind: str) -> None:
        picture, cell = self.pictures.current, self.state.selection.cell
        self._chooser.setVisible(kind == NORM and self._chooser.count() > 0)
        units = picture.hand.shape[1] if picture is not None and picture.per_step and picture.hand is not None else 0
        self._unit.setVisible(kind == UNIT and units > 0)
        blocked = self._unit.blockSignals(True)
        self._unit.setRange(0, max(0, units - 1))
        self._unit.setValue(self._unit.value() if cell is None else cell[1])
        self._unit.blockSignals(blocked)

    def _show_values(self, t: int, kind: str) -> None:
        """The values at a step, in the colours of the curves: read-out and legend in one."""
        theme, curves = current(), self._curves
        if curves is None:
            self._legend.show_parts(("" if self.state.result is None else NO_CURVES[kind], theme.faint), ())
            return
        t = min(t, len(curves.reference) - 1)

        def said(name: str, values: FloatArray | None, colour: str) -> list[Part]:
            return [] if values is None else [(f"{name} {short(float(values[t]))}", colour)]

        first, second = sides_of(self.state.result)
        parts = said(first, curves.hand, theme.hand) + said(second, curves.reference, theme.reference)
        for one in curves.beside:
            parts += said(one.name, one.values, getattr(theme, one.role))
        parts += said("relative", curves.relative, theme.difference) + said("noise", curves.limit, theme.faint)
        self._legend.show_parts((f"{curves.what} at t = {t} of 0 to {len(curves.reference) - 1}: ", ""), parts)

    def _draw(self, name: str) -> None:
        theme, curves = current(), self._curves
        for plot in self._plots:
            plot.setBackground(theme.base)
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(theme.line)
                axis.setTextPen(theme.faint)
            plot.showGrid(x=False, y=True, alpha=0.18)
        for cursor in self._cursors:
            cursor.setPen(theme.mark, width=1.6)
        self._words.setText("" if curves is None else curves.words)
        self._words.setToolTip(self._words.text())
        self._words.setVisible(bool(self._words.text()))
        for item in (*self._items.values(), *self._bad):
            item.setData([], [])
        self._first_wrong.hide()
        if curves is None:
            return
        self._plots[1].setVisible(curves.relative is not None)
        self._plots[0].getAxis("bottom").setStyle(showValues=curves.relative is None)
        self._draw_sides(curves)
        self._draw_relative(curves)
        if self.state.result is not None and self._kind.currentData() == NORM:
            self._first_wrong.mark(self.state.result, name)

    def _draw_sides(self, curves: Curves) -> None:
        theme, axis = current(), curves.axis()
        self._scale(0, axis, len(curves.reference))
        # JAX is drawn wide below, hand narrow above: where they agree both can be seen.
        self._curve("reference", axis, curves.reference, pg.mkPen(theme.reference, width=4), theme.reference)
        self._curve("hand", axis, curves.hand, pg.mkPen(theme.hand, width=1.6), theme.hand)
        for name, one in zip(("first", "second"), curves.beside, strict=False):
            style = Qt.PenStyle.DotLine if one.dotted else Qt.PenStyle.SolidLine
            colour = getattr(theme, one.role)
            self._curve(name, axis, one.values, pg.mkPen(colour, width=1.4, style=style), "" if one.dotted else colour)

    def _draw_relative(self, curves: Curves) -> None:
        theme, limit, relative = current(), curves.limit, curves.relative
        axis = SizeAxis(*(side for side in (limit, relative) if side is not None))
        self._scale(1, axis, len(curves.reference))
        self._curve("limit", axis, limit, pg.mkPen(theme.faint, width=1.2, style=Qt.PenStyle.DashLine), "")
        self._curve("relative", axis, relative, pg.mkPen(theme.difference, width=1.8), theme.difference)

    def _scale(self, index: int, axis: SizeAxis | SignedAxis, steps: int) -> None:
        self._axes[index].scale_of = axis
        self._axes[index].picture = None  # its labels are others now, even where its range is the same
        self._plots[index].setYRange(axis.bottom, axis.top, padding=0.06)
        self._plots[index].setLimits(xMin=-0.5, xMax=max(steps - 0.5, 0.5), minXRange=2)
        self._plots[index].setXRange(-0.5, max(steps - 0.5, 0.5), padding=0)

    def _curve(self, name: str, axis: SizeAxis | SignedAxis, values: FloatArray | None, pen: object, dots: str) -> None:
        if values is None:
            return
        t, heights = thinned(np.arange(len(values)), axis.place(values), MOST_POINTS)
        if not np.isfinite(heights).any():  # pyqtgraph knows no bounds of nothing
            t, heights = t[:0], heights[:0]
        dotted = bool(dots) and len(values) <= FEW
        self._items[name].setData(
            t, heights, pen=pen, symbol="o" if dotted else None, symbolSize=5, symbolBrush=dots or None, symbolPen=None
        )
        bad = np.flatnonzero(np.isinf(values) | (np.isnan(values) & (name == "hand")))[:MOST_POINTS]
        if len(bad) and dots:
            self._bad[name == "relative"].setData(bad, np.full(len(bad), axis.top))

    def _on_plot_clicked(self, event: object, plot: pg.PlotWidget) -> None:
        place = plot.getPlotItem().vb.mapSceneToView(event.scenePos())  # type: ignore[attr-defined]
        self._select(place.x())

    def _select(self, t: float) -> None:
        result = self.state.result
        if result is not None:
            self.state.select_t(min(max(round(t), 0), int(result.problem["T"]) - 1))
