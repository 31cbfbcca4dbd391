"""Helpers of `problem`: real users' files plug in with a few lines, run in a job; misuse gets a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.arrays import AnyArray
from rnn.build import build
from rnn.cases import Case, CaseResult, read_case
from rnn.handwritten import run_by_hand
from rnn.jobs import JobFailure, JobRunner
from rnn.network import Network
from rnn.problem import Problem
from rnn.recorder import Recording
from rnn.settings_for import settings_for
from tests.problems import make_problem
from tests.rnn.cases.users_code import COLUMNS, NET, SCRIPT

VANILLA = Network("rnn", "tanh", "half_squared_error", True)
WEIGHTS = "{'cell.Wxh': 'W_xh', 'cell.Whh': 'W_hh', 'cell.bh': 'b_h', 'Why': 'W_hy', 'by': 'b_y'}"
FLAT = "dict(Wxh='W_xh', Whh='W_hh', Why='W_hy', bh='b_h', by='b_y')"
PARAMETERS = ("dW_xh", "dW_hh", "db_h", "dW_hy", "db_y")


def _case(folder: Path, body: str, case: str = "dict()", **files: str) -> Case:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    lines = "\n    ".join(body.strip().splitlines())
    path = folder / "mine.py"
    path.write_text(f"import numpy as np\nCASE = {case}\ndef run(problem):\n    {lines}\n", encoding="utf-8")
    return read_case(path)


def _agree(values: Mapping[str, AnyArray], problem: Problem, names: Any = PARAMETERS, digits: float = 1e-9) -> None:
    right = run_by_hand(problem)[1].named()
    for name in names:
        assert np.allclose(values[name], right[name], rtol=digits, atol=digits), name
    assert not np.allclose(right["dW_hh"], 0)


def _run(runner: JobRunner, case: Case, problem: Problem | None = None) -> CaseResult:
    return runner.run(case, problem or make_problem(VANILLA))


def _fails(runner: JobRunner, case: Case, problem: Problem | None = None) -> str:
    with pytest.raises(JobFailure) as caught:
        _run(runner, case, problem)
    return str(caught.value)


PUT = f"""
import net
n = net.Net()
problem.put(n, **{WEIGHTS})
"""


def test_put_and_take_reach_into_objects(tmp_path: Path, runner: JobRunner) -> None:
    """Attributes inside attributes; histories with the initial state in front."""
    body = PUT + "n.forward(problem.x, problem.h0)\nn.backward(problem.target)\n"
    body += f"return dict(problem.take(n, **{WEIGHTS}), h=n.hs, y=n.ys)"
    result = _run(runner, _case(tmp_path, body, net=NET))
    _agree(result.values, make_problem(VANILLA))
    trace = run_by_hand(make_problem(VANILLA))[0]
    assert np.allclose(result.values["h"], trace.steps["h"]) and np.allclose(result.values["y"], trace.y)
    assert result.purity == ()


@pytest.mark.parametrize("in_place", [True, False])
def test_updates_give_gradients(tmp_path: Path, runner: JobRunner, in_place: bool) -> None:
    body = PUT + (
        f"with problem.updates(n, n.lr, **{WEIGHTS}) as found:\n"
        f"    n.train(problem.x, problem.target, problem.h0, {in_place})\nreturn found"
    )
    result = _run(runner, _case(tmp_path, body, net=NET))
    _agree(result.values, make_problem(VANILLA))
    assert result.purity == ()


def test_module_globals_dictionaries_and_lists(tmp_path: Path, runner: JobRunner) -> None:
    state = "import numpy as np\nWhh = np.zeros((6, 6))\nweights = [np.zeros((4, 6)), np.zeros(6)]\ngrads = {'Why': np.ones((6, 5))}\n"
    body = """
import state
problem.put(state, Whh="W_hh", **{"weights.0": "W_xh"})
problem.put(state.weights, **{"1": "b_h"})
fresh = {}
problem.put(fresh, W="W_hy")
with problem.updates(state.weights, 2, **{"0": "W_xh"}) as found:
    state.weights[0] -= 6
