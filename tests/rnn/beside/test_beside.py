"""JAX's values beside recordings: silent on what is right, there for every array, the same after they were stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnn.beside import Beside, load_beside, make_beside, save_beside
from rnn.blame.quantities import Truth
from rnn.errors import InputError
from rnn.recorder import Recording
from rnn.recorder.expressions import Unreadable
from tests.rnn.blame.heldout_planted import HELDOUT, HELDOUT_FOLDER
from tests.rnn.blame.planted import CORPUS, PLANTED, plant
from tests.rnn.blame.running import record_case

EXAMPLE = Path(__file__).parents[3] / "resources" / "examples" / "question-2014.py"
RIGHT = [*sorted(CORPUS.glob("*.py")), *sorted(HELDOUT_FOLDER.glob("*.py")), EXAMPLE.with_stem("question-2014-fixed")]

LONG = '''
import numpy as np

CASE = dict(cell="rnn", activation="tanh", loss="half_squared_error", x="TD", weights="out,in", h0="zero",
            settings=dict(steps=150, inputs=20, outputs=9, hidden=30, seed=2))


def run(problem):
    p, xs, targets = problem.params, problem.x, problem.target
    Wxh, Whh, Why, bh, by = (p[name] for name in ("W_xh", "W_hh", "W_hy", "b_h", "b_y"))
    hs, ys = {-1: np.zeros(Whh.shape[0])}, {}
    for t in range(len(xs)):
        hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1] + bh)
        ys[t] = Why @ hs[t] + by
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby, dhnext = np.zeros_like(bh), np.zeros_like(by), np.zeros_like(bh)
    for k in range(len(xs)):
        t = len(xs) - 1 - k
        dy = ys[t] - targets[t]
        dWhy += np.outer(dy, hs[t])
        dby += dy
        dh = Why.T @ dy + dhnext
        dhraw = (1 - hs[t] ** 2) * dh
        dbh += dhraw
        dWxh += np.outer(dhraw, xs[t])
        dWhh += np.outer(dhraw, hs[t - 1])
        dhnext = Whh.T @ dhraw
    return dict(dW_xh=dWxh, dW_hh=dWhh, dW_hy=dWhy, db_h=dbh, db_y=dby)
'''
"""Too large for a library of every partial sum, in a loop that counts up while time goes down."""


def _steps(recording: Recording, text: str) -> list[int]:
    found = [recording.step(number) for number in range(len(recording))]
    return [one.number for one in found if one.statement.text.startswith(text)]


def _wrong_lines(recording: Recording, beside: Beside) -> list[str]:
    steps = np.flatnonzero(np.nan_to_num(beside.worst) > 0)
    return list(dict.fromkeys(recording.step(int(step)).statement.text for step in steps))


@pytest.fixture(scope="module")
def question(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Recording, Beside, Truth]]:
    case, truth, recording = record_case(EXAMPLE, tmp_path_factory.mktemp("question") / "a.rec")
    yield recording, make_beside(recording, truth, case), truth
    recording.close()


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Recording, Beside, Truth]]:
    folder = tmp_path_factory.mktemp("long")
    (folder / "long.py").write_text(LONG, encoding="utf-8")
    case, truth, recording = record_case(folder / "long.py", folder / "a.rec")
    yield recording, make_beside(recording, truth, case), truth
    recording.close()


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_right_programs_are_left_alone(path: Path, tmp_path: Path) -> None:
    case, truth, recording = record_case(path, tmp_path / "a.rec")
    beside = make_beside(recording, truth, case)
    assert _wrong_lines(recording, beside) == []
    assert np.isfinite(beside.worst).sum() > 10
    recording.close()


def test_a_mistake_in_every_program_is_seen(tmp_path: Path) -> None:
    unseen = []
    for one in {one.case: one for one in (*PLANTED, *HELDOUT)}.values():
        case, truth, recording = record_case(plant(one, tmp_path), tmp_path / "a.rec")
        if not _wrong_lines(recording, make_beside(recording, truth, case)):
            unseen.append(one.id)
        recording.close()
    assert unseen == []


def test_the_question_goes_wrong_in_its_loop(question: tuple[Recording, Beside, Truth]) -> None:
    recording, beside, _ = question
    lines = _wrong_lines(recording, beside)
    assert lines[:2] == ["dcdHout[t] += np.dot(dcdHin[t], Whh.T)", "dcdHin[t] = dcdHout[t] * slope[t]"]
    first = _steps(recording, "dcdHout[t] +=")[0]
    assert np.nan_to_num(beside.worst)[:first].max() == 0
    assert "dcdWho = np.dot(Hout.T, dcdOin)" not in lines


def test_references_are_jax_values_in_the_array_s_own_shape(question: tuple[Recording, Beside, Truth]) -> None:
    recording, beside, truth = question
    step = _steps(recording, "dcdHin[t] =")[1]
    found = beside.reference(recording, "dcdHin", step)
    assert np.array_equal(found.value, truth.gradients.steps["da"][:, 0])
    assert found.match.quantity == "da"
    row = beside.reference(recording, "dcdHin[t]", step)
    assert np.array_equal(row.value, truth.gradients.steps["da"][2, 0])
    whole = beside.reference(recording, "dcdWxh", len(recording) - 5)
    assert np.array_equal(whole.value, truth.gradients.named()["dW_xh"])


def test_judgements_say_how_far(question: tuple[Recording, Beside, Truth]) -> None:
    recording, beside, truth = question
    step = _steps(recording, "dcdWxh =")[0]
    judged = beside.judgement(recording, "dcdWxh", step)
    assert judged is not None
    wanted = truth.gradients.named()["dW_xh"]
    error = np.abs(recording.value("dcdWxh", step) - wanted).max()
    assert judged.wrong
    assert judged.error == pytest.approx(error)
    assert judged.relative == pytest.approx(error / np.abs(wanted).max())
    right = beside.judgement(recording, "dcdWho", len(recording) - 6)
    assert right is not None
    assert not right.wrong


def test_between_two_lines_nothing_is_judged(long: tuple[Recording, Beside, Truth]) -> None:
    recording, beside, _ = long
    assert beside.match("run", "Wxh") is not None
    assert beside.judgement(recording, "targets", 40) is None


def test_what_stands_for_nothing_says_so(question: tuple[Recording, Beside, Truth]) -> None:
    recording, beside, _ = question
    with pytest.raises(Unreadable, match="stands for none"):
        beside.reference(recording, "target", _steps(recording, "dcdHin[t] =")[0])
    with pytest.raises(Unreadable):
        beside.reference(recording, "T", _steps(recording, "dcdHin[t] =")[0])


def test_a_long_right_run_is_judged_and_silent(long: tuple[Recording, Beside, Truth]) -> None:
    recording, beside, _ = long
    assert _wrong_lines(recording, beside) == []
    names = {one.path: (one.quantity, one.form) for one in beside.matches if one.certainty > 0.8}
    assert names["dWhh"] == ("dW_hh", "sum")
    assert names["dhraw"] == ("da", "step")
    judged = np.flatnonzero(~np.isnan(beside.worst))
    assert {recording.step(int(step)).statement.text for step in judged} >= {
        "dWhh += np.outer(dhraw, hs[t - 1])", "dh = Why.T @ dy + dhnext", "dbh += dhraw",
    }  # fmt: skip


def test_sums_so_far_and_what_a_step_adds(long: tuple[Recording, Beside, Truth]) -> None:
    recording, beside, truth = long
    number = 40
    step = _steps(recording, "dWhh +=")[number]
    t = 149 - number
    da, h = truth.gradients.steps["da"][:, 0], truth.trace.steps["h"][:, 0]
    added = np.outer(da[t], h[t - 1])
    so_far = sum(np.outer(da[s], h[s - 1]) for s in range(t, 150))
    found = beside.reference(recording, "dWhh", step)
    assert np.allclose(found.value, so_far, rtol=1e-12)
    assert f"{t}" in found.label
    label, by_hand, wanted = beside.increment(recording, "dWhh", step) or ("", None, None)
    assert f"t = {t}" in label
    assert np.allclose(wanted, added, rtol=1e-12)
    assert np.allclose(by_hand, added, atol=1e-12)
    assert beside.increment(recording, "dhraw", step) is None


def test_iterations_know_their_time_step(long: tuple[Recording, Beside, Truth]) -> None:
    recording, beside, _ = long
    for number, step in enumerate(_steps(recording, "dbh += dhraw")[::30]):
        assert beside.times[beside.turn[step]] == 149 - 30 * number


def test_a_wrong_addend_is_seen_at_its_step(tmp_path: Path) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(LONG.replace("dWhh += np.outer(dhraw, hs[t - 1])", "dWhh += np.outer(dhraw, hs[t])"), encoding="utf-8")
    case, truth, recording = record_case(path, tmp_path / "a.rec")
    beside = make_beside(recording, truth, case)
    assert _wrong_lines(recording, beside) == ["dWhh += np.outer(dhraw, hs[t])", *_wrong_lines(recording, beside)[1:]]
    assert np.flatnonzero(np.nan_to_num(beside.worst) > 0)[0] == _steps(recording, "dWhh +=")[0]
    recording.close()


def test_what_the_user_says_counts(tmp_path: Path) -> None:
    case, truth, recording = record_case(EXAMPLE, tmp_path / "a.rec")
    beside = make_beside(recording, truth, case, said={"backward:slope": "da"})
    match = beside.match("backward", "slope")
    assert match is not None
    assert (match.quantity, match.said, match.certainty) == ("da", True, 1.0)
    recording.close()


def test_stored_and_read_back_it_says_the_same(long: tuple[Recording, Beside, Truth], tmp_path: Path) -> None:
    recording, beside, _ = long
    save_beside(replace(beside, findings=({"kind": "blame", "line": 3},), note="a note"), tmp_path / "b")
    again = load_beside(tmp_path / "b")
    assert (again.findings, again.note, again.matches) == (({"kind": "blame", "line": 3},), "a note", beside.matches)
    assert np.array_equal(again.worst, beside.worst, equal_nan=True)
    for path in ("dWhh", "dhraw", "dby", "hs[3]"):
        for step in _steps(recording, "dhnext =")[::40]:
            assert again.judgement(recording, path, step) == beside.judgement(recording, path, step)
            mine, its = beside.reference(recording, path, step), again.reference(recording, path, step)
            assert (mine.label, mine.match) == (its.label, its.match)
            assert np.array_equal(mine.value, its.value)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_short_says_so(question: tuple[Recording, Beside, Truth], tmp_path: Path, share: float) -> None:
    save_beside(question[1], tmp_path / "b")
    data = (tmp_path / "b").read_bytes()
    (tmp_path / "b").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(InputError):
        load_beside(tmp_path / "b")


def test_altered_files_raise_or_say_something_of_use(question: tuple[Recording, Beside, Truth], tmp_path: Path) -> None:
    save_beside(question[1], tmp_path / "b")
    data = bytearray((tmp_path / "b").read_bytes())
    random = np.random.default_rng(0)
    refused = 0
    for _ in range(150):
        changed = data.copy()
        changed[int(random.integers(len(data)))] ^= int(random.integers(1, 256))
        (tmp_path / "c").write_bytes(changed)
        try:
            load_beside(tmp_path / "c")
        except InputError:
            refused += 1
    assert refused > 100
