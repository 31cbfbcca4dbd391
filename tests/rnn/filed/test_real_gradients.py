"""Gradients that PyTorch itself made and saved: right against JAX, against each other, and with a mistake planted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.filed import compare_files
from rnn.given import inspect_given
from rnn.settings import ProblemSettings
from tests.rnn.filed.files import written
from tests.rnn.weights.in_process import InProcess

DATA = Path(__file__).parent / "data"
OPTIONS: dict[str, Any] = {"rnn": (), "lstm": (), "gru": (("reset", "after"), ("two_biases", True))}


def _settings(cell: str) -> ProblemSettings:
    return ProblemSettings(
        cell=cell, cell_options=OPTIONS[cell], weights="file", weights_file=str(DATA / f"{cell}_weights.pt"),
        data="file", data_file=str(DATA / "data.npz"), h0="zero",
    )  # fmt: skip


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("cell", OPTIONS)
def test_they_agree_with_jax(cell: str, bits: int) -> None:
    """As `torch.save({name: p.grad ...})` leaves them, on the stored weights and data."""
    result = inspect_given(DATA / f"{cell}_gradients_{bits}.pt", _settings(cell), InProcess())
    assert result.verdict == "agree", result.headline
    assert len(result.parameters) == (6 if cell == "gru" else 5)
    assert result.problem["dtype"] == f"float{bits}"


@pytest.mark.parametrize("cell", OPTIONS)
def test_both_precisions_agree_with_each_other(cell: str) -> None:
    paths = [DATA / f"{cell}_gradients_{bits}.pt" for bits in (32, 64)]
    assert compare_files(paths[0], paths[1], InProcess()).verdict == "agree"


@pytest.mark.parametrize("cell", OPTIONS)
def test_a_mistake_in_them_is_found(cell: str, tmp_path: Path) -> None:
    """One column of the recurrent weights, by a thousandth: against JAX and against the other file."""
    path = DATA / f"{cell}_gradients_64.pt"
    arrays = InProcess().read_weights(path)
    name = "rnn.weight_hh_l0"
    wrong = {**arrays, name: arrays[name] * np.where(np.arange(arrays[name].shape[1]) == 2, 1.001, 1.0)}
    planted = written(tmp_path, "planted.npz", wrong)
    for result in (inspect_given(planted, _settings(cell), InProcess()), compare_files(planted, path, InProcess())):
        assert result.verdict == "differ"
        assert [one.name for one in result.parameters if one.wrong] == ["dW_hh"]
