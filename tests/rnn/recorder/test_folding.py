"""The grid of statements and iterations, against a walk through the steps one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.recorder import Recording, record
from rnn.recorder.folding import Folded, fold
from rnn.recorder.format import ENTER, LOOP_END
from rnn.recorder.statements import constant_loop
from tests.rnn.recorder import fuzz, walks
from tests.rnn.recorder.lines import Recorder, line_of, loaded, steps_of


def called_from(steps: list[Any], step: int) -> tuple[int, bool] | None:
    """The caller's step that is made of a call, or the one before it, and which of both."""
    depth = steps[step].depth
    after = next((one for one in steps[step:] if one.depth == depth - 1), None)
    before = next((one for one in steps[step::-1] if one.depth == depth - 1), None)
    if after is not None and (before is None or after.frame == before.frame):
        return after.number, True
    return None if before is None else (before.number, False)


def owner(steps: list[Any], step: int) -> int:
    """The step whose column a step's is: itself, or that of the outermost caller that is in a loop."""
    found = at = step
    while (caller := called_from(steps, at)) is not None:
        at, after = caller
        one = steps[at]
        header = one.statement.is_loop and (after or not one.flags & LOOP_END)
        if (one.statement.loops or header) and not one.flags & ENTER:
            found = at
    return found


def begins(steps: list[Any], one: Any, loop: Any) -> bool:
    """Whether a step begins an iteration of a loop."""
    if loop.one_line or not constant_loop(loop.nodes[0]):
        return one.statement is loop
    first = next(other for other in one.file.table.statements if loop.number in other.loops)
    if one.statement is not first:
        return False
    before = next((other for other in steps[one.number - 1 :: -1] if other.frame == one.frame), None)
    return (
        before is None
        or bool(before.flags & LOOP_END)
        or (before.statement is not first and first.number not in before.statement.loops)
    )


def slow_columns(recording: Recording) -> list[int]:
    """Column of every step."""
    steps = [recording.step(number) for number in range(len(recording))]
    owners = [owner(steps, number) for number in range(len(steps))]
    column, columns, last = -1, [0] * len(steps), None
    for one in steps:
        if owners[one.number] == one.number and not one.flags & (LOOP_END | ENTER):
            loops = (*one.statement.loops, one.statement.number) if one.statement.is_loop else one.statement.loops
            loop = one.file.table.statements[loops[0]] if loops else None
            now = (loop, one.frame if loop is not None else None)
            if now != last or (loop is not None and begins(steps, one, loop)):
                column += 1
            last = now
        columns[one.number] = max(column, 0)
    return [columns[one] for one in owners]


def check(recording: Recording) -> Folded:
    """Every step is where the slow walk puts it, and every cell gives its steps."""
    folded = fold(recording)
    steps = [recording.step(number) for number in range(len(recording))]
    assert slow_columns(recording) == folded.column.tolist()
    cells: dict[tuple[int, int], list[int]] = {}
    for one, row, column in zip(steps, folded.row.tolist(), folded.column.tolist(), strict=True):
        if one.flags & (LOOP_END | ENTER):
            assert row == -1
        else:
            shown = folded.rows[row]
            assert (one.line, one.file.number, one.statement.text) == (shown.line, shown.file, shown.text)
            assert one.statement is recording.statement(shown.statement)
            cells.setdefault((row, column), []).append(one.number)
    assert {column for _, column in cells} <= set(range(folded.columns))
    assert sorted(folded.rows, key=lambda row: (row.file, row.line)) == list(folded.rows)
    check_cells(folded, cells)
    return folded


def check_cells(folded: Folded, cells: dict[tuple[int, int], list[int]]) -> None:
    counts = folded.counts()
    values = np.random.default_rng(0).normal(size=len(folded.row))
    values[::3] = np.nan
    values[1::7] = -np.inf
    worst, some = folded.worst(values), folded.any(values > 0.5)
    for row in range(len(folded.rows)):
        for column in range(folded.columns):
            steps = cells.get((row, column), [])
            assert steps == folded.steps_at(row, column).tolist()
            assert next(iter(steps), None) == folded.first_step(row, column)
            assert len(steps) == counts[row, column]
            known = [values[step] for step in steps if not np.isnan(values[step])]
            np.testing.assert_array_equal(worst[row, column], np.float32(max(known, default=np.nan)))
            assert any(values[step] > 0.5 for step in steps) == some[row, column]


@pytest.mark.parametrize("program", walks.PROGRAMS)
def test_every_step_of_a_program_is_in_its_place(recorded: Recorder, program: Any) -> None:
    check(recorded(program))


@pytest.mark.parametrize("seed", range(8))
def test_every_step_of_a_random_program_is_in_its_place(recorded: Recorder, tmp_path: Path, seed: int) -> None:
    names = loaded(tmp_path / f"fold{seed}.py", fuzz.program(seed))
    with np.errstate(all="ignore"):
        check(recorded(names["program"]))


