"""Cross-entropies: softmax over K classes, and K independent logistic outputs."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from ..arrays import AnyArray, FloatArray
from ..cells.activations import sigmoid
from .base import EITHER, ROWS, AbstractLoss


def _log_softmax(y: Any, xp: ModuleType) -> Any:
    """Y - log sum exp y, shifted by the maximum so that nothing overflows."""
    shifted = y - y.max(-1, keepdims=True)
    return shifted - xp.log(xp.exp(shifted).sum(-1, keepdims=True))


def one_hot(ids: AnyArray, classes: int) -> FloatArray:
    """Rows (T, B, K) with a 1 at each token id (T, B)."""
    return np.eye(classes)[ids]


class SoftmaxCrossEntropy(AbstractLoss):
    """l = - sum over k of target_k log softmax(y)_k, in nats; with ids l = - log softmax(y)_id.

    dl/dy = softmax(y) (sum over k of target_k) - target. Rows need not sum to 1.
    """

    @property
    def targets(self) -> str:
        """Token ids (T, B) or rows (T, B, K)."""
        return EITHER

    def entries(self, y: Any, target: Any, xp: ModuleType) -> Any:
        """l (T, B) in nats."""
        log_p = _log_softmax(y, xp)
        if target.ndim == 2:
            return -xp.take_along_axis(log_p, target[:, :, None], axis=-1)[:, :, 0]
        return -(target * log_p).sum(-1)

    def slope(self, y: FloatArray, target: AnyArray) -> FloatArray:
        """softmax(y) * sum(target) - target."""
        rows = self._rows(y, target)
        result: FloatArray = np.exp(_log_softmax(y, np)) * rows.sum(-1, keepdims=True) - rows
        return result

    def magnitude(self, y: FloatArray, target: AnyArray) -> FloatArray:
        """softmax(y) (1 + max |y|) + |target|: exp turns an absolute rounding of its argument into a relative one."""
        rows = self._rows(y, target)
        reach = 1 + np.abs(y).max(-1, keepdims=True)
        result: FloatArray = np.exp(_log_softmax(y, np)) * reach * np.abs(rows.sum(-1, keepdims=True)) + np.abs(rows)
        return result

    @staticmethod
    def _rows(y: FloatArray, target: AnyArray) -> FloatArray:
        return one_hot(target, y.shape[-1]).astype(y.dtype) if target.ndim == 2 else target


class LogisticLoss(AbstractLoss):
    """l = sum over k of log(1 + exp(y)) - target y, in nats; dl/dy = sigmoid(y) - target. `y` are logits."""

    @property
    def targets(self) -> str:
        """Rows (T, B, K), usually of 0 and 1."""
        return ROWS

    def entries(self, y: Any, target: Any, xp: ModuleType) -> Any:
        """l (T, B) in nats."""
        return (xp.logaddexp(y, xp.zeros_like(y)) - target * y).sum(-1)

    def slope(self, y: FloatArray, target: AnyArray) -> FloatArray:
        """sigmoid(y) - target."""
        result: FloatArray = sigmoid(y, np) - target
        return result

    def magnitude(self, y: FloatArray, target: AnyArray) -> FloatArray:
        """1 + |y| + |target|: a sigmoid may be exp(y - log(1 + exp(y))), which errs by |y| roundings of 1."""
        return 1 + np.abs(y) + np.abs(target)
