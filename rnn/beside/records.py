"""Records: a right value beside an array, and how far the array is from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..blame.matching import Match


@dataclass(frozen=True, eq=False)
class Reference:
    """What an array should be.

    Attributes:
        label: name of the right value. value: in the array's own shape, float64. match: why.
    """

    label: str
    value: Any
    match: Match


@dataclass(frozen=True, eq=False)
class Gradient:
    """A gradient as the case returned it: its name, and what it should be in its own shape, float64."""

    name: str
    wanted: Any


Returned = Mapping[tuple[int, int], Gradient]
"""Returned gradients by storage and layout."""


@dataclass(frozen=True)
class Judgement:
    """How far an array is from what it should be.

    Attributes:
        error: largest |value - reference|; NaN counts as infinite. relative: error / max |reference|.
        wrong: whether that is more than rounding. step: at which this version was judged.
        partial: whether the array is between two lines of its iteration and is not judged; its error is NaN.
    """

    error: float
    relative: float
    wrong: bool
    step: int
    partial: bool = False
