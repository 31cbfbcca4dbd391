"""Small results for figures: of any two matrices."""

from __future__ import annotations

import platform

import numpy as np

from rnn.arrays import AnyArray
from rnn.container import MemoryArrays
from rnn.results import Inspection, QuantityReport
from rnn.settings import ProblemSettings

RNG = np.random.default_rng(0)
HAND = RNG.normal(size=(6, 4))
REFERENCE = HAND + 1e-9 * RNG.normal(size=(6, 4))


def result_of(
    hand: AnyArray = HAND, reference: AnyArray = REFERENCE, name: str = "dW_xh", floor: float = 1e-16
) -> Inspection:
    """A result of one parameter, as a check of `my case` would give it."""
    report = QuantityReport(name, "parameter", hand.shape, hand.shape, "differs", floor=floor, ratio=9.0)
    rows, columns = (1, hand.size) if hand.ndim == 1 else hand.shape
    return Inspection(
        verdict="differ", headline="It differs.", case="my case",
        problem={"cell": "rnn", "T": 8, "B": 3, "D": rows, "H": columns, "K": 5, "seed": 3, "dtype": str(hand.dtype)},
        settings=ProblemSettings(seed=3).to_json(), parameters=(report,), intermediates=(), first_divergence=None,
        arrays=MemoryArrays({f"hand/{name}": hand, f"reference/{name}": reference}),
        versions={"python": platform.python_version(), "numpy": np.__version__},
    )  # fmt: skip
