"""The order of the checks: each is told before the next, none stops the rest, all are kept with the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.assets import example_path
from rnn import InputError, ProblemSettings, inspect_gradients, load_inspection, save_inspection
from rnn.cases import read_case
from rnn.checks import NAMES
from rnn.container import ContainerReader
from rnn.container_writer import ContainerWriter
from rnn.forward import compare_forward, forward_values
from rnn.handwritten import forward
from rnn.network import Network
from rnn.results import Inspection
from tests.hands import Hand, case
from tests.problems import make_problem

CODE = """
import numpy as np
CASE = dict(biases=False, settings=dict(steps=20))

def forward(x, h, p):
    states = []
    for t in range(len(x)):
        h = np.tanh(x[t] @ p["W_xh"] + h @ p["W_hh"])
        FORWARD
        states.append(h)
    return states

def run(problem):
    p, x = problem.params, problem.x
    START
    states = forward(x, problem.h0, p)
    y = np.stack(states) @ p["W_hy"]
    before = [problem.h0, *states]
    dW_hh, carry = np.zeros_like(p["W_hh"]), 0
    for t in reversed(range(problem.T)):
        da = ((y[t] - problem.target[t]) @ p["W_hy"].T + carry) * (1 - states[t] ** 2)
        LOOP
        dW_hh += before[t].T @ da
        carry = da @ p["W_hh"].T
    END
    return dict(dW_hh=dW_hh, y=y, h=np.stack(states))
