"""A little layer library: every layer has params, grads, forward, backward; two recurrent layers on top of each other."""
import numpy as np


class Layer:
    def __init__(self, **params):
        self.params, self.grads = params, {}

    def zero_grad(self):
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}


class Tanh:
    @staticmethod
    def f(z):
        return np.tanh(z)

    @staticmethod
    def df(a):
        return 1.0 - np.square(a)


class Recurrent(Layer):
    act = Tanh

    def forward(self, X, h):
        W, U, b = (self.params[k] for k in "WUb")
        self.X, self.H = X, [h]
        for x in X:
            self.H.append(self.act.f(x @ W + self.H[-1] @ U + b))
        return np.array(self.H[1:])

    def backward(self, G):
        self.zero_grad()
        dX = []
        upstream = 0.0
        for t in range(len(self.X))[::-1]:
            dz = (G[t] + upstream) * self.act.df(self.H[t + 1])
            self.grads["W"] += self.X[t].T @ dz
            self.grads["U"] += self.H[t].T @ dz
            self.grads["b"] += dz.sum(0)
            dX.insert(0, dz @ self.params["W"].T)
            upstream = dz @ self.params["U"].T
        self.dh0 = upstream
        return np.array(dX)


class Dense(Layer):
    def forward(self, X):
        self.X = X
        return X @ self.params["W"] + self.params["b"]

    def backward(self, G):
        self.zero_grad()
        self.grads["W"] += np.einsum("tbi,tbj->ij", self.X, G)
        self.grads["b"] += G.sum(axis=(0, 1))
        return G @ self.params["W"].T


class Model:
    def __init__(self, lower, upper, head):
        self.layers = [lower, upper, head]

    def forward(self, X, starts):
        for layer, h in zip(self.layers, starts):
            X = layer.forward(X, h)
        return self.layers[-1].forward(X)

    def backward(self, G):
        for layer in reversed(self.layers):
            G = layer.backward(G)
        return G


CASE = dict(cell="rnn", layers=2, loss="half_squared_error", counted="all")

def run(problem):
    p = problem.params
    layers = [Recurrent(W=p["W_xh" + k], U=p["W_hh" + k], b=p["b_h" + k]) for k in (".0", ".1")]
    model = Model(*layers, Dense(W=p["W_hy"], b=p["b_y"]))
    y = model.forward(problem.x, [problem.states["h0.0"], problem.states["h0.1"]])
    dx = model.backward(y - problem.target)
    out = {f"d{n}.{k}": layer.grads[m] for k, layer in enumerate(layers) for n, m in (("W_xh", "W"), ("W_hh", "U"), ("b_h", "b"))}
    return dict(out, dx=dx, dW_hy=model.layers[2].grads["W"], db_y=model.layers[2].grads["b"], y=y)
