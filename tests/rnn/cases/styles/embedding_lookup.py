import numpy as np


class EmbeddingRNN:
    """word ids (N, T) -> embedding -> rnn -> scores. cross entropy summed over everything."""

    def __init__(self, emb, Wx, Wh, b, Ws, bs):
        self.emb, self.Wx, self.Wh, self.b, self.Ws, self.bs = emb, Wx, Wh, b, Ws, bs

    def loss_and_grads(self, words, answers, h0):
        N, T = words.shape
        E = self.emb[words]                               # N, T, E
        hs = np.zeros((N, T, h0.shape[1]))
        h = h0
        for t in range(T):
            h = np.tanh(E[:, t] @ self.Wx + h @ self.Wh + self.b)
            hs[:, t] = h
        scores = hs @ self.Ws + self.bs
        scores -= scores.max(axis=2, keepdims=True)
        logp = scores - np.log(np.exp(scores).sum(axis=2, keepdims=True))
        picked = logp[np.arange(N)[:, None], np.arange(T), answers]
        loss = -picked.sum()

        d_scores = np.exp(logp)
        d_scores[np.arange(N)[:, None], np.arange(T), answers] -= 1
        grads = {"Ws": np.tensordot(hs, d_scores, ([0, 1], [0, 1])), "bs": d_scores.sum((0, 1))}
        d_hs = d_scores @ self.Ws.T
        d_E = np.zeros_like(E)
        for name in ("Wx", "Wh", "b"):
            grads[name] = np.zeros_like(getattr(self, name))
        d_next = np.zeros_like(h0)
        for t in range(T - 1, -1, -1):
            d_a = (d_hs[:, t] + d_next) * (1 - hs[:, t] ** 2)
            before = hs[:, t - 1] if t > 0 else h0
            grads["Wx"] += E[:, t].T @ d_a
            grads["Wh"] += before.T @ d_a
            grads["b"] += d_a.sum(0)
            d_E[:, t] = d_a @ self.Wx.T
            d_next = d_a @ self.Wh.T
        grads["emb"] = np.zeros_like(self.emb)
        np.add.at(grads["emb"], words, d_E)
        return loss, grads


CASE = dict(title="token ids look up rows of an embedding", cell="rnn", loss="softmax_cross_entropy", counted="all",
            x="BTD", embedding=True, ids=True)
NAMES = dict(emb="W_e", Wx="W_xh", Wh="W_hh", b="b_h", Ws="W_hy", bs="b_y")

def run(problem):
    net = EmbeddingRNN(**problem.named(**NAMES))
    loss, grads = net.loss_and_grads(problem.x, problem.target, problem.h0)
    return dict(problem.take(grads, prefix="", **NAMES), loss=loss)
