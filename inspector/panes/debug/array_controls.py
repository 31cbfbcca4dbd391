"""How the selected array is looked at: the modes, the metric of a difference, a sum or its last step, one entry of the first axis."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QSpinBox, QTabBar, QToolButton, QVBoxLayout, QWidget

from inspector.debugger.debugger import Debugger
from inspector.debugger.records import DETAIL_METRICS, DETAIL_MODES, DIFFERENCE, Detail
from inspector.panes.debug.array_sheet import can_hold
from inspector.panes.debug.array_shown import Looks

TARGET_PX = 24
PICTURE, NUMBERS = 0, 1

MODE_HINTS = {
    "value": "What the array holds after this step",
    "change": "What this step changed of it",
    "reference": "What JAX says it should hold",
    "difference": "How far it is from what JAX says",
}
SUMS = (
    ("Sum so far", "Look at the sum as it is after this step"),
    ("This step", "Look at what this step added to the sum, beside what it should have added"),
)
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
        self.sums = self._group(list(SUMS))
        self.measure = QComboBox(self)
        for name, text in DETAIL_METRICS.items():
            self.measure.addItem(text, name)
        self.measure.setAccessibleName("How the difference is measured")
        self.measure.setToolTip("How the difference is measured: signed, its size, relative to the value, or in ULP")
        self.measure.setMinimumContentsLength(3)
        self.held = QSpinBox(self)
        self.held.setRange(ALL, ALL)
        self.held.setPrefix("first axis ")
        self.held.setSpecialValueText("all of axis 0")
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
        self.sums.idClicked.connect(lambda _: self.changed.emit())
        self.held.valueChanged.connect(lambda _: self.changed.emit())
        self.tabs.currentChanged.connect(self.tab_chosen)
        self.synchronize()

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
        first.addWidget(self.measure)
        first.addStretch(1)
        second.addWidget(self.tabs)
        second.addStretch(1)
        for widget in (*self.sums.buttons(), self.held):
            second.addWidget(widget)
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(widget is not self.held)
            widget.setSizePolicy(policy)
        layout = QVBoxLayout(self)
        for part in (first, second, layout):
            part.setContentsMargins(0, 0, 0, 0)
            part.setSpacing(2)
        layout.addLayout(first)
        layout.addLayout(second)

    def looks(self) -> Looks:
        """How the array is looked at now."""
        held = self.held.value() if can_hold(self._shape) and self.held.value() != ALL else None
        this_step = self.sums.checkedId() == 1 and not self.sums.button(1).isHidden()
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
        for button in self.sums.buttons():
            if button.isHidden() == has_step:
                button.setVisible(has_step)
        shape = () if detail is None or detail.value is None else tuple(detail.value.shape)
        if shape != self._shape:
            self._shape = shape
            self.held.blockSignals(True)
            self.held.setMaximum(shape[0] - 1 if can_hold(shape) else ALL)
            self.held.blockSignals(False)
        self.held.setVisible(can_hold(shape))
