"""Small programs on which edits are tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rnn.arrays import AnyArray
from rnn.cases import Case, read_case
from rnn.cases.edited import Candidate, SourceEdit
from rnn.jobs import Trier
from rnn.network import Network
from rnn.problem import Problem
from tests.problems import make_problem

NETWORK = Network("rnn", "tanh", "half_squared_error", True)

HEAD = """import os, sys
import numpy as np
CASE = dict()
"""


def write(folder: Path, files: Mapping[str, str]) -> Case:
    """Write files; the first one is the case."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_case(folder / next(iter(files)))


def twice(problem: Problem) -> dict[str, AnyArray]:
    """What the small programs shall compute: nothing that a network does, so that a test needs no network."""
    return {"dW_hh": problem.parameters["W_hh"] * 2}


@contextmanager
def trying(
    case: Case, truths: list[Mapping[str, AnyArray]] | None = None, problems: list[Problem] | None = None, **more: Any
) -> Iterator[Trier]:
    """A trier of a case on a problem."""
    made = problems or [make_problem(NETWORK)]
    with Trier(case, made, truths or [twice(one) for one in made], **more) as found:
        yield found


def edit(trier: Trier, was: str, now: str, name: str = "") -> SourceEdit:
    """The edit that replaces the only place where some text stands."""
    (file,) = (one for one in trier.sources if Path(one).name == name or (not name and was in trier.sources[one]))
    assert trier.sources[file].count(was) == 1
    start = trier.sources[file].index(was)
    return SourceEdit(file, start, start + len(was), now)


def one(trier: Trier, was: str, now: str, name: str = "") -> Candidate:
    """A candidate of one such edit."""
    return (edit(trier, was, now, name),)
