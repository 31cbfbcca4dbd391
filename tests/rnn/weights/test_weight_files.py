"""Weight files: what is saved is read back; what changes, fails or is strange meanwhile gets a sentence."""

from __future__ import annotations

import errno
import io
import os
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnn.errors import InputError
from rnn.weights import list_file, read_arrays, regular_file, save_arrays
from rnn.weights.base import shown
from rnn.weights.regular_file import opened

from .mutants import HERE

BUDGET = 1 << 28
ARRAYS = hnp.arrays(
    st.sampled_from(["f8", "f4", "i4", "?"]), hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=5)
)
KEYS = st.text("abcXYZ_.0123456789", min_size=1, max_size=8).filter(lambda key: key.strip("."))


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(arrays=st.dictionaries(KEYS, ARRAYS, min_size=1, max_size=4))
def test_round_trip(suffix: str, tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    path = tmp_path / f"w.{suffix}"
    save_arrays(arrays, path)
    back = read_arrays(path, BUDGET)
    assert set(back) == set(arrays)
    for name, array in arrays.items():
        assert (back[name].dtype, back[name].shape) == (array.dtype, array.shape)
        assert back[name].tobytes() == array.tobytes()


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    save_arrays({"W": np.ones((2, 3))}, tmp_path / "w.npz")
    (tmp_path / "w.npz").rename(tmp_path / "w.safetensors")
    assert read_arrays(tmp_path / "w.safetensors", BUDGET)["W"].shape == (2, 3)


def test_over_budget_is_refused_with_the_number(tmp_path: Path) -> None:
    save_arrays({"W": np.ones(1000)}, tmp_path / "w.npz")
    with pytest.raises(InputError, match="npz"):
        read_arrays(tmp_path / "w.npz", 100)


def test_missing_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.npz", tmp_path):
        with pytest.raises(InputError):
            read_arrays(path, BUDGET)


def _large(path: Path) -> Path:
    save_arrays({"a": np.zeros(1 << 20), "b": np.ones(1 << 20)}, path)
    return path


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
@pytest.mark.parametrize("change", ["cut", "grow", "touch"])
def test_a_file_that_changes_while_it_is_read(suffix: str, change: str, tmp_path: Path) -> None:
    """Another program writes it in the midst of the reading; nothing is mapped, so that nobody dies of it."""
    path = _large(tmp_path / f"w.{suffix}")
    beats = iter(range(1000))

    def meddle() -> None:
        if next(beats) == 3:
            if change == "touch":
                os.utime(path, ns=(1, 1))
            else:
                os.truncate(path, path.stat().st_size + (-9_000_000 if change == "cut" else 8))

    with pytest.raises(InputError, match="changed while reading"):
        read_arrays(path, BUDGET, None, meddle)


def test_a_reader_that_goes_round_soon_gives_no_sign_of_life(tmp_path: Path) -> None:
    """Reading the same bytes again and again is no progress."""
    path, beats = tmp_path / "w.bin", list[int]()
    path.write_bytes(b"x" * 1_000_000)
    with opened(path, lambda: beats.append(1)) as stream:
        for _ in range(50):
            stream.seek(0)
            stream.read(1_000_000)
    assert 4 <= len(beats) <= 50  # of some hundred reads


@pytest.mark.parametrize(
    ("number", "words"), [(errno.EACCES, "Permission denied"), (errno.EIO, "Input/output"), (errno.ESTALE, "Stale")]
)
def test_what_the_system_refuses_is_a_sentence(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Injected, as the tests may run as one who may read everything."""
    path = _large(tmp_path / "w.npz")

    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    for target, name in ((os, "open"), (regular_file._Counted, "readinto")):
        with monkeypatch.context() as patch:
            patch.setattr(target, name, refuse)
            with pytest.raises(InputError, match=f"can't be read .{words}"):
                read_arrays(path, BUDGET)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = _large(tmp_path / "w.npz")
    path.chmod(0)
    with pytest.raises(InputError, match="Permission denied"):
        read_arrays(path, BUDGET)


NAMES = (
    "<img src='/etc/passwd'>",
    "\u202eevil\u202c",
    "nul\0name",
    "n" * 300,
    "../../../etc/x",
    "C:\\x",
    "a\nb",
    "%s{0}",
    "\x1b[31m",
)


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
def test_hostile_names_are_only_names(suffix: str, tmp_path: Path) -> None:
    """They come back as they are, write nothing anywhere, and stand escaped and shortened in sentences."""
    usable = [name for name in NAMES if suffix == "safetensors" or "\0" not in name]
    save_arrays({name: np.ones(2) for name in usable}, tmp_path / f"w.{suffix}")
    assert set(read_arrays(tmp_path / f"w.{suffix}", BUDGET)) == set(usable)
    assert [path.name for path in tmp_path.iterdir()] == [f"w.{suffix}"]
    for name in usable:
        assert len(shown(name)) < 80
        assert shown(name).isprintable()


def test_keras_code_is_told_and_not_run(tmp_path: Path) -> None:
    """A Lambda layer's code is text in the configuration; the weights are shown."""
    config = b'{"config": {"layers": [{"class_name": "Lambda", "config": {"function": {"class_name": "__lambda__", "config": {}}}}]}}'
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(HERE / "reading_model.keras") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, config if name == "config.json" else old.read(name))
    listing = list_file(path, BUDGET)
    assert any("was not run" in note for note in listing.notes)
    assert len(listing.entries) == 11
    assert not any("was not run" in note for note in list_file(HERE / "reading_model.keras", BUDGET).notes)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_large_keras_file_is_read_in_place_or_from_memory(method: int, tmp_path: Path) -> None:
    values = np.random.default_rng(0).standard_normal((1100, 2000))
    inner = io.BytesIO()
    with h5py.File(inner, "w") as file:
        file["layers/dense/vars/0"] = values
    with zipfile.ZipFile(tmp_path / "m.keras", "w", method) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", inner.getvalue())
    [(name, found)] = read_arrays(tmp_path / "m.keras", BUDGET).items()
    assert (name, found.tobytes()) == ("layers/dense/vars/0", values.tobytes())


@pytest.mark.parametrize("shape", [(700, 3000), (3, 5, 100_000), (1 << 20,), (0, 4), ()])
def test_arrays_stored_column_by_column(shape: tuple[int, ...], tmp_path: Path) -> None:
    """Read in blocks, in C order, without holding them twice."""
    values = np.asfortranarray(np.arange(float(np.prod(shape))).reshape(shape))
    np.savez(tmp_path / "w.npz", a=values)
    found = read_arrays(tmp_path / "w.npz", BUDGET)["a"]
    assert found.flags.c_contiguous
    assert np.array_equal(found, values)


def test_saving_fails_with_a_sentence_and_leaves_the_old_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="npz"):
        save_arrays({"a": np.ones(2)}, tmp_path / "w.txt")
    with pytest.raises(InputError):
        save_arrays({"a": np.ones(2)}, tmp_path / "no" / "w.npz")
    assert list(tmp_path.iterdir()) == []
