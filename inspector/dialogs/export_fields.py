"""The left side of the export dialog: one control for every choice, in groups; those that a kind has no use for are hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from inspector.dialogs.base import SMALLEST_TARGET

MOST_WIDE = 720
"""Pixels of the list of a box."""

Choice = tuple[Any, str]
"""A value and its text."""


def describe(control: QWidget, name: str, tip: str) -> None:
    """Give a control its words, for eyes and for screen readers."""
    control.setAccessibleName(name.replace("&", ""))
    control.setAccessibleDescription(tip)
    control.setToolTip(tip)
    control.setMinimumHeight(SMALLEST_TARGET)


class Fields(QObject):
    """Controls by name of what they set, in a form.

    Signals:
        chosen: name and value, whenever the user changed one.
    """

    chosen = Signal(str, object)

    def __init__(self, form: QFormLayout, parent: QWidget) -> None:
        """Args: form: gets the rows. parent: of the controls."""
        super().__init__(parent)
        self._form, self._parent = form, parent
        self._controls: dict[str, QWidget] = {}
        self._show: dict[str, Callable[[Any], None]] = {}
        self._use: dict[str, Callable[[bool], object]] = {}
        self._values: dict[str, list[Any]] = {}

    def __getitem__(self, name: str) -> QWidget:
        """The control of a name."""
        return self._controls[name]

    def _add(self, name: str, label: str, tip: str, control: QWidget, show: Callable[[Any], None]) -> None:
        describe(control, label, tip)
        self._form.addRow(label, control)
        self._controls[name], self._show[name] = control, show
        self._use[name] = partial(self._form.setRowVisible, control)

    def heading(self, text: str) -> QLabel:
        """A line over a group."""
        label = QLabel(text, self._parent)
        label.setProperty("role", "heading")
        label.setContentsMargins(0, 8, 0, 0)
        self._form.addRow(label)
        return label

    def choice(self, name: str, label: str, tip: str, choices: Iterable[Choice] = ()) -> None:
        """One of several values."""
        box = QComboBox(self._parent)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(16)
        values = self._values[name] = list[Any]()
        self._add(
            name, label, tip, box, lambda value: box.setCurrentIndex(values.index(value) if value in values else -1)
        )
        self.set_choices(name, choices)
        box.activated.connect(lambda place: self.chosen.emit(name, values[place]))

    def set_choices(self, name: str, choices: Iterable[Choice], reasons: Mapping[Any, str] | None = None) -> None:
        """Offer other values; those with a reason can't be chosen, and the reason is said beside them."""
        box, reasons, wanted = self._controls[name], reasons or {}, list(choices)
        assert isinstance(box, QComboBox)
        texts = [f"{text}: {reasons[value]}" if value in reasons else text for value, text in wanted]
        if texts == [box.itemText(place) for place in range(box.count())]:
            return
        self._values[name][:] = [value for value, _ in wanted]
        box.clear()
        model = box.model()
        assert isinstance(model, QStandardItemModel)
        for (value, _), text in zip(wanted, texts, strict=True):
            item = QStandardItem(text)
            if value in reasons:
                item.setEnabled(False)
                item.setToolTip(reasons[value])
            model.appendRow(item)
        if reasons:  # the list may be wider than the box: its reasons are sentences
            box.view().setMinimumWidth(min(box.view().sizeHintForColumn(0) + 24, MOST_WIDE))

    def whole(self, name: str, label: str, tip: str, least: int = 0, most: int = 0, step: int = 1) -> None:
        """A whole number."""
        box = QSpinBox(self._parent)
        box.setRange(least, most)
        box.setSingleStep(step)
        box.setKeyboardTracking(False)
        self._add(name, label, tip, box, box.setValue)
        box.valueChanged.connect(lambda value: self.chosen.emit(name, value))

    def points(self, name: str, label: str, tip: str, usual: str) -> None:
        """A size of letters in points; the smallest value stands for what is usual."""
        box = QDoubleSpinBox(self._parent)
        box.setRange(3.5, 40.0)
        box.setSingleStep(0.5)
        box.setDecimals(1)
        box.setSuffix(" pt")
        box.setSpecialValueText(usual)
        box.setKeyboardTracking(False)
        self._add(name, label, tip, box, lambda value: box.setValue(value or box.minimum()))
        box.valueChanged.connect(lambda value: self.chosen.emit(name, None if value <= box.minimum() else value))

    def flags(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Things that are on or off: name, label and tip of each; two in a row."""
        grid = QGridLayout()
        grid.setVerticalSpacing(2)
        for place, (name, label, tip) in enumerate(rows):
            box = self._flag(name, label, tip)
            grid.addWidget(box, place // 2, place % 2)
        self._form.addRow(grid)

    def _flag(self, name: str, label: str, tip: str) -> QCheckBox:
        box = QCheckBox(label, self._parent)
        describe(box, label, tip)
        self._controls[name], self._show[name] = box, box.setChecked
        self._use[name] = box.setVisible
        box.toggled.connect(lambda on: self.chosen.emit(name, on))
        return box

    def flagged_line(self, flag: tuple[str, str, str], name: str, label: str, tip: str, usual: str) -> None:
        """A line of text that means something only while a box before it is ticked; `flag` is name, label and tip of that."""
        box = self._flag(*flag)
        edit = self._line(name, usual)
        describe(edit, label, tip)
        self._form.addRow(box, edit)
        self._controls[name] = edit
        self._use[name] = edit.setEnabled

    def line(self, name: str, label: str, tip: str, usual: str) -> None:
        """A line of text; empty for what is usual."""
        edit = self._line(name, usual)
        self._add(name, label, tip, edit, self._show[name])

    def _line(self, name: str, usual: str) -> QLineEdit:
        edit = QLineEdit(self._parent)
        edit.setPlaceholderText(usual)
        edit.setClearButtonEnabled(True)

        def show(value: str) -> None:
            if value != edit.text() and not edit.hasFocus():  # what is being typed is the user's
                edit.setText(value)

        self._show[name] = show
        edit.textEdited.connect(lambda text: self.chosen.emit(name, text))
        return edit

    def set_most(self, name: str, most: int) -> None:
        """The largest value of a whole number."""
        box = self._controls[name]
        assert isinstance(box, QSpinBox)
        blocked = box.blockSignals(True)
        box.setMaximum(most)
        box.blockSignals(blocked)

    def show(self, name: str, value: Any) -> None:
        """Show a value; nobody is told."""
        control = self._controls[name]
        blocked = control.blockSignals(True)
        self._show[name](value)
        control.blockSignals(blocked)

    def set_used(self, name: str, used: bool) -> None:
        """Whether a choice means something now; one that doesn't is not shown."""
        self._use[name](used)
