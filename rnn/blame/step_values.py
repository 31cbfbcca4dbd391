"""Everything that has a value at every step: gradients and records of all cells, what is made of them, and the output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ..arrays import FloatArray
from ..losses import IDS, LOSSES
from .cell_values import DERIVES, families
from .library import DATA, DERIVED, FORWARD, GRADIENT
from .packing import Packing, side_by_side_in
from .stacked_values import leaving
from .unit_values import Truth, UnitValues, Value, seen_by, units_of_truth

ON_THE_WAY = frozenset({"softmax(y) - target", "sigmoid(y) - target", "y - target"})
"""Values from the output that a backward pass makes; the others of `_of_output` belong to a forward pass."""


def per_step(truth: Truth, packing: Packing) -> Iterator[Value]:
    """All of it, in order of preference, where several are the same numbers."""
    problem, steps = truth.problem, truth.gradients.steps
    units = list(units_of_truth(truth))
    for u in units:
        for name in _gradient_names(u):
            if name in u.grads:
                yield Value(name + u.unit.suffix, GRADIENT, u.grads[name])
    for name in ("dy", "dx", "de"):
        if name in steps:
            yield Value(name, GRADIENT, steps[name])
    for u in units:
        yield from _states(u)
    yield Value("y", FORWARD, truth.trace.y)
    yield Value("x", DATA, problem.x)
    if problem.network.embedding:
        yield Value("e", FORWARD, truth.trace.steps["e"])
    with np.errstate(all="ignore"):
        for u in units:
            yield from _renamed(_of_unit(u, packing), u.unit.suffix)
        if problem.network.bidirectional:
            yield from _both_directions(truth, units)
        for name, value in _of_output(truth):
            yield Value(name, DERIVED if name in ON_THE_WAY else FORWARD, value)


def _renamed(values: Iterator[Value], suffix: str) -> Iterator[Value]:
    for one in values:
        yield Value(one.name + suffix, one.kind, one.value, one.letters) if suffix else one


def _gradient_names(u: UnitValues) -> tuple[str, ...]:
    """All that is tapped, the totals first."""
    return (
        "dh",
        "dc",
        *(name for name in u.cell.quantities if name not in ("dc", "dc_next")),
        "dh_next",
        "dc_next",
        "dh_out",
    )


def _states(u: UnitValues) -> Iterator[Value]:
    """States, those of the step before, and all other records."""
    for state in u.cell.carried:
        yield Value(state + u.unit.suffix, FORWARD, u.record[state])
        yield Value(f"the previous {state}{u.unit.suffix}", FORWARD, u.before[state])
    for name, value in u.record.items():
        if name not in u.cell.carried:
            yield Value(name + u.unit.suffix, FORWARD, value)


def _of_unit(u: UnitValues, packing: Packing) -> Iterator[Value]:
    """What people make in one cell, names without the suffix."""
    yield from DERIVES[_kind(u)](u)
    if u.cell.gates:
        known = {*u.record, *u.grads}
        for whole, single, kind, blocks in families(u):
            yield from _family(whole, single, kind, blocks, packing, known)
    yield from leaving(u, packing)


def _kind(u: UnitValues) -> str:
    """The cell's name in `DERIVES`."""
    if u.cell.gates:
        return "lstm" if "c" in u.cell.carried else "gru"
    return "leaky" if "n" in u.record else "rnn"


def _family(
    whole: str, single: str, kind: str, blocks: Mapping[str, FloatArray], packing: Packing, known: set[str]
) -> Iterator[Value]:
    """One gate's value each, and the gates side by side."""
    for gate, value in blocks.items():
        name = single.format(gate)
        if name and name not in known:
            yield Value(name, kind, value)
    for order in dict.fromkeys(one for group in _groups(packing) for one in packing.of(group)[:1]):
        if all(gate in blocks for gate in order):
            name = whole if len(order) == len(packing.orders[0]) else f"{whole} of {order}"
            yield Value(name, kind, side_by_side_in(order, blocks), order)


def _groups(packing: Packing) -> tuple[str, ...]:
    """All gates, and the sigmoids among them."""
    whole = packing.orders[0]
    return (whole, "".join(gate for gate in whole if gate not in "gn"))


def _both_directions(truth: Truth, units: list[UnitValues]) -> Iterator[Value]:
    """h of both directions side by side, and the gradient that arrives there."""
    network = truth.problem.network
    for layer in range(network.layers):
        yield Value(f"h of both directions .{layer}", FORWARD, seen_by(network, layer + 1, truth))
        own = [u for u in units if u.unit.layer == layer]
        own.sort(key=lambda u: u.unit.reverse)
        yield Value(
            f"dh_out of both directions .{layer}", GRADIENT, np.concatenate([u.grads["dh_out"] for u in own], -1)
        )


def _of_output(truth: Truth) -> Iterator[tuple[str, FloatArray]]:
    """What people make of the network's output."""
    problem, y = truth.problem, truth.trace.y
    if problem.network.output_layer:
        yield "h W_hy", seen_by(problem.network, problem.network.layers, truth) @ problem.parameters["W_hy"]
    shifted = np.exp(y - y.max(-1, keepdims=True))
    softmax = shifted / shifted.sum(-1, keepdims=True)
    yield "softmax(y)", softmax
    yield "exp(y)", np.exp(y)
    yield "exp(y - max)", shifted
    yield "log softmax(y)", np.log(softmax)
    yield "sigmoid(y)", 1 / (1 + np.exp(-y))
    target = problem.target
    rows = target
    if target.ndim == 2:
        rows = np.eye(problem.sizes["K"])[target]
        yield "softmax(y) - target", softmax - rows
    elif LOSSES[problem.loss].targets != IDS:
        yield "y - target", y - rows
        yield "softmax(y) - target", softmax - rows
        yield "sigmoid(y) - target", 1 / (1 + np.exp(-y)) - rows
    yield "target", np.asarray(rows, "float64")
