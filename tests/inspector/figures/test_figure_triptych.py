"""Figures: the same bytes for the same input, metadata inside, odd arrays drawn."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from inspector.figures.triptych import PRESETS, FigureSpec, save_triptych
from rnn.errors import InputError

RNG = np.random.default_rng(0)
HAND = RNG.normal(size=(6, 4))
REFERENCE = HAND + 1e-9 * RNG.normal(size=(6, 4))
SPEC = FigureSpec("dW_xh", floor=1e-16)


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg", "npz"])
def test_same_input_same_bytes(suffix: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_triptych(HAND, REFERENCE, SPEC, tmp_path / f"{name}.{suffix}", {"seed": 3})
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_metadata_is_inside(tmp_path: Path) -> None:
    for suffix in ("png", "pdf", "svg"):
        save_triptych(HAND, REFERENCE, SPEC, tmp_path / f"f.{suffix}", {"answer": 42})
        assert b"answer" in (tmp_path / f"f.{suffix}").read_bytes()
    save_triptych(HAND, REFERENCE, SPEC, tmp_path / "f.npz", {"answer": 42})
    with np.load(tmp_path / "f.npz") as numbers:
        assert json.loads(str(numbers["metadata"])) == {"answer": 42}
        assert np.array_equal(numbers["difference"], HAND - REFERENCE)


def test_text_stays_text(tmp_path: Path) -> None:
    save_triptych(HAND, REFERENCE, SPEC, tmp_path / "f.svg", {})
    assert "dW_xh, hand" in (tmp_path / "f.svg").read_text(encoding="utf-8")


ODD = {
    "one": np.ones((1, 1)),
    "row": np.arange(7.0)[None],
    "zeros": np.zeros((3, 3)),
    "nan": np.full((2, 2), np.nan),
    "inf": np.array([[np.inf, -np.inf, 0.0, np.nan]]),
    "tiny": np.full((2, 3), 5e-324),
    "huge": np.full((2, 3), 1e308),
    "large": np.zeros((3000, 40)),
    "float32": np.ones((2, 2), np.float32),
}


@pytest.mark.parametrize("name", list(ODD))
@pytest.mark.parametrize("preset", list(PRESETS))
def test_odd_arrays_are_drawn(name: str, preset: str, tmp_path: Path) -> None:
    save_triptych(ODD[name], ODD[name] * 1.5, FigureSpec("dx", preset=preset, dpi=60), tmp_path / "f.png", {})
    assert (tmp_path / "f.png").stat().st_size > 2000


def test_failures_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="bmp"):
        save_triptych(HAND, REFERENCE, SPEC, tmp_path / "f.bmp", {})
    with pytest.raises(InputError, match="could not be written"):
        save_triptych(HAND, REFERENCE, SPEC, tmp_path / "no" / "f.png", {})
    assert list(tmp_path.iterdir()) == []
