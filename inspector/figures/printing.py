"""A drawing as the bytes of a file: PNG, PDF, SVG, and its numbers as `.npz` and `.csv`. The same input, the same bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from inspector.figures.drawing import Drawing
from inspector.figures.request import FigureRequest
from inspector.figures.style import styled
from rnn.arrays import AnyArray
from rnn.container import encode
from rnn.errors import InputError

MOST_CSV = 2_000_000
"""Entries; a larger table of text would take gigabytes."""


def metadata_text(about: Mapping[str, Any]) -> str:
    """What is said inside a file, as JSON in ASCII."""
    return json.dumps(encode(about), sort_keys=True, allow_nan=False)


def _saved(drawing: Drawing, request: FigureRequest, kind: str, fields: dict[str, Any]) -> bytes:
    target = io.BytesIO()
    with styled(request.points):
        figure = drawing.draw()
        figure.savefig(target, format=kind, dpi=request.dpi, metadata=fields)
    return target.getvalue()


def png(drawing: Drawing, request: FigureRequest, about: Mapping[str, Any]) -> bytes:
    """A PNG with the metadata as the text `Description`, where there is any."""
    fields = {"Software": "bptt-inspector", **({"Description": metadata_text(about)} if about else {})}
    return _saved(drawing, request, "png", fields)


def pdf(drawing: Drawing, request: FigureRequest, about: Mapping[str, Any]) -> bytes:
    """A PDF with embedded fonts and the metadata as its subject; no dates."""
    fields = {
        "Creator": "bptt-inspector",
        "Subject": metadata_text(about),
        "CreationDate": None,
        "ModDate": None,
        "Producer": None,
    }
    return _saved(drawing, request, "pdf", fields)


def svg(drawing: Drawing, request: FigureRequest, about: Mapping[str, Any]) -> bytes:
    """An SVG with text that is text and the metadata as its description; no date, fixed names."""
    return _saved(
        drawing, request, "svg", {"Creator": "bptt-inspector", "Description": metadata_text(about), "Date": None}
    )


def npz(drawing: Drawing, request: FigureRequest, about: Mapping[str, Any]) -> bytes:
    """The numbers by name, and the metadata as the text `metadata`."""
    target = io.BytesIO()
    np.savez(target, allow_pickle=False, metadata=np.array(metadata_text(about)), **drawing.numbers)
    return target.getvalue()


def csv(drawing: Drawing, request: FigureRequest, about: Mapping[str, Any]) -> bytes:
    """A table with a row for every entry: its index, and every array of that shape; the metadata in comment lines.

    Arrays of another shape follow in tables of their own. All digits are there.

    Raises:
        InputError: too many entries.
    """
    entries = sum(array.size for array in drawing.numbers.values())
    if entries > MOST_CSV:
        raise InputError(f"{entries} numbers are too many for .csv; choose .npz, which holds any number of them")
    lines = [f"# {name}: {metadata_text({'': value})[5:-1]}" for name, value in sorted(about.items())]
    tables: dict[tuple[int, ...], dict[str, AnyArray]] = {}
    for name, array in drawing.numbers.items():
        tables.setdefault(array.shape, {})[name] = array
    for number, (shape, arrays) in enumerate(tables.items()):
        lines += ["#"] if number else []
        lines.append(",".join([*_axes(len(shape)), *arrays]))
        columns = [np.asarray(array).ravel().tolist() for array in arrays.values()]
        for index, values in zip(np.ndindex(shape), zip(*columns, strict=True), strict=True):
            lines.append(",".join([*map(str, index), *(_digits(value) for value in values)]))
    return ("\n".join(lines) + "\n").encode()


def _axes(count: int) -> tuple[str, ...]:
    return {0: (), 1: ("index",), 2: ("row", "column")}.get(count, tuple(f"axis_{axis}" for axis in range(count)))


def _digits(value: Any) -> str:
    return repr(value) if isinstance(value, (int, float)) else '"' + str(value).replace('"', '""') + '"'


Printer = Callable[[Drawing, FigureRequest, Mapping[str, Any]], bytes]

PRINTERS: dict[str, Printer] = {".png": png, ".pdf": pdf, ".svg": svg, ".npz": npz, ".csv": csv}
"""By suffix."""
