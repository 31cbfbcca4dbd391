"""Look: what of a result is looked at, and how; the selection and the view, with the verbs that change them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from inspector.records import METRICS, SCALES, THEMES, Selection, ViewState
from inspector.severity import first_choice, is_per_step, next_cell, picture_shape
from rnn.results import Inspection

if TYPE_CHECKING:
    from inspector.pictures import Pictures
    from inspector.settings import Memory


class Look(QObject):
    """One selection and one view, that all panes follow.

    Signals:
        selection_changed, view_changed: read `selection` and `view`.
        said: a quiet sentence for the user.
    """

    selection_changed = Signal()
    view_changed = Signal()
    said = Signal(str)

    def __init__(self, pictures: Pictures, memory: Memory, parent: QObject | None = None) -> None:
        """Begins with nothing selected and the remembered view."""
        super().__init__(parent)
        self._pictures, self._memory = pictures, memory
        self._result: Inspection | None = None
        self._cells: dict[str, tuple[int, int] | None] = {}
        self.selection = Selection()
        self.view = memory.view()

    def take_result(self, result: Inspection) -> None:
        """Look at another result, at the same quantity and cell where it has them."""
        self._result = result
        self._select(replace(self.selection, quantity=first_choice(result, self.selection.quantity)), fresh=True)

    def _within(self, wanted: Selection) -> Selection:
        """The selection with t, sample and cell inside the result."""
        result = self._result
        if result is None or wanted.quantity is None:
            return Selection()
        steps, batch = int(result.problem.get("T", 1)), int(result.problem.get("B", 1))
        rows, columns = picture_shape(result.report(wanted.quantity).shape, is_per_step(result.report(wanted.quantity)))
        cell = wanted.cell
        if cell is not None and not (0 <= cell[0] < rows and 0 <= cell[1] < columns):
            cell = None
        t, sample = min(max(wanted.t, 0), steps - 1), min(max(wanted.sample, 0), batch - 1)
        return replace(wanted, cell=cell, t=t, sample=sample)

    def _select(self, wanted: Selection, fresh: bool = False) -> None:
        chosen = self._within(wanted)
        if chosen == self.selection and not fresh:
            return
        before, self.selection = self.selection, chosen
        if chosen.quantity is not None:
            self._cells[chosen.quantity] = chosen.cell
        if self._result is not None and (fresh or (before.quantity, before.sample) != (chosen.quantity, chosen.sample)):
            self._pictures.request(self._result, chosen.quantity, chosen.sample)
        self.selection_changed.emit()

    def select_quantity(self, name: str) -> None:
        """Show another quantity; its picked cell comes back with it."""
        if self._result is not None and any(report.name == name for report in self._result.reports()):
            self._select(replace(self.selection, quantity=name, cell=self._cells.get(name)))

    def select_t(self, t: int) -> None:
        """Go to a step; in a per-step picture the picked cell follows into its row."""
        cell = self.selection.cell
        row_is_t = cell is not None and self._per_step()
        self._select(replace(self.selection, t=t, cell=(t, cell[1]) if cell is not None and row_is_t else cell))

    def select_sample(self, sample: int) -> None:
        """Go to an entry of the batch."""
        self._select(replace(self.selection, sample=sample))

    def pick(self, row: int, column: int) -> None:
        """Pick a cell of the picture; in a per-step picture its row is also the step. Outside is ignored."""
        wanted = replace(self.selection, cell=(row, column), t=row if self._per_step() else self.selection.t)
        if self._within(wanted).cell is not None:
            self._select(wanted)

    def clear_pick(self) -> None:
        """Let go of the picked cell."""
        self._select(replace(self.selection, cell=None))

    def _per_step(self) -> bool:
        name = self.selection.quantity
        return self._result is not None and name is not None and is_per_step(self._result.report(name))

    def element(self) -> str | None:
        """The picked cell as `dW_hh[3,4]`, with the sample for a per-step quantity; None where none is picked."""
        selection = self.selection
        if self._result is None or selection.quantity is None or selection.cell is None:
            return None
        report = self._result.report(selection.quantity)
        row, column = selection.cell
        if is_per_step(report):
            index: tuple[int, ...] = (row, selection.sample, column)
        else:
            index = (row, column) if len(report.shape) == 2 else (column,)
        return f"{selection.quantity}[{','.join(map(str, index))}]"

    def step_difference(self, direction: int) -> None:
        """Pick the next (+1) or previous (-1) difference of the shown picture, worst first."""
        picture = self._pictures.current
        self._walk(None if picture is None else picture.differences, direction, "difference")

    def step_non_finite(self, direction: int = 1) -> None:
        """Pick the next NaN or infinity of the shown picture, in reading order."""
        picture = self._pictures.current
        self._walk(None if picture is None else picture.non_finite, direction, "NaN or infinity")

    def _walk(self, cells: np.ndarray[Any, Any] | None, direction: int, what: str) -> None:
        """Pick the neighbour of the picked cell in `cells (n, 2)` and say which of how many it is."""
        found = None if cells is None else next_cell(cells, self.selection.cell, direction)
        if cells is None or found is None:
            name = self.selection.quantity
            self.said.emit(f"No {what} in {name}" if name else "There is no result yet")
            return
        position, wrapped = found
        self.pick(int(cells[position, 0]), int(cells[position, 1]))
        begin = "begins" if direction > 0 else "ends"
        self.said.emit(f"{what} {position + 1} of {len(cells)}" + (f"; the list {begin} again" if wrapped else ""))

    def set_metric(self, metric: str) -> None:
        """Show the difference as one of `METRICS`; anything else is ignored."""
        if metric in METRICS:
            self._set_view(metric=metric)

    def set_scale(self, scale: str) -> None:
        """Colour by one of `SCALES`; anything else is ignored."""
        if scale in SCALES:
            self._set_view(scale=scale)

    def set_locked(self, locked: bool) -> None:
        """Whether the difference shares the range of hand and reference."""
        self._set_view(locked=bool(locked))

    def set_colour_map(self, name: str) -> None:
        """Use another colour map."""
        self._set_view(colour_map=name)

    def set_theme(self, theme: str) -> None:
        """Use one of `THEMES`; anything else is ignored."""
        if theme in THEMES:
            self._set_view(theme=theme)

    def _set_view(self, **changes: Any) -> None:
        view: ViewState = replace(self.view, **changes)
        if view != self.view:
            self.view = view
            self._memory.set_view(view)
            self.view_changed.emit()
