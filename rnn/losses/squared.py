"""Squared errors."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from ..arrays import AnyArray, FloatArray
from .base import ROWS, AbstractLoss


class HalfSquaredError(AbstractLoss):
    """l = 1/2 sum over k of (y - target)^2; dl/dy = y - target. The factor 1/2 is part of it."""

    @property
    def targets(self) -> str:
        """Rows (T, B, K)."""
        return ROWS

    def entries(self, y: Any, target: Any, xp: ModuleType) -> Any:
        """l (T, B)."""
        return 0.5 * ((y - target) ** 2).sum(-1)

    def slope(self, y: FloatArray, target: AnyArray) -> FloatArray:
        """Y - target."""
        return y - target

    def magnitude(self, y: FloatArray, target: AnyArray) -> FloatArray:
        """|y| + |target|."""
        return np.abs(y) + np.abs(target)


class SquaredErrorMean(AbstractLoss):
    """l = 1/K sum over k of (y - target)^2; dl/dy = 2/K (y - target). No factor 1/2."""

    @property
    def targets(self) -> str:
        """Rows (T, B, K)."""
        return ROWS

    def entries(self, y: Any, target: Any, xp: ModuleType) -> Any:
        """l (T, B)."""
        return ((y - target) ** 2).mean(-1)

    def slope(self, y: FloatArray, target: AnyArray) -> FloatArray:
        """2/K (y - target)."""
        slope: FloatArray = 2 / y.shape[-1] * (y - target)
        return slope

    def magnitude(self, y: FloatArray, target: AnyArray) -> FloatArray:
        """2/K (|y| + |target|)."""
        size: FloatArray = 2 / y.shape[-1] * (np.abs(y) + np.abs(target))
        return size
