"""Gradients that leave a cell through its weights, gate by gate, and x and h in one array: for every step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ..arrays import FloatArray
from ..stacking import flipped
from .cell_values import subset_sums
from .library import DATA, GRADIENT, STAGE
from .packing import Packing
from .unit_values import UnitValues, Value


def _deltas(u: UnitValues, side: str) -> dict[str, FloatArray]:
    """The gates' deltas that go back through W_xh (`x`) or W_hh (`h`)."""
    if not u.cell.gates:
        return {"": u.grads["da"]}
    found = {gate: u.grads[f"da_{gate}"] for gate in u.cell.gates}
    return found | {"n": u.grads["da_hn"]} if side == "h" and "da_hn" in u.grads else found


def _through(u: UnitValues, side: str) -> dict[str, FloatArray]:
    name = "W_xh" if side == "x" else "W_hh"
    weights = {gate: u.block(name, gate) if gate else u.params[name] for gate in _deltas(u, side)}
    return {gate: delta @ weights[gate].T for gate, delta in _deltas(u, side).items()}


def leaving(u: UnitValues, packing: Packing) -> Iterator[Value]:
    """da W^T of every gate, of several and of all; with stacked inputs the same for [x, h]."""
    through = {side: _through(u, side) for side in "xh"}
    if u.cell.gates:
        for side, name, goal in (("x", "W_x", "dx"), ("h", "W_h", "dh_next")):
            parts = list(through[side].values())
            for gate, part in through[side].items():
                yield Value(f"da_{gate} {name}{gate}^T", GRADIENT, part)
            yield from subset_sums(goal, parts)
    if u.unit.suffix:
        parts = list(through["x"].values())
        yield Value("da W_xh^T", GRADIENT, sum(parts[1:], parts[0]))
    elif u.options.get("reset") == "after":
        parts = list(through["h"].values())
        yield Value("da W_hh^T", GRADIENT, sum(parts[1:], parts[0]))
    yield from _cut(u, through["h"])
    for stack in packing.stacks:
        yield from _stacked(u, stack, through)


def _cut(u: UnitValues, through: Mapping[str, FloatArray]) -> Iterator[Value]:
    """What leaves a step where truncation lets nothing go on; zeros everywhere else."""
    parts, f = list(through.values()), u.record.get("f")
    if "rh" in u.record:
        parts = [through["r"], through["z"], u.grads["drh"] * u.record["r"]]
    if "z" in u.record:
        kept = u.record["z"] if u.options.get("update", "keep") == "keep" else 1 - u.record["z"]
        parts.append(u.grads["dh"] * kept)
    if "n" in u.record and not u.cell.gates:
        parts.append((1 - float(u.options.get("leak", 0.3))) * u.grads["dh"])
    left = {"dh_next": sum(parts[1:], parts[0])}
    if f is not None and not u.options.get("peepholes"):
        left["dc_next"] = u.grads["dc"] * f
    for name, value in left.items():
        stopped = ~np.any(flipped(u.grads[name], u.unit.reverse), axis=(1, 2))
        stopped = np.append(False, stopped[:-1])  # what leaves step t arrives at t - 1
        if stopped.any():
            rows = flipped(value, u.unit.reverse) * stopped[:, None, None]
            yield Value(f"{name} that is cut", GRADIENT, flipped(rows, u.unit.reverse))


def _stacked(u: UnitValues, stack: str, through: Mapping[str, Mapping[str, FloatArray]]) -> Iterator[Value]:
    shown = ", ".join(stack)
    lefts = [("h", u.before["h"])] + ([("r h", u.record["rh"])] if "rh" in u.record else [])
    one = np.ones((*u.seen.shape[:2], 1), u.seen.dtype)
    for name, left in lefts:
        parts = {"x": u.seen, "h": left, "1": one}
        value = np.concatenate([parts[letter] for letter in stack], axis=-1)
        yield Value(f"[{shown.replace('h', name)}]", DATA, value)
    if "1" in stack and "b_h" not in u.params:
        return
    backs = {}
    for gate in through["x"]:
        delta = _deltas(u, "x")[gate]
        bias = delta @ (u.block("b_h", gate) if gate else u.params["b_h"])[:, None] if "1" in stack else one
        parts = {"x": through["x"][gate], "h": through["h"][gate], "1": bias}
        backs[gate] = np.concatenate([parts[letter] for letter in stack], axis=-1)
    for gate, back in backs.items():
        yield Value(f"d[{shown}]" + (f" from da_{gate}" if gate else ""), GRADIENT, back)
    if "r" in backs:
        yield Value(f"d[{shown}] from da_r and da_z", GRADIENT, backs["r"] + backs["z"])
    if len(backs) > 1:
        parts_of = list(backs.values())
        yield Value(f"d[{shown}]", GRADIENT, sum(parts_of[1:], parts_of[0]))
        yield from (Value(one.name, STAGE, one.value) for one in subset_sums(f"d[{shown}]", parts_of))
