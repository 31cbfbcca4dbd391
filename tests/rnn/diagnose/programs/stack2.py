# two tanh layers, one sample, plain vectors, backward through both in the same loop
import numpy as np


def forward(xs, P):
    h1, h2 = np.zeros(len(P["U1"])), np.zeros(len(P["U2"]))
    tape = []
    for x in xs:
        h1_new = np.tanh(P["W1"] @ x + P["U1"] @ h1 + P["b1"])
        h2_new = np.tanh(P["W2"] @ h1_new + P["U2"] @ h2 + P["b2"])
        y = P["V"] @ h2_new + P["c"]
        tape.append((x, h1, h2, h1_new, h2_new, y))
        h1, h2 = h1_new, h2_new
    return tape


def backward(tape, targets, P):
    g = {k: np.zeros(v.shape) for k, v in P.items()}
    carry1 = np.zeros(len(P["U1"]))
    carry2 = np.zeros(len(P["U2"]))
    for (x, h1_old, h2_old, h1, h2, y), target in zip(reversed(tape), reversed(targets)):
        e = y - target
        g["V"] += np.outer(e, h2)
        g["c"] += e
        d2 = (P["V"].T @ e + carry2) * (1 - h2 * h2)
        g["W2"] += np.outer(d2, h1)
        g["U2"] += np.outer(d2, h2_old)
        g["b2"] += d2
        d1 = (P["W2"].T @ d2 + carry1) * (1 - h1 * h1)
        g["W1"] += np.outer(d1, x)
        g["U1"] += np.outer(d1, h1_old)
        g["b1"] += d1
        carry2 = P["U2"].T @ d2
        carry1 = P["U1"].T @ d1
    return g


CASE = dict(cell="rnn", layers=2, loss="half_squared_error", x="TD", weights="out,in", counted="all", h0="zero")
NAMES = dict(W1="W_xh.0", U1="W_hh.0", b1="b_h.0", W2="W_xh.1", U2="W_hh.1", b2="b_h.1", V="W_hy", c="b_y")

def run(problem):
    P = problem.named(**NAMES)
    tape = forward(problem.x, P)
    g = backward(tape, list(problem.target), P)
    return dict({"d" + n: g[k] for k, n in NAMES.items()}, y=[step[-1] for step in tape])
