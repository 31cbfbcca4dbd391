"""Looking: undo of view and problem, views kept by quantity, live runs that lose nothing, answers that come and go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rnn.settings import ProblemSettings

if TYPE_CHECKING:
    from conftest import Desk


def test_undo_takes_back_view_and_problem_in_order(shown_desk: Desk) -> None:
    state = shown_desk.state
    state.set_view(metric="ulp")
    state.change_settings(seed=77)
    state.set_view(scale="log")
    state.undo()
    assert (state.view.scale, state.settings.seed, state.view.metric) == ("asinh", 77, "ulp")
    state.undo()
    assert (state.settings.seed != 77, state.view.metric) == (True, "ulp")
    state.undo()
    assert state.view.metric == "difference"
    for _ in range(3):
        state.redo()
    assert (state.view.scale, state.settings.seed, state.view.metric) == ("log", 77, "ulp")


def test_undo_shows_the_quantity_whose_view_it_takes_back(shown_desk: Desk) -> None:
    state = shown_desk.state
    state.select_quantity("dW_hh")
    state.set_view(metric="relative")
    state.select_quantity("db_h")
    state.undo()
    assert (state.selection.quantity, state.view.metric) == ("dW_hh", "difference")


def test_a_drag_is_one_step_of_undo(shown_desk: Desk) -> None:
    state = shown_desk.state
    for value in (0.5, 0.4, 0.3):
        state.look.set_bound("values", value, "drag")
    state.end_drag()
    state.look.set_bound("values", 0.2, "drag")
    state.undo()
    assert state.view.value_bound == 0.3
    state.undo()
    assert state.view.value_bound is None


def test_every_quantity_keeps_its_own_view(shown_desk: Desk) -> None:
    state = shown_desk.state
    state.select_quantity("dW_hh")
    state.set_view(metric="ulp", value_bound=2.0)
    state.select_quantity("dW_hy")
    assert state.view.value_bound is None
    state.set_view(metric="absolute")
    state.select_quantity("dW_hh")
    assert (state.view.metric, state.view.value_bound) == ("ulp", 2.0)


def test_a_range_of_the_difference_ends_with_its_metric(shown_desk: Desk) -> None:
    state = shown_desk.state
    state.look.set_bound("difference", 1e-3)
    assert state.view.difference_bound == 1e-3
    state.set_view(metric="ulp")
    assert state.view.difference_bound is None


@pytest.mark.parametrize(("field", "value"), [("metric", "none"), ("mode", "x"), ("atol", -1.0), ("rtol", float("nan")), ("split", 2.0)])
def test_a_view_that_makes_no_sense_is_ignored(shown_desk: Desk, field: str, value: object) -> None:
    before = shown_desk.state.view
    shown_desk.state.set_view(**{field: value})
    assert shown_desk.state.view == before


def test_a_region_is_cut_to_the_picture(shown_desk: Desk) -> None:
    state = shown_desk.state
    state.select_quantity("dW_xh")
    state.look.mark_region((3, 9), (-2, 1))
    assert state.selection.region == (0, 1, 3, 3)
    state.clear_pick()
    assert state.selection.region is None


def test_first_divergence_and_guilty_step(shown_desk: Desk) -> None:
    state = shown_desk.state
    state.look.go_to_first_divergence()
    shown_desk.settle()
    assert (state.selection.quantity, state.selection.t) == ("dh", 3)
    state.select_quantity("dW_xh")
    state.look.go_to_worst()
    shown_desk.settle()
    state.look.go_to_worst_step()
    history = shown_desk.pictures.history
    assert history is not None and history.hand is not None
    assert state.selection.t == int(np.argmax(np.abs(history.hand - history.reference)))


def test_live_runs_never_pile_up_and_the_newest_is_never_lost(shown_desk: Desk, question_file: Path) -> None:
    state, engine = shown_desk.state, shown_desk.engine
    shown = state.result
    for number in range(5):
        state.edit_weight("W_hh", (0, 0), 0.1 * number, "drag")
    assert len(engine.asked) == 1
    assert state.result is shown
    assert not state.stale
    engine.answer(question_file)
    assert len(engine.asked) == 2
    assert engine.asked[-1][2]["edits"] == [["W_hh", [0, 0], 0.4]]
    engine.answer(question_file)
    assert len(engine.asked) == 2


def test_a_live_run_that_fails_keeps_the_picture_and_the_next_clears_the_message(shown_desk: Desk, question_file: Path) -> None:
    state, engine = shown_desk.state, shown_desk.engine
    shown = state.result
    state.edit_weight("W_hh", (0, 0), 1.0)
    engine.refuse("too large")
    assert state.result is shown and state.failure is not None and state.stale
    state.edit_weight("W_hh", (0, 0), 0.5)
    engine.answer(question_file)
    assert state.failure is None


def test_weights_drawn_anew_forget_what_was_set_by_hand(shown_desk: Desk) -> None:
    state = shown_desk.state
    state.edit_weight("W_hh", (0, 0), 1.0)
    state.edit_weight("W_hh", (0, 1), 2.0)
    assert len(state.settings.edits) == 2
    state.change_settings(counted="last")
    assert len(state.settings.edits) == 2
    state.change_settings(seed=9)
    assert state.settings.edits == ()


def test_many_problems_come_in_row_by_row_and_open(shown_desk: Desk) -> None:
    state, engine = shown_desk.state, shown_desk.engine
    state.check_many(2)
    from inspector.engine.messages import Progress

    row = {"settings": {**state.settings.to_json(), "seed": 31}, "sizes": {}, "verdict": "agree", "verdicts": {}, "ratio": 0.1,
           "headline": "fine", "number": 0}
    engine.progressed.emit(Progress(1, "Problem 1 of 2", 0.5, {"row": row}))
    assert (len(state.asking.problems.rows), state.asking.problems.wanted) == (1, 2)
    state.drag_settings("", **vars(ProblemSettings.from_json(row["settings"])))
    assert state.settings.seed == 31
    assert engine.asked[-1][0] == "inspect"


def test_answers_belong_to_their_result(shown_desk: Desk, question_file: Path) -> None:
    from inspector.engine.messages import Done

    state, engine = shown_desk.state, shown_desk.engine
    state.asking.ask_jacobian()
    engine.done.emit(Done(1, "", {"sample": 0, "norms": [1.0, 2.0]}))
    assert state.asking.jacobian is not None
    state.show_result(str(question_file))
    assert state.asking.jacobian is None


def test_a_flip_passes(shown_desk: Desk) -> None:
    state = shown_desk.state
    before = state.view
    state.look.set_flipped(True)
    assert state.view == before
    assert shown_desk.window.pane("triptych").canvas.views[0].title == "JAX"
    state.look.set_flipped(False)
    assert shown_desk.window.pane("triptych").canvas.views[0].title == "HAND"


def test_a_step_of_the_descent_becomes_the_problem(shown_desk: Desk) -> None:
    from inspector.engine.messages import Done

    state, engine = shown_desk.state, shown_desk.engine
    state.asking._descent_path = "descent.bptt"
    state.asking.open_step("hand", 3)
    assert engine.asked[-1][0] == "open_step"
    engine.done.emit(Done(len(engine.asked), "step-3.npz", {}))
    chosen = state.settings
    assert (chosen.weights, chosen.weights_file, chosen.orientation) == ("file", "step-3.npz", "in,out")
    assert engine.asked[-1][0] == "inspect"
    state.undo()
    assert state.settings.weights != "file"
