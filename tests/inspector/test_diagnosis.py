"""The search for the cause of a wrong result: when it begins, what ends it, what is known meanwhile, where a finding leads."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from causes import BLIND_SPOT, MADE, MENDED, RIGHT, WRONG, all_kinds, explain, repair, tell

from inspector.assets import example_path
from inspector.diagnosis import AUTO_MS, DONE, FAILED, NOTHING, SEARCHING, STOPPED, WAITING, best, merged
from rnn import load_inspection, save_inspection
from rnn.diagnose.finding import KINDS

if TYPE_CHECKING:
    from conftest import Desk


def _kinds(desk: Desk) -> list[str]:
    return [asked[0] for asked in desk.engine.asked]


def _run(desk: Desk, path: Path, case: str = "question-2014") -> None:
    """A run of a case, and its answer."""
    if desk.state.case != case:
        desk.state.choose_case(case)
    desk.state.run()
    if desk.state.pending_trust is not None:
        desk.state.trust_and_run()
    desk.engine.answer(path)
    desk.settle()


def _searching(desk: Desk, path: Path) -> None:
    """A run after which the search has begun by itself."""
    _run(desk, path)
    desk.qtbot.waitUntil(lambda: _kinds(desk)[-1] == "diagnose", timeout=10 * AUTO_MS)


@pytest.fixture
def unblamed_file(question_file: Path, tmp_path: Path) -> Path:
    """The question of 2014 as the engine answers: nothing was looked for yet."""
    path = tmp_path / "unblamed.bptt"
    save_inspection(replace(load_inspection(question_file), findings=()), path)
    return path


def test_a_search_begins_by_itself_after_a_run_of_code_that_differs(desk: Desk, unblamed_file: Path) -> None:
    _searching(desk, unblamed_file)
    kind, case, _, extra = desk.engine.asked[-1]
    assert (kind, Path(case).stem, extra["result"]) == ("diagnose", "question-2014", str(unblamed_file))
    assert desk.state.diagnosis.search.phase == SEARCHING
    tell(desk, [explain()], "Trying pairs", 0.25)
    search = desk.state.diagnosis.search
    assert (search.text, search.fraction) == ("Trying pairs", 0.25)
    assert desk.state.diagnosis.best == explain()
    desk.engine.answer("", findings=[repair(), explain()])
    assert desk.state.diagnosis.search.phase == DONE
    assert [one["kind"] for one in desk.state.diagnosis.findings] == ["explain", "repair"]
    assert desk.state.diagnosis.best["kind"] == "repair"


@pytest.mark.parametrize("verdict", ["agree", "undecided"])
def test_no_search_begins_where_nothing_is_wrong(desk: Desk, unblamed_file: Path, tmp_path: Path, verdict: str) -> None:
    path = tmp_path / "right.bptt"
    save_inspection(replace(load_inspection(unblamed_file), verdict=verdict), path)
    _run(desk, path)
    desk.qtbot.wait(2 * AUTO_MS)
    assert _kinds(desk) == ["inspect"]
    desk.state.diagnosis.start()  # blind spots can be asked for all the same
    assert _kinds(desk) == ["inspect", "diagnose"]


def test_no_search_begins_for_the_programs_own_code(desk: Desk, unblamed_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.bptt"
    save_inspection(replace(load_inspection(unblamed_file), case="built-in BPTT"), path)
    _run(desk, path, case="")
    desk.qtbot.wait(2 * AUTO_MS)
    assert _kinds(desk) == ["inspect"]


def test_a_result_from_a_file_is_explained_by_its_numbers_alone(desk: Desk, unblamed_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.bptt"
    save_inspection(replace(load_inspection(unblamed_file), case="not-at-hand"), path)
    desk.show(path)
    desk.state.diagnosis.start()
    assert desk.engine.asked[-1][:2] == ("diagnose", "")


def test_a_new_run_ends_a_search_and_forgets_what_it_found(desk: Desk, unblamed_file: Path, tmp_path: Path) -> None:
    _searching(desk, unblamed_file)
    tell(desk, [explain()])
    number = len(desk.engine.asked)
    other = tmp_path / "other.bptt"
    shutil.copy(unblamed_file, other)
    desk.state.run()
    assert desk.engine.cancelled == [number]
    desk.engine.answer("", number, findings=[repair()])
    assert [one["kind"] for one in desk.state.diagnosis.findings] == ["explain"]  # the answer was dropped
    desk.engine.answer(other)
    assert desk.state.diagnosis.findings == () and desk.state.diagnosis.search.phase == NOTHING


def test_another_result_that_is_shown_ends_a_search(desk: Desk, unblamed_file: Path, tmp_path: Path) -> None:
    _searching(desk, unblamed_file)
    other = tmp_path / "other.bptt"
    shutil.copy(unblamed_file, other)
    desk.show(other)
    assert desk.engine.cancelled == [2]
    assert desk.state.diagnosis.search.phase == NOTHING


def test_another_question_interrupts_a_search_which_then_goes_on(desk: Desk, unblamed_file: Path) -> None:
    _searching(desk, unblamed_file)
    tell(desk, [explain()])
    desk.state.asking.ask_jacobian()
    assert desk.state.diagnosis.search.phase == WAITING
    assert desk.state.diagnosis.findings == (explain(),)
    desk.engine.answer("", sample=0, norms=[1.0] * 5)
    desk.qtbot.waitUntil(lambda: _kinds(desk)[-1] == "diagnose", timeout=10 * AUTO_MS)
    assert desk.state.diagnosis.search.phase == SEARCHING


def test_who_stops_a_search_keeps_what_was_found(desk: Desk, unblamed_file: Path) -> None:
    _searching(desk, unblamed_file)
    tell(desk, [explain()])
    desk.press("Esc")
    assert desk.state.diagnosis.search.phase == STOPPED
    assert desk.engine.cancelled == [2]
    assert desk.state.diagnosis.findings == (explain(),)
    desk.state.diagnosis.start()
    desk.state.diagnosis.stop()
    assert (desk.engine.cancelled, desk.state.diagnosis.search.phase) == ([2, 3], STOPPED)


def test_a_search_that_waits_can_be_stopped(desk: Desk, unblamed_file: Path) -> None:
    _searching(desk, unblamed_file)
    desk.state.asking.ask_jacobian()
    desk.state.diagnosis.stop()
    desk.engine.answer("", sample=0, norms=[1.0] * 5)
    desk.qtbot.wait(2 * AUTO_MS)
    assert _kinds(desk)[-1] == "jacobian"


def test_a_search_that_fails_says_why(desk: Desk, unblamed_file: Path) -> None:
    _searching(desk, unblamed_file)
    desk.engine.refuse("The code gives other numbers each time")
    assert desk.state.diagnosis.search.phase == FAILED
    assert desk.state.failure.sentence == "The code gives other numbers each time"


def test_what_a_search_by_itself_finds_is_told_where_its_panel_is_hidden(desk: Desk, unblamed_file: Path) -> None:
    _searching(desk, unblamed_file)
    desk.engine.answer("", findings=[MADE])
    assert desk.state.notice == ""  # that is no cause
    _searching(desk, unblamed_file)
    desk.engine.answer("", findings=[explain()])
    assert desk.state.notice == explain()["sentence"]
    assert "findings" not in desk.shown_docks()
    desk.state.own.offer.do()
    assert "findings" in desk.shown_docks() and desk.pane_with_focus() == "findings"
    _searching(desk, unblamed_file)
    desk.engine.answer("", findings=[explain()])
    assert desk.state.notice == ""  # it stands there already


def test_a_stale_result_is_run_first(desk: Desk, unblamed_file: Path) -> None:
    _run(desk, unblamed_file)
    desk.state.change_settings(seed=9)
    desk.state.diagnosis.start()
    assert _kinds(desk) == ["inspect"]
    assert "run it first (F5)" in desk.state.notice


def test_who_drags_a_weight_is_not_slowed_down(desk: Desk, unblamed_file: Path) -> None:
    _searching(desk, unblamed_file)
    desk.state.edit_weight("W_hh", (0, 0), 0.5)
    assert _kinds(desk)[-2:] == ["diagnose", "inspect"]
    desk.engine.answer(unblamed_file)
    desk.state.edit_weight("W_hh", (0, 0), 0.6)  # sooner than a search begins
    assert _kinds(desk)[-3:] == ["diagnose", "inspect", "inspect"]


def test_what_several_tell_is_told_once_in_a_fixed_order() -> None:
    again = {**explain(), "step": 3}
    found = merged([BLIND_SPOT, again], [explain(), repair(), {"kind": "news", "sentence": "x"}])
    assert [one["kind"] for one in found] == ["explain", "repair", "blind_spot", "news"]
    assert found[0] is again
    kinds = [one["kind"] for one in merged(reversed(all_kinds()))]
    assert kinds == sorted(kinds, key=KINDS.index)


def test_the_best_is_what_mends_it_else_what_explains_it() -> None:
    nothing = explain(status="unexplained", sentence="not explained")
    assert best([]) is None
    assert best([nothing]) is nothing
    assert best([nothing, MADE]) is nothing
    assert best([MADE, explain()]) == explain()
    assert best([explain(), repair()])["kind"] == "repair"


# Where a finding leads


def test_a_cell_is_selected(shown_desk: Desk) -> None:
    state = shown_desk.state
    assert state.diagnosis.go_to(RIGHT) == "pictures"
    shown_desk.settle()
    assert (state.selection.quantity, state.selection.cell) == ("dW_xh", (4, 0))
    assert state.diagnosis.go_to(MADE) == "pictures"  # its index is that of an entry at t = 3
    shown_desk.settle()
    assert (state.selection.quantity, state.selection.t, state.selection.cell) == ("dh", 3, (3, 2))
    assert state.diagnosis.go_to({"kind": "law", "sentence": "x"}) == ""


def test_a_line_is_recorded_and_gone_to(shown_desk: Desk, question_recording: str, question_beside: str) -> None:
    desk, debugger = shown_desk, shown_desk.state.debugger
    assert desk.state.diagnosis.go_to(explain()) == "code"
    assert (desk.state.selection.quantity, desk.state.selection.t) == ("dh", 3)
    assert _kinds(desk)[-1] == "record"
    desk.engine.answer(question_recording, steps=1, ended="")
    desk.engine.answer(question_beside)
    desk.qtbot.waitUntil(lambda: debugger.here is not None and debugger.here.line == 54, timeout=20_000)
    desk.settle_code()
    assert (debugger.here.line, debugger.here.t) == (54, 3)


def test_the_execution_at_its_t_is_gone_to(code_desk: Desk) -> None:
    state = code_desk.state
    assert state.diagnosis.go_to(explain(t=1)) == "code"
    code_desk.settle_code()
    assert (state.debugger.here.line, state.debugger.here.t) == (54, 1)


def test_without_the_code_no_line_can_be_shown(desk: Desk, question_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.bptt"
    save_inspection(replace(load_inspection(question_file), case="not-at-hand"), path)
    desk.show(path)
    assert desk.state.diagnosis.go_to(explain()) == "pictures"
    assert _kinds(desk) == []
    assert "Open the case" in desk.state.remark


def test_a_problem_that_shows_a_blind_spot_is_run(shown_desk: Desk) -> None:
    spot = {**BLIND_SPOT, "settings": {"h0": "random", "weight_scale": 0.5, "edits": [["W_hh", [0, 1], 2.0]]}}
    shown_desk.state.diagnosis.try_settings(spot)
    settings = shown_desk.state.settings
    assert (settings.weight_scale, settings.edits) == (0.5, (("W_hh", (0, 1), 2.0),))
    assert _kinds(shown_desk) == ["inspect"]


def test_a_minimal_case_is_written(shown_desk: Desk, tmp_path: Path) -> None:
    said: list[Any] = []
    shown_desk.state.diagnosis.minimal_written.connect(lambda *told: said.append(told))
    shown_desk.state.diagnosis.write_minimal(str(tmp_path))
    kind, case, _, extra = shown_desk.engine.asked[-1]
    assert (kind, Path(case).stem, extra["folder"]) == ("minimal", "question-2014", str(tmp_path))
    files = [str(tmp_path / "case.py"), str(tmp_path / "test_case.py")]
    shown_desk.engine.answer(tmp_path, files=files, notes=["T 5 -> 2"])
    assert said == [(str(tmp_path), files, ["T 5 -> 2"])]
    assert shown_desk.state.notice_details == "T 5 -> 2"
    assert shown_desk.state.notice == f"case.py and test_case.py are in {tmp_path}"
    assert shown_desk.state.own.offer.text == "Open folder"


# Repairs


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    """The question of 2014 as a file of the user's."""
    path = tmp_path / "question-2014.py"
    shutil.copy(example_path("question-2014"), path)
    return path


