"""An LSTM that is fed one time step at a time and fed back one gradient at a time."""
import numpy as np


class LSTMUnit:
    def __init__(self):
        self.w, self.b = None, None
        self.stack = []

    def start(self, h, c):
        self.h, self.c = h, c
        self.gh, self.gc = np.zeros_like(h), np.zeros_like(c)
        self.g = {"w": np.zeros_like(self.w), "b": np.zeros_like(self.b)}
        self.stack.clear()

    def forward(self, x):
        v = np.c_[x, self.h]
        n = self.h.shape[1]
        z = v @ self.w + self.b
        o, f, i = (1 / (1 + np.exp(-z[:, k * n : (k + 1) * n])) for k in range(3))
        u = np.tanh(z[:, 3 * n :])
        old = self.c
        self.c = f * old + i * u
        self.h = o * np.tanh(self.c)
        self.stack.append((v, old, o, f, i, u, self.c))
        return self.h

    def backward(self, d):
        v, old, o, f, i, u, c = self.stack.pop()
        d = d + self.gh
        t = np.tanh(c)
        e = self.gc + d * o * (1 - t ** 2)
        z = np.c_[d * t * o * (1 - o), e * old * f * (1 - f), e * u * i * (1 - i), e * i * (1 - u ** 2)]
        self.g["w"] += v.T @ z
        self.g["b"] += z.sum(0)
        n = d.shape[1]
        back = z @ self.w.T
        self.gh, self.gc = back[:, -n:], e * f
        return back[:, :-n]


CASE = dict(title="LSTM fed step by step, gates o f i g", cell="lstm", gates="ofig", stacked="xh", x="BTD", loss="upstream",
            output_layer=False, counted="all")

def run(problem):
    unit = LSTMUnit()
    problem.put(unit, w="W", b="b_h")
    unit.start(problem.states["h0"], problem.states["c0"])
    problem.step_by_step(unit.forward, unit.backward)
    return dict(problem.take(unit.g, prefix="", w="W", b="b_h"), dh0=unit.gh, dc0=unit.gc)
