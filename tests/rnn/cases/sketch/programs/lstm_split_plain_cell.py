import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = h0.shape[1]
    h, c = h0, np.zeros_like(h0)
    hs, cache = np.zeros((N, T, H)), []
    for t in range(T):
        a = x[:, t, :] @ Wx + h @ Wh + b
        a1, a2, a3, a4 = np.split(a, 4, axis=1)
        f, i, o, g = sigmoid(a1), sigmoid(a2), sigmoid(a3), np.tanh(a4)
        prev_h, prev_c = h, c
        c = f * prev_c + i * g
        h = o * c
        hs[:, t] = h
        cache.append((x[:, t], prev_h, prev_c, i, f, o, g, c, Wx, Wh))
    return hs, cache


def lstm_backward(dh, cache):
    N, T, H = dh.shape
    Wx, Wh = cache[0][-2:]
    dx = np.zeros((N, T, Wx.shape[0]))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(4 * H)
    dh_next, dc_next = np.zeros((N, H)), np.zeros((N, H))
    for t in reversed(range(T)):
        x, prev_h, prev_c, i, f, o, g, c, _, _ = cache[t]
        d = dh[:, t] + dh_next
        dc = dc_next + d * o * (1 - np.tanh(c) ** 2)
        da = np.hstack([dc*prev_c*f*(1-f), dc*g*i*(1-i), d*np.tanh(c)*o*(1-o), dc*i*(1-g*g)])
        dx[:, t] = da @ Wx.T
        dh_next = da @ Wh.T
        dc_next = dc * f
        dWx += x.T @ da
        dWh += prev_h.T @ da
        db += da.sum(0)
    dh0 = dh_next
    return dx, dh0, dWx, dWh, db
