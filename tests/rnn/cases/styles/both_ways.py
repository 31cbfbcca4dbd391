"""Bidirectional tagger."""
import numpy as np


class Direction:
    def __init__(self, A, R, b, reverse):
        self.A, self.R, self.b, self.reverse = A, R, b, reverse

    def order(self, T):
        return range(T - 1, -1, -1) if self.reverse else range(T)

    def forward(self, X, h):
        self.X, self.first, self.H = X, h, {}
        for t in self.order(len(X)):
            h = np.tanh(X[t] @ self.A + h @ self.R + self.b)
            self.H[t] = h
        return np.array([self.H[t] for t in range(len(X))])

    def backward(self, dH):
        self.dA, self.dR, self.db = np.zeros_like(self.A), np.zeros_like(self.R), np.zeros_like(self.b)
        order = list(self.order(len(self.X)))
        carry = np.zeros_like(self.first)
        dX = np.zeros_like(self.X)
        for n in range(len(order) - 1, -1, -1):
            t = order[n]
            h_before = self.H[order[n - 1]] if n > 0 else self.first
            g = (dH[t] + carry) * (1 - self.H[t] ** 2)
            self.dA += self.X[t].T @ g
            self.dR += h_before.T @ g
            self.db += g.sum(0)
            dX[t] = g @ self.A.T
            carry = g @ self.R.T
        return dX


def tagger(X, tags, left, right, h_left, h_right, V, c):
    H = np.concatenate([left.forward(X, h_left), right.forward(X, h_right)], axis=2)
    scores = H @ V + c
    P = np.exp(scores - scores.max(-1, keepdims=True))
    P /= P.sum(-1, keepdims=True)
    T, N = tags.shape
    pick = np.ix_(range(T), range(N)) + (tags,)
    loss = -np.log(P[pick]).sum()
    P[pick] -= 1
    dV, dc, dH = np.einsum("tnh,tnk->hk", H, P), P.sum((0, 1)), P @ V.T
    m = len(h_left[0])
    dX = left.backward(dH[:, :, :m]) + right.backward(dH[:, :, m:])
    return loss, dV, dc, dX


CASE = dict(title="a tagger that reads both ways", cell="rnn", bidirectional=True, loss="softmax_cross_entropy", counted="all")
F, R = (dict(A="W_xh" + k, R="W_hh" + k, b="b_h" + k) for k in (".0", ".0.reverse"))

def run(problem):
    p, s = problem.params, problem.states
    left, right = Direction(**problem.named(**F), reverse=False), Direction(**problem.named(**R), reverse=True)
    loss, dV, dc, dX = tagger(problem.x, problem.target, left, right, s["h0.0"], s["h0.0.reverse"], p["W_hy"], p["b_y"])
    return dict(problem.take(left, **F) | problem.take(right, **R), dW_hy=dV, db_y=dc, dx=dX, loss=loss)