state.dWhh = state.Whh * 2
left = {"Why": fresh["W"] + 1, "h": problem.x[..., :1] + np.zeros(6)}
more = problem.take(left, prefix="", Why="W_hy", h="h")
return {**found, **problem.take(state, Whh="W_hh"), **more, "db_h": state.weights[1]}
"""
    values, p = _run(runner, _case(tmp_path, body, state=state)).values, make_problem(VANILLA).parameters
    assert np.allclose(values["dW_xh"], 3) and np.array_equal(values["dW_hh"], 2 * p["W_hh"])
    assert np.array_equal(values["dW_hy"], p["W_hy"] + 1) and np.array_equal(values["db_h"], p["b_h"])
    assert values["h"].shape == (7, 3, 6)


def test_a_flat_script_runs_with_pinned_names(tmp_path: Path, runner: JobRunner) -> None:
    """It reads a file that is not there, has other sizes, an endless loop, and updates its weights."""
    body = (
        f"pins = problem.named(**{FLAT}, hprev='h0', xs='x', targets='target')\n"
        "left = problem.script('train.py', **pins, data='', epoch=0)\n"
        f"return problem.take(left, **{FLAT}) | dict(h=left['hs'])"
    )
    case = _case(tmp_path, body, train=SCRIPT)
    result = _run(runner, case)
    _agree(result.values, make_problem(VANILLA))
    assert result.purity == () and result.values["h"].shape == (7, 3, 6)
    (tmp_path / "train.py").write_text(SCRIPT.replace("dby +=", "dby -="), encoding="utf-8")
    right = run_by_hand(make_problem(VANILLA))[1].parameters["db_y"]
    assert np.allclose(_run(runner, case).values["db_y"], -right)


def test_a_script_is_recorded_line_by_line(tmp_path: Path, runner: JobRunner) -> None:
    body = (
        f"pins = problem.named(**{FLAT}, hprev='h0', xs='x', targets='target')\n"
        "left = problem.script('train.py', keep=('dWxh', 'dWhh'), **pins, data='', epoch=0)\n"
        "return dict(dW_xh=left['dWxh'], dW_hh=left['dWhh'])"
    )
    made = runner.record(_case(tmp_path, body, train=SCRIPT), make_problem(VANILLA), tmp_path / "r.rec")
    assert made.failure is None
    recording = Recording(made.path)
    steps = [recording.step(k) for k in range(len(recording))]
    lines = {step.line for step in steps if step.file.path.endswith("train.py")}
    wanted = {k for k, line in enumerate(SCRIPT.splitlines(), 1) if line.strip()}
    assert lines == wanted
    last = max(k for k, step in enumerate(steps) if step.line == 28)
    assert np.allclose(recording.value("dWhh", last), run_by_hand(make_problem(VANILLA))[1].parameters["dW_hh"])


def test_step_objects_are_driven(tmp_path: Path, runner: JobRunner) -> None:
    """An object that carries states and gradients itself; what it gives is h and dx where it looks like that."""
    steps = """
import numpy as np


class Step:
    def __init__(self, W, U, b, h):
        self.W, self.U, self.b, self.h, self.dh, self.tape = W, U, b, h, 0, []
        self.dW, self.dU, self.db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)

    def forward(self, x):
        self.tape.append((x, self.h))
        self.h = np.tanh(x @ self.W + self.h @ self.U + self.b)
        self.tape[-1] += (self.h,)
        return self.h

    def backward(self, out):
        x, before, h = self.tape.pop()
        da = (out + self.dh) * (1 - h * h)
        self.dh = da @ self.U.T
        self.dW += x.T @ da
        self.dU += before.T @ da
        self.db += da.sum(0)
        return da @ self.W.T
"""
    body = """
import steps
p = problem.params
s = steps.Step(p["W_xh"], p["W_hh"], p["b_h"], problem.h0)
found = problem.step_by_step(s.forward, s.backward)
return {**found, **problem.take(s, W="W_xh", U="W_hh", b="b_h"), "dh0": s.dh}
"""
    problem = make_problem(Network("rnn", "tanh", "upstream", False))
    values = _run(runner, _case(tmp_path, body, "dict(x='BTD')", steps=steps), problem).values
    _agree(values, problem, ("dW_xh", "dW_hh", "db_h", "dx", "dh0"))
    assert np.allclose(values["h"], run_by_hand(problem)[0].steps["h"])


def test_a_trainer_may_change_what_it_was_given_to_train(tmp_path: Path, runner: JobRunner) -> None:
    body = """
