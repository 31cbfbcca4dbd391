"""Style: a trainer that changes its weights itself and returns nothing. Cell: RNN (tanh), mean squared error.

Vectors are rows (1, n), sequences are lists of them. `forward` keeps its lists of states and outputs on the object;
`backward(targets, lr)` sums the gradients over time and subtracts them from the weights.

This version holds one mistake in its backward pass.
"""

import numpy as np


class Trainer:
    """A small regression network for one sequence at a time."""

    def __init__(self, n_in, n_hidden, n_out, seed=1):
        rng = np.random.default_rng(seed)
        self.w_in = rng.normal(0, 0.3, (n_in, n_hidden))
        self.w_rec = rng.normal(0, 0.3, (n_hidden, n_hidden))
        self.w_out = rng.normal(0, 0.3, (n_hidden, n_out))
        self.b_hid = np.zeros((1, n_hidden))
        self.b_out = np.zeros((1, n_out))

    def forward(self, sequence):
        """Outputs, a list of rows."""
        self.inputs = sequence
        self.states = [np.zeros((1, self.w_rec.shape[0]))]
        self.outputs = []
        for x in sequence:
            state = np.tanh(x @ self.w_in + self.states[-1] @ self.w_rec + self.b_hid)
            self.states.append(state)
            self.outputs.append(state @ self.w_out + self.b_out)
        return self.outputs

    def loss(self, targets):
        """Mean squared error over steps and outputs."""
        return np.mean([(out - target) ** 2 for out, target in zip(self.outputs, targets)])

    def backward(self, targets, lr):
        """One step of gradient descent."""
        steps, n_out = len(targets), self.w_out.shape[1]
        g_in, g_rec, g_out = np.zeros_like(self.w_in), np.zeros_like(self.w_rec), np.zeros_like(self.w_out)
        g_hid, g_bias_out = np.zeros_like(self.b_hid), np.zeros_like(self.b_out)
        carried = np.zeros_like(self.b_hid)
        for t in range(steps - 1, -1, -1):
            error = 2 * (self.outputs[t] - targets[t]) / (steps * n_out)
            g_out += self.states[t + 1].T @ error
            g_bias_out += error
            local = (error @ self.w_out.T + carried) * (1 - self.states[t + 1] ** 2)
            g_in += self.inputs[t].T @ local
            g_rec += self.states[t].T @ local
            g_hid = local
            carried = local @ self.w_rec.T
        self.w_in -= lr * g_in
        self.w_rec -= lr * g_rec
        self.w_out -= lr * g_out
        self.b_hid -= lr * g_hid
        self.b_out -= lr * g_bias_out


# The rest plugs the program above into bptt-inspector.
CASE = dict(title="in-place trainer: RNN, rows, squared error; one mistake", cell="rnn", loss="mean_squared_error",
            counted="all", x="T,1D", bias="row", h0="zero", settings=dict(steps=7, inputs=3, hidden=5, outputs=2))
NAMES = dict(w_in="W_xh", w_rec="W_hh", w_out="W_hy", b_hid="b_h", b_out="b_y")


def run(problem):
    net = Trainer(problem.D, problem.H, problem.K)
    problem.put(net, **NAMES)
    outputs = net.forward(problem.x)
    with problem.updates(net, 1.0, **NAMES) as found:
        net.backward(problem.target, lr=1.0)
    return dict(found, y=outputs, loss=net.loss(problem.target))
