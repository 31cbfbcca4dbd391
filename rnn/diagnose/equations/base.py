"""What the equations of a backward pass are written in: expressions over the network's own names, and how they are run.

An equation gives one array at one step, or as a whole. Its right-hand side is a text of ours in Python, so that a deliberate
mistake is another text in its place. Per-step gradients have two rows of zeros behind the last step: `da[t + 1]` is 0
there, as in code that starts from a buffer of zeros. What the forward pass left has none, so `h[t - 1]` at t = 0 is the last
state, as in code that wraps round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

import numpy as np

from ...arrays import FloatArray, outer_sum, rows_times

BEFORE, LOOP, AFTER = "before", "loop", "after"
"""Made as a whole before the loop, at every step in it, or as a whole behind it."""


@dataclass(frozen=True)
class Equation:
    """One equation: `name = text`, or in the loop `name[t] = text`."""

    name: str
    text: str
    stage: str = LOOP


def shift(array: FloatArray, steps: int) -> FloatArray:
    """Row t of the result is row t + steps of the array, zeros outside."""
    made = np.zeros_like(array)
    if steps >= 0:
        made[: len(array) - steps or None] = array[steps:] if steps < len(array) else 0
    else:
        made[-steps:] = array[:steps]
    return made


def after(array: FloatArray, t: int, steps: int = 1) -> Any:
    """Row t + steps, 0 where there is none."""
    return array[t + steps] if 0 <= t + steps < len(array) else np.zeros_like(array[0])


def total(delta: FloatArray) -> FloatArray:
    """Sum over steps and samples."""
    found: FloatArray = delta.sum(axis=(0, 1))
    return found


def only(array: FloatArray, *steps: int) -> FloatArray:
    """The array with all steps but these set to 0."""
    made = np.zeros_like(array)
    for t in steps:
        made[t] = array[t]
    return made


def without(array: FloatArray, *steps: int) -> FloatArray:
    """The array with these steps set to 0."""
    made = np.array(array)
    for t in steps:
        made[t] = 0
    return made


HELPERS: Mapping[str, Any] = {
    "__builtins__": {"__import__": __import__},  # NumPy imports parts of its own when they are first used
    "np": np, "range": range, "reversed": reversed, "min": min, "max": max, "abs": abs, "len": len,
    "rows": rows_times, "outer": outer_sum, "shift": shift, "after": after, "total": total, "only": only, "without": without,
}  # fmt: skip
"""What an expression may use besides the network's arrays."""


@cache
def compiled(text: str) -> CodeType:
    """The code of an expression of ours; never of a user's text."""
    return compile(text, "<equation>", "eval")


def value(text: str, names: dict[str, Any]) -> Any:
    """An expression's value; `names` holds `HELPERS` and the arrays."""
    return eval(compiled(text), names)