net = problem.named(W="W_hh", b="b_h")
with problem.updates(net, 1, W="W_hh") as found:
    net["W"] -= 2
    net["b"] -= 2
return found
"""
    result = _run(runner, _case(tmp_path, body))
    assert np.allclose(result.values["dW_hh"], 2) and result.purity == ("params['b_h']",)


def test_driven_steps_are_recorded(tmp_path: Path, runner: JobRunner) -> None:
    body = """
W = problem.params["W_hh"]
def forward(x, h):
    new = h @ W
    return new
def backward(dh):
    da = dh @ W.T
    return da
return problem.step_by_step(forward, backward, upstream=problem.x @ problem.params["W_xh"])
"""
    made = runner.record(_case(tmp_path, body), make_problem(VANILLA), tmp_path / "r.rec")
    assert made.failure is None
    recording = Recording(made.path)
    lines = [recording.step(k).line for k in range(len(recording))]
    assert (lines.count(6), lines.count(9)) == (7, 7)


@pytest.mark.parametrize(
    ("script", "call", "said"),
    [
        (SCRIPT, "script('train.py', Wx=1)", "never assigns Wx at its top level, so it can't be pinned; did you mean 'Wxh'?"),
        ("x = 1\n", "script('other.py')", "found no other.py"),
        ("x = 1\nprint x\n", "script('train.py')", "train.py, line 2: this is Python 2"),
        ("x = 1\n", "script('train.py', keep='dW', x=3)", "train.py leaves no dW; it leaves x"),
        ("x = 1\n\nraise ValueError('no')\n", "script('train.py')", "ValueError: no at train.py, line 3"),
        ("for i in xrange(3): pass\n", "script('train.py')", "xrange is Python 2"),
    ],
)  # fmt: skip
def test_what_can_be_wrong_with_a_script(tmp_path: Path, runner: JobRunner, script: str, call: str, said: str) -> None:
    assert said in _fails(runner, _case(tmp_path, f"problem.{call}\nreturn dict(dW_hh=0)", train=script))


PINS = """
import os.path as other
a = b = 1
c, (d, a) = 2, (3, 4)
a += 5
for k, a in [(1, 1), (2, 2)]:
    seen = a, k
with open(__file__) as a:
    opened = a
def a(): pass
class f: pass
n = 0
while True:
    n += 1
m = 0
while 1:
    m += 1
    if m == 3:
        break
a: int = 7
v[0] = a
if __name__ == "__main__":
    ran = a
"""


def test_every_way_to_bind_a_name_is_pinned(tmp_path: Path) -> None:
    from rnn.cases.script import run_script

    path = tmp_path / "s.py"
    path.write_text(PINS, encoding="utf-8")
    values = [1, 2]
    with pytest.raises(NameError, match="'v'"):
        run_script(path, {"a": 9}, None)
    path.write_text("v = 0\n" + PINS, encoding="utf-8")
    found = run_script(path, {"a": 9, "v": values, "f": 3}, None)
    assert {name: found[name] for name in "abcdfnmk"} == {
        "a": 9,
        "b": 1,
        "c": 2,
        "d": 3,
        "f": 3,
        "n": 1,
        "m": 3,
        "k": 1,
    }
    assert (found["seen"], found["opened"], found["ran"], found["v"]) == ((9, 1), 9, 9, [9, 2])
    assert values == [1, 2]


def test_steps_are_driven(tmp_path: Path, runner: JobRunner) -> None:
    """A step that is a closure over its cache, and one that hands it on and names its gradients."""
    body = """
W, U, b = problem.params["W_xh"], problem.params["W_hh"], problem.params["b_h"]
def forward(x, h):
    new = np.tanh(x @ W + h @ U + b)
    return new, (x, h, new)
def backward(dh, cache):
    x, h, new = cache
    da = dh * (1 - new ** 2)
    return dict(dh_prev=da @ U.T, da=da, dW_xh=x.T @ da, dW_hh=h.T @ da, db_h=da.sum(0))
