"""Steps over, into and out of calls, along lines and to iterations, against slow and obvious searches."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.recorder import Recording, record, scanning
from rnn.recorder.format import ENTER, LOOP_END, SUSPENDED
from rnn.recorder.questions import executions
from rnn.recorder.stepping import Stepping
from tests.rnn.recorder import fuzz, walks
from tests.rnn.recorder.lines import Recorder, line_of, loaded, steps_of

FORWARD, BACKWARD = 1, -1
GENERATORS = (walks.generators, walks.generators_in_generators)
ORDINARY = [program for program in walks.PROGRAMS if program not in GENERATORS]
SEEDS = range(6)


@pytest.fixture(params=["near", "far"])
def reach(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches look at steps, or at what is known of small blocks first."""
    if request.param == "far":
        monkeypatch.setattr(scanning, "BLOCK", 4)
        monkeypatch.setattr(scanning, "NEAR", 0)


def fuzzed(recorded: Recorder, folder: Path, seed: int) -> Recording:
    """A recording of a random program."""
    names = loaded(folder / f"fuzz{seed}.py", fuzz.program(seed))
    with np.errstate(all="ignore"):
        return recorded(names["program"])


def ahead(recording: Recording, step: int, direction: int) -> range:
    return range(step + 1, len(recording)) if direction > 0 else range(step - 1, -1, -1)


def check_calls(recording: Recording) -> None:
    """`over` and `out` are what a walk through the rows finds."""
    stepping, rows = Stepping(recording), recording.steps
    frames, depths = rows["frame"].tolist(), rows["depth"].tolist()
    for step in range(len(recording)):
        for direction in (FORWARD, BACKWARD):
            way = ahead(recording, step, direction)
            caller = next((other for other in way if depths[other] < depths[step]), None)
            same = next((other for other in way if frames[other] == frames[step]), None)
            assert caller == stepping.out(step, direction)
            assert (caller if same is None else same) == stepping.over(step, direction)
            if same is not None:
                assert step == stepping.over(same, -direction)


def check_lines(recording: Recording) -> None:
    """`same_line` and `run_to` go through what `executions` lists."""
    stepping, rows = Stepping(recording), recording.steps
    files = recording.tables.files
    for step in range(len(recording)):
        one = recording.step(step)
        ran = executions(recording, one.line, one.file.path)
        for direction in (FORWARD, BACKWARD):
            rest = [other for other in ahead(recording, step, direction) if other in ran]
            own = [other for other in rest if rows["frame"][other] == one.frame]
            assert next(iter(own or rest), None) == stepping.same_line(step, direction)
            assert next(iter(rest), None) == stepping.run_to(step, one.line, files.index(one.file), direction)
            assert next(iter(rest), None) == stepping.run_to(step, one.statement.end_line, one.file.number, direction)


def check_times(recording: Recording) -> None:
    """`at_t` prefers the statement, then the function, then anything."""
    stepping = Stepping(recording)
    steps = [recording.step(number) for number in range(len(recording))]
    for here in steps:
        for t in range(4):
            with_t = [one for one in steps if one.t == t and not one.flags & LOOP_END]
            same = [one.number for one in with_t if one.statement is here.statement]
            beside = [one.number for one in with_t if one.statement.function == here.statement.function]
            found = stepping.at_t(here.number, t)
            if same:
                assert found is not None and found in same
                assert min(abs(other - here.number) for other in same) == abs(found - here.number)
            else:
                assert next(iter(beside or [one.number for one in with_t]), None) == found


def in_iteration(recording: Recording, step: int) -> list[int]:
    """As `iteration_steps`, for loops that have headers."""
    here = recording.step(step)
    own = [one for one in map(recording.step, range(len(recording))) if one.frame == here.frame]
    loops = (*here.statement.loops, *([here.statement.number] if begins(here) else []))
    if not loops or here.flags & ENTER:
        return [one.number for one in own if one.flags & ENTER or not (one.statement.loops or begins(one))]
    header = max(one.number for one in own if one.statement.number == loops[-1] and one.number <= step)
    found = [header]
    for one in own:
        if one.number > header:
            if loops[-1] not in one.statement.loops:
                break
            found.append(one.number)
    return found


def begins(one: Any) -> bool:
    return bool(one.statement.is_loop and not one.flags & LOOP_END)


@pytest.mark.usefixtures("reach")
@pytest.mark.parametrize("program", walks.PROGRAMS)
def test_calls_lines_and_times_of_programs(recorded: Recorder, program: Any) -> None:
    recording = recorded(program)
    check_calls(recording)
    check_times(recording)
    check_lines(recording)


@pytest.mark.usefixtures("reach")
@pytest.mark.parametrize("seed", SEEDS)
def test_calls_and_lines_of_random_programs(recorded: Recorder, tmp_path: Path, seed: int) -> None:
    recording = fuzzed(recorded, tmp_path, seed)
    check_calls(recording)
    check_lines(recording)


