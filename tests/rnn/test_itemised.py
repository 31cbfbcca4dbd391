"""The itemised matrix: how much of dh at step t comes from the loss at step s."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnn import InputError, oracle
from rnn import itemised as module
from rnn.arrays import freeze
from rnn.cases import read_case
from rnn.container_writer import ContainerWriter
from rnn.handwritten import run_by_hand
from rnn.itemised import Itemised, itemised, load_itemised, save_itemised
from rnn.jobs import JobRunner
from rnn.losses import LOSSES
from rnn.network import Network
from rnn.numerical import element
from rnn.problem import Problem
from tests.hands import Hand, Values, case
from tests.problems import make_problem

SQUARED = Network("rnn", "tanh", "half_squared_error", True)


def _one_by_one(problem: Problem, sample: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.float64]]:
    """d(loss at s)/dh_t as (s, t, H): one run of JAX for every s, all other loss weights 0, the mean undone by hand."""
    rows = []
    for s in range(problem.sizes["T"]):
        weights = np.zeros_like(problem.loss_weights)
        weights[s, sample] = problem.loss_weights[s, sample]
        if not weights.any():
            rows.append(np.zeros((problem.sizes["T"], problem.sizes["H"])))
            continue
        part = replace(problem, loss_weights=freeze(weights))
        dh = np.asarray(oracle.reference(part)[1].steps["dh"])[:, sample]
        mean = LOSSES[problem.loss].mean
        rows.append(dh * (weights.sum() / problem.loss_weights.sum() if mean else 1.0))
    return np.stack(rows)


def _near(found: Itemised, expected: np.ndarray[tuple[int, int], np.dtype[np.float64]], digits: float = 1e-10) -> None:
    assert found.hand is not None and found.difference is not None
    assert found.reference == pytest.approx(expected, rel=digits, abs=digits * expected.max())
    assert found.hand == pytest.approx(expected, rel=digits, abs=digits * expected.max())
    assert found.difference.max() <= digits * expected.max()
    for matrix in (found.reference, found.hand, found.difference):
        assert not np.triu(matrix, 1).any()


@pytest.mark.parametrize(("loss", "output_layer"), [*((loss, True) for loss in LOSSES), ("upstream", False)])
def test_rows_are_runs_with_one_loss_each(loss: str, output_layer: bool) -> None:
    """Every loss, a padding mask, several samples: as one run a step gives it; the rows add up to dh."""
    network = Network("rnn", "tanh", loss, output_layer)
    problem = make_problem(network, (5, 3, 2, 4, 3), counted="mask", seed=3, ids=LOSSES[loss].targets != "rows")
    rows = _one_by_one(problem, 1)
    _near(itemised(problem, None, None, 1), np.linalg.norm(rows, axis=2))
    dh = np.asarray(oracle.reference(problem)[1].steps["dh"])[:, 1]
    assert rows.sum(axis=0) == pytest.approx(dh, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "identity"])
@pytest.mark.parametrize("sizes", [(1, 1, 1, 1, 1), (4, 1, 2, 1, 3), (6, 2, 3, 5, 1)])
def test_one_of_everything(activation: str, sizes: tuple[int, int, int, int, int]) -> None:
    problem = make_problem(Network("rnn", activation, "half_squared_error", True), sizes, biases=False)
    _near(itemised(problem, None, None, 0), np.linalg.norm(_one_by_one(problem, 0), axis=2))


def test_entries_by_central_differences() -> None:
    """An independent check of single entries: differences of the forward pass with one step's loss."""
    problem = make_problem(SQUARED, (5, 1, 2, 3, 2))
    found = itemised(problem, None, None, 0)
    for s, t in ((4, 4), (4, 1), (2, 0)):
        weights = np.zeros((5, 1))
        weights[s] = 1
        part = replace(problem, loss_weights=freeze(weights))
        slopes = [element(part, "dh", (t, 0, j), (5, 1, 3)) for j in range(3)]
        error = 10 * np.linalg.norm([slope.error for slope in slopes])
        assert found.reference[s, t] == pytest.approx(np.linalg.norm([slope.value for slope in slopes]), abs=error)


def test_float32() -> None:
    problem = make_problem(SQUARED, dtype="float32")
    _near(itemised(problem, None, None, 1), np.linalg.norm(_one_by_one(problem.cast("float64"), 1), axis=2), 1e-5)


def test_blocks_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = make_problem(SQUARED, (8, 1, 4, 6, 5))
    whole = itemised(problem, None, None, 0)
    for copies in (1, 3):
        monkeypatch.setattr(module, "BUDGET_BYTES", copies * 8 * module.ARRAYS * 8 * 6)
        part = itemised(problem, None, None, 0)
        assert part.reference == pytest.approx(whole.reference, rel=1e-12)
        assert part.hand == pytest.approx(whole.hand, rel=1e-12)


def test_gradients_below_the_root_of_the_smallest_number() -> None:
    """What has shrunk to 1e-200 is still told from nothing."""
    problem = make_problem(SQUARED, (80, 1, 2, 3, 2), scale=0.001)
    found = itemised(problem, None, None, 0)
    below = found.reference[np.tril_indices(80)]
    assert (below > 0).all()
    assert below.min() < 1e-170


