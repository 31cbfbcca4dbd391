"""The backward pass is a generator: it yields the gradients of one step at a time and the caller adds them up."""

import numpy as np

CASE = dict(
    title="a generator yields the gradients of each step",
    cell="rnn", activation="tanh", loss="softmax_cross_entropy", x="TBD", weights="in,out", h0="given",
    settings=dict(steps=6, batch=3, inputs=4, hidden=5, outputs=4, seed=36),
)


def unroll(x, h, w):
    for x_t in x:
        h_prev, h = h, np.tanh(x_t @ w.xh + h @ w.hh + w.bh)
        yield x_t, h_prev, h, h @ w.hy + w.by


def softmax_minus_onehot(logits, labels):
    shifted = np.exp(logits - logits.max(1, keepdims=True))
    probs = shifted / shifted.sum(1, keepdims=True)
    onehot = np.eye(logits.shape[1])[labels]
    return probs - onehot


def backward_steps(trace, labels, w):
    """Yields (t, dict of gradients) for t = T-1 ... 0."""
    dh_later = 0.0
    for t in reversed(range(len(trace))):
        x_t, h_prev, h_t, logits = trace[t]
        dlogits = softmax_minus_onehot(logits, labels[t])
        dh = dlogits @ w.hy.T + dh_later
        dpre = dh * (1.0 - h_t * h_t)
        yield t, {
            "xh": x_t.T @ dpre,
            "hh": h_prev.T @ dpre,
            "bh": dpre.sum(0),
            "hy": h_t.T @ dlogits,
            "by": dlogits.sum(0),
            "x": dpre @ w.xh.T,
        }
        dh_later = dpre @ w.hh.T


class Weights:
    def __init__(self, **arrays):
        self.__dict__.update(arrays)


def collect(trace, labels, w):
    total = {}
    dx = np.zeros((len(trace), *trace[0][0].shape))
    for t, step in backward_steps(trace, labels, w):
        dx[t] = step.pop("x")
        for name, g in step.items():
            if name in total:
                total[name] += g
            else:
                total[name] = g
    return total, dx


def run(problem):
    p = problem.params
    w = Weights(xh=p["W_xh"], hh=p["W_hh"], hy=p["W_hy"], bh=p["b_h"], by=p["b_y"])
    trace = list(unroll(problem.x, problem.h0, w))
    total, dx = collect(trace, problem.target, w)
    return dict(dW_xh=total["xh"], dW_hh=total["hh"], db_h=total["bh"], dW_hy=total["hy"], db_y=total["by"], dx=dx,
                y=np.array([step[3] for step in trace]))