@pytest.fixture
def own_desk(desk: Desk, own_file: Path, unblamed_file: Path) -> Desk:
    """It has been run and diagnosed."""
    _run(desk, unblamed_file, str(own_file))
    desk.state.diagnosis.start()
    desk.engine.answer("", findings=[explain(file=str(own_file)), repair(own_file)])
    return desk


def _repaired(desk: Desk, question_file: Path, tmp_path: Path, which: int = 0) -> Path:
    """Show the repaired run."""
    path = tmp_path / f"repaired-{which}.bptt"
    result = load_inspection(question_file)
    save_inspection(replace(result, case=f"{result.case} (repaired, not written)", verdict="agree", findings=()), path)
    desk.state.diagnosis.repairing.show(desk.state.diagnosis.findings[-1], which)
    desk.engine.answer(path)
    desk.settle()
    return path


def test_the_repaired_run_is_shown_and_left_again(own_desk: Desk, question_file: Path, tmp_path: Path) -> None:
    desk, state = own_desk, own_desk.state
    before, path = state.asking.result_path, _repaired(own_desk, question_file, tmp_path)
    kind, case, _, extra = desk.engine.asked[-1]
    assert (kind, Path(case).name) == ("repaired", "question-2014.py")
    assert [(edit["was"], edit["now"]) for edit in extra["edits"]] == [(WRONG, MENDED)]
    assert state.result.case.endswith("(repaired, not written)") and state.asking.result_path == str(path)
    assert not state.stale
    assert desk.window.pane("repaired").isVisible()
    assert "(repaired)" in desk.window.windowTitle()
    assert [one["kind"] for one in state.diagnosis.findings] == ["explain", "repair"]  # of the user's own run
    assert len(state.own.history.entries) == 1
    state.diagnosis.start()
    assert "go back to your own run" in state.notice
    second = _repaired(desk, question_file, tmp_path, which=1)
    assert state.asking.result_path == str(second)
    state.diagnosis.repairing.back()
    assert state.asking.result_path == before
    assert not desk.window.pane("repaired").isVisible()
    assert len(state.diagnosis.findings) == 2
    assert state.own.history.shown == 1


