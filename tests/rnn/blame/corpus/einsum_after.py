"""Deltas in a loop, then every gradient by einsum; sigmoid units, logistic outputs, batch first, mean over steps."""

import numpy as np

CASE = dict(
    title="deltas first, then einsum; sigmoid, logistic mean",
    cell="rnn", activation="sigmoid", loss="logistic_mean", x="BTD", weights="out,in", h0="given",
    settings=dict(steps=6, batch=3, inputs=4, hidden=5, outputs=2, seed=8),
)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def predict(w, seq, h_init):
    batch, length, _ = seq.shape
    hid = np.zeros((batch, length, w["rec"].shape[0]))
    last = h_init
    drive = np.einsum("btd,hd->bth", seq, w["in"]) + w["b"]
    for t in range(length):
        last = sigmoid(drive[:, t] + np.einsum("bh,gh->bg", last, w["rec"]))
        hid[:, t] = last
    logits = np.einsum("bth,kh->btk", hid, w["out"]) + w["c"]
    return hid, logits


def deltas(w, hid, err):
    """delta[b, t, h] = dL/d(input of unit h at step t)"""
    batch, length, units = hid.shape
    back = np.einsum("btk,kh->bth", err, w["out"])
    gate = hid * (1 - hid)
    delta = np.zeros_like(hid)
    for t in range(length)[::-1]:
        signal = back[:, t].copy()
        if t + 1 < length:
            signal += np.einsum("bg,gh->bh", delta[:, t + 1], w["rec"])
        delta[:, t] = signal * gate[:, t]
    return delta


def gradients(w, seq, h_init, labels):
    hid, logits = predict(w, seq, h_init)
    count = seq.shape[0] * seq.shape[1]
    err = (sigmoid(logits) - labels) / count
    delta = deltas(w, hid, err)
    shifted = np.concatenate([h_init[:, None], hid[:, :-1]], axis=1)
    g = {}
    g["in"] = np.einsum("bth,btd->hd", delta, seq)
    g["rec"] = np.einsum("bth,btg->hg", delta, shifted)
    g["b"] = np.einsum("bth->h", delta)
    g["out"] = np.einsum("btk,bth->kh", err, hid)
    g["c"] = np.einsum("btk->k", err)
    g["seq"] = np.einsum("bth,hd->btd", delta, w["in"])
    return g, hid, logits, err, delta


def run(problem):
    p = problem.params
    w = {"in": p["W_xh"], "rec": p["W_hh"], "b": p["b_h"], "out": p["W_hy"], "c": p["b_y"]}
    g, hid, logits, err, delta = gradients(w, problem.x, problem.h0, problem.target)
    return dict(dW_xh=g["in"], dW_hh=g["rec"], db_h=g["b"], dW_hy=g["out"], db_y=g["c"], dx=g["seq"],
                dy=err, da=delta, h=hid, y=logits)
