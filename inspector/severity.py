"""Which quantity and which cell to look at first: worst first, in words of a result and in cells of a picture."""

from __future__ import annotations

from math import prod

import numpy as np

from rnn.arrays import AnyArray
from rnn.results import FORWARD, INTERMEDIATE, VERDICTS, Inspection, QuantityReport

RIGHT = ("identical", "agrees")


def by_severity(result: Inspection) -> list[QuantityReport]:
    """All reports, worst verdict first, of those that are not right the largest ratio to the noise first.

    Right ones keep their order: it is noise that ranks them, and a list that jumps while a weight is dragged is no help.
    """

    def key(report: QuantityReport) -> tuple[int, float]:
        return -VERDICTS.index(report.verdict), 0.0 if report.verdict in RIGHT else -report.ratio

    return sorted(result.pictured(), key=key)


def grouped(result: Inspection) -> dict[str, list[QuantityReport]]:
    """The reports under their headings: gradients worst first, the forward pass in its order, first where it is wrong.

    A single group needs no heading and has none.
    """
    forward = [report for report in result.pictured() if report.kind == FORWARD]
    gradients = [report for report in by_severity(result) if report.kind != FORWARD]
    groups = {"Gradients": gradients, "Forward pass": forward}
    if wrong_forward(result) is not None:
        groups = dict(reversed(groups.items()))
    there = {title: reports for title, reports in groups.items() if reports}
    return there if len(there) > 1 else {"": next(iter(there.values()), [])}


def wrong_forward(result: Inspection) -> QuantityReport | None:
    """The first wrong quantity of the forward pass that has a picture."""
    return next((report for report in result.pictured() if report.kind == FORWARD and report.wrong), None)


def worst_gradient(result: Inspection) -> QuantityReport | None:
    """The worst parameter; where none was compared, the worst of the others."""
    gradients = [report for report in by_severity(result) if report.kind != FORWARD]
    return next((report for report in gradients if report.kind != INTERMEDIATE), next(iter(gradients), None))


def first_choice(result: Inspection, before: str | None) -> str | None:
    """What to show of a new result: what was shown before, else the first wrong forward value, else the worst parameter."""
    if before in {report.name for report in result.pictured()}:
        return before
    found = wrong_forward(result) or worst_gradient(result)
    return found.name if found is not None else None


def is_news(result: Inspection, shown: Inspection | None, quantity: str | None) -> bool:
    """Whether a result has something to show that is more urgent than the quantity that was looked at before it.

    That is a forward pass that is wrong and was not; and another case, where a forward value was looked at.
    """
    another = shown is None or shown.case != result.case
    if wrong_forward(result) is not None:
        return another or shown is None or wrong_forward(shown) is None
    return another and quantity is not None and result.is_forward(quantity)


def is_per_step(report: QuantityReport) -> bool:
    """Whether the first axis is time: everything between steps, and not the initial states."""
    return report.kind in (INTERMEDIATE, FORWARD) and len(report.shape) == 3


def picture_shape(shape: tuple[int, ...], per_step: bool) -> tuple[int, int]:
    """Rows and columns of a quantity's picture: (T, H) of one sample, a matrix as it is, a vector as one row."""
    is_matrix = per_step or len(shape) == 2
    return (shape[0], shape[-1]) if is_matrix else (1, prod(shape))


def next_cell(cells: AnyArray, now: tuple[int, int] | None, direction: int) -> tuple[int, bool] | None:
    """Position in `cells (n, 2)` to go to from cell `now`, and whether the walk wrapped; None for an empty list.

    From a cell outside the list, forward begins at the first and backward at the last.
    """
    if not len(cells):
        return None
    here = np.flatnonzero((cells == now).all(axis=1)) if now is not None else np.empty(0, np.intp)
    if not len(here):
        return (0 if direction > 0 else len(cells) - 1), False
    moved = int(here[0]) + direction
    return moved % len(cells), not 0 <= moved < len(cells)


def element_index(report: QuantityReport, cell: tuple[int, int], sample: int) -> tuple[int, ...]:
    """Index into a quantity's array of a cell of its picture."""
    row, column = cell
    if is_per_step(report):
        return (row, sample, column)
    return (row, column) if len(report.shape) == 2 else (column,)


def place_of(report: QuantityReport, index: tuple[int, ...]) -> tuple[tuple[int, int], int | None]:
    """Cell of a quantity's picture, and the sample it is drawn for (None where it has none), of an index."""
    if is_per_step(report):
        return (index[0], index[2]), index[1]
    return ((index[0], index[1]) if len(index) == 2 else (0, index[0])), None
