"""What is right, without JAX: a plain NumPy forward pass and complex steps through it, exact to rounding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

GATES = {"rnn": "", "leaky": "", "lstm": "ifgo", "gru": "rzn"}
STEP = 1e-30


def _sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


ACTIVATIONS = {
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "relu": lambda a: np.where(np.real(a) > 0, a, 0),
    "identity": lambda a: a,
}


def suffixes(case: Mapping[str, Any]) -> list[list[str]]:
    """The suffixes of every layer, one per direction."""
    layers, both = case.get("layers", 1), case.get("bidirectional", False)
    if layers == 1 and not both:
        return [[""]]
    return [[f".{n}", f".{n}.reverse"] if both else [f".{n}"] for n in range(layers)]


def _affine(p: Mapping[str, Any], x: Any, h: Any) -> Any:
    return x @ p["W_xh"] + p.get("b_xh", 0) + h @ p["W_hh"] + p.get("b_hh", 0) + p.get("b_h", 0)


def _rnn(case: Mapping[str, Any], p: Any, x: Any, h: Any, c: Any, f: Any, probe: Any) -> tuple[Any, Any]:
    new = f(_affine(p, x, h) + probe("a"))
    if case["cell"] == "leaky":
        leak = case.get("leak", 0.3)
        new = (1 - leak) * h + leak * new
    return new, c


def _lstm(case: Mapping[str, Any], p: Any, x: Any, h: Any, c: Any, f: Any, probe: Any) -> tuple[Any, Any]:
    i, forget, g, o = np.split(_affine(p, x, h) + probe("a"), 4, axis=-1)
    holes = case.get("peepholes", False)
    i = _sigmoid(i + p["p_i"] * c if holes else i)
    forget = _sigmoid((forget + p["p_f"] * c if holes else forget) + case.get("forget_bias", 0.0))
    c = forget * c + i * f(g) + probe("c")
    o = _sigmoid(o + p["p_o"] * c if holes else o)
    return o * (f(c) if case.get("cell_tanh", True) else c), c


def _gru(case: Mapping[str, Any], p: Any, x: Any, h: Any, c: Any, f: Any, probe: Any) -> tuple[Any, Any]:
    size = h.shape[-1]
    before, added = x @ p["W_xh"] + p.get("b_xh", p.get("b_h", 0)) + probe("a"), h @ p["W_hh"] + p.get("b_hh", 0)
    r, z = (_sigmoid(before[:, s] + added[:, s]) for s in (slice(size), slice(size, 2 * size)))
    if case.get("reset", "before") == "after":
        n = f(before[:, 2 * size :] + r * added[:, 2 * size :])
    else:
        extra = p["b_hh"][2 * size :] if "b_hh" in p else 0
        n = f(before[:, 2 * size :] + (r * h) @ p["W_hh"][:, 2 * size :] + extra)
    return (z * n + (1 - z) * h if case.get("update", "keep") == "new" else (1 - z) * n + z * h), c


CELLS = {"rnn": _rnn, "leaky": _rnn, "lstm": _lstm, "gru": _gru}


def _layer(case: Mapping[str, Any], v: Any, mark: str, x: Any, start: Any, first: int) -> tuple[Any, Any]:
    """Hidden and cell states (T, B, H) of one layer and direction; `start` holds h and c before the first step."""
    p = {name.removesuffix(mark): value for name, value in v.items() if name.endswith(mark)} if mark else v
    f, (h, c), hs, cs = ACTIVATIONS[case.get("activation", "tanh")], start, [], []
    for t in range(len(x)):
        one = lambda name, t=t: v["probe_" + name][first + t] if "probe_" + name in v else 0  # noqa: E731
        h, c = CELLS[case["cell"]](case, p, x[t], h, c, f, one)
        h = h + one("h")
        hs.append(h)
        cs.append(c)
    return np.array(hs), np.array(cs)


def outputs(case: Mapping[str, Any], v: Any, first: int = 0, last: int | None = None, start: Any = None) -> Any:
    """(y, h, c) of steps first to last; `start` replaces the initial states of the only layer."""
    x = v["x"][first:last]
    below = x @ v["W_e"] if "W_e" in v else x
    for marks in suffixes(case):
        both = []
        for mark in marks:
            turn = slice(None, None, -1 if mark.endswith("reverse") else 1)
            begin = start or (v["h0" + mark], v.get("c0" + mark, 0))
            h, c = _layer(case, v, mark, below[turn], begin, first)
            both.append(h[turn])
        below = np.concatenate(both, axis=-1)
    y = below @ v["W_hy"] + v.get("b_y", 0) if "W_hy" in v else below
    return y + (v["probe_y"][first:last] if "probe_y" in v else 0), below, c


def _entries(loss: str, y: Any, target: Any) -> Any:
    if loss.startswith("softmax"):
        shifted = y - y.real.max(-1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
        rows = np.eye(y.shape[-1])[target] if target.ndim == 2 else target
        return -(rows * log_p).sum(-1)
    return {
        "half_squared_error": lambda: 0.5 * ((y - target) ** 2).sum(-1),
        "mean_squared_error": lambda: ((y - target) ** 2).mean(-1),
        "logistic": lambda: (np.log(1 + np.exp(y)) - target * y).sum(-1),
        "logistic_mean": lambda: (np.log(1 + np.exp(y)) - target * y).sum(-1),
        "upstream": lambda: (y * target).sum(-1),
    }[loss]()


def _segments(case: Mapping[str, Any], steps: int) -> list[tuple[int, int, slice]]:
    """(first step, one behind the last, which of them count): the whole, or what truncation leaves."""
    kind, k = case.get("truncation", ("none", 0))
    if kind == "sliding":
        return [(max(0, t - k + 1), t + 1, slice(-1, None)) for t in range(steps)]
    if kind == "chunked":
        return [(s, min(s + k, steps), slice(None)) for s in range(0, steps, k)]
    return [(0, steps, slice(None))]


def loss(case: Mapping[str, Any], v: Any, real: Any, target: Any, weights: Any) -> Any:
    """The loss; `real` holds the states (h, c) of an unperturbed run, from which truncated parts start."""
    kind, total = case.get("loss", "half_squared_error"), 0.0
    for first, last, counted in _segments(case, len(target)):
        start = None if first == 0 else (real[0][first - 1], real[1][first - 1])
        y = outputs(case, v, first, last, start)[0]
        total += (weights[first:last] * _entries(kind, y, target[first:last]))[counted].sum()
    return (
        total / weights.sum()
        if kind in ("softmax_cross_entropy_mean", "mean_squared_error", "logistic_mean")
        else total
    )


def gradient(case: Mapping[str, Any], values: Any, leaf: str, target: Any, weights: Any) -> Any:
    """dL/dleaf by complex steps, one entry at a time."""
    _, h, c = outputs(case, values)
    v = {name: np.asarray(value, "complex128") for name, value in values.items()}
    found = np.zeros(values[leaf].shape)
    for where in np.ndindex(*found.shape):
        v[leaf] = np.asarray(values[leaf], "complex128")
        v[leaf][where] += 1j * STEP
        found[where] = np.imag(loss(case, v, (h, c), target, weights)) / STEP
    return found
