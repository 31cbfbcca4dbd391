"""Which matrix of a quantity is drawn."""

from __future__ import annotations

from rnn.arrays import AnyArray
from rnn.blocks import sample_of
from rnn.results import ArraySource


def rows_of(array: AnyArray) -> AnyArray:
    """An array as a matrix: the last axis across, all others down; a vector or a scalar as one row."""
    return array.reshape(1, -1) if array.ndim < 2 else array.reshape(-1, array.shape[-1])


def as_matrix(array: AnyArray, per_step: bool, sample: int) -> AnyArray:
    """(T, B, H) -> (T, H) of one sample; matrices as they are; vectors and scalars as one row."""
    if per_step:
        array = array[:, sample, :]
    return array if array.ndim == 2 else array.reshape(1, -1)


def read_matrix(arrays: ArraySource, name: str, per_step: bool, sample: int) -> AnyArray:
    """As `as_matrix`, of a stored array; of (T, B, H) only the sample is held."""
    if per_step:
        return sample_of(arrays, name, sample)
    return as_matrix(arrays.read(name), False, 0)
