"""Layers as in a course: forward and backward pairs with cache tuples, batch first, a step function in the loop."""

import numpy as np

CASE = dict(
    title="forward/backward pairs with caches, batch first",
    cell="rnn",
    activation="tanh",
    loss="half_squared_error",
    x="BTD",
    weights="in,out",
    h0="given",
    settings=dict(steps=7, batch=3, inputs=4, hidden=5, outputs=2, seed=3),
)


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    cache = (x, prev_h, next_h, Wx, Wh)
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    x, prev_h, next_h, Wx, Wh = cache
    da = dnext_h * (1 - next_h ** 2)
    dx = da.dot(Wx.T)
    dprev_h = da.dot(Wh.T)
    dWx = x.T.dot(da)
    dWh = prev_h.T.dot(da)
    db = np.sum(da, axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    cache = []
    prev_h = h0
    for t in range(T):
        prev_h, step_cache = rnn_step_forward(x[:, t, :], prev_h, Wx, Wh, b)
        h[:, t, :] = prev_h
        cache.append(step_cache)
    return h, cache


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    D = cache[0][0].shape[1]
    dx = np.zeros((N, T, D))
    dWx = np.zeros((D, H))
    dWh = np.zeros((H, H))
    db = np.zeros(H)
    dprev_h = np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        dcurrent = dh[:, t, :] + dprev_h
        dx_t, dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dcurrent, cache[t])
        dx[:, t, :] = dx_t
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    dh0 = dprev_h
    return dx, dh0, dWx, dWh, db


def temporal_affine_forward(x, w, b):
    N, T, D = x.shape
    out = x.reshape(N * T, D).dot(w).reshape(N, T, -1) + b
    return out, (x, w)


def temporal_affine_backward(dout, cache):
    x, w = cache
    N, T, D = x.shape
    M = w.shape[1]
    dx = dout.reshape(N * T, M).dot(w.T).reshape(N, T, D)
    dw = dout.reshape(N * T, M).T.dot(x.reshape(N * T, D)).T
    db = dout.sum(axis=(0, 1))
    return dx, dw, db


def run(problem):
    p = problem.params
    h, rnn_cache = rnn_forward(problem.x, problem.h0, p["W_xh"], p["W_hh"], p["b_h"])
    scores, affine_cache = temporal_affine_forward(h, p["W_hy"], p["b_y"])
    dscores = scores - problem.target
    dh_out, dW_hy, db_y = temporal_affine_backward(dscores, affine_cache)
    dx, dh0, dW_xh, dW_hh, db_h = rnn_backward(dh_out, rnn_cache)
    return dict(dx=dx, dh0=dh0, dW_xh=dW_xh, dW_hh=dW_hh, db_h=db_h, dW_hy=dW_hy, db_y=db_y,
                dh_out=dh_out, y=scores, h=h)
