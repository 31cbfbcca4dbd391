"""The weight behind the picked gradient entry: its value, to be typed or dragged; the pictures follow."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSlider, QVBoxLayout, QWidget

from inspector.state import State
from rnn.arrays import AnyArray
from rnn.units import rms

STEPS = 1000
"""Positions of the slider on each side of its middle."""

REACH = 3.0
"""How far the slider reaches: so many times the size of the matrix's typical weight."""


class WeightEditor(QWidget):
    """A line and a slider over one weight."""

    def __init__(self, state: State, parent: QWidget) -> None:
        """Hidden until a weight is shown."""
        super().__init__(parent)
        self._state = state
        self._name = ""
        self._index: tuple[int, ...] = ()
        self._value = self._middle = self._reach = 0.0
        self._caption = QLabel(self)
        self._caption.setTextFormat(Qt.TextFormat.PlainText)
        self._caption.setProperty("role", "faint")
        self._line = QLineEdit(self)
        self._line.setAccessibleName("Value of the weight")
        self._line.setToolTip("Another value for this weight; Enter runs with it")
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setRange(-STEPS, STEPS)
        self._slider.setPageStep(STEPS // 10)
        self._slider.setSingleStep(STEPS // 100)
        self._slider.setAccessibleName("Drag the weight")
        self._slider.setToolTip("Drag the weight: the pictures follow")
        row = QHBoxLayout()
        row.addWidget(self._caption)
        row.addWidget(self._line, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self._slider)
        self._line.editingFinished.connect(self._on_line_finished)
        self._slider.valueChanged.connect(self._on_slider_moved)
        self._slider.sliderReleased.connect(self._on_slider_released)
        self.hide()

    def show_weight(self, name: str, index: tuple[int, ...], weights: AnyArray | None) -> None:
        """Show one weight; hidden where there is none.

        Args:
            name: of the parameter. index: into it. weights: the whole parameter as the shown result has it.
        """
        self.setVisible(weights is not None)
        if weights is None:
            return
        edited = {edit[:2]: edit[2] for edit in self._state.settings.edits}
        stored = weights if weights.ndim == len(index) else weights[0]
        value = edited.get((name, index), float(stored[index]))
        if (name, index) != (self._name, self._index):
            self._name, self._index = name, index
            self._middle, self._reach = value, REACH * max(float(rms(weights)), abs(value), 1e-3)
        self._value = value
        self._caption.setText(f"{name}[{', '.join(map(str, index))}]")
        if not self._line.hasFocus():
            self._line.setText(repr(value))
        if not self._slider.isSliderDown():
            blocked = self._slider.blockSignals(True)
            self._slider.setValue(round((value - self._middle) / self._reach * STEPS))
            self._slider.blockSignals(blocked)

    def _edit(self, value: float, merge: str) -> None:
        if value != self._value:
            self._value = value
            self._state.edit_weight(self._name, self._index, value, merge)

    @Slot()
    def _on_line_finished(self) -> None:
        try:
            value = float(self._line.text())
            if abs(value) == float("inf") or value != value:
                raise ValueError(self._line.text())
        except ValueError:
            self._state.say(f"{self._line.text()!r} is no finite number; the weight stays {self._value!r}")
            self._line.setText(repr(self._value))
            return
        self._edit(value, "")

    @Slot(int)
    def _on_slider_moved(self, position: int) -> None:
        value = self._middle + position / STEPS * self._reach
        self._line.setText(f"{value:.6g}")
        self._edit(float(f"{value:.6g}"), f"weight {self._name} {self._index}")

    @Slot()
    def _on_slider_released(self) -> None:
        self._state.end_drag()
