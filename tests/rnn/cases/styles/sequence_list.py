"""A batch is a list of sequences; gradients of the sequences are added."""
import numpy as np


def one_sequence(theta, seq, labels, h0):
    """One pass over one sequence: (negative log likelihood, gradient)."""
    T = len(seq)
    h = np.zeros((T + 1, theta["Whh"].shape[0]))
    h[-1] = h0
    for t, x in enumerate(seq):
        h[t] = np.tanh(theta["Whx"] @ x + theta["Whh"] @ h[t - 1] + theta["bh"])
    logits = h[:T] @ theta["Wyh"].T + theta["by"]
    logits = logits - logits.max(axis=1, keepdims=True)
    log_z = np.log(np.exp(logits).sum(axis=1, keepdims=True))
    nll = float((log_z[:, 0] - logits[np.arange(T), labels]).sum())

    delta_y = np.exp(logits - log_z)
    delta_y[np.arange(T), labels] -= 1
    delta_h = np.zeros((T, h.shape[1]))
    coming = np.zeros(h.shape[1])
    for t in np.arange(T)[::-1]:
        delta_h[t] = (theta["Wyh"].T @ delta_y[t] + coming) * (1 - h[t] ** 2)
        coming = theta["Whh"].T @ delta_h[t]
    before = np.vstack([h[-1], h[: T - 1]])
    return nll, dict(Wyh=delta_y.T @ h[:T], by=delta_y.sum(0), Whx=delta_h.T @ np.array(seq), Whh=delta_h.T @ before, bh=delta_h.sum(0))


def batch(theta, seqs, labels, starts):
    total, words, sums = 0.0, sum(map(len, seqs)), {k: 0.0 for k in theta}
    for seq, label, h0 in zip(seqs, labels, starts):
        nll, grad = one_sequence(theta, seq, label, h0)
        total += nll
        for k in sums:
            sums[k] = sums[k] + grad[k] / words
    return total / words, sums


CASE = dict(title="a list of sequences, one after the other", cell="rnn", x="B,TD", weights="out,in",
            loss="softmax_cross_entropy_mean", counted="all")
NAMES = dict(Whx="W_xh", Whh="W_hh", Wyh="W_hy", bh="b_h", by="b_y")

def run(problem):
    loss, g = batch(problem.named(**NAMES), problem.x, problem.target, problem.h0)
    return dict(problem.take(g, prefix="", **NAMES), loss=loss)
