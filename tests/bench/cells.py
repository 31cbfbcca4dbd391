"""The built-in LSTM and GRU against bare vectorised NumPy loops, forward and backward."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rnn.handwritten import run_by_hand
from rnn.network import Network
from rnn.problem import Problem
from tests.bench.measure import Claim, compare
from tests.problems import make_problem


def _sigmoid(a: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-a)))


def _flat(array: np.ndarray) -> np.ndarray:
    return array.reshape(-1, array.shape[-1])


def _ends(problem: Problem, h: np.ndarray, dy: np.ndarray, da: np.ndarray) -> tuple[np.ndarray, ...]:
    """What both cells end with: sums over time for all but W_hh."""
    return (
        _flat(problem.x).T @ _flat(da),
        _flat(da).sum(0),
        _flat(h).T @ _flat(dy),
        _flat(dy).sum(0),
        da @ problem.parameters["W_xh"].T,
    )


def bare_lstm(problem: Problem) -> tuple[np.ndarray, ...]:
    """As anybody would write it: gates kept in arrays, one product of all inputs, sums after the loop."""
    p, n = problem.parameters, problem.sizes["H"]
    steps, batch = problem.x.shape[:2]
    own = problem.x @ p["W_xh"] + p["b_h"]
    i, f, g, o, c, s, h = (np.empty((steps, batch, n)) for _ in range(7))
    state, cell = problem.starts["h0"], problem.starts["c0"]
    for t in range(steps):
        a = own[t] + state @ p["W_hh"]
        i[t], f[t], o[t] = _sigmoid(a[:, :n]), _sigmoid(a[:, n : 2 * n]), _sigmoid(a[:, 3 * n :])
        g[t] = np.tanh(a[:, 2 * n : 3 * n])
        cell = f[t] * cell + i[t] * g[t]
        c[t], s[t] = cell, np.tanh(cell)
        state = o[t] * s[t]
        h[t] = state
    dy = h @ p["W_hy"] + p["b_y"] - problem.target
    dh_out = dy @ p["W_hy"].T
    da = np.empty((steps, batch, 4 * n))
    dh, dc = np.zeros((batch, n)), np.zeros((batch, n))
    for t in reversed(range(steps)):
        dh = dh + dh_out[t]
        dc = dc + dh * o[t] * (1 - s[t] ** 2)
        before = c[t - 1] if t else problem.starts["c0"]
        da[t, :, :n] = dc * g[t] * i[t] * (1 - i[t])
        da[t, :, n : 2 * n] = dc * before * f[t] * (1 - f[t])
        da[t, :, 2 * n : 3 * n] = dc * i[t] * (1 - g[t] ** 2)
        da[t, :, 3 * n :] = dh * s[t] * o[t] * (1 - o[t])
        dh, dc = da[t] @ p["W_hh"].T, dc * f[t]
    previous = np.concatenate([problem.starts["h0"][None], h[:-1]])
    return (*_ends(problem, h, dy, da), _flat(previous).T @ _flat(da), dh, dc)


def bare_gru(problem: Problem) -> tuple[np.ndarray, ...]:
    """The GRU with the reset before the product, written in the same way."""
    p, n = problem.parameters, problem.sizes["H"]
    steps, batch = problem.x.shape[:2]
    own = problem.x @ p["W_xh"] + p["b_h"]
    W_gates, W_new = np.ascontiguousarray(p["W_hh"][:, : 2 * n]), np.ascontiguousarray(p["W_hh"][:, 2 * n :])
    r, z, new, rh, h = (np.empty((steps, batch, n)) for _ in range(5))
    state = problem.starts["h0"]
    for t in range(steps):
        a = own[t, :, : 2 * n] + state @ W_gates
        r[t], z[t] = _sigmoid(a[:, :n]), _sigmoid(a[:, n:])
        rh[t] = r[t] * state
        new[t] = np.tanh(own[t, :, 2 * n :] + rh[t] @ W_new)
        state = (1 - z[t]) * new[t] + z[t] * state
        h[t] = state
    dy = h @ p["W_hy"] + p["b_y"] - problem.target
    dh_out = dy @ p["W_hy"].T
    da, dh = np.empty((steps, batch, 3 * n)), np.zeros((batch, n))
    for t in reversed(range(steps)):
        before = h[t - 1] if t else problem.starts["h0"]
        dh = dh + dh_out[t]
        da[t, :, n : 2 * n] = dh * (before - new[t]) * z[t] * (1 - z[t])
        da[t, :, 2 * n :] = dh * (1 - z[t]) * (1 - new[t] ** 2)
        back = da[t, :, 2 * n :] @ W_new.T
        da[t, :, :n] = back * before * r[t] * (1 - r[t])
        dh = dh * z[t] + back * r[t] + da[t, :, : 2 * n] @ W_gates.T
    previous = np.concatenate([problem.starts["h0"][None], h[:-1]])
    gates = _flat(previous).T @ _flat(da[..., : 2 * n])
    return (*_ends(problem, h, dy, da), gates, _flat(rh).T @ _flat(da[..., 2 * n :]), dh)


def claims() -> Iterator[Claim]:
    """Both cells, for one sequence and for eight."""
    for cell, bare in (("lstm", bare_lstm), ("gru", bare_gru)):
        for batch in (1, 8):
            network = Network(cell, "tanh", "half_squared_error", True)
            problem = make_problem(network, (1000, batch, 64, 256, 64), scale=0.05)
            yield compare(
                f"hand {cell.upper()} T=1000 H=256 B={batch} / bare NumPy loop",
                1.2,
                lambda problem=problem: run_by_hand(problem),  # type: ignore[misc]
                lambda bare=bare, problem=problem: bare(problem),  # type: ignore[misc]
            )
