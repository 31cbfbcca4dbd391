"""From numbers to colour indices: one table of 256 colours, decided here once for screen and paper.

Indices 0 to 252 are the diverging map, 126 is zero exactly; 253 is +infinity, 254 is -infinity, 255 is NaN. An odd
number of colours has an exact middle, so that a zero can never look like a small number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rnn.arrays import AnyArray, FloatArray

Indices = npt.NDArray[np.uint8]

HALF = 126
TOP = 2 * HALF
FAINTEST = 1 / HALF
"""One colour away from zero."""

PLUS_INFINITY, MINUS_INFINITY, NOT_A_NUMBER = 253, 254, 255

SCALES = ("linear", "asinh", "log")

LINEAR_SHARE = {"asinh": 1e-3, "log": 1e-8}
"""Share of the bound up to where asinh is about linear, and from where log begins, where no noise says it better."""

LEAST_WIDTH = 1e-290
"""Of the bound."""

LIGHT, DARK = "light", "dark"
NEUTRAL = {LIGHT: (247, 247, 247), DARK: (38, 41, 46)}

MAPS: dict[str, dict[str, tuple[tuple[int, int, int], ...]]] = {
    "red-blue": {
        LIGHT: (
            (5, 48, 97),
            (33, 102, 172),
            (67, 147, 195),
            (146, 197, 222),
            (209, 229, 240),
            NEUTRAL[LIGHT],
            (253, 219, 199),
            (244, 165, 130),
            (214, 96, 77),
            (178, 24, 43),
            (103, 0, 31),
        ),
        DARK: (
            (165, 212, 255),
            (104, 176, 245),
            (62, 138, 216),
            (45, 102, 165),
            (40, 69, 105),
            NEUTRAL[DARK],
            (99, 47, 46),
            (155, 58, 52),
            (212, 82, 68),
            (245, 132, 112),
            (255, 196, 178),
        ),
    },
    "orange-purple": {
        LIGHT: (
            (45, 0, 75),
            (84, 39, 136),
            (128, 115, 172),
            (178, 171, 210),
            (216, 218, 235),
            NEUTRAL[LIGHT],
            (254, 224, 182),
            (253, 184, 99),
            (224, 130, 20),
            (179, 88, 6),
            (127, 59, 8),
        ),
        DARK: (
            (214, 200, 255),
            (176, 152, 240),
            (137, 112, 206),
            (100, 82, 158),
            (66, 60, 98),
            NEUTRAL[DARK],
            (92, 64, 34),
            (146, 95, 30),
            (202, 130, 30),
            (242, 172, 66),
            (255, 218, 150),
        ),
    },
}
"""Anchor colours from most negative to most positive, by theme; the second map is safe for colour-blind eyes."""

NAN_COLOUR = {LIGHT: (20, 20, 20), DARK: (0, 0, 0)}
NAN_SMALL = (214, 0, 214)
"""A NaN's colour where its cell is too small for a mark."""


@dataclass(frozen=True)
class Levels:
    """A symmetric range of colours.

    Attributes:
        bound: the value of the end colours, above 0.
        linear_width: up to where the asinh scale is about linear, and where the log scale begins, above 0.
        scale: one of `SCALES`.
    """

    bound: float
    linear_width: float
    scale: str = "asinh"


def finite_peak(array: AnyArray) -> float:
    """Largest finite |x|, exactly, over all entries; 0 for none."""
    return peak_and_finite(array)[0]


def peak_and_finite(array: AnyArray) -> tuple[float, bool]:
    """Largest finite |x|, exactly, over all entries, 0 for none; and whether all entries are finite."""
    wide = np.asarray(array, "float64")
    if not wide.size:
        return 0.0, True
    with np.errstate(invalid="ignore"):
        peak = float(max(wide.max(), -wide.min()))  # two passes and no copy; a NaN anywhere makes it NaN
        if np.isfinite(peak):
            return peak, True
        size = np.abs(wide)
        return float(np.max(size, where=np.isfinite(size), initial=0.0)), False


def levels_for(peak: float, floor: float = 0.0, scale: str = "asinh") -> Levels:
    """Levels that end at the peak.

    Args:
        peak: largest finite |x|, or what the user wants there; 0 gives a tiny range, in which zero is still neutral.
        floor: size that separates what matters from what does not (the noise); 0 takes a share of the peak.
        scale: one of `SCALES`.
    """
    tiny = float(np.finfo("float64").tiny)
    bound = max(peak, tiny)
    width = floor if 0 < floor < bound else bound * LINEAR_SHARE.get(scale, 1.0)
    # The bound in widths has to be a number itself: 1e308 over a noise of 1e-16 is none.
    return Levels(bound, max(width, bound * LEAST_WIDTH, tiny), scale)


