"""Between the program's layout (time first, (in, out)) and the layout that a case declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import AnyArray, base_of

PARAMETER = re.compile(r"d?[Wbp](_|\.|$)")
PER_SAMPLE = ("h0", "dh0", "c0", "dc0")


def is_state(name: str) -> bool:
    """Whether a name is that of an initial state or its gradient."""
    return base_of(name)[0] in PER_SAMPLE


def is_per_step(name: str) -> bool:
    """Whether an array of that name has a row for every step."""
    return not PARAMETER.match(name) and not is_state(name)


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for n in shape if n != 1)


def _fitted(array: AnyArray, expected: tuple[int, ...]) -> AnyArray:
    """The array in the expected shape where they differ by axes of length 1 only, otherwise as it is."""
    return array.reshape(expected) if _without_ones(array.shape) == _without_ones(expected) else array


@dataclass(frozen=True)
class Layout:
    """The layout a case declares.

    Attributes:
        x: `TBD`, `TD` or `BTD`.
        transposed: whether matrices are (out, in).
    """

    x: str
    transposed: bool

    @staticmethod
    def of(declaration: Mapping[str, Any]) -> Layout:
        """From the CASE dictionary."""
        return Layout(declaration.get("x", "TBD"), declaration.get("weights", "in,out") == "out,in")

    def to_user(self, name: str, array: AnyArray) -> AnyArray:
        """One of our arrays as the user's code wants it: a fresh, writable copy."""
        if is_per_step(name):
            return np.array(
                array[:, 0] if self.x == "TD" else array.swapaxes(0, 1) if self.x == "BTD" else array, order="C"
            )
        if is_state(name):
            return np.array(array[0] if self.x == "TD" else array)
        return np.array(array.T if self.transposed and array.ndim == 2 else array, order="C")

    def returned_as(self, ours: Mapping[str, AnyArray]) -> dict[str, AnyArray]:
        """Gradients and values by our names, as `run(problem)` would return them."""
        return {name: self.to_user(name, value) for name, value in ours.items()}

    def from_user(self, name: str, array: AnyArray, expected: tuple[int, ...]) -> AnyArray:
        """One of the user's arrays in our layout; a shape that fits nothing is handed on as it is.

        Args:
            name: `dW_hh`, `dh`, ...
            array: what came back.
            expected: the shape in our layout.
        """
        if is_per_step(name):
            return self._steps(array, expected)
        if is_state(name) or len(expected) == 1:
            return _fitted(array, expected)
        if array.ndim == len(expected) == 2:
            # (1, n) for (n, 1) may be a transposed matrix, so it is no mere matter of an axis of length 1.
            return array.T if self.transposed else array
        return _fitted(array, expected)

    def _steps(self, array: AnyArray, expected: tuple[int, ...]) -> AnyArray:
        if self.x == "BTD" and array.ndim == len(expected):
            return array.swapaxes(0, 1)
        return _fitted(array, expected)
