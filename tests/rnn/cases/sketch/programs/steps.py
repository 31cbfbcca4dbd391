import numpy as np


class Cell:
    def __init__(self, n_in, n_hidden):
        self.Wx = np.random.randn(n_in, n_hidden)
        self.Wh = np.random.randn(n_hidden, n_hidden)
        self.b = np.zeros(n_hidden)
        self.h = None
        self.reset()

    def reset(self):
        self.tape, self.dh_next = [], 0
        self.grads = {"Wx": np.zeros_like(self.Wx), "Wh": np.zeros_like(self.Wh), "b": np.zeros_like(self.b)}

    def forward(self, x):
        h_prev = self.h
        self.h = np.tanh(x @ self.Wx + h_prev @ self.Wh + self.b)
        self.tape.append((x, h_prev, self.h))
        return self.h

    def backward(self, dh):
        x, h_prev, h = self.tape.pop()
        da = (1 - h * h) * (dh + self.dh_next)
        self.grads["Wx"] += x.T @ da
        self.grads["Wh"] += h_prev.T @ da
        self.grads["b"] += da.sum(0)
        self.dh_next = da @ self.Wh.T
        return da @ self.Wx.T
