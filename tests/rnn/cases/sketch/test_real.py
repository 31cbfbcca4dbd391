"""Sketches of real programs, run through the real job: none calls right code wrong without saying where to look."""

from __future__ import annotations

from pathlib import Path

import pytest
from measuring import Outcome, measure, programs

from rnn.jobs import JobRunner

AGREE = {"class-rnn", "function-rnn", "steps-gru"}
"""Programs whose sketch agrees as it is written; more may."""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What became of every program."""
    folder = tmp_path_factory.mktemp("real")
    with JobRunner() as runner:
        return {path.stem: measure(path, wanted, folder / path.stem, runner) for path, wanted in programs()}


def test_nothing_wrong_is_silent(outcomes: dict[str, Outcome]) -> None:
    assert {name: one.said for name, one in outcomes.items() if one.silent} == {}


def test_what_agreed_still_does(outcomes: dict[str, Outcome]) -> None:
    assert {name for name, one in outcomes.items() if one.kind == "agree" and one.compared} >= AGREE


def test_every_program_is_measured(outcomes: dict[str, Outcome]) -> None:
    styles = Path(__file__).parents[1] / "styles"
    alone = {path.stem for path in styles.glob("*.py") if not path.stem.endswith("_case")}
    assert alone <= set(outcomes)