def test_a_new_run_leaves_the_repaired_one(own_desk: Desk, question_file: Path, tmp_path: Path) -> None:
    _repaired(own_desk, question_file, tmp_path)
    own_desk.state.run()
    own_desk.engine.answer(question_file)
    assert own_desk.state.diagnosis.repairing.shown is None
    assert not own_desk.window.pane("repaired").isVisible()


def test_a_repair_is_written_run_and_taken_back(own_desk: Desk, own_file: Path) -> None:
    state, before = own_desk.state, own_file.read_bytes()
    state.diagnosis.repairing.write(state.diagnosis.findings[-1])
    assert own_file.read_bytes() == before.replace(WRONG.encode(), MENDED.encode()) != before
    assert _kinds(own_desk)[-1] == "inspect"
    assert state.notice == "The repair is written into question-2014.py"
    own_desk.press("Ctrl+Alt+Z")
    assert own_file.read_bytes() == before
    assert _kinds(own_desk)[-2:] == ["inspect", "inspect"]
    state.diagnosis.repairing.undo()
    assert state.remark == "No repair was written"


def test_a_file_that_was_edited_since_is_not_written_over(own_desk: Desk, own_file: Path) -> None:
    state, finding = own_desk.state, own_desk.state.diagnosis.findings[-1]
    own_file.write_text(own_file.read_text() + "# mine\n")
    state.diagnosis.repairing.write(finding)
    assert "was changed since" in state.failure.sentence
    assert own_file.read_text().endswith("# mine\n")


def test_what_was_edited_after_a_repair_is_not_taken_back(own_desk: Desk, own_file: Path) -> None:
    state = own_desk.state
    state.diagnosis.repairing.write(state.diagnosis.findings[-1])
    own_file.write_text(own_file.read_text() + "# mine\n")
    state.diagnosis.repairing.undo()
    assert "was changed after" in state.failure.sentence
    assert own_file.read_text().endswith("# mine\n")


def test_the_examples_stay_as_they_are(shown_desk: Desk) -> None:
    before = example_path("question-2014").read_bytes()
    shown_desk.state.diagnosis.repairing.write(repair())
    assert example_path("question-2014").read_bytes() == before
    assert "examples stay as they are" in shown_desk.state.remark


def test_code_that_may_not_run_is_not_run_repaired(desk: Desk, own_file: Path, unblamed_file: Path) -> None:
    desk.show(unblamed_file)
    desk.state.choose_case(str(own_file))
    desk.state.diagnosis.repairing.show(repair(own_file))
    assert _kinds(desk) == []
    assert "run that first (F5)" in desk.state.notice
