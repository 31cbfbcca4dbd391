"""What people make on the way in a cell: slopes, products and halves of sums, by kind of cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from ..arrays import FloatArray
from .library import DERIVED, FORWARD, GRADIENT, HALFWAY, STAGE
from .unit_values import Derive, UnitValues, Value

Family = tuple[str, str, str, Mapping[str, FloatArray]]
"""Name of all gates together, of one gate (with `{}` for its letter), kind, and values by gate."""

SO_FAR = " so far"
"""Ends the name of a sum of some of its addends."""


def subset_sums(name: str, terms: list[FloatArray]) -> Iterator[Value]:
    """Sums of two and more addends, but not of all, in whatever order they are taken."""
    for count in range(2, len(terms)):
        for chosen in combinations(terms, count):
            yield Value(name + SO_FAR, STAGE, sum(chosen[1:], chosen[0]))


def _plain(u: UnitValues) -> Iterator[Value]:
    """A cell with one pre-activation."""
    a, h, before = u.record["a"], u.record["h"], u.before["h"]
    value = u.record.get("n", h)
    yield Value("f'(a)", DERIVED, u.slope(a, value))
    name = "n" if "n" in u.record else "h"
    yield Value(f"{name}^2", DERIVED, value * value)
    yield Value(f"1 - {name}", DERIVED, 1 - value)
    yield Value(f"dh {name}", HALFWAY, u.grads["dh"] * value)
    yield Value("x W_xh", FORWARD, u.seen @ u.params["W_xh"])
    yield Value("h W_hh", FORWARD, before @ u.params["W_hh"])
    for bias in u.cell.bias_names:
        if bias in u.params:
            yield Value(f"x W_xh + {bias}", FORWARD, u.seen @ u.params["W_xh"] + u.params[bias])
            yield Value(f"h W_hh + {bias}", FORWARD, before @ u.params["W_hh"] + u.params[bias])
    yield Value("x W_xh + h W_hh", FORWARD, u.seen @ u.params["W_xh"] + before @ u.params["W_hh"])
    yield Value("exp(-a)", FORWARD, np.exp(-a))


def _leaky(u: UnitValues) -> Iterator[Value]:
    yield from _plain(u)
    leak = float(u.options.get("leak", 0.3))
    a, n, dh = u.record["a"], u.record["n"], u.grads["dh"]
    yield Value("leak n", FORWARD, leak * n)
    yield Value("(1 - leak) h", FORWARD, (1 - leak) * u.before["h"])
    yield Value("(1 - leak) dh", GRADIENT, (1 - leak) * dh)
    yield Value("leak f'(a)", DERIVED, leak * u.slope(a, n))
    yield Value("dh f'(a)", STAGE, dh * u.slope(a, n))
    yield Value("dn n", STAGE, u.grads["dn"] * n)


def _lstm(u: UnitValues) -> Iterator[Value]:
    i, f, g, o, c, s = (u.record[name] for name in "ifgocs")
    dh, dc, ds, before = u.grads["dh"], u.grads["dc"], u.grads["ds"], u.before["c"]
    slope = u.slope(c, s) if u.options.get("cell_tanh", True) else np.ones_like(c)
    slopes = {gate: _gate_slope(u, gate) for gate in u.cell.gates}
    yield Value("dc from dh", GRADIENT, ds * slope)
    yield Value("i g", FORWARD, i * g)
    yield Value("f c", FORWARD, f * before)
    yield Value("f'(c)", DERIVED, slope)
    yield Value("s^2", DERIVED, s * s)
    yield Value("1 - s", DERIVED, 1 - s)
    yield Value("o f'(c)", DERIVED, o * slope)
    yield Value("dh f'(c)", STAGE, dh * slope)
    for gate, factor in (("i", g), ("f", before), ("g", i), ("o", s)):
        yield Value(f"dc/da_{gate}" if gate != "o" else "dh/da_o", DERIVED, factor * slopes[gate])
        top = dc if gate != "o" else dh
        yield Value(f"dc f'(a_{gate})" if gate != "o" else "dh f'(a_o)", STAGE, top * slopes[gate])
        if gate != "g":
            yield Value(f"dc (1 - {gate})" if gate != "o" else "dh (1 - o)", STAGE, top * (1 - u.record[gate]))
    if u.options.get("peepholes"):
        yield from _peepholes(u)


def _peepholes(u: UnitValues) -> Iterator[Value]:
    before, c, grads = u.before["c"], u.record["c"], u.grads
    backs = [grads[f"da_{gate}"] * u.params[f"p_{gate}"] for gate in "ifo"]
    for gate, back in zip("ifo", backs, strict=True):
        seen = c if gate == "o" else before
        yield Value(f"da_{gate} p_{gate}", GRADIENT, back)
        yield Value(f"c p_{gate}", FORWARD, seen * u.params[f"p_{gate}"])
        yield Value(f"da_{gate} c", STAGE, grads[f"da_{gate}"] * seen)
    kept = grads["dc"] * u.record["f"]
    yield Value("dc f", GRADIENT, kept)
    yield from subset_sums("dc_next", [kept, backs[0], backs[1]])
    yield Value("da_i p_i + da_f p_f", STAGE, backs[0] + backs[1])
    yield from subset_sums("dc", [grads["dc_next"], grads["dc"] - grads["dc_next"] - backs[2], backs[2]])


def _gru(u: UnitValues) -> Iterator[Value]:
    r, z, n, before = u.record["r"], u.record["z"], u.record["n"], u.before["h"]
    dh, da_n = u.grads["dh"], u.grads["da_n"]
    keeps, first = u.options.get("update", "keep") == "keep", u.options.get("reset", "before") == "before"
    new, old = (1 - z, z) if keeps else (z, 1 - z)
    slopes = {gate: _gate_slope(u, gate) for gate in u.cell.gates}
    yield Value("dh from the old state", GRADIENT, dh * old)
    yield Value("n - h", DERIVED, n - before)
    yield Value("h - n", DERIVED, before - n)
    yield Value("new n", FORWARD, new * n)
    yield Value("old h", FORWARD, old * before)
    for name, one in (("n", n), ("h", before)):
        yield Value(f"dh {name}", STAGE, dh * one)
    yield Value("dh/da_n", DERIVED, new * slopes["n"])
    yield Value("dh/da_z", DERIVED, (before - n if keeps else n - before) * slopes["z"])
    yield Value("dh f'(a_n)", STAGE, dh * slopes["n"])
    yield Value("dh f'(a_z)", STAGE, dh * slopes["z"])
    yield Value("r f'(a_n)", DERIVED, r * slopes["n"])
    own = "drh" if first else "da_hn"
    inner = u.grads[own] if first else u.record["a_hn"]
    yield Value("h f'(a_r)" if first else "a_hn f'(a_r)", DERIVED, (before if first else inner) * slopes["r"])
    if first:
        yield Value("drh r", GRADIENT, u.grads["drh"] * r)
        yield Value("drh f'(a_r)", STAGE, u.grads["drh"] * slopes["r"])
        backs = u.grads["drh"] * r
    else:
        yield Value("r a_hn", FORWARD, r * inner)
        yield Value("da_n f'(a_r)", STAGE, da_n * slopes["r"])
        backs = u.grads["da_hn"] @ u.block("W_hh", "n").T
    gates = [u.grads[f"da_{gate}"] @ u.block("W_hh", gate).T for gate in "rz"]
    yield Value("(da_r da_z) W_h^T", GRADIENT, gates[0] + gates[1])
    yield from subset_sums("dh_next", [dh * old, *gates, backs])


def _gate_slope(u: UnitValues, gate: str) -> FloatArray:
    value = u.record[gate]
    return u.slope(u.record[f"a_{gate}"], value) if gate in "gn" else value * (1 - value)


DERIVES: dict[str, Derive] = {"rnn": _plain, "leaky": _leaky, "lstm": _lstm, "gru": _gru}
"""By cell."""


def families(u: UnitValues) -> Iterator[Family]:
    """What every gate has: one value, or all gates side by side."""
    gates = u.cell.gates
    values = {gate: u.record[gate] for gate in gates}
    squashed = {gate: u.record[f"a_{gate}"] for gate in gates if gate not in "gn"}
    grads = {gate: u.grads[f"d{gate}"] for gate in gates}
    yield "da", "da_{}", GRADIENT, {gate: u.grads[f"da_{gate}"] for gate in gates}
    if "da_hn" in u.grads:
        two = {gate: u.grads[f"da_{gate}"] for gate in "rz"} | {"n": u.grads["da_hn"]}
        yield "da_h", "", GRADIENT, two
    yield "dgates", "d{}", GRADIENT, grads
    yield "gates", "{}", FORWARD, values
    yield "a", "a_{}", FORWARD, {gate: u.record[f"a_{gate}"] for gate in gates}
    yield "f'(a)", "f'(a_{})", DERIVED, {gate: _gate_slope(u, gate) for gate in gates}
    yield "1 - gates", "1 - {}", DERIVED, {gate: 1 - value for gate, value in values.items()}
    yield "gates^2", "{}^2", DERIVED, {gate: value * value for gate, value in values.items()}
    yield from _sums_of_products(u)
    yield "exp(-a)", "exp(-a_{})", FORWARD, {gate: np.exp(-a) for gate, a in squashed.items()}
    yield "1 + exp(-a)", "1 + exp(-a_{})", FORWARD, {gate: 1 + np.exp(-a) for gate, a in squashed.items()}
    yield "dgates gates", "d{0} {0}", STAGE, {gate: grads[gate] * values[gate] for gate in gates}
    yield "dgates (1 - gates)", "d{0} (1 - {0})", STAGE, {gate: grads[gate] * (1 - values[gate]) for gate in gates}


def _sums_of_products(u: UnitValues) -> Iterator[Family]:
    """x W, h W and biases, in the orders in which they are added."""
    gates = u.cell.gates
    lefts = {gate: u.record["rh"] if gate == "n" and "rh" in u.record else u.before["h"] for gate in gates}
    own = {gate: u.seen @ u.block("W_xh", gate) for gate in gates}
    inner = {gate: lefts[gate] @ u.block("W_hh", gate) for gate in gates}
    yield "x W_xh", "x W_x{}", FORWARD, own
    yield "h W_hh", "h W_h{}", FORWARD, inner
    both = {gate: own[gate] + inner[gate] for gate in gates}
    yield "x W_xh + h W_hh", "x W_x{0} + h W_h{0}", FORWARD, both
    for bias in u.cell.bias_names:
        if bias in u.params:
            rows = {gate: u.block(bias, gate) for gate in gates}
            yield f"x W_xh + {bias}", f"x W_x{{}} + {bias}", FORWARD, {k: own[k] + rows[k] for k in gates}
            yield f"h W_hh + {bias}", f"h W_h{{}} + {bias}", FORWARD, {k: inner[k] + rows[k] for k in gates}
            yield (
                f"x W_xh + h W_hh + {bias}",
                f"x W_x{{0}} + h W_h{{0}} + {bias}",
                FORWARD,
                {k: both[k] + rows[k] for k in gates},
            )
