"""Rounding or not, where there is no network to measure it on: a rule of stated limits, which says when it cannot tell.

    floor = 10 u a |g|       u: a rounding of the less precise of both; |g| the root mean square
    a = the largest gradient of a parameter over the smallest of the output layer's (of all, where there are none), at least 1

A network that makes much of a rounding makes much of a gradient alike: what lies behind its recurrence has gradients that
are larger than those of its output layer, by about as much. On 9500 gradients of correct RNN, LSTM and GRU, of up to 200 steps
and weights up to 6 / sqrt(H), float32 against float64 and float64 against itself, the difference in units of u a |g| was
1 for the median, below 300 for 99 of 100, and 11,400 for the worst. So up to 100 is called rounding, above 50,000 is not,
and between them nobody can tell without the problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..arrays import AnyArray
from ..noise import ROUNDOFF, TINY
from ..units import rms
from ..verdict import LIMIT

ROUNDINGS = {**ROUNDOFF, "float16": 2.0**-11, "bfloat16": 2.0**-8}
"""Half a unit in the last place of 1, by type as it is stored."""

SMALLEST = {**TINY, "float16": 2.0**-14, "bfloat16": 2.0**-126}
"""Smallest normal number by type: below it libraries flush to zero."""

FLOOR_ROUNDINGS = 10.0
CERTAIN = 500.0
"""A difference is a mistake for sure from so many limits of rounding (`rnn.verdict.LIMIT` floors) on."""

HALF_BITS = 2.0**-12
"""A float64 number with fewer bits than this needs is one that any type holds, and tells nothing of where it comes from."""

OUTPUT_LAYER = ("dW_hy", "db_y")


@dataclass(frozen=True)
class Rule:
    """The rule for one pair of files.

    Attributes:
        types: the less precise type of both sides, by quantity. amplification: a, at least 1. largest: the largest rms.
    """

    types: Mapping[str, str]
    amplification: float
    largest: float

    def roundoff(self, name: str) -> float:
        """u of a quantity."""
        return ROUNDINGS[self.types[name]]

    def tiny(self, name: str) -> float:
        """What is below the range of the quantity's type."""
        return SMALLEST[self.types[name]]

    @property
    def coarsest(self) -> str:
        """The least precise type that occurs."""
        return max(self.types.values(), key=ROUNDINGS.__getitem__, default="float64")

    def visible(self) -> float:
        """The smallest relative difference that is not taken for rounding, in the least precise type."""
        return LIMIT * FLOOR_ROUNDINGS * ROUNDINGS[self.coarsest] * self.amplification


def is_narrow(values: AnyArray) -> bool:
    """Whether float64 numbers are float32's: all of them have its bits, and some need more than half of those."""
    if values.dtype != np.float64:
        return False
    with np.errstate(over="ignore"):
        narrow = values.astype("float32").astype("float64")
    finite = np.isfinite(values)
    if not np.array_equal(narrow[finite], values[finite]):
        return False
    mantissa = np.frexp(values[finite])[0]
    return bool(np.any(np.round(mantissa / HALF_BITS) * HALF_BITS != mantissa))


def precision_of(values: AnyArray, stored: str) -> str:
    """The type whose rounding an array has: as stored, or float32 where float64 numbers came from there.

    Args:
        values: as read. stored: the type in the file, in words.
    """
    if stored in ROUNDINGS and stored != "float64":
        return stored
    if str(values.dtype) in ("float16", "float32"):
        return str(values.dtype)
    return "float32" if is_narrow(values) else "float64"


def rule_of(
    first: Mapping[str, AnyArray], second: Mapping[str, AnyArray], types: Mapping[str, str], whole: frozenset[str]
) -> Rule:
    """The rule for two sides: of the one that amplifies less, as a mistake may make gradients explode and excuse itself by that.

    Args:
        first, second: arrays by quantity. types: the less precise type by quantity.
        whole: quantities that are gradients of parameters; what is per step may vanish without any rounding being large.
    """
    spreads, largest = [], []
    for side in (first, second):
        sizes = {name: float(rms(np.where(np.isfinite(side[name]), side[name], 0.0))) for name in first}
        known = {name: size for name, size in sizes.items() if name in whole and size > 0}
        last = [size for name, size in known.items() if name in OUTPUT_LAYER]
        spreads.append(max(known.values()) / min(last or known.values()) if known else 1.0)
        largest.append(max(sizes.values(), default=0.0))
    return Rule(dict(types), max(1.0, min(spreads)), min(largest))
