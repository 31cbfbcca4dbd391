"""Sentiment of a sequence from its last hidden state: batch first, softmax, averaged over the batch."""

import numpy as np

CASE = dict(
    title="many to one, batch first, softmax averaged over the batch",
    cell="rnn", activation="tanh", loss="softmax_cross_entropy_mean", x="BTD", weights="in,out", h0="zero",
    settings=dict(steps=7, batch=4, inputs=3, hidden=6, outputs=2, h0="zero", counted="last", seed=39),
)


class SentimentRNN:
    def __init__(self, U, W, V, b, c):
        self.U, self.W, self.V, self.b, self.c = U, W, V, b, c

    def forward(self, x):
        m, T, _ = x.shape
        self.x = x
        self.h = np.zeros((m, T + 1, self.W.shape[0]))
        for t in range(T):
            self.h[:, t + 1] = np.tanh(x[:, t] @ self.U + self.h[:, t] @ self.W + self.b)
        logits = self.h[:, -1] @ self.V + self.c
        exps = np.exp(logits - np.max(logits, axis=1, keepdims=True))
        self.probs = exps / np.sum(exps, axis=1, keepdims=True)
        return self.probs

    def cross_entropy(self, labels):
        return -np.mean(np.log(self.probs[np.arange(len(labels)), labels]))

    def backward(self, labels):
        m, T, _ = self.x.shape

        dlogits = self.probs.copy()
        dlogits[np.arange(m), labels] -= 1
        dlogits /= m

        dV = self.h[:, -1].T @ dlogits
        dc = dlogits.sum(axis=0)

        dU = np.zeros_like(self.U)
        dW = np.zeros_like(self.W)
        db = np.zeros_like(self.b)

        # only the last hidden state sees the loss directly
        dh = dlogits @ self.V.T
        for t in range(T, 0, -1):
            dpre = dh * (1 - self.h[:, t] ** 2)
            dU += self.x[:, t - 1].T @ dpre
            dW += self.h[:, t - 1].T @ dpre
            db += dpre.sum(axis=0)
            dh = dpre @ self.W.T

        return {"U": dU, "W": dW, "V": dV, "b": db, "c": dc}


def run(problem):
    p = problem.params
    model = SentimentRNN(p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"])
    model.forward(problem.x)
    labels = problem.target[:, -1]
    grads = model.backward(labels)
    return dict(dW_xh=grads["U"], dW_hh=grads["W"], dW_hy=grads["V"], db_h=grads["b"], db_y=grads["c"],
                loss=model.cross_entropy(labels))
