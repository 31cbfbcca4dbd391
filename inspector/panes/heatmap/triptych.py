"""Triptych: hand, JAX and difference side by side, linked through one view model."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.panes.heatmap.colour_bar import ColourBar
from inspector.panes.heatmap.layer import Layer
from inspector.panes.heatmap.matrix_view import MatrixView
from inspector.panes.heatmap.view_model import ViewModel
from inspector.picture.summary import Counts

ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


@dataclass(frozen=True, eq=False)
class Layers:
    """The three pictures, ready to draw.

    Attributes:
        hand, reference, difference: layers of one shape.
        counts: what is not finite or out of range, of the three together.
        title: over the difference.
    """

    hand: Layer
    reference: Layer
    difference: Layer
    counts: tuple[Counts, Counts, Counts]
    title: str


class Triptych(QWidget):
    """Three linked panes.

    Signals:
        hovered: (row, column) under the mouse, or None.
        picked: (row, column) that was clicked.
        nudged: (rows, columns) by which an arrow key wants the picked cell moved.
    """

    hovered = Signal(object)
    picked = Signal(int, int)
    nudged = Signal(int, int)

    def __init__(self, parent: QWidget | None) -> None:
        """Build the panes once; `show_layers` swaps what they draw."""
        super().__init__(parent)
        self.model = ViewModel(self)
        titles = ("HAND", "JAX", "DIFFERENCE")
        self.views = tuple(MatrixView(title, self.model, self) for title in titles)
        self.bars = (ColourBar("Colours of hand and JAX", self), ColourBar("Colours of the difference", self))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.views[0], self.views[1], self.bars[0], self.views[2], self.bars[1]):
            layout.addWidget(widget, 1 if isinstance(widget, MatrixView) else 0)
        for view in self.views:
            view.hovered.connect(self._on_view_hovered)
            view.picked.connect(self.picked)
        self._cell: tuple[int, int] | None = None
        self._hover: tuple[int, int] | None = None
        self._row: int | None = None

    def show_layers(self, layers: Layers | None, colour_map: str, theme: str, message: str = "") -> None:
        """Draw three layers, or a message where there is no picture."""
        three = (None, None, None) if layers is None else (layers.hand, layers.reference, layers.difference)
        if layers is not None:
            self.model.set_matrix(*layers.hand.values.shape)
            self.views[2].title = layers.title
        for view, layer in zip(self.views, three, strict=True):
            view.show_layer(layer, colour_map, theme, message)
        outside = (False,) * 3 if layers is None else tuple(bool(count.outside) for count in layers.counts)
        self.bars[0].show_layer(three[1], colour_map, theme, outside[0] or outside[1])
        self.bars[1].show_layer(three[2], colour_map, theme, outside[2])

    def set_marks(self, cell: tuple[int, int] | None, row: int | None) -> None:
        """Ring a cell in all panes and mark a row; a newly picked cell is moved into view."""
        if cell is not None and cell != self._cell:
            self.model.reveal(*cell)
        self._cell, self._row = cell, row
        self._mark()

    def _on_view_hovered(self, cell: tuple[int, int] | None) -> None:
        if cell != self._hover:
            self._hover = cell
            self._mark()
            self.hovered.emit(cell)

    def _mark(self) -> None:
        for view in self.views:
            view.mark(self._cell, self._hover, self._row)

    def fit(self) -> None:
        """Show the whole matrix."""
        self.model.fit()

    def one_to_one(self) -> None:
        """Cells of 16 pixels, around the picked cell."""
        self.model.one_to_one()
        if self._cell is not None:
            self.model.reveal(*self._cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move the picked cell, with Shift by ten; + and - zoom."""
        arrow = ARROWS.get(Qt.Key(event.key()))
        if arrow is not None:
            step = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.nudged.emit(arrow[0] * step, arrow[1] * step)
        elif event.text() in ("+", "="):
            self.model.zoom(0.8, self.model.centre_x, self.model.centre_y)
        elif event.text() == "-":
            self.model.zoom(1.25, self.model.centre_x, self.model.centre_y)
        else:
            super().keyPressEvent(event)
