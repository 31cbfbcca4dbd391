"""Shrinking: the finding stays, what the case fixes stays, and nothing that the code can't do is taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnn import InputError, oracle
from rnn.diagnose.minimal import minimal_case, shrink
from rnn.diagnose.minimal.judging import Judge, comparable, difference
from rnn.diagnose.minimal.sizes import CUTS, with_some
from rnn.diagnose.minimal.values import with_array
from rnn.jobs import JobRunner
from rnn.problem import Problem, check
from tests.rnn.cases.mutated import MUTATED
from tests.rnn.cases.proving import EXAMPLES, STYLES
from tests.rnn.diagnose.minimal.running import silent, subject_of
from tests.rnn.test_own_cell import ALL_STEPS, BY_STEP

NET = """
import numpy as np

CASE = dict(cell="rnn", loss="half_squared_error", settings=dict(steps=6, batch=3, inputs=4, hidden=5, outputs=2))


def run(problem):
    p, x = problem.params, problem.x
    assert len(x) >= 1
    h = [problem.h0]
    for t in range(problem.T):
        h.append(np.ACT(x[t] @ p["W_xh"] + h[t] @ p["W_hh"] + p["b_h"]))
    hs = np.array(h[1:])
    dy = (hs @ p["W_hy"] + p["b_y"] - problem.target) * problem.loss_weights[:, :, None]
    g, carry = {"d" + k: np.zeros_like(v) for k, v in p.items()}, 0
    for t in reversed(range(problem.T)):
        g["dW_hy"] += hs[t].T @ dy[t]
        g["db_y"] += dy[t].sum(0)
        da = (dy[t] @ p["W_hy"].T + carry) * SLOPE
        g["dW_xh"] += x[t].T @ da
        g["dW_hh"] += h[t].T @ da
        g["db_h"] += da.sum(0)
        carry = da @ p["W_hh"].T
    return dict(g, dh0=carry)
