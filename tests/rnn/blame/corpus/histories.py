"""Histories are np.empty arrays filled row by row; all weight gradients are one product each after the loop."""

import numpy as np

CASE = dict(
    title="preallocated histories, products after the loop, relu, mean loss",
    cell="rnn",
    activation="relu",
    loss="mean_squared_error",
    x="TBD",
    weights="in,out",
    h0="given",
    settings=dict(steps=9, batch=3, inputs=4, hidden=6, outputs=2, seed=7),
)


def forward(X, H0, Wx, Wh, bh, Wo, bo):
    T, B, _ = X.shape
    n = Wh.shape[0]
    A = np.empty((T, B, n))
    H = np.empty((T + 1, B, n))
    H[0] = H0
    for t in range(T):
        A[t] = X[t] @ Wx + H[t] @ Wh + bh
        H[t + 1] = np.maximum(A[t], 0)
    Y = H[1:] @ Wo + bo
    return A, H, Y


def backward(X, A, H, Y, target, Wx, Wh, Wo):
    T, B, n = A.shape
    dY = 2 * (Y - target) / Y.size
    dH = np.empty_like(A)
    dA = np.empty_like(A)
    dH[T - 1] = dY[T - 1] @ Wo.T
    dA[T - 1] = dH[T - 1] * (A[T - 1] > 0)
    for t in range(T - 2, -1, -1):
        dH[t] = dY[t] @ Wo.T + dA[t + 1] @ Wh.T
        dA[t] = dH[t] * (A[t] > 0)

    dA_flat = dA.reshape(T * B, n)
    dY_flat = dY.reshape(T * B, -1)
    H_prev = H[:-1].reshape(T * B, n)
    H_here = H[1:].reshape(T * B, n)
    dWx = X.reshape(T * B, -1).T @ dA_flat
    dWh = H_prev.T @ dA_flat
    dbh = dA_flat.sum(axis=0)
    dWo = H_here.T @ dY_flat
    dbo = dY_flat.sum(axis=0)
    dX = dA @ Wx.T
    dH0 = dA[0] @ Wh.T
    return dict(dWx=dWx, dWh=dWh, dbh=dbh, dWo=dWo, dbo=dbo, dX=dX, dH0=dH0, dH=dH, dA=dA, dY=dY)


def run(problem):
    p = problem.params
    A, H, Y = forward(problem.x, problem.h0, p["W_xh"], p["W_hh"], p["b_h"], p["W_hy"], p["b_y"])
    g = backward(problem.x, A, H, Y, problem.target, p["W_xh"], p["W_hh"], p["W_hy"])
    return dict(dW_xh=g["dWx"], dW_hh=g["dWh"], db_h=g["dbh"], dW_hy=g["dWo"], db_y=g["dbo"], dx=g["dX"],
                dh0=g["dH0"], dh=g["dH"], da=g["dA"], dy=g["dY"], y=Y, h=H[1:], a=A)
