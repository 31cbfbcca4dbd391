"""Controls of the problem panel: one for each kind of field, all with the same three methods."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from inspector.panes.field import CHOICE, FLAG, PATH, REAL, WHOLE, Field

SLIDE_STEPS = 500
NARROWEST = 76
"""Width of a control in the smallest window; without it a spin box asks for room for its largest number."""


class _QuietSpin(QSpinBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling the panel must not change numbers."""
        event.ignore()


class _QuietReal(QDoubleSpinBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling the panel must not change numbers."""
        event.ignore()


class QuietCombo(QComboBox):
    """A choice that the wheel leaves alone."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling the panel must not change choices."""
        event.ignore()


class PathEdit(QWidget):
    """A path and a button that asks for one.

    Signals:
        changed: another path was entered.
    """

    changed = Signal(str)

    def __init__(self, title: str, parent: QWidget) -> None:
        """Args: title: of the file dialog."""
        super().__init__(parent)
        self._title, self._before = title, ""
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText("none")
        self.edit.setAccessibleName(title)
        button = QToolButton(self)
        button.setText("...")
        button.setAccessibleName(f"Choose: {title}")
        button.setToolTip("Choose a file")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.edit, 1)
        layout.addWidget(button)
        self.setFocusProxy(self.edit)
        self.edit.editingFinished.connect(self._on_edit_finished)
        button.clicked.connect(self._on_button_clicked)

    def set_path(self, path: str) -> None:
        """Show a path."""
        self._before = path
        self.edit.setText(path)
        self.edit.setToolTip(path)

    def _on_edit_finished(self) -> None:
        if self.edit.text() != self._before:
            self._before = self.edit.text()
            self.changed.emit(self._before)

    def _on_button_clicked(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self._title, self.edit.text())
        if path:
            self.set_path(path)
            self.changed.emit(path)


class Slide(QSlider):
    """A slider over a number; dragging runs at once.

    Signals:
        slid: the number it was moved to.
    """

    slid = Signal(object)

    def __init__(self, field: Field, parent: QWidget) -> None:
        """Args: field: one with a `slider`."""
        super().__init__(Qt.Orientation.Horizontal, parent)
        assert field.slider is not None
        self._low, self._high = field.slider
        self._whole, self._geometric = field.kind == WHOLE, field.geometric
        self.setRange(0, SLIDE_STEPS)
        self.setPageStep(SLIDE_STEPS // 10)
        self.setSingleStep(SLIDE_STEPS // 50)
        self.setAccessibleName(f"Drag: {field.label}")
        self.setToolTip(f"Drag {field.label}: the pictures follow")
        self.setMinimumWidth(NARROWEST)
        self.setMinimumHeight(24)
        self.valueChanged.connect(lambda position: self.slid.emit(self._number(position)))

    def _number(self, position: int) -> float | int:
        share = position / SLIDE_STEPS
        if self._geometric:
            number = self._low * (self._high / self._low) ** share
        else:
            number = self._low + (self._high - self._low) * share
        return round(number) if self._whole else float(f"{number:.4g}")

    def show_number(self, number: float | None) -> None:
        """Stand at a number without telling anybody; in the middle for None."""
        if self.isSliderDown():
            return
        share = 0.5
        if number is not None and number > 0:
            span = math.log(self._high / self._low) if self._geometric else self._high - self._low
            share = (math.log(number / self._low) if self._geometric else number - self._low) / span
        blocked = self.blockSignals(True)
        self.setValue(round(min(max(share, 0.0), 1.0) * SLIDE_STEPS))
        self.blockSignals(blocked)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling the panel must not change numbers."""
        event.ignore()


def _choice(field: Field, parent: QWidget, changed: Callable[[Any], None]) -> QWidget:
    box = QuietCombo(parent)
    for value, text in field.choices().items():
        box.addItem(text, value)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)
    box.activated.connect(lambda index: changed(box.itemData(index)))
    return box


def _number(field: Field, parent: QWidget, changed: Callable[[Any], None]) -> QWidget:
    box: QSpinBox | QDoubleSpinBox
    if field.kind == WHOLE:
        box = _QuietSpin(parent)
        box.setRange(int(field.least), int(field.most))
    else:
        box = _QuietReal(parent)
        box.setDecimals(4)
        box.setSingleStep(0.1)
        box.setRange(field.least, field.most)
    # The lowest value stands for None where there is an automatic choice.
    box.setSpecialValueText(field.automatic)
    box.setKeyboardTracking(False)
    box.valueChanged.connect(lambda value: changed(None if field.automatic and value == box.minimum() else value))
    return box


def _flag(field: Field, parent: QWidget, changed: Callable[[Any], None]) -> QWidget:
    box = QCheckBox(parent)
    box.toggled.connect(changed)
    return box


def _path(field: Field, parent: QWidget, changed: Callable[[Any], None]) -> QWidget:
    edit = PathEdit(f"{field.group}: {field.tip}", parent)
    edit.changed.connect(changed)
    return edit


MAKERS = {CHOICE: _choice, WHOLE: _number, REAL: _number, FLAG: _flag, PATH: _path}


def make_control(field: Field, parent: QWidget, changed: Callable[[Any], None]) -> QWidget:
    """The control of a field; `changed` is told the new value (None for automatic)."""
    control = MAKERS[field.kind](field, parent, changed)
    control.setAccessibleName(field.label)
    control.setAccessibleDescription(field.tip)
    control.setToolTip(field.tip)
    control.setMinimumWidth(NARROWEST)
    control.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return control


def show_value(control: QWidget, value: Any) -> None:
    """Show a value without telling anybody."""
    blocked = control.blockSignals(True)
    if isinstance(control, QComboBox):
        control.setCurrentIndex(max(0, control.findData(value)))
    elif isinstance(control, QCheckBox):
        control.setChecked(bool(value))
    elif isinstance(control, QSpinBox):
        control.setValue(control.minimum() if value is None else int(value))
    elif isinstance(control, QDoubleSpinBox):
        control.setValue(control.minimum() if value is None else float(value))
    elif isinstance(control, PathEdit):
        control.set_path(str(value))
    control.blockSignals(blocked)