@dataclass(frozen=True)
class Range:
    """How the two ranges of a triptych are chosen; the same on screen and paper.

    Attributes:
        scale: one of `SCALES`. locked: whether the difference shares the range of hand and reference.
        value_bound, difference_bound: values of the end colours, None for the largest that occurs.
    """

    scale: str = "asinh"
    locked: bool = False
    value_bound: float | None = None
    difference_bound: float | None = None

    def levels(self, values: float, difference: float, floor: float, same_unit: bool) -> tuple[Levels, Levels]:
        """Levels of hand and reference, and of the difference.

        Args:
            values, difference: largest finite magnitudes. floor: noise, in the unit of the metric.
            same_unit: whether the difference is in the unit of the values; only then can it share their range.
        """
        both = levels_for(self.value_bound or values, 0.0, self.scale)
        if self.locked and same_unit:
            return both, both
        return both, levels_for(self.difference_bound or difference, floor, self.scale)


def position(values: AnyArray, levels: Levels) -> FloatArray:
    """Place of each value on the colour bar, -1 to 1 at the bounds, beyond them outside; NaN stays NaN.

    On the log scale everything that is not zero is at least one colour away from it.
    """
    with np.errstate(all="ignore"):
        x = np.asarray(values, "float64")
        if levels.scale == "linear":
            return np.asarray(x / levels.bound)
        if levels.scale == "log":
            decades = max(np.log(levels.bound / levels.linear_width), 1e-3)
            height = np.maximum(np.log(np.abs(x) / levels.linear_width) / decades, 0.0)
            return np.asarray(np.sign(x) * (FAINTEST + (1 - FAINTEST) * height))
        return np.asarray(np.arcsinh(x / levels.linear_width) / np.arcsinh(levels.bound / levels.linear_width))


def value_at(place: FloatArray, levels: Levels) -> FloatArray:
    """The inverse of `position`."""
    if levels.scale == "linear":
        return np.asarray(place * levels.bound)
    if levels.scale == "log":
        decades = max(np.log(levels.bound / levels.linear_width), 1e-3)
        height = (np.abs(place) - FAINTEST) / (1 - FAINTEST)
        return np.asarray(np.where(height < 0, 0.0, np.sign(place) * levels.linear_width * np.exp(height * decades)))
    return np.asarray(levels.linear_width * np.sinh(place * np.arcsinh(levels.bound / levels.linear_width)))


def to_indices(values: AnyArray, levels: Levels) -> Indices:
    """Colour indices of an array, of the same shape."""
    with np.errstate(all="ignore"):
        place = position(values, levels)
        if not place.size:
            return np.zeros(place.shape, np.uint8)
        place = np.multiply(place, HALF, out=place if place is not values else None)
        np.rint(place, out=place)
        place += HALF
        np.clip(place, 0, TOP, out=place)
        index = place.astype(np.uint8)
        if not np.isfinite(values).all():
            index[np.isnan(values)] = NOT_A_NUMBER
            index[np.asarray(values) == np.inf] = PLUS_INFINITY
            index[np.asarray(values) == -np.inf] = MINUS_INFINITY
    return index


def colour_table(name: str, theme: str) -> npt.NDArray[np.uint8]:
    """The 256 colours (256, 4) of a map in a theme; an unknown name takes the first map."""
    anchors = np.array(MAPS.get(name, MAPS["red-blue"])[theme], "float64")
    places = np.linspace(0, TOP, len(anchors))
    table = np.full((256, 4), 255, np.uint8)
    for channel in range(3):
        table[: TOP + 1, channel] = np.rint(np.interp(np.arange(TOP + 1), places, anchors[:, channel]))
    table[PLUS_INFINITY, :3] = anchors[-1]
    table[MINUS_INFINITY, :3] = anchors[0]
    table[NOT_A_NUMBER, :3] = NAN_SMALL
    return table


def faded(table: npt.NDArray[np.uint8], theme: str, strength: float = 0.72) -> npt.NDArray[np.uint8]:
    """The same colours, drawn towards their own grey: for differences that are only rounding."""
    result = table.astype("float64")
    grey = result[:, :3].mean(axis=1, keepdims=True)
    neutral = np.array(NEUTRAL[theme], "float64")
    result[: TOP + 1, :3] = (1 - strength) * result[: TOP + 1, :3] + strength * (grey[: TOP + 1] + neutral) / 2
    result[HALF, :3] = neutral
    rounded: npt.NDArray[np.uint8] = np.rint(result).astype(np.uint8)
    return rounded


def table_for(name: str, theme: str, levels: Levels, fade_below: float) -> npt.NDArray[np.uint8]:
    """The map's colours (256, 4), faded for values of at most `fade_below` (only rounding); 0 fades nothing."""
    table: npt.NDArray[np.uint8] = colour_table(name, theme)
    if fade_below > 0:
        places = (np.arange(TOP + 1) - HALF) / HALF
        small = np.abs(value_at(places, levels)) <= fade_below
        table[: TOP + 1][small] = faded(table, theme)[: TOP + 1][small]
    return table
