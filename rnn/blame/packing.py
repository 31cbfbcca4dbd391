"""How the user's code packs gates and stacks x and h: in which orders, read off the weights that a recording holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import FloatArray, base_of
from ..network import Network
from ..problem import Problem
from ..recorder.expressions import Unreadable
from ..recorder.format import ARRAY, view_of
from .flow import Flow

STACKS = ("xh", "hx", "1xh", "1hx", "xh1", "hx1")
"""Orders of the rows of one matrix that acts on x, h and, for the bias, 1."""

STEMS = {"W_xh": "W_x", "W_hh": "W_h", "b_h": "b_", "b_xh": "b_x", "b_hh": "b_h"}
"""What stands before the letters of gates in the name of a parameter that holds only theirs."""

SUBSETS = {"lstm": ("ifo",), "gru": ("rz",)}
"""Gates that people pack without the others, by cell."""

Named = tuple[str, FloatArray, str]
"""A name, an array, and the letters of the gates whose blocks its last axis holds, in order; empty for one block."""


@dataclass(frozen=True)
class Packing:
    """What is in use.

    Attributes:
        orders: of the gates, the surest first; at least one for a cell with gates, none for others.
        stacks: of rows, see `STACKS`; none where x and h have matrices of their own.
    """

    orders: tuple[str, ...] = ()
    stacks: tuple[str, ...] = ()

    def of(self, letters: str) -> tuple[str, ...]:
        """The orders of some of the gates, each once."""
        return tuple(dict.fromkeys("".join(k for k in order if k in letters) for order in self.orders))

    def groups(self, network: Network) -> tuple[str, ...]:
        """Gates that one array may hold, in the surest order: all, and those that people pack without the others."""
        if not self.orders:
            return ()
        return tuple(self.of(letters)[0] for letters in (self.orders[0], *SUBSETS.get(network.cell, ())))


def plain_packing(network: Network) -> Packing:
    """The program's own order, nothing stacked."""
    gates = "".join(network.cell_object.gates)
    return Packing((gates,) if gates else ())


def side_by_side_in(order: str, blocks: Mapping[str, FloatArray]) -> FloatArray:
    """Blocks by gate, along the last axis."""
    return np.concatenate([blocks[gate] for gate in order], axis=-1)


def assembled(network: Network, packing: Packing, arrays: Mapping[str, FloatArray]) -> Iterator[Named]:
    """What the user's code may call a parameter, from our parameters (or their gradients, with any axes before).

    Whole in the user's order, one gate's alone, and x and h in one matrix: `W_xh`, `W_xi`, `W_xifo`, `W`, `W_i`.
    """
    gates = "".join(network.cell_object.gates)
    for name, value in arrays.items():
        base, suffix = base_of(name)
        if base not in STEMS or not gates:
            yield name, value, ""
            continue
        blocks = dict(zip(gates, np.split(value, len(gates), axis=-1), strict=True))
        yield from _packed(network, packing, blocks, name, STEMS[base], suffix)
    for stack in packing.stacks:
        for unit in network.units:
            own = {name: arrays.get(name + unit.suffix) for name in ("W_xh", "W_hh", "b_h")}
            yield from _stacked(network, packing, own, stack, unit.suffix)


def _packed(
    network: Network, packing: Packing, blocks: Mapping[str, FloatArray], name: str, stem: str, suffix: str
) -> Iterator[Named]:
    for number, order in enumerate(packing.groups(network)):
        if all(gate in blocks for gate in order):
            called = name if not number else stem + order + suffix
            yield called, side_by_side_in(order, blocks), order
    for gate, block in blocks.items():
        yield stem + gate + suffix, block, ""


def _stacked(
    network: Network, packing: Packing, own: Mapping[str, FloatArray | None], stack: str, suffix: str
) -> Iterator[Named]:
    parts = {"x": own["W_xh"], "h": own["W_hh"], "1": own["b_h"]}
    rows = []
    for letter in stack:
        part = parts[letter]
        if part is None:
            return
        rows.append(part[..., None, :] if letter == "1" else part)
    whole, gates = np.concatenate(rows, axis=-2), "".join(network.cell_object.gates)
    if not gates:
        yield "W" + suffix, whole, ""
        return
    blocks = dict(zip(gates, np.split(whole, len(gates), axis=-1), strict=True))
    if dict(network.options).get("reset") == "after":
        del blocks["n"]  # its two deltas differ, so that it has no such gradient
    yield from _packed(network, packing, blocks, "W" + suffix, "W_", suffix)


