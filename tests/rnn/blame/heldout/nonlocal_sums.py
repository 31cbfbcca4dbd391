"""Nested functions that add to nonlocal sums: one for the output, one for a step, one for the whole sequence."""

import numpy as np

CASE = dict(
    title="nested functions with nonlocal accumulators",
    cell="rnn", activation="tanh", loss="half_squared_error", x="TD", weights="out,in", h0="given",
    settings=dict(steps=8, inputs=3, hidden=5, outputs=2, seed=40),
)


def loss_and_grad(x, y, h0, W_hx, W_hh, W_yh, b_h, b_y):
    n = len(x)
    h = [h0]
    y_hat = []
    for t in range(n):
        h.append(np.tanh(W_hx @ x[t] + W_hh @ h[t] + b_h))
        y_hat.append(W_yh @ h[t + 1] + b_y)
    loss = 0.5 * sum(np.sum((a - b) ** 2) for a, b in zip(y_hat, y))

    g_hx = np.zeros_like(W_hx)
    g_hh = np.zeros_like(W_hh)
    g_yh = np.zeros_like(W_yh)
    g_bh = np.zeros_like(b_h)
    g_by = np.zeros_like(b_y)

    def output(t):
        nonlocal g_yh, g_by
        e = y_hat[t] - y[t]
        g_yh = g_yh + np.outer(e, h[t + 1])
        g_by = g_by + e
        return W_yh.T @ e

    def hidden(t, gh):
        nonlocal g_hx, g_hh, g_bh
        now, before = h[t + 1], h[t]
        ga = (1 - now ** 2) * gh
        g_hx = g_hx + np.outer(ga, x[t])
        g_hh = g_hh + np.outer(ga, before)
        g_bh = g_bh + ga
        return W_hh.T @ ga

    def through_time():
        t = n - 1
        from_right = np.zeros_like(h0)
        while t >= 0:
            from_right = hidden(t, output(t) + from_right)
            t -= 1
        return from_right

    g_h0 = through_time()
    return loss, g_hx, g_hh, g_yh, g_bh, g_by, g_h0


def run(problem):
    p = problem.params
    loss, g_hx, g_hh, g_yh, g_bh, g_by, g_h0 = loss_and_grad(
        problem.x, problem.target, problem.h0, p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"])
    return dict(dW_xh=g_hx, dW_hh=g_hh, dW_hy=g_yh, db_h=g_bh, db_y=g_by, dh0=g_h0, loss=loss)
