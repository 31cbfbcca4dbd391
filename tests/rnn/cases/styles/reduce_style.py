from functools import reduce
from itertools import accumulate
import numpy as np

forward = lambda xs, h0, A, B, b: list(accumulate(xs, lambda h, x: np.tanh(x @ A + h @ B + b), initial=h0))

def backward(xs, hs, gs, A, B):
    def add(acc, item):
        (gA, gB, gb, back), (x, h_old, h_new, g) = acc, item
        d = (g + back) * (1 - h_new ** 2)
        return gA + x.T @ d, gB + h_old.T @ d, gb + d.sum(0), d @ B.T
    start = (np.zeros_like(A), np.zeros_like(B), np.zeros(B.shape[1]), np.zeros_like(hs[0]))
    return reduce(add, reversed(list(zip(xs, hs, hs[1:], gs))), start)

CASE = dict(title="accumulate and reduce", cell="rnn", loss="softmax_cross_entropy", target="rows", x="T,BD")

def run(problem):
    A, B, b, V, c = (problem.params[n] for n in ("W_xh", "W_hh", "b_h", "W_hy", "b_y"))
    hs = forward(problem.x, problem.h0, A, B, b)
    soft = lambda s: np.exp(s - s.max(1, keepdims=True)) / np.exp(s - s.max(1, keepdims=True)).sum(1, keepdims=True)
    dy = [w[:, None] * (soft(h @ V + c) - t) for w, h, t in zip(problem.loss_weights, hs[1:], problem.target)]
    gA, gB, gb, dh0 = backward(problem.x, hs, [d @ V.T for d in dy], A, B)
    return dict(dW_xh=gA, dW_hh=gB, db_h=gb, dh0=dh0, dW_hy=sum(h.T @ d for h, d in zip(hs[1:], dy)), db_y=sum(dy).sum(0))
