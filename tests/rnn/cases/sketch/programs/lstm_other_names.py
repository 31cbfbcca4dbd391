import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_forward(x, h0, W_ih, W_hh, b):
    N, T, D = x.shape
    H = h0.shape[1]
    h, c = h0, np.zeros_like(h0)
    hs, cache = np.zeros((N, T, H)), []
    for t in range(T):
        a = x[:, t, :] @ W_ih + h @ W_hh + b
        i = sigmoid(a[:, :H])
        f = sigmoid(a[:, H:2*H])
        o = sigmoid(a[:, 2*H:3*H])
        g = np.tanh(a[:, 3*H:4*H])
        h_prev, c_prev = h, c
        c = f * c_prev + i * g
        h = o * np.tanh(c)
        hs[:, t] = h
        cache.append((x[:, t], h_prev, c_prev, i, f, o, g, c, W_ih, W_hh))
    return hs, cache


def lstm_backward(dh, cache):
    N, T, H = dh.shape
    W_ih, W_hh = cache[0][-2:]
    dx = np.zeros((N, T, W_ih.shape[0]))
    dW_ih, dW_hh, db = np.zeros_like(W_ih), np.zeros_like(W_hh), np.zeros(4 * H)
    dh_next, dc_next = np.zeros((N, H)), np.zeros((N, H))
    for t in reversed(range(T)):
        x, h_prev, c_prev, i, f, o, g, c, _, _ = cache[t]
        d = dh[:, t] + dh_next
        dc = dc_next + d * o * (1 - np.tanh(c) ** 2)
        da = np.hstack([dc*g*i*(1-i), dc*c_prev*f*(1-f), d*np.tanh(c)*o*(1-o), dc*i*(1-g*g)])
        dx[:, t] = da @ W_ih.T
        dh_next = da @ W_hh.T
        dc_next = dc * f
        dW_ih += x.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(0)
    dh0 = dh_next
    return dx, dh0, dW_ih, dW_hh, db
