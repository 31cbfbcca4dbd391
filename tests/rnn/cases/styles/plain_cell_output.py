# an older lstm: the cell goes out through the output gate as it is, no squashing.
import numpy as np
S = lambda a: 1.0 / (1.0 + np.exp(-a))

def forward_pass(seq, P, h, c):
    log = {k: [] for k in "x h c i f g o cn".split()}
    for x in seq:
        vals = dict(x=x, h=h, c=c)
        vals["i"] = S(x @ P["Wxi"] + h @ P["Whi"] + P["bi"])
        vals["f"] = S(x @ P["Wxf"] + h @ P["Whf"] + P["bf"])
        vals["g"] = np.tanh(x @ P["Wxg"] + h @ P["Whg"] + P["bg"])
        vals["o"] = S(x @ P["Wxo"] + h @ P["Who"] + P["bo"])
        vals["cn"] = c = vals["f"] * c + vals["i"] * vals["g"]
        h = vals["o"] * c
        for k in log:
            log[k].append(vals[k])
    return log

def backward_pass(log, P, upstream):
    D = {k: np.zeros_like(v) for k, v in P.items()}
    dh = np.zeros_like(log["h"][0]); dc = np.zeros_like(dh)
    t = len(upstream)
    while t:
        t -= 1
        x, h, c, i, f, g, o, cn = [log[k][t] for k in "x h c i f g o cn".split()]
        dh = upstream[t] + dh
        dc = dc + dh * o
        pre = {"i": dc * g * i * (1 - i), "f": dc * c * f * (1 - f), "g": dc * i * (1 - g ** 2), "o": dh * cn * o * (1 - o)}
        dh = np.zeros_like(dh)
        for k, d in pre.items():
            D["Wx" + k] += x.T @ d
            D["Wh" + k] += h.T @ d
            D["b" + k] += d.sum(0, keepdims=True)
            dh += d @ P["Wh" + k].T
        dc = dc * f
    return D

CASE = dict(title="LSTM without tanh on the cell, a weight for everything", cell="lstm", cell_tanh=False, gates="separate",
            bias="row", loss="upstream", output_layer=False, counted="all")
NAMES = {"Wxi": "W_xi", "Whi": "W_hi", "bi": "b_i", "Wxf": "W_xf", "Whf": "W_hf", "bf": "b_f",
         "Wxg": "W_xg", "Whg": "W_hg", "bg": "b_g", "Wxo": "W_xo", "Who": "W_ho", "bo": "b_o"}
def run(problem):
    P = problem.named(**NAMES)
    log = forward_pass(problem.x, P, problem.states["h0"], problem.states["c0"])
    return problem.take(backward_pass(log, P, problem.dh), prefix="", **NAMES)
