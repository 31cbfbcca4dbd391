"""Buffers made once, every operation with out=, sums divided by steps times batch at the very end."""

import numpy as np

CASE = dict(
    title="np.add and np.multiply with out=, divided at the end, sigmoid",
    cell="rnn", activation="sigmoid", loss="logistic_mean", x="TBD", weights="in,out", h0="given",
    settings=dict(steps=7, batch=3, inputs=4, hidden=5, outputs=2, seed=44),
)


def logistic(a):
    return np.reciprocal(1.0 + np.exp(-a))


class Workspace:
    def __init__(self, T, B, D, H, K):
        self.state = np.zeros((T + 1, B, H))
        self.prob = np.zeros((T, B, K))
        self.err_h = np.zeros((B, H))
        self.err_a = np.zeros((B, H))
        self.slope = np.zeros((B, H))
        self.err_y = np.zeros((B, K))
        self.from_future = np.zeros((B, H))
        self.g_wx = np.zeros((D, H))
        self.g_wh = np.zeros((H, H))
        self.g_wy = np.zeros((H, K))
        self.g_bh = np.zeros(H)
        self.g_by = np.zeros(K)


def forward(ws, x, wx, wh, wy, bh, by):
    for t in range(len(x)):
        ws.state[t + 1] = logistic(x[t] @ wx + ws.state[t] @ wh + bh)
        ws.prob[t] = logistic(ws.state[t + 1] @ wy + by)


def backward(ws, x, target, wx, wh, wy):
    T, B, _ = x.shape
    ws.from_future.fill(0)
    for t in range(T - 1, -1, -1):
        h = ws.state[t + 1]
        np.subtract(ws.prob[t], target[t], out=ws.err_y)
        np.add(ws.g_wy, h.T @ ws.err_y, out=ws.g_wy)
        np.add(ws.g_by, ws.err_y.sum(axis=0), out=ws.g_by)
        np.dot(ws.err_y, wy.T, out=ws.err_h)
        np.add(ws.err_h, ws.from_future, out=ws.err_h)
        np.subtract(1.0, h, out=ws.slope)
        np.multiply(ws.slope, h, out=ws.slope)
        np.multiply(ws.err_h, ws.slope, out=ws.err_a)
        np.add(ws.g_wx, x[t].T @ ws.err_a, out=ws.g_wx)
        np.add(ws.g_wh, ws.state[t].T @ ws.err_a, out=ws.g_wh)
        np.add(ws.g_bh, ws.err_a.sum(axis=0), out=ws.g_bh)
        np.dot(ws.err_a, wh.T, out=ws.from_future)
    count = T * B
    for g in (ws.g_wx, ws.g_wh, ws.g_wy, ws.g_bh, ws.g_by):
        np.divide(g, count, out=g)


def run(problem):
    p = problem.params
    ws = Workspace(problem.T, problem.B, problem.D, problem.H, problem.K)
    ws.state[0] = problem.h0
    forward(ws, problem.x, p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"])
    backward(ws, problem.x, problem.target, p["W_xh"], p["W_hh"], p["W_hy"])
    return dict(dW_xh=ws.g_wx, dW_hh=ws.g_wh, dW_hy=ws.g_wy, db_h=ws.g_bh, db_y=ws.g_by, h=ws.state[1:])
