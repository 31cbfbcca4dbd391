"""Tables of the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MOST_ROWS = 60
"""Rows of a table that are printed; JSON has them all."""


def listing(*headings: str, left: Sequence[str] = ()) -> Any:
    """An empty table; columns are right-aligned but for those in `left`."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="left" if heading in left else "right", no_wrap=True, overflow="ellipsis")
    return table


def fitted(table: Any) -> Any:
    """The table, in which only the source gives way where the terminal is narrow."""
    for column in table.columns:
        if column.header != "source":
            column.min_width = max(map(len, [column.header, *column.cells]))
    return table


def print_rest(count: int, what: str, console: Any) -> None:
    """Say how many rows were left out."""
    if count > MOST_ROWS:
        console.print(f"... and {count - MOST_ROWS} more {what}; --json has them all")
