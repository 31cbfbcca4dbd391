"""The debugger's model: opening, moving, choosing, asking, and what it says when that can't be done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from rnn.recorder import RecordingLimits, record
from tests.inspector.debugger.samples import TEXT, line_of, makes_nan, many_arrays, raises_late, three_levels

if TYPE_CHECKING:
    from tests.inspector.debugger.conftest import Bench

LOOP, CALL, ADD, HALF = (
    line_of(text) for text in ("for t in reversed", "da = back_one", "total += da", "dh = 0.5 * da")
)
FACTOR, SQUARED = line_of("factor = slope"), line_of("squared = h * h")


def test_opens_where_the_last_loop_begins(bench: Bench, levels_file: Path) -> None:
    here = bench.open(levels_file).here
    assert (here.line, here.t, here.function, here.iteration) == (LOOP, 2, "three_levels", 0)
    assert here.upcoming[1] == CALL


def test_opens_where_the_code_raised(bench: Bench, tmp_path: Path) -> None:
    record(raises_late, 5, path=tmp_path / "a.rec")
    debugger = bench.open(tmp_path / "a.rec")
    assert (debugger.here.line, debugger.here.t, debugger.here.raised) == (line_of("sums[t] = 1.0"), 3, True)
    assert debugger.moment.raised.startswith("IndexError")
    assert debugger.overview.raised_step >= debugger.here.step
    assert any(alert.kind == "raised" for alert in debugger.overview.alerts)


def test_over_goes_through_the_loop_and_past_calls(bench: Bench, levels_file: Path) -> None:
    bench.open(levels_file)
    assert bench.walk(*[("over", 1)] * 4) == [CALL, ADD, HALF, LOOP]
    assert bench.walk(*[("over", -1)] * 4) == [HALF, ADD, CALL, LOOP]


def test_into_and_out_in_both_directions(bench: Bench, levels_file: Path) -> None:
    bench.open(levels_file)
    lines = bench.walk(("into", 1), ("into", 1), ("into", 1), ("out", 1), ("out", 1))
    assert lines[2] == SQUARED
    assert lines[3:] == [FACTOR, CALL]
    assert bench.walk(("into", -1))[0] == line_of("return dh * factor")
    assert bench.walk(("out", -1)) == [LOOP]


def test_the_same_line_an_iteration_on_and_back(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    bench.walk(("over", 1), ("over", 1), ("same_line", 1))
    assert (debugger.here.line, debugger.here.t) == (ADD, 1)
    bench.walk(("same_line", -1))
    assert (debugger.here.line, debugger.here.t) == (ADD, 2)


def test_a_walk_that_ends_says_so(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    bench.walk(("end", 1))
    assert not debugger.walk("over", 1)
    assert bench.notices.remark == "This is the last step"
    bench.walk(("end", -1))
    assert not debugger.walk("into", -1)
    assert bench.notices.remark == "This is the first step"


def test_run_to_the_cursor(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    debugger.set_cursor((debugger.here.file, SQUARED))
    assert bench.walk(("cursor", 1)) == [SQUARED]
    bench.walk(("cursor", 1))
    assert debugger.here.line == SQUARED
    step = debugger.here.step
    bench.walk(("cursor", -1))
    assert debugger.here.step < step


def test_next_nan_and_what_it_says_without_one(bench: Bench, tmp_path: Path, levels_file: Path) -> None:
    record(makes_nan, 5, path=tmp_path / "a.rec")
    debugger = bench.open(tmp_path / "a.rec", step=0)
    assert bench.walk(("nan", 1)) == [line_of("x[1] = np.nan")]
    assert debugger.overview.not_finite.any()
    bench.open(levels_file)
    assert not debugger.walk("nan", 1)
    assert "No NaN" in bench.notices.remark


def test_divergences_need_jax(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    assert not debugger.walk("wrong", 1)
    assert "JAX" in bench.notices.remark


def test_the_moment_holds_what_the_call_sees(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    bench.walk(("over", 1), ("over", 1))
    rows = {row.path: row for row in debugger.moment.rows}
    assert (rows["total"].shape, rows["total"].changed) == ((4,), np.count_nonzero(debugger.recording.value("total", debugger.here.step)))
    assert rows["hs"].changed is None
    recording = debugger.recording
    assert rows["total"].norm == pytest.approx(np.linalg.norm(recording.value("total", debugger.here.step)))
    assert dict(debugger.moment.numbers)["t"] == "2"
    assert [call.function for call in debugger.moment.stack] == ["three_levels"]


def test_lines_of_the_iteration_and_their_values(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    bench.walk(("over", 1), ("over", 1))
    moment = debugger.moment
    assert moment.ran == {LOOP, CALL, ADD, HALF}
    assert set(moment.inline) == {LOOP, CALL, ADD}
    assert moment.inline[ADD][0].name == "total"
    assert "norm" in moment.inline[ADD][0].text
    assert moment.loop_lines == (LOOP, HALF)


def test_detail_has_before_after_and_what_changed(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    debugger.select_array("total")
    bench.walk(("over", 1), ("over", 1))
    detail = debugger.detail
    assert (detail.path, detail.step) == ("total", debugger.here.step)
    assert not detail.before.any()
    assert (detail.mask == (detail.before != detail.value)).all()
    assert detail.mask.any()
    assert "JAX" in detail.note


def test_a_path_that_is_not_there_says_so(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    debugger.select_array("nothing")
    bench.settle()
    assert debugger.detail.value is None
    assert "nothing" in debugger.detail.note


def test_large_containers_are_folded_and_opened(bench: Bench, tmp_path: Path) -> None:
    record(many_arrays, 50, path=tmp_path / "a.rec")
    debugger = bench.open(tmp_path / "a.rec")
    bench.walk(("end", 1))
    rows = debugger.moment.rows
    assert [(row.path, row.entries) for row in rows if row.depth == 0] == [("kept", 50)]
    debugger.toggle_expanded("kept")
    bench.settle()
    assert sum(row.depth == 1 for row in debugger.moment.rows) == 50
    debugger.toggle_expanded("kept")
    bench.settle()
    assert sum(row.depth == 1 for row in debugger.moment.rows) == 0


def test_what_a_step_does_to_one_of_many_entries_is_seen(bench: Bench, tmp_path: Path) -> None:
    record(many_arrays, 50, path=tmp_path / "a.rec")
    debugger = bench.open(tmp_path / "a.rec", step=60)
    while debugger.here.line != line_of("kept[t] = "):
        bench.walk(("into", 1))
    entries = [row for row in debugger.moment.rows if row.depth == 1]
    assert [row.label for row in entries] == [f"[{debugger.here.t}]"]
    assert entries[0].changed


def test_who_wrote_an_element(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    bench.walk(("end", 1))
    debugger.select_array("total", (1,))
    assert debugger.questions.ask_origin()
    bench.settle()
    origin = debugger.questions.origin
    assert (origin.last.line, origin.last.t) == (ADD, 0)
    assert [one.t for one in origin.writes if one.line == ADD] == [2, 1, 0]


def test_without_a_picked_element_nobody_is_asked(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    assert not debugger.questions.ask_origin()
    assert "Pick an element" in bench.notices.remark


def test_next_and_previous_write(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    debugger.select_array("total", (0,))
    debugger.questions.go_to_write(1)
    bench.settle()
    assert (debugger.here.line, debugger.here.t) == (ADD, 2)
    debugger.questions.go_to_write(1)
    bench.settle()
    assert (debugger.here.line, debugger.here.t) == (ADD, 1)
    debugger.questions.go_to_write(-1)
    bench.settle()
    assert (debugger.here.line, debugger.here.t) == (ADD, 2)


def test_norms_over_the_iterations(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    assert debugger.questions.norms("total") is None
    bench.settle()
    steps, norms = debugger.questions.norms("total")
    recording = debugger.recording
    assert norms == pytest.approx([np.linalg.norm(recording.value("total", int(step))) for step in steps], nan_ok=True)
    assert len(steps) >= 3


def test_back_and_forward_through_jumps(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    first = debugger.here.step
    debugger.go_to(10)
    debugger.go_to(20)
    bench.walk(("into", 1))
    assert debugger.back()
    assert debugger.here.step == 20
    assert debugger.back()
    assert debugger.back()
    assert debugger.here.step == first
    assert not debugger.back()
    assert debugger.forward()
    assert debugger.here.step == 10


def test_a_recording_that_grows(bench: Bench, tmp_path: Path, levels_file: Path) -> None:
    whole = levels_file.read_bytes()
    path = tmp_path / "growing.rec"
    record(three_levels, 40, path=path, limits=RecordingLimits(steps=30))
    debugger = bench.open(path, growing=True)
    assert (debugger.overview.growing, debugger.overview.ended) == (True, "")
    before = debugger.overview.steps
    debugger.finish_growing()
    bench.settle()
    assert not debugger.overview.growing
    assert debugger.overview.ended
    assert debugger.overview.steps == before
    assert whole


@pytest.mark.parametrize("content", [b"", b"nonsense", None])
def test_what_is_no_recording_is_said_and_loses_nothing(
    bench: Bench, tmp_path: Path, levels_file: Path, content: bytes | None
) -> None:
    debugger = bench.open(levels_file)
    here, bad = debugger.here, tmp_path / "bad.rec"
    if content is not None:
        bad.write_bytes(content)
    debugger.open(str(bad))
    bench.wait(lambda: bench.notices.failure is not None)
    assert "bad.rec" in bench.notices.failure.sentence
    assert debugger.here == here
    assert bench.walk(("over", 1)) == [CALL]


def test_a_recording_cut_short_shows_what_is_there(bench: Bench, tmp_path: Path, levels_file: Path) -> None:
    path = tmp_path / "short.rec"
    record(three_levels, 3000, path=path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * 0.8)])
    debugger = bench.open(path)
    assert debugger.overview.ended
    bench.walk(("end", -1), ("into", 1))
    assert debugger.here.step == 1


def test_a_source_that_has_changed_since_is_told(bench: Bench, tmp_path: Path) -> None:
    module = tmp_path / "mine.py"
    module.write_text("import numpy as np\ndef work():\n    x = np.ones(2)\n    return x\n", encoding="utf-8")
    names: dict[str, Any] = {}
    exec(compile(module.read_text(encoding="utf-8"), str(module), "exec"), names)
    record(names["work"], path=tmp_path / "a.rec")
    module.write_text("nothing = 0\n", encoding="utf-8")
    debugger = bench.open(tmp_path / "a.rec")
    assert debugger.overview.sources[0].changed
    assert "np.ones(2)" in debugger.overview.sources[0].text
    assert any(alert.kind == "changed" for alert in debugger.overview.alerts)


def test_hits_of_lines(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    file = debugger.here.file
    assert debugger.overview.hits[file, ADD] == 3
    assert debugger.overview.sources[0].first_lines[ADD] == ADD
    assert debugger.overview.sources[0].text.splitlines()[ADD - 1] == TEXT[ADD - 1]
    assert [one.text.strip() for one in debugger.overview.printed if one.text.strip()] == ["done"]


def test_without_source_it_is_stepped_all_the_same(bench: Bench, tmp_path: Path) -> None:
    names: dict[str, Any] = {}
    text = "import numpy as np\ndef work(T):\n    x = np.zeros(3)\n    for t in range(T):\n        x = x + t\n    return x\n"
    exec(compile(text, "<console>", "exec"), names)
    record(names["work"], 4, path=tmp_path / "a.rec")
    debugger = bench.open(tmp_path / "a.rec", step=0)
    assert debugger.overview.sources[0].text == ""
    seen = []
    while debugger.walk("into", 1):
        bench.settle()
        assert debugger.moment.error == ""
        seen.append(debugger.here.line)
    assert {4, 5, 6} <= set(seen)
    assert {row.path for row in debugger.moment.rows} == {"x"}


def test_why_there_is_no_reference_is_kept_until_the_recording_is_known(bench: Bench, levels_file: Path) -> None:
    debugger = bench.debugger
    debugger.open(str(levels_file))
    debugger.take_note("it is no case")
    bench.wait(lambda: debugger.overview is not None)
    bench.settle()
    assert debugger.overview.note == "it is no case"
    assert not debugger.walk("wrong", 1)
    assert bench.notices.remark == "it is no case"


def test_who_did_not_move_begins_where_it_begins(bench: Bench, tmp_path: Path) -> None:
    """A recording that grows opens at what is there; when it is done, at the last loop's beginning."""
    path = tmp_path / "a.rec"
    record(three_levels, 4, path=path)
    debugger = bench.debugger
    debugger.open(str(path), growing=True, step=3)
    bench.wait(lambda: debugger.overview is not None)
    bench.settle()
    assert debugger.here.step == 3
    debugger.finish_growing()
    bench.settle()
    assert (debugger.here.line, debugger.here.t) == (LOOP, 3)


def test_an_array_stays_selected_where_it_is_not_there(bench: Bench, levels_file: Path) -> None:
    debugger = bench.open(levels_file)
    debugger.select_array("total")
    bench.walk(("into", 1), ("into", 1))
    assert debugger.path == "total"
    assert debugger.detail.value is None
    bench.walk(("out", 1), ("out", 1))
    assert debugger.detail.value is not None
