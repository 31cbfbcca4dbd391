"""No matrix products: every unit by itself, as in a C program."""
import math


def forward(x, wi, wr, wo, bh, bo, h0):
    T, n, m = len(x), len(bh), len(bo)
    h = [list(h0)]
    out = []
    for t in range(T):
        row = []
        for i in range(n):
            s = bh[i]
            for j in range(len(x[t])):
                s += wi[i][j] * x[t][j]
            for j in range(n):
                s += wr[i][j] * h[t][j]
            row.append(math.tanh(s))
        h.append(row)
        out.append([bo[k] + sum(wo[k][i] * row[i] for i in range(n)) for k in range(m)])
    return h, out


def backward(x, h, out, target, wi, wr, wo):
    T, n, m, d = len(x), len(wr), len(wo), len(wi[0])
    gi = [[0.0] * d for _ in range(n)]
    gr = [[0.0] * n for _ in range(n)]
    go = [[0.0] * n for _ in range(m)]
    gbh, gbo = [0.0] * n, [0.0] * m
    nxt = [0.0] * n
    for t in range(T - 1, -1, -1):
        err = [out[t][k] - target[t][k] for k in range(m)]
        for k in range(m):
            gbo[k] += err[k]
            for i in range(n):
                go[k][i] += err[k] * h[t + 1][i]
        delta = [0.0] * n
        for i in range(n):
            e = nxt[i]
            for k in range(m):
                e += wo[k][i] * err[k]
            delta[i] = e * (1.0 - h[t + 1][i] ** 2)
        for i in range(n):
            gbh[i] += delta[i]
            for j in range(d):
                gi[i][j] += delta[i] * x[t][j]
            for j in range(n):
                gr[i][j] += delta[i] * h[t][j]
        nxt = [0.0] * n
        for j in range(n):
            for i in range(n):
                nxt[j] += wr[i][j] * delta[i]
    return gi, gr, go, gbh, gbo, nxt


CASE = dict(cell="rnn", loss="half_squared_error", x="TD", weights="out,in", counted="all", settings=dict(steps=5, hidden=4))

def run(problem):
    p = {name: value.tolist() for name, value in problem.params.items()}
    x, target = problem.x.tolist(), problem.target.tolist()
    h, out = forward(x, p["W_xh"], p["W_hh"], p["W_hy"], p["b_h"], p["b_y"], problem.h0.tolist())
    g = backward(x, h, out, target, p["W_xh"], p["W_hh"], p["W_hy"])
    return dict(zip(("dW_xh", "dW_hh", "dW_hy", "db_h", "db_y", "dh0"), g), y=out)
