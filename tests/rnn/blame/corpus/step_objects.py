"""Layer objects that are called once per step and keep a stack; backward pops, gradients pile up in a dict."""

import numpy as np

CASE = dict(
    title="step objects with a stack",
    cell="rnn",
    activation="tanh",
    loss="half_squared_error",
    x="TBD",
    weights="in,out",
    settings=dict(steps=6, batch=3, inputs=4, hidden=5, outputs=2, seed=5),
)


class Dense:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.reset()

    def reset(self):
        self.stack = []
        self.grads = {"W": np.zeros_like(self.W), "b": np.zeros_like(self.b)}

    def forward(self, h):
        self.stack.append(h)
        return h @ self.W + self.b

    def backward(self, grad_out):
        h = self.stack.pop()
        self.grads["W"] += h.T @ grad_out
        self.grads["b"] += grad_out.sum(0)
        return grad_out @ self.W.T


class Recurrent:
    def __init__(self, Wi, Wr, b, state):
        self.Wi, self.Wr, self.b = Wi, Wr, b
        self.initial = state
        self.reset()

    def reset(self):
        self.state = self.initial
        self.grad_state = np.zeros_like(self.initial)
        self.stack = []
        self.grads = dict(Wi=np.zeros_like(self.Wi), Wr=np.zeros_like(self.Wr), b=np.zeros_like(self.b))

    def forward(self, x):
        before = self.state
        self.state = np.tanh(x @ self.Wi + before @ self.Wr + self.b)
        self.stack.append((x, before, self.state))
        return self.state

    def backward(self, grad_h):
        x, before, after = self.stack.pop()
        grad_h = grad_h + self.grad_state
        grad_a = grad_h * (1.0 - after ** 2)
        self.grads["Wi"] += x.T @ grad_a
        self.grads["Wr"] += before.T @ grad_a
        self.grads["b"] += grad_a.sum(0)
        self.grad_state = grad_a @ self.Wr.T
        return grad_a @ self.Wi.T


def run(problem):
    p = problem.params
    cell = Recurrent(p["W_xh"], p["W_hh"], p["b_h"], problem.h0)
    readout = Dense(p["W_hy"], p["b_y"])
    outputs = [readout.forward(cell.forward(x_t)) for x_t in problem.x]
    grad_x = []
    for y_t, target_t in zip(outputs[::-1], problem.target[::-1]):
        grad_y = y_t - target_t
        grad_x.insert(0, cell.backward(readout.backward(grad_y)))
    return dict(
        dW_xh=cell.grads["Wi"], dW_hh=cell.grads["Wr"], db_h=cell.grads["b"], dh0=cell.grad_state,
        dW_hy=readout.grads["W"], db_y=readout.grads["b"], dx=np.array(grad_x), y=np.array(outputs),
    )
