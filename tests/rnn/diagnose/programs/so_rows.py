import numpy as np

# many-to-many, softmax on every step, targets as rows; first attempt, please help

def rnn(X, T, h0, wx, wh, wy, bh, by):
    n = X.shape[0]
    H = wh.shape[0]
    h = np.zeros((n + 1, H))
    h[0] = h0
    p = np.zeros_like(T)
    for t in range(n):
        h[t + 1] = np.tanh(X[t] @ wx + h[t] @ wh + bh)
        z = h[t + 1] @ wy + by
        p[t] = np.exp(z) / np.sum(np.exp(z))
    loss = -np.sum(T * np.log(p))

    dwx, dwh, dwy = np.zeros(wx.shape), np.zeros(wh.shape), np.zeros(wy.shape)
    dbh, dby = np.zeros(bh.shape), np.zeros(by.shape)
    dz = p * T.sum(axis=1, keepdims=True) - T
    dh = np.zeros((n + 1, H))
    for t in range(n, 0, -1):
        dwy += np.outer(h[t], dz[t - 1])
        dby += dz[t - 1]
        dh[t] += wy @ dz[t - 1]
        da = dh[t] * (1 - h[t] ** 2)
        dwx += np.outer(X[t - 1], da)
        dwh += np.outer(h[t - 1], da)
        dbh += da
        dh[t - 1] = wh @ da
    return loss, dwx, dwh, dwy, dbh, dby, dh[0]


CASE = dict(cell="rnn", loss="softmax_cross_entropy", x="TD", target="rows", counted="all")

def run(problem):
    p = problem.params
    found = rnn(problem.x, problem.target, problem.h0, p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"])
    return dict(zip(("loss", "dW_xh", "dW_hh", "dW_hy", "db_h", "db_y", "dh0"), found))
