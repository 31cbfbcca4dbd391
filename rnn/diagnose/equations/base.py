"""What the equations of a backward pass are written in: expressions over the network's own names, and how they are run.

An equation gives one array at one step, or as a whole. Its right-hand side is a text of ours in Python, so that a deliberate
mistake is another text in its place. Per-step gradients have two rows of zeros behind the last step: `da[t + 1]` is 0
there, as in code that starts from a buffer of zeros. What the forward pass left has none, so `h[t - 1]` at t = 0 is the last
state, as in code that wraps round.
"""

from __future__ import annotations

import builtins
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from types import CodeType
from typing import Any

import numpy as np

from ...arrays import FloatArray, outer_sum, rows_times

BEFORE, LOOP, CARRY, AFTER = "before", "loop", "carry", "after"
"""Made as a whole before the loop, at every step in it, or as a whole behind it. `CARRY`: in the loop, and once more at t = -1,
where it gives what flows into the initial states."""


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


def blocks(array: FloatArray, *order: int) -> FloatArray:
    """The array with the blocks of its last axis in another order: block k of the result is block order[k]."""
    parts = np.split(array, len(order), axis=-1)
    return np.concatenate([parts[k] for k in order], axis=-1)


def last_only(rows: FloatArray, axes: int = 2, first: bool = False) -> FloatArray:
    """One-hot rows (T, B, V) with every token's last occurrence alone, as `+=` at an index that repeats leaves it.

    Args:
        rows: see above. axes: 2 over steps and samples, 1 among the samples of each step. first: the first one instead.
    """
    flat = rows.reshape(-1 if axes == 2 else len(rows), *(() if axes == 2 else rows.shape[1:-1]), rows.shape[-1])
    flat = flat[None] if axes == 2 else flat
    seen = np.cumsum(flat if first else flat[:, ::-1], axis=1)
    made = np.where((seen if first else seen[:, ::-1]) > 1, 0, flat)
    return made.reshape(rows.shape)


def last_of_first(rows: FloatArray) -> FloatArray:
    """One-hot rows (T, B, V) with the last sample of every token's first step alone, as `=` in a loop backward leaves it."""
    there = rows.max(axis=1)
    first = there * (np.cumsum(there, axis=0) == there)
    made: FloatArray = last_only(rows, 1) * first[:, None]
    return made


HELPERS: Mapping[str, Any] = {
    "__builtins__": builtins,  # whole: NumPy imports parts of its own late, and Qt's import hook looks for itself in them
    "np": np, "range": range, "reversed": reversed, "min": min, "max": max, "abs": abs, "len": len,
    "rows": rows_times, "outer": outer_sum, "shift": shift, "after": after, "total": total, "only": only, "without": without,
    "blocks": blocks, "last_only": last_only, "last_of_first": last_of_first,
}  # fmt: skip
"""What an expression may use besides the network's arrays."""


@cache
def compiled(text: str) -> CodeType:
    """The code of an expression of ours; never of a user's text."""
    return compile(text, "<equation>", "eval")


def value(text: str, names: dict[str, Any]) -> Any:
    """An expression's value; `names` holds `HELPERS` and the arrays."""
    return eval(compiled(text), names)


@lru_cache(maxsize=4096)
def _step(lines: tuple[tuple[str, str], ...]) -> CodeType:
    return compile("\n".join(f"{name}[t] = {text}" for name, text in lines), "<equations>", "exec")


def step_codes(lines: Iterable[tuple[str, str]], edited: Container[str]) -> list[CodeType]:
    """The code of one step of a loop, from (name, text); to be run by `exec`.

    Lines without an edit are one piece, since the same pieces come again and again and only edited lines have to be compiled.
    """
    pieces = groupby(lines, key=lambda line: line[0] in edited)
    return [_step(tuple(piece)) for _, piece in pieces]
