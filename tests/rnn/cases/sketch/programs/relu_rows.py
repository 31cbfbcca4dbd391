import numpy as np


class Net:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_in = np.random.randn(input_size, hidden_size)
        self.W_rec = np.random.randn(hidden_size, hidden_size)
        self.W_out = np.random.randn(hidden_size, output_size)
        self.hidden_size = hidden_size

    def train(self, x, y, lr=0.1):
        hs = [np.zeros((1, self.hidden_size))]
        outs = []
        for t in range(len(x)):
            hs.append(np.maximum(0, x[t] @ self.W_in + hs[-1] @ self.W_rec))
            outs.append(hs[t + 1] @ self.W_out)
        loss = sum(0.5 * np.sum((outs[t] - y[t]) ** 2) for t in range(len(x)))
        gi, gr, go = np.zeros_like(self.W_in), np.zeros_like(self.W_rec), np.zeros_like(self.W_out)
        carry = np.zeros((1, self.hidden_size))
        for t in reversed(range(len(x))):
            err = outs[t] - y[t]
            go += hs[t + 1].T @ err
            da = (err @ self.W_out.T + carry) * (hs[t + 1] > 0)
            gi += x[t].T @ da
            gr += hs[t].T @ da
            carry = da @ self.W_rec.T
        self.W_in -= lr * gi
        self.W_rec -= lr * gr
        self.W_out -= lr * go
