"""Long arrays in slices over their first axis, so that nobody holds more of a file than a screenful of it needs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .arrays import AnyArray
from .results import ArraySource

BLOCK_BYTES = 32 << 20
"""Arrays are read in slices that stay about this large."""


def blocks(arrays: ArraySource, name: str) -> Iterator[tuple[int, int]]:
    """Ranges along the first axis in which an array is read."""
    shape = arrays.shape(name)
    row = 8 * int(np.prod(shape[1:]))
    step = max(1, BLOCK_BYTES // max(row, 1))
    for start in range(0, shape[0], step):
        yield start, min(start + step, shape[0])


def sample_of(arrays: ArraySource, name: str, sample: int) -> AnyArray:
    """One sample (T, H) of an array (T, B, H), without ever holding the others."""
    steps, samples, units = arrays.shape(name)
    if samples == 1:
        return arrays.read(name)[:, 0, :]
    found: AnyArray | None = None
    for start, stop in blocks(arrays, name):
        part = arrays.read(name, start, stop)[:, sample, :]
        if found is None:
            found = np.empty((steps, units), part.dtype)
        found[start:stop] = part
    return arrays.read(name)[:, sample, :] if found is None else found