""".replace("ACT", "tanh").replace("SLOPE", "(1 - hs[t] ** 2)")


def _wrong(folder: Path, old: str, new: str) -> Path:
    assert NET.count(old) == 1
    path = folder / "net.py"
    path.write_text(NET.replace(old, new), encoding="utf-8")
    return path


def _wrong_by_jax(problem: Problem, values: dict[str, np.ndarray]) -> set[str]:
    truth = oracle.reference(problem)[1].named()
    return {name for name in comparable(problem) if name in values and difference(values[name], truth[name]) > 1e-7}


TWO_BACK = "last, carry = locals().get('now', 0), locals().get('last', 0)\n        now = da @ p[\"W_hh\"].T"

MISTAKES = {
    "carry not transposed": ("da @ p[\"W_hh\"].T", "da @ p[\"W_hh\"]", {"T": 2, "B": 1, "D": 1, "H": 2, "K": 1}),
    "first step left out": ('g["dW_hh"] += h[t].T @ da', 'g["dW_hh"] += h[t].T @ da if t else 0', {"T": 1, "B": 1, "D": 1, "H": 1, "K": 1}),
    "mean over the samples": ('g["db_h"] += da.sum(0)', 'g["db_h"] += da.mean(0)', {"T": 1, "B": 2, "D": 1, "H": 1, "K": 1}),
    "skips two steps": ("carry = da @ p[\"W_hh\"].T", TWO_BACK, {"T": 2, "B": 1, "D": 1, "H": 1, "K": 1}),
    "first unit's slope": ("(1 - hs[t] ** 2)", "(1 - hs[t][:, :1] ** 2)", {"T": 1, "B": 1, "D": 1, "H": 2, "K": 1}),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_sizes_go_down_to_the_least(mistake: str, tmp_path: Path, runner: JobRunner) -> None:
    """The least sizes at which a mistake shows are known for these; JAX sees the same gradients wrong there as before."""
    old, new, least = MISTAKES[mistake]
    subject = subject_of(_wrong(tmp_path, old, new), runner)
    found = minimal_case(subject, silent)
    assert found.problem.sizes == least
    check(found.problem)
    before = _wrong_by_jax(subject.problem, dict(subject.values))
    assert _wrong_by_jax(found.problem, dict(subject.run(found.problem))) == before == set(found.names)
    assert f"T 6 -> {least['T']}" in found.sentence


def test_values_become_simple(tmp_path: Path, runner: JobRunner) -> None:
    """Few digits are left, and biases are 0 where they have no part in it."""
    old, new, _ = MISTAKES["carry not transposed"]
    small = minimal_case(subject_of(_wrong(tmp_path, old, new), runner), silent).problem
    assert not small.parameters["b_h"].any() and not small.parameters["b_y"].any()
    for name, value in {**small.parameters, **small.starts, "x": small.x, "target": small.target}.items():
        assert np.array_equal(value, np.round(value, 2)), (name, value)
    assert np.count_nonzero(small.loss_weights) == 1


def test_an_asked_quantity_may_stay_alone(tmp_path: Path, runner: JobRunner) -> None:
    """With the quantity chosen, others that were wrong need not be."""
    text = NET.replace('da @ p["W_hh"].T', 'da @ p["W_hh"]').replace(
        'g["db_y"] += dy[t].sum(0)', 'g["db_y"] += 2 * dy[t].sum(0)'
    )
    path = tmp_path / "net.py"
    path.write_text(text, encoding="utf-8")
    subject = subject_of(path, runner)
    assert minimal_case(subject, silent).problem.sizes["T"] == 2
    found = minimal_case(subject, silent, "db_y")
    assert found.problem.sizes == {"T": 1, "B": 1, "D": 1, "H": 1, "K": 1} and "db_y" in found.names
    with pytest.raises(InputError, match="dW_hy is not wrong; what is: "):
        minimal_case(subject, silent, "dW_hy")


def test_a_gates_name_may_be_asked_for(runner: JobRunner) -> None:
    assert "dW_o" in minimal_case(subject_of(EXAMPLES / "dict-lstm-wrong.py", runner), silent, "dW_o").names


def test_what_the_code_cannot_do_is_not_taken(tmp_path: Path, runner: JobRunner) -> None:
    """Code that wants three steps at least keeps them, whatever the mistake."""
    text = NET.replace("len(x) >= 1", "len(x) >= 3 and problem.B != 1").replace(
        'g["db_y"] += dy[t].sum(0)', 'g["db_y"] += 2 * dy[t].sum(0)'
    )
    path = tmp_path / "net.py"
    path.write_text(text, encoding="utf-8")
    assert minimal_case(subject_of(path, runner), silent).problem.sizes == {"T": 3, "B": 2, "D": 1, "H": 1, "K": 1}


def test_what_the_case_fixes_stays(runner: JobRunner) -> None:
    found = minimal_case(subject_of(EXAMPLES / "function-rnn-wrong.py", runner), silent)
    assert found.problem.sizes == {"T": 1, "B": 1, "D": 27, "H": 1, "K": 27}
    found = minimal_case(subject_of(EXAMPLES / "question-2014.py", runner), silent)
    assert not found.problem.h0.any() and found.names == ("dW_xh", "dW_hh", "db_h")


def test_tied_sizes_stay_the_same(tmp_path: Path, runner: JobRunner) -> None:
    text = NET.replace('CASE = dict(cell="rnn",', 'CASE = dict(cell="rnn", sizes=dict(K="D"),').replace(
        ", outputs=2", ""
    )
    path = tmp_path / "net.py"
    path.write_text(text.replace('g["db_y"] += dy[t].sum(0)', 'g["db_y"] += dy[t][:, ::-1].sum(0)'), encoding="utf-8")
    assert minimal_case(subject_of(path, runner), silent).problem.sizes == {"T": 1, "B": 1, "D": 2, "H": 1, "K": 2}


def test_a_kink_is_no_mistake(runner: JobRunner) -> None:
    """Where a pre-activation of a ReLU is 0, its slope is a matter of taste, so that such a problem decides nothing."""
    subject = subject_of(STYLES / "given_above.py", runner)
    judge = Judge(subject, frozenset(), "", 1e-7)
    assert judge(subject.problem)
    at_kinks = with_array(subject.problem, "x", np.zeros_like(subject.problem.x))
    for name in ("b_h", "W_hh"):
        at_kinks = with_array(at_kinks, name, np.zeros_like(at_kinks.parameters[name]))
    assert judge.wrong(at_kinks) is None and not judge(at_kinks)


@pytest.mark.parametrize(
    ("text", "words"),
    [(NET, "nothing is wrong in dW_xh, "), (BY_STEP + ALL_STEPS, "a cell that the program knows")],
    ids=["right", "own cell"],
)
def test_what_cannot_be_shrunk_is_said(text: str, words: str, tmp_path: Path, runner: JobRunner) -> None:
    path = tmp_path / "net.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        minimal_case(subject_of(path, runner), silent)


def test_gradients_alone_are_not_shrunk(tmp_path: Path, runner: JobRunner) -> None:
    subject = subject_of(EXAMPLES / "question-2014.py", runner)
    with pytest.raises(InputError, match="needs the code"):
        minimal_case(replace(subject, case=None, runner=None), silent)


def test_no_time_no_change(runner: JobRunner) -> None:
    subject = subject_of(EXAMPLES / "question-2014.py", runner)
    assert shrink(subject, Judge.of(subject), silent, seconds=0).sizes == subject.problem.sizes


def test_any_finding_may_be_asked_of(runner: JobRunner) -> None:
    """`still_there` is any function of a problem."""
    subject = subject_of(EXAMPLES / "steps-gru-wrong.py", runner)
    small = shrink(subject, lambda problem: problem.sizes["T"] >= 2 and problem.sizes["H"] >= 3, silent)
    assert small.sizes == {"T": 2, "B": 1, "D": 1, "H": 3, "K": 3}


SHAPES = [
    "two_layers",
    "deep_both_ways",
    "embedding_lookup",
    "peepholes",
    "two_bias_gru",
    "last_word",
    "padded_batch",
    "lstm_tower",
]


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("letter", list(CUTS))
def test_some_of_anything_is_a_problem(name: str, letter: str, runner: JobRunner) -> None:
    """Each size can be cut in networks of all shapes, and right code is right on what is left."""
    subject = subject_of(STYLES / f"{name}.py", runner)
    if letter not in subject.problem.sizes or (letter == "K" and not subject.problem.network.output_layer):
        return
    size = subject.problem.sizes[letter]
    small = with_some(subject.problem, letter, [0, size - 1])
    assert check(small).sizes[letter] == 2
    assert Judge(subject, frozenset(), "", 1e-7).wrong(small) == frozenset()


def test_a_mistake_of_a_mutated_twin_is_kept(tmp_path: Path, runner: JobRunner) -> None:
    """The same parameters are wrong before and after, in a network of two layers and two directions."""
    mutation = next(one for one in MUTATED if one.case == "deep_both_ways")
    found = minimal_case(subject_of(mutation.plant(STYLES, tmp_path), runner), silent)
    assert {name for name in found.names if name[1] in "Wb"} == set(mutation.wrong)


def test_a_difference_near_rounding_decides_nothing(tmp_path: Path, runner: JobRunner) -> None:
    """A problem on which a gradient is off by more than rounding and less than a mistake is not taken."""
    path = _wrong(tmp_path, 'g["db_y"] += dy[t].sum(0)', 'g["db_y"] += dy[t].sum(0) * (1 + 0.1 * abs(p["b_y"]))')
    subject = subject_of(path, runner)
    judge = Judge.of(subject)
    near = with_array(subject.problem, "b_y", np.full(2, 1e-7))
    assert judge.wrong(near) is None and not judge(near)
