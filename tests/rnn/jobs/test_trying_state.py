"""What a run or a candidate leaves behind does not reach the next one."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnn.errors import InputError
from tests.rnn.jobs.trying import HEAD, one, trying, write

RETURN = "    return dict(dW_hh=problem.params['W_hh'] * k)\n"

LEFT_BEHIND = {
    "global": ("N = 3\ndef run(problem):\n    global N\n    k = N\n", "k = N", "N = k = 1"),
    "new global": ("def run(problem):\n    k = globals().get('new', 3)\n", "k = g", "globals()['new'] = 9; k = g"),
    "array": ("A = np.ones(3)\ndef run(problem):\n    k = A.sum()\n", "k = A", "A += 1; k = A"),
    "array turned": ("A = np.eye(3)\ndef run(problem):\n    k = 3 * (A.shape == (3, 3))\n", "k = 3", "A.shape = 9,; k = 3"),
    "list": ("L = [1, 2]\ndef run(problem):\n    k = sum(L)\n", "k = s", "L.append(4); k = s"),
    "array in a list": ("L = [dict(a=np.ones(3))]\ndef run(problem):\n    k = L[0]['a'].sum()\n", "k = L", "L[0]['a'] *= 2; k = L"),
    "set": ("S = {1, 2}\ndef run(problem):\n    k = sum(S)\n", "k = s", "S.add(4); k = s"),
    "object": (
        "class Net:\n    def __init__(self):\n        self.w = 3\nnet = Net()\ndef run(problem):\n    k = net.w\n",
        "k = n", "net.w = 5; k = n",
    ),
    "slots": (
        "class Net:\n    __slots__ = 'w',\n    def __init__(self):\n        self.w = [3]\nnet = Net()\n"
        "def run(problem):\n    k = net.w[0]\n",
        "k = n", "net.w[0] = 5; k = n",
    ),
    "slot": (
        "class Net:\n    __slots__ = 'w',\n    def __init__(self):\n        self.w = 3\nnet = Net()\ndef run(problem):\n    k = net.w\n",
        "k = n", "net.w = 5; k = n",
    ),
    "class attribute": ("class Net:\n    w = 3\ndef run(problem):\n    k = Net.w\n", "k = N", "Net.w = 5; k = N"),
    "method": (
        "class Net:\n    def w(self):\n        return 3\ndef run(problem):\n    k = Net().w()\n",
        "k = N", "Net.w = lambda self: 9; k = N",
    ),
    "default": ("def f(c=[1, 2]):\n    return sum(c)\ndef run(problem):\n    k = f()\n", "k = f", "f.__defaults__[0].append(3); k = f"),
    "closure": (
        "def make():\n    n = 3\n    def count(d):\n        nonlocal n\n        n += d\n        return n\n    return count\n"
        "count = make()\n"
        "def run(problem):\n    k = count(0)\n",
        "count(0)", "count(4)",
    ),
    "cache": (
        "import functools\n@functools.lru_cache\ndef f():\n    return K\nK = 3\ndef run(problem):\n    global K\n    k = f()\n",
        "k = f", "K = 7; k = f",
    ),
    "generator": (
        "rng, FIRST = np.random.default_rng(1), np.random.default_rng(1).random()\ndef run(problem):\n"
        "    k = 3 if rng.random() == FIRST else 4\n",
        "k = 3", "rng.random(); k = 3",
    ),
    "shared generator": (
        "FIRST = np.random.RandomState(0).rand()\ndef run(problem):\n    k = 3 if np.random.rand() == FIRST else 4\n",
        "k = 3", "np.random.rand(); k = 3",
    ),
    "folder": ("def run(problem):\n    k = 3 * os.path.exists('mine.py')\n", "k = 3", "os.chdir('/'); k = 3"),
    "numpy's warnings": (
        "def run(problem):\n    k = 3 * (np.geterr()['over'] == 'ignore')\n", "k = 3", "np.seterr(all='raise'); k = 3"
    ),
    "imported": ("import helper\ndef run(problem):\n    k = helper.K\n", "k = h", "helper.K = 5; k = h"),
    "imported late": ("def run(problem):\n    import helper\n    k = helper.K\n", "k = h", "helper.K = 5; k = h"),
}  # fmt: skip


@pytest.mark.parametrize("kind", LEFT_BEHIND)
def test_a_candidate_leaves_nothing_behind(tmp_path: Path, kind: str) -> None:
    """An edit that only changes the last factor gives the same after it as before it."""
    text, was, now = LEFT_BEHIND[kind]
    case = write(tmp_path, {"mine.py": HEAD + text + RETURN, "helper.py": "K = 3\n"})
    with trying(case) as trier:
        spoils, half, right = one(trier, was, now), one(trier, "* k)", "* k / 2)"), one(trier, "* k)", "* k / 3 * 2)")
        found = list(trier.try_all([half, spoils, half, right, spoils, right]))
    assert found[0].residuals == found[2].residuals == ({"dW_hh": 0.25},)
    assert [trial.repairs for trial in found] == [False, False, False, True, False, True]


def test_code_that_counts_its_calls_starts_from_the_same_each_time(tmp_path: Path) -> None:
    """Code that keeps the state of its last call is run as if it were the first, as in a new process."""
    text = "N = 0\ndef run(problem):\n    global N\n    N += 1\n    k = N + 2\n"
    with trying(write(tmp_path, {"mine.py": HEAD + text + RETURN})) as trier:
        assert trier.before.residuals == ({"dW_hh": 0.5},)
        assert [trial.repairs for trial in trier.try_all([one(trier, "N + 2", "N + 1")] * 3)] == [True] * 3


HIDDEN = """import types
box = types.SimpleNamespace  # a class of Python's own: what is kept there is not put back
def run(problem):
    k = getattr(np, 'kept', 3)
"""


def test_state_that_can_not_be_put_back_costs_a_new_process(tmp_path: Path) -> None:
    """A candidate that spoils something out of reach is noticed, and what came after it is tried again."""
    case = write(tmp_path, {"mine.py": HEAD + HIDDEN + RETURN})
    with trying(case) as trier:
        spoils, right = one(trier, "k = g", "np.kept = 5; k = g"), one(trier, "* k)", "* k / 3 * 2)")
        nows = [one(trier, "* k)", f"* k * {n})") for n in range(3, 70)]
        found = list(trier.try_all([right, spoils, right, *nows, right]))
    assert [k for k, trial in enumerate(found) if trial.repairs] == [0, 2, 70]
    assert [trial.residuals[0]["dW_hh"] for trial in found[3:70]] == pytest.approx([n * 1.5 - 1 for n in range(3, 70)])  # type: ignore[index]


def test_chance_is_told(tmp_path: Path) -> None:
    case = write(tmp_path, {"mine.py": HEAD + "def run(problem):\n    k = np.random.default_rng().random()\n" + RETURN})
    with pytest.raises(InputError, match="other numbers when it is run again"), trying(case):
        pass
