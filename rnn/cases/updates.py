"""Gradients of code that only updates its weights: what a step changed, divided by the rate."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError
from .places import numbers, read, said

Found = dict[str, AnyArray]


def check_rate(rate: Any) -> float:
    """The learning rate as a number; raises `InputError` for one that no gradient can be had from."""
    try:
        found = float(rate)
    except (TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found) or found == 0:
        raise InputError(
            f"updates() has rate = {rate!r}; expected the learning rate of the code, a number other than 0"
        )
    return found


@contextmanager
def watched(where: Any, rate: Any, names: Mapping[str, str], rounding: dict[str, float]) -> Iterator[Found]:
    """Look at weights before and after a block; see `UserProblem.updates`.

    Args:
        where, rate: of the code. names: ours by the code's. rounding: gets what is lost by rounding, by our name.
    """
    share = check_rate(rate)
    if not names:
        raise InputError("updates() names no weights; expected such as updates(net, 0.1, Wxh='W_xh')")
    before = {path: numbers(path, read(where, path)) for path in names}
    found: Found = {}
    yield found
    after = {path: numbers(path, read(where, path)) for path in names}
    same = [path for path in names if np.array_equal(before[path], after[path], equal_nan=True)]
    if len(same) == len(names):
        raise InputError(
            f"the block changed none of {', '.join(names)} of {said(where)}; expected code that updates them there"
        )
    for path in same:
        print(f"{path} did not change in the block, so its gradient counts as 0")
    for path, name in names.items():
        old, new = before[path], after[path]
        if old.shape != new.shape:
            raise InputError(f"{path} had the shape {old.shape} before the update and {new.shape} after it")
        old, new = (one if one.dtype.kind == "f" else one.astype("float64") for one in (old, new))
        found[f"d{name}"] = (old - new) / new.dtype.type(share)
        largest = float(np.max(np.abs(np.stack([old, new])), initial=0.0))
        rounding[f"d{name}"] = largest * float(np.finfo(new.dtype).eps) / abs(share)
