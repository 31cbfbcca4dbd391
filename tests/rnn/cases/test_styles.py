"""Other people's programs under the inspector: it is silent about the right ones and names what is wrong in their twins."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnn import Inspection, inspect_gradients
from rnn.jobs import JobRunner
from tests.rnn.cases.mutated import MUTATED, Mutation
from tests.rnn.cases.proving import EXAMPLES, STYLES, case_files

SHIPPED = [path for path in case_files(EXAMPLES) if path.stem.endswith("-wrong")]


def _wrong(result: Inspection) -> set[str]:
    return {report.name for report in result.parameters if report.wrong}


def _check(path: Path, runner: JobRunner) -> Inspection:
    return inspect_gradients(case=path, runner=runner, blame=False)


@pytest.mark.parametrize("path", case_files(STYLES), ids=lambda path: path.stem)
def test_a_right_program_agrees(path: Path, runner: JobRunner) -> None:
    result = _check(path, runner)
    assert result.verdict == "agree", result.headline
    assert {f"d{name[8:]}" for name in result.arrays.names() if name.startswith("weights/")} == {
        report.name for report in result.parameters
    }


@pytest.mark.parametrize("mutation", MUTATED, ids=lambda one: one.id)
def test_a_wrong_twin_differs(mutation: Mutation, tmp_path: Path, runner: JobRunner) -> None:
    result = _check(mutation.plant(STYLES, tmp_path), runner)
    assert result.verdict == "differ", result.headline
    assert _wrong(result) == set(mutation.wrong)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_pairs_are_told_apart(path: Path, runner: JobRunner) -> None:
    right = path.with_name(path.name.replace("-wrong", ""))
    assert _check(right, runner).verdict == "agree"
    assert _check(path, runner).verdict == "differ"
