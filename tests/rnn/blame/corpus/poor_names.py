"""Names that say nothing, buffers written several times, everything in one function."""

import numpy as np

CASE = dict(
    title="names that say nothing, buffers written several times",
    cell="rnn",
    activation="sigmoid",
    loss="half_squared_error",
    x="TD",
    weights="in,out",
    h0="given",
    settings=dict(steps=7, inputs=4, hidden=5, outputs=3, seed=15),
)


def net(w1, w2, w3, b1, b2, data, a0, goal):
    n = len(data)
    k = w2.shape[0]
    a1 = np.zeros((n, k))
    a2 = np.zeros((n, w3.shape[1]))
    prev = a0
    for i in range(n):
        tmp = data[i].dot(w1)
        tmp += prev.dot(w2)
        tmp += b1
        a1[i] = 1 / (1 + np.exp(-tmp))
        a2[i] = a1[i].dot(w3) + b2
        prev = a1[i]

    d1 = np.zeros_like(w1)
    d2 = np.zeros_like(w2)
    d3 = np.zeros_like(w3)
    e1 = np.zeros_like(b1)
    e2 = np.zeros_like(b2)
    buf = np.zeros((n + 1, k))
    buf2 = np.zeros((n, k))
    tmp2 = np.empty(k)
    q = a2 - goal
    for i in range(n - 1, -1, -1):
        # output part
        d3 += np.outer(a1[i], q[i])
        e2 += q[i]
        buf[i] = q[i].dot(w3.T)
        # part from the future, buf2 of the row after this one
        if i < n - 1:
            np.dot(w2, buf2[i + 1], out=tmp2)
            buf[i] += tmp2
        buf2[i] = buf[i]
        buf2[i] *= a1[i]
        buf2[i] *= 1 - a1[i]
        # weights
        d1 += np.outer(data[i], buf2[i])
        e1 += buf2[i]
        d2 += np.outer(a1[i - 1] if i > 0 else a0, buf2[i])
    return a1, a2, d1, d2, d3, e1, e2, buf[:n], buf2


def run(problem):
    p = problem.params
    a1, a2, d1, d2, d3, e1, e2, buf, buf2 = net(
        p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"], problem.x, problem.h0, problem.target
    )
    return dict(dW_xh=d1, dW_hh=d2, dW_hy=d3, db_h=e1, db_y=e2, dh=buf, da=buf2, y=a2, h=a1)
