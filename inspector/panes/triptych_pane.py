"""The centre: hand, JAX and difference of the selected quantity, and how they are looked at."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from inspector.panes.heatmap.prepare import Preparer
from inspector.panes.heatmap.triptych import Layers, Triptych
from inspector.picture.difference import METRICS, TITLES
from inspector.pictures import Pictures
from inspector.records import SCALES
from inspector.state import State
from inspector.theme import current, verdict_colour

WORDS = {"nonfinite": "NaN/Inf"}


class TriptychPane(QWidget):
    """The three pictures under a line of choices.

    Signals:
        hovered: (row, column) under the mouse, or None.
    """

    hovered = Signal(object)

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows state and pictures by itself."""
        super().__init__(parent)
        self.state, self.pictures = state, pictures
        self.canvas = Triptych(self)
        self.setFocusProxy(self.canvas.views[0])
        self._preparer = Preparer(self)
        self._title, self._verdict, self._remark = QLabel(self), QLabel(self), QLabel(self)
        self._build()
        self._preparer.ready.connect(self._on_preparer_ready)
        self._layers: Layers | None = None
        self._ordered: tuple[object, ...] = ()
        self.canvas.picked.connect(state.pick)
        self.canvas.nudged.connect(self._on_canvas_nudged)
        self.canvas.hovered.connect(self.hovered)
        for signal in (state.selection_changed, state.view_changed, state.result_changed, pictures.changed):
            signal.connect(self.synchronize)

    def _build(self) -> None:
        for label in (self._title, self._verdict, self._remark):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setProperty("role", "heading")
        self._remark.setProperty("role", "faint")
        self._remark.setMinimumWidth(40)
        self._remark.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._metric = self._chooser(
            "Metric of the difference", [(TITLES[name], name) for name in METRICS], self.state.set_metric
        )
        self._scale = self._chooser("Colour scale", [(name, name) for name in SCALES], self.state.set_scale)
        self._lock = QCheckBox("Lock range", self)
        self._lock.setToolTip(
            "Let the difference share the range of hand and JAX; it is then expected to look blank (L)"
        )
        self._lock.setAccessibleDescription(self._lock.toolTip())
        self._lock.toggled.connect(self.state.set_locked)
        self._sample = QSpinBox(self)
        self._sample.setPrefix("sample ")
        self._sample.setAccessibleName("Sample of the batch")
        self._sample.setToolTip("Which sample of the batch the picture shows")
        self._sample.valueChanged.connect(self.state.select_sample)
        steps = [
            self._arrow(Qt.ArrowType.UpArrow, "Previous difference ([)", -1),
            self._arrow(Qt.ArrowType.DownArrow, "Next difference (])", 1),
        ]
        head = QHBoxLayout()
        head.setContentsMargins(10, 5, 8, 3)
        head.setSpacing(7)
        for widget in (self._title, self._verdict):
            head.addWidget(widget)
        head.addWidget(self._remark, 1)
        for control in (self._sample, self._metric, self._scale, self._lock, *steps):
            head.addWidget(control)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.canvas, 1)

    def _chooser(self, name: str, entries: list[tuple[str, str]], verb: object) -> QComboBox:
        box = QComboBox(self)
        for text, value in entries:
            box.addItem(text, value)
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.activated.connect(lambda index: verb(box.itemData(index)))  # type: ignore[operator]
        return box

    def _arrow(self, arrow: Qt.ArrowType, tip: str, direction: int) -> QToolButton:
        button = QToolButton(self)
        button.setArrowType(arrow)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(lambda: self.state.step_difference(direction))
        return button

    @Slot(int, int)
    def _on_canvas_nudged(self, rows: int, columns: int) -> None:
        picture = self.pictures.current
        if picture is None or picture.hand is None:
            return
        row, column = self.state.selection.cell or (0, 0)
        limit = picture.hand.shape
        self.state.pick(min(max(row + rows, 0), limit[0] - 1), min(max(column + columns, 0), limit[1] - 1))

    @Slot(object)
    def _on_preparer_ready(self, layers: Layers) -> None:
        self._layers = layers
        self._draw("")

    def fit(self) -> None:
        """Show the whole matrix."""
        self.canvas.fit()

    def one_to_one(self) -> None:
        """Cells at their natural size."""
        self.canvas.one_to_one()

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        self._show_choices()
        picture, view = self.pictures.current, self.state.view
        result = self.state.result
        names = () if result is None else tuple(report.name for report in result.reports())
        if result is None or picture is None or picture.quantity not in names:
            self._show_nothing("")
        elif picture.hand is None or picture.reference is None:
            self._show_nothing(f"No picture: {picture.note}. {result.report(picture.quantity).note}")
        else:
            wanted = (picture.number, view.metric, view.scale, view.locked)
            if wanted != self._ordered:
                self._ordered = wanted
                floor = result.report(picture.quantity).floor
                self._preparer.order(
                    hand=picture.hand,
                    reference=picture.reference,
                    metric=view.metric,
                    scale=view.scale,
                    locked=view.locked,
                    floor=floor,
                )
            self._draw("")

    def _show_nothing(self, message: str) -> None:
        self._preparer.drop()
        self._ordered, self._layers = (), None
        self._draw(message)

    def _draw(self, message: str) -> None:
        theme, selection = current(), self.state.selection
        self.canvas.show_layers(self._layers, self.state.view.colour_map, theme.name, message)
        picture = self.pictures.current
        per_step = picture is not None and picture.per_step
        self.canvas.set_marks(selection.cell, selection.t if per_step else None)
        self._remark.setText(self._remarks())
        self._remark.setToolTip(self._remarks())

    def _remarks(self) -> str:
        if self._layers is None:
            return ""
        counted = zip(("hand", "JAX", "difference"), self._layers.counts, strict=True)
        parts = [f"{name}: {count.words()}" for name, count in counted if count.words()]
        if self.state.stale:
            parts.insert(0, "stale: this is the result before the last change")
        return "   ".join(parts)

    def _show_choices(self) -> None:
        state, result, selection = self.state, self.state.result, self.state.selection
        self._metric.setCurrentIndex(max(0, self._metric.findData(state.view.metric)))
        self._scale.setCurrentIndex(max(0, self._scale.findData(state.view.scale)))
        for control, value in ((self._lock, state.view.locked),):
            blocked = control.blockSignals(True)
            control.setChecked(value)
            control.blockSignals(blocked)
        known = result is not None and selection.quantity in {report.name for report in result.reports()}
        if result is None or not known or selection.quantity is None:
            self._title.setText("")
            self._verdict.setText("")
            self._sample.hide()
            return
        report = result.report(selection.quantity)
        self._title.setText(f"{report.name}  {' x '.join(map(str, report.shape))}")
        self._verdict.setText(WORDS.get(report.verdict, report.verdict))
        self._verdict.setStyleSheet(f"color: {verdict_colour(current(), report.verdict)}; font-weight: 600")
        per_step = report.kind == "intermediate" and len(report.shape) == 3
        self._sample.setVisible(per_step and report.shape[1] > 1)
        blocked = self._sample.blockSignals(True)
        self._sample.setRange(0, max(0, report.shape[1] - 1) if per_step else 0)
        self._sample.setSuffix(f" of {report.shape[1]}" if per_step else "")
        self._sample.setValue(selection.sample)
        self._sample.blockSignals(blocked)
