"""Activations and their derivatives are lambdas in a dict; pre-activations are kept, derivatives taken of them."""

import numpy as np

CASE = dict(
    title="a table of lambdas, derivatives at the pre-activation, logistic outputs",
    cell="rnn", activation="tanh", loss="logistic", x="TBD", weights="in,out", h0="given",
    settings=dict(steps=6, batch=3, inputs=4, hidden=5, outputs=2, seed=38),
)

sig = lambda z: 1 / (1 + np.exp(-z))

ACT = {
    "tanh": (lambda z: np.tanh(z), lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": (sig, lambda z: sig(z) * (1 - sig(z))),
    "relu": (lambda z: np.maximum(0, z), lambda z: (z > 0) * 1.0),
}


class Layer:
    def __init__(self, wx, wh, b, activation):
        self.wx, self.wh, self.b = wx, wh, b
        self.f, self.df = ACT[activation]

    def forward(self, X, h0):
        self.X, self.h0 = X, h0
        self.Z = []
        self.H = []
        h = h0
        for x in X:
            z = x.dot(self.wx) + h.dot(self.wh) + self.b
            h = self.f(z)
            self.Z.append(z)
            self.H.append(h)
        return self.H

    def backward(self, dH):
        n = len(dH)
        self.dwx = np.zeros_like(self.wx)
        self.dwh = np.zeros_like(self.wh)
        self.db = np.zeros_like(self.b)
        dX = [0] * n
        dz_next = np.zeros_like(self.h0)
        for i in range(n):
            t = n - 1 - i
            dh = dH[t] + dz_next.dot(self.wh.T)
            dz = dh * self.df(self.Z[t])
            prev = self.H[t - 1] if t > 0 else self.h0
            self.dwx += self.X[t].T.dot(dz)
            self.dwh += prev.T.dot(dz)
            self.db += dz.sum(axis=0)
            dX[t] = dz.dot(self.wx.T)
            dz_next = dz
        return dX


class Output:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def forward(self, H):
        self.H = H
        self.P = [sig(h.dot(self.w) + self.b) for h in H]
        return self.P

    def backward(self, Y):
        self.dw = np.zeros_like(self.w)
        self.db = np.zeros_like(self.b)
        dH = []
        for h, p, y in zip(self.H, self.P, Y):
            d = p - y
            self.dw += h.T.dot(d)
            self.db += d.sum(axis=0)
            dH.append(d.dot(self.w.T))
        return dH


def run(problem):
    p = problem.params
    layer = Layer(p["W_xh"], p["W_hh"], p["b_h"], problem.activation)
    output = Output(p["W_hy"], p["b_y"])
    output.forward(layer.forward(problem.x, problem.h0))
    dH = output.backward(problem.target)
    dX = layer.backward(dH)
    return dict(dW_xh=layer.dwx, dW_hh=layer.dwh, db_h=layer.db, dW_hy=output.dw, db_y=output.db,
                dh_out=np.array(dH), dx=np.array(dX), h=np.array(layer.H))