return problem.step_by_step(forward, backward)
"""
    names = ("dW_xh", "dW_hh", "db_h", "dh", "dh_next", "dh_out", "da", "dh0")
    network = Network("rnn", "tanh", "upstream", False)
    for x in ("TBD", "T,BD", "BTD"):
        problem = make_problem(network)
        _agree(_run(runner, _case(tmp_path, body, f"dict(x='{x}')"), problem).values, problem, names)
    given = "(h @ problem.params['W_hy'] + problem.params['b_y'] - problem.target[t]) @ problem.params['W_hy'].T"
    alone = f"(forward, lambda dh, cache: backward(dh, cache)['dh_prev'], lambda t, h: {given})"
    own = body.replace("(forward, backward)", alone)
    _agree(_run(runner, _case(tmp_path, own)).values, make_problem(VANILLA), ("dh", "dh_next", "dh0"))


def test_an_lstm_of_columns(tmp_path: Path, runner: JobRunner) -> None:
    """Lists of columns, one stacked matrix a gate, weights (out, in): nothing has to be turned round by hand."""
    kept = "x='T,D1', weights='out,in', gates='separate', stacked='hx', bias='column'"
    case = f"dict(cell='lstm', loss='upstream', output_layer=False, {kept})"
    body = """
import columns
kept = columns.lstm(problem.params, problem.x, problem.h0, problem.c0)
return dict(columns.lstm_back(problem.params, kept, problem.dh), h=[k[-1] for k in kept])
"""
    problem = make_problem(Network("lstm", "tanh", "upstream", False), (7, 1, 4, 6, 5))
    result = _run(runner, _case(tmp_path, body, case, columns=COLUMNS), problem)
    _agree(result.values, problem, ("dW_xh", "dW_hh", "db_h", "dh", "dc", "da_i", "da_o", "dh0", "dc0"))
    assert result.purity == ()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("problem.put(n, Wxh='W_xh')", "the Net has no 'Wxh'; it has cell, Why, by, lr, at mine.py, line 6"),
        ("problem.put(n, **{'cell.Wx': 'W_xh'})", "the Cell has no 'Wx' (of 'cell.Wx'); did you mean 'Wxh'?"),
        ("problem.put(n, Why='W_yh')", "there is no 'W_yh' to hand over; did you mean 'W_"),
        ("n.Why = n.Why.T\nproblem.put(n, Why='W_hy')", "Why has the shape (5, 6) in your code and (6, 5) as the case"),
        ("n.by = n.by[:, None]\nproblem.put(n, by='b_y')", "by has the shape (5, 1) in your code and (5,)"),
        ("problem.put((1, 2), **{'0': 'W_hy'})", "can't be replaced"),
        ("problem.take(n, Why='W_hy')", "the Net has no 'dWhy'; did you mean 'Why'?"),
        ("problem.updates(n, 0, Why='W_hy').__enter__()", "rate = 0; expected the learning rate"),
        ("problem.updates(n, 1, Why='x').__enter__()", "x is no weight"),
        ("problem.updates(n, 1).__enter__()", "names no weights"),
        ("problem.updates(n, 1, cell='W_xh').__enter__()", "cell is Cell; expected an array of numbers"),
        ("with problem.updates(n, 1, Why='W_hy'): pass", "the block changed none of Why of the Net"),
        ("problem.step_by_step(lambda x, h: h, lambda dh: dh)", "needs dL/dh from above"),
        ("problem.step_by_step(lambda x, h: (h, 1, 2), 0, lambda t, h: h)", "forward of step 0 gave 3 values; expected h,"),
        ("problem.step_by_step(lambda x, h: h, lambda dh: dict(dx=1), lambda t, h: h)", "not dh_prev, the gradient of"),
        ("problem.step_by_step(lambda x, h: h, lambda dh: None, lambda t, h: h)", "expected dh_prev, or a dict"),
        ("problem.step_by_step(0, 0, problem.x[:3])", "upstream has 3 steps; expected T = 7"),
        ("problem.c0", "problem has no c0 with the cell 'rnn'; it has dtype, cell"),
        ("problem.dy", "problem has no dy unless the loss is 'upstream'"),
        ("problem.one_hot([1, 9])", "one_hot() got ids from 1 to 9; expected whole numbers from 0 to 3"),
        ("problem.one_hot([0.5])", "expected whole numbers"),
        ("for t in range(20):\n    if t == 7: raise ValueError('step 7')", "ValueError: step 7 at mine.py, line 7"),
        ("range(problem.T / 2)", "where Python 2's / gave a whole number, write //"),
        ("problem.x[problem.T / 2]", "where Python 2's / gave a whole number, write //"),
        ("{}.has_key(3)", "has_key is Python 2"),
        ("import cPickle", "cPickle is Python 2"),
        ("import old", "old.py, line 1: this is Python 2 (Missing parentheses"),
    ],
)  # fmt: skip
def test_misuse_gets_a_sentence(tmp_path: Path, runner: JobRunner, body: str, said: str) -> None:
    head = "import net\nn = net.Net()\n"
    found = _fails(runner, _case(tmp_path, head + body + "\nreturn dict(dW_hh=0)", net=NET, old="print 'x'\n"))
    assert said in found and "\n" not in found


def test_a_weight_that_stays_counts_as_zero(tmp_path: Path, runner: JobRunner) -> None:
    body = PUT + "with problem.updates(n, 1, Why='W_hy', by='b_y') as found:\n    n.Why -= 1\nreturn found"
    result = _run(runner, _case(tmp_path, body, net=NET))
    assert np.all(result.values["db_y"] == 0) and np.allclose(result.values["dW_hy"], 1)
    assert "by did not change in the block" in result.output


def test_changed_lists_and_states_are_told(tmp_path: Path, runner: JobRunner) -> None:
    body = "problem.x[3][0] += 1\nproblem.target.pop()\nproblem.states['h0'] += 1\nreturn dict(dW_hh=problem.params['W_hh'])"
    result = _run(runner, _case(tmp_path, body, "dict(x='T,BD')"))
    assert result.purity == ("x", "target", "h0")


def test_ids_targets_and_states(tmp_path: Path, runner: JobRunner) -> None:
    body = """
