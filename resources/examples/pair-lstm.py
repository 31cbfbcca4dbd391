"""Style: a forward and a backward function with a cache between them. Cell: LSTM, gradient from above given.

Batch first: x is (N, T, D), h is (N, T, H). The four gates are packed in 4H columns in the order i, f, o, g. The cell
state starts at zero. `lstm_backward` takes dh (N, T, H) from the layers above and returns dx, dh0, dWx, dWh, db.
"""

import numpy as np


def sigmoid(a):
    """Logistic function that does not overflow."""
    return 0.5 * (1 + np.tanh(0.5 * a))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """One step for a whole batch."""
    H = prev_h.shape[1]
    a = x.dot(Wx) + prev_h.dot(Wh) + b
    i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    next_h = o * tanh_c
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    """Gradients of one step, from those of its new h and c."""
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c = cache
    do = dnext_h * tanh_c
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    di, df, dg = dc * g, dc * prev_c, dc * i
    da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
    dx, dprev_h = da.dot(Wx.T), da.dot(Wh.T)
    dprev_c = dc * f
    return dx, dprev_h, dprev_c, x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    """All hidden states (N, T, H) and the caches of all steps."""
    N, T, _ = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    prev_h, prev_c, cache = h0, np.zeros_like(h0), []
    for t in range(T):
        prev_h, prev_c, step_cache = lstm_step_forward(x[:, t], prev_h, prev_c, Wx, Wh, b)
        h[:, t] = prev_h
        cache.append(step_cache)
    return h, cache


def lstm_backward(dh, cache):
    """Gradients of a loss with the given dh (N, T, H)."""
    N, T, H = dh.shape
    x, Wx, Wh = cache[0][0], cache[0][3], cache[0][4]
    dx = np.zeros((N, T, x.shape[1]))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(4 * H)
    dprev_h, dprev_c = np.zeros((N, H)), np.zeros((N, H))
    for t in reversed(range(T)):
        dx[:, t], dprev_h, dprev_c, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t] + dprev_h, dprev_c, cache[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev_h, dWx, dWh, db


# The rest plugs the program above into bptt-inspector.
CASE = dict(title="forward and backward with a cache: LSTM, batch first, gates i f o g", cell="lstm",
            loss="upstream", output_layer=False, counted="all", x="BTD", gates="ifog", c0="zero",
            settings=dict(steps=6, batch=3, inputs=4, hidden=5))


def run(problem):
    h, cache = lstm_forward(problem.x, problem.h0, *problem.named(Wx="W_xh", Wh="W_hh", b="b_h").values())
    dx, dh0, dWx, dWh, db = lstm_backward(problem.dh, cache)
    return dict(h=h, dx=dx, dh0=dh0, dW_xh=dWx, dW_hh=dWh, db_h=db)
