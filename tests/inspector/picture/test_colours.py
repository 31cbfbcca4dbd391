"""Golden colour indices: zero is exactly neutral, outliers survive, NaN and infinities are told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inspector.picture.colours import (
    DARK,
    HALF,
    LIGHT,
    MAPS,
    NEUTRAL,
    SCALES,
    Levels,
    colour_table,
    finite_peak,
    levels_for,
    position,
    table_for,
    to_indices,
    value_at,
)
from inspector.picture.difference import METRICS
from inspector.picture.pooling import halved, level_for, pyramid
from inspector.picture.summary import badge, count, difference_badge
from inspector.picture.ticks import bar_ticks, count_ticks, short
from inspector.picture.traces import log_axis, thinned

FINITE = st.floats(-1e300, 1e300)


def test_golden_linear() -> None:
    values = np.array([[0.0, 1.0, -1.0, 0.5, -0.25], [np.inf, -np.inf, np.nan, 7.0, -7.0]])
    indices = to_indices(values, Levels(1.0, 1e-3, "linear"))
    assert indices.tolist() == [[126, 252, 0, 189, 94], [253, 254, 255, 252, 0]]


def test_golden_asinh() -> None:
    values = np.array([0.0, 1.0, -1.0, 1e-3, -1e-3, 1e-6, -0.0])
    assert to_indices(values, Levels(1.0, 1e-3, "asinh")).tolist() == [126, 252, 0, 141, 111, 126, 126]


@pytest.mark.parametrize("scale", SCALES)
@given(values=hnp.arrays("f8", (4, 5), elements=FINITE))
def test_colours_are_symmetric_and_zero_is_neutral(scale: str, values: np.ndarray) -> None:
    levels = levels_for(finite_peak(values), 0.0, scale)
    indices = to_indices(values, levels).astype(int)
    assert (indices - HALF + to_indices(-values, levels).astype(int) - HALF == 0).all()
    assert (indices[values == 0] == HALF).all()
    assert (indices >= 0).all() and (indices <= 2 * HALF).all()


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("peak", [5e-324, 1e-320, 1e-40, 1.0, 1e300])
def test_extreme_ranges(scale: str, peak: float) -> None:
    """Denormal and huge peaks neither overflow nor lose zero."""
    levels = levels_for(peak, 0.0, scale)
    assert to_indices(np.array([0.0, np.finfo(float).tiny, -np.finfo(float).tiny]), levels)[0] == HALF
    if peak >= np.finfo(float).tiny:
        assert to_indices(np.array([peak, -peak]), levels).tolist() == [252, 0]


@pytest.mark.parametrize("scale", SCALES)
def test_position_has_an_inverse(scale: str) -> None:
    levels = Levels(3.0, 1e-6, scale)
    values = np.array([-3.0, -1e-3, 0.0, 1e-7 if scale != "log" else 2e-6, 2.0])
    np.testing.assert_allclose(value_at(position(values, levels), levels), values, rtol=1e-12, atol=1e-20)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("name", list(MAPS))
def test_tables(name: str, theme: str) -> None:
    table = colour_table(name, theme)
    assert table.shape == (256, 4)
    assert tuple(table[HALF, :3]) == NEUTRAL[theme]
    assert int(table[252, 0]) + int(table[0, 2]) > int(table[252, 2]) + int(table[0, 0])
    faded = table_for(name, theme, Levels(1.0, 1e-3, "linear"), 0.5)
    assert (faded[HALF + 64 : 253] == table[HALF + 64 : 253]).all()
    assert (faded[HALF + 5 : HALF + 60] != table[HALF + 5 : HALF + 60]).any()


@given(
    hnp.arrays(
        "f8",
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=40),
        elements=st.floats(allow_nan=True, allow_infinity=True),
    )
)
def test_pooling_never_hides_the_largest(values: np.ndarray) -> None:
    """The entry of largest magnitude, or a NaN, survives down to one block."""
    pooled = values
    while max(pooled.shape) > 1:
        pooled = halved(pooled)
    top = pooled[0, 0]
    if np.isnan(values).any():
        assert np.isnan(top)
    else:
        assert abs(top) == np.abs(values).max()


def test_one_outlier_in_a_million_is_seen() -> None:
    values = np.zeros((1000, 777))
    values[333, 776] = -1e-12
    for level in pyramid(values):
        assert (level == -1e-12).sum() == 1


def test_level_for() -> None:
    assert [level_for(cells, 8) for cells in (0.1, 1.0, 1.5, 2.0, 3.0, 4.0, 1e9)] == [0, 0, 1, 1, 2, 2, 7]


def test_metrics_of_equal_and_zero() -> None:
    hand, reference = np.array([[1.0, 0.0, 2.0]]), np.array([[1.0, 0.0, np.nextafter(2.0, 3.0)]])
    assert METRICS["difference"](hand, reference, 0.0)[0, :2].tolist() == [0.0, 0.0]
    assert METRICS["ulp"](hand, reference, 0.0).tolist() == [[0.0, 0.0, -1.0]]
    assert METRICS["relative"](np.array([[1.0]]), np.array([[-1.0]]), 0.0).tolist() == [[2.0]]


def test_words() -> None:
    assert badge(np.zeros((2, 2))) == "all zero"
    assert badge(np.full((2, 2), np.nan)) == "all NaN"
    assert badge(np.full((2, 2), 3.0)) == "all equal: 3"
    assert difference_badge(np.ones((2, 2)), np.ones((2, 2))) == "bit-identical"
    assert count(np.array([np.nan, np.inf, 5.0, 0.5]), Levels(1.0, 0.1)).words() == "1 NaN, 1 Inf, 1 out of range"


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("bound", "width"), [(1.0, 1e-16), (3.3e-9, 1e-9), (1e-300, 1e-303), (7e5, 1e-3), (2.0, 1.9)])
def test_bar_ticks_never_touch(scale: str, bound: float, width: float) -> None:
    ticks = bar_ticks(Levels(bound, width, scale))
    places = [place for place, _ in ticks]
    assert len(ticks) <= 7
    assert places == sorted(places)
    assert np.diff(places).min() > 0.1
    assert (ticks[0][1][0], ticks[-1][1][0]) == ("-", "+")


def test_count_ticks_are_whole() -> None:
    assert count_ticks(0, 4) == [0, 1, 2, 3, 4]
    assert count_ticks(0, 1000, 5) == [0, 200, 400, 600, 800, 1000]
    assert short(0.0) == "0" and short(1.2e-9) == "1.2e-9"


def test_a_true_zero_stands_below_every_decade() -> None:
    axis = log_axis(np.array([1e-5, 0.0, 3.0]))
    heights = axis.place(np.array([0.0, 1e-5, 3.0, np.nan, np.inf]))
    assert heights[0] == axis.zero < heights[1] < heights[2]
    assert np.isnan(heights[3:]).all()
    assert axis.ticks()[0] == (axis.zero, "0")


def test_thinning_keeps_spikes() -> None:
    values = np.zeros(100_000)
    values[54_321] = 7.0
    t, thin = thinned(np.arange(100_000), values, 1000)
    assert len(thin) <= 1100
    assert 7.0 in thin and 54_321 in t


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (700, 1), (7, 9), (301, 101), (5000, 64)])
def test_halving_in_blocks_is_halving(shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    array = rng.normal(size=shape)
    array[rng.random(shape) < 0.01] = np.nan
    array[rng.random(shape) < 0.01] = -np.inf
    monkeypatch.setattr("inspector.picture.pooling.BLOCK_CELLS", 1 << 40)
    whole = halved(array)
    monkeypatch.setattr("inspector.picture.pooling.BLOCK_CELLS", 256)
    np.testing.assert_array_equal(halved(array), whole)


@pytest.mark.parametrize("kind", ["dense", "sparse", "equal", "few", "nan"])
def test_the_worst_cells_of_a_large_picture(kind: str) -> None:
    from inspector.pictures import MOST_DIFFERENCES, worst_first

    rng = np.random.default_rng(1)
    hand = rng.normal(size=(600, 500))
    reference = hand.copy()
    if kind == "dense":
        reference = rng.normal(size=hand.shape)
    elif kind == "sparse":
        reference += (rng.random(hand.shape) < 0.1) * rng.normal(size=hand.shape)
    elif kind == "equal":
        hand[:], reference[:] = 5, 4
    else:
        reference[0, :50] += np.nan if kind == "nan" else 1
    cells, total, finite = worst_first(hand, reference)
    assert finite == (kind != "nan")
    size = np.abs(hand - reference)
    size[np.isnan(size)] = np.inf
    expected = np.sort(size[size > 0])[::-1]
    assert total == len(expected)
    np.testing.assert_array_equal(size[tuple(cells.T)], expected[:MOST_DIFFERENCES])
