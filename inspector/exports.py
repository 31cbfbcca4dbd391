"""What a figure is drawn from: files that hold a result, and what has to be made first."""

from __future__ import annotations

from pathlib import Path

from inspector.figures.drawing import Source
from rnn.container import MAGIC
from rnn.inspection import load_inspection
from rnn.results import Inspection


def is_container(path: str | None) -> bool:
    """Whether a path is that of a file of the program's own: a result, a recording, an itemised matrix."""
    if path is None or not Path(path).is_file():
        return False
    with Path(path).open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


def open_or_none(case: str | None) -> Inspection | None:
    """The result that a path holds, or None where it is no result file."""
    return load_inspection(Path(case)) if case is not None and is_container(case) else None


def source_or_none(case: str | None) -> Source | None:
    """What a path holds that figures are drawn from, or None where it is a case."""
    result = open_or_none(case)
    return None if result is None else Source(result, given=case or "")
