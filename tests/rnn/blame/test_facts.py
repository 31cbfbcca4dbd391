"""Facts that go with mistakes: each is seen in a run that has it, and in no run that has not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inspector.assets import examples
from rnn.blame.facts import FACTS, MOST_PER_KIND, Fact, find_facts
from rnn.blame.flow import Flow
from tests.rnn.blame.running import record_case

HEAD = """import numpy as np

CASE = dict(settings=dict(steps=4, inputs=2, hidden=3, outputs=2, seed=1))


def run(problem):
"""
FIRST = HEAD.count("\n") + 1
"""The line at which a body begins."""


def _facts_of(path: Path, folder: Path, dtype: str = "float64") -> list[Fact]:
    with np.errstate(all="ignore"):  # what np.empty holds may overflow when the recorder adds it up
        recording = record_case(path, folder / "run.rec")[2]
    try:
        return find_facts(Flow(recording), dtype=dtype)
    finally:
        recording.close()


def _facts(body: str, folder: Path, dtype: str = "float64") -> list[Fact]:
    """Facts of a case whose `run` is the body."""
    path = folder / "tiny.py"
    path.write_text(HEAD + "".join(f"    {line}\n" for line in body.splitlines()), encoding="utf-8")
    return _facts_of(path, folder, dtype)


BACKWARD = (
    "d = np.zeros((5, 3))\nfor t in reversed(range(4)):\n    s = np.tanh(d[{}]) + 1\n    d[t] = s\nreturn dict(da=d)"
)
HISTORY = "h = np.ones((4, 3))\ns = np.zeros(3)\nfor t in range({}, 4):\n    s = s + h[t - 1]\nreturn dict(da=s)"
SHARED = "a = np.zeros(3)\nb = {}\na += 1\nb += 2\nreturn dict(da=a + b)"
ROWS = "d = np.zeros((4, 3))\nfor t in range(4):\n    d[{}] = t + 1\nreturn dict(da=d)"

WRONG = {
    # body; line of it, from 0; t; how often; part of what is said
    "read before written": (BACKWARD.format("t"), 2, 3, 4, "reads d[t], which no line has written yet (4 times)"),
    "written twice": (ROWS.format(0), 2, 1, 3, f"writes over what line {FIRST + 2} wrote and nothing has read"),
    "never read": ("s = np.ones(3)\nd = np.ones(3)\nreturn dict(da=d)", 0, None, 1, "s is written here and never read"),
    "negative index": (HISTORY.format(0), 3, 0, 1, "the index of h[t - 1] is -1, which counts from the end"),
    "input changed": ("W = problem.params['W_hh']\nW -= 0.1\nreturn dict(da=W)", 1, None, 1, "weights or data that it"),
    "shared array": (SHARED.format("a"), 3, None, 1, "b and a share one array, and both are written"),
    "less precision": ("d = np.ones(3, np.float32)\nreturn dict(da=d)", 0, None, 1, "makes float32 numbers"),
}
"""By fact: a run that has it, and only it."""

RIGHT = {
    "read before written": BACKWARD.format("t + 1"),
    "written twice": ROWS.format("t"),
    "never read": "s = np.ones(3)\nd = np.ones(3) * s\nreturn dict(da=d)",
    "negative index": HISTORY.format(1),
    "input changed": "W = problem.params['W_hh']\nW = W - 0.1\nreturn dict(da=W)",
    "shared array": SHARED.format("a.copy()"),
    "less precision": "d = np.ones(3)\nreturn dict(da=d)",
}
"""By fact: the same without it."""


def test_every_fact_is_tested() -> None:
    """A new kind of fact needs a run with it and one without it."""
    assert set(FACTS) == set(WRONG) == set(RIGHT)


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_is_told_with_its_place(fact: str, tmp_path: Path) -> None:
    """Line, t of the first time, how often, and words; nothing else is told."""
    body, line, t, count, words = WRONG[fact]
    (found,) = _facts(body, tmp_path)
    assert (found.fact, found.line, found.t, found.count) == (fact, FIRST + line, t, count)
    assert found.text == body.splitlines()[line].strip()
    assert words in found.sentence and found.sentence.startswith(f"tiny.py, line {found.line}")


@pytest.mark.parametrize("fact", FACTS)
def test_right_code_has_no_facts(fact: str, tmp_path: Path) -> None:
    """The counterpart of each is silent."""
    assert _facts(RIGHT[fact], tmp_path) == []


@pytest.mark.parametrize(
    "body",
    [
        "d = np.zeros((4, 3))\nd[0] += 1\nreturn dict(da=d)",
        "d = np.zeros((4, 3))\nd[0] = 1\ns = d[0] + 1\nd[0] = s\nreturn dict(da=d)",
        "h = np.ones((4, 3))\nd = h[-1] + h[-2:].sum(axis=0)\nreturn dict(da=d)",
        "a = np.ones(3)\ndef inner(x):\n    return a * x\nreturn dict(da=inner(2))",
        "d = problem.params['W_hh'].copy()\nd -= 0.1\nreturn dict(da=d)",
    ],
    ids=["adds to zeros", "read between writes", "written as negative", "read by a closure", "changes a copy"],
)
def test_what_only_looks_like_a_fact(body: str, tmp_path: Path) -> None:
    """Adding to zeros is no read before a write; -1 that stands in the source is meant; a copy may be changed."""
    assert _facts(body, tmp_path) == []


def test_empty_memory_is_told(tmp_path: Path) -> None:
    """What np.empty made and nobody wrote holds anything."""
    (found,) = _facts("d = np.empty((4, 3))\nd[:3] = 1\ns = d[3] * 2\nreturn dict(da=s)", tmp_path)
    assert (found.fact, found.line) == ("read before written", FIRST + 2)
    assert "(np.empty holds anything)" in found.sentence


def test_float32_is_no_fact_in_a_float32_run(tmp_path: Path) -> None:
    """Precision is judged by the run's."""
    assert _facts(WRONG["less precision"][0], tmp_path, "float32") == []


def test_at_most_five_of_a_kind(tmp_path: Path) -> None:
    """More would hide the rest."""
    body = "\n".join(f"unread_{i} = np.ones(3)" for i in range(MOST_PER_KIND + 3)) + "\nreturn dict(da=np.ones(3))"
    assert [one.line for one in _facts(body, tmp_path)] == [FIRST + i for i in range(MOST_PER_KIND)]


def test_the_question_of_2014(tmp_path: Path) -> None:
    """One fact, on the line with the mistake."""
    (found,) = _facts_of(examples()["question-2014"], tmp_path)
    assert (found.fact, found.t, found.count) == ("read before written", 3, 4)
    assert found.text == "dcdHout[t] += np.dot(dcdHin[t], Whh.T)"


def test_the_mended_question_of_2014(tmp_path: Path) -> None:
    """None."""
    assert _facts_of(examples()["question-2014-fixed"], tmp_path) == []


def test_a_fact_as_a_finding(tmp_path: Path) -> None:
    """Of kind `dynamic`, with all that is known."""
    (found,) = _facts(WRONG["never read"][0], tmp_path)
    assert found.to_json() == {"kind": "dynamic", **vars(found)}
