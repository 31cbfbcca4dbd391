"""A cell of the user's own: JAX on their step in a job, or central differences of their loss; right code is right, wrong is not."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnn import InputError, inspect_gradients, load_inspection, save_inspection
from rnn.cases import read_case
from rnn.jobs import JobRunner
from rnn.settings_for import random_problems, settings_for

STEP = '''
def step(p, s, x, xp, tap):
    h = s["h"]
    f = 1 / (1 + xp.exp(-tap("a_f", x @ p["W_f"] + h @ p["W_fh"] + p["b_f"])))
    n = xp.tanh(tap("a_n", x @ p["W_n"] + (f * h) @ p["W_nh"] + p["b_n"]))
    return {"h": (1 - f) * h + f * n}, {}
'''
RUN = '''
def run(problem):
    p, x, h, keep = problem.params, problem.x, problem.h0, []
    for t in range(problem.T):
        f = 1 / (1 + np.exp(-(x[t] @ p["W_f"] + h @ p["W_fh"] + p["b_f"])))
        n = np.tanh(x[t] @ p["W_n"] + (f * h) @ p["W_nh"] + p["b_n"])
        new = (1 - f) * h + f * n
        keep.append((h, f, n, new))
        h = new
    y = np.stack([k[3] for k in keep]) @ p["W_hy"] + p["b_y"]
    dy = y - problem.target
    g, dh, per = {"d" + k: np.zeros_like(v) for k, v in p.items()}, 0, {"da_f": [], "da_n": [], "dh": []}
    for t in reversed(range(problem.T)):
        h, f, n, new = keep[t]
        g["dW_hy"] += new.T @ dy[t]
        g["db_y"] += dy[t].sum(0)
        dh = dh + dy[t] @ p["W_hy"].T
        da_n = dh * f * (1 - n**2)
        dfh = da_n @ p["W_nh"].T
        da_f = (dh * (n - h) + dfh * h) * f * (1 - f)
        for name, value in (("da_f", da_f), ("da_n", da_n), ("dh", dh)):
            per[name].append(value)
        g["dW_f"] += x[t].T @ da_f
        g["dW_fh"] += h.T @ da_f
        g["db_f"] += da_f.sum(0)
        g["dW_n"] += x[t].T @ da_n
        g["dW_nh"] += (f * h).T @ da_n
        g["db_n"] += da_n.sum(0)
        dh = dh * (1 - f) + dfh * f + da_f @ p["W_fh"].T
    loss = 0.5 * ((y - problem.target) ** 2).sum()
    return dict(g, dh0=dh, y=y, loss=loss, **(STEPS))
'''
SHAPES = (
    "parameters=dict(W_f=('D', 'H'), W_fh=('H', 'H'), b_f=('H',), W_n=('D', 'H'), W_nh=('H', 'H'), b_n=('H',)), "
    "counted='all'"
)
BY_STEP = f"import numpy as np\nCASE = dict(cell='own', step='step', taps=('a_f', 'a_n'), {SHAPES})\n" + STEP
BY_LOSS = f"import numpy as np\nCASE = dict(cell='own', {SHAPES}, settings=dict(steps=3, batch=1, hidden=3, inputs=2, outputs=2))\n"
ALL_STEPS = RUN.replace("(STEPS)", "{k: np.stack(v[::-1]) for k, v in per.items()}")
NO_STEPS = RUN.replace("(STEPS)", "{}")
FORGOTTEN = ("(dh * (n - h) + dfh * h)", "(dh * (n - h))")


def _case(folder: Path, text: str) -> Path:
    path = folder / "mgu.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_right_code_of_an_own_step_agrees(tmp_path: Path, runner: JobRunner) -> None:
    """Over random problems in both precisions, taps and carries included; our process never loads the user's file."""
    case = read_case(_case(tmp_path, BY_STEP + ALL_STEPS))
    for settings in random_problems(settings_for(case), 6):
        for dtype in ("float64", "float32"):
            for scale in (0.3, 3.0):
                one = replace(settings, dtype=dtype, weight_scale=scale)
                result = inspect_gradients(one, case, runner, blame=False, pure=False)
                assert [(r.name, r.verdict) for r in result.reports() if r.wrong] == [], (result.problem, dtype, scale)
                assert {"da_f", "da_n", "dh", "dh0", "dW_fh"} <= {report.name for report in result.reports()}
    assert not any(getattr(module, "__file__", None) == str(tmp_path / "mgu.py") for module in list(sys.modules.values()))


def test_a_mistake_in_it_is_seen_at_its_step(tmp_path: Path, runner: JobRunner) -> None:
    result = inspect_gradients(case=_case(tmp_path, BY_STEP + ALL_STEPS.replace(*FORGOTTEN)), runner=runner)
    assert result.verdict == "differ"
    assert result.first_divergence is not None
    assert (result.first_divergence.quantity, result.first_divergence.t) == ("da_f", 7)
    assert {report.name for report in result.parameters if not report.wrong} == {"dW_hy", "db_y"}
    save_inspection(result, tmp_path / "r.bptt")
    assert load_inspection(tmp_path / "r.bptt").problem["cell"] == "own"


def test_another_forward_pass_than_the_step_is_told(tmp_path: Path, runner: JobRunner) -> None:
    """Its first wrong step is named as of a cell that the program knows; no variant is guessed."""
    text = BY_STEP + ALL_STEPS.replace("new = (1 - f) * h + f * n", "new = ((1 - f) * h + f * n) * (1 - 0.5 * (t == 3))")
    result = inspect_gradients(case=_case(tmp_path, text), runner=runner)
    states = {check["name"]: check["state"] for check in result.checks}
    assert states["forward"] == "failed"
    assert result.forward[0].name == "y" and result.forward[0].first_wrong_t == 3


