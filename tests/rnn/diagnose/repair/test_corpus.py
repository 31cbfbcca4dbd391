"""A fixed sample of the repair corpus; `python -m tests.rnn.diagnose.repair.corpus` measures more of it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from rnn.diagnose.repair.problems import tried
from tests.rnn.blame.planted import PLANTED, plant
from tests.rnn.diagnose.repair.corpus import of_mutant, outcome
from tests.rnn.diagnose.repair.mutants import EXAMPLES, RIGHT, Mutant, mutants, mutations
from tests.rnn.diagnose.repair.standin import subject_of

SAMPLE = (
    ("class-rnn", 35, "s", "x"),
    ("pair-lstm", 33, "i", "prev_h"),
    ("steps-gru", 52, "h", "z"),
    ("question-2014-fixed", 55, "*", "-"),
)
"""Program, line, token and what stands there instead."""

OF_OTHERS = ("minchar/h-for-previous-h", "course_layers/no-carry", "two_phase/list-not-turned-round")


def _mutant(name: str, line: int, was: str, now: str) -> Mutant:
    text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    return next(one for one in mutations(name, text, line) if (one.line, one.was, one.now) == (line, was, now))


@pytest.mark.parametrize("row", SAMPLE, ids=lambda row: f"{row[0]}:{row[1]}")
def test_mutants_are_repaired(row: tuple[str, int, str, str]) -> None:
    """A repair is found, and right on problems that nobody used before."""
    found = of_mutant(_mutant(*row), 30.0)
    assert found.right, found


@pytest.mark.parametrize("name", OF_OTHERS)
def test_mistakes_in_other_programs_are_repaired(name: str, tmp_path: Path) -> None:
    """In programs that the edits were not written for."""
    planted = next(one for one in PLANTED if one.id == name)
    assert outcome(plant(planted, tmp_path), name, 30.0).right


@pytest.mark.parametrize("name", RIGHT)
def test_every_example_has_mutants(name: str) -> None:
    """Of names, numbers and operators; none of them says what the program says."""
    text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    some = list(islice(mutations(name, text), 40))
    assert len({one.text for one in some} | {text}) == len(some) + 1
    assert all(one.text.splitlines()[one.line - 1] != text.splitlines()[one.line - 1] for one in some)


def test_mutants_make_a_gradient_wrong() -> None:
    """Those that change nothing, fail, or change the forward pass are left out."""
    (one,) = mutants("question-2014-fixed", 1)
    assert 46 <= one.line <= 64


def test_problems_are_small_first() -> None:
    """One step, two, six: what fails fails soon."""
    assert [known.problem.sizes["T"] for known in tried(subject_of(EXAMPLES / "question-2014.py"))] == [1, 2, 6]
