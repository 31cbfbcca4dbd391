import numpy as np


class Net:
    def __init__(self, input_size, hidden_size, output_size):
        self.W_in = np.random.randn(input_size, hidden_size)
        self.W_rec = np.random.randn(hidden_size, hidden_size)
        self.W_out = np.random.randn(hidden_size, output_size)
        self.hidden_size = hidden_size

    def train(self, x, y):
        hs = [np.zeros((1, self.hidden_size))]
        outs = []
        for t in range(len(x)):
            hs.append(np.tanh(x[t] @ self.W_in + hs[-1] @ self.W_rec))
            outs.append(hs[t + 1] @ self.W_out)
        loss = sum(0.5 * np.sum((outs[t] - y[t]) ** 2) for t in range(len(x)))
        self.dW_in, self.dW_rec, self.dW_out = np.zeros_like(self.W_in), np.zeros_like(self.W_rec), np.zeros_like(self.W_out)
        carry = np.zeros((1, self.hidden_size))
        for t in reversed(range(len(x))):
            err = outs[t] - y[t]
            self.dW_out += hs[t + 1].T @ err
            da = (err @ self.W_out.T + carry) * (1 - hs[t + 1] ** 2)
            self.dW_in += x[t].T @ da
            self.dW_rec += hs[t].T @ da
            carry = da @ self.W_rec.T
