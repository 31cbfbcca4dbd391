"""Every gate is one matrix on (x, h, 1)."""
import numpy as np


def sigma(a):
    return 1 / (1 + np.exp(-a))


def with_one(*parts):
    return np.hstack(parts + (np.ones((len(parts[0]), 1)),))


class LSTM:
    def __init__(self, **theta):
        self.theta = theta
        self.grad = {k: 0.0 for k in theta}

    def forward(self, X, h, c):
        th, self.past = self.theta, []
        for x in X:
            u = with_one(x, h)
            i, f, o, g = sigma(u @ th["I"]), sigma(u @ th["F"]), sigma(u @ th["O"]), np.tanh(u @ th["G"])
            nc = f * c + i * g
            self.past += [(u, i, f, o, g, c, nc)]
            h, c = o * np.tanh(nc), nc
        return h

    def backward(self, dH):
        th, n = self.theta, dH.shape[2]
        dh = dc = np.zeros(dH.shape[1:])
        dX = []
        for (u, i, f, o, g, c, nc), d in zip(self.past[::-1], dH[::-1]):
            dh = dh + d
            dc = dc + dh * o / np.cosh(nc) ** 2
            local = dict(I=dc * g * i * (1 - i), F=dc * c * f * (1 - f), O=dh * np.tanh(nc) * o * (1 - o), G=dc * i * (1 - g * g))
            du = 0.0
            for k, a in local.items():
                self.grad[k] = self.grad[k] + u.T @ a
                du = du + a @ th[k].T
            dX.append(du[:, : -n - 1])
            dh, dc = du[:, -n - 1 : -1], dc * f
        return np.array(dX)[::-1], dh, dc


CASE = dict(title="LSTM, a matrix a gate on (x, h, 1)", cell="lstm", gates="separate", stacked="xh", bias="last",
            loss="upstream", output_layer=False, counted="all")
NAMES = dict(I="W_i", F="W_f", O="W_o", G="W_g")

def run(problem):
    net = LSTM(**problem.named(**NAMES))
    net.forward(problem.x, problem.states["h0"], problem.states["c0"])
    dX, dh0, dc0 = net.backward(problem.dh)
    return dict(problem.take(net.grad, prefix="", **NAMES), dx=dX, dh0=dh0, dc0=dc0)
