"""Look: what of a result is looked at, and how; the selection and the view, with the verbs that change them."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from inspector.kept_views import ALLOWED, kept_cells, kept_views
from inspector.records import DIFFERENCE, PER_QUANTITY, Selection, ViewState
from inspector.severity import (
    element_index,
    first_choice,
    is_news,
    is_per_step,
    next_cell,
    picture_shape,
    place_of,
    worst_gradient,
    wrong_forward,
)
from rnn.results import Inspection, QuantityReport

if TYPE_CHECKING:
    from inspector.pictures import Pictures
    from inspector.settings import Memory
    from inspector.situation import History


class Look(QObject):
    """One selection and one view, that all panes follow.

    Signals:
        selection_changed, view_changed: read `selection` and `view`.
        flip_changed: read `flipped`.
        said: a quiet sentence for the user.
    """

    selection_changed = Signal()
    view_changed = Signal()
    flip_changed = Signal()
    said = Signal(str)

    def __init__(self, pictures: Pictures, memory: Memory, history: History, parent: QObject | None = None) -> None:
        """Begins with nothing selected and the view of the history's present."""
        super().__init__(parent)
        self._pictures, self._memory, self._history = pictures, memory, history
        self._result: Inspection | None = None
        self._cells: dict[str, tuple[int, int] | None] = {}
        self._views: dict[str, dict[str, Any]] = {}
        self._history_of: tuple[str | None, tuple[int, ...] | None] = (None, None)
        self.selection = Selection()
        self.flipped = False

    @property
    def view(self) -> ViewState:
        """How pictures are drawn."""
        return self._history.present.view

    def take_result(self, result: Inspection, kept: Selection | None = None) -> None:
        """Look at another result: at what a session has `kept`, else at the same quantity and cell, else at where it is wrong."""
        if kept is not None and kept.quantity in [report.name for report in result.pictured()]:
            self._result = result
            return self._select(kept, fresh=True)
        first, before = result.first_divergence, self.selection.quantity
        news, forward = is_news(result, self._result, before), wrong_forward(result)
        wanted = replace(self.selection, quantity=first_choice(result, None if news else before))
        if news and forward is not None:
            wanted = replace(wanted, t=forward.first_wrong_t or 0, cell=None, region=None)
        elif self._result is None and first is not None:
            wanted = replace(wanted, t=first.t, sample=first.index[0] if len(first.index) == 2 else 0)
        self._result = result
        self._select(wanted, fresh=True)

    def restart(self, cells: Any = None, views: Any = None) -> None:
        """Look at nothing; quantities keep what a session says, which is checked here. Nobody is told yet."""
        self._result, self.selection, self._history_of = None, Selection(), (None, None)
        self._cells, self._views = kept_cells(cells), kept_views(views)

    def kept(self) -> dict[str, Any]:
        """Selection, and what every quantity keeps for itself, to be put into a session."""
        cells = {name: list(cell) for name, cell in self._cells.items() if cell is not None}
        return {"selection": asdict(self.selection), "cells": cells, "views": self._views}

    def _within(self, wanted: Selection) -> Selection:
        """The selection with t, sample, cell and region inside the result."""
        result = self._result
        if result is None or wanted.quantity is None:
            return Selection()
        steps, batch = int(result.problem.get("T", 1)), int(result.problem.get("B", 1))
        rows, columns = picture_shape(result.report(wanted.quantity).shape, is_per_step(result.report(wanted.quantity)))
        cell, region = wanted.cell, wanted.region
        if cell is not None and not (0 <= cell[0] < rows and 0 <= cell[1] < columns):
            cell = None
        if region is not None and not (0 <= region[0] <= region[2] < rows and 0 <= region[1] <= region[3] < columns):
            region = None
        t, sample = min(max(wanted.t, 0), steps - 1), min(max(wanted.sample, 0), batch - 1)
        return replace(wanted, cell=cell, region=region, t=t, sample=sample)

    def _select(self, wanted: Selection, fresh: bool = False) -> None:
        chosen = self._within(wanted)
        if chosen == self.selection and not fresh:
            return
        before, self.selection = self.selection, chosen
        if chosen.quantity is not None:
            self._cells[chosen.quantity] = chosen.cell
        if chosen.quantity != before.quantity:
            self._take_view_of(before.quantity, chosen.quantity)
        if self._result is not None and (fresh or (before.quantity, before.sample) != (chosen.quantity, chosen.sample)):
            self._pictures.request(self._result, chosen.quantity, chosen.sample)
        self._ask_for_history(fresh)
        self.selection_changed.emit()

    def _ask_for_history(self, fresh: bool) -> None:
        """The history of an entry between steps is that of its sample and unit, whatever the step."""
        index = self.index()
        wanted = self.selection.quantity, (0, *index[1:]) if index is not None and self._per_step() else index
        if fresh or wanted != self._history_of:
            self._history_of = wanted
            self._pictures.request_history(self._result, *wanted)

    def _take_view_of(self, before: str | None, after: str | None) -> None:
        """Every quantity keeps its own metric, scale and range; a new one takes the present metric and scale."""
        if before is not None:
            self._views[before] = {name: getattr(self.view, name) for name in PER_QUANTITY}
        own = self._views.get(after or "", {"value_bound": None, "difference_bound": None})
        view = replace(self.view, **own)
        changed = view != self.view
        self._history.amend(view=view, quantity=after)
        if changed and before is not None:
            self.view_changed.emit()

    def select_quantity(self, name: str) -> None:
        """Show another quantity; its picked cell comes back with it."""
        if self._result is not None and any(report.name == name for report in self._result.pictured()):
            self._select(replace(self.selection, quantity=name, cell=self._cells.get(name), region=None))

    def select_t(self, t: int) -> None:
        """Go to a step; in a per-step picture the picked cell follows into its row."""
        cell = self.selection.cell
        if cell is not None and self._per_step() and self._result is not None:
            cell = (min(max(t, 0), int(self._result.problem["T"]) - 1), cell[1])
        self._select(replace(self.selection, t=t, cell=cell))

    def select_sample(self, sample: int) -> None:
        """Go to an entry of the batch."""
        self._select(replace(self.selection, sample=sample))

    def pick(self, row: int, column: int) -> None:
        """Pick a cell of the picture; in a per-step picture its row is also the step. Outside is ignored."""
        wanted = replace(self.selection, cell=(row, column), t=row if self._per_step() else self.selection.t)
        if self._within(wanted).cell is not None:
            self._select(wanted)

    def clear_pick(self) -> None:
        """Let go of the marked region, then of the picked cell."""
        if self.selection.region is not None:
            self._select(replace(self.selection, region=None))
        else:
            self._select(replace(self.selection, cell=None))

    def mark_region(self, corner: tuple[int, int], opposite: tuple[int, int]) -> None:
        """Mark the rectangle between two cells, both included; what lies outside the picture is cut off."""
        report = self.report()
        if report is None:
            return
        rows, columns = picture_shape(report.shape, is_per_step(report))
        top, bottom = sorted(min(max(cell[0], 0), rows - 1) for cell in (corner, opposite))
        left, right = sorted(min(max(cell[1], 0), columns - 1) for cell in (corner, opposite))
        self._select(replace(self.selection, region=(top, left, bottom, right)))

    def report(self) -> QuantityReport | None:
        """The report of the selected quantity."""
        name = self.selection.quantity
        return self._result.report(name) if self._result is not None and name is not None else None

    def _per_step(self) -> bool:
        report = self.report()
        return report is not None and is_per_step(report)

    def index(self) -> tuple[int, ...] | None:
        """Index of the picked cell into the quantity's array; None where none is picked."""
        report, cell = self.report(), self.selection.cell
        return None if report is None or cell is None else element_index(report, cell, self.selection.sample)

    def element(self) -> str | None:
        """The picked cell as `dW_hh[3,4]`, with the sample for a per-step quantity; None where none is picked."""
        index = self.index()
        return None if index is None else f"{self.selection.quantity}[{','.join(map(str, index))}]"

    def go_to(self, name: str, index: tuple[int, ...]) -> None:
        """Select a quantity and pick one entry of its array."""
        self.select_quantity(name)
        report = self.report()
        if report is not None and report.name == name and len(index) == len(report.shape):
            cell, sample = place_of(report, index)
            if sample is not None:
                self.select_sample(sample)
            self.pick(*cell)

    def go_to_first_divergence(self) -> None:
        """Go to the first entry that is wrong, walking back from the last step."""
        first = None if self._result is None else self._result.first_divergence
        if first is None:
            self.said.emit("No per-step gradient differs" if self._result is not None else "There is no result yet")
            return
        self.go_to(first.quantity, (first.t, *first.index))
        self.said.emit(f"{first.quantity} differs first at t = {first.t}")

    def go_to_check(self, name: str) -> None:
        """Go to what a check failed on: the first wrong step of the `forward` pass, or the worst of the `gradients`."""
        if self._result is None or name not in ("forward", "gradients"):
            return
        report = wrong_forward(self._result) if name == "forward" else worst_gradient(self._result)
        if report is not None and report.wrong:
            self.select_quantity(report.name)
            if report.first_wrong_t is not None:
                self.select_t(report.first_wrong_t)

    def go_to_worst(self) -> None:
        """Pick the entry of the selected quantity with the largest |difference|."""
        report = self.report()
        if report is not None and report.worst_index is not None:
            self.go_to(report.name, report.worst_index)

    def go_to_worst_step(self) -> None:
        """Go to the step at which the picked entry's history differs most."""
        history = self._pictures.history
        if self.selection.cell is None or history is None or history.hand is None:
            self.said.emit("Pick a cell whose history is known by hand and by JAX first")
            return
        with np.errstate(all="ignore"):
            apart = np.abs(history.hand - history.reference)
        t = int(np.argmax(np.where(np.isnan(apart), np.inf, apart)))
        self.select_t(t)
        self.said.emit(f"t = {t}: its part differs by {apart[t]:.3g}, more than that of any other step")

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

    # The view

    def set_view(self, merge: str = "", **changes: Any) -> None:
        """Change fields of `ViewState`; a value that makes no sense is ignored.

        Args:
            merge: name of a drag, whose changes are one step of undo.
            changes: fields and values.
        """
        good = {name: value for name, value in changes.items() if name not in ALLOWED or ALLOWED[name](value)}
        if good.get("metric", self.view.metric) != self.view.metric:
            good = {"difference_bound": None, **good}  # a bound in the old metric's unit means nothing in the new one's
        if self._history.take(merge, view=replace(self.view, **good), quantity=self.selection.quantity):
            self.show_view()

    def show_view(self) -> None:
        """Tell everybody that the view is another, and remember it."""
        self._memory.set_view(self.view)
        self.view_changed.emit()

    def set_bound(self, which: str, value: float | None, merge: str = "") -> None:
        """Set the value of the end colours of the difference, or of hand and reference; None takes the largest."""
        name = "difference_bound" if which == DIFFERENCE else "value_bound"
        if value is None or (math.isfinite(value) and value > 0):
            self.set_view(merge, **{name: value})

    def set_flipped(self, flipped: bool) -> None:
        """Whether hand and reference have changed places; passing, neither remembered nor undone."""
        if flipped != self.flipped:
            self.flipped = flipped
            self.flip_changed.emit()