def test_a_mistake_shows_as_the_norm_of_the_difference() -> None:
    """A sign is lost: both norms are equal, and the difference is twice the reference."""
    problem = make_problem(SQUARED)
    found = itemised(problem, case(), Hand(lambda values: {**values, "dh": -values["dh"]}), 0)
    assert found.hand is not None
    assert found.hand == pytest.approx(found.reference, rel=1e-9)
    assert found.difference == pytest.approx(2 * found.reference, rel=1e-9)
    assert found.note == ""


def test_nan_by_hand_is_shown_and_not_hidden() -> None:
    def breaks(values: Values) -> Values:
        dh = values["dh"].copy()
        dh[0] = np.nan
        return {**values, "dh": dh}

    found = itemised(make_problem(SQUARED), case(), Hand(breaks), 0)
    assert found.hand is not None and found.difference is not None
    assert np.isnan(found.hand[:, 0]).all() and np.isfinite(found.hand[:, 1:]).all()
    assert np.isnan(found.difference[:, 0]).all()
    assert np.isfinite(found.reference).all()


def test_overflow_is_no_warning() -> None:
    problem = make_problem(Network("rnn", "identity", "half_squared_error", True), (30, 1, 2, 3, 2), scale=1e20)
    assert not np.isfinite(itemised(problem, None, None, 0).reference).all()


NO_HAND = [
    (case(), Hand(lambda values: {n: v for n, v in values.items() if n != "dh"}), "returns no dh"),
    (case(), Hand(lambda values: {**values, "dh": values["dh"][1:]}), "has the shape (6, 7, 6), expected (7, 7, 6)"),
    (
        case(),
        Hand(before=lambda problem: replace(problem, loss_weights=np.ones_like(problem.loss_weights))),
        "doesn't use problem.loss_weights",
    ),
    (
        case(x="TD"),
        Hand(before=lambda problem: replace(problem, loss_weights=np.ones_like(problem.loss_weights))),
        "doesn't use problem.loss_weights",
    ),
]


@pytest.mark.parametrize(("declared", "hand", "said"), NO_HAND)
def test_code_that_cannot_be_asked(declared: object, hand: Hand, said: str) -> None:
    """The reference stays, hand is left out, and the note says why."""
    problem = make_problem(SQUARED, (7, 1, 4, 6, 5))
    found = itemised(problem, declared, hand, 0)  # type: ignore[arg-type]
    assert found.hand is None and found.difference is None
    assert said in found.note
    assert np.array_equal(found.reference, itemised(problem, None, None, 0).reference)


def test_given_gradients_need_no_loss_weights() -> None:
    """Under the loss `upstream` the target itself is taken apart, so code that only knows the target can be asked."""
    problem = make_problem(Network("rnn", "tanh", "upstream", True), (6, 1, 2, 3, 2))
    hand = Hand(before=lambda asked: replace(asked, loss_weights=np.ones_like(asked.loss_weights)))
    _near(itemised(problem, case(x="TD"), hand, 0), np.linalg.norm(_one_by_one(problem, 0), axis=2))


def test_code_for_one_sequence_is_asked_once_a_step() -> None:
    hand = Hand()
    found = itemised(make_problem(SQUARED, (7, 1, 4, 6, 5)), case(x="TD"), hand, 0)
    assert [problem.sizes["B"] for problem in hand.asked] == [1] * 7
    assert found.hand == pytest.approx(found.reference, rel=1e-10)


def test_code_for_a_fixed_batch_gets_that_batch() -> None:
    hand = Hand()
    found = itemised(make_problem(SQUARED), case(sizes={"B": 3}), hand, 2)
    assert [problem.sizes["B"] for problem in hand.asked] == [3, 3, 3]
    assert found.hand == pytest.approx(found.reference, rel=1e-10)


CASE_FILE = """
import numpy as np
CASE = dict(activation="tanh", loss="half_squared_error", x="TD", h0="given", biases=False)
def run(problem):
    p, h = problem.params, [problem.h0]
    for t in range(problem.T):
        h.append(np.tanh(problem.x[t] @ p["W_xh"] + h[-1] @ p["W_hh"]))
    h = np.stack(h)
    dy = (h[1:] @ p["W_hy"] - problem.target) WEIGHTED
    dh, carry = dy @ p["W_hy"].T, 0
    for t in reversed(range(problem.T)):
        dh[t] += carry
        carry = (dh[t] * (1 - h[t + 1] ** 2)) @ p["W_hh"].T
    return dict(dh=dh, dW_hy=h[1:].T @ dy)
"""


def test_a_case_file_in_a_job(tmp_path: Path) -> None:
    """A user's file for one sequence, as the program runs it; one that ignores loss weights is found out."""
    problem = make_problem(SQUARED, (5, 1, 3, 4, 2), biases=False)
    good, deaf = tmp_path / "good.py", tmp_path / "deaf.py"
    good.write_text(CASE_FILE.replace("WEIGHTED", "* problem.loss_weights[:, None]"))
    deaf.write_text(CASE_FILE.replace("WEIGHTED", ""))
    with JobRunner() as runner:
        _near(itemised(problem, read_case(good), runner, 0), np.linalg.norm(_one_by_one(problem, 0), axis=2))
        found = itemised(problem, read_case(deaf), runner, 0)
        assert found.hand is None and "problem.loss_weights" in found.note
        assert "\n" not in found.note


