import numpy as np


def sig(v):
    return 1.0 / (1.0 + np.exp(-v))


def dsig(s):
    return s * (1.0 - s)


def fprop(seq, w, s0):
    steps = {}
    prev = s0
    for k, vec in enumerate(seq):
        net = w["in"].dot(vec) + w["rec"].dot(prev) + w["bias"]
        act = sig(net)
        steps[k] = {"vec": vec, "prev": prev, "net": net, "act": act, "out": w["out"].dot(act) + w["obias"]}
        prev = act
    return steps


def bprop(steps, wanted, w):
    grad = dict.fromkeys(w, 0.0)
    later = np.zeros(w["rec"].shape[0])
    for k in sorted(steps, reverse=True):
        step = steps[k]
        eps = step["out"] - wanted[k]
        grad["out"] = grad["out"] + np.outer(eps, step["act"])
        grad["obias"] = grad["obias"] + eps
        back = w["out"].T.dot(eps) + later
        delta = back * dsig(step["act"])
        grad["in"] = grad["in"] + np.outer(delta, step["vec"])
        grad["rec"] = grad["rec"] + np.outer(delta, step["prev"])
        grad["bias"] = grad["bias"] + delta
        later = w["rec"].T.dot(delta)
    return grad


CASE = dict(cell="rnn", activation="sigmoid", loss="half_squared_error", x="TD", weights="out,in", counted="all")
NAMES = {"in": "W_xh", "rec": "W_hh", "bias": "b_h", "out": "W_hy", "obias": "b_y"}

def run(problem):
    w = problem.named(**NAMES)
    steps = fprop(problem.x, w, problem.h0)
    grad = bprop(steps, problem.target, w)
    return {"d" + ours: grad[theirs] for theirs, ours in NAMES.items()}