@pytest.mark.usefixtures("reach")
@pytest.mark.parametrize("program", [one for one in walks.PROGRAMS if "endless" not in one.__name__])
def test_iterations_of_programs(recorded: Recorder, program: Any) -> None:
    recording = recorded(program)
    stepping = Stepping(recording)
    for step in range(len(recording)):
        assert in_iteration(recording, step) == stepping.iteration_steps(step).tolist()


@pytest.mark.usefixtures("reach")
@pytest.mark.parametrize("program", [walks.endless, walks.endless_with_try])
def test_an_endless_loop_begins_with_the_first_statement_of_its_body(recorded: Recorder, program: Any) -> None:
    """All steps in the loop belong to the one iteration that its first statement begins."""
    recording = recorded(program)
    stepping = Stepping(recording)
    inside = [
        step
        for step in range(len(recording))
        if recording.step(step).statement.loops and not recording.step(step).depth
    ]
    first = recording.step(inside[0]).statement
    starts = [step for step in inside if recording.step(step).statement is first]
    for start, stop in zip(starts, [*starts[1:], len(recording)]):
        expected = [step for step in inside if start <= step < stop]
        for step in expected:
            assert expected == stepping.iteration_steps(step).tolist()


@pytest.mark.parametrize("program", walks.PROGRAMS)
def test_into_reaches_every_step(recorded: Recorder, program: Any) -> None:
    recording = recorded(program)
    stepping = Stepping(recording)
    walked: list[int] = []
    step = stepping.first()
    while step is not None:
        walked.append(step)
        step = stepping.into(step, FORWARD)
    assert list(range(len(recording))) == walked
    assert walked[-1] == stepping.last()
    assert stepping.into(0, BACKWARD) is None
    assert all(step - 1 == stepping.into(step, BACKWARD) for step in walked[1:])


@pytest.mark.usefixtures("reach")
@pytest.mark.parametrize("program", ORDINARY)
def test_out_of_every_call_lands_in_its_parent(recorded: Recorder, program: Any) -> None:
    recording = recorded(program)
    stepping = Stepping(recording)
    for step in range(len(recording)):
        frame = int(recording.steps["frame"][step])
        parent = int(recording.frames["parent"][frame])
        for found in (stepping.out(step, FORWARD), stepping.out(step, BACKWARD)):
            assert (found is None) == (frame == 0)
            assert found is None or parent == recording.steps["frame"][found]


@pytest.mark.usefixtures("reach")
@pytest.mark.parametrize("program", ORDINARY)
def test_the_stack_is_the_chain_of_parents(recorded: Recorder, program: Any) -> None:
    recording = recorded(program)
    stepping = Stepping(recording)
    for step in range(len(recording)):
        stack = stepping.stack(step)
        assert (step, recording.step(step).line) == (stack[0].step, stack[0].line)
        frame, chain = int(recording.steps["frame"][step]), []
        while frame < len(recording.frames):
            chain.append(frame)
            frame = int(recording.frames["parent"][frame])
        assert chain == [call.frame for call in stack]
        for call in stack:
            assert call.frame == recording.steps["frame"][call.step]
        for inner, outer in pairwise(stack):
            made = stepping.out(inner.step, FORWARD)
            assert made is not None and (recording.step(made).line, recording.step(made).t) == (outer.line, outer.t)


def test_a_stack_of_three_levels(recorded: Recorder) -> None:
    """Lines of the statements that are making the calls, with the loop variable they see."""
    recording = recorded(walks.three_levels)
    step = steps_of(recording, "y = x * 2")[4]
    names = [(call.function, call.line, call.t, call.file) for call in Stepping(recording).stack(step)]
    assert names == [
        ("inner_most", line_of(walks.inner_most, "y = "), None, 0),
        ("middle", line_of(walks.middle, "b = "), None, 0),
        ("three_levels", line_of(walks.three_levels, "h = middle"), 1, 0),
    ]


def test_the_marker_stands_before_a_call_until_one_is_inside(recorded: Recorder) -> None:
    """The calling statement is next, also between two calls that it makes; inside, the callee's statements are."""
    recording = recorded(walks.three_levels)
    stepping = Stepping(recording)

    def marked(step: int) -> Any:
        found = stepping.next_marker(step)
        return found and found[1]

    both = line_of(walks.middle, "b = ")
    first = steps_of(recording, "a = inner_most")[0]
    assert both == marked(first)
    assert line_of(walks.inner_most, "y = ") == marked(first + 1)
    returned = stepping.out(first + 1, BACKWARD)
    assert returned == first
    ends = [step for step in steps_of(recording, "return y") if step > first][:2]
    assert [both, both] == [marked(step) for step in ends]
    assert marked(len(recording) - 1) is None
    header = steps_of(recording, "for t in range(3)")[0]
    assert line_of(walks.three_levels, "h = middle") == marked(header)


