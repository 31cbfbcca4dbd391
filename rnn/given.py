"""Gradients that were computed elsewhere and are only read: compared and explained like those of code, without running any."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import AnyArray
from .build import FileReader, build
from .cases import Case, CaseResult
from .checks import Progress
from .errors import InputError
from .inspection import inspect_gradients
from .problem import Problem
from .results import Inspection
from .settings import ProblemSettings
from .weights import match

PREFIX = re.compile(r"^(?:grads?[_./]?|d(?:L|cd|loss)?_?)(?=[A-Za-z])|[_./]?grads?$", re.IGNORECASE)
"""What is put before or behind a parameter's name to mean its gradient: `dWxh`, `grad_W_hh`, `weight_hh_l0.grad`."""


class _Given:
    """Answers for code that is not there: with the gradients that were read. Files are read by somebody else."""

    def __init__(self, values: Mapping[str, AnyArray], reader: FileReader) -> None:
        self._values, self._reader = values, reader
        self.list_weights, self.read_weights = reader.list_weights, reader.read_weights
        self.read_data, self.read_text = reader.read_data, reader.read_text

    def run(self, case: Case, problem: Problem) -> CaseResult:
        """The same gradients, whatever is asked."""
        return CaseResult(self._values, None)


def named_gradients(arrays: Mapping[str, AnyArray], problem: Problem, orientation: str = "") -> dict[str, AnyArray]:
    """Gradients of a file by our names, each in our layout.

    Args:
        arrays: of the file; `dW_hh`, `dh`, ... are taken as they are, other names are those of parameters with a `d` or `grad`
            before or behind. problem: that they belong to. orientation: of matrices, `in,out` or `out,in`, where nothing tells.

    Raises:
        InputError: nothing in the file is a gradient of the problem, or a matrix can be read in two ways.
    """
    ours = {f"d{name}" for name in (*problem.parameters, *problem.starts)} | set(problem.network.quantities())
    found = {name: value for name, value in arrays.items() if name in ours}
    rest = {PREFIX.sub("", key): value for key, value in arrays.items() if key not in ours and PREFIX.search(key)}
    missing = tuple(name for name in problem.parameters if f"d{name}" not in found)
    if rest and missing:
        sizes = {letter: problem.sizes.get(letter) for letter in "TBDHKV"}
        made = match(rest, missing, sizes, orientation, ())
        found |= {f"d{name}": value for name, value in made.parameters.items()}
    if not found:
        known = ", ".join(f"d{name}" for name in problem.parameters)
        raise InputError(
            f"no array of the file is a gradient of this problem; found {', '.join(arrays) or 'none'}, expected names like {known}"
        )
    return found


def inspect_given(
    path: Path, settings: ProblemSettings, reader: FileReader, progress: Progress | None = None
) -> Inspection:
    """Compare gradients of a file with JAX's.

    Args:
        path: `.npz` or `.safetensors`, arrays by name. settings: of the problem that they were computed on.
        reader: reads files. progress: as in `inspect_gradients`.

    Raises:
        InputError: the file can't be read, or holds no gradient of the problem.
    """
    problem = build(settings, reader)
    values = named_gradients(reader.read_weights(path), problem, settings.orientation)
    wide = {name: np.asarray(value, problem.dtype) for name, value in values.items()}
    declaration: dict[str, Any] = {"cell": problem.cell, "dtype": problem.dtype}
    case = Case(Path(path), Path(path).name, declaration, "")
    return inspect_gradients(problem, case, _Given(wide, reader), progress, blame=False, pure=False)
