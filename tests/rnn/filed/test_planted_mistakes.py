"""Every mistake of the table, made by the editable reference and put into a file: which of them two files show."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.build import build
from rnn.diagnose.mistakes import mistakes_of
from rnn.diagnose.reference import Reference
from rnn.filed import compare_files
from rnn.settings import ProblemSettings
from tests.rnn.filed.files import gradients, written
from tests.rnn.weights.in_process import InProcess

COMMON = 3
"""Mistakes up to this rank are people's; those behind stand for whatever has no name."""


def planted(cell: str) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    """The right gradients, and of each mistake that changes some by more than a part in a million the wrong ones."""
    problem = build(ProblemSettings(cell=cell, seed=4), None)
    right, found = gradients(problem), []
    for mistake in mistakes_of(problem):
        if mistake.rank > COMMON:
            continue
        try:
            made = Reference(problem).gradients(dict(mistake.edits))
        except (ZeroDivisionError, ValueError, IndexError):  # sizes that such code could not run on
            continue
        wrong = {name: np.asarray(made[name]) for name in right if name in made}
        apart = max(
            float(np.abs(value - right[name]).max() / np.abs(right[name]).max())
            if value.shape == right[name].shape
            else 1.0
            for name, value in wrong.items()
        )
        if apart > 1e-6:
            found.append((mistake.key, wrong))
    return right, found


@pytest.mark.parametrize(
    "cell", ["rnn", pytest.param("lstm", marks=pytest.mark.whole), pytest.param("gru", marks=pytest.mark.whole)]
)
def test_all_are_found_in_float64_and_none_is_hidden_in_float32(cell: str, tmp_path: Path) -> None:
    """In float32 more than nine of ten; of the others it is said that it can't be told. Every tenth mistake is made."""
    right, mistakes = planted(cell)
    mistakes = mistakes[::10]
    assert len(mistakes) > 40
    counts: dict[str, Counter[str]] = {"float64": Counter(), "float32": Counter()}
    for key, wrong in mistakes:
        for dtype, counted in counts.items():
            narrow = {name: value.astype(dtype) for name, value in wrong.items()}
            result = compare_files(written(tmp_path, "a.npz", narrow), written(tmp_path, "b.npz", right), InProcess())
            counted[result.verdict] += 1
            assert dtype == "float32" or result.verdict == "differ", key
            apart = max(
                float(np.sqrt(np.mean((wrong[n] - right[n]) ** 2)) / np.sqrt(np.mean(right[n] ** 2)))
                for n in wrong
                if wrong[n].shape == right[n].shape
            )
            assert result.verdict != "agree" or apart < 1e-4, key
    assert counts["float64"] == {"differ": len(mistakes)}
    assert counts["float32"]["differ"] > 0.9 * len(mistakes)
