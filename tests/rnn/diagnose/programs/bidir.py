import numpy as np


def one_way(x, h, W, U, b):
    out = np.zeros((len(x), len(b)))
    for t in range(len(x)):
        h = np.tanh(x[t] @ W + h @ U + b)
        out[t] = h
    return out


def one_way_back(dout, x, h0, h, W, U, b):
    dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
    dx = np.zeros_like(x)
    d = np.zeros_like(h0)
    for t in range(len(x) - 1, -1, -1):
        dz = (dout[t] + d) * (1 - h[t] ** 2)
        prev = h[t - 1] if t > 0 else h0
        dW += np.outer(x[t], dz)
        dU += np.outer(prev, dz)
        db += dz
        dx[t] = W @ dz
        d = U @ dz
    return dx, dW, dU, db, d


def tag(x, target, starts, fwd, bwd, V, c):
    hf = one_way(x, starts[0], *fwd)
    hb = one_way(x[::-1], starts[1], *bwd)[::-1]
    both = np.hstack([hf, hb])
    y = both @ V + c
    dy = y - target
    dV = both.T @ dy
    dc = dy.sum(axis=0)
    dboth = dy @ V.T
    n = hf.shape[1]
    gf = one_way_back(dboth[:, :n], x, starts[0], hf, *fwd)
    gb = one_way_back(dboth[::-1, n:], x[::-1], starts[1], hb[::-1], *bwd)
    dx = gf[0] + gb[0][::-1]
    return 0.5 * np.sum(dy ** 2), dx, gf[1:], gb[1:], dV, dc


CASE = dict(cell="rnn", bidirectional=True, loss="half_squared_error", x="TD", counted="all")

def run(problem):
    p, s = problem.params, problem.states
    ways = [[p[n + k] for n in ("W_xh", "W_hh", "b_h")] for k in (".0", ".0.reverse")]
    loss, dx, gf, gb, dV, dc = tag(problem.x, problem.target, [s["h0.0"], s["h0.0.reverse"]], *ways, p["W_hy"], p["b_y"])
    out = {"d" + n + k: v for k, g in ((".0", gf), (".0.reverse", gb)) for n, v in zip(("W_xh", "W_hh", "b_h", "h0"), g)}
    return dict(out, dx=dx, dW_hy=dV, db_y=dc, loss=loss)
