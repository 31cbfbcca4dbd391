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


def first_choice(result: Inspection, before: str | None) -> str | None:
    """What to show of a new result: a wrong forward pass first, else what was shown before, else the worst parameter."""
    names = [report.name for report in result.pictured()]
    another = next((check for check in result.checks if check["name"] == "forward" and check["state"] == "failed"), None)
    wrong = [report.name for report in result.forward if report.wrong and report.name in names]
    if another is not None and wrong:
        return before if before in wrong else wrong[0]
    if before in names:
        return before
    parameters = [report for report in by_severity(result) if report.kind not in (INTERMEDIATE, FORWARD)]
    worst = parameters or by_severity(result)
    return worst[0].name if worst else None


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
