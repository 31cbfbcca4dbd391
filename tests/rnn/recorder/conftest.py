"""Recordings that are closed again, and snippets that find their globals as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.recorder import Recording, record
from tests.rnn.recorder import snippets
from tests.rnn.recorder.lines import Recorder


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorder]:
    """Records a call; what it raises is the recording's business."""
    opened: list[Recording] = []

    def run(function: Callable[..., Any], *arguments: Any) -> Recording:
        opened.append(record(function, *arguments, path=tmp_path / f"{len(opened)}.rec").recording)
        return opened[-1]

    yield run
    for recording in opened:
        recording.close()


@pytest.fixture
def own_globals() -> Iterator[Callable[[], None]]:
    """Snippets change global arrays: every test begins with the same ones, and may have them renewed."""
    kept = {name: value for name, value in vars(snippets).items() if name.isupper()}

    def renew() -> None:
        vars(snippets).update(
            {name: value.copy() for name, value in kept.items() if isinstance(value, (np.ndarray, dict))}
        )
        vars(snippets)["TABLE"] = {"a": np.zeros(3), "b": np.ones(2)}

    renew()
    yield renew
    renew()
