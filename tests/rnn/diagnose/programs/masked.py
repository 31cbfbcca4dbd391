"""Tagging of padded sentences: the loss counts real words only, averaged over them."""
import numpy as np


def softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


def tagger(X, h0, labels, mask, W):
    B, L, _ = X.shape
    hidden = np.zeros((B, L, W["hh"].shape[0]))
    h = h0
    for t in range(L):
        h = np.tanh(X[:, t] @ W["xh"] + h @ W["hh"] + W["bh"])
        hidden[:, t] = h
    probs = softmax(hidden @ W["hy"] + W["by"])
    n_words = mask.sum()
    rows, cols = np.indices((B, L))
    loss = -(np.log(probs[rows, cols, labels]) * mask).sum() / n_words

    dlogits = probs
    dlogits[rows, cols, labels] -= 1
    dlogits *= mask[..., None] / n_words
    grads = {
        "hy": hidden.reshape(B * L, -1).T @ dlogits.reshape(B * L, -1),
        "by": dlogits.sum(axis=(0, 1)),
    }
    dhidden = dlogits @ W["hy"].T
    da = np.zeros_like(hidden)
    carry = np.zeros_like(h0)
    for t in range(L - 1, -1, -1):
        da[:, t] = (dhidden[:, t] + carry) * (1 - hidden[:, t] ** 2)
        carry = da[:, t] @ W["hh"].T
    before = np.concatenate([h0[:, None], hidden[:, :-1]], axis=1)
    grads["xh"] = np.einsum("btd,bth->dh", X, da)
    grads["hh"] = np.einsum("bti,btj->ij", before, da)
    grads["bh"] = da.sum(axis=(0, 1))
    return loss, grads, carry


CASE = dict(cell="rnn", loss="softmax_cross_entropy_mean", x="BTD", counted="given", settings=dict(counted="padding", batch=4))

def run(problem):
    W = problem.named(xh="W_xh", hh="W_hh", bh="b_h", hy="W_hy", by="b_y")
    loss, g, dh0 = tagger(problem.x, problem.h0, problem.target, problem.loss_weights, W)
    return dict(dW_xh=g["xh"], dW_hh=g["hh"], db_h=g["bh"], dW_hy=g["hy"], db_y=g["by"], dh0=dh0, loss=loss)
