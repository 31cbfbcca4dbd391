"""A run folded into a grid: a row for every executed statement, a column for every iteration of the outermost loop.

    folded = fold(recording)
    folded.counts()                  how often each statement ran in each iteration
    folded.worst(errors)             the largest of the steps' values, by cell
    folded.steps_at(row, column)     the steps of a cell

Steps outside of all loops that follow one another share a column. What is called from inside a loop, however deep, belongs to
the caller's iteration, and so does what the header of a loop calls. A generator's steps belong to the iteration of whoever makes
it go on; where nobody who calls is in a loop, a generator that goes on inside its own loop begins another column.

The entry of a function and the end of a loop are no executions of a row: they have the row -1, and the column before them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .format import ENTER, LOOP_END, NO_LOOP_VALUE
from .recording import Recording
from .stepping import beginning


@dataclass(frozen=True)
class Row:
    """A statement that was executed.

    Attributes:
        statement: its number in the recording. file: number of the file. line, text: of the statement.
        function: qualified name of the function it stands in. depth: loops around it.
    """

    statement: int
    file: int
    line: int
    function: str
    text: str
    depth: int


@dataclass(frozen=True, eq=False)
class Folded:
    """A run as a grid.

    Attributes:
        rows: in the order of the source.
        column: int32 (n,) of every step. row: int32 (n,) of every step; -1 where a function was entered or a loop ended.
        starts: int64 (columns,) the step that begins each column; calls in it may have come before.
        values: int64 (columns,) the loop's variable; `NO_LOOP_VALUE` where there is none.
        loops: int64 (columns,) the recording's number of the loop's statement; -1 outside of loops.
        names: function of each loop, by the loop's number.
    """

    rows: tuple[Row, ...]
    column: Any
    row: Any
    starts: Any
    values: Any
    loops: Any
    names: dict[int, str]

    @property
    def columns(self) -> int:
        """How many there are."""
        return len(self.starts)

    @cached_property
    def labels(self) -> tuple[int | None, ...]:
        """The outermost loop's variable for each column, where it is a whole number."""
        return tuple(None if value == NO_LOOP_VALUE else value for value in self.values.tolist())

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """Name of the function whose loop each column is; empty outside of loops."""
        return tuple(self.names.get(loop, "") for loop in self.loops.tolist())

    def steps_at(self, row: int, column: int) -> Any:
        """Steps (k,) of a cell, ascending."""
        if not 0 <= column < self.columns:
            return np.zeros(0, np.int64)
        # Calls made by a header come before it, yet never before the iteration before; nothing comes after the next one.
        first = int(self.starts[column - 1]) if column else 0
        last = int(self.starts[column + 1]) if column + 1 < self.columns else len(self.row)
        return first + np.flatnonzero((self.row[first:last] == row) & (self.column[first:last] == column))

    def first_step(self, row: int, column: int) -> int | None:
        """The first step of a cell."""
        found = self.steps_at(row, column)
        return int(found[0]) if len(found) else None

    def counts(self) -> Any:
        """How often each cell was executed: int32 (rows, columns)."""
        cells = self._cells(self.row >= 0)
        return np.bincount(cells, minlength=self._size).astype(np.int32).reshape(self._shape)

    def worst(self, values: Any) -> Any:
        """The largest value of each cell, of values (n,): float32 (rows, columns); NaN where none is known."""
        known = (self.row >= 0) & ~np.isnan(values)
        found, cells = np.full(self._size, -np.inf, np.float32), self._cells(known)
        np.maximum.at(found, cells, np.asarray(values)[known].astype(np.float32))
        missing = np.ones(self._size, bool)
        missing[cells] = False
        found[missing] = np.nan
        return found.reshape(self._shape)

    def any(self, mask: Any) -> Any:
        """Whether a mask (n,) holds for a step of each cell: bool (rows, columns)."""
        found = np.zeros(self._size, bool)
        found[self._cells(mask & (self.row >= 0))] = True
        return found.reshape(self._shape)

    @property
    def _shape(self) -> tuple[int, int]:
        return len(self.rows), self.columns

    @property
    def _size(self) -> int:
        return len(self.rows) * self.columns

    def _cells(self, chosen: Any) -> Any:
        """Numbers of the cells of chosen steps, bool (n,)."""
        return self.row[chosen].astype(np.int64) * self.columns + self.column[chosen]


class _Source:
    """What the statements of a recording say about columns, by number, (statements,).

    Attributes:
        outer: the outermost loop around; a header without others around it is in its own. depth: loops around.
        header: whether it is a header. begins: the outermost loop of which it begins an iteration, or -1.
        inner: (loop, header) of the endless loops whose body begins with another loop.
    """

    def __init__(self, recording: Recording) -> None:
        outer, depth, header, begins = [], [], [], {}
        self.inner: list[tuple[int, int]] = []
        for file in recording.tables.files:
            for one in file.table.statements:
                loops = (*one.loops, one.number) if one.is_loop else one.loops
                outer.append(file.first + loops[0] if loops else -1)
                depth.append(len(one.loops))
                header.append(one.is_loop)
                if one.is_loop and not one.loops:
                    first = beginning(one, file.table.statements)
                    begins[file.first + first] = file.first + one.number
                    if first != one.number and file.table.statements[first].is_loop:
                        self.inner.append((file.first + one.number, file.first + first))
        self.outer, self.depth, self.header = (
            np.array(outer, np.int32),
            np.array(depth, np.int32),
            np.array(header, bool),
        )
        self.begins = np.full(len(outer), -1, np.int32)
        self.begins[list(begins)] = list(begins.values())


