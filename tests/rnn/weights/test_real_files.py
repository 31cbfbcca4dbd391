"""Files that the frameworks themselves wrote: every array is bit for bit what the framework's own reader returns."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from rnn.errors import InputError
from rnn.weights import list_file, read_arrays

HERE = Path(__file__).parents[1] / "data" / "weights"
BUDGET = 1 << 28
FILES = sorted(path for path in HERE.glob("reading_*") if path.suffix != ".npz")


def _expected(path: Path) -> dict[str, np.ndarray]:
    with np.load(f"{path}.npz") as archive:
        arrays = {name.replace("|", "/"): archive[name] for name in archive.files}
    return {name: value.astype(value.dtype.newbyteorder("=")) for name, value in arrays.items()}


def _same(found: np.ndarray, expected: np.ndarray) -> bool:
    return (found.dtype, found.shape, found.tobytes()) == (expected.dtype, expected.shape, expected.tobytes())


def test_there_are_files_of_every_kind() -> None:
    assert {path.suffix for path in FILES} == {".pt", ".pth", ".h5", ".keras", ".msgpack", ".mat"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_array_is_what_the_framework_reads(path: Path) -> None:
    found, expected = read_arrays(path, BUDGET), _expected(path)
    assert set(found) == set(expected)
    assert [name for name, value in expected.items() if not _same(found[name], value)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_listing_says_what_will_be_read(path: Path) -> None:
    found, listing = read_arrays(path, BUDGET), list_file(path, BUDGET)
    assert set(listing.entries) == set(found)
    for name, entry in listing.entries.items():
        assert (entry.shape, entry.nbytes) == (found[name].shape, found[name].nbytes)
        assert entry.dtype in (found[name].dtype.name, "bfloat16")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_one_array_alone_is_the_same_and_is_all_that_counts(path: Path) -> None:
    for name, value in _expected(path).items():
        found = read_arrays(path, max(4 * value.nbytes, 50_000), [name])
        assert list(found) == [name]
        assert _same(found[name], value)


def test_names_of_keras_layers_and_the_model_are_told() -> None:
    for name in ("reading_model.keras", "reading_model.h5", "reading_w.weights.h5"):
        origin = list_file(HERE / name, BUDGET).origin
        assert origin["framework"] == "keras"
        assert ('"class_name": "GRU"' in origin.get("config", "")) == ("model" in name)
        if name != "reading_model.h5":
            assert '"layers/lstm": "first"' in origin["names"]
    assert "framework" not in list_file(HERE / "reading_filters.h5", BUDGET).origin


def test_what_is_no_number_is_left_out_and_said() -> None:
    for name, words in {
        "reading_filters.h5": ("'text'", "'complex'"),
        "reading_v7.mat": ("'text'", "'complex'", "'net/note'"),
    }.items():
        [note] = list_file(HERE / name, BUDGET).notes
        assert all(word in note for word in words)


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("refused_module.pt", r"a whole model .*'torch.nn.modules.rnn.GRU'.*nothing was run.*state_dict"),
        ("refused_legacy.pt", r"before version 1.6.*nothing was run.*state_dict"),
        ("refused_script.pt", r"TorchScript.*state_dict"),
    ],
)
def test_what_only_pytorch_could_read_is_refused_with_the_way_out(name: str, cause: str) -> None:
    for work in (list_file, read_arrays):
        with pytest.raises(InputError, match=cause):
            work(HERE / name, BUDGET)


def test_matlab_73_is_read_with_its_axes_turned_back(tmp_path: Path) -> None:
    """As MATLAB writes it: a header in front, axes the other way round, the class of each array beside it."""
    values = np.random.default_rng(0).standard_normal((3, 5))
    path = tmp_path / "w.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        kinds = {
            "W_hh": (values.T, b"double"),
            "net/b": (np.arange(4.0)[:, None], b"double"),
            "on": (np.uint8([[1, 0]]), b"logical"),
        }
        for name, (value, kind) in kinds.items():
            file.create_dataset(name, data=value, chunks=True, compression="gzip").attrs["MATLAB_class"] = np.bytes_(
                kind
            )
        file.create_dataset("said", data=np.uint16([[104], [105]])).attrs["MATLAB_class"] = np.bytes_(b"char")
        file["#refs#/a"] = np.ones(3)
    head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM"
    path.write_bytes(head + path.read_bytes()[128:])
    found = read_arrays(path, BUDGET)
    assert set(found) == {"W_hh", "net/b", "on"}
    assert _same(found["W_hh"], values)
    assert (found["net/b"].shape, found["on"].tolist()) == ((1, 4), [[True], [False]])
    listing = list_file(path, BUDGET)
    assert listing.entries["W_hh"].shape == (3, 5)
    assert "'said' (text)" in listing.notes[0]


def test_a_folder_of_tables(tmp_path: Path) -> None:
    values = np.random.default_rng(0).standard_normal((3, 2))
    np.savetxt(tmp_path / "W_xh.csv", values, delimiter=",", fmt="%.17g")
    (tmp_path / "b_h.csv").write_text("first;second\n1;-2.5\n")
    (tmp_path / "notes.md").write_text("hello")
    found = read_arrays(tmp_path, BUDGET)
    assert set(found) == {"W_xh", "b_h"}
    assert _same(found["W_xh"], values)
    assert found["b_h"].tolist() == [[1.0, -2.5]]
    assert list_file(tmp_path, BUDGET).entries["W_xh"].shape == (3, 2)
    assert list(read_arrays(tmp_path, 48, ["W_xh"])) == ["W_xh"]
