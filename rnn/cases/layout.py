"""Between the program's layout (time first, (in, out)) and the layout that a case declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import AnyArray

PER_STEP = ("x", "target", "loss_weights", "y", "h", "a", "dx", "dy", "dh", "dh_out", "dh_next", "da")
PER_SAMPLE = ("h0", "dh0")


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
        if name in PER_SAMPLE:
            return array.reshape(expected) if self.x == "TD" and array.size == expected[-1] else array
        turned = array.T if self.transposed and array.ndim == 2 and len(expected) == 2 else array
        flat = len(expected) == 1 and array.size == expected[0] and max(array.shape, default=0) == array.size
        return turned.reshape(expected) if flat else turned

    def _steps(self, array: AnyArray, expected: tuple[int, ...]) -> AnyArray:
        if self.x == "BTD" and array.ndim == 3:
            return array.swapaxes(0, 1)
        if self.x == "TD" and array.shape in (expected[:1] + expected[2:], expected[:1] + expected[2:] + (1,)):
            return array.reshape(expected)
        return array
