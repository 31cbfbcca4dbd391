"""Results in files: an index and arrays, which are read when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from .container import ContainerReader, MemoryArrays
from .container_writer import ContainerWriter
from .errors import InputError
from .results import FirstDivergence, Inspection, QuantityReport


def save_inspection(inspection: Inspection, path: Path) -> None:
    """Write a result and its arrays into one file; raises `InputError` where that is not possible."""
    summary = {field: value for field, value in vars(inspection).items() if field != "arrays"}
    summary["parameters"] = [asdict(report) for report in inspection.parameters]
    summary["intermediates"] = [asdict(report) for report in inspection.intermediates]
    summary["forward"] = [asdict(report) for report in inspection.forward]
    first = inspection.first_divergence
    summary["first_divergence"] = None if first is None else asdict(first)
    for field in ("problem", "settings", "versions"):
        summary[field] = dict(summary[field])
    with ContainerWriter(Path(path)) as writer:
        for name in inspection.arrays.names():
            writer.add(name, inspection.arrays.read(name))
        writer.finish({"kind": "inspection", "inspection": summary})


def load_inspection(path: Path) -> Inspection:
    """Open a result file, or the result of a session; arrays are read when they are asked for.

    Raises:
        InputError: not a result file, damaged, or of a newer version.
    """
    reader = ContainerReader(Path(path))
    index: dict[str, Any] = dict(reader.index)
    if index.get("kind") == "session":
        reader.close()
        return _of_session(Path(path))
    if index.get("kind") != "inspection":
        raise InputError(f"{path} holds {index.get('kind', 'something unknown')!r}, expected the result of a check")
    try:
        summary = dict(index["inspection"])
        first = summary.pop("first_divergence")
        for kind in ("parameters", "intermediates", "forward"):
            summary[kind] = tuple(_report_from(values) for values in summary.get(kind, ()))
        divergence = None if first is None else FirstDivergence(first["quantity"], first["t"], tuple(first["index"]))
        for field in ("notes", "findings", "checks", "labels"):
            summary[field] = tuple(summary.get(field, ()))
        return Inspection(**summary, first_divergence=divergence, arrays=reader)
    except (KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: its index lacks or misnames {error}; make the result again") from error


def load_whole(path: Path) -> Inspection:
    """As `load_inspection`, with all arrays in memory, so that the file may go."""
    result = load_inspection(path)
    arrays = MemoryArrays({name: result.arrays.read(name) for name in result.arrays.names()})
    close = getattr(result.arrays, "close", None)
    if close is not None:
        close()
    return replace(result, arrays=arrays)


def _of_session(path: Path) -> Inspection:
    """The result that a session shows."""
    from .sessions import load_session

    kept = load_session(path).result
    if kept is None:
        raise InputError(f"{path} is a session without a result; open it, and run it")
    return load_inspection(Path(kept.file))


def _report_from(values: Mapping[str, Any]) -> QuantityReport:
    tuples = {name: tuple(values[name]) for name in ("shape", "hand_shape")}
    worst = values["worst_index"]
    return QuantityReport(**{**values, **tuples, "worst_index": None if worst is None else tuple(worst)})
