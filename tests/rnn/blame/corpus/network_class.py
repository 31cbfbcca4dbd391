"""A class with its weights and gradients as attributes; the row s[-1] of the states holds the initial state."""

import numpy as np

CASE = dict(
    title="class with attributes, one sequence, squared error",
    cell="rnn", activation="tanh", loss="half_squared_error", x="TD", weights="out,in", h0="given",
    settings=dict(steps=8, inputs=4, hidden=5, outputs=3, seed=2),
)


class VanillaRNN(object):
    def __init__(self, U, W, V, b, c, s0):
        self.U, self.W, self.V = U, W, V
        self.b, self.c = b, c
        self.s0 = s0
        self.hidden_dim = W.shape[0]

    def forward(self, X):
        T = len(X)
        self.X = X
        self.s = np.zeros((T + 1, self.hidden_dim))
        self.s[-1] = self.s0
        self.o = np.zeros((T, self.V.shape[0]))
        for t in np.arange(T):
            self.s[t] = np.tanh(self.U.dot(X[t]) + self.W.dot(self.s[t - 1]) + self.b)
            self.o[t] = self.V.dot(self.s[t]) + self.c
        return self.o

    def zero_grad(self):
        self.dU = np.zeros(self.U.shape)
        self.dW = np.zeros(self.W.shape)
        self.dV = np.zeros(self.V.shape)
        self.db = np.zeros(self.b.shape)
        self.dc = np.zeros(self.c.shape)

    def loss(self, Y):
        return 0.5 * np.sum((self.o - Y) ** 2)

    def bptt(self, Y):
        self.zero_grad()
        T = len(Y)
        delta_o = self.o - Y
        eps_next = np.zeros(self.hidden_dim)
        for t in np.arange(T)[::-1]:
            self.dV += np.outer(delta_o[t], self.s[t])
            self.dc += delta_o[t]
            # error at the hidden layer: from the output and from the next step
            eps = self.V.T.dot(delta_o[t]) + self.W.T.dot(eps_next)
            eps = eps * (1 - self.s[t] ** 2)
            self.dU += np.outer(eps, self.X[t])
            self.dW += np.outer(eps, self.s[t - 1])
            self.db += eps
            eps_next = eps


def run(problem):
    p = problem.params
    net = VanillaRNN(p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"], problem.h0)
    y = net.forward(problem.x)
    net.bptt(problem.target)
    return dict(dW_xh=net.dU, dW_hh=net.dW, dW_hy=net.dV, db_h=net.db, db_y=net.dc,
                y=y, h=net.s[:-1], loss=net.loss(problem.target))
