"""The guilty line is the one with the mistake in it, and correct code has none."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from inspector.assets import examples
from rnn.blame.blame import place_of
from tests.rnn.blame.planted import CORPUS, PLANTED, Planted, guilty_line, planted_source
from tests.rnn.blame.running import blame_case

NOT_NAMED = frozenset(
    """
    """.split()
)
"""Mistakes whose line is not named first; what is named then, is where they show."""


def _mark(planted: Planted) -> object:
    marks = [pytest.mark.xfail(strict=True, reason="not named yet")] if planted.id in NOT_NAMED else []
    return pytest.param(planted, id=planted.id, marks=marks)


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.py")), ids=lambda path: path.stem)
def test_correct_code_is_not_blamed(path: Path, tmp_path: Path) -> None:
    """Preallocated buffers, accumulators, several writes to one entry, recursion, einsum: nobody is guilty."""
    assert blame_case(path, tmp_path / "run.rec") == ()


@pytest.mark.parametrize("planted", [_mark(planted) for planted in PLANTED])
def test_planted_mistake_is_found(planted: Planted, tmp_path: Path) -> None:
    """The first blamed statement holds the line that was changed."""
    path = tmp_path / f"{planted.case}.py"
    path.write_text(planted_source(planted), encoding="utf-8")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # a wrong gradient may overflow
        found = blame_case(path, tmp_path / "run.rec")
    assert found
    lines = path.read_text(encoding="utf-8").splitlines()
    first, line = found[0], guilty_line(planted)
    end = first.line + sum(1 for _ in range(first.text.count("\n")))
    assert first.line <= line <= max(end, _end(lines, first.line, first.text)), place_of(first)


def _end(lines: list[str], start: int, text: str) -> int:
    """Last line of a statement that begins at a line and whose lines, stripped and joined, are `text`."""
    joined, line = "", start
    while line <= len(lines) and joined != text:
        joined = f"{joined} {lines[line - 1].strip()}".strip()
        line += 1
    return line - 1


def test_the_question_of_2014_is_answered(tmp_path: Path) -> None:
    """The line that adds the carry reads dcdHin[t] one step before the last, where no line has written it."""
    found = blame_case(examples()["question-2014"], tmp_path / "run.rec")
    first = found[0]
    assert len(found) == 1
    assert first.text == "dcdHout[t] += np.dot(dcdHin[t], Whh.T)"
    assert (first.t, first.why, first.reads, first.needed) == (3, "unwritten", "dcdHin[t]", "da at t = 4")
    assert first.found == "dcdHin[4]"
    assert set(first.quantities) == {"dW_xh", "dW_hh", "db_h", "dh", "da"}


def test_the_mended_question_has_no_guilty_line(tmp_path: Path) -> None:
    """Silence on right code."""
    assert blame_case(examples()["question-2014-fixed"], tmp_path / "run.rec") == ()
