"""LSTM tagger for sentences of different lengths; where the mask is 0 the state stays as it is."""
import numpy as np


def expit(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


def masked_lstm(x, mask, h, c, W, U, b):
    steps = []
    for x_t, m in zip(np.swapaxes(x, 0, 1), mask.T):
        m = m[:, None]
        i, f, g, o = np.split(x_t @ W + h @ U + b, 4, axis=1)
        i, f, g, o = expit(i), expit(f), np.tanh(g), expit(o)
        c_new = f * c + i * g
        h_new = o * np.tanh(c_new)
        steps.append(dict(x=x_t, m=m, h=h, c=c, i=i, f=f, g=g, o=o, tanh_c=np.tanh(c_new)))
        h = m * h_new + (1 - m) * h
        c = m * c_new + (1 - m) * c
        steps[-1]["out"] = h
    return steps


def tag_loss(steps, V, d, gold):
    """Cross-entropy over the words that are there; also its derivative for every step."""
    total, parts = 0.0, []
    for t, step in enumerate(steps):
        logits = step["out"] @ V + d
        logits -= logits.max(axis=1, keepdims=True)
        p = np.exp(logits)
        p /= p.sum(axis=1, keepdims=True)
        who = np.arange(len(p))
        total -= (step["m"][:, 0] * np.log(p[who, gold[:, t]])).sum()
        p[who, gold[:, t]] -= 1
        parts.append(p * step["m"])
    return total, parts


def masked_lstm_backward(steps, parts, W, U, b, V, d):
    gW, gU, gb, gV, gd = (np.zeros_like(a) for a in (W, U, b, V, d))
    dh = np.zeros_like(steps[0]["h"])
    dc = np.zeros_like(dh)
    for step, e in zip(steps[::-1], parts[::-1]):
        gV += step["out"].T @ e
        gd += e.sum(axis=0)
        dh = dh + e @ V.T
        m, i, f, g, o, tc = (step[k] for k in ("m", "i", "f", "g", "o", "tanh_c"))
        dh_new, dc_new = dh * m, dc * m
        dc_new = dc_new + dh_new * o * (1 - tc ** 2)
        dz = np.concatenate(
            [dc_new * g * i * (1 - i), dc_new * step["c"] * f * (1 - f), dc_new * i * (1 - g ** 2), dh_new * tc * o * (1 - o)],
            axis=1,
        )
        gW += step["x"].T @ dz
        gU += step["h"].T @ dz
        gb += dz.sum(axis=0)
        dh = dh * (1 - m) + dz @ U.T
        dc = dc * (1 - m) + dc_new * f
    return gW, gU, gb, gV, gd


CASE = dict(title="LSTM tagger with padded sentences and a mask", cell="lstm", loss="softmax_cross_entropy", x="BTD",
            counted="padding", settings=dict(batch=4))

def run(problem):
    W, U, b, V, d = (problem.params[n] for n in ("W_xh", "W_hh", "b_h", "W_hy", "b_y"))
    steps = masked_lstm(problem.x, problem.loss_weights, problem.states["h0"], problem.states["c0"], W, U, b)
    total, parts = tag_loss(steps, V, d, problem.target)
    g = masked_lstm_backward(steps, parts, W, U, b, V, d)
    return dict(dW_xh=g[0], dW_hh=g[1], db_h=g[2], dW_hy=g[3], db_y=g[4], loss=total)