def test_an_edited_import_is_seen(tmp_path: Path, runner: JobRunner) -> None:
    """The truth is made again where a file that the case imports was changed."""
    (tmp_path / "equations.py").write_text("import numpy as np\n" + STEP, encoding="utf-8")
    path = _case(tmp_path, BY_STEP.replace(STEP, "from equations import step\n") + ALL_STEPS)
    assert inspect_gradients(case=path, runner=runner).verdict == "agree"
    (tmp_path / "equations.py").write_text("import numpy as np\n\n" + STEP.replace("f * n}", "f * n * 1.5}"), encoding="utf-8")
    assert inspect_gradients(case=path, runner=runner).verdict == "differ"


def test_a_gradient_that_should_be_0_is_judged(tmp_path: Path, runner: JobRunner) -> None:
    """An unused parameter for which the code returns ones is wrong, kinks or not."""
    text = BY_LOSS.replace("b_n=('H',))", "b_n=('H',), b_u=('H',))") + NO_STEPS.replace(
        "return dict(g,", 'g["db_u"] = np.ones_like(p["b_u"])\n    return dict(g,'
    )
    result = inspect_gradients(case=_case(tmp_path, text), runner=runner)
    assert result.report("db_u").wrong and result.verdict == "differ"


def test_without_jax_the_loss_is_the_truth(tmp_path: Path, runner: JobRunner) -> None:
    """Right and wrong code are told apart by central differences of their own loss, and the result says so."""
    right = inspect_gradients(case=_case(tmp_path, BY_LOSS + NO_STEPS), runner=runner)
    assert (right.verdict, right.truth) == ("agree", "differences")
    assert any(note.startswith("truth: central differences") for note in right.notes)
    assert {"dW_f", "dW_fh", "db_n", "dW_hy", "dh0"} <= {report.name for report in right.reports()}
    wrong = inspect_gradients(case=_case(tmp_path, BY_LOSS + NO_STEPS.replace(*FORGOTTEN)), runner=runner)
    assert wrong.verdict == "differ"
    assert {report.name for report in wrong.parameters if not report.wrong} == {"dW_hy", "db_y"}
    save_inspection(wrong, tmp_path / "r.bptt")
    assert load_inspection(tmp_path / "r.bptt").truth == "differences"


def test_differences_agree_with_jax_on_a_known_cell(tmp_path: Path, runner: JobRunner) -> None:
    """Asked for by truth='differences', they say the same of a cell that JAX knows."""
    text = (Path(__file__).parents[2] / "resources/examples/question-2014.py").read_text(encoding="utf-8")
    case = read_case(_case(tmp_path, text.replace("CASE = dict(", "CASE = dict(truth='differences', ", 1)))
    by_loss = inspect_gradients(case=case, runner=runner, blame=False)
    plain = inspect_gradients(case=read_case(_case(tmp_path, text)), runner=runner, blame=False)
    assert by_loss.truth == "differences" and plain.truth == "jax"
    assert {r.name: r.wrong for r in by_loss.parameters} == {r.name: r.wrong for r in plain.parameters}
    for report in plain.parameters:
        slope = by_loss.arrays.read(f"reference/{report.name}")
        np.testing.assert_allclose(slope, plain.arrays.read(f"reference/{report.name}"), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('tap("a_n", ', "(", "never calls tap.'a_n'"),
        ('return {"h": ', 'return {"g": ', "returned the states g; expected a dict of the states h"),
        ("    f = 1 / (1", "    if h.sum() > 0: pass\n    f = 1 / (1", "TracerBool.* line 6; JAX follows .* xp.where in place of if"),
        ("step='step'", "step='stop'", "has no function stop"),
        ("+ p[\"b_n\"]))\n    return", "+ p[\"b_x\"]))\n    return", "KeyError: 'b_x' at mgu.py, line 7"),
        ("cell='own', step='step', taps=('a_f', 'a_n'), ", "cell='own', taps=('a_f',), ", "taps and no step"),
        ("(1 - f) * h + f * n}, {}", "((1 - f) * h + f * n).astype('float32')}, {}", "makes h of type float32; expected an array of"),
        ("counted='all'", "counted='all', truth='differences', clip=('value', 1)", "clip and a truth by differences"),
        ("W_f=('D', 'H')", "W_f=('D', 'Q')", "the size 'Q' can't be read"),
        ("W_f=('D', 'H')", "U=('D', 'H')", "a parameter 'U'; those of an own cell are called"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_step_is_said(old: str, new: str, words: str, tmp_path: Path, runner: JobRunner) -> None:
    text = BY_STEP + ALL_STEPS
    assert old in text
    with pytest.raises(InputError, match=words):
        inspect_gradients(case=_case(tmp_path, text.replace(old, new, 1)), runner=runner)


def test_differences_need_a_loss_and_a_small_problem(tmp_path: Path, runner: JobRunner) -> None:
    with pytest.raises(InputError, match="returned no loss"):
        inspect_gradients(case=_case(tmp_path, BY_LOSS + NO_STEPS.replace("loss=loss, ", "")), runner=runner)
    case = read_case(_case(tmp_path, BY_LOSS + NO_STEPS))
    with pytest.raises(InputError, match="runs of the code here and 6000 are done; use smaller sizes"):
        inspect_gradients(replace(settings_for(case), hidden=40), case, runner)
