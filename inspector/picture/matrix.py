"""Which matrix of a quantity is drawn."""

from __future__ import annotations

from rnn.arrays import AnyArray
from rnn.blocks import sample_of
from rnn.results import ArraySource


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
