import numpy as np


def gru_forward(x, h0, Wz, Uz, bz, Wr, Ur, br, Wh, Uh, bh):
    T, B, D = x.shape
    h_prev, cache = h0, []
    for t in range(T):
        z = 1 / (1 + np.exp(-(x[t] @ Wz + h_prev @ Uz + bz)))
        r = 1 / (1 + np.exp(-(x[t] @ Wr + h_prev @ Ur + br)))
        n = np.tanh(x[t] @ Wh + (r * h_prev) @ Uh + bh)
        h = (1 - z) * h_prev + z * n
        cache.append((z, r, n, h_prev))
        h_prev = h
    return h, cache


def gru_backward(dh, cache, Wz, Uz, Wr, Ur, Wh, Uh, x):
    dWz, dUz, dWr, dUr, dWh, dUh = (np.zeros_like(w) for w in (Wz, Uz, Wr, Ur, Wh, Uh))
    dbz, dbr, dbh = np.zeros(Uz.shape[0]), np.zeros(Uz.shape[0]), np.zeros(Uz.shape[0])
    for t in reversed(range(len(cache))):
        z, r, n, h_prev = cache[t]
        dWz += x[t].T @ (dh[t] * n)
    return dWz, dUz, dbz, dWr, dUr, dbr, dWh, dUh, dbh
