"""LOSSES: every loss, by the name used on the command line and in case files."""

from .base import EITHER, IDS, ROWS, AbstractLoss
from .crossentropy import LogisticLoss, SoftmaxCrossEntropy, one_hot
from .squared import HalfSquaredError, SquaredErrorMean
from .upstream import Upstream

LOSSES: dict[str, AbstractLoss] = {
    "half_squared_error": HalfSquaredError("half squared error", mean=False),
    "mean_squared_error": SquaredErrorMean("mean squared error", mean=True),
    "softmax_cross_entropy": SoftmaxCrossEntropy("softmax CE, summed", mean=False),
    "softmax_cross_entropy_mean": SoftmaxCrossEntropy("softmax CE, mean", mean=True),
    "logistic": LogisticLoss("logistic, summed", mean=False),
    "logistic_mean": LogisticLoss("logistic, mean", mean=True),
    "upstream": Upstream("none: dL/dy is given", mean=False),
}

__all__ = ["EITHER", "IDS", "LOSSES", "ROWS", "AbstractLoss", "one_hot"]