def packing_of(flow: Flow, problem: Problem) -> Packing:
    """How the code of a recording packs, from all arrays of the size of some weights; what is plain where none tells."""
    network, seen = problem.network, list(_weights_like(flow, problem))
    plain = plain_packing(network)
    orders: dict[str, int] = {}
    stacks: dict[str, int] = {}
    for step, value in seen:
        for stack, rows in _forms(problem):
            order = _order(value, rows, plain)
            if order is None:
                continue
            if order:
                orders[order] = max(step, orders.get(order, -1))
            if stack:
                stacks[stack] = max(step, stacks.get(stack, -1))
    latest = tuple(sorted(orders, key=lambda order: -orders[order]))
    return Packing(latest or plain.orders, tuple(sorted(stacks, key=lambda stack: -stacks[stack])))


def _forms(problem: Problem) -> Iterator[tuple[str, dict[str, FloatArray]]]:
    """Every matrix and bias that there may be, by stack, as blocks by gate (one block `-` without gates)."""
    gates = problem.network.cell_object.gates or ("-",)

    def blocks(value: FloatArray) -> dict[str, FloatArray]:
        return dict(zip(gates, np.split(value, len(gates), axis=-1), strict=True))

    for unit in problem.network.units:
        own = unit.own(problem.parameters)
        if len(gates) > 1:
            yield from (("", blocks(own[name])) for name in STEMS if name in own)
        parts = {"x": own["W_xh"], "h": own["W_hh"]} | ({"1": own["b_h"][None]} if "b_h" in own else {})
        for stack in STACKS:
            if set(stack) <= set(parts):
                yield stack, blocks(np.concatenate([parts[letter] for letter in stack]))


def _weights_like(flow: Flow, problem: Problem) -> Iterator[tuple[int, Any]]:
    """The step and the first value of every array as large as a matrix, or a part of one, could be."""
    recording, hidden = flow.recording, problem.sizes["H"]
    seen: set[tuple[int, int]] = set()
    for owner, key, _ in flow.memory.array_slots():
        rows = recording.binding_rows(owner, key)
        row = next(row for row in rows if row["kind"] == ARRAY)
        view = view_of(row["payload"])
        shape = tuple(n for n in recording.tables.layouts[view[1]].shape if n != 1)
        if view in seen or len(shape) > 3 or not shape or not any(n % hidden == 0 for n in shape):
            continue
        seen.add(view)
        try:
            yield int(row["step"]), flow.value(row, int(row["step"])).reshape(shape)
        except Unreadable:
            continue


def _order(value: Any, rows: Mapping[str, FloatArray], plain: Packing) -> str | None:
    """The order of the gates in which an array holds these blocks; empty for one block; None where it does not."""
    first = next(iter(rows.values()))
    for turned in (value, value.T) if value.ndim == 2 else (value,):
        blocks = _cut(turned, first.shape)
        letters = [next((k for k, one in rows.items() if np.array_equal(one, block)), "") for block in blocks]
        if letters and all(letters) and len(set(letters)) == len(letters):
            if len(letters) == 1:
                return ""
            missing = [k for order in plain.orders for k in order if k not in letters]
            return "".join([*letters, *missing])
    return None


def _cut(value: Any, shape: tuple[int, ...]) -> Sequence[Any]:
    """An array as blocks of a shape: side by side, or along a first axis of its own; nothing where it does not fit."""
    if value.ndim == len(shape) + 1 and value.shape[1:] == shape:
        return list(value)
    if value.ndim == len(shape) + 1 and value.ndim == 3 and value.shape[1:] == shape[::-1]:
        return [part.T for part in value]
    if value.ndim == len(shape) and value.shape[:-1] == shape[:-1] and value.shape[-1] % shape[-1] == 0:
        return np.split(value, value.shape[-1] // shape[-1], axis=-1)
    return ()
