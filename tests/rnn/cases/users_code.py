"""Code as people write it, for tests: classes, flat scripts, steps and columns. It imports nothing of the program."""

NET = '''
import numpy as np


class Cell:
    def __init__(self):
        self.Wxh, self.Whh, self.bh = np.zeros((4, 6)), np.zeros((6, 6)), np.zeros(6)


class Net:
    """A vanilla network, x (T, B, D), half squared error."""

    def __init__(self):
        self.cell, self.Why, self.by, self.lr = Cell(), np.zeros((6, 5)), np.zeros(5), 0.5

    def forward(self, xs, h):
        hs, ys = [h], []
        for x in xs:
            h = np.tanh(x @ self.cell.Wxh + h @ self.cell.Whh + self.cell.bh)
            hs.append(h)
            ys.append(h @ self.Why + self.by)
        self.hs, self.xs, self.ys = hs, xs, ys
        return ys

    def backward(self, target):
        self.dWhy, self.dby = np.zeros_like(self.Why), np.zeros_like(self.by)
        c = self.cell
        c.dWxh, c.dWhh, c.dbh = np.zeros_like(c.Wxh), np.zeros_like(c.Whh), np.zeros_like(c.bh)
        carry = 0
        for t in reversed(range(len(self.xs))):
            dy = self.ys[t] - target[t]
            self.dWhy += self.hs[t + 1].T @ dy
            self.dby += dy.sum(0)
            da = (dy @ self.Why.T + carry) * (1 - self.hs[t + 1] ** 2)
            c.dWxh += self.xs[t].T @ da
            c.dWhh += self.hs[t].T @ da
            c.dbh += da.sum(0)
            carry = da @ c.Whh.T

    def train(self, xs, target, h0, in_place):
        self.forward(xs, h0)
        self.backward(target)
        c = self.cell
        if in_place:
            self.Why -= self.lr * self.dWhy
            c.Wxh -= self.lr * c.dWxh
        else:
            self.Why = self.Why - self.lr * self.dWhy
            c.Wxh = c.Wxh - self.lr * c.dWxh
        c.Whh -= self.lr * c.dWhh
        c.bh -= self.lr * c.dbh
        self.by -= self.lr * self.dby
'''

SCRIPT = """import numpy as np

rate, H = 0.1, 100
data = open("missing.txt").read()
xs, targets = make(data)
Wxh = np.random.randn(4, H) * 0.01
Whh: object = np.random.randn(H, H) * 0.01
Why, by = np.random.randn(H, 5) * 0.01, np.zeros(5)
bh = np.zeros(H)
hprev = np.zeros(H)

def step(x, h):
    return np.tanh(x @ Wxh + h @ Whh + bh)

for epoch in range(10**9):
    hs, ys = {-1: hprev}, {}
    for t in range(len(xs)):
        hs[t] = step(xs[t], hs[t - 1])
        ys[t] = hs[t] @ Why + by
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby, dhnext = np.zeros_like(bh), np.zeros_like(by), 0
    for t in reversed(range(len(xs))):
        dy = ys[t] - targets[t]
        dWhy += hs[t].T @ dy
        dby += dy.sum(0)
        da = (dy @ Why.T + dhnext) * (1 - hs[t] ** 2)
        dWxh += xs[t].T @ da
        dWhh += hs[t - 1].T @ da
        dbh += da.sum(0)
        dhnext = da @ Whh.T
    for param, grad in zip([Wxh, Whh, Why, bh, by], [dWxh, dWhh, dWhy, dbh, dby]):
        param += -rate * grad
    hprev = hs[len(xs) - 1]
    last, hprev = epoch, hprev
"""

COLUMNS = '''
import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def lstm(p, xs, h, c):
    """One sequence of columns, weights (out, in), one matrix [h; x] a gate, gradients by the same names."""
    kept = []
    for x in xs:
        z = np.vstack([h, x])
        i, f, o = (sigmoid(p["W_" + k] @ z + p["b_" + k]) for k in "ifo")
        g = np.tanh(p["W_g"] @ z + p["b_g"])
        before, c = c, f * c + i * g
        h = o * np.tanh(c)
        kept.append((z, i, f, o, g, before, c, h))
    return kept


def lstm_back(p, kept, dhs):
    grads = {"d" + name: np.zeros_like(value) for name, value in p.items()}
    n = len(kept[0][-1])
    dh_next, dc_next = np.zeros((n, 1)), np.zeros((n, 1))
    rows = dict(dh=[], dc=[], da_i=[], da_o=[])
    for (z, i, f, o, g, before, c, h), out in zip(reversed(kept), reversed(dhs)):
        dh = out + dh_next
        dc = dc_next + dh * o * (1 - np.tanh(c) ** 2)
        da = dict(i=dc * g * i * (1 - i), f=dc * before * f * (1 - f), o=dh * np.tanh(c) * o * (1 - o), g=dc * i * (1 - g * g))
        dz = 0
        for k in "ifgo":
            grads["dW_" + k] += da[k] @ z.T
            grads["db_" + k] += da[k]
            dz = dz + p["W_" + k].T @ da[k]
        dh_next, dc_next = dz[:n], dc * f
        for name, value in dict(dh=dh, dc=dc, da_i=da["i"], da_o=da["o"]).items():
            rows[name].insert(0, value)
    return dict(grads, dh0=dh_next, dc0=dc_next, **rows)
'''
