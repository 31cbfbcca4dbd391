"""Token ids look up rows of an embedding; objects for one step each, called back in turn."""

import numpy as np

CASE = dict(
    title="GRU on embedded tokens, a step object",
    cell="gru", embedding=True, loss="softmax_cross_entropy", x="TBD", weights="in,out", counted="all",
    settings=dict(steps=6, batch=3, inputs=4, hidden=5, outputs=3, seed=44),
)


class GRUStep:
    def __init__(self, U, V, b):
        self.U, self.V, self.b = U, V, b
        self.dU = {k: np.zeros_like(v) for k, v in U.items()}
        self.dV = {k: np.zeros_like(v) for k, v in V.items()}
        self.db = {k: np.zeros_like(v) for k, v in b.items()}
        self.saved = []

    def __call__(self, x, h):
        r = 1 / (1 + np.exp(-(x @ self.U["r"] + h @ self.V["r"] + self.b["r"])))
        z = 1 / (1 + np.exp(-(x @ self.U["z"] + h @ self.V["z"] + self.b["z"])))
        cand = np.tanh(x @ self.U["n"] + (r * h) @ self.V["n"] + self.b["n"])
        self.saved.append((x, h, r, z, cand))
        return z * h + (1 - z) * cand

    def affine_back(self, k, x, h, da):
        self.dU[k] += x.T @ da
        self.dV[k] += h.T @ da
        self.db[k] += da.sum(axis=0)
        return da @ self.U[k].T, da @ self.V[k].T

    def back(self, grad):
        x, h, r, z, cand = self.saved.pop()
        grad_cand = grad * (1 - z)
        grad_z = grad * h - grad * cand
        grad_h = grad * z
        dx, drh = self.affine_back("n", x, r * h, grad_cand * (1 - cand ** 2))
        grad_h += drh * r
        grad_r = drh * h
        dx_r, dh_r = self.affine_back("r", x, h, grad_r * r * (1 - r))
        dx_z, dh_z = self.affine_back("z", x, h, grad_z * z * (1 - z))
        grad_h += dh_r
        grad_h += dh_z
        return dx + dx_r + dx_z, grad_h


def run(problem):
    p = problem.params
    ids = problem.x.argmax(axis=-1) if problem.x.ndim == 3 else problem.x
    E, W_out, b_out = p["W_e"], p["W_hy"], p["b_y"]
    step = GRUStep(*(dict(zip("rzn", np.split(p[name], 3, axis=-1))) for name in ("W_xh", "W_hh", "b_h")))
    T, B = ids.shape
    h, hs = problem.h0, []
    for t in range(T):
        h = step(E[ids[t]], h)
        hs.append(h)
    dE, dW_out, db_out = np.zeros_like(E), np.zeros_like(W_out), np.zeros_like(b_out)
    carry = np.zeros_like(h)
    for t in reversed(range(T)):
        scores = hs[t] @ W_out + b_out
        prob = np.exp(scores - scores.max(axis=1, keepdims=True))
        prob = prob / prob.sum(axis=1, keepdims=True)
        d_scores = prob.copy()
        d_scores[range(B), problem.target[t]] -= 1
        dW_out += hs[t].T @ d_scores
        db_out += d_scores.sum(axis=0)
        d_emb, carry = step.back(d_scores @ W_out.T + carry)
        np.add.at(dE, ids[t], d_emb)
    packed = [np.concatenate([d[k] for k in "rzn"], axis=-1) for d in (step.dU, step.dV, step.db)]
    return dict(dW_xh=packed[0], dW_hh=packed[1], db_h=packed[2], dW_hy=dW_out, db_y=db_out, dW_e=dE, dh0=carry)
