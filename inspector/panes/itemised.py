"""The itemised matrix: how much of dh at step t the loss at step s brings, by hand, by JAX, and their difference."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from inspector.panes.heatmap.prepare import Prepared, Preparer, Wish, layers_of
from inspector.panes.heatmap.triptych import Triptych
from inspector.picture.ticks import short
from inspector.pictures import Pictures
from inspector.records import REFERENCE, TRIPTYCH, ViewState
from inspector.state import State
from inspector.theme import current
from rnn.arrays import AnyArray
from rnn.units import rms

EMPTY = (
    "Row s, column t: the norm of d(loss at step s) / dh_t for the chosen sample. One column shows where dh_t comes "
    "from; one row shows how far the loss of a step reaches back. Ctrl+I computes it."
)


class ItemisedPane(QWidget):
    """A triptych of its own over steps and steps."""

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the state by itself."""
        super().__init__(parent)
        self.state = state
        self.canvas = Triptych(self, overview=False)
        self.setFocusProxy(self.canvas.views[0])
        self._preparer = Preparer(self)
        self._prepared: Prepared | None = None
        self._cell: tuple[int, int] | None = None
        self._shown: object = None
        self._compute = QPushButton("Compute (Ctrl+I)", self)
        self._compute.setToolTip("Take the loss apart by steps, for the chosen sample; can be cancelled")
        self._compute.clicked.connect(lambda: state.asking.ask_itemised(state.case_path))
        self._words, self._values = QLabel(self), QLabel(self)
        self._build()
        self._preparer.ready.connect(self._on_preparer_ready)
        self.canvas.picked.connect(self._on_canvas_picked)
        self.canvas.nudged.connect(self._on_canvas_nudged)
        self.canvas.hovered.connect(self._show_values)
        for signal in (state.asking.changed, state.result_changed, state.view_changed, state.status_changed):
            signal.connect(self.synchronize)

    def _build(self) -> None:
        for label, name in ((self._words, "The itemised matrix in words"), (self._values, "Values at the cell")):
            label.setAccessibleName(name)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._words.setWordWrap(True)
        self._words.setProperty("role", "faint")
        head = QHBoxLayout()
        head.setContentsMargins(10, 4, 8, 2)
        head.addWidget(self._compute)
        head.addWidget(self._words, 2)
        head.addWidget(self._values, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(self.canvas, 1)

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the state."""
        found = self.state.asking.itemised
        self._compute.setEnabled(self.state.result is not None)
        if found is not self._shown:
            self._shown, self._prepared, self._cell = found, None, None
            if found is not None:
                hand = found.reference if found.hand is None else found.hand
                difference = np.zeros_like(found.reference) if found.difference is None else found.difference
                self._preparer.order(
                    hand=hand, reference=found.reference, wish=Wish.of(ViewState()), floor=self._noise(found.reference), given=difference
                )
        words = EMPTY
        if found is not None:
            last = found.first + len(found.reference) - 1
            words = (
                f"Rows: loss at s; columns: dh at t; steps {found.first} to {last}, sample {found.sample}. {found.note}"
            )
        self._words.setText(words)
        self._draw()

    def _noise(self, norms: AnyArray) -> float:
        """Rounding noise of an entry: that of dh where it was measured, in proportion."""
        result = self.state.result
        reports = {} if result is None else {report.name: report for report in result.reports()}
        share = 1e-15
        if result is not None and "dh" in reports and reports["dh"].floor > 0:
            size = float(rms(result.arrays.read("steps/dh/reference")))
            share = reports["dh"].floor / size if size > 0 else share
        return share * float(np.max(norms, initial=0.0))

    @Slot(object)
    def _on_preparer_ready(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._draw()

    def _draw(self) -> None:
        found, view = self.state.asking.itemised, self.state.view
        self.canvas.setVisible(found is not None)
        if found is None:
            return
        layers = None
        if self._prepared is not None:
            layers = layers_of(self._prepared, ViewState(scale=view.scale))
        self.canvas.show_as(TRIPTYCH if found.hand is not None else REFERENCE, 0.5, False)
        self.canvas.show_layers(layers, view.colour_map, current().name, "")
        self.canvas.set_marks(self._cell, None)
        self._show_values(self._cell)

    @Slot(object)
    def _show_values(self, cell: tuple[int, int] | None) -> None:
        found, cell = self.state.asking.itemised, cell or self._cell
        if found is None or cell is None:
            self._values.setText("")
            return
        parts = [f"s = {found.first + cell[0]}, t = {found.first + cell[1]}:"]
        for name, side in (("hand", found.hand), ("JAX", found.reference), ("difference", found.difference)):
            parts += [] if side is None else [f"{name} {short(float(side[cell]))}"]
        self._values.setText("  ".join(parts))

    @Slot(int, int)
    def _on_canvas_picked(self, row: int, column: int) -> None:
        found = self.state.asking.itemised
        if found is not None:
            self._cell = row, column
            self.state.select_t(found.first + column)
            self._draw()

    @Slot(int, int)
    def _on_canvas_nudged(self, rows: int, columns: int) -> None:
        found = self.state.asking.itemised
        if found is not None:
            row, column = self._cell or (0, 0)
            most = len(found.reference) - 1
            self._on_canvas_picked(min(max(row + rows, 0), most), min(max(column + columns, 0), most))
