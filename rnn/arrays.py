"""Array types, read-only arrays, and the two records that every part of the engine shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InputError

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.integer[Any]]
AnyArray = npt.NDArray[Any]
Parameters = Mapping[str, FloatArray]

DTYPES = ("float64", "float32")

FINITE_BLOCK = 1 << 20
"""So many entries are looked at together for NaN and infinities."""


def freeze(array: npt.ArrayLike, dtype: npt.DTypeLike | None = None) -> AnyArray:
    """Return a read-only, C-contiguous copy, so that no later write can reach a record."""
    copy = np.array(array, dtype=dtype, order="C", copy=True)
    copy.flags.writeable = False
    return copy


def freeze_all(arrays: Mapping[str, Any], dtype: npt.DTypeLike | None = None) -> Mapping[str, AnyArray]:
    """Freeze every array of a mapping; the mapping itself becomes read-only, its order is kept."""
    return MappingProxyType({name: freeze(value, dtype) for name, value in arrays.items()})


def require_shape(name: str, array: AnyArray, shape: tuple[int, ...], hint: str = "") -> None:
    """Raise `InputError` unless `array` has exactly `shape`; `hint` says what to do."""
    if array.shape != shape:
        advice = f"; {hint}" if hint else ""
        raise InputError(f"{name} has the shape {array.shape}, expected {shape}{advice}")


def first_non_finite(array: AnyArray) -> tuple[int, ...] | None:
    """Index of the first NaN or infinity in reading order, None where every entry is finite."""
    if array.dtype.kind not in "fc":
        return None
    flat = array.reshape(-1)
    for start in range(0, flat.size, FINITE_BLOCK):  # the whole at once would take a quarter of the array's memory more
        good = np.isfinite(flat[start : start + FINITE_BLOCK])
        if not good.all():
            return tuple(int(i) for i in np.unravel_index(start + int(np.argmin(good)), array.shape))
    return None


def rows_times(rows: Any, matrix: Any) -> Any:
    """`rows (..., n) @ matrix (n, m)` as one product; NumPy would otherwise make T small ones. Works in JAX too."""
    return (rows.reshape(-1, rows.shape[-1]) @ matrix).reshape(*rows.shape[:-1], matrix.shape[-1])


def outer_sum(left: FloatArray, delta: FloatArray) -> FloatArray:
    """Sum over t and b of left[t, b] (outer) delta[t, b], for (T, B, n) and (T, B, m): one product, (n, m)."""
    product: FloatArray = left.reshape(-1, left.shape[-1]).T @ delta.reshape(-1, delta.shape[-1])
    return product


def base_of(name: str) -> tuple[str, str]:
    """A name without and with only its suffix of layer and direction: `dW_hh.0.reverse` -> `dW_hh`, `.0.reverse`."""
    base, dot, rest = name.partition(".")
    return base, dot + rest


@dataclass(frozen=True, eq=False)
class Trace:
    """What a forward run leaves behind.

    Attributes:
        steps: per-step arrays by name, time first: `a (T, B, H)`, `h (T, B, H)`; what else depends on the cell.
        y: network output (T, B, K); without an output layer it is `h`.
        loss: the scalar loss (nats for cross-entropies, squared units otherwise).
    """

    steps: Mapping[str, FloatArray]
    y: FloatArray
    loss: float


@dataclass(frozen=True, eq=False)
class Gradients:
    """dL/d(anything), by name; a missing name means that nobody computed it.

    Attributes:
        parameters: `dW_hh` ... each of its parameter's shape.
        steps: per-step gradients, time first: `dy (T, B, K)`, `dh_out`, `dh_next`, `dh`, `da (T, B, H)`, `dx (T, B, D)`.
        starts: gradients of the initial states, `dh0 (B, H)`, `dc0 (B, H)`.
    """

    parameters: Mapping[str, FloatArray]
    steps: Mapping[str, FloatArray]
    starts: Mapping[str, FloatArray] = field(default_factory=dict)

    def named(self) -> dict[str, FloatArray]:
        """All of them in one dictionary: parameters, then steps, then those of the initial states."""
        return {**self.parameters, **self.steps, **self.starts}
