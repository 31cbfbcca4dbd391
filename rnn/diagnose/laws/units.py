"""Laws of hidden units: their numbers mean nothing, and with an odd activation neither do their signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ...arrays import AnyArray, FloatArray, IntArray, base_of, freeze
from ...network import Network
from ...problem import Problem
from .ground import Ground, Sum, testable

OWN = "nothing is known of the units of a cell of your own"
ODD = ("tanh", "identity")
GATES = "iforz"
"""Gates that a sigmoid makes; what else a unit holds changes its sign with it."""


@dataclass(frozen=True, eq=False)
class Turn:
    """Hidden units of a network in another order, some with the other sign.

    Attributes:
        network: whose. orders, signs: by the suffix of layer and direction; new unit k is `signs[k]` times old `orders[k]`.
    """

    network: Network
    orders: Mapping[str, IntArray]
    signs: Mapping[str, FloatArray]

    def _side_by_side(self, layer: int) -> tuple[IntArray, FloatArray]:
        """Of what the layer above a layer, or the output layer, reads."""
        own = [unit.suffix for unit in self.network.units if unit.layer == layer]
        size = len(self.orders[own[0]])
        orders = np.concatenate([k * size + self.orders[suffix] for k, suffix in enumerate(own)])
        return orders, np.concatenate([self.signs[suffix] for suffix in own])

    def _blocks(self, suffix: str) -> tuple[IntArray, FloatArray]:
        """Of all gates side by side."""
        order, sign = self.orders[suffix], self.signs[suffix]
        gates = self.network.cell_object.gates or ("",)
        signs = [np.ones_like(sign) if gate and gate in GATES else sign for gate in gates]
        return np.concatenate([k * len(order) + order for k in range(len(gates))]), np.concatenate(signs)

    def parameter(self, name: str, value: AnyArray) -> AnyArray:
        """A parameter, or its gradient, of the turned network."""
        base, suffix = base_of(name.removeprefix("d"))
        if base == "W_hy":
            return _turned(value, 0, self._side_by_side(self.network.layers - 1))
        if base in ("b_y", "W_e"):
            return value
        if base.startswith("p_"):
            return _turned(value, 0, (self.orders[suffix], self.signs[suffix]))
        layer = next(unit.layer for unit in self.network.units if unit.suffix == suffix)
        if base == "W_hh":
            value = _turned(value, 0, (self.orders[suffix], self.signs[suffix]))
        elif base == "W_xh" and layer:
            value = _turned(value, 0, self._side_by_side(layer - 1))
        return _turned(value, -1, self._blocks(suffix))

    def quantity(self, name: str, value: AnyArray) -> AnyArray:
        """Anything else: a state, an array per step, or its gradient."""
        base, suffix = base_of(name)
        plain = base.removeprefix("d").removeprefix("a_")
        if plain in ("x", "e"):
            return value
        if plain in ("y", "target"):
            top = self._side_by_side(self.network.layers - 1)
            return value if self.network.output_layer else _turned(value, -1, top)
        sign = self.signs[suffix]
        return _turned(value, -1, (self.orders[suffix], np.ones_like(sign) if plain in tuple(GATES) else sign))

    def problem(self, problem: Problem) -> Problem:
        """The problem with the units turned."""
        target = problem.target if problem.target.ndim == 2 else self.quantity("target", problem.target)
        return replace(
            problem,
            parameters={name: freeze(self.parameter(name, value)) for name, value in problem.parameters.items()},
            starts={name: freeze(self.quantity(name[0] + name[2:], value)) for name, value in problem.starts.items()},
            target=freeze(target),
        )


def _turned(value: AnyArray, axis: int, turn: tuple[IntArray, FloatArray]) -> AnyArray:
    order, sign = turn
    moved = value.take(order, axis)
    shape = [1] * value.ndim
    shape[axis] = len(sign)
    return np.asarray(moved * sign.reshape(shape).astype(value.dtype))


def _same_after(ground: Ground, turn: Turn) -> Iterator[Sum]:
    for name, (before, after) in ground.gradients(ground.problem, turn.problem(ground.problem)):
        own = name[1:] in ground.problem.parameters
        plain = name if own or base_of(name)[0] not in ("dh0", "dc0") else "d" + name[1] + name[3:]
        if before.shape == after.shape:
            yield Sum(name, (turn.parameter(name, before) if own else turn.quantity(plain, before), -after))


def renamed(ground: Ground) -> Iterator[Sum]:
    """The same units in another order give the same gradients in that order."""
    problem, size = ground.problem, ground.problem.sizes["H"]
    testable(problem.cell != "own", OWN)
    testable(size > 1, "there is one hidden unit")
    if not problem.network.output_layer:
        testable(problem.target.ndim == 3, "without an output layer the units are the classes")
    suffixes = [unit.suffix for unit in problem.network.units]
    orders = {suffix: np.roll(np.arange(size), 1 + k % (size - 1)) for k, suffix in enumerate(suffixes)}
    yield from _same_after(ground, Turn(problem.network, orders, {suffix: np.ones(size) for suffix in suffixes}))


def turned(ground: Ground) -> Iterator[Sum]:
    """A unit with all its weights negative gives the same gradients, negative; that is so because f(-a) = -f(a)."""
    problem, size = ground.problem, ground.problem.sizes["H"]
    testable(problem.cell != "own", OWN)
    testable(problem.activation in ODD, f"{problem.activation} is no odd function")
    if not problem.network.output_layer:
        testable(ground.squared, "without an output layer the loss sees the sign of a unit")
    suffixes = [unit.suffix for unit in problem.network.units]
    signs = {suffix: np.where((np.arange(size) + k) % 2, 1.0, -1.0) for k, suffix in enumerate(suffixes)}
    yield from _same_after(ground, Turn(problem.network, {suffix: np.arange(size) for suffix in suffixes}, signs))
