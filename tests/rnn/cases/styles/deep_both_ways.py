"""Two bidirectional LSTM layers with two biases each, as the big libraries have them; weights (4H, in), gates i f g o."""
import numpy as np


def lstm_direction(x, h, c, w_ih, w_hh, b_ih, b_hh, reverse):
    steps = range(len(x) - 1, -1, -1) if reverse else range(len(x))
    out, tape = np.empty((len(x), len(h), h.shape[1])), []
    for t in steps:
        i, f, g, o = np.split(x[t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh, 4, axis=-1)
        i, f, g, o = 1 / (1 + np.exp(-i)), 1 / (1 + np.exp(-f)), np.tanh(g), 1 / (1 + np.exp(-o))
        c_next = f * c + i * g
        tape.append((t, h, c, i, f, g, o, c_next))
        c, h = c_next, o * np.tanh(c_next)
        out[t] = h
    return out, tape


def lstm_direction_grad(d_out, x, tape, w_ih, w_hh):
    dx, dw_ih, dw_hh, db = np.zeros_like(x), np.zeros_like(w_ih), np.zeros_like(w_hh), np.zeros(len(w_ih))
    dh, dc = np.zeros_like(d_out[0]), np.zeros_like(d_out[0])
    for t, h, c, i, f, g, o, c_next in tape[::-1]:
        dh = dh + d_out[t]
        tc = np.tanh(c_next)
        dc = dc + dh * o * (1 - tc ** 2)
        gates = np.concatenate([dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g ** 2), dh * tc * o * (1 - o)], axis=-1)
        dw_ih += gates.T @ x[t]
        dw_hh += gates.T @ h
        db += gates.sum(0)
        dx[t] = gates @ w_ih
        dh, dc = gates @ w_hh, dc * f
    return dx, (dw_ih, dw_hh, db, db.copy())


def deep(x, dy, weights, states):
    """weights[layer][direction] = (w_ih, w_hh, b_ih, b_hh); states likewise (h, c)."""
    inputs, tapes = [x], []
    for layer, start in zip(weights, states):
        made = [lstm_direction(inputs[-1], *start[d], *layer[d], reverse=bool(d)) for d in (0, 1)]
        inputs.append(np.concatenate([out for out, _ in made], axis=-1))
        tapes.append([tape for _, tape in made])
    grads, d = [], dy
    for layer, tape, seen in zip(weights[::-1], tapes[::-1], inputs[-2::-1]):
        halves = np.split(d, 2, axis=-1)
        found = [lstm_direction_grad(halves[k], seen, tape[k], *layer[k][:2]) for k in (0, 1)]
        d = found[0][0] + found[1][0]
        grads.insert(0, [g for _, g in found])
    return inputs[-1], grads, d


CASE = dict(title="two bidirectional LSTM layers with two biases", cell="lstm", layers=2, bidirectional=True, biases="two",
            weights="out,in", loss="upstream", output_layer=False, counted="all")
KEYS, ENDS = ("W_xh", "W_hh", "b_xh", "b_hh"), ((".0", ".0.reverse"), (".1", ".1.reverse"))

def run(problem):
    weights = [[tuple(problem.params[n + k] for n in KEYS) for k in layer] for layer in ENDS]
    states = [[(problem.states["h0" + k], problem.states["c0" + k]) for k in layer] for layer in ENDS]
    y, grads, dx = deep(problem.x, problem.dy, weights, states)
    return dict({"d" + n + k: v for l, ks in enumerate(ENDS) for d, k in enumerate(ks) for n, v in zip(KEYS, grads[l][d])}, dx=dx, y=y)