def test_a_window_agrees_with_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """T = 1200: the window's numbers are those of the whole matrix, wherever the window stands."""
    problem = make_problem(SQUARED, (1200, 2, 1, 2, 1), scale=0.9)
    monkeypatch.setattr(module, "LONGEST", 40)
    for cursor, first in ((0, 0), (600, 580), (1199, 1160)):
        found = itemised(problem, None, None, 1, cursor)
        assert found.first == first
        assert found.reference.shape == (40, 40)
        assert found.note == f"Steps {first} to {first + 39} of 1200."
        for s in (3, 20, 39):
            weights = np.zeros_like(problem.loss_weights)
            weights[first + s, 1] = 1
            dh = oracle.reference(replace(problem, loss_weights=freeze(weights)))[1].steps["dh"]
            expected = np.linalg.norm(dh[first : first + 40, 1], axis=1)
            assert found.reference[s] == pytest.approx(expected, rel=1e-9, abs=1e-12)
            assert found.hand is not None
            assert found.hand[s] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_above_a_thousand_steps_there_is_a_window() -> None:
    problem = make_problem(Network("rnn", "tanh", "half_squared_error", False), (1200, 1, 1, 1, 1), scale=0.9)
    weights = np.zeros_like(problem.loss_weights)
    weights[[150, 700]] = 1  # two losses: the rest need not be computed
    found = itemised(replace(problem, loss_weights=freeze(weights)), None, None, 0, cursor=600)
    assert (found.first, found.reference.shape) == (100, (1000, 1000))
    assert np.flatnonzero(found.reference.any(axis=1)).tolist() == [50, 600]


def test_a_window_that_the_code_cannot_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code with h0 = 0 can do the first window and no other; code for one T none at all."""
    monkeypatch.setattr(module, "LONGEST", 5)
    problem = make_problem(SQUARED, (9, 1, 2, 3, 2), zero_h0=True)
    assert itemised(problem, case(h0="zero"), Hand(), 0, 0).hand is not None
    middle = itemised(problem, case(h0="zero"), Hand(), 0, 6)
    assert middle.hand is None and "begins at h0 = 0" in middle.note and middle.note.startswith("Steps 4 to 8 of 9. ")
    fixed = itemised(problem, case(sizes={"T": 9}), Hand(), 0, 0)
    assert fixed.hand is None and "made for T = 9" in fixed.note


def test_a_sample_without_a_loss() -> None:
    problem = make_problem(SQUARED)
    weights = problem.loss_weights.copy()
    weights[:, 1] = 0
    found = itemised(replace(problem, loss_weights=freeze(weights)), None, None, 1)
    assert not found.reference.any()
    assert "No step counts" in found.note


def test_progress_cancels_between_runs_of_the_code() -> None:
    class Cancelled(Exception):
        pass

    hand = Hand()
    said: list[float] = []

    def say(text: str, fraction: float | None) -> None:
        said.extend([] if fraction is None else [fraction])
        if len(hand.asked) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        itemised(make_problem(SQUARED, (7, 1, 4, 6, 5)), case(x="TD"), hand, 0, progress=say)
    assert len(hand.asked) == 3
    assert said == sorted(said)
    assert 0 < said[-1] < 1


def test_bad_input() -> None:
    problem = make_problem(SQUARED)
    for sample in (-1, 3):
        with pytest.raises(InputError, match=f"sample is {sample}"):
            itemised(problem, None, None, sample)
    with pytest.raises(InputError, match="nothing was given to run it with"):
        itemised(problem, case(), None, 0)


def test_saved_and_loaded(tmp_path: Path) -> None:
    problem = make_problem(SQUARED)
    for found in (itemised(problem, None, None, 2), itemised(problem, *NO_HAND[0][:2], 2)):
        save_itemised(found, tmp_path / "m.bptt")
        back = load_itemised(tmp_path / "m.bptt")
        assert (back.first, back.sample, back.note) == (found.first, found.sample, found.note)
        for name in ("reference", "hand", "difference"):
            before, after = getattr(found, name), getattr(back, name)
            assert (before is None and after is None) or np.array_equal(before, after)
    with ContainerWriter(tmp_path / "other.bptt") as writer:
        writer.finish({"kind": "descent"})
    with pytest.raises(InputError, match="expected an itemised matrix"):
        load_itemised(tmp_path / "other.bptt")


def test_the_diagonal_is_each_step_s_own_share() -> None:
    """Nothing is carried into the diagonal: it is dh_out."""
    problem = make_problem(SQUARED, (6, 1, 2, 3, 2))
    found = itemised(problem, None, None, 0)
    dh_out = run_by_hand(problem)[1].steps["dh_out"]
    assert np.diag(found.reference) == pytest.approx(np.linalg.norm(dh_out[:, 0], axis=1), rel=1e-10)
