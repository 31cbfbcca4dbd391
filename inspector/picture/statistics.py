"""Numbers about many entries: histograms on a colour scale, and what a marked region holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inspector.picture.colours import Levels, position
from rnn.arrays import AnyArray, FloatArray

BINS = 121
"""Odd, so that the middle one is around zero."""

MOST_ENTRIES = 1 << 19
"""A larger matrix is sampled evenly: a histogram's shape needs no more."""


def histogram(values: AnyArray, levels: Levels) -> FloatArray:
    """Counts (BINS,) over places -1 to 1 of the colour bar; what lies beyond counts at the ends, NaN nowhere."""
    flat = np.asarray(values).ravel()
    flat = flat[:: max(1, -(-flat.size // MOST_ENTRIES))]
    place = position(flat, levels)
    place = np.clip(place[~np.isnan(place)], -1, 1)
    bins = np.rint((place + 1) / 2 * (BINS - 1)).astype(np.intp)
    return np.bincount(bins, minlength=BINS).astype("float64")


@dataclass(frozen=True)
class RegionStatistics:
    """What a marked rectangle holds.

    Attributes:
        count: entries. hand, reference: (min, max, mean, rms) of each, over finite entries.
        sum_abs, sum_signed, max_abs: of hand - reference. worst: (row, column) of the largest |difference|.
        rms_ratio: rms of the difference over rms of the reference, NaN where that is 0. equal: identical entries.
        factor: best k in hand = k * reference, NaN where the reference is 0. not_finite: entries that are NaN or infinite.
    """

    count: int
    hand: tuple[float, float, float, float]
    reference: tuple[float, float, float, float]
    sum_abs: float
    sum_signed: float
    max_abs: float
    worst: tuple[int, int]
    rms_ratio: float
    equal: int
    factor: float
    not_finite: int


def _of(values: FloatArray) -> tuple[float, float, float, float]:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return (float("nan"),) * 4
    return float(finite.min()), float(finite.max()), float(finite.mean()), float(np.sqrt(np.mean(finite**2)))


def region_statistics(hand: AnyArray, reference: AnyArray, region: tuple[int, int, int, int]) -> RegionStatistics:
    """Statistics of the rectangle (first row, first column, last row, last column), both ends included."""
    cut = slice(region[0], region[2] + 1), slice(region[1], region[3] + 1)
    with np.errstate(all="ignore"):
        one, other = np.asarray(hand[cut], "float64"), np.asarray(reference[cut], "float64")
        difference = one - other
        good = np.isfinite(difference)
        size = np.where(np.isnan(difference), np.inf, np.abs(difference))
        row, column = (int(i) for i in np.unravel_index(int(np.argmax(size)), size.shape))
        finite = difference[good]
        squares = float((other[good] ** 2).sum())
        return RegionStatistics(
            count=int(one.size),
            hand=_of(one),
            reference=_of(other),
            sum_abs=float(np.abs(finite).sum()),
            sum_signed=float(finite.sum()),
            max_abs=float(np.abs(finite).max()) if finite.size else float("nan"),
            worst=(region[0] + row, region[1] + column),
            rms_ratio=float(np.sqrt((finite**2).sum() / squares)) if squares > 0 else float("nan"),
            equal=int((one == other).sum()),
            factor=float((one[good] * other[good]).sum() / squares) if squares > 0 else float("nan"),
            not_finite=int((~good).sum()),
        )


def region_words(found: RegionStatistics, region: tuple[int, int, int, int]) -> str:
    """Statistics of a region, a line each."""
    rows, columns = region[2] - region[0] + 1, region[3] - region[1] + 1
    lines = [f"rows {region[0]} to {region[2]}, columns {region[1]} to {region[3]}: {rows} x {columns} = {found.count}"]
    for name, (low, high, mean, size) in (("hand", found.hand), ("JAX", found.reference)):
        lines.append(f"{name}: {low:.4g} to {high:.4g}, mean {mean:.4g}, rms {size:.4g}")
    lines += [
        f"largest |d| {found.max_abs:.4g} at {found.worst}",
        f"sum |d| {found.sum_abs:.4g}, sum d {found.sum_signed:.4g}",
        f"rms d / rms JAX {found.rms_ratio:.4g}, best factor {found.factor:.6g}",
        f"{found.equal} of {found.count} equal" + (f", {found.not_finite} not finite" if found.not_finite else ""),
    ]
    return "\n".join(lines)
