"""A script without functions: everything in run(), short names, arrays with one row for each step."""

import numpy as np

CASE = dict(
    title="a flat script, all in one place",
    cell="rnn", activation="tanh", loss="softmax_cross_entropy_mean", x="TBD", weights="in,out", h0="given",
    settings=dict(steps=6, batch=3, inputs=4, hidden=5, outputs=3, seed=41),
)


def run(problem):
    Wx, Wh, Wo = problem.params["W_xh"], problem.params["W_hh"], problem.params["W_hy"]
    bh, bo = problem.params["b_h"], problem.params["b_y"]
    X, labels = problem.x, problem.target
    T, N, D = X.shape
    H = Wh.shape[0]
    K = Wo.shape[1]

    # ---------------- forward ----------------
    S = np.zeros((T + 1, N, H))
    P = np.zeros((T, N, K))
    S[0] = problem.h0
    loss = 0.0
    for t in range(T):
        S[t + 1] = np.tanh(X[t] @ Wx + S[t] @ Wh + bh)
        scores = S[t + 1] @ Wo + bo
        scores = scores - scores.max(axis=1)[:, None]
        P[t] = np.exp(scores) / np.exp(scores).sum(axis=1)[:, None]
        loss -= np.log(P[t][np.arange(N), labels[t]]).mean() / T

    # ---------------- backward ----------------
    dWx = np.zeros((D, H))
    dWh = np.zeros((H, H))
    dWo = np.zeros((H, K))
    dbh = np.zeros(H)
    dbo = np.zeros(K)
    dS = np.zeros((T + 1, N, H))
    dX = np.zeros((T, N, D))
    for t in range(T - 1, -1, -1):
        dscores = P[t].copy()
        dscores[np.arange(N), labels[t]] -= 1.0
        dscores = dscores / (T * N)
        dWo += S[t + 1].T @ dscores
        dbo += dscores.sum(axis=0)
        dS[t + 1] += dscores @ Wo.T
        dz = (1.0 - S[t + 1] ** 2) * dS[t + 1]
        dWx += X[t].T @ dz
        dWh += S[t].T @ dz
        dbh += dz.sum(axis=0)
        dX[t] = dz @ Wx.T
        dS[t] = dz @ Wh.T

    return dict(dW_xh=dWx, dW_hh=dWh, dW_hy=dWo, db_h=dbh, db_y=dbo, dx=dX, dh0=dS[0], loss=loss)
