"""AbstractLoss: what a loss adds up, and its derivative by hand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import ModuleType
from typing import Any, final

from ..arrays import AnyArray, FloatArray

ROWS, IDS, EITHER = "rows", "ids", "either"


@dataclass(frozen=True)
class AbstractLoss(ABC):
    """A loss: l[t, b] for every step and sample, weighted by `loss_weights (T, B)`, then summed or averaged.

    sum:  L = sum over t, b of w[t, b] l[t, b]
    mean: L = the same, divided by the sum of w. (With all weights 1 that is the mean over T B.)

    Attributes:
        title: as shown to a person.
        mean: whether the weighted mean is taken instead of the sum.
    """

    title: str
    mean: bool

    @property
    @abstractmethod
    def targets(self) -> str:
        """`rows` (T, B, K), `ids` (T, B), or `either`."""

    @abstractmethod
    def entries(self, y: Any, target: Any, xp: ModuleType) -> Any:
        """l (T, B) from outputs (T, B, K)."""

    @abstractmethod
    def slope(self, y: FloatArray, target: AnyArray) -> FloatArray:
        """dl/dy (T, B, K), by hand."""

    @abstractmethod
    def magnitude(self, y: FloatArray, target: AnyArray) -> FloatArray:
        """Size (T, B, K) of the terms that `slope` subtracts; its rounding error is this times the unit roundoff."""

    @final
    def value(self, y: Any, target: Any, loss_weights: Any, xp: ModuleType) -> Any:
        """The scalar loss L."""
        total = (loss_weights * self.entries(y, target, xp)).sum()
        return total / loss_weights.sum() if self.mean else total

    @final
    def gradient(self, y: FloatArray, target: AnyArray, loss_weights: FloatArray) -> FloatArray:
        """dL/dy (T, B, K)."""
        return self.slope(y, target) * self.share(loss_weights)

    @final
    def share(self, loss_weights: FloatArray) -> FloatArray:
        """What each entry counts in L, (T, B, 1)."""
        share: FloatArray = (loss_weights / loss_weights.sum() if self.mean else loss_weights)[:, :, None]
        return share
