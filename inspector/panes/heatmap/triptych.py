"""Triptych: hand, JAX and difference, linked through one view model: side by side, one alone, or split by a line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QVBoxLayout, QWidget

from inspector.panes.heatmap.colour_bar import ColourBar
from inspector.panes.heatmap.layer import Layer
from inspector.panes.heatmap.matrix_view import Cell, MatrixView, Region
from inspector.panes.heatmap.overview import OverviewStrip
from inspector.panes.heatmap.profiles import Profiles
from inspector.panes.heatmap.view_model import ViewModel
from inspector.picture.side_words import short_label, sided
from inspector.records import DIFFERENCE, HAND, REFERENCE, SPLIT, TRIPTYCH
from rnn.arrays import AnyArray

ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}

TITLES = {HAND: "HAND", REFERENCE: "JAX", DIFFERENCE: "DIFFERENCE"}
TAB_TEXTS = ("Hand", "JAX", "Difference")
USUAL = ("hand", "JAX")
THREE_FROM_PX = 600
"""Width below which three panes are too narrow: they become tabs."""


@dataclass(frozen=True, eq=False)
class Layers:
    """The three pictures, ready to draw.

    Attributes:
        hand, reference, difference: layers of one shape.
        outside: whether values lie outside the range of the colours, of each.
        title: over the difference. rows: per row the worst class of its differences (0, 1, 2).
    """

    hand: Layer
    reference: Layer
    difference: Layer
    outside: tuple[bool, ...]
    title: str
    rows: AnyArray


class Triptych(QWidget):
    """Linked panes.

    Signals:
        hovered: (row, column) under the mouse, or None.
        picked: (row, column) that was clicked.
        nudged: (rows, columns) by which an arrow key wants the picked cell moved.
        marked: two opposite cells of a rectangle. split_moved: place of the split line, 0 to 1.
        flip_held: whether the key that flips is held down.
    """

    hovered = Signal(object)
    picked = Signal(int, int)
    nudged = Signal(int, int)
    marked = Signal(object, object)
    split_moved = Signal(float)
    flip_held = Signal(bool)

    def __init__(self, parent: QWidget | None, overview: bool = True) -> None:
        """Build the panes once; `show_layers` swaps what they draw."""
        super().__init__(parent)
        self.model = ViewModel(self)
        self.views = tuple(MatrixView(title, self.model, self) for title in TITLES.values())
        self.bars = (ColourBar("Colours of hand and JAX", self), ColourBar("Colours of the difference", self))
        self.overview, self.profiles = OverviewStrip(self.model, self), Profiles(self)
        self._tabs = QTabBar(self)
        self._has_overview = overview
        self._layers: Layers | None = None
        self._looks: tuple[str, str, str] = ("", "light", "")
        self._mode, self._split, self._flipped, self._profiled = TRIPTYCH, 0.5, False, False
        self._sides = ("hand", "JAX")
        self._cell: Cell | None = None
        self._hover: Cell | None = None
        self._row: int | None = None
        self._region: Region | None = None
        self._build()
        for view in self.views:
            view.hovered.connect(self._on_view_hovered)
            view.picked.connect(self.picked)
            view.marked.connect(self.marked)
            view.split_moved.connect(self.split_moved)
        self._arrange()

    def _build(self) -> None:
        for text in TAB_TEXTS:
            self._tabs.addTab(text)
        self._tabs.setCurrentIndex(2)
        self._tabs.setAccessibleName("Which of the three pictures is shown")
        self._tabs.setDrawBase(False)
        self._tabs.currentChanged.connect(self._arrange)
        row = QHBoxLayout()
        row.setSpacing(0)
        for widget in (self.views[0], self.views[1], self.bars[0], self.views[2], self.overview, self.bars[1]):
            row.addWidget(widget, 1 if isinstance(widget, MatrixView) else 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._tabs)
        layout.addLayout(row, 1)
        layout.addWidget(self.profiles)

    def show_layers(self, layers: Layers | None, colour_map: str, theme: str, message: str = "") -> None:
        """Draw three layers, or a message where there is no picture."""
        self._layers, self._looks = layers, (colour_map, theme, message)
        if layers is not None:
            self.model.set_matrix(*layers.hand.values.shape)
        self._draw()

    def call_sides(self, names: tuple[str, str]) -> None:
        """Call both sides by their names, above the panes, on the tabs and in the profiles."""
        if names != self._sides:
            self._sides = self.profiles.sides = names
            for tab, name in enumerate(names):
                self._tabs.setTabText(tab, short_label(name).replace("&", "&&") if names != USUAL else TAB_TEXTS[tab])
            self._draw()

    def show_as(self, mode: str, split: float, profiles: bool) -> None:
        """Arrange the panes.

        Args:
            mode: one of `records.MODES`. split: place of the line. profiles: whether they are shown.
        """
        if (mode, split, profiles) != (self._mode, self._split, self._profiled):
            self._mode, self._split, self._profiled = mode, split, profiles
            self._arrange()

    def flip(self, flipped: bool) -> None:
        """Let hand and JAX change places."""
        if flipped != self._flipped:
            self._flipped = flipped
            self._draw()

    @property
    def shown_mode(self) -> str:
        """The mode, as far as there is room: three panes that would be too narrow become tabs."""
        if self._mode == TRIPTYCH and self.width() < THREE_FROM_PX:
            return (HAND, REFERENCE, DIFFERENCE)[self._tabs.currentIndex()]
        return self._mode

    def _arrange(self) -> None:
        """Show the panes that the mode wants."""
        mode = self.shown_mode
        self._tabs.setVisible(self._mode == TRIPTYCH and mode != TRIPTYCH)
        shown = {TRIPTYCH: (0, 1, 2), HAND: (0,), REFERENCE: (1,), DIFFERENCE: (2,), SPLIT: (0,)}[mode]
        focus = any(view.hasFocus() for view in self.views)
        for number, view in enumerate(self.views):
            view.setVisible(number in shown)
            if number not in shown:
                self.model.forget_pane(TITLES[(HAND, REFERENCE, DIFFERENCE)[number]])
        self.bars[0].setVisible(mode != DIFFERENCE)
        self.bars[1].setVisible(mode in (TRIPTYCH, DIFFERENCE))
        self.overview.setVisible(self._has_overview and mode in (TRIPTYCH, DIFFERENCE))
        self.profiles.setVisible(self._profiled)
        if focus and not any(view.hasFocus() for view in self.views):
            self.views[shown[0]].setFocus()
        self._draw()

    def _draw(self) -> None:
        layers, (colour_map, theme, message) = self._layers, self._looks
        called = ("HAND", "JAX") if self._sides == USUAL else tuple(map(short_label, self._sides))
        sides = called[:: -1 if self._flipped else 1]
        split = self.shown_mode == SPLIT
        self.views[0].title = f"{sides[0]}  |  {sides[1]}" if split else sides[0]
        self.views[1].title = sides[1]
        if layers is None:
            for view in self.views:
                view.show_layer(None, colour_map, theme, message)
            self.views[0].show_second(None, self._split)
            self.bars[0].show_layer(None, colour_map, theme, False)
            self.bars[1].show_layer(None, colour_map, theme, False)
            self.overview.show_rows(np.zeros(0, np.uint8))
            self.profiles.show_cell(None, None, None)
            return
        first, second = (layers.reference, layers.hand) if self._flipped else (layers.hand, layers.reference)
        self.views[2].title = sided(layers.title, self._sides)
        for view, layer in zip(self.views, (first, second, layers.difference), strict=True):
            view.show_layer(layer, colour_map, theme, message)
        self.views[0].show_second(second if split else None, self._split)
        self.bars[0].show_layer(layers.reference, colour_map, theme, layers.outside[0] or layers.outside[1])
        self.bars[1].show_layer(layers.difference, colour_map, theme, layers.outside[2])
        self.overview.show_rows(layers.rows)
        self._draw_profiles()

    def _draw_profiles(self) -> None:
        if self._profiled and self._layers is not None:
            self.profiles.show_cell(self._layers.hand, self._layers.reference, self._cell)

    def set_marks(self, cell: Cell | None, row: int | None, region: Region | None = None) -> None:
        """Ring a cell in all panes, mark a row and a region; a newly picked cell is moved into view."""
        if cell is not None and cell != self._cell:
            self.model.reveal(*cell)
        self._cell, self._row, self._region = cell, row, region
        self._mark()
        self._draw_profiles()

    def _on_view_hovered(self, cell: Cell | None) -> None:
        if cell != self._hover:
            self._hover = cell
            self._mark()
            self.hovered.emit(cell)

    def _mark(self) -> None:
        for view in self.views:
            view.mark(self._cell, self._hover, self._row, self._region)

    def fit(self) -> None:
        """Show the whole matrix."""
        self.model.fit()

    def one_to_one(self) -> None:
        """Cells of 16 pixels, around the picked cell."""
        self.model.one_to_one()
        if self._cell is not None:
            self.model.reveal(*self._cell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Three panes or tabs, as there is room."""
        super().resizeEvent(event)
        if (event.oldSize().width() < THREE_FROM_PX) != (event.size().width() < THREE_FROM_PX):
            self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move the picked cell, with Shift by ten; + and - zoom; Space flips while it is held."""
        arrow = ARROWS.get(Qt.Key(event.key()))
        if arrow is not None:
            step = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.nudged.emit(arrow[0] * step, arrow[1] * step)
        elif event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.flip_held.emit(True)
        elif event.text() in ("+", "="):
            self.model.zoom(0.8, self.model.centre_x, self.model.centre_y)
        elif event.text() == "-":
            self.model.zoom(1.25, self.model.centre_x, self.model.centre_y)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Letting Space go turns hand and JAX back."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.flip_held.emit(False)
        else:
            super().keyReleaseEvent(event)
