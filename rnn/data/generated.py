"""Data that are made: random numbers and the one-hot probe."""

from __future__ import annotations

import numpy as np

from ..errors import InputError
from ..settings import DEFAULT_SIZES
from .base import Data, DataRequest, target_from


def random(request: DataRequest) -> Data:
    """Standard normal inputs, or one-hot rows of random tokens; the target is the file's, or left to the caller.

    Tokens are drawn from V values at random, so that some of them come more than once.
    """
    sizes = (request.steps, request.batch, request.inputs)
    names = ("steps", "batch", "inputs")
    shape = tuple(DEFAULT_SIZES[name] if size is None else size for name, size in zip(names, sizes, strict=True))
    target = target_from(request, shape)
    if request.tokens:
        ids = request.rng.integers(0, shape[2], shape[:2])
        return Data(np.eye(shape[2], dtype=request.dtype)[ids], target)
    return Data(request.rng.standard_normal(shape).astype(request.dtype), target)


def one_hot(request: DataRequest) -> Data:
    """The probe x = eye: step t shows only input t, so that row t of dW_xh is da_t of that step.

    T = D. Sample 0 sees the identity, every other sample its rows in an order of its own. The target is the same
    probe where K allows it (K = D or not set), else left to the caller.
    """
    known = [size for size in (request.steps, request.inputs) if size is not None]
    if len(set(known)) > 1:
        raise InputError(
            f"the one-hot probe shows each of the D inputs once, so T = D; T = {request.steps} and D = {request.inputs} are set"
        )
    size = known[0] if known else DEFAULT_SIZES["inputs"]
    orders = [np.arange(size)] + [request.rng.permutation(size) for _ in range((request.batch or 1) - 1)]
    x = np.stack([np.eye(size, dtype=request.dtype)[order] for order in orders], axis=1)
    target = target_from(request, x.shape)
    if target is None and not request.wants_ids and request.outputs in (None, size):
        target = x.copy()
    if target is None and request.wants_ids and request.outputs in (None, size):
        target = np.stack(orders, axis=1)
    return Data(x, target)
