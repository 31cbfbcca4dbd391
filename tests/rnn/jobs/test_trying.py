"""Edits are tried on the program as it is loaded, and give what the edited file would give."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from rnn.cases import read_case
from rnn.cases.edited import SourceEdit
from rnn.errors import InputError
from rnn.handwritten import run_by_hand
from rnn.inspection import inspect_gradients
from rnn.jobs import EditedRunner, JobFailure, JobRunner
from tests.problems import make_problem
from tests.rnn.jobs.trying import HEAD, NETWORK, edit, one, trying, twice, write

EXAMPLE = Path(__file__).parents[3] / "resources" / "examples" / "question-2014.py"
COUNT = "import builtins\nbuiltins.loads = getattr(builtins, 'loads', 0) + 1\n"
"""Counts how often a module is loaded."""

RUN = "def run(problem):\n    return dict(dW_hh={}, dW_hy=problem.params['W_hy'] * 0 + 7, loss=builtins.loads)\n"

IN_PLACE = {
    "function": "def f(w):\n    return w * 3\n" + RUN.format("f(problem.params['W_hh'])"),
    "run": RUN.format("problem.params['W_hh'] * 3"),
    "method": "class Net:\n    def f(self, w):\n        return w * 3\nnet = Net()\n"
    + RUN.format("net.f(problem.params['W_hh'])"),
    "static": (
        "class Net:\n    @staticmethod\n    def f(w):\n        return w * 3\n    g = property(lambda self: self.f)\n"
        + RUN.format("Net().g(problem.params['W_hh'])")
    ),
    "nested": "def f(w):\n    def g():\n        return w * 3\n    return g()\n"
    + RUN.format("f(problem.params['W_hh'])"),
    "closure": (
        "def make(k):\n    def g(w):\n        return w * (k + 3)\n    return g\ng = make(0)\n"
        + RUN.format("g(problem.params['W_hh'])")
    ),
    "lambdas": (
        "F = {'a': lambda w: w * 5, 'b': lambda w: w * 3, 'c': [lambda w: w * 4]}\n"
        + RUN.format("F['b'](problem.params['W_hh'])")
    ),
    "decorated": (
        "import functools\ndef same(f):\n    @functools.wraps(f)\n    def g(*a):\n        return f(*a)\n    return g\n"
        "@same\ndef f(w):\n    return w * 3\n" + RUN.format("f(problem.params['W_hh'])")
    ),
    "partial": (
        "import functools\ndef f(k, w):\n    return w * 3 * k\nf = functools.partial(f, 1)\n"
        + RUN.format("f(problem.params['W_hh'])")
    ),
    "generator": "def f(w):\n    yield w * 3\n" + RUN.format("next(f(problem.params['W_hh']))"),
    "inherited": (
        "class Base:\n    def f(self, w):\n        return w * 3\nclass Net(Base):\n    def f(self, w):\n"
        "        return super().f(w)\n" + RUN.format("Net().f(problem.params['W_hh'])")
    ),
    "script": RUN.format("problem.script('script.py', w=problem.params['W_hh'])['r']"),
    "executed": RUN.format("space['r']").replace(
        "    return",
        "    space = dict(w=problem.params['W_hh'])\n    exec(open('script.py').read(), space)\n    return",
    ),
}

LOADED_AGAIN = {
    "default": "def f(w, k=3):\n    return w * k\n" + RUN.format("f(problem.params['W_hh'])"),
    "constant": "K = 3\n" + RUN.format("problem.params['W_hh'] * K"),
    "attribute": "class Net:\n    K = 3\n" + RUN.format("problem.params['W_hh'] * Net.K"),
    "decorator": (
        "def times(k):\n    return lambda f: lambda w: f(w) * k\n@times(3)\ndef f(w):\n    return w\n"
        + RUN.format("f(problem.params['W_hh'])")
    ),
    "ran while loading": "def f():\n    return 3\nK = f()\n" + RUN.format("problem.params['W_hh'] * K"),
    "made while loading": (
        "class Net:\n    def __init__(self):\n        self.k = 3\nnet = Net()\n"
        + RUN.format("problem.params['W_hh'] * net.k")
    ),
    "free variables": (
        "def make():\n    k, two = 3, 2\n    def g(w):\n        return w * k\n    def h(w):\n        return two\n    return g\n"
        "g = make()\n" + RUN.format("g(problem.params['W_hh'])")
    ),
}
EDITS = {"free variables": ("w * k", "w * two")}


def _loss_and_right(
    folder: Path, text: str, was: str, now: str, more: dict[str, str] | None = None
) -> tuple[bool, float]:
    """Whether the edit gave what was wanted, and how often the module was loaded then."""
    case = write(
        folder, {"mine.py": HEAD + COUNT + text, "script.py": "w = globals().get('w', 0)\nr = w * 3\n", **(more or {})}
    )
    problem = make_problem(NETWORK)
    wanted = {**twice(problem), "dW_hy": problem.parameters["W_hy"], "loss": np.array(1.0)}
    with trying(case, [wanted], [problem]) as trier:
        assert trier.before.right[0] == {"dW_hh": False, "dW_hy": False, "loss": True}
        (trial,) = trier.try_all([one(trier, was, now)])
    assert trial.failed == ""
    assert trial.residuals[0] is not None
    return trial.right[0]["dW_hh"], trial.residuals[0]["loss"] + 1


@pytest.mark.parametrize("style", IN_PLACE)
def test_code_goes_into_functions_that_live(tmp_path: Path, style: str) -> None:
    """Nothing is loaded again."""
    assert _loss_and_right(tmp_path, IN_PLACE[style], "* 3" if "+ 3" not in IN_PLACE[style] else "+ 3",
                           "* 2" if "+ 3" not in IN_PLACE[style] else "+ 2") == (True, 1.0)  # fmt: skip


@pytest.mark.parametrize("style", LOADED_AGAIN)
def test_what_runs_while_loading_is_loaded_again(tmp_path: Path, style: str) -> None:
    was, now = EDITS.get(style, ("3", "2"))
    assert _loss_and_right(tmp_path, LOADED_AGAIN[style], was, now) == (True, 2.0)


@pytest.mark.parametrize(
    ("was", "now", "loads"),
    [
        ("w * 3", "w * 2", 1.0),
        ("K = 4", "K = 5\n    return w * 2\ndef g(w):\n    K = 4", 2.0),
        ("L = 0", "L = 1", 2.0),
    ],
)
def test_a_module_that_the_case_imports(tmp_path: Path, was: str, now: str, loads: float) -> None:
    network = "L = 0\ndef f(w):\n    K = 4\n    return w * 2 if L else w * 3\n"
    text = "import network\n" + RUN.format("network.f(problem.params['W_hh'])")
    assert _loss_and_right(tmp_path, text, was, now, {"network.py": network}) == (True, loads)


def test_several_edits_of_several_files(tmp_path: Path) -> None:
    network = (
        "# é ist kein Latin-1 für Anfänger\r\ndef f(w):\r\n    return w * 3\r\n\r\ndef g(w):\r\n    return w + 1\r\n"
    )
    run = "    return dict(dW_hh=network.g(network.f(problem.params['W_hh'])) * 5)\n"
    case = write(tmp_path, {"mine.py": HEAD + "import network\ndef run(problem):\n" + run})
    (tmp_path / "network.py").write_bytes(network.encode())
    with trying(case) as trier:
        assert trier.sources[str(tmp_path / "network.py")] == network
        edits = edit(trier, "* 3", "* 2"), edit(trier, "w + 1", "w + 0.0"), edit(trier, "* 5", "")
        trials = list(trier.try_all([edits, edits[:2], edits[1:]]))
    assert [trial.repairs for trial in trials] == [True, False, False]
    assert trials[0].candidate == edits


def test_the_question_of_2014() -> None:
    """The one edit that repairs it is found among others, and holds on all problems."""
    case = read_case(EXAMPLE)
    problems = [make_problem(NETWORK, (T, 1, 3, 4, 2), zero_h0=True) for T in (1, 2, 6)]
    truths = [run_by_hand(problem)[1].named() for problem in problems]
    with trying(case, truths, problems) as trier:
        assert [set(right.values()) for right in trier.before.right if right] == [{True}, {True, False}, {True, False}]
        here = "np.dot(dcdHin[t], Whh.T)"
        nows = [
            "np.dot(dcdHin[t + 1], Whh.T)",
            "np.dot(dcdHin[t], Whh)",
            "np.dot(dcdHin[t + 1], Whh)",
            here,
            "0 *",
            "np.dot(",
        ]
        trials = list(trier.try_all([one(trier, here, now) for now in nows]))
    assert [trial.repairs for trial in trials] == [True, False, False, False, False, False]
    assert [len([right for right in trial.right if right is not None]) for trial in trials[:3]] == [3, 2, 2]
    assert trials[3].residuals == trier.before.residuals
    assert trials[4].failed.startswith("SyntaxError") and trials[5].failed.startswith("SyntaxError")


def test_a_candidate_that_makes_right_things_wrong_does_not_go_on(tmp_path: Path) -> None:
    run = "    a = b = 3\n    p = problem.params\n    return dict(dW_hh=p['W_hh'] * a, dW_hy=p['W_hy'] * (5 - b))\n"
    case = write(tmp_path, {"mine.py": HEAD + "def run(problem):\n" + run})
    problems = [make_problem(NETWORK), make_problem(NETWORK, seed=1)]
    truths = [{name: problem.parameters[name[1:]] * 2 for name in ("dW_hh", "dW_hy")} for problem in problems]
    with trying(case, truths, problems) as trier:
        both, better = trier.try_all([one(trier, "a = b = 3", "a = b = 2"), one(trier, "a = b = 3", "a, b = 2, 3")])
    assert both.right == ({"dW_hh": True, "dW_hy": False}, None)
    assert better.repairs


def test_the_whole_pipeline_looks_at_an_edited_program() -> None:
    case = read_case(EXAMPLE)
    with JobRunner() as runner:
        assert inspect_gradients(None, case, runner).verdict == "differ"
        with trying(case, [{}], [make_problem(NETWORK, (2, 1, 3, 4, 2), zero_h0=True)]) as trier:
            candidate = one(trier, "np.dot(dcdHin[t], Whh.T)", "np.dot(dcdHin[t + 1], Whh.T)")
        with EditedRunner(runner, candidate) as edited:
            assert inspect_gradients(None, case, edited).verdict == "agree"
        assert inspect_gradients(None, case, runner).verdict == "differ"


def test_an_edited_run_leaves_the_folder_alone(tmp_path: Path) -> None:
    lines = "open('mine.txt', 'w').write('x')", "print(open('mine.txt').read() * 2)"
    body = "\n    ".join(["def run(problem):", *lines, "return dict(dW_hh=problem.params['W_hh'] * 3)\n"])
    case = write(tmp_path, {"mine.py": HEAD + body})
    start = (HEAD + body).index("* 3")
    with (
        JobRunner() as runner,
        EditedRunner(runner, (SourceEdit(str(case.path), start + 2, start + 3, "2"),)) as edited,
    ):
        result = edited.run(case, make_problem(NETWORK))
    assert np.array_equal(result.values["dW_hh"], twice(make_problem(NETWORK))["dW_hh"])
    assert result.output == "xx\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([(10, 9, "")], "edit replaces"),
        ([(3, 5, "a"), (4, 6, "b")], "edit replaces"),
        ([(0, 10**6, "")], "edit replaces"),
    ],
)
def test_edits_that_fit_nowhere(tmp_path: Path, edits: list[tuple[int, int, str]], said: str) -> None:
    case = write(tmp_path, {"mine.py": HEAD + "def run(problem):\n    return dict(dW_hh=problem.params['W_hh'])\n"})
    candidate = tuple(SourceEdit(str(case.path), *one) for one in edits)
    with trying(case) as trier:
        (trial,) = trier.try_all([candidate])
    assert said in trial.failed
    with JobRunner() as runner, EditedRunner(runner, candidate) as edited, pytest.raises(InputError, match=said):
        edited.run(case, make_problem(NETWORK))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError('no')", "ValueError: no at mine.py, line 5"),
        ("import random\n    k = random.SystemRandom().random()", "other numbers"),
        ("np.fresh = k = getattr(np, 'fresh', 0) + 1", "other numbers"),
        ("os.mkdir('new')\n    k = 1", "mine.py, line 5, makes the folder new"),
    ],
)
def test_code_that_can_not_be_tried_says_why(tmp_path: Path, body: str, said: str) -> None:
    text = f"def run(problem):\n    {body}\n    return dict(dW_hh=problem.params['W_hh'] * k)\n"
    case = write(tmp_path, {"mine.py": HEAD + text})
    with pytest.raises(InputError, match=said), trying(case):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_two_jobs_at_once_keep_the_order(tmp_path: Path) -> None:
    case = write(tmp_path, {"mine.py": HEAD + "def run(problem):\n    return dict(dW_hh=problem.params['W_hh'] * 3)\n"})
    with trying(case, workers=2) as trier:
        found = list(trier.try_all(one(trier, "* 3", f"* {k}") for k in range(200)))
    assert [k for k, trial in enumerate(found) if trial.repairs] == [2]
    assert all(dataclasses.astuple(trial.candidate[0])[-1] == f"* {k}" for k, trial in enumerate(found))


def test_a_case_that_fails_when_loaded(tmp_path: Path) -> None:
    case = write(tmp_path, {"mine.py": HEAD + "def run(problem):\n    pass\nraise OSError('gone')\n"})
    with pytest.raises(JobFailure, match="OSError: gone"), trying(case):
        pass
