import numpy as np
es = np.einsum

def lstm(x, h0, c0, W, U, b):
    """x[b, d, t]; W[g, d, h], U[g, k, h], b[g, h] with g = 0..3 for i, f, g, o"""
    B, D, T = x.shape
    act = np.empty((4, B, h0.shape[1], T)); hs = np.empty((B, h0.shape[1], T + 1)); cs = np.empty_like(hs)
    hs[..., 0], cs[..., 0] = h0, c0
    for t in range(T):
        z = es("bd,gdh->gbh", x[..., t], W) + es("bk,gkh->gbh", hs[..., t], U) + b[:, None]
        act[..., t] = 1 / (1 + np.exp(-z)); act[2, ..., t] = np.tanh(z[2])
        i, f, g, o = act[..., t]
        cs[..., t + 1] = f * cs[..., t] + i * g
        hs[..., t + 1] = o * np.tanh(cs[..., t + 1])
    return act, hs, cs

def lstm_grad(dhs, x, act, hs, cs, W, U):
    T = x.shape[2]
    dz = np.zeros_like(act)
    dh, dc = np.zeros_like(hs[..., 0]), np.zeros_like(hs[..., 0])
    for t in reversed(range(T)):
        i, f, g, o = act[..., t]
        dh = dh + dhs[..., t]
        tc = np.tanh(cs[..., t + 1])
        dc = dc + dh * o * (1 - tc ** 2)
        d_act = np.stack([dc * g, dc * cs[..., t], dc * i, dh * tc])
        slope = act[..., t] * (1 - act[..., t]); slope[2] = 1 - g ** 2
        dz[..., t] = d_act * slope
        dh = es("gbh,gkh->bk", dz[..., t], U)
        dc = dc * f
    return es("bdt,gbht->gdh", x, dz), es("bkt,gbht->gkh", hs[..., :-1], dz), dz.sum((1, 3)), es("gbht,gdh->bdt", dz, W), dh, dc

CASE = dict(title="LSTM with einsum and an axis for the gates, time last", cell="lstm", x="BDT", loss="upstream",
            output_layer=False, counted="all")

def run(problem):
    split = lambda a: np.stack(np.split(a, 4, axis=-1))
    join = lambda a: np.concatenate(list(a), axis=-1)
    W, U, b = (split(problem.params[n]) for n in ("W_xh", "W_hh", "b_h"))
    act, hs, cs = lstm(problem.x, problem.states["h0"], problem.states["c0"], W, U, b)
    dW, dU, db, dx, dh0, dc0 = lstm_grad(problem.dh, problem.x, act, hs, cs, W, U)
    return dict(dW_xh=join(dW), dW_hh=join(dU), db_h=join(db), dx=dx, dh0=dh0, dc0=dc0, h=hs[..., 1:])
