"""A class, batch first, packed gates r z n, two biases; the reset gate after the product."""

import numpy as np

CASE = dict(
    title="GRU with packed gates and two biases, reset after the product",
    cell="gru", reset="after", biases="two", loss="half_squared_error", x="BTD", weights="in,out", counted="all",
    settings=dict(steps=5, batch=3, inputs=4, hidden=5, outputs=2, seed=43),
)


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


class GRU:
    def __init__(self, W_ih, W_hh, b_ih, b_hh):
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = W_ih, W_hh, b_ih, b_hh

    def forward(self, x, h0):
        N, T, _ = x.shape
        H = h0.shape[1]
        self.x, self.h0 = x, h0
        self.h = np.empty((N, T, H))
        self.r, self.z, self.n, self.hn = (np.empty((N, T, H)) for _ in range(4))
        h = h0
        for t in range(T):
            gi = x[:, t] @ self.W_ih + self.b_ih
            gh = h @ self.W_hh + self.b_hh
            self.r[:, t] = sigmoid(gi[:, :H] + gh[:, :H])
            self.z[:, t] = sigmoid(gi[:, H:2*H] + gh[:, H:2*H])
            self.hn[:, t] = gh[:, 2*H:]
            self.n[:, t] = np.tanh(gi[:, 2*H:] + self.r[:, t] * self.hn[:, t])
            h = (1 - self.z[:, t]) * self.n[:, t] + self.z[:, t] * h
            self.h[:, t] = h
        return self.h

    def backward(self, dout):
        N, T, H = dout.shape
        self.dW_ih, self.dW_hh = np.zeros_like(self.W_ih), np.zeros_like(self.W_hh)
        self.db_ih, self.db_hh = np.zeros_like(self.b_ih), np.zeros_like(self.b_hh)
        dx = np.empty_like(self.x)
        dh = np.zeros((N, H))
        for t in range(T)[::-1]:
            h_prev = self.h[:, t - 1] if t > 0 else self.h0
            r, z, n, hn = self.r[:, t], self.z[:, t], self.n[:, t], self.hn[:, t]
            dh = dh + dout[:, t]
            dz = dh * (h_prev - n) * z * (1 - z)
            dn = dh * (1 - z) * (1 - n ** 2)
            dr = dn * hn * r * (1 - r)
            dgi = np.concatenate([dr, dz, dn], axis=1)
            dgh = np.concatenate([dr, dz, dn * r], axis=1)
            self.dW_ih += self.x[:, t].T @ dgi
            self.dW_hh += h_prev.T @ dgh
            self.db_ih += dgi.sum(axis=0)
            self.db_hh += dgh.sum(axis=0)
            dx[:, t] = dgi @ self.W_ih.T
            dh = dh * z + dgh @ self.W_hh.T
        self.dh0 = dh
        return dx


def run(problem):
    p = problem.params
    gru = GRU(p["W_xh"], p["W_hh"], p["b_xh"], p["b_hh"])
    h = gru.forward(problem.x, problem.h0)
    dy = h @ p["W_hy"] + p["b_y"] - problem.target
    dx = gru.backward(dy @ p["W_hy"].T)
    return dict(dW_xh=gru.dW_ih, dW_hh=gru.dW_hh, db_xh=gru.db_ih, db_hh=gru.db_hh, dW_hy=np.tensordot(h, dy, ([0, 1], [0, 1])),
                db_y=dy.sum(axis=(0, 1)), dx=dx, dh0=gru.dh0)
