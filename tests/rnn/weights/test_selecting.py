"""Only the arrays that are needed are read, where names tell which; the others are told."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest

from rnn.arrays import AnyArray
from rnn.build import build
from rnn.jobs import JobRunner
from rnn.settings import ProblemSettings
from rnn.weights import save_arrays


class Noted(JobRunner):
    """Notes what is read."""

    asked: Collection[str] | None = None

    def read_weights(self, path: Path, names: Collection[str] | None = None) -> dict[str, AnyArray]:
        self.asked = names
        return super().read_weights(path, names)


def _arrays(*more: str) -> dict[str, AnyArray]:
    rng = np.random.default_rng(0)
    shapes = {"Wxh": (3, 4), "Whh": (4, 4), "bh": (4,), "Why": (4, 2), "by": (2,)}
    shapes |= dict.fromkeys(more, (4, 4))
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
def test_a_plain_network_reads_its_own_five(suffix: str, tmp_path: Path) -> None:
    """Whatever else the file holds; even if that is not finite."""
    arrays = _arrays("adam_m", "adam_v")
    arrays["adam_v"][0, 0] = np.nan
    save_arrays(arrays, tmp_path / f"w.{suffix}")
    settings = ProblemSettings(weights="file", weights_file=str(tmp_path / f"w.{suffix}"), orientation="in,out")
    with Noted() as reader:
        problem = build(settings, reader)
    assert set(reader.asked or ()) == {"Wxh", "Whh", "bh", "Why", "by"}
    assert np.array_equal(problem.parameters["W_hh"], arrays["Whh"])
    assert any("not read from the weight file: adam_m, adam_v" in note for note in problem.notes)


def test_where_a_name_is_missing_all_are_read(tmp_path: Path) -> None:
    """A parameter under a name of its own is found by its shape, as before."""
    arrays = _arrays()
    arrays["mine"] = arrays.pop("Why")
    save_arrays(arrays, tmp_path / "w.npz")
    settings = ProblemSettings(weights="file", weights_file=str(tmp_path / "w.npz"), orientation="in,out")
    with Noted() as reader:
        problem = build(settings, reader)
    assert set(reader.asked or ()) == set(arrays)
    assert np.array_equal(problem.parameters["W_hy"], arrays["mine"])


def test_a_gated_cell_reads_its_own(tmp_path: Path) -> None:
    """By the names that its layout has."""
    rng = np.random.default_rng(0)
    shapes = {"W_xh": (3, 16), "W_hh": (4, 16), "b_h": (16,), "W_hy": (4, 2), "b_y": (2,), "adam": (4, 16)}
    arrays = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    save_arrays(arrays, tmp_path / "w.npz")
    settings = ProblemSettings(cell="lstm", weights="file", weights_file=str(tmp_path / "w.npz"))
    with Noted() as reader:
        problem = build(settings, reader)
    assert "adam" not in set(reader.asked or ("adam",))
    assert np.array_equal(problem.parameters["W_hh"], arrays["W_hh"])
