"""Measures of arrays: root mean square without overflow, distance in units in the last place."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import AnyArray, FloatArray


def rms(array: AnyArray, axes: tuple[int, ...] | None = None) -> FloatArray:
    """Root mean square over `axes` (all by default), in the array's unit; scaled, so that 1e200 does not overflow."""
    wide = np.asarray(array, dtype="float64")
    if wide.size == 0:
        return np.zeros(() if axes is None else [n for i, n in enumerate(wide.shape) if i not in axes])
    with np.errstate(all="ignore"):
        peak = np.max(np.abs(wide), axis=axes, keepdims=True)
        scale = np.where((peak > 0) & np.isfinite(peak), peak, 1.0)
        mean = np.sqrt(np.mean((wide / scale) ** 2, axis=axes, keepdims=True)) * scale
    result: FloatArray = np.squeeze(mean, axis=axes)
    return result


def step_rms(array: AnyArray) -> FloatArray:
    """Root mean square of every step (T,) of an array (T, ...)."""
    return rms(array, tuple(range(1, np.ndim(array))))


def _ordered(values: FloatArray) -> AnyArray:
    """Unsigned integers in the order of the floats; neighbours differ by 1, and -0.0 equals 0.0."""
    bits: Any
    sign: Any
    bits, sign = (np.uint32, np.uint32(1 << 31)) if values.dtype == np.float32 else (np.uint64, np.uint64(1 << 63))
    raw: Any = np.ascontiguousarray(values).view(bits)
    magnitude = raw & ~sign
    ordered: AnyArray = np.where(raw & sign, sign - magnitude, sign + magnitude)
    return ordered


def ulp_distance(a: FloatArray, b: FloatArray, dtype: str = "float64") -> FloatArray:
    """How many floats of `dtype` lie between a and b, elementwise, as float64; NaN where either is NaN."""
    with np.errstate(over="ignore"):
        left, right = np.asarray(a, dtype=dtype), np.asarray(b, dtype=dtype)
    p, q = _ordered(left), _ordered(right)
    distance = np.where(p > q, p - q, q - p).astype("float64")
    return np.where(np.isnan(left) | np.isnan(right), np.nan, distance).reshape(left.shape)


def same_bits(a: FloatArray, b: FloatArray) -> bool:
    """Whether two arrays of one dtype and shape hold exactly the same bits."""
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