"""


def _write(folder: Path, **parts: str) -> Path:
    text = CODE
    for name in ("FORWARD", "START", "LOOP", "END"):
        text = text.replace(name + "\n", parts.get(name.lower(), "pass") + "\n")
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    return path


def _states(result: Inspection) -> dict[str, str]:
    return {str(check["name"]): str(check["state"]) for check in result.checks}


def _check(checks: Any, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(check for check in checks if check["name"] == name)
    return found


class _Heard:
    """A progress function that takes more than words."""

    def __init__(self) -> None:
        self.told: list[Mapping[str, Any]] = []
        self.words: list[str] = []

    def __call__(self, text: str, fraction: float | None, extra: Mapping[str, Any] | None = None) -> None:
        self.words.append(text)
        self.told += [extra["check"]] if extra else []


def test_right_code_passes_all_and_each_is_told_in_order(tmp_path: Path) -> None:
    heard = _Heard()
    result = inspect_gradients(case=_write(tmp_path), progress=heard)
    assert tuple(check["name"] for check in heard.told) == NAMES
    assert tuple(heard.told) == result.checks
    assert _states(result) == {
        "runs": "ok",
        "pure": "ok",
        "forward": "ok",
        "gradients": "ok",
        "where": "skipped",
        "why": "skipped",
    }
    assert heard.words.index("Running JAX") > next(k for k, word in enumerate(heard.words) if word.startswith("pure:"))


def test_a_progress_function_of_two_parameters_hears_words(tmp_path: Path) -> None:
    words: list[str] = []
    inspect_gradients(ProblemSettings(), progress=lambda text, fraction: words.append(text))
    assert [word.partition(":")[0] for word in words if word.startswith(tuple(f"{name}:" for name in NAMES))] == list(
        NAMES
    )


def test_the_question_of_2014() -> None:
    result = inspect_gradients(case=example_path("question-2014"))
    assert _states(result) == {
        "runs": "ok",
        "pure": "ok",
        "forward": "ok",
        "gradients": "failed",
        "where": "ok",
        "why": "skipped",
    }
    where = _check(result.checks, "where")["sentence"]
    assert where.startswith("question-2014.py, line 54, t = 3: reads dcdHin[t], which no line has written yet")
    assert result.headline.startswith("dW_xh, dW_hh and db_h are wrong")


def test_impure_code_is_judged_all_the_same(tmp_path: Path) -> None:
    result = inspect_gradients(case=_write(tmp_path, end="x *= 2"))
    assert _states(result) == {
        "runs": "ok",
        "pure": "failed",
        "forward": "ok",
        "gradients": "ok",
        "where": "skipped",
        "why": "skipped",
    }
    assert "the code is not pure" in _check(result.checks, "gradients")["sentence"]
    assert any("changes its inputs in place: x at mine.py, line " in note for note in result.notes)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"forward": "1 / (t - 6)"}, "raised ZeroDivisionError: division by zero at mine.py, line 9, in step 7 of 20 (t = 6)"),
        ({"loop": "assert t > 4"}, "raised AssertionError at mine.py, line 22, in step 5 of 20 (t = 4)"),
        ({"loop": "[][sum(k for k in range(3))]"}, "IndexError: list index out of range at mine.py, line 22, in step 20 of 20 (t = 19)"),
        ({"loop": "for k in range(4): da[9] if k else 0"}, "line 22, in step 20 of 20 (t = 19)"),
        ({"forward": "for i, row in enumerate(x): x[i + 19, 99]"}, "line 9, in step 1 of 20 (i = 0)"),
        ({"end": "y['dW']"}, "at mine.py, line 25"),
        ({"end": "return None"}, "run() returned NoneType; expected a dict"),
    ],
)  # fmt: skip
def test_code_that_does_not_run_is_told_with_its_step(parts: dict[str, str], said: str, tmp_path: Path) -> None:
    heard = _Heard()
    with pytest.raises(InputError) as caught:
        inspect_gradients(case=_write(tmp_path, **parts), progress=heard)
    assert said in str(caught.value)
    assert ("in step" in str(caught.value)) == ("in step" in said)
    assert tuple(caught.value.checks) == tuple(heard.told)
    assert [check["state"] for check in heard.told] == ["failed", *["skipped"] * 5]
    assert heard.told[0]["sentence"] == str(caught.value)


def test_the_values_of_that_moment_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        inspect_gradients(case=_write(tmp_path, forward="1 / (t - 6)"))
    details = caught.value.checks[0]["details"]
    assert {"t = 6", "h = float64 (3, 6)", "states = list of 6"} <= set(details)
    assert any("1 / (t - 6)" in line for line in details)


def test_a_forward_pass_of_another_function_is_said_first(tmp_path: Path) -> None:
    path = _write(tmp_path)
    path.write_text(path.read_text().replace("np.tanh(x[t] @", "np.sin(x[t] @"), encoding="utf-8")
    result = inspect_gradients(case=path, blame=False)
    assert _states(result) == {
        "runs": "ok",
        "pure": "ok",
        "forward": "failed",
        "gradients": "failed",
        "where": "skipped",
        "why": "skipped",
    }
    assert result.headline.startswith("The forward pass is another function: h is off by ")
    assert "so the gradients are of another function. dW_hh is wrong" in result.headline
    assert "of another function" in _check(result.checks, "gradients")["sentence"]
    finding = next(one for one in result.findings if one["kind"] == "forward")
    assert (finding["quantity"], finding["t"], finding["change"]) == ("h", 0, {})
    assert [report.name for report in result.forward] == ["h", "y"]
    assert np.array_equal(result.arrays.read("handtrace/h").shape, result.arrays.read("trace/h").shape)
    assert result.arrays.read("forward/h/difference").shape == (20,)


def test_a_usual_variant_is_named_with_its_key(tmp_path: Path) -> None:
    path = _write(tmp_path)
    path.write_text(path.read_text().replace("np.tanh(x[t] @", "np.maximum(0, x[t] @"), encoding="utf-8")
    result = inspect_gradients(case=path, blame=False)
    finding = next(one for one in result.findings if one["kind"] == "forward")
    assert finding["change"] == {"activation": "relu"}
    assert "those of an RNN with relu as activation: set activation='relu'" in result.headline


def test_the_first_wrong_step_of_the_forward_pass(tmp_path: Path) -> None:
    result = inspect_gradients(case=_write(tmp_path, forward="h = h * (1.01 if t == 7 else 1)"), blame=False)
    assert [report.first_wrong_t for report in result.forward] == [7, 7]
    assert "h is off by" in result.headline and "at t = 7" in result.headline


def test_a_forward_pass_that_differs_beside_right_gradients(tmp_path: Path) -> None:
    result = inspect_gradients(case=_write(tmp_path, end="y = np.tanh(y)"))
    assert result.verdict == "agree"
    assert _states(result)["forward"] == "failed"
    assert result.headline.startswith("All gradients agree") and "something else, though: y is off" in result.headline
    assert "another function" not in _check(result.checks, "gradients")["sentence"]


def test_what_was_not_returned_is_said_once(tmp_path: Path) -> None:
    result = inspect_gradients(case=_write(tmp_path))
    assert "dW_xh and dW_hy were not returned, so they were not checked" in result.notes
    whole = inspect_gradients(ProblemSettings())
    assert not any("was returned" in note for note in whole.notes)


def test_nothing_of_the_forward_pass(tmp_path: Path) -> None:
    result = inspect_gradients(case=_write(tmp_path, end="return dict(dW_hh=dW_hh)"))
    assert _states(result)["forward"] == "unknown"
    assert "return y, h or loss" in _check(result.checks, "forward")["sentence"]


def test_checks_are_kept_with_the_result(tmp_path: Path) -> None:
    result = inspect_gradients(case=_write(tmp_path, forward="h = h * (1.01 if t == 7 else 1)"), blame=False)
    save_inspection(result, tmp_path / "r.bptt")
    back = load_inspection(tmp_path / "r.bptt")
    assert (back.checks, back.forward, back.findings) == (result.checks, result.forward, result.findings)
    assert isinstance(back.arrays, ContainerReader)
    back.arrays.close()


def test_an_older_file_has_no_checks(tmp_path: Path) -> None:
    save_inspection(inspect_gradients(ProblemSettings()), tmp_path / "r.bptt")
    reader = ContainerReader(tmp_path / "r.bptt")
    index = dict(reader.index)
    with ContainerWriter(tmp_path / "old.bptt") as writer:
        for name in reader.names():
            writer.add(name, reader.read(name))
        summary = {key: value for key, value in index["inspection"].items() if key not in ("checks", "forward")}
        writer.finish({"kind": "inspection", "inspection": summary})
    back = load_inspection(tmp_path / "old.bptt")
    assert (back.checks, back.forward, back.verdict) == ((), (), "agree")
    for one in (reader, back.arrays):
        assert isinstance(one, ContainerReader)
        one.close()


def test_a_runner_that_cannot_watch_leaves_purity_open() -> None:
    result = inspect_gradients(ProblemSettings(), case(), Hand())
    assert _states(result) == {
        "runs": "ok",
        "pure": "skipped",
        "forward": "ok",
        "gradients": "ok",
        "where": "skipped",
        "why": "skipped",
    }


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "leaky"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_no_right_forward_pass_is_called_wrong(cell: str, dtype: str) -> None:
    """Chaotic networks, long ones, single numbers: rounding is no other function."""
    for seed, (sizes, scale) in enumerate(
        [((60, 2, 3, 8, 2), 3.0), ((1, 1, 1, 1, 1), 1.0), ((40, 1, 1, 1, 1), 2.0), ((90, 1, 4, 6, 3), 1.5)] * 5
    ):
        network = Network(cell, ("tanh", "relu", "identity")[seed % 3], "half_squared_error", True)
        problem = make_problem(network, sizes, dtype=dtype, scale=scale, seed=seed)
        with np.errstate(all="ignore"):
            hand = forward(problem)
            moved = forward(replace(problem, x=problem.x * (1 + np.finfo(dtype).eps)).cast(dtype))
            truth = forward(problem.cast("float64"))
        for one in (hand, moved):
            loss = one.loss if np.isfinite(one.loss) else None
            assert compare_forward(forward_values(one), loss, truth, problem).first is None


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_wrong_step_is_found_where_rounding_decides_the_later_ones(dtype: str) -> None:
    network = Network("rnn", "identity", "half_squared_error", True)
    problem = make_problem(network, (200, 2, 3, 8, 2), dtype=dtype, scale=1.0)
    with np.errstate(all="ignore"):
        truth, hand = forward(problem.cast("float64")), forward(problem)
    values = {name: value.copy() for name, value in forward_values(hand).items()}
    assert compare_forward(values, None, truth, problem).first is None
    values["h"][4:] *= 1.1
    found = compare_forward(values, None, truth, problem)
    assert found.first is not None and (found.first.name, found.first.first_wrong_t) == ("h", 4)


def test_the_forward_pass_of_two_directions_is_walked_both_ways() -> None:
    network = Network("rnn", "tanh", "half_squared_error", True, bidirectional=True)
    problem = make_problem(network, (9, 2, 3, 4, 2))
    trace = forward(problem)
    values = {name: value.copy() for name, value in forward_values(trace).items()}
    for name in ("h.0", "h.0.reverse"):
        values[name][3:6] += 1
    found = compare_forward(values, None, trace, problem)
    wrong = {report.name: report.first_wrong_t for report in found.reports if report.wrong}
    assert wrong == {"h.0": 3, "h.0.reverse": 5}
    assert found.first is not None and found.first.name == "h.0"


def test_a_missing_case_is_no_check(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        inspect_gradients(case=tmp_path / "none.py")
    assert caught.value.checks == ()
    assert read_case(_write(tmp_path)).name == "mine"


def test_one_array_that_is_appended_again_and_again(tmp_path: Path) -> None:
    body = "h = np.add(h, 0, out=buffer)"
    path = _write(tmp_path, forward=body)
    path.write_text(
        path.read_text().replace("    states = []\n", "    states, buffer = [], h.copy()\n", 1), encoding="utf-8"
    )
    result = inspect_gradients(case=path, blame=False)
    assert "all its steps are equal, as if one array had been appended again and again" in result.headline


@pytest.mark.parametrize(
    ("code", "changed", "change"),
    [
        ("np.tanh(x[t] @", "np.maximum(0, x[t] @", {"activation": "relu"}),
        ("forward(x, problem.h0, p)", "forward(x, 0 * problem.h0, p)", {"h0": "zero"}),
        ("states = forward(", "problem.x = 0\n    states = forward(", {}),
    ],
)
def test_the_change_that_is_named_makes_the_forward_passes_agree(
    code: str, changed: str, change: dict[str, Any], tmp_path: Path
) -> None:
    path = _write(tmp_path)
    path.write_text(path.read_text().replace(code, changed), encoding="utf-8")
    result = inspect_gradients(case=path, blame=False)
    named = [finding["change"] for finding in result.findings if finding["kind"] == "forward"]
    assert named == ([change] if change else [])
    said = "".join(f", {key}={value!r}" for key, value in change.items())
    path.write_text(path.read_text().replace("dict(biases=False", f"dict(biases=False{said}"), encoding="utf-8")
    assert _states(inspect_gradients(case=path, blame=False))["forward"] == "ok"
