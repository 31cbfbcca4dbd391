"""What a file is, told by its first bytes: every weight format under any name, texts, and what is not opened."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from inspector.dialogs.files import open_filter
from inspector.opening import CASE, DATA, TEXT, WEIGHTS, kind_of
from rnn.errors import InputError
from rnn.weights.files import suffixes

FILES = Path(__file__).parents[1] / "rnn" / "data" / "weights"


@pytest.mark.parametrize("path", sorted(FILES.glob("reading_*")), ids=lambda path: path.name)
def test_weight_files_under_any_name(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "w.dat"
    other.write_bytes(path.read_bytes())
    assert (kind_of(str(path)), kind_of(str(other))) == (WEIGHTS, WEIGHTS)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.py", b"x = 1", CASE),
        ("a.csv", b"1,2\n3,4\n", DATA),
        ("a.txt", b"once upon a time", TEXT),
        ("a.txt", b"1 2 3 4", TEXT),
        ("story", "größer".encode() * 100, TEXT),
    ],
)
def test_texts(name: str, data: bytes, kind: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    assert kind_of(str(tmp_path / name)) == kind


def test_a_folder_is_one_of_tables(tmp_path: Path) -> None:
    assert kind_of(str(tmp_path)) == WEIGHTS


def test_a_pickle_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "w.pkl").write_bytes(pickle.dumps({"w": [1.0]}))
    with pytest.raises(InputError, match=r"nothing was run.*numpy\.savez"):
        kind_of(str(tmp_path / "w.pkl"))


def test_the_dialog_offers_every_format() -> None:
    everything, *_ = open_filter().split(";;")
    assert all(f"*{suffix}" in everything for suffix in suffixes())
