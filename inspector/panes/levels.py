"""Levels: histograms with the ranges of the colours, what counts as rounding, and statistics of a marked region."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from inspector.panes.histogram_view import HistogramView
from inspector.panes.level_counts import Counted, Counter
from inspector.picture.colours import Range, levels_for
from inspector.picture.difference import has_unit
from inspector.picture.side_words import sided, sides_of
from inspector.picture.statistics import region_words
from inspector.pictures import Pictures
from inspector.records import DIFFERENCE
from inspector.state import State
from inspector.theme import current

VALUES = "values"
SOON_MS = 40


class LevelsPane(QWidget):
    """Two histograms with handles, the tolerance, the region."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows state and pictures by itself."""
        super().__init__(parent)
        self.state, self.pictures = state, pictures
        self._counter = Counter(self)
        self._counted: Counted | None = None
        self._headings: dict[str, QLabel] = {}
        self._views = {VALUES: HistogramView("hand and JAX", self), DIFFERENCE: HistogramView("the difference", self)}
        self._lines = {which: self._line(which) for which in self._views}
        self._tolerance = QComboBox(self)
        self._limits = {name: QLineEdit(self) for name in ("atol", "rtol")}
        self._region, self._classes = QLabel(self), QLabel(self)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._order)
        self._build()
        self._counter.counted.connect(self._on_counted)
        for signal in (state.selection_changed, state.result_changed, pictures.changed):
            signal.connect(self._soon.start)
        state.view_changed.connect(self.synchronize)
        state.result_changed.connect(self._call_sides)

    def _line(self, which: str) -> QLineEdit:
        line = QLineEdit(self)
        line.setAccessibleName(
            "End of the colours of the difference" if which == DIFFERENCE else "End of the colours of hand and JAX"
        )
        line.setToolTip("The value of the end colours; empty for the largest that occurs")
        line.editingFinished.connect(lambda: self._on_line_finished(which))
        return line

    def _build(self) -> None:
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(10, 6, 10, 10)
        for which, title in ((VALUES, "Hand (orange) and JAX (blue)"), (DIFFERENCE, "Difference")):
            self._headings[which] = self._heading(title)
            column.addWidget(self._headings[which])
            column.addWidget(self._views[which])
            row, automatic = QHBoxLayout(), QPushButton("Auto", self)
            automatic.setToolTip("End the colours at the largest value (A for both)")
            automatic.setAccessibleName(f"Automatic range: {title}")
            automatic.clicked.connect(lambda _=False, which=which: self.state.look.set_bound(which, None))
            row.addWidget(QLabel("ends at \u00b1", self))
            row.addWidget(self._lines[which], 1)
            row.addWidget(automatic)
            column.addLayout(row)
            column.addSpacing(8)
            view = self._views[which]
            view.bound_dragged.connect(
                lambda value, which=which: self.state.look.set_bound(which, value, f"bound {which}")
            )
            view.released.connect(self.state.end_drag)
            view.automatic_asked.connect(lambda which=which: self.state.look.set_bound(which, None))
        self._build_tolerance(column)
        column.addWidget(self._heading("Marked region"))
        self._region.setTextFormat(Qt.TextFormat.PlainText)
        self._region.setWordWrap(True)
        self._region.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._region.setAccessibleName("Statistics of the marked region")
        column.addWidget(self._region)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setAccessibleName("Levels and statistics")
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _build_tolerance(self, column: QVBoxLayout) -> None:
        column.addWidget(self._heading("Drawn faded"))
        self._tolerance.addItem("what may be rounding (measured)", False)
        self._tolerance.addItem("|d| <= atol + rtol |JAX|", True)
        self._tolerance.setAccessibleName("Which differences are drawn faded")
        self._tolerance.setToolTip("Changes the picture only; verdicts always come from the measured rounding noise")
        self._tolerance.activated.connect(
            lambda: self.state.set_view(custom_tolerance=bool(self._tolerance.currentData()))
        )
        column.addWidget(self._tolerance)
        grid = QGridLayout()
        for number, (name, line) in enumerate(self._limits.items()):
            caption = QLabel(name, self)
            caption.setBuddy(line)
            line.setAccessibleName(name)
            line.setToolTip(
                {"atol": "Absolute tolerance, in the gradient's unit", "rtol": "Tolerance relative to JAX"}[name]
            )
            line.editingFinished.connect(lambda name=name: self._on_limit_finished(name))
            grid.addWidget(caption, 0, 2 * number)
            grid.addWidget(line, 0, 2 * number + 1)
        column.addLayout(grid)
        self._classes.setAccessibleName("Entries equal, within and beyond tolerance")
        self._classes.setProperty("role", "faint")
        column.addWidget(self._classes)
        column.addSpacing(8)

    def _heading(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", "heading")
        return label

    def _number(self, line: QLineEdit, least: float) -> float | None:
        """What a line says, None (and a word) where it is no number above `least`."""
        try:
            value = float(line.text())
        except ValueError:
            value = float("nan")
        if np.isfinite(value) and value >= least:
            return value
        self.state.say(f"{line.text()!r} is no number that can be used here; it stays as it was")
        return None

    def _on_line_finished(self, which: str) -> None:
        line = self._lines[which]
        if not line.text().strip():
            self.state.look.set_bound(which, None)
        elif line.isModified():
            value = self._number(line, float(np.finfo("float64").tiny))
            if value is not None:
                self.state.look.set_bound(which, value)
        line.setModified(False)
        self._show()

    def _on_limit_finished(self, name: str) -> None:
        value = self._number(self._limits[name], 0.0)
        if value is not None and value != getattr(self.state.view, name):
            self.state.set_view("", **{name: value})
        self._show()

    @Slot()
    def _call_sides(self) -> None:
        """Call both sides by their names."""
        self._headings[VALUES].setText(sided("Hand (orange) and JAX (blue)", sides_of(self.state.result)))
        self._tolerance.setItemText(1, sided("|d| <= atol + rtol |JAX|", sides_of(self.state.result, 12)))

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state; what needs counting follows."""
        self._show()
        self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """What was left out while nobody looked."""
        super().showEvent(event)
        self._soon.start()

    @Slot()
    def _order(self) -> None:
        picture, report = self.pictures.current, self.state.look.report()
        if not self.isVisible():
            return
        if picture is None or picture.hand is None or report is None or report.name != picture.quantity:
            self._counted = None
            self._show()
        else:
            self._counter.order(picture, self.state.view, report.floor, self.state.selection.region)

    @Slot(object)
    def _on_counted(self, counted: Counted) -> None:
        self._counted = counted
        self._show()

    def _show(self) -> None:
        view, counted = self.state.view, self._counted
        self._tolerance.setCurrentIndex(int(view.custom_tolerance))
        for name, line in self._limits.items():
            line.setEnabled(view.custom_tolerance)
            if not line.hasFocus():
                line.setText(f"{getattr(view, name):g}")
        region = self.state.selection.region
        found = None if counted is None or region is None else counted.region
        self._region.setText(
            region_words(found, region)
            if found is not None and region is not None
            else "Drag with Shift over a picture, or press M at two corners."
        )
        look = view.colour_map, current().name
        equal, within, beyond = (0, 0, 0) if counted is None else counted.classes
        self._classes.setText("" if counted is None else f"{beyond} beyond, {within} within, {equal} equal")
        if counted is None:
            for shown in self._views.values():
                shown.show_counts((), None, None, look)
            return
        shared, peak = counted.peaks
        chosen = Range(view.scale, view.locked, view.value_bound, view.difference_bound)
        both, own = chosen.levels(shared, peak, counted.floor, has_unit(view.metric))
        axes = levels_for(shared, 0.0, view.scale), levels_for(peak, counted.floor, view.scale)
        self._views[VALUES].show_counts(counted.values, axes[0], both, look)
        self._views[DIFFERENCE].show_counts(counted.differences, axes[1], own, look)
        for which, levels in ((VALUES, both), (DIFFERENCE, own)):
            if not self._lines[which].hasFocus():
                self._lines[which].setText(f"{levels.bound:.6g}")
