"""Results that are too large for memory: on the disk, read in slices, and gone with the result."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest

from rnn import spill
from rnn.blocks import blocks, sample_of
from rnn.build import build
from rnn.container import MemoryArrays
from rnn.container_writer import ContainerWriter
from rnn.errors import InputError
from rnn.inspection import inspect_gradients, load_inspection, save_inspection
from rnn.memory import needed_bytes
from rnn.settings import ProblemSettings
from rnn.spill import SpilledArrays, kept


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(spill, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


def _arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {"hand/dh": rng.normal(size=(40, 3, 5)), "weights/W_hh": rng.normal(size=(5, 5)), "loss": np.array(2.5)}


def _open_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_within_the_budget_nothing_is_written(cache: Path) -> None:
    assert isinstance(kept(_arrays(), 1 << 20), MemoryArrays)
    assert not cache.exists()


def test_beyond_it_the_disk_has_the_same_bits(cache: Path) -> None:
    arrays = _arrays()
    found = kept(arrays, 100)
    assert isinstance(found, SpilledArrays)
    for name, value in arrays.items():
        np.testing.assert_array_equal(found.read(name), value)
    np.testing.assert_array_equal(found.read("hand/dh", 7, 9), arrays["hand/dh"][7:9])


def test_the_file_goes_with_the_result(cache: Path) -> None:
    found = kept(_arrays(), 100)
    del found
    gc.collect()
    assert _open_files(cache) == []
    again = kept(_arrays(), 100)
    assert isinstance(again, SpilledArrays)
    again.close()
    again.close()
    assert _open_files(cache) == []


def test_without_room_on_the_disk_memory_does(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: ContainerWriter, name: str, array: object) -> None:
        raise InputError("disk full")

    monkeypatch.setattr(ContainerWriter, "add", full)
    found = kept(_arrays(), 100)
    assert isinstance(found, MemoryArrays)
    assert _open_files(cache) == []


def test_a_spilled_result_is_saved_and_read_like_any_other(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ProblemSettings(steps=6, batch=2, hidden=4)
    here = inspect_gradients(settings)
    monkeypatch.setattr(spill, "BUDGET_BYTES", 0)
    there = inspect_gradients(settings)
    assert isinstance(here.arrays, MemoryArrays) and isinstance(there.arrays, SpilledArrays)
    save_inspection(there, tmp_path / "there.bptt")
    again = load_inspection(tmp_path / "there.bptt")
    assert set(again.arrays.names()) == set(here.arrays.names())
    for name in here.arrays.names():
        np.testing.assert_array_equal(again.arrays.read(name), here.arrays.read(name))
    assert again.parameters == here.parameters


@pytest.mark.parametrize("samples", [1, 3])
def test_one_sample_is_read_in_slices(samples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnn.blocks.BLOCK_BYTES", 8 * samples * 5 * 7)
    array = np.random.default_rng(1).normal(size=(40, samples, 5))
    source = MemoryArrays({"dh": array, "empty": np.zeros((0, samples, 5))})
    assert [stop - start for start, stop in blocks(source, "dh")] == [7, 7, 7, 7, 7, 5]
    for sample in range(samples):
        np.testing.assert_array_equal(sample_of(source, "dh", sample), array[:, sample])
    assert sample_of(source, "empty", 0).shape == (0, 5)


def test_what_is_needed_grows_with_the_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    from rnn.build import network_for

    sizes = {"T": 100, "B": 2, "D": 3, "H": 64, "K": 5}
    rnn, lstm = (needed_bytes(sizes, network_for(ProblemSettings(cell=cell))) for cell in ("rnn", "lstm"))
    assert 3 < lstm / rnn < 4.5
    monkeypatch.setattr("rnn.memory.available_bytes", lambda: rnn * 2)
    build(ProblemSettings(cell="rnn", steps=100, batch=2, hidden=64), None)
    with pytest.raises(InputError, match="GiB are free; use fewer steps"):
        build(ProblemSettings(cell="lstm", steps=100, batch=2, hidden=64), None)
