"""One real case for all figures: checked, itemised and recorded once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.assets import examples
from inspector.exports import gathered
from inspector.figures.drawing import Source
from inspector.figures.request import FigureRequest
from rnn.cases import read_case
from rnn.inspection import inspect_gradients
from rnn.jobs import JobRunner

NAME = "question-2014"


def silent(text: str, fraction: float | None) -> None:
    """Hears nothing."""


@pytest.fixture(scope="package")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    """The result of an example, with everything that any kind of figure needs."""
    case = read_case(Path(examples()[NAME]))
    with JobRunner() as runner:
        whole = Source(inspect_gradients(None, case, runner, blame=False))
        with gathered(whole, FigureRequest("made"), case, runner, silent) as whole:
            with gathered(whole, FigureRequest("itemised"), case, runner, silent) as whole:
                with gathered(whole, FigureRequest("step"), case, runner, silent) as whole:
                    yield whole
