"""Truncated BPTT: every loss is sent back through at most K states."""
import numpy as np

K = 3


def predict(params, xs, h0):
    w, u, v, b, c = params
    hidden = [h0]
    for x in xs:
        hidden.append(np.maximum(0.0, hidden[-1] @ u + x @ w + b))
    return hidden, [h @ v + c for h in hidden[1:]]


def truncated_gradient(params, xs, hidden, errors):
    w, u, v, b, c = params
    dw, du, dv, db, dc = (np.zeros_like(p) for p in params)
    for end, e in enumerate(errors):
        dv += hidden[end + 1].T @ e
        dc += e.sum(axis=0)
        dh = e @ v.T
        for s in range(end, end - K, -1):
            if s < 0:
                break
            dz = dh * (hidden[s + 1] > 0)
            dw += xs[s].T @ dz
            du += hidden[s].T @ dz
            db += dz.sum(axis=0)
            dh = dz @ u.T
    return dw, du, dv, db, dc


CASE = dict(title="every loss goes back three steps", cell="rnn", activation="relu", loss="half_squared_error", counted="all",
            truncation=("sliding", 3))

def run(problem):
    params = [problem.params[n] for n in ("W_xh", "W_hh", "W_hy", "b_h", "b_y")]
    hidden, ys = predict(params, problem.x, problem.h0)
    g = truncated_gradient(params, problem.x, hidden, [y - t for y, t in zip(ys, problem.target)])
    return dict(dW_xh=g[0], dW_hh=g[1], dW_hy=g[2], db_h=g[3], db_y=g[4], y=np.array(ys))
