"""GRU with features on the middle axis: x (T, D, B); loss on the last state only."""
from dataclasses import dataclass, field
import numpy as np


@dataclass
class Weights:
    input: np.ndarray      # (3H, D), rows: n, r, z
    hidden: np.ndarray
    bias: np.ndarray       # (3H, 1)
    top: np.ndarray
    top_bias: np.ndarray


@dataclass
class Memory:
    before: list = field(default_factory=list)
    gates: list = field(default_factory=list)


def read(x, h, w):
    memory, m = Memory(), h.shape[0]
    for now in x:
        a, u = w.input @ now + w.bias, w.hidden @ h
        r = 1 / (1 + np.exp(-a[m:2 * m] - u[m:2 * m]))
        z = 1 / (1 + np.exp(-a[2 * m:] - u[2 * m:]))
        n = np.tanh(a[:m] + w.hidden[:m] @ (r * h))
        memory.before.append(h)
        memory.gates.append((r, z, n))
        h = (1 - z) * n + z * h
    return h, memory


def unread(x, dh, memory, w):
    d_input, d_hidden, d_bias = (np.zeros_like(v) for v in (w.input, w.hidden, w.bias))
    m = dh.shape[0]
    for t in range(len(x) - 1, -1, -1):
        h, (r, z, n) = memory.before[t], memory.gates[t]
        dn = dh * (1 - z) * (1 - n ** 2)
        dz = dh * (h - n) * z * (1 - z)
        d_rh = w.hidden[:m].T @ dn
        dr = d_rh * h * r * (1 - r)
        da = np.vstack([dn, dr, dz])
        d_input += da @ x[t].T
        d_bias += da.sum(axis=1, keepdims=True)
        d_hidden[:m] += dn @ (r * h).T
        d_hidden[m:] += da[m:] @ h.T
        dh = dh * z + d_rh * r + w.hidden[m:].T @ da[m:]
    return d_input, d_hidden, d_bias, dh


def final_error(x, h0, goal, w):
    """Half the squared error of the last answer (K, B), and all derivatives."""
    h, memory = read(x, h0, w)
    e = w.top @ h + w.top_bias - goal
    return 0.5 * (e * e).sum(), (*unread(x, w.top.T @ e, memory, w), e @ h.T, e.sum(axis=1, keepdims=True))


CASE = dict(title="GRU, gates n r z, middle axis, error of the last answer", cell="gru", gates="nrz", x="TDB",
            weights="out,in", bias="column", loss="half_squared_error", counted="last", target="last")

def run(problem):
    w = Weights(*(problem.params[n] for n in ("W_xh", "W_hh", "b_h", "W_hy", "b_y")))
    loss, found = final_error(problem.x, problem.h0, problem.target, w)
    return dict(zip(("dW_xh", "dW_hh", "db_h", "dh0", "dW_hy", "db_y"), found), loss=loss)
