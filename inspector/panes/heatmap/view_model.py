"""ViewModel: which part of the matrix all linked panes show. One model, so that views never talk to each other."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QSizeF, QTimer, Signal, Slot

SQUARE_UP_TO = 12.0
"""Up to this ratio of sides cells keep about square; longer matrices fill the pane instead."""

STRETCH = 2.0
"""How much longer than wide a cell may be when the matrix is fitted: panes are narrow, and empty space shows nothing."""

CLOSEST = 1 / 160.0
"""Cells per pixel at the closest: one cell is 160 pixels."""

NATURAL_PX = 16.0
"""Pixels of a cell at `one to one`."""

SETTLED_MS = 400
"""A view that stood still this long is one that the user may want back."""

MOST_VIEWS = 100

View = tuple[float, float, float, float, bool]
"""Centre, cells per pixel, and whether it is fitted."""


class ViewModel(QObject):
    """Centre and scale, shared by all panes.

    Attributes:
        rows, columns: of the matrix.
        centre_x, centre_y: cell coordinates in the middle of every pane; cell k reaches from k - 0.5 to k + 0.5.
        per_x, per_y: cells per pixel.

    Signals:
        changed: any of them is another.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Start on an empty matrix."""
        super().__init__(parent)
        self.rows = self.columns = 1
        self.centre_x = self.centre_y = 0.0
        self.per_x = self.per_y = 1.0
        self._pane = QSizeF(100, 100)
        self._panes: dict[str, QSizeF] = {}
        self._fitted = True
        self._past: list[View] = []
        self._future: list[View] = []
        self._settled = self.view
        self._still = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._still.timeout.connect(self.settle)
        self.changed.connect(self._still.start)

    @property
    def square(self) -> bool:
        """Whether cells keep about square."""
        ratio = self.rows / self.columns
        return 1 / SQUARE_UP_TO <= ratio <= SQUARE_UP_TO

    def set_matrix(self, rows: int, columns: int) -> None:
        """Show another matrix; one of the same shape keeps the view, so that quantities can be compared."""
        if (rows, columns) != (self.rows, self.columns):
            self.rows, self.columns = rows, columns
            self.fit()
            self._past, self._future, self._settled = [], [], self.view

    @property
    def view(self) -> View:
        """What is shown, to be put back with `restore`."""
        return self.centre_x, self.centre_y, self.per_x, self.per_y, self._fitted

    def restore(self, view: View) -> None:
        """Show what was shown before; a fitted view is fitted anew."""
        if view[4]:
            self.fit()
        else:
            self.per_x, self.per_y = view[2], view[3]
            self._move(view[0], view[1])

    @Slot()
    def settle(self) -> None:
        """The view stands still: the one before becomes a step to go back to."""
        self._still.stop()
        if self.view != self._settled and not (self._fitted and self._settled[4]):
            self._past = [*self._past[1 - MOST_VIEWS :], self._settled]
            self._future = []
        self._settled = self.view

    def back(self) -> bool:
        """Show the view before this one; False at the first."""
        self.settle()  # first: it begins new lists
        return self._travel(self._past, self._future)

    def forward(self) -> bool:
        """Show the view that `back` left; False at the last."""
        self.settle()
        return self._travel(self._future, self._past)

    def _travel(self, source: list[View], target: list[View]) -> bool:
        if not source:
            return False
        target.append(self.view)
        self.restore(source.pop())
        self._settled = self.view
        return True

    def set_pane_size(self, pane: str, size: QSizeF) -> None:
        """The size of the picture area of a pane in pixels; the smallest pane counts, a fitted view stays fitted."""
        self._panes[pane] = QSizeF(max(size.width(), 1.0), max(size.height(), 1.0))
        self._measure()

    def forget_pane(self, pane: str) -> None:
        """A pane is hidden: its size doesn't count any more."""
        if self._panes.pop(pane, None) is not None and self._panes:
            self._measure()

    def _measure(self) -> None:
        sizes = self._panes.values()
        smallest = QSizeF(min(one.width() for one in sizes), min(one.height() for one in sizes))
        if smallest != self._pane:
            self._pane = smallest
            if self._fitted:
                self.fit()

    def fit(self) -> None:
        """Show all of the matrix."""
        self.centre_x, self.centre_y = (self.columns - 1) / 2, (self.rows - 1) / 2
        self.per_x = self.columns / self._pane.width()
        self.per_y = self.rows / self._pane.height()
        if self.square:
            closest = max(self.per_x, self.per_y) / STRETCH
            self.per_x, self.per_y = max(self.per_x, closest), max(self.per_y, closest)
        self._fitted = True
        self.changed.emit()

    def one_to_one(self) -> None:
        """One cell is 16 pixels."""
        self.per_x = self.per_y = 1 / NATURAL_PX
        self._move(self.centre_x, self.centre_y)

    def zoom(self, factor: float, x: float, y: float) -> None:
        """Zoom by a factor (below 1: closer) with the cell position (x, y) staying where it is."""
        lowest = min(CLOSEST, self.per_x, self.per_y)
        factor = max(factor, lowest / min(self.per_x, self.per_y))
        widest = 2 * max(self.columns / self._pane.width(), self.rows / self._pane.height())
        factor = min(factor, max(1.0, widest / max(self.per_x, self.per_y)))
        self.per_x, self.per_y = self.per_x * factor, self.per_y * factor
        self._move(x + (self.centre_x - x) * factor, y + (self.centre_y - y) * factor)

    def pan(self, dx_px: float, dy_px: float) -> None:
        """Move the picture by pixels."""
        self._move(self.centre_x - dx_px * self.per_x, self.centre_y - dy_px * self.per_y)

    def show_rect(self, rect: QRectF) -> None:
        """Zoom to a rectangle in cell coordinates."""
        per_x, per_y = rect.width() / self._pane.width(), rect.height() / self._pane.height()
        if self.square:
            shape = self.per_y / self.per_x
            per_x = max(per_x, per_y / shape)
            per_y = per_x * shape
        self.per_x, self.per_y = max(per_x, CLOSEST), max(per_y, CLOSEST)
        self._move(rect.center().x(), rect.center().y())

    def shown_rows(self) -> tuple[float, float]:
        """First and last row that can be seen, as cell coordinates."""
        half = self._pane.height() * self.per_y / 2
        return self.centre_y - half + 0.5, self.centre_y + half - 0.5

    def centre_on_row(self, row: float) -> None:
        """Move a row into the middle."""
        self._move(self.centre_x, row)

    def reveal(self, row: int, column: int) -> None:
        """Move just enough that a cell can be seen."""
        half_x, half_y = self._pane.width() * self.per_x / 2, self._pane.height() * self.per_y / 2
        x = min(max(self.centre_x, column + 0.5 - half_x), column - 0.5 + half_x) if half_x > 0.5 else float(column)
        y = min(max(self.centre_y, row + 0.5 - half_y), row - 0.5 + half_y) if half_y > 0.5 else float(row)
        if (x, y) != (self.centre_x, self.centre_y):
            self._move(x, y)

    def _move(self, x: float, y: float) -> None:
        """Centre on a point, which stays inside the matrix."""
        self.centre_x = min(max(x, -0.5), self.columns - 0.5)
        self.centre_y = min(max(y, -0.5), self.rows - 0.5)
        self._fitted = False
        self.changed.emit()
