"""Steps: the whole run as a picture, a row for every statement and a column for every iteration; a click goes there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QScrollBar, QWidget

from inspector.debugger.records import Overview
from inspector.debugger.threads import Key, Worker
from inspector.panes.debug.axis import Axis
from inspector.panes.debug.common import NO_RECORDING
from inspector.panes.debug.grid_canvas import GridCanvas
from inspector.panes.debug.grid_cells import Cells
from inspector.panes.debug.grid_legend import GridLegend
from inspector.pictures import Pictures
from inspector.state import State
from rnn.arrays import AnyArray

AT_ONCE = 300_000
"""Cells that are prepared without a thread."""

LEAST_PICTURE = 130
"""Height that is left to the picture before its legend is shown."""

PART = 1000.0
"""A scroll bar counts parts of a cell."""

NOT_ASKED = "Nothing is judged yet: ask JAX about the recording (Ctrl+Shift+J)"


def _part(axis: Axis) -> float:
    """Counts of a scroll bar for one row or column: thousandths, or fewer where Qt's 32 bits would not hold them."""
    return min(PART, (2**31 - 1) / max(axis.total, 1))


class GridPane(QWidget):
    """The grid, its scroll bars and its legend.

    Attributes:
        canvas: the picture.
    """

    def __init__(self, state: State, pictures: Pictures, parent: QWidget) -> None:
        """Follows the debugger by itself."""
        super().__init__(parent)
        self.state, self._debugger = state, state.debugger
        self._worker = Worker("steps: shades of cells", self)
        self._hit_worker = Worker("steps: cells that stop", self)
        self._shown: Overview | None = None
        self._hits_of: object = None
        self._rows: dict[int, int] = {}
        self.canvas = GridCanvas(self)
        self.setFocusProxy(self.canvas)
        self._legend = GridLegend(self)
        self._bars = [self._bar(Qt.Orientation.Horizontal), self._bar(Qt.Orientation.Vertical)]
        self._build()
        self.canvas.chosen.connect(self._on_canvas_chosen)
        self.canvas.viewed.connect(self._show_bars)
        self._worker.done.connect(self._on_worker_done)
        self._hit_worker.done.connect(self._on_hits_done)
        for worker in (self._worker, self._hit_worker):
            self.destroyed.connect(worker.close)
        debugger = self._debugger
        debugger.opened_changed.connect(self.synchronize)
        debugger.busy_changed.connect(self._show_message)
        debugger.here_changed.connect(self._show_place)
        debugger.stops_changed.connect(self._show_hits)
        state.view_changed.connect(self._on_view_changed)
        self.synchronize()

    def _bar(self, orientation: Qt.Orientation) -> QScrollBar:
        bar = QScrollBar(orientation, self)
        bar.setAccessibleName("Iterations" if orientation == Qt.Orientation.Horizontal else "Statements")
        bar.valueChanged.connect(lambda value: self.canvas.scroll_to(self._axis(bar), value / _part(self._axis(bar))))
        return bar

    def _build(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(3)
        layout.addWidget(self.canvas, 0, 0)
        layout.addWidget(self._bars[1], 0, 1)
        layout.addWidget(self._bars[0], 1, 0)
        layout.addWidget(self._legend, 2, 0, 1, 2)
        layout.setRowStretch(0, 1)
        layout.setColumnStretch(0, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for both, the picture is worth more than its legend."""
        super().resizeEvent(event)
        self._legend.setVisible(self.height() >= LEAST_PICTURE + self._legend.height())

    # For actions

    @Slot()
    def zoom_in(self) -> None:
        """Enlarge columns around the present step."""
        self.canvas.zoom_in()

    @Slot()
    def zoom_out(self) -> None:
        """Show more columns."""
        self.canvas.zoom_out()

    @Slot()
    def fit(self) -> None:
        """Show the whole run."""
        self.canvas.fit()

    # Following

    @Slot()
    def synchronize(self) -> None:
        """Draw everything from the debugger."""
        overview = self._debugger.overview
        if overview is not self._shown:
            self._shown = overview
            self._take_overview(overview)
        self._show_remark()
        self._show_message()
        self._show_place()

    def _take_overview(self, overview: Overview | None) -> None:
        self._worker.drop()
        shown = self.canvas.cells
        if overview is None:
            self._take_cells(None)
        elif overview.counts.size <= AT_ONCE:
            self._take_cells(Cells(overview))
        else:
            if shown is not None and shown.overview.path != overview.path:
                self._take_cells(None)
            self._worker.ask(("cells",), lambda: Cells(overview))

    @Slot(object, object)
    def _on_worker_done(self, _: Key, cells: Cells) -> None:
        self._take_cells(cells)
        self._show_place()

    def _take_cells(self, cells: Cells | None) -> None:
        other = cells is None or self.canvas.cells is None or self.canvas.cells.overview.path != cells.overview.path
        folded = None if cells is None else cells.overview.folded
        self._rows = {} if folded is None else {row.statement: place for place, row in enumerate(folded.rows)}
        self.canvas.show_hits(np.zeros(0, np.int64))
        self.canvas.show_cells(cells, self._message())
        if other:
            self.canvas.fit()
        self._show_hits()

    def _message(self) -> str:
        if self._debugger.overview is None and self._debugger.recording is None:
            return f"{self._debugger.busy} \u2026" if self._debugger.busy else NO_RECORDING
        return "Looking through the recording \u2026"

    @Slot()
    def _show_message(self) -> None:
        if self.canvas.cells is None and self.canvas.message != self._message():
            self.canvas.show_cells(None, self._message())

    def _show_remark(self) -> None:
        overview = self._debugger.overview
        if overview is None or overview.matches is not None:
            self._legend.show_remark("")
        else:
            self._legend.show_remark(overview.note or NOT_ASKED)

    @Slot()
    def _show_place(self) -> None:
        self.canvas.show_place(self._place())

    def _place(self) -> tuple[int, int] | None:
        """Row and column of the present step; the entry of a function has no row."""
        here, cells = self._debugger.here, self.canvas.cells
        if here is None or cells is None or here.step >= len(cells.overview.folded.row):
            return None
        row, column = (int(part[here.step]) for part in (cells.overview.folded.row, cells.overview.folded.column))
        if row < 0 and here.loop_ended:
            row = self._rows.get(int(self._debugger.recording.steps["statement"][here.step]), -1)
        return row, column

    @Slot()
    def _show_hits(self) -> None:
        """Mark what stops, as soon as it is known; looking it up in millions of steps is left to a thread."""
        cells, steps = self.canvas.cells, self._debugger.stops.steps()
        if cells is None:
            return
        self._hit_worker.drop()
        if len(steps) <= AT_ONCE:
            self.canvas.show_hits(hit_cells(cells, steps))
        else:
            self._hit_worker.ask(("hits",), lambda: hit_cells(cells, steps))

    @Slot(object, object)
    def _on_hits_done(self, _: Key, hits: AnyArray) -> None:
        self.canvas.show_hits(hits)

    @Slot()
    def _on_view_changed(self) -> None:
        self.canvas.redraw()
        self._legend.update()

    def _axis(self, bar: QScrollBar) -> Axis:
        across = bar.orientation() == Qt.Orientation.Horizontal
        return self.canvas.frame.columns if across else self.canvas.frame.rows

    @Slot()
    def _show_bars(self) -> None:
        for bar in self._bars:
            axis = self._axis(bar)
            needed = self.canvas.cells is not None and axis.zoom > 1 and axis.room < axis.total
            blocked = bar.blockSignals(True)
            part = _part(axis)
            bar.setRange(0, round((axis.total - axis.room) * part) if needed else 0)
            bar.setPageStep(max(1, round(min(axis.room, axis.total) * part)))
            bar.setSingleStep(max(1, round(min(axis.room, axis.total) * part / 20)))
            bar.setValue(round(axis.start * part))
            bar.blockSignals(blocked)
            if bar.isHidden() == needed:
                bar.setVisible(needed)

    # Acting

    @Slot(int, int, bool)
    def _on_canvas_chosen(self, row: int, column: int, visit: bool) -> None:
        cells = self.canvas.cells
        step = None if cells is None else cells.overview.folded.first_step(row, column)
        here = self._debugger.here
        if step is not None and (here is None or here.step != step):
            self._debugger.go_to(step, visit)


def hit_cells(cells: Cells, steps: AnyArray) -> AnyArray:
    """Numbers of the cells that steps belong to: ascending (k,) columns * rows + row; what has no row is left out."""
    folded = cells.overview.folded
    steps = steps[steps < len(folded.row)]
    rows, columns = folded.row[steps], folded.column[steps]
    return np.unique(columns[rows >= 0].astype(np.int64) * max(cells.rows, 1) + rows[rows >= 0])
