"""Two LSTM layers that are each run over the whole sequence; lists of caches; cells as a layer class."""

import numpy as np

CASE = dict(
    title="two LSTM layers",
    cell="lstm", layers=2, loss="half_squared_error", x="TBD", weights="in,out", counted="all",
    settings=dict(steps=4, batch=2, inputs=3, hidden=4, outputs=2, seed=37),
)


class Layer:
    def __init__(self, Wx, Wh, b, h0, c0):
        self.Wx, self.Wh, self.b = Wx, Wh, b
        self.h0, self.c0 = h0, c0

    def forward(self, xs):
        h, c = self.h0, self.c0
        self.tape, hs = [], []
        n = h.shape[1]
        for x in xs:
            z = x @ self.Wx + h @ self.Wh + self.b
            i = 1 / (1 + np.exp(-z[:, :n]))
            f = 1 / (1 + np.exp(-z[:, n:2*n]))
            g = np.tanh(z[:, 2*n:3*n])
            o = 1 / (1 + np.exp(-z[:, 3*n:]))
            h_old, c_old = h, c
            c = f * c + i * g
            tanh_c = np.tanh(c)
            h = o * tanh_c
            self.tape.append((x, h_old, c_old, i, f, g, o, tanh_c))
            hs.append(h)
        return hs

    def backward(self, dhs):
        self.dWx, self.dWh, self.db = np.zeros_like(self.Wx), np.zeros_like(self.Wh), np.zeros_like(self.b)
        dh_carry, dc_carry = np.zeros_like(self.h0), np.zeros_like(self.c0)
        dxs = [None] * len(dhs)
        for t in reversed(range(len(dhs))):
            x, h_old, c_old, i, f, g, o, tanh_c = self.tape[t]
            dh = dhs[t] + dh_carry
            dc = dc_carry + dh * o * (1 - tanh_c * tanh_c)
            dz = np.concatenate([
                dc * g * i * (1 - i),
                dc * c_old * f * (1 - f),
                dc * i * (1 - g * g),
                dh * tanh_c * o * (1 - o),
            ], axis=1)
            self.dWx += x.T @ dz
            self.dWh += h_old.T @ dz
            self.db += dz.sum(axis=0)
            dxs[t] = dz @ self.Wx.T
            dh_carry = dz @ self.Wh.T
            dc_carry = dc * f
        self.dh0, self.dc0 = dh_carry, dc_carry
        return dxs


def run(problem):
    p, s = problem.params, problem.states
    layers = [Layer(p[f"W_xh.{k}"], p[f"W_hh.{k}"], p[f"b_h.{k}"], s[f"h0.{k}"], s[f"c0.{k}"]) for k in (0, 1)]
    hs = list(problem.x)
    for layer in layers:
        hs = layer.forward(hs)
    dW_hy, db_y, grads = np.zeros_like(p["W_hy"]), np.zeros_like(p["b_y"]), []
    for h, wanted in zip(hs, problem.target):
        dy = h @ p["W_hy"] + p["b_y"] - wanted
        dW_hy += h.T @ dy
        db_y += dy.sum(axis=0)
        grads.append(dy @ p["W_hy"].T)
    for layer in reversed(layers):
        grads = layer.backward(grads)
    found = dict(dW_hy=dW_hy, db_y=db_y, dx=np.array(grads))
    for k, layer in enumerate(layers):
        found.update({f"dW_xh.{k}": layer.dWx, f"dW_hh.{k}": layer.dWh, f"db_h.{k}": layer.db,
                      f"dh0.{k}": layer.dh0, f"dc0.{k}": layer.dc0})
    return found