assert problem.x.shape == (7, 3) and problem.x.dtype.kind == "i"
assert problem.one_hot(problem.x).shape == (7, 3, 6)
assert problem.target.shape == (3,) and (problem.last_target == problem.target).all()
assert list(problem.states) == ["h0.0", "c0.0", "h0.1", "c0.1"] and problem.c0 is problem.states["c0.0"]
assert problem.V == 6 and "W_xi.1" in problem.params
return {"dW_e": problem.params["W_e"]}
"""
    network = Network("lstm", "tanh", "softmax_cross_entropy", True, layers=2, embedding=True)
    case = "dict(cell='lstm', gates='separate', embedding=True, target='last', loss='softmax_cross_entropy', layers=2)"
    problem = make_problem(network, ids=True)
    assert np.array_equal(_run(runner, _case(tmp_path, body, case), problem).values["dW_e"], problem.parameters["W_e"])


def test_ids_have_a_vocabulary_without_an_embedding(tmp_path: Path, runner: JobRunner) -> None:
    """Each looks up a row of W_xh."""
    body = "assert problem.V == problem.D == len(problem.params['W_xh'])\nreturn dict(dW_xh=problem.params['W_xh'])"
    case = _case(tmp_path, body, "dict(ids=True, target='ids', loss='softmax_cross_entropy')")
    problem = build(settings_for(case))
    assert np.array_equal(_run(runner, case, problem).values["dW_xh"], problem.parameters["W_xh"])


def test_names_of_ours_in_a_folder_with_accents(tmp_path: Path, runner: JobRunner) -> None:
    """Files called like our packages, with the helpers at work."""
    folder = tmp_path / "mes réseaux à moi"
    folder.mkdir()
    files = {"rnn": NET, "inspector": SCRIPT, "numpy_utils": "SCALE = 1\n"}
    body = f"""
import rnn, numpy_utils
n = rnn.Net()
problem.put(n, **{WEIGHTS})
n.forward(problem.x, problem.h0)
n.backward(problem.target)
left = problem.script('inspector.py', **problem.named(**{FLAT}, hprev='h0', xs='x', targets='target'), data='', epoch=0)
return dict(problem.take(n, **{WEIGHTS}), dW_hh=left['dWhh'] * numpy_utils.SCALE)
"""
    _agree(_run(runner, _case(folder, body, **files)).values, make_problem(VANILLA))
