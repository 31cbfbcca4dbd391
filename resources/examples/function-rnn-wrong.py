"""Style: one function that does everything. Cell: RNN (tanh), softmax cross-entropy over characters.

The weights are module globals in (out, in) orientation, all vectors are columns, characters are ids that become one-hot
columns, and the gradients are clipped to +-5 in place before they are returned.

This version holds one mistake in its backward pass.
"""

import numpy as np

text = "the quick brown fox jumps over the lazy dog"
chars = sorted(set(text))
vocab_size, hidden_size, seq_length = len(chars), 16, 12
char_to_ix = {ch: i for i, ch in enumerate(chars)}

rng = np.random.RandomState(0)
Wxh = rng.randn(hidden_size, vocab_size) * 0.1
Whh = rng.randn(hidden_size, hidden_size) * 0.1
Why = rng.randn(vocab_size, hidden_size) * 0.1
bh = np.zeros((hidden_size, 1))
by = np.zeros((vocab_size, 1))


def loss_fun(inputs, targets, hprev):
    """Loss, gradients and last hidden state; inputs and targets are lists of ids, hprev is (H, 1)."""
    xs, hs, ps = {}, {-1: np.copy(hprev)}, {}
    loss = 0.0
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1] + bh)
        scores = Why @ hs[t] + by
        exp_scores = np.exp(scores - scores.max())
        ps[t] = exp_scores / exp_scores.sum()
        loss -= np.log(ps[t][targets[t], 0])

    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dscores = np.copy(ps[t])
        dscores[targets[t]] -= 1
        dWhy += dscores @ hs[t].T
        dby += dscores
        dh = Why.T @ dscores + dhnext
        dhraw = (1 - hs[t] ** 2) * dh
        dbh += dhraw
        dWxh += dhraw @ xs[t].T
        dWhh += dhraw @ hs[t].T
        dhnext = Whh.T @ dhraw
    for grad in (dWxh, dWhh, dWhy, dbh, dby):
        np.clip(grad, -5, 5, out=grad)
    return loss, dWxh, dWhh, dWhy, dbh, dby, hs[len(inputs) - 1]


def train(steps=200, rate=0.1):
    """Plain gradient descent on the text; returns the losses."""
    global Wxh, Whh, Why, bh, by
    ids, losses = [char_to_ix[ch] for ch in text], []
    for n in range(steps):
        start = n * seq_length % (len(ids) - seq_length)
        part = ids[start : start + seq_length + 1]
        loss, *grads, _ = loss_fun(part[:-1], part[1:], np.zeros((hidden_size, 1)))
        for param, grad in zip((Wxh, Whh, Why, bh, by), grads):
            param -= rate * grad
        losses.append(loss)
    return losses


# The rest plugs the program above into bptt-inspector.
CASE = dict(title="one function over globals: character RNN, columns, clipped gradients; one mistake", cell="rnn",
            loss="softmax_cross_entropy", counted="all", x="T,D1", ids=True, weights="out,in", bias="column",
            clip=("value", 5), sizes=dict(D=27, K=27), settings=dict(steps=12, hidden=16))
NAMES = dict(Wxh="W_xh", Whh="W_hh", Why="W_hy", bh="b_h", by="b_y")


def run(problem):
    problem.put(globals(), **NAMES)
    loss, *grads, last_h = loss_fun(problem.x, problem.target, problem.h0)
    return dict(zip(("d" + name for name in NAMES.values()), grads), loss=loss)
