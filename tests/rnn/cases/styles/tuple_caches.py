"""LSTM classifier; caches are a list of tuples."""
import numpy as np
from numpy import tanh, zeros, zeros_like


def sigm(u):
    return 1.0 / (1.0 + np.exp(-u))


class SeqLabeller(object):
    def __init__(self, params):
        self.p = params

    def forward(self, X, h, c):
        p = self.p
        n = h.shape[1]
        caches, probs = [], []
        for t in range(X.shape[0]):
            u = X[t].dot(p['Wx']) + h.dot(p['Wh']) + p['b']
            ig, fg, cand, og = sigm(u[:, 0*n:1*n]), sigm(u[:, 1*n:2*n]), tanh(u[:, 2*n:3*n]), sigm(u[:, 3*n:4*n])
            c_new = fg * c + ig * cand
            h_new = og * tanh(c_new)
            z = h_new.dot(p['Wy']) + p['by']
            z = np.exp(z - z.max(1, keepdims=True))
            probs.append(z / z.sum(1, keepdims=True))
            caches.append((X[t], h, c, ig, fg, cand, og, c_new, h_new))
            h, c = h_new, c_new
        return probs, caches

    def backward(self, probs, caches, Y):
        p = self.p
        N = len(caches) * Y.shape[1]
        g = {k: zeros_like(v) for k, v in p.items()}
        dh = zeros(caches[0][1].shape)
        dc = zeros(caches[0][2].shape)
        for prob, cache, y in zip(reversed(probs), reversed(caches), Y[::-1]):
            x, h_old, c_old, ig, fg, cand, og, c_new, h_new = cache
            dz = (prob - y) / N
            g['Wy'] += h_new.T.dot(dz)
            g['by'] += dz.sum(0)
            dh = dh + dz.dot(p['Wy'].T)
            th = tanh(c_new)
            dc = dc + dh * og * (1 - th**2)
            du = np.concatenate([
                dc * cand * ig * (1 - ig),
                dc * c_old * fg * (1 - fg),
                dc * ig * (1 - cand**2),
                dh * th * og * (1 - og)], axis=1)
            g['Wx'] += x.T.dot(du)
            g['Wh'] += h_old.T.dot(du)
            g['b'] += du.sum(0)
            dh = du.dot(p['Wh'].T)
            dc = dc * fg
        return g, dh, dc


CASE = dict(title="LSTM labeller, list of tuples, one-hot targets, mean loss", cell="lstm",
            loss="softmax_cross_entropy_mean", target="rows", counted="all")
NAMES = dict(Wx="W_xh", Wh="W_hh", b="b_h", Wy="W_hy", by="b_y")

def run(problem):
    net = SeqLabeller(problem.named(**NAMES))
    probs, caches = net.forward(problem.x, problem.states["h0"], problem.states["c0"])
    g, dh0, dc0 = net.backward(probs, caches, problem.target)
    return dict(problem.take(g, prefix="", **NAMES), dh0=dh0, dc0=dc0)
