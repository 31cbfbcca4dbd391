"""Batch-first language-model RNN, everything in one class, gradients in a namespace."""
from types import SimpleNamespace

import numpy as np

CASE = dict(cell="rnn", activation="tanh", loss="softmax_cross_entropy", x="BTD", weights="in,out", h0="given", sizes=dict(T=6, B=3, D=4, H=5, K=4), title="batch first, counted from the end")


class LM:
    def __init__(self, p):
        self.w = SimpleNamespace(ih=p["W_xh"], hh=p["W_hh"], ho=p["W_hy"], bh=p["b_h"], bo=p["b_y"])
        self.g = SimpleNamespace(**{k: np.zeros_like(v) for k, v in vars(self.w).items()})

    def forward(self, X, h):
        self.X, self.S = X, [h]
        logits = []
        for step in X.transpose(1, 0, 2):
            h = np.tanh(step @ self.w.ih + h @ self.w.hh + self.w.bh)
            self.S.append(h)
            logits.append(h @ self.w.ho + self.w.bo)
        return np.stack(logits, 1)

    def backward(self, dlogits):
        B, T, V = dlogits.shape
        carry = 0
        for back in range(1, T + 1):
            i = T - back
            now, before = self.S[i + 1], self.S[i]
            e = dlogits[:, i]
            self.g.ho += now.T @ e
            self.g.bo += e.sum(axis=0)
            into = e @ self.w.ho.T + carry
            inner = into * (1 - now ** 2)
            self.g.ih += self.X[:, i].T @ inner
            self.g.hh += before.T @ inner
            self.g.bh += inner.sum(axis=0)
            carry = inner @ self.w.hh.T
        return carry


def run(problem):
    net = LM(problem.params)
    logits = net.forward(problem.x, problem.h0)
    z = np.exp(logits - logits.max(-1, keepdims=True))
    probs = z / z.sum(-1, keepdims=True)
    d = probs - np.eye(4)[problem.target]
    net.backward(d)
    g = net.g
    return dict(dW_xh=g.ih, dW_hh=g.hh, dW_hy=g.ho, db_h=g.bh, db_y=g.bo)
