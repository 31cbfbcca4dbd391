"""The numbers of an array as a spreadsheet takes them: tab-separated, with all digits, under a line that says what they are."""

from __future__ import annotations

from inspector.panes.debug.array_shown import Shown
from inspector.panes.debug.array_words import digits
from inspector.said import MOST_COPIED

Cut = tuple[slice, slice]


def array_table(shown: Shown | None, cut: Cut | None = None) -> str:
    """What is looked at of an array, as text; empty where there are no numbers, or too many.

    Args:
        shown: as the pane shows it. cut: rows and columns of its sheet, None for all of them.
    """
    if shown is None or shown.numbers is None:
        return ""
    rows, columns = cut or (slice(0, shown.sheet.rows), slice(0, shown.sheet.columns))
    numbers = shown.numbers[rows, columns]
    if not 0 < numbers.size <= MOST_COPIED:
        return ""
    part = ""
    if cut is not None:
        part = f", rows {rows.start} to {rows.stop - 1}, columns {columns.start} to {columns.stop - 1}"
    held = "" if shown.sheet.held is None else f"[{shown.sheet.held}]"
    head = f"{shown.detail.path}{held}, {shown.title.lower()}, step {shown.detail.step}{part}"
    return "\n".join([head, *("\t".join(map(digits, row)) for row in numbers)]) + "\n"