def _neighbours(depths: Any) -> tuple[Any, Any, Any]:
    """For runs of steps of one call, (r,): the next and the last run with one call less around; -1 where there is none.

    Returns:
        after, before: int64 (r,). order: (r,) the runs by their depth.
    """
    order = np.argsort(depths, kind="stable")
    deep = depths[order].astype(np.int64)
    keys = deep << 32 | order
    place = np.searchsorted(keys, keys - (1 << 32))
    found = []
    for at in (place, place - 1):
        at = np.clip(at, 0, len(keys) - 1)
        found.append(np.full(len(keys), -1))
        found[-1][order] = np.where(deep[at] == deep - 1, order[at], -1)
    return found[0], found[1], order


def _calling(source: _Source, statement: Any, frame: Any, flags: Any, first: Any, depths: Any) -> tuple[Any, Any]:
    """What runs of steps of one call, (r,), are called from.

    Returns:
        looped: bool (r,) whether a caller is in a loop. anchor: int64 (r,) the step whose column is theirs then.
    """
    after, before, order = _neighbours(depths)
    # Where nothing more of the caller is recorded, its last step has to do.
    ended = (after < 0) | ((before >= 0) & (frame[first[after]] != frame[first[before]]))
    up = np.where(ended, before, after)
    anchor = np.where(ended, np.r_[first[1:], len(statement)][before] - 1, first[after])
    begun = source.header[statement[anchor]] & ~(ended & (flags[anchor] & LOOP_END != 0))
    # The loops around a `def` are not those of the call.
    looped = (up >= 0) & (flags[anchor] & ENTER == 0) & (begun | (source.depth[statement[anchor]] > 0))
    ends = np.cumsum(np.bincount(depths))
    for start, stop in zip(ends[:-1].tolist(), ends[1:].tolist()):
        runs = order[start:stop]
        inherits = (up[runs] >= 0) & looped[up[runs]]
        anchor[runs] = np.where(inherits, anchor[up[runs]], anchor[runs])
        looped[runs] |= inherits
    return looped, anchor


def _begin(source: _Source, statement: Any, frame: Any, flags: Any, shown: Any) -> Any:
    """Of shown steps that no loop calls, (k,): whether each begins a column, bool (k,)."""
    number, call = statement[shown], frame[shown]
    loop = source.outer[number]
    begins = (source.begins[number] == loop) & (loop >= 0)
    for _, header in source.inner:
        ended = np.cumsum((statement == header) & (flags & LOOP_END != 0), dtype=np.int32)[shown]
        inside = np.r_[False, (number[:-1] >= header) & (source.depth[number[:-1]] > source.depth[header])]
        inside |= np.r_[False, number[:-1] == header]
        begins &= (number != header) | ~inside | (np.diff(ended, prepend=0) > 0)
    begins[1:] |= (loop[1:] != loop[:-1]) | ((call[1:] != call[:-1]) & (loop[1:] >= 0))
    begins[:1] = True
    return begins


def _columns(source: _Source, recording: Recording, statement: Any, shown: Any) -> tuple[Any, Any]:
    """Column of every step, int32 (n,), and the step that begins each column, int64 (columns,)."""
    frame, flags = np.ascontiguousarray(recording.steps["frame"]), recording.steps["flags"]
    first = np.flatnonzero(np.r_[True, frame[1:] != frame[:-1]])
    looped, anchor = _calling(source, statement, frame, flags, first, recording.steps["depth"][first])
    lengths = np.diff(first, append=len(frame))
    called = np.repeat(looped, lengths)
    free = np.flatnonzero(shown & ~called)
    starts = free[_begin(source, statement, frame, flags, free)]
    if not len(starts):  # nothing was executed but what the header of an empty loop calls
        starts = np.zeros(1, np.int64)
    marks = np.zeros(len(frame), np.int32)
    marks[starts[1:]] = 1
    column = np.cumsum(marks, dtype=np.int32)
    column[called] = np.repeat(column[anchor[looped]], lengths[looped])
    return column, starts


def _rows(recording: Recording, numbers: list[int]) -> tuple[Row, ...]:
    files = [(recording.file_of(number), number) for number in numbers]
    found = [(file, number, file.table.statements[number - file.first]) for file, number in files]
    return tuple(
        Row(number, file.number, one.line, one.function, one.text, len(one.loops)) for file, number, one in found
    )


def fold(recording: Recording) -> Folded:
    """Fold what a recording holds now.

    Args:
        recording: finished or not.
    """
    source, steps = _Source(recording), recording.steps
    statement = np.ascontiguousarray(steps["statement"])
    shown = steps["flags"] & (LOOP_END | ENTER) == 0
    numbers = np.flatnonzero(np.bincount(statement[shown], minlength=len(source.outer)))
    place = np.full(len(source.outer), -1, np.int32)
    place[numbers] = np.arange(len(numbers))
    row = np.where(shown, place[statement], np.int32(-1)) if len(steps) else np.zeros(0, np.int32)
    column, starts = (
        _columns(source, recording, statement, shown) if len(steps) else (row.copy(), np.zeros(0, np.int64))
    )
    begun = statement[starts]
    loops = source.outer[begun].astype(np.int64)
    own = (begun == loops) | ((source.depth[begun] == 1) & ~source.header[begun])
    values = np.where(own, steps["loop_value"][starts], NO_LOOP_VALUE)
    names = {int(loop): recording.statement(int(loop)).function for loop in np.unique(loops[loops >= 0])}
    return Folded(_rows(recording, numbers.tolist()), column, row, starts, values, loops, names)
