"""Laws without a reference: silent on right code of any style; each is broken by the mistakes that it is there for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rnn.build import build
from rnn.cases import read_case
from rnn.diagnose.laws import FAILS, HOLDS, LAWS, NOT_TESTABLE, Tried, laws, try_laws
from rnn.diagnose.subject import SIZES, Subject
from rnn.jobs import JobRunner
from rnn.problem_files import LETTERS
from rnn.settings_for import settings_for
from tests.rnn.cases.proving import EXAMPLES, STYLES, case_files
from tests.rnn.test_own_cell import ALL_STEPS, BY_LOSS, BY_STEP, FORGOTTEN, NO_STEPS

SHIPPED = [
    path
    for path in case_files(EXAMPLES)
    if not path.stem.endswith("-wrong") and path.stem not in ("question-2014", "characters")
]
RIGHT = [*SHIPPED, *case_files(STYLES), *sorted(STYLES.glob("*_case.py"))]

NET = """
import numpy as np

CASE = dict(cell="rnn", loss="upstream", settings=dict(steps=6, batch=3, inputs=4, hidden=5, outputs=2))


def run(problem):
    p, x, T, B = problem.params, problem.x, problem.T, problem.B
    W, U, b, V = p["W_xh"], p["W_hh"], p["b_h"], p["W_hy"]
    h = [problem.h0]
    for t in range(T):
        h.append(np.tanh(x[t] @ W + h[t] @ U + b))
    hs = np.array(h[1:])
    y = hs @ V + p["b_y"]
    weights = problem.loss_weights[:, :, None]
    dy = problem.dy * weights
    da, dh, dx = np.zeros((T, B, problem.H)), np.zeros((T, B, problem.H)), np.zeros_like(x)
    carry = np.zeros((B, problem.H))
    for t in reversed(range(T)):
        dh[t] = dy[t] @ V.T + carry
        da[t] = dh[t] * (1 - hs[t] ** 2)
        carry = da[t] @ U.T
        dx[t] = da[t] @ W.T
    dW, dU, dV = np.zeros_like(W), np.zeros_like(U), np.zeros_like(V)
    db = da.sum((0, 1))
    for t in range(T):
        dW += x[t].T @ da[t]
        dU += h[t].T @ da[t]
        dV += hs[t].T @ dy[t]
    return dict(dW_xh=dW, dW_hh=dU, db_h=db, dW_hy=dV, db_y=dy.sum((0, 1)), dx=dx, dh0=carry, da=da, dh=dh, h=hs, y=y)
