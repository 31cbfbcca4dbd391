"""Which matrix of a quantity is drawn."""

from __future__ import annotations

from rnn.arrays import AnyArray


def as_matrix(array: AnyArray, per_step: bool, sample: int) -> AnyArray:
    """(T, B, H) -> (T, H) of one sample; matrices as they are; vectors and scalars as one row."""
    if per_step:
        array = array[:, sample, :]
    return array if array.ndim == 2 else array.reshape(1, -1)
