"""Leaky units as generators: every step waits, suspended, for the gradient that comes back to it."""
import numpy as np


def unit(x, h, p, grads, leak):
    z = np.tanh(p.w_in @ x + p.w @ h + p.b)
    dh = yield (1 - leak) * h + leak * z
    delta = leak * dh * (1 - z * z)
    grads.w_in += delta @ x.T
    grads.w += delta @ h.T
    grads.b += delta.sum(axis=1, keepdims=True)
    yield (1 - leak) * dh + p.w.T @ delta


class Bag:
    def __init__(self, **values):
        vars(self).update(values)

    def zeros(self):
        return Bag(**{k: np.zeros_like(v) for k, v in vars(self).items()})


def loss_and_gradient(p, xs, h, targets, leak=0.5):
    grads, waiting, deltas, loss = p.zeros(), [], [], 0.0
    for x, y in zip(xs, targets):
        step = unit(x, h, p, grads, leak)
        h = next(step)
        logits = p.v @ h + p.c
        prob = 1 / (1 + np.exp(-logits))
        loss -= (y * np.log(prob) + (1 - y) * np.log(1 - prob)).sum() / (len(xs) * x.shape[1])
        error = (prob - y) / (len(xs) * x.shape[1])
        grads.v += error @ h.T
        grads.c += error.sum(axis=1, keepdims=True)
        waiting.append(step)
        deltas.append(p.v.T @ error)
    carry = 0
    while waiting:
        carry = waiting.pop().send(deltas.pop() + carry)
    return loss, grads, carry


CASE = dict(title="leaky units as suspended generators, columns", cell="leaky", leak=0.5, x="T,DB", weights="out,in",
            bias="column", loss="logistic_mean", counted="all")
NAMES = dict(w_in="W_xh", w="W_hh", b="b_h", v="W_hy", c="b_y")

def run(problem):
    loss, grads, dh0 = loss_and_gradient(Bag(**problem.named(**NAMES)), problem.x, problem.h0, problem.target)
    return dict(problem.take(grads, prefix="", **NAMES), loss=loss, dh0=dh0)
