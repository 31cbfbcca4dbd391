"""Data from array files: .npy, .npz, .csv."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError
from ..weights.csv_table import read_table
from ..weights.regular_file import Beat, no_beat, opened
from .base import Data, DataRequest, finite_numbers, only_array, shaped_target, target_from


def _read_csv(path: Path, budget_bytes: int, beat: Beat) -> AnyArray:
    """A table of numbers: whole numbers where all are, as token ids are."""
    with opened(path, beat) as stream:
        table = read_table(stream, budget_bytes)
    whole = np.isfinite(table).all() and (table == np.round(table)).all()
    return table.astype("int64") if whole and np.abs(table).max() < 2**53 else table


def read_data_file(path: Path, budget_bytes: int, beat: Beat = no_beat) -> dict[str, AnyArray]:
    """Arrays of a data file by name; `.csv` and `.txt` are tables of numbers, all else is recognised by its content.

    Args: path, budget_bytes, beat: as in `rnn.weights.read_arrays`.

    Raises:
        InputError: what is wrong with the file, and where.
    """
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        return {path.stem: _read_csv(path, budget_bytes, beat)}
    from ..weights.files import read_arrays  # late: the window wants `SOURCES` alone, not every format's reader

    return read_arrays(path, budget_bytes, None, beat)


def _is_one_hot(x: AnyArray) -> bool:
    """Whether there is more than one column, and exactly one 1 in every row."""
    return x.ndim >= 2 and x.shape[-1] > 1 and bool(np.isin(x, (0, 1)).all() and (x.sum(-1) == 1).all())


def _one_hot(name: str, ids: AnyArray, width: int | None) -> AnyArray:
    """Rows of token ids (T,) or (T, B), as wide as is set or as the largest id asks for."""
    whole = ids == np.round(ids)
    if ids.ndim > 2 or not whole.all() or ids.min() < 0:
        raise InputError(
            f"{name!r} has the shape {ids.shape}; expected token ids, whole numbers from 0, (T,) or (T, B)"
        )
    most = int(ids.max()) + 1
    if width is not None and most > width:
        raise InputError(f"{name!r} has the token {most - 1}, and there are {width} tokens, 0 to {width - 1}")
    rows: AnyArray = np.eye(width or most)[ids.astype("int64")]
    return rows


def file(request: DataRequest) -> Data:
    """x (T,), (T, D) or (T, B, D) of the data file, and the target beside it or from a file of its own."""
    name, found = only_array(request.data or {}, ("x", "inputs", "input", "u"), "data")
    x = finite_numbers(name, found).astype("float64")
    if request.tokens and not _is_one_hot(x):
        x = _one_hot(name, x, request.inputs)
    if x.ndim == 1:
        x = x[:, None]
    if x.ndim == 2:
        x = x[:, None, :]
    if x.ndim != 3:
        raise InputError(f"{name!r} has the shape {found.shape}; expected inputs (T,), (T, D) or (T, B, D)")
    target = target_from(request, x.shape)
    if target is None and request.data is not None and len(request.data) > 1:
        beside = {key: value for key, value in request.data.items() if key != name}
        key = next((key for key in beside if key.lower() in ("target", "targets", "y", "t", "labels")), None)
        target = None if key is None else shaped_target(key, beside[key], request.wants_ids, x.shape)
    return Data(x.astype(request.dtype), target)
