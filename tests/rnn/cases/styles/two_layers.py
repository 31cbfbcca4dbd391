import numpy as np

# two tanh layers on top of each other, time first, squared error

def layer_fwd(x, h, Wx, Wh, b):
    hs = []
    for x_t in x:
        h = np.tanh(x_t @ Wx + h @ Wh + b)
        hs.append(h)
    return np.stack(hs)

def layer_bwd(dhs, x, h0, hs, Wx, Wh):
    dx = np.zeros_like(x)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(len(Wh))
    dh = np.zeros_like(h0)
    for t in range(len(x) - 1, -1, -1):
        da = (dh + dhs[t]) * (1 - hs[t] ** 2)
        dWx += x[t].T @ da
        dWh += (hs[t - 1] if t else h0).T @ da
        db += np.sum(da, 0)
        dx[t] = da @ Wx.T
        dh = da @ Wh.T
    return dx, dWx, dWh, db, dh

def whole(x, target, starts, P):
    lower = layer_fwd(x, starts[0], *P[0])
    upper = layer_fwd(lower, starts[1], *P[1])
    V, c = P[2]
    e = upper @ V + c - target
    g_out = (np.tensordot(upper, e, 2 * [[0, 1]]), e.sum((0, 1)))
    g_upper = layer_bwd(e @ V.T, lower, starts[1], upper, P[1][0], P[1][1])
    g_lower = layer_bwd(g_upper[0], x, starts[0], lower, P[0][0], P[0][1])
    return 0.5 * (e ** 2).sum(), g_lower, g_upper, g_out

CASE = dict(title="two layers of tanh units", cell="rnn", layers=2, loss="half_squared_error", counted="all")

def run(problem):
    p = problem.params
    P = [[p[n + k] for n in ("W_xh", "W_hh", "b_h")] for k in (".0", ".1")] + [[p["W_hy"], p["b_y"]]]
    L, lo, up, out = whole(problem.x, problem.target, [problem.states["h0.0"], problem.states["h0.1"]], P)
    found = {"d" + n + k: v for k, g in ((".0", lo), (".1", up)) for n, v in zip(("W_xh", "W_hh", "b_h", "h0"), g[1:])}
    return dict(found, dx=lo[0], dW_hy=out[0], db_y=out[1], loss=L)
