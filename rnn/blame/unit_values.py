"""What one cell of a network holds at every step: its records and gradients, the states before, what it sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import FloatArray, Gradients, Trace
from ..cells import AbstractCell
from ..cells.activations import ACTIVATIONS
from ..network import Network
from ..problem import Problem
from ..stacking import Unit, concatenated, flipped


@dataclass(frozen=True, eq=False)
class Truth:
    """What a problem's right values are made from: the problem, the oracle's trace and gradients."""

    problem: Problem
    trace: Trace
    gradients: Gradients


@dataclass(frozen=True, eq=False)
class Value:
    """Something that has a value at every step.

    Attributes:
        name: of it. kind: see `library`. value: (T, B, n). letters: gates whose blocks the last axis holds, in order.
    """

    name: str
    kind: str
    value: FloatArray
    letters: str = ""


@dataclass(frozen=True, eq=False)
class UnitValues:
    """One cell of a network, everything by its name without the suffix.

    Attributes:
        unit, cell: which one. params, record, grads: its own arrays. before: states of the step before, (T, B, H).
        seen: its input (T, B, n). options: of the cell.
    """

    unit: Unit
    cell: AbstractCell
    params: Mapping[str, FloatArray]
    record: Mapping[str, FloatArray]
    grads: Mapping[str, FloatArray]
    before: Mapping[str, FloatArray]
    seen: FloatArray
    options: Mapping[str, Any]

    @property
    def hidden(self) -> int:
        """H."""
        return int(self.record["h"].shape[-1])

    def slope(self, a: FloatArray, value: FloatArray) -> FloatArray:
        """f'(a) of the cell's activation."""
        return ACTIVATIONS[self.cell.activation].slope(a, value)

    def block(self, name: str, gate: str) -> FloatArray:
        """A gate's block of a parameter."""
        k, n = self.cell.gates.index(gate), self.hidden
        return self.params[name][..., k * n : (k + 1) * n]


def units_of_truth(truth: Truth) -> Iterator[UnitValues]:
    """All cells, the top layer first, as the backward pass meets them."""
    problem, network = truth.problem, truth.problem.network
    for unit in reversed(network.units):
        record = unit.own(truth.trace.steps)
        before = {
            name: shifted(problem.starts[f"{name}0{unit.suffix}"], record[name], unit.reverse)
            for name in network.cell_object.carried
        }
        yield UnitValues(
            unit,
            network.cell_object,
            unit.own(problem.parameters),
            record,
            unit.own(truth.gradients.steps),
            before,
            seen_by(network, unit.layer, truth),
            dict(network.options),
        )


def shifted(start: FloatArray, values: FloatArray, turned: bool) -> FloatArray:
    """States of the step before, (T, B, H)."""
    rows = flipped(values, turned)
    found: FloatArray = flipped(np.concatenate([start[None], rows[:-1]]), turned)
    return found


def seen_by(network: Network, layer: int, truth: Truth) -> FloatArray:
    """What a layer sees (T, B, n); above the last one, what the output layer does."""
    steps = truth.trace.steps
    if layer == 0:
        return steps["e"] if network.embedding else truth.problem.x
    below = [unit for unit in network.units if unit.layer == layer - 1]
    found: FloatArray = concatenated([steps["h" + unit.suffix] for unit in below], np)
    return found


Derive = Callable[[UnitValues], Iterator[Value]]
"""Values that people make on the way in a cell of one kind."""
