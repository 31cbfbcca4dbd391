"""Language model on token ids: a row of the embedding is looked up for every token, its gradient goes to that row."""

import numpy as np

CASE = dict(
    title="token ids, rows of an embedding matrix",
    cell="rnn", activation="tanh", loss="softmax_cross_entropy_mean", x="TBD", weights="in,out", h0="zero",
    settings=dict(data="one_hot", steps=6, batch=4, inputs=6, hidden=5, outputs=3, h0="zero", seed=45),
)


class CharRNN(object):
    def __init__(self, emb, W, V, b, d):
        self.params = [emb, W, V, b, d]
        self.grads = [np.zeros_like(param) for param in self.params]

    def step(self, ch, h):
        emb, W, V, b, d = self.params
        h_new = np.tanh(emb[ch] + h.dot(W) + b)
        logit = h_new.dot(V) + d
        e = np.exp(logit - logit.max(axis=1, keepdims=True))
        return h_new, e / e.sum(axis=1, keepdims=True)

    def train_on(self, chars, next_chars):
        emb, W, V, b, d = self.params
        demb, dW, dV, db, dd = self.grads
        for g in self.grads:
            g[...] = 0
        n_steps, n_batch = chars.shape
        rows = np.arange(n_batch)
        hs, ps = [np.zeros((n_batch, W.shape[0]))], []
        nll = 0.
        for ch, nxt in zip(chars, next_chars):
            h_new, prob = self.step(ch, hs[-1])
            hs.append(h_new)
            ps.append(prob)
            nll -= np.log(prob[rows, nxt]).sum()

        carry = np.zeros_like(hs[0])
        for t in range(n_steps)[::-1]:
            err = ps[t].copy()
            err[rows, next_chars[t]] -= 1
            err /= n_steps * n_batch
            dd += err.sum(0)
            dV += hs[t+1].T.dot(err)
            back = err.dot(V.T) + carry
            back = back * (1 - hs[t+1] ** 2)
            np.add.at(demb, chars[t], back)
            db += back.sum(0)
            dW += hs[t].T.dot(back)
            carry = back.dot(W.T)
        return nll / (n_steps * n_batch)


def run(problem):
    p = problem.params
    model = CharRNN(p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"])
    chars = problem.x.argmax(axis=2)
    loss = model.train_on(chars, problem.target)
    demb, dW, dV, db, dd = model.grads
    return dict(dW_xh=demb, dW_hh=dW, dW_hy=dV, db_h=db, db_y=dd, loss=loss)
