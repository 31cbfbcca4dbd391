"""Relu, softmax averaged over the steps that are not padding, scratch buffers that numpy writes into."""

import numpy as np

CASE = dict(
    title="padded batch, relu, mean softmax, out= buffers",
    cell="rnn", activation="relu", loss="softmax_cross_entropy_mean", x="TBD", weights="in,out", h0="given",
    settings=dict(steps=8, batch=4, inputs=3, hidden=6, outputs=5, counted="padding", seed=14),
)


def forward(x, h0, W, R, V, b, c):
    T, B = x.shape[:2]
    hist = np.zeros((T + 1, B, R.shape[0]))
    hist[0] = h0
    for t in range(T):
        pre = hist[t + 1]
        np.matmul(hist[t], R, out=pre)
        pre += x[t] @ W
        pre += b
        np.maximum(pre, 0.0, out=pre)
    scores = hist[1:] @ V + c
    return hist, scores


def score_grad(scores, ids, mask):
    g = scores - scores.max(axis=-1, keepdims=True)
    np.exp(g, out=g)
    g /= g.sum(axis=-1, keepdims=True)
    T, B = ids.shape
    g[np.arange(T)[:, None], np.arange(B)[None, :], ids] -= 1
    g *= mask[:, :, None]
    g /= mask.sum()
    return g


def backward(x, hist, g, W, R, V):
    T, B, n = x.shape[0], x.shape[1], R.shape[0]
    gW, gR, gV = np.zeros_like(W), np.zeros_like(R), np.zeros_like(V)
    gb, gc = np.zeros(n), np.zeros(V.shape[1])
    gh = np.zeros((B, n))
    gx = np.empty_like(x)
    scratch = np.empty((n, n))
    for t in range(T - 1, -1, -1):
        h_new, h_old = hist[t + 1], hist[t]
        gV += h_new.T @ g[t]
        gc += g[t].sum(axis=0)
        gh += g[t] @ V.T
        gh[h_new <= 0] = 0
        np.matmul(h_old.T, gh, out=scratch)
        gR += scratch
        gW += x[t].T @ gh
        gb += gh.sum(axis=0)
        np.matmul(gh, W.T, out=gx[t])
        gh = gh @ R.T
    return gW, gR, gV, gb, gc, gx, gh


def run(problem):
    p = problem.params
    hist, scores = forward(problem.x, problem.h0, p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"])
    g = score_grad(scores, problem.target, problem.loss_weights)
    gW, gR, gV, gb, gc, gx, gh0 = backward(problem.x, hist, g, p["W_xh"], p["W_hh"], p["W_hy"])
    return dict(dW_xh=gW, dW_hh=gR, dW_hy=gV, db_h=gb, db_y=gc, dx=gx, dh0=gh0, dy=g, y=scores, h=hist[1:])
