"""A long sequence in pieces: the LSTM state goes on from piece to piece, its gradient does not."""
import numpy as np


def logistic(z):
    return 1. / (1. + np.exp(-z))


class ChunkedLSTM:
    piece = 4

    def __init__(self, W, R, b, V, a):
        self.W, self.R, self.b, self.V, self.a = W, R, b, V, a
        self.total = {n: np.zeros_like(getattr(self, n)) for n in "WRbVa"}
        self.loss = 0.0

    def train(self, x, target, weights, h, c):
        for start in range(0, len(x), self.piece):
            stop = start + self.piece
            h, c = self._piece(x[start:stop], target[start:stop], weights[start:stop], h, c)

    def _piece(self, x, target, weights, h, c):
        m = self.R.shape[0]
        tape = []
        for t in range(len(x)):
            z = x[t] @ self.W + h @ self.R + self.b
            i, f, o = logistic(z[:, :m]), logistic(z[:, m:2 * m]), logistic(z[:, 3 * m:])
            g = np.tanh(z[:, 2 * m:3 * m])
            c2 = f * c + i * g
            h2 = o * np.tanh(c2)
            err = (h2 @ self.V + self.a - target[t])
            self.loss += 0.5 * (weights[t] * (err ** 2).sum(axis=1)).sum()
            tape.append((x[t], h, c, i, f, g, o, c2, h2, err * weights[t][:, np.newaxis]))
            h, c = h2, c2
        dh, dc = np.zeros_like(h), np.zeros_like(c)
        for xt, hp, cp, i, f, g, o, c2, h2, err in reversed(tape):
            self.total["V"] += h2.T @ err
            self.total["a"] += err.sum(0)
            dh = dh + err @ self.V.T
            th = np.tanh(c2)
            dc = dc + dh * o * (1 - th * th)
            dz = np.hstack([dc * g * i * (1 - i), dc * cp * f * (1 - f), dc * i * (1 - g * g), dh * th * o * (1 - o)])
            self.total["W"] += xt.T @ dz
            self.total["R"] += hp.T @ dz
            self.total["b"] += dz.sum(0)
            dh, dc = dz @ self.R.T, dc * f
        return h, c


CASE = dict(title="pieces of four steps: LSTM whose state goes on", cell="lstm", loss="half_squared_error",
            truncation=("chunked", 4), settings=dict(steps=10))
NAMES = dict(W="W_xh", R="W_hh", b="b_h", V="W_hy", a="b_y")

def run(problem):
    net = ChunkedLSTM(**problem.named(**NAMES))
    net.train(problem.x, problem.target, problem.loss_weights, problem.states["h0"], problem.states["c0"])
    return dict(problem.take(net.total, prefix="", **NAMES), loss=net.loss)
