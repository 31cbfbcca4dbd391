"""A linear network with a tape: every forward step leaves a function that carries the gradient back through it."""

import numpy as np

CASE = dict(
    title="a tape of closures, linear units",
    cell="rnn",
    activation="identity",
    loss="half_squared_error",
    x="TBD",
    weights="in,out",
    h0="given",
    settings=dict(steps=7, batch=3, inputs=4, hidden=5, outputs=2, seed=19, weight_scale=0.3),
)


class Var:
    """An array with a gradient that is added to."""

    def __init__(self, value):
        self.value = value
        self.grad = np.zeros_like(value)


class Tape:
    def __init__(self):
        self.steps = []

    def affine(self, x, w):
        out = Var(x.value @ w.value)

        def back():
            x.grad += out.grad @ w.value.T
            w.grad += x.value.T @ out.grad

        self.steps.append(back)
        return out

    def add(self, left, right):
        out = Var(left.value + right.value)

        def back():
            left.grad += out.grad
            right.grad += out.grad

        self.steps.append(back)
        return out

    def add_bias(self, x, bias):
        out = Var(x.value + bias.value)

        def back():
            x.grad += out.grad
            bias.grad += out.grad.sum(axis=0)

        self.steps.append(back)
        return out

    def run_back(self):
        for back in reversed(self.steps):
            back()


def run(problem):
    v = {name: Var(value) for name, value in problem.params.items()}
    xs = [Var(x) for x in problem.x]
    h0 = Var(problem.h0)
    tape, h, hs, ys = Tape(), h0, [], []
    for x in xs:
        summed = tape.add(tape.affine(x, v["W_xh"]), tape.affine(h, v["W_hh"]))
        h = tape.add_bias(summed, v["b_h"])
        hs.append(h)
        ys.append(tape.add_bias(tape.affine(h, v["W_hy"]), v["b_y"]))
    for y, target in zip(ys, problem.target):
        y.grad += y.value - target
    tape.run_back()
    found = {"d" + name: var.grad for name, var in v.items()}
    return dict(found, dh0=h0.grad, dx=np.array([x.grad for x in xs]), dh=np.array([h.grad for h in hs]),
                y=np.array([y.value for y in ys]))
