"""By the textbook: the Jacobian of every step is built as a matrix, and errors are multiplied by its transpose."""

import numpy as np

CASE = dict(
    title="explicit Jacobians dh_t/dh_{t-1}, columns",
    cell="rnn", activation="tanh", loss="half_squared_error", x="TD", weights="out,in", h0="given",
    settings=dict(steps=6, inputs=4, hidden=5, outputs=3, seed=16),
)


def simulate(u, r0, W_in, W, W_out, b_rec, b_out):
    T = len(u)
    r = np.zeros((T + 1, len(r0)))
    r[0] = r0
    for k in range(1, T + 1):
        r[k] = np.tanh(W @ r[k - 1] + W_in @ u[k - 1] + b_rec)
    z = r[1:] @ W_out.T + b_out
    return r, z


def state_jacobian(r_k, W):
    """dr_k / dr_{k-1} = diag(1 - r_k^2) W"""
    return np.diag(1 - r_k ** 2) @ W


def adjoints(r, mismatch, W, W_out):
    """lambda_k = dE/dr_k for k = 1..T; row 0 is dE/dr_0"""
    T = len(mismatch)
    lam = np.zeros_like(r)
    lam[T] = W_out.T @ mismatch[T - 1]
    for k in range(T - 1, 0, -1):
        J = state_jacobian(r[k + 1], W)
        lam[k] = W_out.T @ mismatch[k - 1] + J.T @ lam[k + 1]
    lam[0] = state_jacobian(r[1], W).T @ lam[1]
    return lam


def gradient(u, r, z, desired, W_in, W, W_out):
    mismatch = z - desired
    lam = adjoints(r, mismatch, W, W_out)
    dW = np.zeros_like(W)
    dW_in = np.zeros_like(W_in)
    dW_out = np.zeros_like(W_out)
    db_rec = np.zeros(W.shape[0])
    for k in range(1, len(r)):
        D = np.diag(1 - r[k] ** 2)
        immediate = D @ lam[k]
        dW += np.outer(immediate, r[k - 1])
        dW_in += np.outer(immediate, u[k - 1])
        db_rec += immediate
        dW_out += np.outer(mismatch[k - 1], r[k])
    db_out = mismatch.sum(axis=0)
    return dW_in, dW, dW_out, db_rec, db_out, lam


def run(problem):
    p = problem.params
    W_in, W, W_out = p["W_xh"], p["W_hh"], p["W_hy"]
    r, z = simulate(problem.x, problem.h0, W_in, W, W_out, p["b_h"], p["b_y"])
    dW_in, dW, dW_out, db_rec, db_out, lam = gradient(problem.x, r, z, problem.target, W_in, W, W_out)
    return dict(dW_xh=dW_in, dW_hh=dW, dW_hy=dW_out, db_h=db_rec, db_y=db_out, dh=lam[1:], dh0=lam[0], y=z, h=r[1:])
