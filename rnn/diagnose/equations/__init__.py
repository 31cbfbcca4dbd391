"""EQUATIONS: the backward pass of every cell as a list of equations that can be edited one by one."""

from __future__ import annotations

from collections.abc import Callable

from ...cells import AbstractCell
from .base import AFTER, BEFORE, CARRY, HELPERS, LOOP, Equation, step_codes, value
from .gru import gru
from .lstm import lstm
from .vanilla import leaky, vanilla

EQUATIONS: dict[str, Callable[[AbstractCell], tuple[Equation, ...]]] = {
    "rnn": vanilla,
    "leaky": leaky,
    "lstm": lstm,
    "gru": gru,
}
"""By the cell's name; a cell that a case brings itself has none."""

__all__ = ["AFTER", "BEFORE", "CARRY", "EQUATIONS", "HELPERS", "LOOP", "Equation", "step_codes", "value"]
