"""A classifier of whole sequences: one output after the last step, whose error goes back through all steps."""

import numpy as np

CASE = dict(
    title="many to one: the loss counts at the last step only",
    cell="rnn",
    activation="tanh",
    loss="softmax_cross_entropy",
    x="TD",
    weights="out,in",
    h0="zero",
    settings=dict(steps=7, inputs=4, hidden=5, outputs=3, h0="zero", counted="last", seed=13),
)


def softmax(xs):
    return np.exp(xs) / sum(np.exp(xs))


class RNN:
    # A many-to-one Vanilla Recurrent Neural Network.

    def __init__(self, Wxh, Whh, Why, bh, by):
        self.Wxh, self.Whh, self.Why = Wxh, Whh, Why
        self.bh, self.by = bh.reshape(-1, 1), by.reshape(-1, 1)

    def forward(self, inputs):
        h = np.zeros((self.Whh.shape[0], 1))
        self.last_inputs = inputs
        self.last_hs = {0: h}
        # Perform each step of the RNN
        for i, x in enumerate(inputs):
            h = np.tanh(self.Wxh @ x + self.Whh @ h + self.bh)
            self.last_hs[i + 1] = h
        # Compute the output
        y = self.Why @ h + self.by
        return y, h

    def backprop(self, d_y):
        n = len(self.last_inputs)
        # Calculate dL/dWhy and dL/dby.
        d_Why = d_y @ self.last_hs[n].T
        d_by = d_y
        # Initialize dL/dWhh, dL/dWxh, and dL/dbh to zero.
        d_Whh = np.zeros(self.Whh.shape)
        d_Wxh = np.zeros(self.Wxh.shape)
        d_bh = np.zeros(self.bh.shape)
        # Calculate dL/dh for the last h.
        d_h = self.Why.T @ d_y
        # Backpropagate through time.
        for t in reversed(range(n)):
            # An intermediate value: dL/dh * (1 - h^2)
            temp = ((1 - self.last_hs[t + 1] ** 2) * d_h)
            d_bh += temp
            d_Whh += temp @ self.last_hs[t].T
            d_Wxh += temp @ self.last_inputs[t].T
            # Next dL/dh = dL/dh * (1 - h^2) * Whh
            d_h = self.Whh.T @ temp
        return d_Wxh, d_Whh, d_Why, d_bh, d_by


def run(problem):
    p = problem.params
    rnn = RNN(p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"])
    inputs = [row.reshape(-1, 1) for row in problem.x]
    out, _ = rnn.forward(inputs)
    label = int(problem.target[-1])
    probs = softmax(out)
    loss = -np.log(probs[label, 0])
    d_L_d_y = probs * problem.loss_weights[-1]
    d_L_d_y[label] -= problem.loss_weights[-1]
    d_Wxh, d_Whh, d_Why, d_bh, d_by = rnn.backprop(d_L_d_y)
    return dict(dW_xh=d_Wxh, dW_hh=d_Whh, dW_hy=d_Why, db_h=d_bh, db_y=d_by, loss=loss)
