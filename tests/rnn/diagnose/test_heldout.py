"""Explanations and repairs of programs that neither was made for; and silence about the right ones."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from rnn import oracle
from rnn.build import build
from rnn.cases import read_case
from rnn.diagnose.explain import EXPLAINED, RIGHT, UNEXPLAINED, explain
from rnn.diagnose.repair import repair
from rnn.diagnose.repair.apply import apply
from rnn.diagnose.subject import Subject
from rnn.settings_for import settings_for
from tests.rnn.diagnose.heldout import PROGRAMS, WRONG, Wrong
from tests.rnn.diagnose.repair.standin import InProcess

NAMES = sorted(path.stem for path in PROGRAMS.glob("*.py"))
REPAIRED = [wrong for wrong in WRONG if wrong.repair]


class Enough(Exception):
    """A repair is known; what others do the same is not asked here."""


def _subject(path: Path, lines: Sequence[int] = ()) -> Subject:
    """A case, with the lines that are to blame, as far as they are known."""
    case = read_case(path)
    problem = build(settings_for(case))
    blamed = tuple({"kind": "blame", "file": str(path), "line": line} for line in lines)
    return Subject(problem, InProcess().run(case, problem).values, {}, case, InProcess(), blamed)


def _silent(text: str, fraction: float | None) -> None:
    """Nobody is told."""


def _first_repair(path: Path, lines: Sequence[int]) -> Mapping[str, Any]:
    """The first repair that is verified, sought from the guilty lines on."""
    found: list[Mapping[str, Any]] = []

    def say(text: str, fraction: float | None, extra: Any = None) -> None:
        if extra:
            found.append(extra["finding"])
            raise Enough

    with pytest.raises(Enough):
        repair(_subject(path, lines), say, 40.0)
    return found[0]


@pytest.mark.parametrize("name", NAMES)
def test_right_programs_are_right(name: str) -> None:
    """Of which nothing is said."""
    assert explain(_subject(PROGRAMS / f"{name}.py"), _silent).status == RIGHT


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong.program}/{wrong.id}")
def test_the_mistake_is_named(wrong: Wrong, tmp_path: Path) -> None:
    """By what says it, and by nothing else."""
    found = explain(_subject(wrong.plant(tmp_path)), _silent, 20.0 if wrong.names else 3.0)
    named = {one.id for one in found.mistakes}
    assert named <= {name for group in wrong.names for name in group.split()}
    assert found.status == (EXPLAINED if wrong.names else UNEXPLAINED), named
    assert all(named & set(group.split()) for group in wrong.names)


@pytest.mark.parametrize("wrong", REPAIRED, ids=lambda wrong: f"{wrong.program}/{wrong.id}")
def test_it_is_repaired(wrong: Wrong, tmp_path: Path) -> None:
    """The right text comes back, or one that is right on problems that nobody used before."""
    path = wrong.plant(tmp_path)
    apply(_first_repair(path, wrong.lines(path)))
    if wrong.repair == "right":
        right = (PROGRAMS / path.name).read_text(encoding="utf-8")
        assert ast.dump(ast.parse(path.read_text(encoding="utf-8"))) == ast.dump(ast.parse(right))
    subject = _subject(path)
    problem = subject.other(5151, steps=7, batch=2)
    wanted = oracle.reference(problem)[1].named()
    values = InProcess().run(read_case(path), problem).values
    assert all(abs(values[name] - wanted[name]).max() < 1e-9 for name in values if name in wanted)
