"""Between the program's layout (time first, (in, out)) and the layout that a case declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import AnyArray

PER_STEP = ("x", "target", "loss_weights", "y", "h", "a", "dx", "dy", "dh", "dh_out", "dh_next", "da")
PER_SAMPLE = ("h0", "dh0")


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
        if name in PER_STEP:
            return np.array(
                array[:, 0] if self.x == "TD" else array.swapaxes(0, 1) if self.x == "BTD" else array, order="C"
            )
        if name in PER_SAMPLE:
            return np.array(array[0] if self.x == "TD" else array)
        return np.array(array.T if self.transposed and array.ndim == 2 else array, order="C")

    def from_user(self, name: str, array: AnyArray, expected: tuple[int, ...]) -> AnyArray:
        """One of the user's arrays in our layout; a shape that fits nothing is handed on as it is.

        Args:
            name: `dW_hh`, `dh`, ...
            array: what came back.
            expected: the shape in our layout.
        """
        if name in PER_STEP:
            return self._steps(array, expected)
        if name in PER_SAMPLE or len(expected) == 1:
            return _fitted(array, expected)
        if array.ndim == len(expected) == 2:
            # (1, n) for (n, 1) may be a transposed matrix, so it is no mere matter of an axis of length 1.
            return array.T if self.transposed else array
        return _fitted(array, expected)

    def _steps(self, array: AnyArray, expected: tuple[int, ...]) -> AnyArray:
        if self.x == "BTD" and array.ndim == len(expected):
            return array.swapaxes(0, 1)
        return _fitted(array, expected)
