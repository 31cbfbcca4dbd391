"""The model: what its verbs do to it, to the engine and to what is remembered."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from inspector.pictures import Pictures
from inspector.records import IDLE, RUNNING, STARTING
from inspector.settings import Memory
from inspector.state import State

sys.path.insert(0, str(Path(__file__).parent))
from doubles import FakeEngine, inspection, result_file

CASE = """
CASE = dict(title="My <b>net</b>", cell="rnn", activation="tanh", loss="half_squared_error", x="TD", h0="zero")
def run(problem):
    return {}
"""


@pytest.fixture
def engine(qapp):
    return FakeEngine()


@pytest.fixture
def memory(settings_file):
    return Memory(settings_file)


@pytest.fixture
def pictures(qapp):
    made = Pictures()
    yield made
    made.close()


@pytest.fixture
def state(engine, pictures, memory):
    made = State(engine, pictures, memory)
    yield made
    made.own.close()
    made.debugger.close()


@pytest.fixture
def shown(state, pictures, qtbot, tmp_path):
    """A state with a result, whose picture has been read."""
    with qtbot.waitSignal(pictures.changed):
        state.show_result(str(result_file(tmp_path)))
    return state


@pytest.fixture
def case_file(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(CASE, encoding="utf-8")
    return path


def test_it_begins_with_nothing(state):
    assert (state.case, state.result, state.stale, state.failure, state.questions) == ("", None, False, None, ())
    assert state.status.phase == IDLE


def test_run_asks_the_engine_and_shows_what_it_says(state, engine):
    state.change_settings(seed=7)
    state.run()
    ((kind, case, settings, _),) = engine.asked
    assert (kind, case, settings["seed"]) == ("inspect", "", 7)
    engine.say("Running JAX", 0.35)
    assert (state.status.phase, state.status.text, state.status.fraction) == (RUNNING, "Running JAX", 0.35)


def test_an_engine_that_comes_up_is_said(state, engine):
    engine.is_ready = False
    state.run()
    assert state.status.phase == STARTING


def test_the_answer_is_shown_and_the_worst_parameter_selected(state, engine, tmp_path):
    state.run()
    engine.answer(result_file(tmp_path))
    assert state.result.headline == "dW_hh differs."
    assert (state.selection.quantity, state.status.phase, state.stale) == ("dW_hh", IDLE, False)


def test_a_change_makes_the_result_stale_and_undo_fresh_again(state, engine, tmp_path):
    state.run()
    engine.answer(result_file(tmp_path))
    state.change_settings(seed=9)
    assert state.stale
    state.undo()
    assert not state.stale
    assert state.settings.seed == 0
    state.redo()
    assert state.settings.seed == 9


def test_a_result_of_settings_that_changed_meanwhile_is_stale(state, engine, tmp_path):
    state.run()
    state.change_settings(seed=9)
    engine.answer(result_file(tmp_path))
    assert state.stale


def test_an_old_answer_is_dropped(state, engine, tmp_path):
    state.run()
    state.run()
    assert engine.cancelled == [1]
    engine.answer(result_file(tmp_path), number=1)
    assert state.result is None
    assert state.status.number == 2


def test_cancel_drops_the_answer_at_once(state, engine, tmp_path):
    state.run()
    state.cancel()
    assert (state.status.phase, engine.cancelled, state.remark) == (IDLE, [1], "Cancelled")
    engine.answer(result_file(tmp_path))
    assert state.result is None


def test_a_failed_run_keeps_the_old_result_and_marks_it_stale(shown, engine):
    shown.run()
    engine.refuse("ValueError: oh", details="line 3", file="net.py", line=3)
    assert (shown.failure.sentence, shown.failure.details, shown.failure.line) == ("ValueError: oh", "line 3", 3)
    assert shown.stale
    assert shown.result is not None
    shown.dismiss_notice()
    assert shown.failure is None
    assert shown.stale


def test_questions_are_kept_until_answered_and_the_run_is_repeated(state, engine):
    from inspector.engine.messages import WeightQuestion

    state.change_settings(weights="file", weights_file="w.npz")
    state.run()
    engine.refuse("W_hh can be read in two ways", questions=(WeightQuestion("W_hh", "Which?", ("k", "k.T")),))
    assert [question.options for question in state.questions] == [("k", "k.T")]
    state.answer_questions([("W_hh", "k.T")])
    assert state.questions == ()
    assert engine.asked[-1][2]["weights_map"] == [["W_hh", "k.T"]]


def test_another_weight_file_forgets_the_answers(state):
    state.change_settings(weights="file", weights_file="w.npz")
    state.change_settings(weights_map=(("W_hh", "k"),))
    state.change_settings(weights_file="v.npz")
    assert state.settings.weights_map == ()


def test_a_users_case_never_runs_before_it_is_trusted(state, engine, memory, case_file):
    state.choose_case(str(case_file))
    assert state.pending_trust == str(case_file)
    state.run()
    assert engine.asked == []
    state.trust_and_run()
    assert [asked[:2] for asked in engine.asked] == [("inspect", str(case_file))]
    assert state.pending_trust is None


def test_an_edited_case_is_run_in_the_same_session_and_asks_again_in_the_next(
    state, engine, memory, pictures, settings_file, case_file
):
    state.choose_case(str(case_file))
    state.trust_and_run()
    case_file.write_text(CASE + "# edited\n", encoding="utf-8")
    state.run()
    assert len(engine.asked) == 2
    state = State(engine, pictures, Memory(settings_file))
    state.choose_case(str(case_file))
    state.run()
    assert len(engine.asked) == 2
    assert state.pending_trust == str(case_file)
    state.refuse_trust()
    assert state.pending_trust is None


def test_what_a_case_dictates_cannot_be_changed(state, case_file):
    state.choose_case(str(case_file))
    assert state.case_info.fixed >= {"h0", "batch", "activation"}
    state.change_settings(h0="random", seed=4)
    assert (state.settings.h0, state.settings.batch, state.settings.seed) == ("zero", 1, 4)


def test_an_example_needs_no_trust(state, engine):
    state.choose_case("question-2014")
    state.run()
    assert engine.asked[0][1].endswith("question-2014.py")


def test_leaving_a_case_brings_the_own_problem_back(state):
    state.change_settings(seed=5)
    state.choose_case("question-2014")
    state.choose_case("")
    assert (state.case, state.settings.seed) == ("", 5)


@pytest.mark.parametrize("name", ["no such example", "missing.py"])
def test_a_case_that_is_not_there_changes_nothing(state, name):
    before = state.settings
    state.choose_case(name)
    assert name in state.failure.sentence
    assert (state.case, state.settings) == ("", before)


def test_files_are_opened_by_what_they_hold(state, engine, tmp_path, case_file, pictures, qtbot):
    import numpy as np

    np.savez(tmp_path / "w.npz", W=np.eye(2))
    np.save(tmp_path / "d.npy", np.eye(2))
    (tmp_path / "t.txt").write_text("abc abc", encoding="utf-8")
    state.open_files([tmp_path / "w.npz"])
    assert (state.settings.weights, state.settings.weights_file) == ("file", str(tmp_path / "w.npz"))
    state.open_files([tmp_path / "d.npy"])
    assert (state.settings.data, state.settings.data_file) == ("file", str(tmp_path / "d.npy"))
    state.open_files([tmp_path / "t.txt"])
    assert (state.settings.data, state.settings.data_file) == ("text", str(tmp_path / "t.txt"))
    with qtbot.waitSignal(pictures.changed):
        state.open_files([result_file(tmp_path)])
    assert state.result is not None
    state.open_files([case_file])
    assert state.case == str(case_file)
    assert engine.asked == []
    assert [Path(path).name for path in state.recent] == ["net.py", "result.bptt", "t.txt", "d.npy", "w.npz"]


@pytest.mark.parametrize("content", [None, b"\x00\x01\x02", b"BPTTRES\x01 cut short"])
def test_a_file_that_cannot_be_opened_is_named_and_nothing_changes(state, tmp_path, content):
    path = tmp_path / "strange.bin"
    if content is not None:
        path.write_bytes(content)
    before = state.settings
    state.open_files([str(path)])
    assert "strange.bin" in state.failure.sentence
    assert (state.settings, state.result) == (before, None)


def test_a_recording_is_opened_beside_the_result(state, engine, tmp_path, qtbot):
    """One that is cut short before its first step is told so, and the other stays open."""
    from rnn.recorder import record

    path, bad = tmp_path / "run.rec", tmp_path / "bad.rec"

    def work():
        x = 1
        return x

    record(work, path=path)
    bad.write_bytes(path.read_bytes()[:60])
    before = state.settings
    state.open_files([str(path)])
    qtbot.waitUntil(lambda: state.debugger.overview is not None)
    assert engine.asked[-1][0] == "beside"
    assert (state.settings, state.result, state.recent) == (before, None, (str(path),))
    state.open_files([str(bad)])
    qtbot.waitUntil(lambda: state.failure is not None)
    assert "bad.rec" in state.failure.sentence
    assert state.debugger.overview.path == str(path)
    state.open_files([str(result_file(tmp_path))])
    assert state.result is not None


def test_differences_are_walked_worst_first_and_wrap(shown):
    cells = []
    for _ in range(4):
        shown.step_difference(1)
        cells.append(shown.selection.cell)
    assert cells == [(1, 1), (2, 0), (0, 1), (1, 1)]
    assert "begins again" in shown.remark
    shown.step_difference(-1)
    assert shown.selection.cell == (0, 1)


def test_what_is_not_finite_is_walked_in_reading_order(shown, pictures):
    assert (pictures.current.nan_count, pictures.current.inf_count) == (1, 1)
    shown.step_non_finite()
    shown.step_non_finite()
    assert shown.selection.cell == (1, 2)


def test_every_quantity_keeps_its_cell(shown, pictures, qtbot):
    shown.pick(2, 1)
    with qtbot.waitSignal(pictures.changed):
        shown.select_quantity("db_h")
    assert shown.selection.cell is None
    shown.select_quantity("dW_hh")
    assert shown.selection.cell == (2, 1)


def test_row_and_step_are_one_in_a_picture_through_time(shown, pictures, qtbot):
    with qtbot.waitSignal(pictures.changed):
        shown.select_quantity("dh")
    assert pictures.current.hand.shape == (5, 3)
    shown.pick(3, 2)
    assert shown.selection.t == 3
    shown.select_t(1)
    assert shown.selection.cell == (1, 2)
    with qtbot.waitSignal(pictures.changed):
        shown.select_sample(1)
    assert pictures.current.differences.tolist() == [[3, 2]]


def test_selection_stays_inside_the_result(shown):
    shown.pick(9, 9)
    assert shown.selection.cell is None
    shown.select_t(99)
    shown.select_sample(-4)
    assert (shown.selection.t, shown.selection.sample) == (4, 0)
    shown.select_quantity("no such thing")
    assert shown.selection.quantity == "dW_hh"


def test_a_vector_is_a_row_and_a_wrong_shape_no_picture(shown, pictures, qtbot):
    with qtbot.waitSignal(pictures.changed):
        shown.select_quantity("db_h")
    assert pictures.current.hand.shape == (1, 3)
    with qtbot.waitSignal(pictures.changed):
        shown.select_quantity("dx")
    assert pictures.current.hand is None
    assert "(5, 2, 1)" in pictures.current.note


def test_only_the_newest_picture_is_handed_out(state, pictures, qtbot):
    result = inspection()
    heard = []
    pictures.changed.connect(lambda: heard.append(pictures.current.quantity))
    with qtbot.waitSignal(pictures.changed):
        for name in ("db_h", "dW_hh", "dh"):
            pictures.request(result, name, 0)
    assert heard == ["dh"]


def test_saving_goes_to_the_engine(shown, engine, tmp_path):
    shown.asking.save_weights(str(tmp_path / "w.npz"))
    kind, _, _, extra = engine.asked[-1]
    assert (kind, extra["path"], Path(extra["result"]).name) == ("save_weights", str(tmp_path / "w.npz"), "result.bptt")
    engine.answer(tmp_path / "w.npz")
    assert shown.notice == f"Saved {tmp_path / 'w.npz'}"
    assert not shown.stale


def test_without_a_result_nothing_is_saved(state, engine, tmp_path):
    state.asking.save_weights(str(tmp_path / "w.npz"))
    assert engine.asked == []
    assert "no result" in state.failure.sentence


def test_view_and_problem_are_remembered(state, engine, pictures, settings_file):
    state.set_view(metric="ulp")
    state.set_view(theme="dark")
    state.set_view(scale="no such scale")
    state.change_settings(seed=11)
    again = State(engine, pictures, Memory(settings_file))
    assert (again.view.metric, again.view.theme, again.view.scale, again.settings.seed) == ("ulp", "dark", "asinh", 11)


@pytest.mark.parametrize("content", ["[General]\nview=nonsense\nproblem={\nrecent=3\n", "\x00\x01",
                                     "[General]\nview=\"{\\\"theme\\\": 3, \\\"metric\\\": \\\"x\\\"}\"\n"])
def test_spoilt_memory_means_defaults(settings_file, content):
    settings_file.write_text(content, encoding="utf-8")
    memory = Memory(settings_file)
    view = memory.view()
    assert (view.theme, view.metric, memory.recent(), memory.problem().seed) == ("system", "difference", (), 0)
    assert memory.layout() is None
