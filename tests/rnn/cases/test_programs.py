"""The programs of other people are what they are said to be, by complex steps and without this program's engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rnn.cases.mutated import MUTATED, Mutation
from tests.rnn.cases.proving import EXAMPLES, STYLES, case_files, declaration, wrong_gradients

SHIPPED = [path for path in case_files(EXAMPLES) if path.stem.endswith("-wrong")]


@pytest.mark.parametrize("path", case_files(STYLES), ids=lambda path: path.stem)
def test_a_right_program_is_right(path: Path) -> None:
    assert wrong_gradients(path) == []


@pytest.mark.parametrize("mutation", MUTATED, ids=lambda one: one.id)
def test_a_wrong_twin_is_wrong(mutation: Mutation, tmp_path: Path) -> None:
    found = wrong_gradients(mutation.plant(STYLES, tmp_path))
    assert set(mutation.wrong) <= set(found)
    assert {name for name in found if name.startswith(("dW", "db", "dp"))} == set(mutation.wrong)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_pairs_differ_by_one_mistake(path: Path) -> None:
    right = path.with_name(path.name.replace("-wrong", ""))
    assert wrong_gradients(right) == []
    assert wrong_gradients(path) != []
    texts = [one.read_text(encoding="utf-8").split('"""', 2)[2].splitlines() for one in (right, path)]
    changed = [(a, b) for a, b in zip(*texts, strict=True) if a != b and "title=" not in a]
    assert len(changed) == 1


@pytest.mark.parametrize("path", [*case_files(STYLES), *SHIPPED], ids=lambda path: path.stem)
def test_ten_lines_plug_a_program_in(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").split("\nCASE = ")[-1].splitlines()
    assert len([line for line in lines if line.strip()]) <= 10
    assert declaration(path)["title"]
