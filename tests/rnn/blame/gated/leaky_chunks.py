"""A leaky reservoir whose weights learn: truncated in chunks of three steps, all gradients as rows of histories."""

import numpy as np

CASE = dict(
    title="leaky units, truncated in chunks",
    cell="leaky", leak=0.4, truncation=("chunked", 3), loss="half_squared_error", x="TBD", weights="in,out", counted="all",
    settings=dict(steps=7, batch=2, inputs=3, hidden=5, outputs=2, seed=45),
)
LEAK, K = 0.4, 3


def run(problem):
    p, X = problem.params, problem.x
    T, B, H = problem.T, problem.B, problem.H
    states = np.zeros((T + 1, B, H))
    states[0] = problem.h0
    raw = np.zeros((T, B, H))
    for t in range(T):
        raw[t] = np.tanh(X[t] @ p["W_xh"] + states[t] @ p["W_hh"] + p["b_h"])
        states[t + 1] = (1 - LEAK) * states[t] + LEAK * raw[t]
    errors = states[1:] @ p["W_hy"] + p["b_y"] - problem.target
    d_states = np.zeros((T + 1, B, H))
    d_act = np.zeros((T, B, H))
    for t in reversed(range(T)):
        d_states[t + 1] += errors[t] @ p["W_hy"].T
        d_raw = LEAK * d_states[t + 1]
        d_act[t] = d_raw * (1 - raw[t] ** 2)
        if t % K:
            d_states[t] += (1 - LEAK) * d_states[t + 1]
            d_states[t] += d_act[t] @ p["W_hh"].T
    flat = d_act.reshape(T * B, H)
    return dict(dW_xh=X.reshape(T * B, -1).T @ flat, dW_hh=states[:-1].reshape(T * B, H).T @ flat, db_h=flat.sum(axis=0),
                dW_hy=np.einsum("tbh,tbk->hk", states[1:], errors), db_y=errors.sum(axis=(0, 1)), dh=d_states[1:], da=d_act)
