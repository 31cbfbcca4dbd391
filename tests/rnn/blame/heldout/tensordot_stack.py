"""Lists in the loop, np.stack afterwards, weight gradients by tensordot over time and batch; relu, mean squared error."""

import numpy as np

CASE = dict(
    title="stacked lists and tensordot, relu",
    cell="rnn", activation="relu", loss="mean_squared_error", x="TBD", weights="in,out", h0="given",
    settings=dict(steps=8, batch=4, inputs=3, hidden=6, outputs=2, seed=35),
)


def relu(a):
    return np.maximum(a, 0.0)


def drelu(a):
    return (a > 0).astype(a.dtype)


def fwd(params, xs, h_start):
    pre, hidden = [], []
    h = h_start
    for x in xs:
        a = x @ params["W_in"] + h @ params["W_rec"] + params["b_rec"]
        h = relu(a)
        pre.append(a)
        hidden.append(h)
    pre = np.stack(pre)
    hidden = np.stack(hidden)
    out = np.tensordot(hidden, params["W_out"], axes=1) + params["b_out"]
    return pre, hidden, out


def bwd(params, xs, h_start, pre, hidden, out, targets):
    T, B, K = out.shape
    d_out = 2.0 * (out - targets) / (T * B * K)
    d_hidden_out = np.tensordot(d_out, params["W_out"], axes=([2], [1]))

    d_pre_list = []
    d_h_from_next = np.zeros_like(h_start)
    for t in range(T)[::-1]:
        d_h = d_hidden_out[t] + d_h_from_next
        d_a = d_h * drelu(pre[t])
        d_h_from_next = d_a @ params["W_rec"].T
        d_pre_list.append(d_a)
    d_pre = np.stack(d_pre_list[::-1])

    h_before = np.concatenate([h_start[None], hidden[:-1]], axis=0)
    sum_tb = ([0, 1], [0, 1])
    return {
        "W_in": np.tensordot(xs, d_pre, axes=sum_tb),
        "W_rec": np.tensordot(h_before, d_pre, axes=sum_tb),
        "b_rec": d_pre.sum(axis=(0, 1)),
        "W_out": np.tensordot(hidden, d_out, axes=sum_tb),
        "b_out": d_out.sum(axis=(0, 1)),
        "x": np.tensordot(d_pre, params["W_in"], axes=([2], [1])),
        "h_start": d_h_from_next,
    }


def run(problem):
    p = problem.params
    params = {"W_in": p["W_xh"], "W_rec": p["W_hh"], "b_rec": p["b_h"], "W_out": p["W_hy"], "b_out": p["b_y"]}
    pre, hidden, out = fwd(params, problem.x, problem.h0)
    g = bwd(params, problem.x, problem.h0, pre, hidden, out, problem.target)
    return dict(dW_xh=g["W_in"], dW_hh=g["W_rec"], db_h=g["b_rec"], dW_hy=g["W_out"], db_y=g["b_out"],
                dx=g["x"], dh0=g["h_start"], a=pre, h=hidden, y=out)