def test_the_two_passes_have_columns_of_their_own(recorded: Recorder) -> None:
    """Forward and backward loops in functions called outside of loops: a column an iteration, under its variable."""
    folded = check(recorded(walks.both_passes))
    assert folded.labels == (None, 0, 1, 2, 3, None, 3, 2, 1, 0, None, 0, 1, None, 1, 0, None)
    names = ["", *["forward"] * 4, "", *["backward"] * 4, "", *["forward"] * 2, "", *["backward"] * 2, ""]
    assert tuple(names) == folded.functions


def test_helpers_belong_to_the_iteration_that_calls_them(recorded: Recorder) -> None:
    """Three levels down: three columns of the loop, one before, one after; each helper's row filled in each of them."""
    folded = check(recorded(walks.three_levels))
    assert folded.labels == (None, 0, 1, 2, None)
    row = next(n for n, row in enumerate(folded.rows) if row.line == line_of(walks.inner_most, "y = "))
    assert [0, 3, 3, 3, 0] == folded.counts()[row].tolist()
    assert ("inner_most", "y = x * 2", 0) == (folded.rows[row].function, folded.rows[row].text, folded.rows[row].depth)


def test_inner_loops_make_no_columns(recorded: Recorder) -> None:
    folded = check(recorded(walks.nested_loops))
    assert folded.labels == (None, 0, 1, 2, None)
    row = next(n for n, row in enumerate(folded.rows) if row.text.startswith("for j in"))
    assert [0, 0, 1, 2, 0] == folded.counts()[row].tolist()


@pytest.mark.parametrize("program", [walks.endless, walks.endless_around_a_loop, walks.endless_with_try])
def test_an_endless_loop_begins_a_column_with_its_body(recorded: Recorder, program: Any) -> None:
    folded = check(recorded(program))
    assert [program.__name__] * 3 == [name for name in folded.functions if name]
    assert {None} == set(folded.labels)


def test_loops_that_follow_one_another_share_no_column(recorded: Recorder) -> None:
    """The end of a loop is no column of its own."""
    folded = check(recorded(walks.consecutive))
    assert folded.labels == (None, 0, 1, 0, 1, 0, 1, None)


def test_a_generator_belongs_to_the_iteration_that_asks_it(recorded: Recorder) -> None:
    recording = recorded(walks.generators)
    folded = check(recording)
    for step in steps_of(recording, "for x in numbers(2)"):
        assert recording.step(step - 1).frame != recording.step(step).frame
        assert folded.column[step - 1] == folded.column[step]


def test_what_only_an_empty_loop_calls_has_a_column(recorded: Recorder) -> None:
    folded = check(recorded(walks.only_an_empty_loop))
    assert folded.columns == 1


def growing(n: int) -> Any:
    total = 0
    for t in range(n):
        total += walks.inner_most(t)
    return total


def test_a_recording_that_is_cut_short_or_grows(tmp_path: Path) -> None:
    """What is there is folded; more of it later."""
    record(growing, 4000, path=tmp_path / "whole.rec").recording.close()
    data = (tmp_path / "whole.rec").read_bytes()
    (tmp_path / "part.rec").write_bytes(data[: int(0.7 * len(data))])
    recording = Recording(tmp_path / "part.rec")
    folded = fold(recording)
    assert len(recording) == len(folded.column)
    assert tuple(range(recording.step(len(recording) - 1).t or 0)) == folded.labels[1:-1]
    before = len(recording)
    (tmp_path / "part.rec").write_bytes(data)
    recording.refresh()
    assert len(recording) > before
    whole = fold(recording)
    assert whole.labels == (None, *range(4000), None)
    np.testing.assert_array_equal(whole.column[:before], folded.column)
    recording.close()


@pytest.mark.parametrize("program", [walks.both_passes, walks.three_levels, walks.generators, walks.defined_in_a_loop])
def test_every_beginning_of_a_recording_can_be_folded(recorded: Recorder, program: Any) -> None:
    """Wherever a recording ends, in a call or a loop or before its first statement."""
    recording = recorded(program)
    steps = recording.steps
    for size in range(1, len(steps)):
        recording.steps = steps[:size]
        folded = fold(recording)
        assert slow_columns(recording) == folded.column.tolist()
        assert (len(folded.rows), folded.columns) == folded.counts().shape


def test_nothing_gives_an_empty_grid(recorded: Recorder) -> None:
    recording = recorded(walks.three_levels)
    recording.steps = recording.steps[:0]
    folded = fold(recording)
    assert ((), 0, (0, 0)) == (folded.rows, folded.columns, folded.counts().shape)
