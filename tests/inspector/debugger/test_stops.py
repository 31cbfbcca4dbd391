"""Breakpoints: made, refused, kept with the case, and their hits known before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rnn.recorder import record
from tests.inspector.debugger.samples import line_of, makes_nan, three_levels

if TYPE_CHECKING:
    from tests.inspector.debugger.conftest import Bench

ADD = line_of("total += da")

KINDS = [
    (f"line {ADD}", 3), ("t == 1", 1), ("written total", 3), ("changed total[0]", 3), ("exploding total 0.1", 1),
    ("vanishing dh 0.5", 1), (f"line {ADD} if t > 0", 2), (f"line {ADD} hits ==2", 1), (f"line {ADD} hits %2", 1),
    ("nan", 0), ("raised", 0), ("shape da", 0), ("dtype da", 0), ("found", 0), ("marked diverges", 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "least"), KINDS, ids=lambda value: str(value))
def test_every_kind_tells_its_hits_without_running(bench: Bench, levels_file: Path, text: str, least: int) -> None:
    debugger = bench.open(levels_file)
    assert debugger.stops.add(text) == ""
    bench.settle()
    hits = debugger.stops.hits(debugger.stops.breakpoints[0])
    assert len(hits.steps) >= least
    assert (len(hits.steps) > 0) == (least > 0)


def test_continue_goes_from_hit_to_hit_both_ways(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    debugger.stops.toggle_line((debugger.here.file, ADD))
    bench.settle()
    assert bench.walk(("continue", 1), ("continue", 1), ("continue", 1)) == [ADD] * 3
    assert debugger.here.t == 0
    assert not debugger.walk("continue", 1)
    bench.walk(("continue", -1))
    assert debugger.here.t == 1


def test_a_breakpoint_that_is_off_does_not_stop(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    debugger.stops.add(f"line {ADD}")
    debugger.stops.set_enabled(debugger.stops.breakpoints[0], False)
    bench.settle()
    assert not debugger.walk("continue", 1)
    assert debugger.stops.hits(debugger.stops.breakpoints[0]).steps.size == 3


def test_what_makes_no_sense_is_refused_with_a_sentence(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    for text in ("line", "exploding dh", "t in [1]", "changed 3", "line 3 hits", "("):
        assert debugger.stops.add(text)
    assert debugger.stops.breakpoints == ()


def test_an_edit_that_makes_no_sense_loses_nothing(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    debugger.stops.add("t == 1")
    one = debugger.stops.breakpoints[0]
    assert debugger.stops.edit(one, "t ==")
    assert debugger.stops.breakpoints == (one,)
    assert debugger.stops.edit(one, "t == 2") == ""
    assert debugger.stops.breakpoints[0].text == "t == 2"


def test_a_log_expression_becomes_a_column(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    debugger.stops.add(f"line {ADD}")
    assert debugger.stops.set_log(debugger.stops.breakpoints[0], "t * 10") == ""
    bench.settle()
    hits = debugger.stops.hits(debugger.stops.breakpoints[0])
    assert hits.values.tolist() == [20.0, 10.0, 0.0]
    assert debugger.stops.set_log(debugger.stops.breakpoints[0], "t in x")


def test_they_are_kept_with_the_case(bench: Bench, levels_file: Path, tmp_path: Path) -> None:
    debugger = bench.open(levels_file)
    debugger.stops.add("t == 1")
    debugger.stops.set_enabled(debugger.stops.breakpoints[0], False)
    other = tmp_path / "other.rec"
    record(three_levels, 5, path=other)
    again = bench.open(other)
    assert [(one.text, one.enabled) for one in again.stops.breakpoints] == [("t == 1", False)]
    assert bench.memory.breakpoints(again.overview.sources[0].path)


def test_hits_are_looked_for_again_in_another_recording(bench: Bench, levels_file: Path, tmp_path: Path) -> None:
    debugger = bench.open(levels_file)
    debugger.stops.add(f"line {ADD}")
    bench.settle()
    assert len(debugger.stops.hits(debugger.stops.breakpoints[0]).steps) == 3
    record(three_levels, 7, path=tmp_path / "other.rec")
    bench.open(tmp_path / "other.rec")
    assert len(debugger.stops.hits(debugger.stops.breakpoints[0]).steps) == 7


def test_nan_hits_are_where_it_appears(bench: Bench, tmp_path: Path) -> None:
    record(makes_nan, 5, path=tmp_path / "a.rec")
    debugger = bench.open(tmp_path / "a.rec", step=0)
    debugger.stops.add("nan x")
    bench.settle()
    hits = debugger.stops.hits(debugger.stops.breakpoints[0])
    first = int(hits.steps[0])
    assert np.isnan(debugger.recording.value("x", first)).any()
    assert not np.isnan(debugger.recording.value("x", first - 1)).any()


def test_completions_come_from_the_recording(bench: Bench, levels_file: Path) -> None:
    debugger, heard = bench.open(levels_file), []
    debugger.questions.completed.connect(heard.append)
    debugger.questions.complete("changed tot")
    bench.wait(lambda: heard)
    assert "changed total" in heard[0]
