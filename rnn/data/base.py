"""What every data source takes and gives, and the checks they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..arrays import AnyArray, FloatArray, first_non_finite
from ..errors import InputError


@dataclass(frozen=True, eq=False)
class DataRequest:
    """What is asked of a source.

    Attributes:
        steps, batch, inputs, outputs: T, B, D, K where they are set.
        dtype: of x and of rows.
        rng: for what is random.
        data: arrays of the data file; text: characters of the text file; target: arrays of the target file.
        text_start: first character used.
        wants_ids: whether the loss can use token ids.
        tokens: whether x are token ids, given to the network as one-hot rows.
    """

    steps: int | None
    batch: int | None
    inputs: int | None
    outputs: int | None
    dtype: str
    rng: np.random.Generator
    data: Mapping[str, AnyArray] | None
    text: str | None
    text_start: int
    target: Mapping[str, AnyArray] | None
    wants_ids: bool
    tokens: bool = False


@dataclass(frozen=True, eq=False)
class Data:
    """What a source gives.

    Attributes:
        x: (T, B, D).
        target: rows (T, B, K), token ids (T, B), or None where the source has none.
        vocabulary: characters by id, for a text.
        notes: remarks for the user.
    """

    x: FloatArray
    target: AnyArray | None = None
    vocabulary: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()


def only_array(arrays: Mapping[str, AnyArray], names: tuple[str, ...], what: str) -> tuple[str, AnyArray]:
    """The array with one of the names (in any case), or the only one; raises `InputError` where it is not clear."""
    folded = {key.lower(): key for key in arrays}
    for name in names:
        if name in folded:
            return folded[name], arrays[folded[name]]
    if len(arrays) == 1:
        return next(iter(arrays.items()))
    found = ", ".join(f"{key!r} {value.shape}" for key, value in arrays.items()) or "nothing"
    raise InputError(f"the file of the {what} holds {found}; expected one array, or one called {' or '.join(names)}")


def finite_numbers(name: str, array: AnyArray) -> AnyArray:
    """Check that an array holds at least one number and only finite ones."""
    if array.size == 0:
        raise InputError(
            f"{name!r} is empty, its shape is {array.shape}; expected at least one step of at least one number"
        )
    if array.dtype.kind not in "fiub":
        raise InputError(f"{name!r} holds {array.dtype}; expected real numbers")
    where = first_non_finite(array)
    if where is not None:
        raise InputError(f"{name!r} has {array[where]} at {list(where)}; every number must be finite")
    return array


def target_from(request: DataRequest, shape: tuple[int, ...]) -> AnyArray | None:
    """The target of a target file, for data of T steps and B samples.

    Whole numbers (T,) or (T, B) are token ids where the loss can use them; everything else is rows.
    """
    if request.target is None:
        return None
    name, found = only_array(request.target, ("target", "targets", "y", "t"), "target")
    return shaped_target(name, found, request.wants_ids, shape)


def shaped_target(name: str, found: AnyArray, wants_ids: bool, shape: tuple[int, ...]) -> AnyArray:
    """A target as ids (T, B) or rows (T, B, K); `shape` starts with T, B."""
    steps, batch = shape[:2]
    array = finite_numbers(name, found)
    whole = array.dtype.kind in "iub" or bool(np.all(array == np.round(array)))
    column = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if (
        wants_ids
        and whole
        and column.shape in ((steps,), (steps, batch))
        and not (column.ndim == 2 and batch == 1 and steps == 1)
    ):
        ids = column.astype("int64")
        return ids[:, None] if ids.ndim == 1 else ids
    rows = array.astype("float64")
    if rows.ndim == 1:
        rows = rows[:, None]
    if rows.ndim == 2 and batch == 1:
        rows = rows[:, None, :]
    if rows.ndim == 2 and rows.shape == (steps, batch):
        rows = rows[:, :, None]
    if rows.ndim != 3 or rows.shape[:2] != (steps, batch):
        raise InputError(
            f"the target {name!r} has the shape {found.shape}; the inputs have T = {steps} steps of B = {batch}, "
            f"so rows ({steps}, {batch}, K) or token ids ({steps}, {batch}) are expected"
        )
    return rows


def agreed(name: str, wanted: int | None, found: int, where: str) -> int:
    """A size that the data have; raises `InputError` when another one is set."""
    if wanted is not None and wanted != found:
        raise InputError(
            f"{name} = {wanted} is set, and {where} has {name} = {found}; leave {name} out or change the data"
        )
    return found
