"""ACTIVATIONS: the nonlinearities of a cell and their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from ..arrays import FloatArray


@dataclass(frozen=True)
class Activation:
    """One nonlinearity.

    Attributes:
        title: as shown to a person.
        function: `f(a, xp)`, elementwise; `xp` is numpy or jax.numpy.
        slope: `f'(a)` from the pre-activation `a` and the value `h = f(a)`, plain NumPy.
        saturates: whether f is bounded. Correct implementations of a bounded function differ by a rounding of 1,
            not of their own small value (`1 - h*h` against `1/cosh(a)**2`), which the noise floor has to know.
    """

    title: str
    function: Callable[[Any, ModuleType], Any]
    slope: Callable[[FloatArray, FloatArray], FloatArray]
    saturates: bool


def sigmoid(a: Any, xp: ModuleType) -> Any:
    """1 / (1 + exp(-a)) without overflow, accurate in both tails.

    `where` instead of `abs` keeps the derivative right at a = 0, where JAX takes sign(0) = 0. NumPy takes no derivative,
    so there an overflow does no harm: 1 / (1 + inf) is the right 0.
    """
    if xp is np:
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-a))
    e = xp.exp(xp.where(a >= 0, -a, a))
    return xp.where(a >= 0, 1 / (1 + e), e / (1 + e))


ACTIVATIONS: dict[str, Activation] = {
    "tanh": Activation("tanh", lambda a, xp: xp.tanh(a), lambda a, h: 1 - h * h, True),
    # NaN <= 0 is false, so a NaN stays a NaN; the derivative at 0 is 0, in NumPy and in JAX.
    "relu": Activation("ReLU", lambda a, xp: xp.where(a <= 0, 0 * a, a), lambda a, h: (a > 0).astype(a.dtype), False),
    "sigmoid": Activation("sigmoid", sigmoid, lambda a, h: h * (1 - h), True),
    "identity": Activation("identity", lambda a, xp: a, lambda a, h: np.ones_like(a), False),
}
