"""One matrix acts on [1, x, h]: its gradient holds those of the bias and both weights and is cut apart at the end."""

import numpy as np

CASE = dict(
    title="one packed matrix on [1, x, h]",
    cell="rnn",
    activation="tanh",
    loss="softmax_cross_entropy_mean",
    x="TBD",
    weights="in,out",
    h0="given",
    settings=dict(steps=7, batch=2, inputs=4, hidden=5, outputs=3, seed=17),
)


class PackedRNN:
    @staticmethod
    def forward(X, WR, h0):
        n, b, d_in = X.shape
        d_h = WR.shape[1]
        Hin = np.zeros((n, b, WR.shape[0]))
        Hout = np.zeros((n, b, d_h))
        for t in range(n):
            prevh = Hout[t - 1] if t > 0 else h0
            Hin[t, :, 0] = 1  # bias
            Hin[t, :, 1:1 + d_in] = X[t]
            Hin[t, :, 1 + d_in:] = prevh
            Hout[t] = np.tanh(Hin[t].dot(WR))
        return Hout, dict(Hin=Hin, Hout=Hout, WR=WR, d_in=d_in)

    @staticmethod
    def backward(dHout_in, cache):
        Hin, Hout, WR, d_in = cache["Hin"], cache["Hout"], cache["WR"], cache["d_in"]
        n, b, d_h = Hout.shape
        dWR = np.zeros(WR.shape)
        dX = np.zeros((n, b, d_in))
        dh0 = np.zeros((b, d_h))
        dHin = np.zeros(Hin.shape)
        dHout = dHout_in.copy()  # not to change the caller's array
        for t in reversed(range(n)):
            dpre = (1 - Hout[t] ** 2) * dHout[t]
            dWR += np.dot(Hin[t].T, dpre)
            dHin[t] = dpre.dot(WR.T)
            dX[t] = dHin[t, :, 1:1 + d_in]
            if t > 0:
                dHout[t - 1] += dHin[t, :, 1 + d_in:]
            else:
                dh0 += dHin[t, :, 1 + d_in:]
        return dX, dWR, dh0, dHout


def run(problem):
    p, D = problem.params, problem.D
    WR = np.vstack([p["b_h"][None, :], p["W_xh"], p["W_hh"]])
    H, cache = PackedRNN.forward(problem.x, WR, problem.h0)
    logits = H.dot(p["W_hy"]) + p["b_y"]
    probs = np.exp(logits)
    probs /= probs.sum(axis=2, keepdims=True)
    T, B = problem.target.shape
    dlogits = probs.copy()
    for t in range(T):
        dlogits[t, range(B), problem.target[t]] -= 1
    dlogits /= T * B
    dWy = np.tensordot(H, dlogits, axes=([0, 1], [0, 1]))
    dby = dlogits.sum(axis=(0, 1))
    dX, dWR, dh0, dHout = PackedRNN.backward(dlogits.dot(p["W_hy"].T), cache)
    return dict(db_h=dWR[0], dW_xh=dWR[1:1 + D], dW_hh=dWR[1 + D:], dW_hy=dWy, db_y=dby,
                dx=dX, dh0=dh0, dh=dHout, dy=dlogits, y=logits)
