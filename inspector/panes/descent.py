"""Gradient descent with both gradients, as in the question: whether the mistake matters for learning."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from inspector.panes.trace_axes import StepAxis, ValueAxis
from inspector.picture.ticks import short
from inspector.picture.traces import SizeAxis, thinned
from inspector.pictures import Pictures
from inspector.state import State
from inspector.theme import current

MOST_POINTS = 4000
EMPTY = "From the shown result's weights, n steps w := w - lr * dL/dw, once with each gradient, on the same data."


class DescentPane(QWidget):
    """Rate and steps, loss curves, distance of the weights; any step's problem opens."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the state by itself."""
        super().__init__(parent)
        self.state = state
        self._steps, self._rate, self._matrices = QSpinBox(self), QDoubleSpinBox(self), QCheckBox("only matrices", self)
        self._start = QPushButton("Descend", self)
        self._at = QSpinBox(self)
        self._open = {
            side: QPushButton(text, self)
            for side, text in (("hand", "Open hand's problem"), ("reference", "Open JAX's problem"))
        }
        self._words, self._values = QLabel(self), QLabel(self)
        self._axes = (ValueAxis(), ValueAxis())
        self._plots = tuple(pg.PlotWidget(self, axisItems={"left": axis, "bottom": StepAxis()}) for axis in self._axes)
        self._curves = {name: pg.PlotDataItem(connect="finite") for name in ("reference", "hand", "distance")}
        self._cursors = tuple(pg.InfiniteLine(angle=90, movable=True) for _ in self._plots)
        self._shown: tuple[object, ...] = ()
        self._build_controls()
        self._build()
        for signal in (state.asking.changed, state.view_changed, state.result_changed):
            signal.connect(self.synchronize)

    def _build_controls(self) -> None:
        self._steps.setRange(1, 100_000)
        self._steps.setValue(100)
        self._steps.setPrefix("n = ")
        self._steps.setAccessibleName("Steps of descent")
        self._rate.setRange(1e-12, 1e6)
        self._rate.setDecimals(6)
        self._rate.setValue(0.01)
        self._rate.setPrefix("lr = ")
        self._rate.setAccessibleName("Learning rate")
        self._matrices.setToolTip("Update only the weight matrices and leave the biases, as the question of 2014 did")
        self._matrices.setAccessibleDescription(self._matrices.toolTip())
        self._start.setToolTip("Descend with both gradients; Esc stops")
        self._start.clicked.connect(self.start)
        self._at.setPrefix("step ")
        self._at.setAccessibleName("Step of the descent")
        self._at.setToolTip("Which step is read out, and opened")
        self._at.valueChanged.connect(self._show_step)
        for side, button in self._open.items():
            button.setToolTip("Make the weights of this step the problem's own, and run")
            button.clicked.connect(lambda _=False, side=side: self.state.asking.open_step(side, self._at.value()))
        for label, name in ((self._words, "The descent in words"), (self._values, "Values at the step")):
            label.setAccessibleName(name)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._values.setTextFormat(Qt.TextFormat.RichText)  # our own words only
        self._words.setWordWrap(True)
        self._words.setProperty("role", "faint")

    def _build(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for control in (self._steps, self._rate, self._matrices, self._start):
            first.addWidget(control)
        first.addStretch(1)
        for opener in (self._at, *self._open.values()):
            second.addWidget(opener)
        second.addWidget(self._values, 1)
        plots = QHBoxLayout()
        for plot, cursor, name in zip(
            self._plots, self._cursors, ("Loss by step", "Distance of the weights by step"), strict=True
        ):
            plot.setAccessibleName(name)
            plot.setAccessibleDescription("Drag the line, or use the number below, to choose the step")
            plot.setTitle(name, size="9pt")
            plot.setMenuEnabled(False)
            plot.hideButtons()
            plot.setMouseEnabled(x=True, y=False)
            plot.setMinimumHeight(90)
            plot.addItem(cursor, ignoreBounds=True)
            cursor.sigPositionChanged.connect(lambda line: self._at.setValue(round(line.value())))
            plots.addWidget(plot, 1)
        for name, item in self._curves.items():
            self._plots[name == "distance"].addItem(item)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 8, 6)
        layout.addLayout(first)
        layout.addWidget(self._words)
        layout.addLayout(plots, 1)
        layout.addLayout(second)

    @Slot()
    def start(self) -> None:
        """Descend."""
        self.state.asking.descend(
            self.state.case_path, self._steps.value(), self._rate.value(), self._matrices.isChecked()
        )

    def focus_start(self) -> None:
        """Put the focus on the button that starts."""
        self._start.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        found, theme = self.state.asking.descent, current()
        self._start.setEnabled(self.state.result is not None)
        if self._shown and found is self._shown[0] and theme.name == self._shown[1]:
            return
        self._shown = (found, theme.name)
        for plot, cursor in zip(self._plots, self._cursors, strict=True):
            plot.setBackground(theme.base)
            plot.getPlotItem().titleLabel.setText(plot.accessibleName(), color=theme.faint)
            for side in ("left", "bottom"):
                plot.getAxis(side).setPen(theme.line)
                plot.getAxis(side).setTextPen(theme.faint)
            cursor.setPen(theme.mark, width=1.6)
            cursor.setVisible(found is not None)
        for opener in (self._at, *self._open.values()):
            opener.setEnabled(found is not None)
        self._words.setText(EMPTY if found is None else self.state.asking.descent_words)
        self._words.setToolTip(self._words.text())
        if found is not None:
            self._draw()
            self._at.setRange(0, len(found.loss_reference) - 1)
        self._show_step()

    def _draw(self) -> None:
        found, theme = self.state.asking.descent, current()
        assert found is not None
        losses = SizeAxis(found.loss_hand, found.loss_reference)
        distances = SizeAxis(found.distance)
        drawn = (
            ("reference", found.loss_reference, losses, theme.reference, 4.0),
            ("hand", found.loss_hand, losses, theme.hand, 1.6),
            ("distance", found.distance, distances, theme.difference, 1.8),
        )
        for name, values, axis, colour, width in drawn:
            index = int(name == "distance")
            self._axes[index].scale_of, self._axes[index].picture = axis, None
            step, heights = thinned(np.arange(len(values)), axis.place(values), MOST_POINTS)
            self._curves[name].setData(step, heights, pen=pg.mkPen(colour, width=width))
            self._plots[index].setYRange(axis.bottom, axis.top, padding=0.06)
            self._plots[index].setXRange(-0.5, len(values) - 0.5, padding=0)

    @Slot()
    def _show_step(self) -> None:
        found, theme, step = self.state.asking.descent, current(), self._at.value()
        for cursor in self._cursors:
            blocked = cursor.blockSignals(True)
            cursor.setValue(step)
            cursor.blockSignals(blocked)
        if found is None:
            self._values.setText("")
            return
        step = min(step, len(found.loss_reference) - 1)
        self._values.setText(
            f'<b style="color:{theme.hand}">hand {short(float(found.loss_hand[step]))}</b> &nbsp; '
            f'<b style="color:{theme.reference}">JAX {short(float(found.loss_reference[step]))}</b> &nbsp; '
            f'<b style="color:{theme.difference}">distance {short(float(found.distance[step]))}</b>'
        )
