"""A class that keeps everything on self, with zero_grad, backward and a dict of gradients; sigmoid units."""

import numpy as np

CASE = dict(
    title="everything on self, zero_grad, sigmoid",
    cell="rnn", activation="sigmoid", loss="half_squared_error", x="TBD", weights="in,out", h0="given",
    settings=dict(steps=7, batch=3, inputs=4, hidden=6, outputs=2, seed=33),
)


def sigmoid(x):
    return 1. / (1. + np.exp(-x))


class SimpleRNN:

    def __init__(self, input_weights, recurrent_weights, output_weights, hidden_bias, output_bias):
        self.Wih = input_weights
        self.Whh = recurrent_weights
        self.Who = output_weights
        self.bh = hidden_bias
        self.bo = output_bias
        self.zero_grad()

    def zero_grad(self):
        self.grad = {
            'Wih': np.zeros_like(self.Wih),
            'Whh': np.zeros_like(self.Whh),
            'Who': np.zeros_like(self.Who),
            'bh': np.zeros_like(self.bh),
            'bo': np.zeros_like(self.bo),
        }

    def forward(self, inputs, h_init):
        self.inputs = inputs
        self.seq_len, self.batch_size, _ = inputs.shape
        self.h = {-1: h_init}
        self.out = {}
        for t in range(self.seq_len):
            self.h[t] = sigmoid(inputs[t] @ self.Wih + self.h[t-1] @ self.Whh + self.bh)
            self.out[t] = self.h[t] @ self.Who + self.bo
        return self.out

    def loss(self, targets):
        return sum(0.5 * ((self.out[t] - targets[t]) ** 2).sum() for t in self.out)

    def backward(self, targets):
        self.zero_grad()
        self.dh_next = np.zeros((self.batch_size, self.Whh.shape[0]))
        self.dx = np.zeros_like(self.inputs)
        for t in reversed(range(self.seq_len)):
            self.dout = self.out[t] - targets[t]
            self.grad['Who'] += self.h[t].T @ self.dout
            self.grad['bo'] += self.dout.sum(axis=0)

            self.dh = self.dout @ self.Who.T
            self.dh += self.dh_next
            self.dz = self.dh * self.h[t] * (1 - self.h[t])

            self.grad['Wih'] += self.inputs[t].T @ self.dz
            self.grad['Whh'] += self.h[t-1].T @ self.dz
            self.grad['bh'] += self.dz.sum(axis=0)

            self.dx[t] = self.dz @ self.Wih.T
            self.dh_next = self.dz @ self.Whh.T
        return self.grad


def run(problem):
    p = problem.params
    model = SimpleRNN(p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"])
    model.forward(problem.x, problem.h0)
    grad = model.backward(problem.target)
    return dict(dW_xh=grad['Wih'], dW_hh=grad['Whh'], dW_hy=grad['Who'], db_h=grad['bh'], db_y=grad['bo'],
                dx=model.dx, dh0=model.dh_next, loss=model.loss(problem.target))
