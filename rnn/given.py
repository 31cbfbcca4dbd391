"""Gradients that were computed elsewhere and are only read: compared and explained like those of code, without running any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import AnyArray
from .build import build
from .cases import Case, CaseResult
from .checks import Progress
from .compare import factor_name
from .errors import InputError
from .filed.naming import named_gradients
from .filed.relations import relation
from .filed.rounding import precision_of
from .inspection import inspect_gradients
from .problem import Problem
from .problem_files import FileReader
from .results import Inspection, QuantityReport
from .settings import ProblemSettings
from .units import rms
from .verdict import LIMIT
from .weights.base import shown

ROUNDING = 2.0**-50
"""Where no noise was measured, as two shapes differ: a difference of less than this share is none."""


class _Given:
    """Answers for code that is not there: with the gradients that were read. Files are read by somebody else."""

    def __init__(self, values: Mapping[str, AnyArray], reader: FileReader) -> None:
        self._values, self._reader = values, reader
        self.list_weights, self.read_weights = reader.list_weights, reader.read_weights
        self.read_data, self.read_text = reader.read_data, reader.read_text

    def run(self, case: Case, problem: Problem) -> CaseResult:
        """The same gradients, whatever is asked."""
        return CaseResult(self._values, None)


def precision_of_file(values: Mapping[str, AnyArray], arrays: Mapping[str, AnyArray], kinds: Mapping[str, str]) -> str:
    """`float64` or `float32`: what the gradients of a file were computed in, told by their types and bits.

    Args:
        values: the gradients that are compared. arrays: all of the file. kinds: their types as stored, by name.

    Raises:
        InputError: they are of half precision, in which nothing can be judged.
    """
    coarse = sorted({kind for name, kind in kinds.items() if name in arrays and kind in ("float16", "bfloat16")})
    if coarse:
        raise InputError(
            f"the gradients are stored as {coarse[0]}, whose rounding would hide mistakes; save them as float32 or float64"
        )
    found = {precision_of(value, str(value.dtype)) for value in values.values() if np.any(value)}
    return "float32" if "float32" in found else "float64"


def inspect_given(
    path: Path,
    settings: ProblemSettings,
    reader: FileReader,
    progress: Progress | None = None,
    quantities: Sequence[str] = (),
) -> Inspection:
    """Compare gradients of a file with JAX's.

    Args:
        path: of any format that weights are read from, arrays by name. settings: of the problem that they were computed on.
        reader: reads files. progress: as in `inspect_gradients`. quantities: only these; empty takes all that the file has.

    Raises:
        InputError: the file can't be read, or holds no gradient of the problem.
    """
    arrays = reader.read_weights(path)
    kinds = {name: entry.dtype for name, entry in reader.list_weights(path).entries.items()}
    problem = build(settings, reader)
    found = named_gradients(arrays, problem, settings.orientation)
    if problem.dtype == "float64" and precision_of_file(found.values, arrays, kinds) == "float32":
        problem = build(replace(settings, dtype="float32"), reader)
        found.notes.append(
            "the gradients are of float32, so they are judged in float32, on weights and data rounded to it"
        )
    missing = [name for name in quantities if name not in found.values]
    if missing:
        raise InputError(f"{missing[0]!r} is not among the gradients of the file, which are {', '.join(found.values)}")
    wide = {
        name: np.asarray(value, problem.dtype)
        for name, value in found.values.items()
        if not quantities or name in quantities
    }
    declaration: dict[str, Any] = {"cell": problem.cell, "dtype": problem.dtype}
    case = Case(Path(path), Path(path).name, declaration, "")
    result = inspect_gradients(problem, case, _Given(wide, reader), progress, blame=False, pure=False)
    extra = [f"not used from {path.name}: {', '.join(map(shown, found.unused[:6]))}"] if found.unused else []
    notes = (*result.notes, *found.notes, *extra)
    parameters = tuple(_with_relation(one, result) for one in result.parameters)
    return replace(result, parameters=parameters, notes=notes, labels=(path.name, "JAX"))


def _with_relation(report: QuantityReport, result: Inspection) -> QuantityReport:
    """A report that names what is proved of a wrong gradient: that it is the right one in another order, or transposed."""
    if report.verdict not in ("differs", "shape") or report.note.endswith("transposed"):
        return report
    hand, right = (result.arrays.read(side) for side in result.sides(report.name))
    floor = report.floor if report.verdict == "differs" else ROUNDING * float(rms(right))

    def same(one: AnyArray, other: AnyArray) -> bool:
        return bool(rms(one - other) <= LIMIT * floor)

    found = relation(hand, right, same)
    if found is None or not found.words:
        return report
    sizes = {letter: int(result.problem[letter]) for letter in "TBK"}
    name = factor_name(found.factor, sizes)
    factor = "" if found.factor == 1.0 else f", {found.factor:.6g} times JAX's" + (f" ({name})" if name else "")
    said = f"{found.words}{factor}: with that it agrees"
    return replace(report, note=f"{report.note}; {said}" if report.note else said)
