"""How the selected array is looked at: the modes, the metric of a difference, a sum or its last step, one entry of the first axis."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QComboBox, QHBoxLayout, QSpinBox, QTabBar, QToolButton, QWidget

from inspector.debugger.debugger import Debugger
from inspector.debugger.records import DETAIL_METRICS, DETAIL_MODES, DIFFERENCE, Detail
from inspector.panes.debug.array_sheet import can_hold
from inspector.panes.debug.array_shown import Looks

TARGET_PX, ROW_PX = 24, 28
PICTURE, NUMBERS = 0, 1

MODE_HINTS = {
    "value": "What the array holds after this step",
    "change": "What this step changed of it",
    "reference": "What JAX says it should hold",
    "difference": "How far it is from what JAX says",
}
SUMS = ("Sum so far", "This step")
ALL = -1
"""In the spin box: all entries of the first axis, one after another."""


class ArrayControls(QWidget):
    """Two rows of choices.

    Signals:
        changed: what is not the debugger's own choice is another: sum or step, entry of the first axis.
        tab_chosen: `PICTURE` or `NUMBERS`.
    """

    changed = Signal()
    tab_chosen = Signal(int)

    def __init__(self, debugger: Debugger, parent: QWidget) -> None:
        """Args: debugger: has mode and metric, and takes the verbs."""
        super().__init__(parent)
        self._debugger = debugger
        self._shape: tuple[int, ...] = ()
        self.modes = self._group(
            [(f"{text} {n}", f"{MODE_HINTS[name]} ({n})") for n, (name, text) in enumerate(DETAIL_MODES.items(), 1)]
        )
        self.measure = self._box("How the difference is measured: signed, its size, relative to the value, or in ULP")
        for name, text in DETAIL_METRICS.items():
            self.measure.addItem(text, name)
        self.sums = self._box(
            "The sum as it is after this step, or what this step added beside what it should have added"
        )
        self.sums.addItems(SUMS)
        self.held = QSpinBox(self)
        self.held.setRange(ALL, ALL)
        self.held.setPrefix("axis 0: ")
        self.held.setSpecialValueText("axis 0: all")
        self.held.setAccessibleName("Entry of the first axis that is shown")
        self.held.setToolTip("Which entry of the first axis is shown; below 0: all, one after another")
        self.tabs = QTabBar(self)
        for text in ("Picture", "Numbers"):
            self.tabs.addTab(text)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Picture or numbers of the array")
        self.tabs.setToolTip("The array as a picture, or its numbers with all digits")
        self.tabs.setMinimumHeight(TARGET_PX)
        self._build()
        self.modes.idClicked.connect(lambda number: debugger.set_mode(tuple(DETAIL_MODES)[number]))
        self.measure.activated.connect(lambda row: debugger.set_metric(self.measure.itemData(row)))
        self.sums.activated.connect(lambda _: self.changed.emit())
        self.held.valueChanged.connect(lambda _: self.changed.emit())
        self.tabs.currentChanged.connect(self.tab_chosen)
        self.synchronize()

    def _box(self, hint: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(hint.partition(":")[0].partition(",")[0])
        box.setToolTip(hint)
        box.setMinimumContentsLength(5)
        return box

    def _group(self, texts: list[tuple[str, str]]) -> QButtonGroup:
        group = QButtonGroup(self)
        for number, (text, hint) in enumerate(texts):
            button = QToolButton(self)
            button.setText(text)
            button.setToolTip(hint)
            button.setAccessibleName(text.rstrip(" 1234"))
            button.setAccessibleDescription(hint)
            button.setCheckable(True)
            button.setMinimumHeight(TARGET_PX)
            group.addButton(button, number)
        group.button(0).setChecked(True)
        return group

    def _build(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for button in self.modes.buttons():
            first.addWidget(button)
        first.addStretch(1)
        second.addWidget(self.tabs)
        second.addStretch(1)
        for widget in (self.measure, self.sums, self.held):
            second.addWidget(widget)
        second.addStrut(ROW_PX)
        self._rows = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        for part in (first, second, self._rows):
            part.setContentsMargins(0, 0, 0, 0)
            part.setSpacing(2)
        self._rows.addLayout(first)
        self._rows.addLayout(second)

    def set_wide(self, wide: bool) -> None:
        """Stand in one row without tabs where there is room, in two rows otherwise."""
        self.tabs.setVisible(not wide)
        self._rows.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def looks(self) -> Looks:
        """How the array is looked at now."""
        held = self.held.value() if can_hold(self._shape) and self.held.value() != ALL else None
        this_step = self.sums.currentIndex() == 1 and not self.sums.isHidden()
        return Looks(self._debugger.mode, self._debugger.metric, this_step, held)

    @Slot()
    def synchronize(self) -> None:
        """Follow the debugger's choice."""
        mode = self._debugger.mode
        self.modes.button(tuple(DETAIL_MODES).index(mode)).setChecked(True)
        self.measure.setVisible(mode == DIFFERENCE)
        self.measure.setCurrentIndex(self.measure.findData(self._debugger.metric))

    def fit_detail(self, detail: Detail | None) -> None:
        """Offer what makes sense for an array."""
        has_step = detail is not None and detail.increment is not None
        if self.sums.isHidden() == has_step:
            self.sums.setVisible(has_step)
        shape = () if detail is None or detail.value is None else tuple(detail.value.shape)
        if shape != self._shape:
            self._shape = shape
            self.held.blockSignals(True)
            self.held.setMaximum(shape[0] - 1 if can_hold(shape) else ALL)
            self.held.blockSignals(False)
        self.held.setVisible(can_hold(shape))
