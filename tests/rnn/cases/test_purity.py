"""Impure code is found out and named; right code of every kind is left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnn.again import Purity, check_purity
from rnn.build import build
from rnn.cases import read_case
from rnn.cases.given import changed, flat, given
from rnn.jobs import JobRunner
from rnn.settings_for import settings_for
from tests.rnn.cases.proving import STYLES, case_files

BLAME = Path(__file__).parents[1] / "blame"
PROGRAMS = [*sorted(BLAME.glob("corpus/*.py")), *sorted(BLAME.glob("heldout/*.py")), *case_files(STYLES)]

CODE = """
import random
import numpy as np
CASE = dict(cell="rnn", activation="tanh", loss="half_squared_error", biases=False, settings=dict(steps=5))
HEAD

def forward(x, h0, p):
    h = [h0]
    for t in range(len(x)):
        h.append(np.tanh(x[t] @ p["W_xh"] + h[-1] @ p["W_hh"]))
        FORWARD
    return h, np.stack(h[1:]) @ p["W_hy"]

def backward(x, h, dy, p):
    BACKWARD
    dW_xh, dW_hh, carry = np.zeros_like(p["W_xh"]), np.zeros_like(p["W_hh"]), 0
    for t in reversed(range(len(x))):
        da = (dy[t] @ p["W_hy"].T + carry) * (1 - h[t + 1] ** 2)
        dW_xh += x[t].T @ da
        dW_hh += h[t].T @ da
        carry = da @ p["W_hh"].T
        LOOP
    return dW_xh, dW_hh

def run(problem):
    p = dict(problem.params)
    x = problem.x
    RUN
    h, y = forward(x, problem.h0, p)
    dW_xh, dW_hh = backward(x, h, y - problem.target, p)
    END
    return dict(dW_xh=dW_xh, dW_hh=dW_hh, y=y)
"""


def _write(folder: Path, **parts: str) -> Path:
    text = CODE
    for name in ("HEAD", "FORWARD", "BACKWARD", "LOOP", "RUN", "END"):
        lines = [line for line in text.splitlines() if line.strip() == name]
        indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        code = parts.get(name.lower(), "" if name == "HEAD" else "pass")
        text = text.replace(lines[0] + "\n", "".join(f"{indent}{line}\n" for line in code.splitlines()), 1)
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    return path


def _purity(path: Path, dtype: str = "") -> Purity:
    case = read_case(path)
    settings = settings_for(case)
    problem = build(replace(settings, dtype=dtype or settings.dtype), None)
    with JobRunner() as runner:
        return check_purity(case, problem, runner.run(case, problem), runner)


def _line(path: Path, part: str) -> int:
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if part in line)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_right_code_is_left_alone(path: Path) -> None:
    found = _purity(path)
    assert (found.state, found.findings) == ("ok", ())


def test_there_are_many_programs() -> None:
    assert len(PROGRAMS) >= 75


def test_the_code_of_these_tests_is_pure(tmp_path: Path) -> None:
    for dtype in ("float64", "float32"):
        assert _purity(_write(tmp_path), dtype).findings == ()


NET = """class Net:
    def forward(self, x):
        self.p, self.d, self.n = np.tanh(x), np.zeros(x.shape), np.ones(x.shape)
    def backward(self):
        BODY
