"""Looking into a weight file: everything that is told before it is used."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnn import looking
from rnn.arrays import AnyArray
from rnn.build import build
from rnn.errors import InputError
from rnn.looking import look_at, look_into
from rnn.settings import ProblemSettings
from rnn.weights import Entry, Listing

from .weights.in_process import InProcess

FILES = Path(__file__).parent / "data" / "weights"


class Watched(InProcess):
    """Remembers which arrays were read."""

    def __init__(self) -> None:
        self.read: list[list[str]] = []

    def read_weights(self, path: Path, names: Collection[str] | None = None) -> dict[str, AnyArray]:
        self.read.append(list(names or ()))
        return super().read_weights(path, names)


def test_no_number_is_read_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """And with values all are, a few together."""
    reader, path = Watched(), FILES / "proof_torch_lstm_twoboth.pt"
    found = look_into(path, ProblemSettings(), reader)
    assert reader.read == [] and found.framework == "PyTorch" and found.problem == ""
    assert found.network == "LSTM, 2 layers, both directions, embedding, output layer"
    assert found.count == len(found.rows) == 19 and found.nbytes == sum(row.nbytes for row in found.rows)
    assert all(row.taken_as and row.least is None for row in found.rows)
    monkeypatch.setattr(looking, "TOGETHER_BYTES", 500)
    said: list[float | None] = []
    full = look_into(path, ProblemSettings(), reader, True, lambda text, fraction: said.append(fraction))
    assert sorted(name for names in reader.read for name in names) == sorted(row.name for row in found.rows)
    assert len(reader.read) == len(said) > 3
    values = InProcess().read_weights(path)
    for row in full.rows:
        value = values[row.name]
        assert (row.least, row.most, row.bad) == (value.min(), value.max(), 0)
        assert row.norm == pytest.approx(np.linalg.norm(value))


def test_what_it_says_is_what_is_read(tmp_path: Path) -> None:
    """The parameters of the table are those of the problem, of a framework's file and of any other."""
    path = tmp_path / "mine.npz"
    np.savez(path, Wxh=np.ones((6, 4)), Whh=np.eye(6), bh=np.zeros(6), more=np.ones((2, 2, 2)))
    files = [path, FILES / "proof_keras_gru_one.h5", FILES / "proof_flax_lstmapart_both.msgpack"]
    for file in files:
        settings = ProblemSettings(weights="file", weights_file=str(file))
        parameters = set(build(settings, InProcess()).parameters)
        taken = " ".join(row.taken_as for row in look_into(file, settings, InProcess()).rows)
        assert {name for name in taken.replace(",", " ").split() if name[:2] in ("W_", "b_")} == parameters
    mine = look_into(path, ProblemSettings(), InProcess())
    assert mine.framework == "" and {row.name: row.taken_as for row in mine.rows}["Wxh"] == "W_xh (transposed)"


def test_what_is_open_is_told_with_its_questions(tmp_path: Path) -> None:
    """And an answer settles it."""
    shapes = {f"{name}.weight_{side}_l0": (12, 3) for name in ("encoder", "decoder") for side in ("ih", "hh")}
    path = tmp_path / "s.npz"
    np.savez(path, **{name: np.ones(shape) for name, shape in shapes.items()})
    found = look_into(path, ProblemSettings(), InProcess())
    assert "several recurrent networks" in found.problem and found.questions[0].parameter == "layers"
    settings = ProblemSettings(weights_map=(("layers", found.questions[0].options[0]),))
    assert look_into(path, settings, InProcess()).problem == ""
    refused = look_into(path, replace(settings, cell="gru", dictated=("cell",)), InProcess())
    assert "cell = 'gru'" in refused.problem


def test_values_that_are_not_finite_or_huge_are_counted(tmp_path: Path) -> None:
    """No square overflows, and an array of NaN alone has no least."""
    path = tmp_path / "bad.npz"
    np.savez(path, a=np.array([1e300, -1e300, np.nan]), b=np.full(3, np.inf), c=np.zeros(0), text=np.array([3, 4]))
    rows = {row.name: row for row in look_into(path, ProblemSettings(), InProcess(), True).rows}
    assert rows["a"].norm == pytest.approx(np.sqrt(2) * 1e300) and rows["a"].bad == 1
    assert rows["b"].least is None and rows["b"].bad == 3
    assert rows["text"].norm == 5.0


def test_large_files_are_not_matched_by_shapes_and_long_ones_are_cut() -> None:
    """Both are said; looking takes no memory of the file's size."""
    large = Listing("x", {"W": Entry("W", (1 << 14, 1 << 14), "float64", 1 << 31)})
    assert any("large" in note for note in look_at(large, ProblemSettings(weights="file")).notes)
    many = Listing("x", {str(k): Entry(str(k), (1 << 10, 1 << 4), "float64", 8) for k in range(10_005)})
    found = look_at(many, ProblemSettings(weights="file"))
    assert (len(found.rows), found.count) == (10_000, 10_005) and any("first 10000" in note for note in found.notes)


def test_a_file_that_can_t_be_read_is_said(tmp_path: Path) -> None:
    """As everywhere."""
    path = tmp_path / "x.pt"
    path.write_bytes(b"nothing")
    with pytest.raises(InputError):
        look_into(path, ProblemSettings(), InProcess())
