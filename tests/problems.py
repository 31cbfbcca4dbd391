"""Problems for tests, made without files, jobs or settings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnn import oracle
from rnn.arrays import AnyArray
from rnn.compare import Comparison, Sides, compare
from rnn.handwritten import run_by_hand
from rnn.losses import LOSSES, ROWS
from rnn.network import Network
from rnn.noise import measure
from rnn.problem import Problem, check
from rnn.settings import ProblemSettings

ODD_SIZES = [(1, 1, 1, 1, 1), (1, 3, 2, 4, 5), (2, 1, 3, 2, 4), (7, 3, 4, 6, 5), (9, 2, 1, 3, 1), (5, 4, 5, 1, 2)]


VOCABULARY = 6


def make_problem(
    network: Network,
    sizes: tuple[int, int, int, int, int] = (7, 3, 4, 6, 5),
    *,
    dtype: str = "float64",
    scale: float = 0.6,
    seed: int = 0,
    biases: bool = True,
    ids: bool = False,
    zero_h0: bool = False,
    counted: str = "all",
) -> Problem:
    steps, batch, inputs, hidden, outputs = sizes
    outputs = outputs if network.output_layer else hidden * network.directions
    rng = np.random.default_rng(seed)
    shapes = network.parameter_shapes({"D": inputs, "H": hidden, "K": outputs, "V": VOCABULARY}, biases)
    target: AnyArray = rng.random((steps, batch, outputs))
    if ids and LOSSES[network.loss].targets != ROWS:
        target = rng.integers(0, outputs, (steps, batch))
    weights = np.ones((steps, batch))
    if counted == "last":
        weights[:-1] = 0
    if counted == "mask":
        weights = (rng.random((steps, batch)) < 0.5).astype(float)
        weights[0, 0] = 1
    parameters = {name: rng.normal(0, scale, shape) for name, shape in shapes.items()}
    shape = (batch, hidden)
    starts = {name: np.zeros(shape) if zero_h0 else rng.normal(size=shape) for name in network.start_names()}
    x = rng.normal(size=(steps, batch, inputs))
    if network.embedding:
        x = np.eye(VOCABULARY)[rng.integers(0, VOCABULARY, (steps, batch))]
    problem = Problem(network, parameters, x, starts, target, weights, "float64", ProblemSettings())
    return check(problem.cast(dtype))


def compare_by_hand(problem: Problem, changed: Mapping[str, AnyArray] | None = None) -> Comparison:
    """The built-in BPTT against JAX, with some of its results replaced."""
    hand = {**run_by_hand(problem)[1].named(), **(changed or {})}
    sides = Sides(hand, oracle.reference(problem)[1].named(), measure(problem), problem.sizes)
    names = [f"d{name}" for name in problem.network.parameter_shapes(problem.sizes, biases=True)]
    return compare(sides, problem.network.quantities(), names)
