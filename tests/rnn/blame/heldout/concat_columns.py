"""One matrix on the column [h, x], as in books: concatenated inputs, the gradient is cut in two at every step."""

import numpy as np

CASE = dict(
    title="concatenated [h, x] columns, relu",
    cell="rnn", activation="relu", loss="half_squared_error", x="TBD", weights="out,in", h0="given",
    settings=dict(steps=6, batch=3, inputs=4, hidden=6, outputs=2, seed=43),
)


def rnn_forward(inputs, h0, W, b, Wo, bo):
    caches = []
    outputs = []
    h = h0
    for x in inputs:
        hx = np.concatenate((h, x), axis=0)
        z = np.dot(W, hx) + b
        h = np.maximum(z, 0)
        o = np.dot(Wo, h) + bo
        caches.append((hx, z, h))
        outputs.append(o)
    return outputs, caches


def rnn_backward(outputs, targets, caches, W, Wo):
    H = W.shape[0]
    dW = np.zeros_like(W)
    db = np.zeros((H, 1))
    dWo = np.zeros_like(Wo)
    dbo = np.zeros((Wo.shape[0], 1))
    d_inputs = []
    dh_next = np.zeros_like(caches[0][2])
    for o, target, (hx, z, h) in zip(reversed(outputs), reversed(targets), reversed(caches)):
        do = o - target
        dWo += np.dot(do, h.T)
        dbo += np.sum(do, axis=1, keepdims=True)
        dh = np.dot(Wo.T, do)
        dh += dh_next
        dz = np.where(z > 0, dh, 0)
        dW += np.dot(dz, hx.T)
        db += np.sum(dz, axis=1, keepdims=True)
        dhx = np.dot(W.T, dz)
        dh_next = dhx[:H, :]
        d_inputs.append(dhx[H:, :])
    d_inputs.reverse()
    return dW, db, dWo, dbo, d_inputs, dh_next


def run(problem):
    p, H = problem.params, problem.H
    W = np.hstack([p["W_hh"], p["W_xh"]])
    inputs = [x.T for x in problem.x]
    targets = [y.T for y in problem.target]
    outputs, caches = rnn_forward(inputs, problem.h0.T, W, p["b_h"][:, None], p["W_hy"], p["b_y"][:, None])
    dW, db, dWo, dbo, d_inputs, dh0 = rnn_backward(outputs, targets, caches, W, p["W_hy"])
    return dict(dW_hh=dW[:, :H], dW_xh=dW[:, H:], db_h=db[:, 0], dW_hy=dWo, db_y=dbo[:, 0],
                dx=np.array([d.T for d in d_inputs]), dh0=dh0.T, y=np.array([o.T for o in outputs]))