"""

BROKEN = {
    "zero": ("dW_xh=dW, dW_hh=dU,", "dW_xh=dW, dW_hh=dU + 0.01 * U,", {"dW_hh"}),
    "linear": (
        "        carry = da[t] @ U.T\n",
        "        da[t] = np.clip(da[t], -0.2, 0.2)\n        carry = da[t] @ U.T\n",
        {"da", "dW_xh"},
    ),
    "weights": ("dV += hs[t].T @ dy[t]", "dV += hs[t].T @ problem.dy[t]", {"dW_hy"}),
    "samples": ("dW += x[t].T @ da[t]", "dW += x[t].T @ da[t] / B", {"dW_xh"}),
    "order": ("db = da.sum((0, 1))", "db = B * da[:, 0].sum(0)", {"db_h"}),
    "back": ("dU += h[t].T @ da[t]", "dU += hs[t - 1].T @ da[t]", {"dW_hh"}),
    "reach": ("dh[t] = dy[t] @ V.T + carry", "dh[t] = dy[t] @ V.T", {"dW_xh", "da", "dh", "dx", "dh0"}),
    "closed": ("carry = da[t] @ U.T", "carry = da[t]", {"dW_xh", "da", "dh", "dx"}),
    "tail": (
        "    for t in range(T):\n        dW +=",
        "    for t in range(T - 1):\n        dW +=",
        {"dW_xh", "dW_hh", "dW_hy"},
    ),
    "cut": ("dU += h[t].T @ da[t]", "dU += h[t].T @ da[t] if t else 0", {"dW_hh"}),
    "units": ("(1 - hs[t] ** 2)", "(1 - hs[t][:, :1] ** 2)", {"da", "dW_xh"}),
    "sign": ("(1 - hs[t] ** 2)", "(1 - hs[t])", {"da", "dW_xh"}),
    "bias": ("db = da.sum((0, 1))", "db = dh.sum((0, 1))", {"db_h"}),
    "state": ("dU += h[t].T @ da[t]", "dU += h[t + 1].T @ da[t]", {"dW_hh"}),
    "product": ("dx[t] = da[t] @ W.T", "dx[t] = (dy[t] @ V.T * (1 - hs[t] ** 2)) @ W.T", {"dx"}),
}
"""By law, a mistake that breaks it, and quantities in which that shows."""


def _silent(text: str, done: float | None) -> None:
    """Nobody listens."""


def _subject(path: Path, runner: JobRunner) -> Subject:
    case = read_case(path)
    problem = build(settings_for(case))
    return Subject(problem, {}, {}, case, runner)


def _tried(text: str, folder: Path, runner: JobRunner) -> Tried:
    path = folder / "net.py"
    path.write_text(text, encoding="utf-8")
    return try_laws(_subject(path, runner), _silent)


def _states(tried: Tried) -> dict[str, str]:
    return {outcome.law: outcome.state for outcome in tried.outcomes}


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_right_code_breaks_no_law(path: Path, runner: JobRunner) -> None:
    tried = try_laws(_subject(path, runner), _silent)
    assert [(f["law"], f["evidence"]["note"]) for f in tried.findings] == []
    assert HOLDS in _states(tried).values()


def test_every_law_can_be_tried_on_code_that_returns_everything(tmp_path: Path, runner: JobRunner) -> None:
    assert set(_states(_tried(NET, tmp_path, runner)).values()) == {HOLDS}


@pytest.mark.parametrize("law", [law.name for law in LAWS])
def test_a_law_is_broken_by_a_mistake(law: str, tmp_path: Path, runner: JobRunner) -> None:
    """The finding says which quantities, how far off, and on what; and it can be written as JSON."""
    old, new, names = BROKEN[law]
    assert NET.count(old) == 1
    tried = _tried(NET.replace(old, new), tmp_path, runner)
    assert _states(tried)[law] == FAILS, tried.outcomes
    (found,) = [one for one in tried.findings if one["law"] == law]
    (outcome,) = [one for one in tried.outcomes if one.law == law]
    assert names <= set(outcome.names)
    assert found["quantity"] in outcome.names and found["certain"] and found["points_to"]
    assert 1e-6 < found["evidence"]["residual"] <= 1
    assert found["evidence"]["problems"] == [{letter: SIZES[name] for name, letter in LETTERS.items() if name in SIZES}]
    json.dumps(found)


def test_a_mistake_in_one_quantity_leaves_the_others_unnamed(tmp_path: Path, runner: JobRunner) -> None:
    """Where only the sum for db_h is wrong, no law names another gradient."""
    old, new, _ = BROKEN["bias"]
    for found in _tried(NET.replace(old, new), tmp_path, runner).findings:
        assert found["quantity"] == "db_h", found["sentence"]


def test_the_question_of_2014_breaks_one_law(runner: JobRunner) -> None:
    """Its carry reads rows that are still 0: the last loss reaches no other step. Its mended twin breaks none."""
    (found,) = laws(_subject(EXAMPLES / "question-2014.py", runner), _silent)
    assert found["kind"] == "law" and found["law"] == "reach" and "still 0" in found["sentence"]


def test_where_a_law_shows_is_said(tmp_path: Path, runner: JobRunner) -> None:
    """A power taken of one step is seen at that step; what rests on linearity is not tried then."""
    text = NET.replace(
        "        carry = da[t] @ U.T\n",
        "        if t == 1:\n            da[t] = da[t] ** 3\n        carry = da[t] @ U.T\n",
    )
    tried = _tried(text, tmp_path, runner)
    found = next(one for one in tried.findings if one["law"] == "linear")
    assert (found["quantity"], found["t"], found["index"][0]) == ("da", 1, 1)
    assert _states(tried)["back"] == NOT_TESTABLE


@pytest.mark.parametrize("head", [BY_STEP + ALL_STEPS, BY_LOSS + NO_STEPS], ids=["step", "no step"])
def test_a_cell_of_your_own_needs_no_jax(head: str, tmp_path: Path, runner: JobRunner) -> None:
    """Right code breaks no law; one that adds up its samples too early does."""
    right = _tried(head, tmp_path, runner)
    assert right.findings == () and _states(right)["linear"] == HOLDS
    wrong = _tried(
        head.replace('g["W_f"]', 'g["dW_f"]').replace(
            'g["dW_f"] += x[t].T @ da_f', 'g["dW_f"] += x[t].T @ da_f / len(h)'
        ),
        tmp_path,
        runner,
    )
    assert [one["quantity"] for one in wrong.findings] == ["dW_f"]


def test_what_no_law_forbids_is_not_found(tmp_path: Path, runner: JobRunner) -> None:
    """Laws can't see all: a term of a slope that is left out everywhere alike breaks none."""
    assert _tried((BY_STEP + ALL_STEPS).replace(*FORGOTTEN), tmp_path, runner).findings == ()


def test_code_that_remembers_is_not_tried(tmp_path: Path, runner: JobRunner) -> None:
    text = NET.replace("def run(problem):", "calls = []\n\n\ndef run(problem):\n    calls.append(1)").replace(
        "dW_hh=dU,", "dW_hh=dU * len(calls),"
    )
    tried = _tried(text, tmp_path, runner)
    assert tried.findings == () and set(_states(tried).values()) == {NOT_TESTABLE}
    assert "same twice" in tried.outcomes[0].why


def test_a_run_that_fails_makes_a_law_not_testable(tmp_path: Path, runner: JobRunner) -> None:
    """Code that can do three samples only is tried by all laws but the one that needs a single sample."""
    text = NET.replace("    h = [problem.h0]", "    assert B == 3\n    h = [problem.h0]")
    tried = _tried(text, tmp_path, runner)
    assert [law for law, state in _states(tried).items() if state != HOLDS] == ["samples"]
    assert "the code fails" in next(one.why for one in tried.outcomes if one.law == "samples")


def test_no_code_no_law() -> None:
    case = read_case(EXAMPLES / "question-2014.py")
    tried = try_laws(Subject(build(settings_for(case)), {}, {}), _silent)
    assert tried.findings == () and len(tried.outcomes) == len(LAWS)


def test_few_runs_are_needed(tmp_path: Path, runner: JobRunner) -> None:
    """At most thirty for code to which every law applies."""

    class Counting:
        count = 0

        def run(self, case, problem):  # type: ignore[no-untyped-def]
            self.count += 1
            return runner.run(case, problem)

    path = tmp_path / "net.py"
    path.write_text(NET, encoding="utf-8")
    case = read_case(path)
    counting = Counting()
    laws(Subject(build(settings_for(case)), {}, {}, case, counting), _silent)
    assert counting.count <= 30
