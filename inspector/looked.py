"""What was seen in a weight file, as texts: the same on the command line and in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnn.weights.base import visible

if TYPE_CHECKING:
    from rnn.looking import Look, Row

HEADINGS = ("array", "taken as", "shape", "type", "size")
VALUES = ("least", "largest", "norm", "NaN/Inf")
NUMBERS = ("size", *VALUES)
"""Columns that are aligned at the right."""


def headings(values: bool) -> tuple[str, ...]:
    """Of the columns."""
    return (*HEADINGS, *(VALUES if values else ()))


def file_words(found: Look) -> str:
    """Format, number of arrays and size of the file."""
    count = "1 array" if found.count == 1 else f"{found.count} arrays"
    return f"{found.title}, {count}, {size_words(found.nbytes)}"


def network_words(framework: str, network: str) -> str:
    """What the file would be taken as."""
    return f"{framework}'s names: {network}" if framework else f"Would be taken as: {network}"


def size_words(nbytes: int) -> str:
    """`1.5 MiB`."""
    for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if nbytes >= size:
            return f"{nbytes / size:.1f} {unit}"
    return f"{nbytes} B"


def cells(row: Row, values: bool) -> list[str]:
    """The texts of a row of the table."""
    shape = "x".join(map(str, row.shape)) or "scalar"
    texts = [visible(row.name), visible(row.taken_as) or "-", shape, row.dtype, size_words(row.nbytes)]
    if values:
        numbers = ("-" if one is None else f"{one:.4g}" for one in (row.least, row.most, row.norm))
        texts += [*numbers, "-" if row.bad is None else str(row.bad)]
    return texts
