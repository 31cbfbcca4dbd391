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
    QVBoxLayout,
    QWidget,
)

from inspector.panes.heatmap.prepare import Prepared, Preparer, Wish, layers_of
from inspector.panes.heatmap.triptych import Triptych
from inspector.panes.heatmap.view_model import View
from inspector.picture.difference import TITLES
from inspector.picture.side_words import sided, sides_of
from inspector.pictures import Pictures
from inspector.records import METRICS, MODES, SCALES
from inspector.severity import is_per_step
from inspector.state import State
from inspector.theme import current, verdict_colour
from rnn.results import FORWARD

WORDS = {"nonfinite": "NaN/Inf"}
MODE_TEXTS = dict(zip(MODES, ("three panes", "hand", "JAX", "difference", "split"), strict=True))


class TriptychPane(QWidget):
    """The three pictures under a line of choices.

    Signals:
        hovered: (row, column) under the mouse, or None.
        prepared_changed: `prepared` is another.
    """

    hovered = Signal(object)
    prepared_changed = Signal()

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows state and pictures by itself."""
        super().__init__(parent)
        self.state, self.pictures = state, pictures
        self.canvas = Triptych(self)
        self.setFocusProxy(self.canvas.views[0])
        self._preparer = Preparer(self)
        self.prepared: Prepared | None = None
        self._ordered: tuple[object, ...] = ()
        self._shown: tuple[object, ...] = ()
        self._places: dict[str, View] = {}
        self._quantity = ""
        self._title, self._verdict, self._remark = QLabel(self), QLabel(self), QLabel(self)
        self._build()
        self._preparer.ready.connect(self._on_preparer_ready)
        canvas, look = self.canvas, state.look
        canvas.picked.connect(state.pick)
        canvas.nudged.connect(self._on_canvas_nudged)
        canvas.marked.connect(look.mark_region)
        canvas.split_moved.connect(lambda split: state.set_view("split", split=split))
        canvas.flip_held.connect(look.set_flipped)
        canvas.hovered.connect(self.hovered)
        look.flip_changed.connect(self._on_flip_changed)
        for signal in (state.selection_changed, state.view_changed, state.result_changed, pictures.changed):
            signal.connect(self.synchronize)

    def _build(self) -> None:
        for label in (self._title, self._verdict, self._remark):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setProperty("role", "heading")
        self._remark.setProperty("role", "faint")
        self._remark.setContentsMargins(10, 0, 8, 2)
        for label in (self._title, self._remark):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._mode = self._chooser("Arrangement of the pictures", [(MODE_TEXTS[name], name) for name in MODES], "mode")
        self._metric = self._chooser("Metric of the difference", [(TITLES[name], name) for name in METRICS], "metric")
        self._scale = self._chooser("Colour scale", [(name, name) for name in SCALES], "scale")
        self._lock = QCheckBox("Lock", self)
        self._lock.setAccessibleName("Lock range")
        self._lock.setToolTip(
            "Let the difference share the range of hand and JAX; it is then expected to look blank (L)"
        )
        self._lock.setAccessibleDescription(self._lock.toolTip())
        self._lock.toggled.connect(lambda locked: self.state.set_view(locked=locked))
        self._sample = QSpinBox(self)
        self._sample.setPrefix("sample ")
        self._sample.setAccessibleName("Sample of the batch")
        self._sample.setToolTip("Which sample of the batch the picture shows")
        self._sample.valueChanged.connect(self.state.select_sample)
        head = QHBoxLayout()
        head.setContentsMargins(10, 5, 8, 3)
        head.setSpacing(7)
        head.addWidget(self._title, 1)
        head.addWidget(self._verdict)
        for control in (self._sample, self._mode, self._metric, self._scale, self._lock):
            head.addWidget(control)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._remark)
        layout.addWidget(self.canvas, 1)

    def _chooser(self, name: str, entries: list[tuple[str, str]], field: str) -> QComboBox:
        box = QComboBox(self)
        for text, value in entries:
            box.addItem(text, value)
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.activated.connect(lambda index: self.state.set_view(**{field: box.itemData(index)}))
        return box

    @Slot(int, int)
    def _on_canvas_nudged(self, rows: int, columns: int) -> None:
        picture = self.pictures.current
        if picture is None or picture.hand is None:
            return
        row, column = self.state.selection.cell or (0, 0)
        limit = picture.hand.shape
        self.state.pick(min(max(row + rows, 0), limit[0] - 1), min(max(column + columns, 0), limit[1] - 1))

    @Slot(object)
    def _on_preparer_ready(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self._draw("")
        self.prepared_changed.emit()

    @Slot()
    def _on_flip_changed(self) -> None:
        self.canvas.flip(self.state.look.flipped)

    def fit(self) -> None:
        """Show the whole matrix."""
        self.canvas.fit()

    def one_to_one(self) -> None:
        """Cells at their natural size."""
        self.canvas.one_to_one()

    def view_back(self) -> bool:
        """Show the part that was shown before; False where there is none."""
        return self.canvas.model.back()

    def view_forward(self) -> bool:
        """Undo `view_back`; False where there is nothing to undo."""
        return self.canvas.model.forward()

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        self._show_choices()
        picture, view = self.pictures.current, self.state.view
        self.canvas.show_as(view.mode, view.split, view.profiles)
        result = self.state.result
        self.canvas.call_sides(("hand", "JAX") if result is None else result.side_names)
        names = () if result is None else tuple(report.name for report in result.pictured())
        if result is None or picture is None or picture.quantity not in names:
            self._show_nothing("")
        elif picture.hand is None or picture.reference is None:
            self._show_nothing(f"No picture: {picture.note}. {result.report(picture.quantity).note}")
        else:
            wish = Wish.of(view)
            if (picture.number, wish) != self._ordered:
                self._ordered = (picture.number, wish)
                floor = result.report(picture.quantity).floor
                self._preparer.order(
                    hand=picture.hand, reference=picture.reference, wish=wish, floor=floor, gates=picture.gates
                )
            self._draw("")

    def _show_nothing(self, message: str) -> None:
        self._preparer.drop()
        self._ordered, self.prepared = (), None
        self._draw(message)
        self.prepared_changed.emit()

    def _draw(self, message: str) -> None:
        theme, selection, view = current(), self.state.selection, self.state.view
        shown = (self.prepared, view, theme.name, message)
        if shown != self._shown:
            self._shown = shown
            layers = None if self.prepared is None else layers_of(self.prepared, view)
            self._keep_place()
            self.canvas.show_layers(layers, view.colour_map, theme.name, message)
            self._find_place()
        picture = self.pictures.current
        per_step = picture is not None and picture.per_step
        self.canvas.set_marks(selection.cell, selection.t if per_step else None, selection.region)
        self._remark.setText(self._remarks())
        self._remark.setToolTip(self._remark.text())
        self._remark.setVisible(bool(self._remark.text()))

    def _keep_place(self) -> None:
        if self._quantity:
            self._places[self._quantity] = self.canvas.model.view

    def _find_place(self) -> None:
        """Every quantity keeps its own place; one that is new takes the place of a matrix of the same shape."""
        picture = self.pictures.current
        name = "" if picture is None or self.prepared is None else picture.quantity
        if name != self._quantity and name in self._places:
            self.canvas.model.restore(self._places[name])
        self._quantity = name

    def _remarks(self) -> str:
        prepared = self.prepared
        if prepared is None:
            return ""
        parts = ["stale: this is the result before the last change"] if self.state.stale else []
        sides = sides_of(self.state.result)
        for name, stack in zip((*sides, "difference"), (prepared.hand, prepared.reference, prepared.difference), strict=True):
            counted = ", ".join(f"{n} {word}" for n, word in ((stack.nan, "NaN"), (stack.infinite, "Inf")) if n)
            parts += [f"{name}: {counted}"] if counted else []
        return "   ".join(parts)

    def _show_choices(self) -> None:
        state, result, selection = self.state, self.state.result, self.state.selection
        for box, value in (
            (self._mode, state.view.mode),
            (self._metric, state.view.metric),
            (self._scale, state.view.scale),
        ):
            box.setCurrentIndex(max(0, box.findData(value)))
        blocked = self._lock.blockSignals(True)
        self._lock.setChecked(state.view.locked)
        self._lock.blockSignals(blocked)
        sides = sides_of(result, 12)
        for index, mode in enumerate(MODES):
            self._mode.setItemText(index, sided(MODE_TEXTS[mode], sides))
        for index, metric in enumerate(METRICS):
            self._metric.setItemText(index, sided(TITLES[metric], sides))
        known = result is not None and selection.quantity in {report.name for report in result.pictured()}
        if result is None or not known or selection.quantity is None:
            self._title.setText("")
            self._verdict.setText("")
            self._sample.hide()
            return
        report = result.report(selection.quantity)
        part = "forward pass: " if report.kind == FORWARD else ""
        self._title.setText(f"{part}{report.name}  {' x '.join(map(str, report.shape))}")
        self._title.setToolTip(self._title.text())
        self._verdict.setText(WORDS.get(report.verdict, report.verdict))
        style = f"color: {verdict_colour(current(), report.verdict)}; font-weight: 600"
        if style != self._verdict.styleSheet():
            self._verdict.setStyleSheet(style)
        per_step = is_per_step(report)
        self._sample.setVisible(per_step and report.shape[1] > 1)
        blocked = self._sample.blockSignals(True)
        self._sample.setRange(0, max(0, report.shape[1] - 1) if per_step else 0)
        self._sample.setSuffix(f" of {report.shape[1]}" if per_step else "")
        self._sample.setValue(selection.sample)
        self._sample.blockSignals(blocked)
