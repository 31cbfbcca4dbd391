"""A step forward and a step backward with a cache between them, batch first, the gates i f o g in 4H columns."""

import numpy as np

CASE = dict(
    title="LSTM, forward and backward pair, batch first",
    cell="lstm", loss="softmax_cross_entropy_mean", x="BTD", weights="in,out", counted="all",
    settings=dict(steps=5, batch=2, inputs=4, hidden=5, outputs=3, seed=31),
)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    N, H = prev_h.shape
    a = np.dot(x, Wx) + np.dot(prev_h, Wh) + b
    i = sigmoid(a[:, 0:H])
    f = sigmoid(a[:, H:2*H])
    o = sigmoid(a[:, 2*H:3*H])
    g = np.tanh(a[:, 3*H:4*H])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    cache = (i, f, o, g, x, prev_h, prev_c, next_c, Wx, Wh)
    return next_h, next_c, cache


def lstm_step_backward(dnext_h, dnext_c, cache):
    i, f, o, g, x, prev_h, prev_c, next_c, Wx, Wh = cache
    tanh_c = np.tanh(next_c)
    do = dnext_h * tanh_c
    dnext_c = dnext_c + dnext_h * o * (1 - tanh_c ** 2)
    df = dnext_c * prev_c
    dprev_c = dnext_c * f
    di = dnext_c * g
    dg = dnext_c * i
    dai = di * i * (1 - i)
    daf = df * f * (1 - f)
    dao = do * o * (1 - o)
    dag = dg * (1 - g ** 2)
    da = np.hstack((dai, daf, dao, dag))
    dx = np.dot(da, Wx.T)
    dprev_h = np.dot(da, Wh.T)
    dWx = np.dot(x.T, da)
    dWh = np.dot(prev_h.T, da)
    db = np.sum(da, axis=0)
    return dx, dprev_h, dprev_c, dWx, dWh, db


def lstm_forward(x, h0, c0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    prev_h, prev_c = h0, c0
    caches = []
    for t in range(T):
        prev_h, prev_c, cache = lstm_step_forward(x[:, t, :], prev_h, prev_c, Wx, Wh, b)
        h[:, t, :] = prev_h
        caches.append(cache)
    return h, caches


def lstm_backward(dh, caches):
    N, T, H = dh.shape
    D = caches[0][4].shape[1]
    dx = np.zeros((N, T, D))
    dWx = np.zeros((D, 4 * H))
    dWh = np.zeros((H, 4 * H))
    db = np.zeros(4 * H)
    dprev_h = np.zeros((N, H))
    dprev_c = np.zeros((N, H))
    for t in reversed(range(T)):
        dnext_h = dh[:, t, :] + dprev_h
        dx[:, t, :], dprev_h, dprev_c, dWx_t, dWh_t, db_t = lstm_step_backward(dnext_h, dprev_c, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev_h, dWx, dWh, db


def swap(w):
    """i f g o to i f o g, and back."""
    i, f, g, o = np.split(w, 4, axis=-1)
    return np.concatenate([i, f, o, g], axis=-1)


def run(problem):
    p = problem.params
    Wx, Wh, b = swap(p["W_xh"]), swap(p["W_hh"]), swap(p["b_h"])
    h, caches = lstm_forward(problem.x, problem.states["h0"], problem.states["c0"], Wx, Wh, b)
    N, T, H = h.shape
    scores = h.dot(p["W_hy"]) + p["b_y"]
    probs = np.exp(scores - scores.max(axis=2, keepdims=True))
    probs /= probs.sum(axis=2, keepdims=True)
    dscores = probs.copy()
    dscores[np.arange(N)[:, None], np.arange(T), problem.target] -= 1
    dscores /= N * T
    dW = h.reshape(N * T, H).T.dot(dscores.reshape(N * T, -1))
    dx, dh0, dWx, dWh, db = lstm_backward(dscores.dot(p["W_hy"].T), caches)
    return dict(dW_xh=swap(dWx), dW_hh=swap(dWh), db_h=swap(db), dW_hy=dW, db_y=dscores.sum(axis=(0, 1)), dx=dx, dh0=dh0)
