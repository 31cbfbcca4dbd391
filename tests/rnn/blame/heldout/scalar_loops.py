"""No matrix products at all: loops over units, one number at a time."""

import math

import numpy as np

CASE = dict(
    title="scalar loops over units",
    cell="rnn", activation="tanh", loss="half_squared_error", x="TD", weights="in,out", h0="given",
    settings=dict(steps=6, inputs=3, hidden=4, outputs=2, seed=34),
)


def forward(x, h0, w_in, w_rec, w_out, b_hid, b_out):
    T, n_in = x.shape
    n_hid, n_out = w_out.shape
    h = np.zeros((T + 1, n_hid))
    y = np.zeros((T, n_out))
    for i in range(n_hid):
        h[0][i] = h0[i]
    for t in range(1, T + 1):
        for j in range(n_hid):
            net = b_hid[j]
            for i in range(n_in):
                net += x[t - 1][i] * w_in[i][j]
            for i in range(n_hid):
                net += h[t - 1][i] * w_rec[i][j]
            h[t][j] = math.tanh(net)
        for k in range(n_out):
            y[t - 1][k] = b_out[k]
            for j in range(n_hid):
                y[t - 1][k] += h[t][j] * w_out[j][k]
    return h, y


def backward(x, target, h, y, w_in, w_rec, w_out):
    T, n_in = x.shape
    n_hid, n_out = w_out.shape
    g_in = np.zeros((n_in, n_hid))
    g_rec = np.zeros((n_hid, n_hid))
    g_out = np.zeros((n_hid, n_out))
    g_bhid = np.zeros(n_hid)
    g_bout = np.zeros(n_out)
    # one row more than steps, the last one stays zero
    delta = np.zeros((T + 2, n_hid))
    for t in range(T, 0, -1):
        err = np.zeros(n_out)
        for k in range(n_out):
            err[k] = y[t - 1][k] - target[t - 1][k]
            g_bout[k] += err[k]
            for j in range(n_hid):
                g_out[j][k] += h[t][j] * err[k]
        for j in range(n_hid):
            s = 0.0
            for k in range(n_out):
                s += err[k] * w_out[j][k]
            for m in range(n_hid):
                s += delta[t + 1][m] * w_rec[j][m]
            delta[t][j] = s * (1 - h[t][j] ** 2)
        for j in range(n_hid):
            for i in range(n_in):
                g_in[i][j] += x[t - 1][i] * delta[t][j]
            for i in range(n_hid):
                g_rec[i][j] += h[t - 1][i] * delta[t][j]
            g_bhid[j] += delta[t][j]
    return g_in, g_rec, g_out, g_bhid, g_bout, delta


def run(problem):
    p = problem.params
    h, y = forward(problem.x, problem.h0, p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"])
    g_in, g_rec, g_out, g_bhid, g_bout, delta = backward(
        problem.x, problem.target, h, y, p["W_xh"], p["W_hh"], p["W_hy"])
    return dict(dW_xh=g_in, dW_hh=g_rec, dW_hy=g_out, db_h=g_bhid, db_y=g_bout, da=delta[1:-1], y=y, h=h[1:])
