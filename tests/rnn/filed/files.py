"""Networks whose gradients are put into files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rnn.build import build
from rnn.handwritten import run_by_hand
from rnn.problem import Problem
from rnn.settings import ProblemSettings


def problem(**settings: Any) -> Problem:
    """A problem of the program's own network, on numbers that float32 holds exactly."""
    return build(ProblemSettings(**settings), None).cast("float32").cast("float64")


def gradients(one: Problem, steps: bool = False) -> dict[str, Any]:
    """The right gradients of a problem, by name; with `steps` also those of every step."""
    found = run_by_hand(one)[1]
    return {**found.parameters, **({"dh": found.steps["dh"], "da": found.steps["da"]} if steps else {})}


def written(folder: Path, name: str, arrays: Mapping[str, Any]) -> Path:
    """A `.npz` of these arrays."""
    path = folder / name
    np.savez(path, **arrays)
    return path