net = Net()"""

SMALL_CODES = {
    "an input is changed": ({"backward": "x *= 1.5"}, ["changes its inputs in place: x at mine.py, line {}"], "x *= 1.5"),
    "weights are updated in the loop": (
        {"loop": 'p["W_hh"] -= 0.1 * dW_hh'},
        ["params['W_hh'] at mine.py, line {}, in step 5 of 5 (t = 4)", "weights that move"],
        'p["W_hh"] -= ',
    ),
    "a cache is changed": (
        {"backward": "h[2] *= 1.0001"},
        ["backward() of mine.py, line {}, changes h[2], which forward returned"],
        "h[2] *= ",
    ),
    "a cache is changed by another name": (
        {"backward": "last = h[-1]\nlast -= 0.0001"},
        ["backward() of mine.py, line {}, changes h["],
        "last -= ",
    ),
    "a part of a cache is changed": (
        {
            "head": "def forward_all(x):\n    return np.tanh(x)\ndef backward_all(part):\n    part *= 2.0\n    return part.sum()",
            "run": "backward_all(forward_all(x)[1:])",
        },
        ["backward_all() of mine.py, line {}, changes part, which forward returned"],
        "part *= ",
    ),
    "what forward left in an object is changed": (
        {"head": NET.replace("BODY", "dy = self.p\n        dy[0] -= 1"), "run": "net.forward(x)\nnet.backward()"},
        ["backward() of mine.py, line {}, changes self.p, which forward left there"],
        "dy[0] -= 1",
    ),
    "an upstream gradient is added to": (
        {"backward": "dy += 0.01\nshape = dy.shape"},
        ["backward() of mine.py, line {}, changes its argument dy in place"],
        "dy += ",
    ),
    "a global keeps the state": (
        {"head": "LAST = {}", "run": "start = LAST.get(0, problem.h0)\nproblem.h0 = start", "end": "LAST[0] = h[-1]"},
        ["a second call gives other numbers (dW_xh, dW_hh, y)", "global LAST of mine.py"],
        "",
    ),
    "a class keeps the state": (
        {"head": "class Net:\n    last = 0.0", "run": "x = x + Net.last", "end": "Net.last = h[-1].mean()"},
        ["a second call gives other numbers", "class attribute Net.last of mine.py"],
        "",
    ),
    "a default argument keeps the state": (
        {"head": "def seen(value, all=[]):\n    all.append(value)\n    return len(all)", "run": "seen(1)"},
        ["the default argument all of seen() (mine.py, line {}) is changed by a call"],
        "def seen",
    ),
    "a network is made once": (
        {"head": "NET = []", "run": "NET or NET.append({k: v.copy() for k, v in p.items()})\np = NET[0]"},
        ["the same numbers for other weights"],
        "",
    ),
    "numbers by chance": (
        {"forward": 'h[-1] = h[-1] * (np.random.rand(*h[-1].shape) > 0.5)'},
        ["other numbers each time", "np.random.rand, line {} of mine.py", "seed them inside run()"],
        "np.random.rand",
    ),
    "numbers by chance, seeded when the file is loaded": (
        {"head": "np.random.seed(3)", "forward": 'h[-1] = h[-1] + np.random.randn(*h[-1].shape)'},
        ["a second call gives other numbers", "np.random.randn, line {} of mine.py", "seeded only when the file is loaded"],
        "np.random.randn",
    ),
    "memory that nothing wrote": (  # the clock stands in for what happens to be there
        {"head": "import time", "run": "junk = np.empty(x.shape)\njunk[:] = time.perf_counter_ns() % 9973 / 1e4\nx = x + junk"},
        ["other numbers each time", "an array that comes unfilled (np.empty, line {} of mine.py)"],
        "junk = np.empty",
    ),
    "an integer buffer": (
        {"forward": 'H = np.zeros((9, 9), int)\n        H[t, :1] = h[-1][0, 0] * 9'.replace("        ", "")},
        ["H in forward() of mine.py, line {}, is int64 and is given fractions"],
        "H[t, :1]",
    ),
    "a buffer of half the digits": (
        {"backward": "small = np.zeros_like(dy, dtype='float32')\nsmall[:] = dy\ndy = small"},
        ["small in backward() of mine.py, line {}, is float32 in a run in float64"],
        "small[:] = dy",
    ),
    "half the digits come back": (
        {"end": "dW_hh = dW_hh.astype('float32')"},
        ["dW_hh came back as float32 from a run in float64"],
        "",
    ),
    "the second call fails": (
        {"head": "CALLS = []", "run": "CALLS.append(1)\nassert len(CALLS) < 2, 'once only'"},
        ["runs once and fails when it is run again", "once only"],
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SMALL_CODES)
def test_impure_code_is_named(name: str, tmp_path: Path) -> None:
    parts, said, part = SMALL_CODES[name]
    path = _write(tmp_path, **parts)
    found = _purity(path)
    assert found.state == "failed"
    whole = "\n".join(found.findings)
    for words in said:
        assert words.format(_line(path, part) if part else "") in whole
    assert found.sentence.startswith(found.findings[0])


INNOCENT = {
    "sums that forward sets to zero": {
        "head": NET.replace("BODY", "self.d += 1"), "run": "net.forward(x)\nnet.backward()\nnet.backward()"
    },
    "memory that is used again": {
        "head": NET.replace("BODY", "self.n[:] = 2\n        self.n *= self.p"), "run": "net.forward(x)\nnet.backward()"
    },
    "seeded inside": {"run": "rng = np.random.default_rng(0)\nx = x * (1 + 0 * rng.normal(size=x.shape))"},
    "a log that grows": {"head": "LOG = []", "end": "LOG.append(float(y.sum()))"},
    "a copy is updated": {"run": "p = {k: v.copy() for k, v in p.items()}", "end": 'p["W_hh"] -= 0.1 * dW_hh'},
    "an integer table": {"run": "hits = np.zeros(problem.K, int)\nhits[x[0, 0].argmax() % problem.K] += 1"},
    "whole numbers in float32": {"run": "mask = np.ones(3, dtype='float32')"},
    "a memo": {"head": "def grid(n, memo={}):\n    return memo.setdefault(n, np.eye(n))", "run": "grid(3)"},
    "dropout of nothing": {"forward": "h[-1] = h[-1] * (np.random.rand(*h[-1].shape) >= 0.0)"},
    "a default that is replaced": {"head": "def f(a=None):\n    a = a or []\n    a.append(1)", "run": "f()"},
}  # fmt: skip


@pytest.mark.parametrize("name", INNOCENT)
def test_innocent_habits_are_left_alone(name: str, tmp_path: Path) -> None:
    assert _purity(_write(tmp_path, **INNOCENT[name])).findings == ()


def test_what_is_allowed_may_change(tmp_path: Path) -> None:
    """Parameters that were handed to a trainer through `problem` change on purpose."""
    end = "problem.allowed.add(\"params['W_hh']\")\nproblem.params['W_hh'] -= dW_hh"
    assert _purity(_write(tmp_path, end=end)).findings == ()


def test_inputs_in_containers_are_remembered() -> None:
    inputs = {"x": [np.zeros(2), (np.ones(3), {"a": np.zeros(1)})], "n": [1, 2], "h0": np.zeros(2)}
    before = given(inputs)
    assert changed(before) == []
    assert [name for name, _ in flat(inputs)] == ["x[0]", "x[1][0]", "x[1][1]['a']", "h0"]
    inputs["x"][1][1]["a"][0] = 1  # type: ignore[index, call-overload]
    inputs["n"].append(3)  # type: ignore[attr-defined]
    inputs["h0"][0] = np.nan  # type: ignore[call-overload]
    assert changed(before) == ["x", "n", "h0"]
    assert changed(before, {"x", "h0"}) == ["n"]
