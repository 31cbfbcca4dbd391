"""Ticks: of a symmetric colour bar, and of axes that count rows and columns."""

from __future__ import annotations

import math

import numpy as np

from inspector.picture.colours import Levels, position

MOST = 7
LEAST_GAP = 0.14
"""Distance of two labels on a bar from -1 to 1, below which they touch."""


def short(value: float) -> str:
    """A number for a tick: `0`, `0.25`, `1.3e-9`, without zeros that say nothing."""
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    if 1e3 <= abs(value) < 1e5:
        return f"{value:.0f}"
    if 1e-3 <= abs(value) < 1e3:
        return f"{value:.3g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def bar_ticks(levels: Levels) -> list[tuple[float, str]]:
    """Place (-1 to 1) and signed label of at most seven ticks: 0, both ends, and decades or halves between them."""
    if levels.scale == "linear":
        inner = [levels.bound / 2]
    else:
        lowest = math.ceil(math.log10(levels.linear_width))
        highest = math.floor(math.log10(levels.bound))
        step = max(1, math.ceil((highest - lowest + 1) / 3))
        inner = [10.0**power for power in range(highest, lowest - 1, -step)]
    chosen = [(1.0, levels.bound)]
    for value in inner:
        place = float(position(np.array(value), levels))
        if (
            LEAST_GAP < place
            and all(abs(place - other) > LEAST_GAP for other, _ in chosen)
            and len(chosen) < (MOST - 1) // 2
        ):
            chosen.append((place, value))
    chosen.sort()
    positive = [(place, f"+{short(value)}") for place, value in chosen]
    negative = [(-place, f"-{short(value)}") for place, value in reversed(chosen)]
    return [*negative, (0.0, "0"), *positive]


def count_ticks(low: float, high: float, most: int = 8) -> list[int]:
    """Whole numbers between low and high, a round distance apart, at most about `most`."""
    span = max(high - low, 1.0)
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
    step = max(1, int(next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)))
    first = math.ceil(low / step) * step
    return list(range(int(first), math.floor(high) + 1, step))
