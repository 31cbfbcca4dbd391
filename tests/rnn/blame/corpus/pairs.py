"""For every step with a loss a second loop goes back to the first step: the sum over all pairs, no biases, softmax."""

import numpy as np

CASE = dict(
    title="sum over all pairs of steps, no biases, softmax",
    cell="rnn", activation="tanh", loss="softmax_cross_entropy", x="TD", weights="out,in", h0="zero", biases=False,
    settings=dict(steps=7, inputs=4, hidden=5, outputs=3, biases=False, h0="zero", seed=10),
)


def softmax(v):
    e = np.exp(v - np.max(v))
    return e / e.sum()


class RNNNumpy:
    def __init__(self, U, V, W):
        self.U, self.V, self.W = U, V, W
        self.hidden_dim = W.shape[0]
        self.word_dim = V.shape[0]

    def forward_propagation(self, x):
        T = len(x)
        # one more row for the initial state, which is s[-1]
        s = np.zeros((T + 1, self.hidden_dim))
        s[-1] = np.zeros(self.hidden_dim)
        o = np.zeros((T, self.word_dim))
        for t in np.arange(T):
            s[t] = np.tanh(self.U.dot(x[t]) + self.W.dot(s[t-1]))
            o[t] = softmax(self.V.dot(s[t]))
        return [o, s]

    def calculate_total_loss(self, x, y):
        o, s = self.forward_propagation(x)
        return -1 * np.sum(np.log(o[np.arange(len(y)), y]))

    def bptt(self, x, y):
        T = len(y)
        o, s = self.forward_propagation(x)
        dLdU = np.zeros(self.U.shape)
        dLdV = np.zeros(self.V.shape)
        dLdW = np.zeros(self.W.shape)
        delta_o = o
        delta_o[np.arange(len(y)), y] -= 1.
        # For each output backwards...
        for t in np.arange(T)[::-1]:
            dLdV += np.outer(delta_o[t], s[t].T)
            # Initial delta calculation
            delta_t = self.V.T.dot(delta_o[t]) * (1 - (s[t] ** 2))
            # Backpropagation through time
            for bptt_step in np.arange(0, t+1)[::-1]:
                dLdW += np.outer(delta_t, s[bptt_step-1])
                dLdU += np.outer(delta_t, x[bptt_step])
                # Update delta for next step
                delta_t = self.W.T.dot(delta_t) * (1 - s[bptt_step-1] ** 2)
        return [dLdU, dLdV, dLdW]


def run(problem):
    p = problem.params
    model = RNNNumpy(p["W_xh"], p["W_hy"], p["W_hh"])
    dLdU, dLdV, dLdW = model.bptt(problem.x, problem.target)
    return dict(dW_xh=dLdU, dW_hy=dLdV, dW_hh=dLdW, loss=model.calculate_total_loss(problem.x, problem.target))
