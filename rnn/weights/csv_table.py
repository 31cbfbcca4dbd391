"""A table of numbers as text: `.csv` and the like. The bad cell is named by line and column."""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import chain, islice
from typing import BinaryIO

import numpy as np

from ..arrays import FloatArray
from ..errors import InputError
from .regular_file import check_budget, human_size

SEPARATORS = ",;\t "
MAX_LINE_BYTES = 16 << 20
BYTES_PER_NUMBER = 8


def _lines(stream: BinaryIO) -> Generator[tuple[int, str], None, None]:
    """Lines that are not empty, with their numbers."""
    text = io.TextIOWrapper(stream, "utf-8-sig", newline=None)
    try:
        for number in range(1, 1 << 62):
            line = text.readline(MAX_LINE_BYTES)
            if not line:
                return
            if len(line) == MAX_LINE_BYTES:
                raise InputError(f"line {number} is longer than {human_size(MAX_LINE_BYTES)}; expected rows of numbers")
            if line.strip():
                yield number, line.strip()
    except UnicodeDecodeError as error:
        raise InputError(
            f"this is no text in UTF-8 (the byte {error.object[error.start]:#04x}); convert it first"
        ) from error
    finally:
        text.detach()  # the stream belongs to somebody else, who closes it


def _cells(line: str, separator: str) -> list[str]:
    try:
        cells = line.split() if separator == " " else next(csv.reader([line], delimiter=separator))
    except csv.Error as error:
        raise InputError(f"{line[:40]!r} is no row of a table ({error}); expected numbers") from error
    return [cell.strip() for cell in cells]


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def read_table(stream: BinaryIO, budget_bytes: int) -> FloatArray:
    """A table of numbers; the first line may be a heading.

    Args:
        stream: at its start; UTF-8.
        budget_bytes: memory that the numbers may take.

    Returns:
        float64 (rows, columns).

    Raises:
        InputError: empty, not a table, a cell that is no number (with line and column), too large.
    """
    with closing(_lines(stream)) as lines:
        return _table(lines, budget_bytes)


def _table(lines: Iterator[tuple[int, str]], budget_bytes: int) -> FloatArray:
    first = list(islice(lines, 2))
    if not first:
        raise InputError("the file is empty; expected rows of numbers")
    separator = next((mark for mark in SEPARATORS if mark in first[-1][1]), ",")
    heading = len(first) > 1 and all(_number(cell) is None for cell in _cells(first[0][1], separator))
    values, width = array("d"), 0
    for number, line in chain(first[1:] if heading else first, lines):
        cells = _cells(line, separator)
        width = width or len(cells)
        if len(cells) != width:
            raise InputError(
                f"line {number} has {len(cells)} columns, the lines before {width}; every row needs the same"
            )
        row = [_number(cell) for cell in cells]
        if None in row:
            column = row.index(None)
            raise InputError(f"line {number}, column {column + 1} is {cells[column][:40]!r}; expected a number")
        values.extend(row)  # type: ignore[arg-type]
        check_budget(len(values) * BYTES_PER_NUMBER, budget_bytes)
    return np.frombuffer(values, np.float64).reshape(-1, width)
