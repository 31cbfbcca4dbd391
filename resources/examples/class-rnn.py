"""Style: a class whose weights are called U, V and W. Cell: RNN (tanh) without biases, softmax over words.

Words are ids that select columns of U. `bptt` goes back at most `bptt_truncate` steps from every word, by a loop of its
own for each, and returns its gradients as a list; the loss per word is computed in another method.
"""

import numpy as np


def softmax(z):
    """Probabilities along the last axis."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class WordRNN:
    """A language model over words."""

    def __init__(self, word_dim, hidden_dim=16, bptt_truncate=4):
        self.word_dim, self.hidden_dim, self.bptt_truncate = word_dim, hidden_dim, bptt_truncate
        rng = np.random.default_rng(10)
        bound = 1 / np.sqrt(hidden_dim)
        self.U = rng.uniform(-bound, bound, (hidden_dim, word_dim))
        self.V = rng.uniform(-bound, bound, (word_dim, hidden_dim))
        self.W = rng.uniform(-bound, bound, (hidden_dim, hidden_dim))

    def forward(self, x):
        """Probabilities o (T, words) and states s (T + 1, hidden); s[-1] is the state before the first word."""
        steps = len(x)
        s = np.zeros((steps + 1, self.hidden_dim))
        o = np.zeros((steps, self.word_dim))
        for t in range(steps):
            s[t] = np.tanh(self.U[:, x[t]] + self.W.dot(s[t - 1]))
            o[t] = softmax(self.V.dot(s[t]))
        return o, s

    def total_loss(self, x, y):
        """Cross-entropy of one sentence, summed over its words."""
        o, _ = self.forward(x)
        return -np.sum(np.log(o[np.arange(len(y)), y]))

    def loss_per_word(self, sentences, answers):
        """Mean cross-entropy over all words of all sentences."""
        words = sum(len(y) for y in answers)
        return sum(self.total_loss(x, y) for x, y in zip(sentences, answers)) / words

    def bptt(self, x, y):
        """Gradients of `total_loss`: [dLdU, dLdV, dLdW]."""
        o, s = self.forward(x)
        dLdU, dLdV, dLdW = np.zeros_like(self.U), np.zeros_like(self.V), np.zeros_like(self.W)
        delta_o = o
        delta_o[np.arange(len(y)), y] -= 1
        for t in reversed(range(len(y))):
            dLdV += np.outer(delta_o[t], s[t])
            delta_t = self.V.T.dot(delta_o[t]) * (1 - s[t] ** 2)
            for step in range(t, max(-1, t - self.bptt_truncate), -1):
                dLdW += np.outer(delta_t, s[step - 1])
                dLdU[:, x[step]] += delta_t
                delta_t = self.W.T.dot(delta_t) * (1 - s[step - 1] ** 2)
        return [dLdU, dLdV, dLdW]

    def sgd_step(self, x, y, rate):
        """One step of gradient descent on one sentence."""
        for weight, gradient in zip((self.U, self.V, self.W), self.bptt(x, y)):
            weight -= rate * gradient


# The rest plugs the program above into bptt-inspector.
CASE = dict(title="a class with U, V, W: word RNN without biases, truncated after 4 steps", cell="rnn",
            loss="softmax_cross_entropy", counted="all", x="TD", ids=True, weights="out,in", biases=False, h0="zero",
            truncation=("sliding", 4), sizes=dict(D=10, K=10), settings=dict(steps=9, hidden=6))


def run(problem):
    model = WordRNN(problem.D, problem.H, bptt_truncate=4)
    problem.put(model, U="W_xh", W="W_hh", V="W_hy")
    dU, dV, dW = model.bptt(problem.x, problem.target)
    return dict(dW_xh=dU, dW_hh=dW, dW_hy=dV, loss=model.total_loss(problem.x, problem.target))
