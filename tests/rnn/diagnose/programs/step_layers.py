"""A layer object for every step, kept in a list; (sample, step, feature)."""
import numpy as np


class Step:
    def __init__(self, weights):
        self.weights, self.grads = weights, [np.zeros_like(w) for w in weights]

    def forward(self, x, before):
        W, U, b = self.weights
        self.x, self.before, self.h = x, before, np.tanh(x @ W + before @ U + b)
        return self.h

    def backward(self, dh):
        W, U, b = self.weights
        da = dh * (1 - self.h ** 2)
        self.grads = [self.x.T @ da, self.before.T @ da, da.sum(axis=0)]
        return da @ W.T, da @ U.T


class Steps:
    def __init__(self, *weights):
        self.weights, self.grads = weights, [np.zeros_like(w) for w in weights]

    def forward(self, xs, h):
        self.steps = []
        hs = []
        for t in range(xs.shape[1]):
            step = Step(self.weights)
            h = step.forward(xs[:, t], h)
            self.steps.append(step)
            hs.append(h)
        return np.stack(hs, axis=1)

    def backward(self, dhs):
        dxs, dh = np.zeros(dhs.shape[:2] + self.weights[0].shape[:1]), 0
        for t in reversed(range(dhs.shape[1])):
            dxs[:, t], dh = self.steps[t].backward(dhs[:, t] + dh)
            for total, grad in zip(self.grads, self.steps[t].grads):
                total += grad
        self.dh0 = dh
        return dxs


CASE = dict(cell="rnn", loss="half_squared_error", x="BTD", counted="all")

def run(problem):
    p = problem.params
    net = Steps(p["W_xh"], p["W_hh"], p["b_h"])
    hs = net.forward(problem.x, problem.h0)
    dy = hs @ p["W_hy"] + p["b_y"] - problem.target
    dx = net.backward(dy @ p["W_hy"].T)
    return dict(dx=dx, dh0=net.dh0, dW_xh=net.grads[0], dW_hh=net.grads[1], db_h=net.grads[2],
                dW_hy=np.einsum("bth,btk->hk", hs, dy), db_y=dy.sum((0, 1)))
