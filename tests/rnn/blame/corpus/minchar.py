"""A character model's loss function in one piece: columns, dictionaries by time step, softmax over ids."""

import numpy as np

CASE = dict(
    title="one function, columns and dictionaries, softmax over ids",
    cell="rnn",
    activation="tanh",
    loss="softmax_cross_entropy",
    x="TD",
    weights="out,in",
    h0="given",
    settings=dict(steps=7, inputs=4, hidden=5, outputs=3, seed=1),
)


def lossFun(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    """
    inputs is a list of vectors, targets a list of integers.
    hprev is Hx1 array of initial hidden state
    returns the loss, gradients on model parameters, and last hidden state
    """
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    loss = 0
    # forward pass
    for t in range(len(inputs)):
        xs[t] = inputs[t].reshape(-1, 1)
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t-1]) + bh) # hidden state
        ys[t] = np.dot(Why, hs[t]) + by # unnormalized log probabilities
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
        loss += -np.log(ps[t][targets[t], 0])
    # backward pass: compute gradients going backwards
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext # backprop into h
        dhraw = (1 - hs[t] * hs[t]) * dh # backprop through tanh nonlinearity
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t-1].T)
        dhnext = np.dot(Whh.T, dhraw)
    return loss, dWxh, dWhh, dWhy, dbh, dby, hs[len(inputs)-1]


def run(problem):
    p = problem.params
    loss, dWxh, dWhh, dWhy, dbh, dby, _ = lossFun(
        problem.x, problem.target, problem.h0.reshape(-1, 1),
        p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"].reshape(-1, 1), p["b_y"].reshape(-1, 1))
    return dict(dW_xh=dWxh, dW_hh=dWhh, dW_hy=dWhy, db_h=dbh, db_y=dby, loss=loss)