def test_over_enters_the_body_of_a_loop_and_leaves_no_call_out(recorded: Recorder) -> None:
    recording = recorded(walks.nested_loops)
    stepping = Stepping(recording)
    header = steps_of(recording, "for j in range(i)")[0]
    inside = stepping.over(header, FORWARD)
    assert inside is not None and recording.step(inside).statement.text == "total += middle(j)"
    assert recording.step(header + 1).depth == 1


def test_an_exception_leaves_through_its_callers(recorded: Recorder) -> None:
    recording = recorded(walks.exception_out)
    stepping = Stepping(recording)
    (step,) = steps_of(recording, "raise")
    texts = []
    while (found := stepping.out(step, FORWARD)) is not None:
        step = found
        texts.append((recording.step(step).statement.text, recording.step(step).raised))
    assert texts == [("fails(i)", True), ("total += hands_on(1)", True)]


def test_a_line_of_no_statement_is_never_reached(recorded: Recorder) -> None:
    recording = recorded(walks.three_levels)
    assert Stepping(recording).run_to(0, 1, 0, FORWARD) is None


def long_run(n: int) -> Any:
    total = np.zeros(2)
    for t in range(n):  # noqa: B007
        total = helper(total)
    return total


def helper(x: Any) -> Any:
    y = x + 1
    return y


def cut(path: Path, to: Path, share: float) -> int:
    """Copy the first part of a file; how many bytes."""
    data = path.read_bytes()
    to.write_bytes(data[: int(share * len(data))])
    return len(data)


def test_a_recording_that_grows_and_one_that_was_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are about what is there; what is unknown of the callers is None; what was remembered grows along."""
    monkeypatch.setattr(scanning, "NEAR", 64)
    record(long_run, 4000, path=tmp_path / "whole.rec").recording.close()
    cut(tmp_path / "whole.rec", tmp_path / "part.rec", 0.6)
    recording = Recording(tmp_path / "part.rec")
    size, stepping = len(recording), Stepping(recording)
    assert 4096 <= size < 16000 and stepping.last() == size - 1
    inner = size - 1 if recording.step(size - 1).depth else int(steps_of(recording, "y = x")[-1])
    stack = stepping.stack(inner)
    assert ["helper", "long_run"] == [call.function for call in stack]
    found = stepping.over(0, FORWARD)
    assert found is not None and stepping.out(0, FORWARD) is None
    assert stepping.same_line(found, FORWARD) is None
    last = steps_of(recording, "for t in range(n)")[-1]
    assert stepping.same_line(last, FORWARD) is None and stepping.at_t(0, 3999) is None
    (tmp_path / "part.rec").write_bytes((tmp_path / "whole.rec").read_bytes())
    recording.refresh()
    assert len(recording) > size and stepping.last() == len(recording) - 1
    assert stepping.same_line(last, FORWARD) == steps_of(recording, "for t in range(n)")[recording.step(last).t + 1]
    reached = stepping.at_t(0, 3999)
    assert reached is not None and recording.step(reached).t == 3999
    recording.close()


def unfinished(n: int) -> Any:
    a = np.zeros(2)
    a = a + 1
    return deeper(n) if n else a


def deeper(n: int) -> Any:
    m = n - 1
    return unfinished(m)


def test_lines_of_callers_are_unknown_where_the_recording_ends_in_the_call(recorded: Recorder) -> None:
    recording = recorded(unfinished, 2)
    inside = steps_of(recording, "a = a + 1")[-1]
    recording.steps = recording.steps[: inside + 1]
    stack = Stepping(recording).stack(inside)
    assert [call.line for call in stack] == [recording.step(inside).line, None, None, None, None]
    assert [call.frame for call in stack] == [4, 3, 2, 1, 0]
    assert Stepping(recording).next_marker(inside) is None
    assert Stepping(recording).over(inside, FORWARD) is None


def test_a_generator_goes_on_where_it_slept(recorded: Recorder) -> None:
    """Over a `yield` is the rest of the same call, later; out of it is whoever asked for the value."""
    recording = recorded(walks.generators)
    stepping = Stepping(recording)
    slept = [step for step in steps_of(recording, "yield i") if recording.step(step).flags & SUSPENDED]
    over = stepping.over(slept[0], FORWARD)
    assert over is not None and recording.step(over).frame == recording.step(slept[0]).frame and over > slept[0] + 1
    asked = [stepping.out(step, FORWARD) for step in slept]
    texts = [recording.step(step).statement.text for step in asked if step is not None]
    assert texts[:4] == ["for x in numbers(2):", "for x in numbers(2):", "total += next(g)", "total += next(h)"]
    assert "x = next(g)" in texts
